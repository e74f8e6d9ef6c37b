//! Subscriptions of which Stripe has told nothing.

use std::rc::Rc;

use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    schedule::{Asked, Outcome},
    testing::{at, Person, Scene},
};

use super::stripe::{FakeStripe, Fault};
use crate::JOBS;

const VOIP: &str = include_str!("../../../../catalogs/voip.toml");
const START: &str = "2026-03-05T10:00:00Z";
const END: &str = "2026-04-05T10:00:00Z";
const NEXT: &str = "2026-05-05T10:00:00Z";

/// Somebody on the plan `starter`, whose period ended a day ago.
struct Silent {
    scene: Scene,
    stripe: Rc<FakeStripe>,
    ada: Person,
}

impl Silent {
    fn new() -> Self {
        let scene = Scene::with_catalog(VOIP);
        let stripe = FakeStripe::behind(&scene);
        let ada = scene.sign_up("ada");
        scene.execute(&format!(
            "INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES ('price_1', 'starter', 'month', 1);
             INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('{0}', 'cus_ada', 1);
             INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents,
               currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
             VALUES ('{0}', 'sub_1', 'si_1', 'price_1', 'active', 9900, 'usd', 'month', {1}, {2}, 1, {1}, 'r');
             UPDATE org_subscriptions SET plan_id = 'starter', status = 'active', current_period_start = {1}, current_period_end = {2},
               trial_ends_at = NULL, stripe_subscription_id = 'sub_1' WHERE organization_id = '{0}'",
            ada.personal,
            at(START).0,
            at(END).0
        ));
        scene.set_clock("2026-04-06T10:00:00Z");
        Self { scene, stripe, ada }
    }

    /// What Stripe has of it.
    fn is(&self, status: &str, start: &str, end: &str, more: Json) {
        let mut subscription = json!({
            "id": "sub_1", "object": "subscription", "customer": "cus_ada", "status": status, "currency": "usd",
            "items": {"data": [{
                "id": "si_1", "quantity": 1, "current_period_start": at(start).0 / 1_000, "current_period_end": at(end).0 / 1_000,
                "price": {"id": "price_1", "unit_amount": 9_900, "currency": "usd", "recurring": {"interval": "month"}},
            }]},
            "created": 1, "start_date": 1, "trial_end": null, "cancel_at_period_end": false, "cancel_at": null, "canceled_at": null,
            "ended_at": null, "schedule": null, "metadata": {}, "latest_invoice": null,
        });
        for (name, value) in more.as_object().unwrap() {
            subscription[name] = value.clone();
        }
        self.stripe.subscriptions.borrow_mut().insert("sub_1".to_string(), subscription);
    }

    fn run(&self) -> i64 {
        self.scene.tick_until_done(&JOBS, "reconcile")
    }

    fn calls(&self) -> usize {
        self.stripe.calls.borrow().len()
    }

    fn held(&self) -> Json {
        let organization = &self.ada.personal;
        self.scene.rows(&format!(
            "SELECT plan_id, status, current_period_end FROM org_subscriptions WHERE organization_id = '{organization}'"
        ))[0]
            .clone()
    }

    fn inbox(&self) -> Json {
        self.scene.rows("SELECT event_id, event_type, outcome FROM webhook_inbox ORDER BY event_id")
    }

    fn told(&self) -> Json {
        self.scene.rows("SELECT event_type, target_id FROM outbox WHERE target_id = 'sub_1' ORDER BY id")
    }
}

#[test]
fn a_renewal_of_which_no_message_came_is_taken_in_as_one_would_be() {
    let silent = Silent::new();
    silent.is("active", END, NEXT, json!({}));
    // Not before Stripe has had a day.
    silent.scene.advance(Span(-1));
    assert_eq!((silent.run(), silent.calls()), (0, 0));
    silent.scene.advance(Span(1));
    assert_eq!((silent.run(), silent.calls()), (1, 1));
    assert_eq!(silent.held(), json!({"plan_id": "starter", "status": "active", "current_period_end": at(NEXT).0}));
    assert_eq!(
        silent.inbox(),
        json!([{"event_id": "reconcile:sub_1:1775433600", "event_type": "customer.subscription.updated", "outcome": "applied"}])
    );
    assert_eq!(silent.told(), json!([{"event_type": "subscription.updated", "target_id": "sub_1"}]));
    let audit = silent.scene.rows("SELECT actor_id, action FROM audit_events WHERE target_id = 'sub_1'");
    assert_eq!(audit, json!([{"actor_id": "stripe", "action": "subscription.updated"}]));
    assert_eq!((silent.run(), silent.calls()), (0, 1), "it is not silent any more");
}

#[test]
fn an_end_of_which_no_message_came_ends_the_plan() {
    let silent = Silent::new();
    silent.is("canceled", START, END, json!({"ended_at": at(END).0 / 1_000, "canceled_at": at(END).0 / 1_000}));
    silent.run();
    assert_eq!(silent.held()["status"], "canceled");
    assert_eq!(silent.told(), json!([{"event_type": "subscription.canceled", "target_id": "sub_1"}]));
    silent.scene.advance(Span::days(3));
    assert_eq!((silent.run(), silent.calls()), (0, 1));
}

#[test]
fn what_nobody_can_use_any_more_is_cancelled() {
    let silent = Silent::new();
    silent.is("active", END, NEXT, json!({}));
    silent.scene.execute(&format!("UPDATE organizations SET archived_at = 1 WHERE id = '{}'", silent.ada.personal));
    silent.run();
    let calls: Vec<_> =
        silent.stripe.calls.borrow().iter().map(|call| call.split('?').next().unwrap().to_string()).collect();
    assert_eq!(calls, ["GET subscriptions/sub_1", "DELETE subscriptions/sub_1", "GET subscriptions/sub_1"]);
    let kept = silent.scene.rows("SELECT status FROM billing_subscriptions");
    assert_eq!(kept, json!([{"status": "canceled"}]));
}

#[test]
fn each_is_asked_for_once_a_day_also_where_nothing_has_happened() {
    let silent = Silent::new();
    silent.is("active", START, END, json!({}));
    for day in 1..=3 {
        for _ in 0..3 {
            assert_eq!((silent.run(), silent.calls()), (0, day));
        }
        silent.scene.advance(Span::days(1));
    }
    assert_eq!((silent.inbox(), silent.told()), (json!([]), json!([])));
}

#[test]
fn what_stripe_has_no_more_is_told_to_the_operator_for_a_week_and_has_ended_then() {
    let silent = Silent::new();
    let held = silent.held();
    for day in 1..=6 {
        let [report] = silent.scene.tick(&JOBS, Asked::Job("reconcile")).try_into().unwrap();
        assert_eq!(report.notes, ["Stripe does not know the subscription sub_1"]);
        silent.run();
        assert_eq!((silent.calls(), silent.held()), (day, held.clone()));
        assert_eq!(silent.inbox()[day - 1]["outcome"], "gone");
        silent.scene.advance(Span::days(1));
    }
    silent.run();
    let last = silent.inbox()[6].clone();
    assert_eq!((&last["event_type"], &last["outcome"]), (&json!("customer.subscription.deleted"), &json!("applied")));
    assert_eq!(silent.held()["status"], "canceled");
    assert_eq!(silent.told(), json!([{"event_type": "subscription.canceled", "target_id": "sub_1"}]));
    let plan = silent
        .scene
        .rows(&format!("SELECT status FROM org_subscriptions WHERE organization_id = '{}'", silent.ada.personal));
    assert_eq!(plan, json!([{"status": "canceled"}]), "as after a message: the catalog has no plan to fall to");
    silent.scene.advance(Span::days(3));
    assert_eq!((silent.run(), silent.calls()), (0, 7), "it is asked for no more");
}

#[test]
fn what_stripe_refuses_to_say_is_no_end() {
    let silent = Silent::new();
    let held = silent.held();
    silent.stripe.refuses_to_read.replace(true);
    for day in 1..=10 {
        let [report] = silent.scene.tick(&JOBS, Asked::Job("reconcile")).try_into().unwrap();
        assert!(report.notes[0].contains("sub_1 was not looked at: Stripe refuses"), "{report:?}");
        assert_eq!((report.outcome, silent.calls(), silent.held()), (Outcome::Done, day, held.clone()));
        silent.scene.advance(Span::days(1));
    }
    assert_eq!((silent.inbox(), silent.told()), (json!([]), json!([])));
}

#[test]
fn of_many_each_is_asked_for_and_one_whose_message_came_is_not() {
    let silent = Silent::new();
    for number in 2..=30 {
        let person = silent.scene.sign_up(&format!("p{number}"));
        silent.scene.execute(&format!(
            "INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('{0}', 'cus_{number}', 1);
             INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents,
               currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
             VALUES ('{0}', 'sub_{number}', 'si', 'price_1', CASE {number} % 3 WHEN 0 THEN 'canceled' ELSE 'past_due' END, 9900, 'usd', 'month', 1,
               CASE {number} % 5 WHEN 0 THEN {1} ELSE {2} END, 1, CASE {number} % 7 WHEN 0 THEN {1} ELSE 1 END, 'r')",
            person.personal,
            silent.scene.now().0,
            at(END).0
        ));
    }
    silent.is("active", END, NEXT, json!({}));
    silent.run();
    let asked = (2..=30).filter(|number| number % 3 != 0 && number % 5 != 0 && number % 7 != 0).count() + 1;
    assert_eq!(silent.calls(), asked);
    silent.run();
    assert_eq!(silent.calls(), asked);
}

#[test]
fn without_an_answer_the_run_fails_and_the_next_minute_asks_again() {
    for fault in [Fault::Unheard, Fault::AnswerLost] {
        let silent = Silent::new();
        silent.is("active", END, NEXT, json!({}));
        silent.stripe.fails_after(0, fault);
        let failed = || silent.scene.tick(&JOBS, Asked::Job("reconcile"))[0].outcome == Outcome::Failed;
        assert!(failed() && failed() && !failed());
        assert_eq!(silent.held()["current_period_end"], at(NEXT).0);
        assert_eq!(silent.told().as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_message_that_comes_while_stripe_is_asked_is_not_overwritten_by_what_is_older() {
    let silent = Silent::new();
    silent.is("active", END, NEXT, json!({}));
    // The webhook's newer answer.
    let store = silent.scene.now() + Span::seconds(5);
    let update = format!(
        "UPDATE billing_subscriptions SET status = 'past_due', current_period_end = {}, observed_at = {} WHERE stripe_subscription_id = 'sub_1'",
        at(NEXT).0,
        store.0
    );
    let scene = Rc::new(silent.scene);
    let other = scene.clone();
    silent.stripe.meanwhile(move || other.execute(&update));
    scene.tick_until_done(&JOBS, "reconcile");
    let kept = scene.rows("SELECT status, observed_at FROM billing_subscriptions");
    assert_eq!(kept, json!([{"status": "past_due", "observed_at": store.0}]));
}
