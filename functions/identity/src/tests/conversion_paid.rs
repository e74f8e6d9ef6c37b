//! A conversion of what is paid at Stripe.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use serde_json::{json, Value as Json};
use tallygate::{
    testing::{invalid, refused, refused_with, Person, Scene},
    transport::{Incoming, Outgoing, Pending, Transport},
};

use super::{
    conversion::{convert, post, refusal},
    scene,
};

/// 2026-03-10T12:00:00Z, when every scene begins, in seconds.
const BEGIN: i64 = 1_773_144_000;
const DAY: i64 = 86_400;

/// Stripe, which changes the price as it is asked to, or answers with what it was told.
#[derive(Default)]
struct FakeStripe {
    asked: RefCell<Vec<(String, String)>>,
    refuses: RefCell<Option<(u16, Json)>>,
    is_down: Cell<bool>,
    /// A change of price waits.
    is_scheduled: Cell<bool>,
    status: RefCell<String>,
    /// Runs once while an answer is on its way.
    meanwhile: RefCell<Option<Box<dyn FnOnce()>>>,
}

impl FakeStripe {
    fn answer(&self, request: &Outgoing) -> Result<Incoming, String> {
        if self.is_down.get() {
            return Err("connection refused".to_string());
        }
        let path = request.url.trim_start_matches("https://api.stripe.com/v1/").to_string();
        let body = request.body.clone().unwrap_or_default();
        if request.method != "GET" {
            self.asked.borrow_mut().push((path.clone(), body.clone()));
        }
        let asked = self.asked.borrow();
        let price = asked
            .iter()
            .rev()
            .find_map(|(_, body)| body.split('&').find_map(|field| field.strip_prefix("items%5B0%5D%5Bprice%5D=")));
        let price = price.unwrap_or("price_starter");
        if path.starts_with("subscription_schedules") {
            self.is_scheduled.set(false);
        }
        let mut object = match path.starts_with("subscription_schedules") {
            true => json!({"id": "sub_sched_1", "object": "subscription_schedule", "status": "released", "phases": []}),
            false if body.contains("trial_end=now") => subscription(price, "active"),
            false => subscription(price, &self.status.borrow()),
        };
        object["schedule"] = json!(self.is_scheduled.get().then_some("sub_sched_1"));
        let (status, body) = self.refuses.borrow().clone().unwrap_or((200, object));
        Ok(Incoming { status, headers: Vec::new(), body: body.to_string() })
    }
}

impl Transport for FakeStripe {
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
        let answer = self.answer(request);
        let meanwhile = self.meanwhile.borrow_mut().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        Box::pin(std::future::ready(answer))
    }

    fn wait_up_to(&self, _milliseconds: u32) -> Pending<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Half of its 30 days are over.
fn subscription(price: &str, status: &str) -> Json {
    json!({
        "id": "sub_1", "object": "subscription", "customer": "cus_ada", "status": status, "currency": "usd",
        "created": BEGIN - 15 * DAY, "start_date": BEGIN - 15 * DAY, "cancel_at_period_end": false, "metadata": {},
        "trial_end": (status == "trialing").then_some(BEGIN + 15 * DAY),
        "items": {"object": "list", "data": [{
            "id": "si_1", "quantity": 1, "current_period_start": BEGIN - 15 * DAY, "current_period_end": BEGIN + 15 * DAY,
            "price": {"id": price, "unit_amount": 49_900, "currency": "usd", "recurring": {"interval": "month"}},
        }]},
    })
}

/// Ada, who pays for `starter` at Stripe and had her team trial.
fn paying(status: &str) -> (Rc<Scene>, Rc<FakeStripe>, Person) {
    let scene = scene();
    let ada = scene.sign_up("ada");
    let stripe = Rc::new(FakeStripe { status: RefCell::new(status.to_string()), ..FakeStripe::default() });
    scene.reach(stripe.clone());
    scene.set("STRIPE_SECRET_KEY", "sk_test");
    let (start, end) = ((BEGIN - 15 * DAY) * 1_000, (BEGIN + 15 * DAY) * 1_000);
    scene.execute(&format!(
        "INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered)
         VALUES ('price_starter', 'starter', 'month', 1), ('price_team', 'enterprise', 'month', 1),
                ('price_team_year', 'enterprise', 'year', 1);
         UPDATE users SET team_trial_started_at = 1;
         INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at)
         VALUES ('{id}', 'cus_ada', 1);
         INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id,
           status, amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at,
           observed_at, request_id)
         VALUES ('{id}', 'sub_1', 'si_1', 'price_starter', '{status}', 9900, 'usd', 'month', {start}, {end}, {start}, 5,
           'r');
         UPDATE org_subscriptions SET status = '{status}', stripe_subscription_id = 'sub_1',
           current_period_start = {start}, current_period_end = {end},
           trial_ends_at = CASE '{status}' WHEN 'trialing' THEN {end} END,
           past_due_since = CASE '{status}' WHEN 'past_due' THEN {start} END;",
        id = ada.personal
    ));
    (Rc::new(scene), stripe, ada)
}

fn held(scene: &Scene, id: &str) -> Json {
    scene.rows(&format!(
        "SELECT kind, plan_id, status, stripe_subscription_id AS stripe FROM organizations o
         JOIN org_subscriptions s ON s.organization_id = o.id WHERE o.id = '{id}'"
    ))
}

fn team(status: &str) -> Json {
    json!([{"kind": "team", "plan_id": "enterprise", "status": status, "stripe": "sub_1"}])
}

fn personal(status: &str) -> Json {
    json!([{"kind": "personal", "plan_id": "starter", "status": status, "stripe": "sub_1"}])
}

#[test]
fn the_price_is_changed_and_the_rows_follow_from_what_stripe_answers() {
    for status in ["active", "trialing"] {
        // given
        let (scene, stripe, ada) = paying(status);
        // when
        let reply = convert(&scene, &ada, &json!({"name": "Acme"}));
        // then: asked, and then what Stripe answered
        assert_eq!((reply.status, reply.batches), (200, 2), "{reply:?}");
        assert_eq!(reply.body["organization"]["plan"], "enterprise");
        assert_eq!(held(&scene, &ada.personal), team("active"));
        let (path, form) = stripe.asked.borrow()[0].clone();
        assert_eq!(path, "subscriptions/sub_1");
        // The trial was of another plan, and ends.
        let charged = match status {
            "trialing" => ["proration_behavior=none".to_string(), "trial_end=now".to_string()],
            _ => ["proration_behavior=always_invoice".to_string(), format!("proration_date={BEGIN}")],
        };
        for field in [
            "items%5B0%5D%5Bid%5D=si_1",
            "items%5B0%5D%5Bprice%5D=price_team",
            "payment_behavior=error_if_incomplete",
            &charged[0],
            &charged[1],
        ] {
            assert!(form.split('&').any(|sent| sent == field), "{field} is not in {form}");
        }
        assert_eq!(
            scene.rows(
                "SELECT stripe_price_id AS price, amount_cents AS amount, observed_at FROM billing_subscriptions"
            ),
            json!([{"price": "price_team", "amount": 49900, "observed_at": scene.now().0}])
        );
        assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM organizations WHERE kind = 'personal'"), json!([{"n": 1}]));
        assert_eq!(scene.rows("SELECT team_trial_started_at AS at FROM users"), json!([{"at": 1}]));
    }
}

#[test]
fn a_trial_that_has_ended_at_stripe_is_not_ended_once_more() {
    // given: Stripe has ended the trial and charged for the team, and its answer was lost
    let (scene, stripe, ada) = paying("trialing");
    stripe.status.replace("active".to_string());
    // when
    assert_eq!(convert(&scene, &ada, &json!({})).status, 200);
    // then: the price is changed to itself, which costs nothing
    let form = stripe.asked.borrow()[0].1.clone();
    assert!(!form.contains("trial_end") && form.contains("proration_behavior=always_invoice"), "{form}");
    assert_eq!(held(&scene, &ada.personal), team("active"));
}

#[test]
fn a_paid_trial_leaves_the_founders_own() {
    let (scene, _stripe, ada) = paying("trialing");
    scene.execute("UPDATE users SET team_trial_started_at = NULL");
    assert_eq!(convert(&scene, &ada, &json!({})).status, 200);
    assert_eq!(scene.rows("SELECT team_trial_started_at AS at FROM users"), json!([{"at": null}]));
}

#[test]
fn a_declined_card_converts_nothing() {
    let (scene, stripe, ada) = paying("active");
    let error = json!({"error": {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}});
    stripe.refuses.replace(Some((402, error)));
    let before = scene.everything();
    let reply = convert(&scene, &ada, &json!({}));
    assert_eq!(reply.answer(), refused(402, "payment_failed", "Your card was declined."));
    scene.assert_unchanged(&before);
}

#[test]
fn without_stripe_nothing_is_converted() {
    let (scene, stripe, ada) = paying("active");
    let before = scene.everything();
    stripe.is_down.set(true);
    assert_eq!(convert(&scene, &ada, &json!({})).status, 503);
    scene.set("STRIPE_SECRET_KEY", "");
    assert_eq!(convert(&scene, &ada, &json!({})).answer(), refused(503, "not_configured", "This is not set up yet."));
    scene.assert_unchanged(&before);
}

#[test]
fn a_preview_prorates_by_the_second() {
    let (scene, stripe, ada) = paying("active");
    let before = scene.everything();
    let body = post(&scene, "convert-preview", &ada, &json!({})).body;
    assert_eq!(
        (body["allowed"].clone(), body["status"].clone(), body["dueNowCents"].clone(), body["proration"].clone()),
        (
            json!(true),
            json!("active"),
            json!(20_000),
            json!({"creditCents": -4_950, "chargeCents": 24_950, "totalCents": 20_000, "prorationDate": BEGIN})
        )
    );
    let year = post(&scene, "convert-preview", &ada, &json!({"interval": "year"})).body;
    assert_eq!(
        (year["priceCents"].clone(), year["dueNowCents"].clone(), year["interval"].clone()),
        (json!(548_900), json!(543_950), json!("year"))
    );
    scene.assert_unchanged(&before);
    assert!(stripe.asked.borrow().is_empty());
    // A trial was of another plan: it ends, and the team is paid for.
    let (scene, _stripe, ada) = paying("trialing");
    let trial = post(&scene, "convert-preview", &ada, &json!({})).body;
    assert_eq!((trial["dueNowCents"].clone(), trial["status"].clone()), (json!(49_900), json!("active")));
}

#[test]
fn what_is_paid_several_times_over_is_so_as_a_team() {
    let (scene, _stripe, ada) = paying("active");
    scene.execute(
        "UPDATE billing_subscriptions SET amount_cents = 29700, items = '[{\"itemId\":\"si_1\",\"quantity\":3}]'",
    );
    let body = post(&scene, "convert-preview", &ada, &json!({})).body;
    assert_eq!((&body["priceCents"], &body["dueNowCents"]), (&json!(149_700), &json!(60_000)));
    let lines = (&body["proration"]["creditCents"], &body["proration"]["chargeCents"]);
    assert_eq!(lines, (&json!(-14_850), &json!(74_850)));
}

#[test]
fn the_moment_of_the_preview_is_charged_within_the_hour() {
    let (scene, stripe, ada) = paying("active");
    for wrong in [BEGIN - 3_601, BEGIN + 1] {
        let expected = invalid("prorationDate", "is not of a preview of the last hour: ask for a new one");
        assert_eq!(convert(&scene, &ada, &json!({"prorationDate": wrong})).answer(), expected);
    }
    assert_eq!(convert(&scene, &ada, &json!({"prorationDate": BEGIN - 600})).status, 200);
    let form = stripe.asked.borrow()[0].1.clone();
    assert!(form.contains(&format!("proration_date={}", BEGIN - 600)), "{form}");
}

#[test]
fn what_waits_is_let_go_of_once_the_new_plan_is_paid() {
    let (scene, stripe, ada) = paying("active");
    stripe.is_scheduled.set(true);
    assert_eq!(convert(&scene, &ada, &json!({})).status, 200);
    let asked: Vec<_> = stripe.asked.borrow().iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(asked, ["subscriptions/sub_1", "subscription_schedules/sub_sched_1/release"]);
    assert_eq!(scene.rows("SELECT stripe_schedule_id AS id FROM billing_subscriptions"), json!([{"id": null}]));
}

#[test]
fn what_cannot_go_on_as_a_teams_is_settled_first() {
    let (scene, stripe, ada) = paying("active");
    scene.execute("UPDATE org_subscriptions SET cancel_at = 1773144000000");
    let expected = refused_with(
        409,
        "cancellation_pending",
        "The subscription is cancelled; take that back first.",
        json!({"cancelAt": "2026-03-10T12:00:00.000Z"}),
    );
    assert_eq!(refusal(&scene, &ada, &json!({})), expected);
    scene
        .execute("UPDATE org_subscriptions SET cancel_at = NULL; DELETE FROM plan_prices WHERE plan_id = 'enterprise'");
    let expected = refused_with(
        409,
        "plan_not_for_sale",
        "The Enterprise plan cannot be bought by the month here. Write to sales@voipaccelerator.com.",
        json!({"salesContact": "sales@voipaccelerator.com"}),
    );
    assert_eq!(refusal(&scene, &ada, &json!({})), expected);
    for status in ["past_due", "unpaid", "paused", "incomplete"] {
        let due = if status == "past_due" { "1" } else { "NULL" };
        scene.execute(&format!("UPDATE org_subscriptions SET status = '{status}', past_due_since = {due}"));
        let (code, body) = refusal(&scene, &ada, &json!({}));
        assert_eq!((code, body["plan"].clone(), body["status"].clone()), (402, json!("Starter"), json!(status)));
    }
    assert!(stripe.asked.borrow().is_empty());
}

#[test]
fn a_subscription_that_is_over_leaves_the_trial_to_be_had() {
    let (scene, stripe, ada) = paying("active");
    scene.execute(
        "UPDATE org_subscriptions SET status = 'canceled'; UPDATE billing_subscriptions SET status = 'canceled';
         UPDATE users SET team_trial_started_at = NULL",
    );
    assert_eq!(convert(&scene, &ada, &json!({})).status, 200);
    assert_eq!(
        held(&scene, &ada.personal),
        json!([{"kind": "team", "plan_id": "enterprise", "status": "trialing", "stripe": null}])
    );
    assert!(stripe.asked.borrow().is_empty());
}

#[test]
fn stripes_own_message_may_be_faster() {
    // given: between Stripe's answer and our second batch its message was kept, with a plan that did not fit
    let (scene, stripe, ada) = paying("active");
    let message = {
        let scene = Rc::clone(&scene);
        move || {
            scene.execute(
                "UPDATE billing_subscriptions SET stripe_price_id = 'price_team', amount_cents = 49900,
                   observed_at = 9007199254740991, request_id = 'webhook'",
            );
        }
    };
    stripe.meanwhile.replace(Some(Box::new(message)));
    // when, then
    assert_eq!(convert(&scene, &ada, &json!({})).status, 200);
    assert_eq!(held(&scene, &ada.personal), team("active"));
}

#[test]
fn of_two_at_once_one_converts() {
    let (scene, stripe, ada) = paying("active");
    let other = {
        let (scene, ada) = (Rc::clone(&scene), ada.clone());
        move || assert_eq!(convert(&scene, &ada, &json!({"name": "First"})).status, 200)
    };
    stripe.meanwhile.replace(Some(Box::new(other)));
    let reply = convert(&scene, &ada, &json!({"name": "Second"}));
    assert_eq!(reply.answer(), refused(409, "not_personal", "This organization is a team already."));
    assert_eq!(held(&scene, &ada.personal), team("active"));
    assert_eq!(
        scene.rows("SELECT kind, name FROM organizations ORDER BY kind"),
        json!([{"kind": "personal", "name": "ada's Workspace"}, {"kind": "team", "name": "First"}])
    );
}

#[test]
fn a_slug_that_was_taken_meanwhile_does_not_undo_what_was_paid() {
    let (scene, stripe, ada) = paying("active");
    let other = {
        let scene = Rc::clone(&scene);
        move || {
            let bob = scene.sign_up("bob");
            scene.execute(&format!("UPDATE organizations SET slug = 'acme' WHERE id = '{}'", bob.personal));
        }
    };
    stripe.meanwhile.replace(Some(Box::new(other)));
    let reply = convert(&scene, &ada, &json!({"slug": "acme"}));
    assert_eq!((reply.status, reply.body["organization"]["slug"].clone()), (200, json!("personal-ada")));
    assert_eq!(held(&scene, &ada.personal), team("active"));
}

#[test]
fn whoever_lost_the_answer_tries_again() {
    // given: Stripe has changed the price, and we never wrote it
    let (scene, _stripe, ada) = paying("active");
    scene.execute(
        "UPDATE billing_subscriptions SET stripe_price_id = 'price_team', amount_cents = 49900, observed_at = 7",
    );
    assert_eq!(held(&scene, &ada.personal), personal("active"));
    // when, then
    assert_eq!(convert(&scene, &ada, &json!({})).status, 200);
    assert_eq!(held(&scene, &ada.personal), team("active"));
}
