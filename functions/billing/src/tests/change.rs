//! Changes of plan: at once or later, what they cost, what they take, and taking them back.

use serde_json::json;
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused, refused_with},
};

use super::*;

/// On a plan by Stripe since the scene began, for thirty days.
fn paying(price: &str) -> Shop {
    let shop = Shop::new();
    become_(&shop, subscription("sub_1", price, "active", json!({})), "evt_0");
    shop
}

/// Stripe has this subscription now, and has told us.
fn become_(shop: &Shop, state: Json, id: &str) {
    shop.scene.advance(Span(1));
    shop.stripe.put("subscriptions/sub_1", state.clone());
    assert_eq!(shop.deliver(&event(id, "customer.subscription.updated", &state)).body["outcome"], "applied");
}

fn paths(shop: &Shop) -> Vec<String> {
    shop.stripe.posted.borrow().iter().map(|(path, _)| path.trim_start_matches("/v1/").to_string()).collect()
}

#[test]
fn an_upgrade_is_previewed_to_the_cent_and_the_second() {
    // given: half of the thirty days are over
    let shop = paying("price_starter_month");
    shop.scene.set_clock("2026-03-25T12:00:00.000Z");
    // when
    let reply = shop.post(&shop.ada, "preview", json!({"plan": "professional"}));
    // then: 99.00 and 199.00, half of each
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "The Professional plan by the month would begin at once.",
                "from": {"plan": "starter", "planName": "Starter", "interval": "month", "priceCents": 9_900},
                "to": {"plan": "professional", "planName": "Professional", "interval": "month", "priceCents": 19_900},
                "kind": "upgrade",
                "effectiveAt": "2026-03-25T12:00:00.000Z",
                "currency": "usd",
                "proration": {"creditCents": -4_950, "chargeCents": 9_950, "totalCents": 5_000,
                              "prorationDate": BEGIN + 15 * DAY},
                "dueNowCents": 5_000,
                "nextInvoiceCents": 19_900,
                "nextInvoiceAt": "2026-04-09T12:00:00.000Z",
                "losses": {"plan": "Professional", "features": [], "limits": [], "seats": null, "usage": []},
                "whatToDo": [],
                "isBlocked": false,
                "checkoutRequired": false,
            })
        )
    );
    assert_eq!((reply.batches, paths(&shop)), (1, vec![]));
}

#[test]
fn a_change_to_the_year_begins_a_new_period() {
    let shop = paying("price_starter_month");
    shop.scene.set_clock("2026-03-25T12:00:00.000Z");
    let body = shop.post(&shop.ada, "preview", json!({"plan": "starter", "interval": "year"})).body;
    assert_eq!(
        (&body["kind"], &body["proration"]["creditCents"], &body["proration"]["chargeCents"], &body["nextInvoiceAt"]),
        (&json!("upgrade"), &json!(-4_950), &json!(108_900), &json!("2027-03-25T12:00:00.000Z"))
    );
}

#[test]
fn an_upgrade_happens_at_once_by_the_second_of_its_preview() {
    // given
    let shop = paying("price_starter_month");
    shop.scene.set_clock("2026-03-25T12:10:00.000Z");
    let upgraded = subscription("sub_1", "price_professional_month", "active", json!({}));
    shop.stripe.answer("subscriptions/sub_1", 200, upgraded);
    // when
    let date = BEGIN + 15 * DAY;
    let reply = shop.post(&shop.ada, "change-plan", json!({"plan": "professional", "prorationDate": date}));
    // then
    assert_eq!((reply.status, &reply.body["message"]), (200, &json!("The Professional plan has begun.")));
    assert_eq!((&reply.body["proration"]["totalCents"], reply.batches), (&json!(5_000), 2));
    assert_eq!(reply.body["subscription"]["plan"], "professional");
    let posted = shop.stripe.posted.borrow()[0].clone();
    let form: BTreeMap<String, String> = form_urlencoded::parse(posted.1.as_bytes()).into_owned().collect();
    for (name, value) in [
        ("items[0][id]", "si_sub_1"),
        ("items[0][price]", "price_professional_month"),
        ("proration_behavior", "always_invoice"),
        ("payment_behavior", "error_if_incomplete"),
        ("proration_date", &date.to_string()),
    ] {
        assert_eq!(form.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(shop.held(&shop.ada.personal)["plan_id"], "professional");
    let audit = shop.scene.audit();
    let last = audit.as_array().unwrap().last().unwrap();
    assert_eq!((&last["action"], &last["actor"]), (&json!("subscription.changed"), &json!("ada")));
    assert_eq!(last["details"], "{\"interval\":\"month\",\"plan\":\"professional\"}");
}

#[test]
fn a_preview_is_good_for_an_hour_and_never_for_later() {
    let shop = paying("price_starter_month");
    shop.scene.set_clock("2026-03-25T12:00:00.000Z");
    let now = BEGIN + 15 * DAY;
    let expected = invalid("prorationDate", "is not of a preview of the last hour: ask for a new one");
    for date in [now + 1, now - 3_601, 0, now + 30 * DAY] {
        let body = json!({"plan": "professional", "prorationDate": date});
        assert_eq!(shop.refusal(&shop.ada, "change-plan", body), expected, "{date}");
    }
    assert_eq!(paths(&shop), Vec::<String>::new());
}

#[test]
fn a_declined_card_changes_nothing() {
    let shop = paying("price_starter_month");
    shop.stripe.answer(
        "subscriptions/sub_1",
        402,
        json!({"error": {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}}),
    );
    let expected = refused(402, "payment_failed", "Your card was declined.");
    assert_eq!(shop.refusal(&shop.ada, "change-plan", json!({"plan": "professional"})), expected);
}

#[test]
fn what_stripe_says_of_our_mistakes_is_for_the_log() {
    let shop = paying("price_starter_month");
    let said = "No such price: 'price_professional_month'; a similar object exists in live mode";
    let error = json!({"error": {"type": "invalid_request_error", "code": "resource_missing", "message": said}});
    shop.stripe.answer("subscriptions/sub_1", 400, error);
    let reply = shop.post(&shop.ada, "change-plan", json!({"plan": "professional"}));
    assert_eq!((reply.status, &reply.body["code"]), (409, &json!("provider_refused")));
    assert_eq!((&reply.body["provider"], &reply.body["providerCode"]), (&json!("Stripe"), &json!("resource_missing")));
    assert!(!reply.body.to_string().contains("price_"), "{reply:?}");
    assert!(reply.log["cause"].as_str().unwrap().contains(said), "{reply:?}");
}

/// Stripe's answers to a downgrade from professional to starter.
fn scheduling(shop: &Shop) {
    let phase = json!({"start_date": BEGIN, "end_date": BEGIN + 30 * DAY,
                       "items": [{"price": "price_professional_month", "quantity": 1}]});
    let schedule = json!({"id": "sub_sched_1", "phases": [phase]});
    shop.stripe.answer("subscription_schedules", 200, schedule.clone());
    shop.stripe.answer("subscription_schedules/sub_sched_1", 200, schedule.clone());
    shop.stripe.answer("subscription_schedules/sub_sched_1/release", 200, schedule);
}

fn scheduled() -> Json {
    subscription("sub_1", "price_professional_month", "active", json!({"schedule": "sub_sched_1"}))
}

#[test]
fn a_downgrade_waits_is_shown_and_is_taken_back() {
    // given
    let shop = paying("price_professional_month");
    scheduling(&shop);
    shop.stripe.put("subscriptions/sub_1", scheduled());
    // when
    let reply = shop.post(&shop.ada, "change-plan", json!({"plan": "starter"}));
    // then: it waits
    assert_eq!((reply.status, &reply.body["kind"], &reply.body["proration"]), (200, &json!("downgrade"), &Json::Null));
    assert_eq!(reply.body["effectiveAt"], "2026-04-09T12:00:00.000Z");
    let pending = json!({"plan": "starter", "interval": "month", "at": "2026-04-09T12:00:00.000Z"});
    assert_eq!(reply.body["subscription"]["pendingChange"], pending);
    assert_eq!(reply.body["subscription"]["plan"], "professional");
    assert_eq!(paths(&shop), ["subscription_schedules", "subscription_schedules/sub_sched_1"]);
    let form: BTreeMap<String, String> =
        form_urlencoded::parse(shop.stripe.posted.borrow()[1].1.as_bytes()).into_owned().collect();
    assert_eq!(form["end_behavior"], "release");
    assert_eq!(form["phases[0][end_date]"], (BEGIN + 30 * DAY).to_string());
    assert_eq!(form["phases[1][items][0][price]"], "price_starter_month");
    // and is shown
    assert_eq!(shop.get(&shop.ada, "/history").body["subscription"]["pendingChange"], pending);
    // a message that comes meanwhile leaves it
    become_(&shop, scheduled(), "evt_1");
    assert_eq!(shop.held(&shop.ada.personal)["pending"], "starter");
    // and it is taken back
    shop.scene.advance(Span(1));
    shop.stripe.put("subscriptions/sub_1", subscription("sub_1", "price_professional_month", "active", json!({})));
    let back = shop.post(&shop.ada, "resume", json!({}));
    assert_eq!((back.status, &back.body["subscription"]["pendingChange"]), (200, &Json::Null));
    assert_eq!(paths(&shop).last().unwrap(), "subscription_schedules/sub_sched_1/release");
    assert_eq!(
        shop.refusal(&shop.ada, "resume", json!({})),
        refused(409, "nothing_to_resume", "The subscription goes on as it is; there is nothing to take back.")
    );
}

#[test]
fn a_downgrade_that_was_taken_back_since_does_not_wait_again_where_it_is_written_down_again() {
    let shop = paying("price_professional_month");
    scheduling(&shop);
    shop.stripe.put("subscriptions/sub_1", scheduled());
    let mut request = shop.scene.post(Some(&shop.ada), &[], json!({"plan": "starter"}).to_string().into_bytes());
    request.path = "/change-plan".to_string();
    let taken_back = || {
        shop.scene.advance(Span(1));
        shop.stripe.put("subscriptions/sub_1", subscription("sub_1", "price_professional_month", "active", json!({})));
        let back = shop.post(&shop.ada, "resume", json!({}));
        assert_eq!((back.status, &back.body["subscription"]["pendingChange"]), (200, &Json::Null), "{back:?}");
    };
    let reply = shop.scene.send_overtaken_behind(1, &FUNCTION, &request, &taken_back);
    assert_eq!((reply.status, &shop.held(&shop.ada.personal)["pending"]), (200, &Json::Null), "{reply:?}");
}

#[test]
fn what_was_done_at_stripe_is_told_of_also_where_the_caller_may_do_nothing_any_more_by_then() {
    let shop = paying("price_professional_month");
    scheduling(&shop);
    shop.stripe.put("subscriptions/sub_1", scheduled());
    let mut request = shop.scene.post(Some(&shop.ada), &[], json!({"plan": "starter"}).to_string().into_bytes());
    request.path = "/change-plan".to_string();
    let banned = || shop.scene.execute("UPDATE users SET banned_at = 1, banned_by = 'operator' WHERE id = 'ada'");
    let reply = shop.scene.send_overtaken_behind(1, &FUNCTION, &request, &banned);
    assert_eq!(
        (reply.status, &reply.body["subscription"]["pendingChange"]["plan"]),
        (200, &json!("starter")),
        "{reply:?}"
    );
}

#[test]
fn a_downgrade_has_happened_when_stripe_says_so() {
    let shop = paying("price_professional_month");
    scheduling(&shop);
    shop.stripe.put("subscriptions/sub_1", scheduled());
    assert_eq!(shop.post(&shop.ada, "change-plan", json!({"plan": "starter"})).status, 200);
    let begun = subscription("sub_1", "price_starter_month", "active", json!({"schedule": "sub_sched_1"}));
    become_(&shop, begun, "evt_1");
    let held = shop.held(&shop.ada.personal);
    assert_eq!((&held["plan_id"], &held["pending"]), (&json!("starter"), &Json::Null));
}

#[test]
fn an_upgrade_takes_the_place_of_a_downgrade_that_waits() {
    let shop = paying("price_professional_month");
    scheduling(&shop);
    shop.stripe.put("subscriptions/sub_1", scheduled());
    assert_eq!(shop.post(&shop.ada, "change-plan", json!({"plan": "starter"})).status, 200);
    shop.stripe.posted.borrow_mut().clear();
    shop.scene.advance(Span(1));
    let upgraded = |more: Json| subscription("sub_1", "price_professional_year", "active", more);
    shop.stripe.answer("subscriptions/sub_1", 200, upgraded(json!({"schedule": "sub_sched_1"})));
    shop.stripe.put("subscriptions/sub_1", upgraded(json!({})));
    let reply = shop.post(&shop.ada, "change-plan", json!({"plan": "professional", "interval": "year"}));
    assert_eq!(paths(&shop), ["subscriptions/sub_1", "subscription_schedules/sub_sched_1/release"]);
    let held = &reply.body["subscription"];
    assert_eq!((&held["interval"], &held["pendingChange"]), (&json!("year"), &Json::Null));
}

#[test]
fn a_card_that_is_declined_leaves_the_downgrade_that_waits() {
    // given
    let shop = paying("price_professional_month");
    scheduling(&shop);
    shop.stripe.put("subscriptions/sub_1", scheduled());
    assert_eq!(shop.post(&shop.ada, "change-plan", json!({"plan": "starter"})).status, 200);
    shop.stripe.posted.borrow_mut().clear();
    let declined =
        json!({"error": {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}});
    shop.stripe.answer("subscriptions/sub_1", 402, declined);
    // when
    let body = json!({"plan": "professional", "interval": "year"});
    let refusal = shop.refusal(&shop.ada, "change-plan", body);
    // then
    assert_eq!(refusal, refused(402, "payment_failed", "Your card was declined."));
    assert_eq!(paths(&shop), ["subscriptions/sub_1"], "the schedule is still there");
}

#[test]
fn what_stripe_does_not_change_under_a_schedule_is_changed_without_it() {
    // given
    let shop = paying("price_professional_month");
    scheduling(&shop);
    shop.stripe.put("subscriptions/sub_1", scheduled());
    assert_eq!(shop.post(&shop.ada, "change-plan", json!({"plan": "starter"})).status, 200);
    shop.stripe.posted.borrow_mut().clear();
    let managed = "The subscription is managed by the subscription schedule `sub_sched_1`";
    let error = json!({"error": {"type": "invalid_request_error", "message": managed}});
    shop.stripe.answer("subscriptions/sub_1", 400, error);
    let stripe = shop.stripe.clone();
    shop.stripe.meanwhile.replace(Some(Box::new(move || {
        let upgraded = subscription("sub_1", "price_professional_year", "active", json!({}));
        stripe.answer("subscriptions/sub_1", 200, upgraded);
    })));
    // when
    let reply = shop.post(&shop.ada, "change-plan", json!({"plan": "professional", "interval": "year"}));
    // then
    assert_eq!((reply.status, &reply.body["subscription"]["interval"]), (200, &json!("year")), "{reply:?}");
    let release = "subscription_schedules/sub_sched_1/release";
    assert_eq!(paths(&shop), ["subscriptions/sub_1", release, "subscriptions/sub_1"]);
}

#[test]
fn what_is_paid_several_times_over_changes_its_price_so_many_times() {
    // given: an operator has set the quantity at Stripe, and half of the thirty days are over
    let shop = Shop::new();
    let mut three = subscription("sub_1", "price_starter_month", "active", json!({}));
    three["items"]["data"][0]["quantity"] = json!(3);
    become_(&shop, three, "evt_0");
    shop.scene.set_clock("2026-03-25T12:00:00.000Z");
    // when
    let body = shop.post(&shop.ada, "preview", json!({"plan": "professional"})).body;
    // then
    let lines = &body["proration"];
    assert_eq!((&body["from"]["priceCents"], &body["to"]["priceCents"]), (&json!(29_700), &json!(59_700)));
    assert_eq!((&lines["creditCents"], &lines["chargeCents"]), (&json!(-14_850), &json!(29_850)));
    assert_eq!((&body["dueNowCents"], &body["nextInvoiceCents"]), (&json!(15_000), &json!(59_700)));
}

#[test]
fn an_end_that_was_set_as_a_date_at_stripe_is_taken_back_too() {
    let shop = paying("price_starter_month");
    let dated = subscription("sub_1", "price_starter_month", "active", json!({"cancel_at": BEGIN + 20 * DAY}));
    become_(&shop, dated.clone(), "evt_1");
    shop.stripe.answer("subscriptions/sub_1", 200, dated);
    shop.post(&shop.ada, "resume", json!({}));
    let forms: Vec<_> =
        shop.stripe.posted.borrow().iter().map(|(_, form)| form.split('&').next().unwrap().to_string()).collect();
    assert_eq!(forms, ["cancel_at_period_end=false", "cancel_at="]);
}

#[test]
fn cancelling_waits_for_the_period_and_is_taken_back() {
    // given
    let shop = paying("price_starter_month");
    let cancelled = json!({"cancel_at_period_end": true, "cancel_at": BEGIN + 30 * DAY});
    let cancelled = subscription("sub_1", "price_starter_month", "active", cancelled);
    shop.stripe.answer("subscriptions/sub_1", 200, cancelled);
    shop.scene.advance(Span(1));
    // when
    let reply = shop.post(&shop.ada, "cancel", json!({}));
    // then
    assert_eq!(
        reply.body["message"],
        "The subscription ends on 2026-04-09T12:00:00.000Z; until then it may be resumed."
    );
    let allows = &reply.body["subscription"]["allows"];
    assert_eq!(
        (&allows["features"], &allows["warning"], &allows["canCancel"], &allows["canResume"], &allows["canChangePlan"]),
        (&json!(true), &json!("canceling"), &json!(false), &json!(true), &json!(false))
    );
    let pending = refused_with(
        409,
        "cancellation_pending",
        "The subscription is cancelled already; it ends on 2026-04-09T12:00:00.000Z.",
        json!({"cancelAt": "2026-04-09T12:00:00.000Z"}),
    );
    assert_eq!(shop.refusal(&shop.ada, "cancel", json!({})), pending);
    let change = shop.refusal(&shop.ada, "change-plan", json!({"plan": "professional"}));
    assert_eq!((change.0, &change.1["code"]), (409, &json!("cancellation_pending")));
    // and back
    shop.scene.advance(Span(1));
    shop.stripe.answer("subscriptions/sub_1", 200, subscription("sub_1", "price_starter_month", "active", json!({})));
    let back = shop.post(&shop.ada, "resume", json!({}));
    assert_eq!((back.status, &back.body["subscription"]["cancelAt"]), (200, &Json::Null));
    let forms: Vec<_> =
        shop.stripe.posted.borrow().iter().map(|(_, form)| form.split('&').next().unwrap().to_string()).collect();
    assert_eq!(forms, ["cancel_at_period_end=true", "cancel_at_period_end=false"]);
    let actions: Vec<_> = shop
        .scene
        .audit()
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["action"].as_str().unwrap().to_string())
        .collect();
    assert_eq!(actions, ["subscription.updated", "subscription.cancel_scheduled", "subscription.resumed"]);
}

/// A paid team on `big` of ten seats with four people and an invitation, and a plan `small` of three.
fn crowded(policy: &str) -> (Shop, Person) {
    let shop = Shop::new();
    shop.scene.execute(&format!(
        "UPDATE catalog_settings SET downgrade_over_seats = '{policy}';
         UPDATE plans SET position = 5 WHERE id = 'enterprise';
         INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions)
         VALUES ('small', 'Small', 'team', 4, 9900, 3, 2);
         INSERT INTO plan_features (plan_id, feature, kind, limit_value, reset) VALUES ('small', 'uploads', 'meter', 50, 'calendar_month');
         INSERT INTO plan_features (plan_id, feature, kind, value) VALUES ('enterprise', 'single_sign_on', 'flag', '1');
         INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES ('price_small_month', 'small', 'month', 1)"
    ));
    let owner = shop.scene.sign_up("owner");
    shop.scene.team("acme", &owner);
    for id in ["ben", "cleo", "dan"] {
        let person = shop.scene.sign_up(id);
        shop.scene.member("acme", &person, "member");
    }
    shop.scene.invitation("acme", "invited", "eve@example.com", "member", &owner);
    shop.scene.execute(
        "INSERT INTO usage_counters (organization_id, feature, period_start, quantity)
         VALUES ('acme', 'uploads', 1772323200000, 80)",
    );
    shop.customer("acme", "cus_acme");
    let state = subscription("sub_1", "price_enterprise_month", "active", json!({"customer": "cus_acme"}));
    become_(&shop, state, "evt_0");
    (shop, owner)
}

#[test]
fn a_downgrade_below_the_seats_in_use_is_refused_with_what_to_do() {
    let (shop, owner) = crowded("refuse");
    let losses = json!({
        "plan": "Small",
        "features": ["single_sign_on"],
        "limits": [{"feature": "seats", "from": 10, "to": 3}, {"feature": "concurrent_sessions", "from": -1, "to": 2},
                   {"feature": "uploads", "from": -1, "to": 50}],
        "seats": {"limit": 3, "inUse": 5, "over": 2},
        "usage": [{"feature": "uploads", "limit": 50, "used": 80, "over": 30}],
    });
    let preview = shop.post(&owner, "preview", json!({"plan": "small"})).body;
    assert_eq!((&preview["losses"], &preview["isBlocked"]), (&losses, &json!(true)));
    let what_to_do = preview["whatToDo"].clone();
    assert_eq!(what_to_do[0], "Remove 2 members or revoke invitations: the Small plan has 3 seats and 5 are in use.");
    assert_eq!(
        shop.refusal(&owner, "change-plan", json!({"plan": "small"})),
        refused_with(
            409,
            "seats_in_use",
            "The Small plan has too few seats for everybody who is in.",
            json!({"losses": losses, "whatToDo": what_to_do})
        )
    );
    assert_eq!(paths(&shop), Vec::<String>::new());
}

#[test]
fn a_plan_is_not_bought_with_fewer_seats_than_are_in_use() {
    // given: what was paid for has ended, and everybody is in yet
    let (shop, owner) = crowded("refuse");
    become_(
        &shop,
        subscription(
            "sub_1",
            "price_enterprise_month",
            "canceled",
            json!({"customer": "cus_acme", "ended_at": BEGIN + DAY}),
        ),
        "evt_1",
    );
    shop.stripe.answer("checkout/sessions", 200, json!({"id": "cs_1", "url": "https://checkout.stripe.test/cs_1"}));
    let buy = || shop.post(&owner, "checkout", json!({"plan": "small"}));
    // when, then: as the preview says
    assert_eq!(shop.post(&owner, "preview", json!({"plan": "small"})).body["isBlocked"], true);
    let (status, refusal) = shop.refusal(&owner, "checkout", json!({"plan": "small"}));
    assert_eq!((status, &refusal["code"]), (409, &json!("seats_in_use")));
    assert_eq!(refusal["losses"]["seats"], json!({"limit": 3, "inUse": 5, "over": 2}));
    assert_eq!(paths(&shop), Vec::<String>::new());
    // and also where the plan before it had no more seats
    shop.scene.execute("UPDATE plans SET seats = 3 WHERE id = 'enterprise'");
    assert_eq!(shop.refusal(&owner, "checkout", json!({"plan": "small"})).1["code"], "seats_in_use");
    // when: the catalog lets it be, or there is room
    shop.scene.execute("UPDATE catalog_settings SET downgrade_over_seats = 'warn'");
    assert_eq!(buy().status, 200);
    shop.scene.execute(
        "UPDATE catalog_settings SET downgrade_over_seats = 'refuse';
         UPDATE organization_invitations SET status = 'revoked', resolved_at = 1;
         DELETE FROM organization_members WHERE organization_id = 'acme' AND user_id = 'dan'",
    );
    assert_eq!(buy().status, 200);
}

#[test]
fn what_was_granted_counts_with_the_limit_of_either_plan_when_the_change_takes_effect() {
    // given: 80 uploads are used, and `small` has 50; the change would begin 30 days after BEGIN
    let (shop, owner) = crowded("refuse");
    let grant = |id: &str, quantity: i64, from: i64, until: i64| {
        shop.scene.execute(&format!(
            "INSERT INTO usage_grants (organization_id, id, feature, quantity, reason, starts_at, ends_at, created_at, request_id)
             VALUES ('acme', '{id}', 'uploads', {quantity}, 'an outage', {}000, {}000, 1, 'r')",
            BEGIN + from * DAY,
            BEGIN + until * DAY
        ));
    };
    let lost = || {
        let losses = &shop.post(&owner, "preview", json!({"plan": "small"})).body["losses"];
        let limits = losses["limits"].as_array().unwrap();
        let uploads = limits.iter().find(|limit| limit["feature"] == "uploads").cloned().unwrap();
        (uploads["from"].clone(), uploads["to"].clone(), losses["usage"].clone())
    };
    let over = |limit: i64| json!([{"feature": "uploads", "limit": limit, "used": 80, "over": 80 - limit}]);
    // when, then: what has ended by then, and what begins only later, is of no use to them
    grant("over", 100, 0, 30);
    grant("later", 100, 31, 60);
    assert_eq!(lost(), (json!(-1), json!(50), over(50)));
    grant("some", 20, 0, 60);
    assert_eq!(lost(), (json!(-1), json!(70), over(70)));
    grant("enough", 10, 29, 60);
    assert_eq!(lost(), (json!(-1), json!(80), json!([])));
    // and it is no loss of the change's that a grant of both plans was used up
    shop.scene
        .execute("UPDATE plan_features SET limit_value = 50 WHERE plan_id = 'enterprise' AND feature = 'uploads'");
    let losses = shop.post(&owner, "preview", json!({"plan": "small"})).body["losses"].clone();
    assert!(!losses["limits"].to_string().contains("uploads"), "{losses}");
    assert_eq!(losses["usage"], json!([]));
    // nor does a grant open what the wanted plan has not at all
    shop.scene.execute("DELETE FROM plan_features WHERE plan_id = 'small'");
    let losses = shop.post(&owner, "preview", json!({"plan": "small"})).body["losses"].clone();
    assert_eq!(losses["usage"], over(0));
}

#[test]
fn a_limit_that_the_operator_has_set_holds_in_place_of_either_plans_when_the_change_takes_effect() {
    // given: 5 seats and 80 uploads are used, and `small` has 3 and 50; the change would begin 30 days after BEGIN
    let (shop, owner) = crowded("refuse");
    let limit = |feature: &str, limit: i64, from: i64, until: i64| {
        shop.scene.execute(&format!(
            "INSERT INTO plan_overrides (organization_id, kind, feature, ends_at, id, limit_value, reason, starts_at, request_id)
             SELECT 'acme', 'limit', '{feature}', {}000, 'o' || COUNT(*), {limit}, 'a pilot', {}000, 'r' FROM plan_overrides",
            BEGIN + until * DAY,
            BEGIN + from * DAY
        ));
    };
    let preview = || shop.post(&owner, "preview", json!({"plan": "small"})).body;
    let before = preview();
    // when, then: what has ended by then is of no use to them
    limit("seats", 250, 0, 30);
    limit("uploads", 500, 0, 30);
    assert_eq!(preview(), before);
    limit("seats", 250, 30, 60);
    limit("uploads", 70, 30, 60);
    limit("concurrent_sessions", 4, 29, 60);
    let after = preview();
    assert_eq!(
        (&after["isBlocked"], &after["losses"]),
        (
            &json!(false),
            &json!({"plan": "Small", "features": ["single_sign_on"], "limits": [], "seats": null, "usage": []})
        )
    );
    // and what is used beyond it all the same is no loss of the change's
    assert_eq!(after["whatToDo"], json!([]));
    // nor is a meter there that the wanted plan has not
    shop.scene.execute("DELETE FROM plan_features WHERE plan_id = 'small'");
    assert_eq!(preview()["losses"]["usage"], json!([{"feature": "uploads", "limit": 0, "used": 80, "over": 80}]));
}

#[test]
fn or_is_kept_with_a_warning_where_the_catalog_says_so() {
    let (shop, owner) = crowded("warn");
    scheduling(&shop);
    let waiting = json!({"customer": "cus_acme", "schedule": "sub_sched_1"});
    shop.stripe.put("subscriptions/sub_1", subscription("sub_1", "price_enterprise_month", "active", waiting));
    let reply = shop.post(&owner, "change-plan", json!({"plan": "small"}));
    assert_eq!((reply.status, &reply.body["isBlocked"]), (200, &json!(false)));
    assert_eq!(reply.body["whatToDo"].as_array().unwrap().len(), 2);
    assert_eq!(reply.body["subscription"]["pendingChange"]["plan"], "small");
}

#[test]
fn a_free_plan_is_what_is_left_when_the_paid_one_ends() {
    // given
    let shop = paying("price_professional_month");
    shop.scene.execute(
        "INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions)
         VALUES ('free', 'Free', 'individual', -1, 0, 1, 1)",
    );
    let cancelled = json!({"cancel_at_period_end": true, "cancel_at": BEGIN + 30 * DAY});
    let cancelled = subscription("sub_1", "price_professional_month", "active", cancelled);
    shop.stripe.answer("subscriptions/sub_1", 200, cancelled.clone());
    // when
    let reply = shop.post(&shop.ada, "change-plan", json!({"plan": "free"}));
    // then
    assert_eq!(reply.body["subscription"]["pendingChange"]["plan"], "free");
    become_(&shop, cancelled, "evt_1");
    assert_eq!(shop.held(&shop.ada.personal)["pending"], "free");
    let ended = json!({"ended_at": BEGIN + 30 * DAY, "canceled_at": BEGIN});
    become_(&shop, subscription("sub_1", "price_professional_month", "canceled", ended), "evt_2");
    let held = shop.held(&shop.ada.personal);
    assert_eq!((&held["plan_id"], &held["status"], &held["pending"]), (&json!("free"), &json!("active"), &Json::Null));
}

#[test]
fn a_plan_that_is_free_as_a_trial_is_not_what_a_paid_one_changes_to() {
    // given: a plan that costs nothing, for the days of its trial
    let shop = paying("price_professional_month");
    shop.scene.execute(
        "INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions, trial_days)
         VALUES ('taste', 'Taste', 'individual', -1, 0, 1, 1, 14)",
    );
    let reply = shop.refusal(&shop.ada, "change-plan", json!({"plan": "taste"}));
    // then
    assert_eq!((reply.0, &reply.1["code"]), (409, &json!("plan_not_for_sale")));
    assert_eq!(paths(&shop), Vec::<String>::new());
    // and where it waits all the same, it is not what the end leaves
    shop.scene.execute(
        "UPDATE org_subscriptions SET pending_plan_id = 'taste', pending_interval = 'month', pending_at = current_period_end",
    );
    let ended = json!({"ended_at": BEGIN + 30 * DAY, "canceled_at": BEGIN});
    become_(&shop, subscription("sub_1", "price_professional_month", "canceled", ended), "evt_1");
    let held = shop.held(&shop.ada.personal);
    assert_eq!((&held["plan_id"], &held["status"]), (&json!("professional"), &json!("canceled")));
}

#[test]
fn there_is_nothing_to_change_before_the_first_payment() {
    let shop = Shop::new();
    let expected = refused_with(
        409,
        "no_subscription",
        "There is no paid subscription yet; start one with a checkout.",
        json!({"checkoutRequired": true}),
    );
    assert_eq!(shop.refusal(&shop.ada, "change-plan", json!({"plan": "professional"})), expected);
    assert_eq!(shop.refusal(&shop.ada, "cancel", json!({})), expected);
    assert_eq!(shop.refusal(&shop.ada, "resume", json!({})), expected);
    let preview = shop.post(&shop.ada, "preview", json!({"plan": "professional"})).body;
    assert_eq!((&preview["checkoutRequired"], &preview["proration"]), (&json!(true), &Json::Null));
    let same = paying("price_starter_month");
    let unchanged = refused_with(
        409,
        "plan_unchanged",
        "This is the Starter plan by the month already.",
        json!({"plan": "starter"}),
    );
    assert_eq!(same.refusal(&same.ada, "change-plan", json!({"plan": "starter"})), unchanged);
}

#[test]
fn arrears_are_paid_before_a_change() {
    for status in ["past_due", "unpaid", "paused"] {
        let shop = Shop::new();
        become_(&shop, subscription("sub_1", "price_starter_month", status, json!({})), "evt_0");
        let reply = shop.refusal(&shop.ada, "change-plan", json!({"plan": "professional"}));
        assert_eq!(
            (reply.0, &reply.1["code"], &reply.1["status"]),
            (402, &json!("subscription_required"), &json!(status))
        );
    }
}

#[test]
fn on_a_trial_the_same_plan_costs_nothing_yet_and_another_one_ends_the_trial() {
    // given: a trial of starter through Stripe
    let shop = Shop::new();
    let trial = json!({"trial_end": BEGIN + 30 * DAY});
    become_(&shop, subscription("sub_1", "price_starter_month", "trialing", trial), "evt_0");
    shop.scene.set_clock("2026-03-25T12:00:00.000Z");
    // when, then: by the year it goes on
    let same = shop.post(&shop.ada, "preview", json!({"plan": "starter", "interval": "year"})).body;
    assert_eq!((&same["dueNowCents"], &same["nextInvoiceAt"]), (&json!(0), &json!("2026-04-09T12:00:00.000Z")));
    // nobody gets another plan for nothing
    let other = shop.post(&shop.ada, "preview", json!({"plan": "professional"})).body;
    assert_eq!((&other["dueNowCents"], &other["nextInvoiceAt"]), (&json!(19_900), &json!("2026-04-25T12:00:00.000Z")));
    shop.stripe.answer(
        "subscriptions/sub_1",
        200,
        subscription("sub_1", "price_professional_month", "active", json!({})),
    );
    assert_eq!(shop.post(&shop.ada, "change-plan", json!({"plan": "professional"})).status, 200);
    let form: BTreeMap<String, String> =
        form_urlencoded::parse(shop.stripe.posted.borrow()[0].1.as_bytes()).into_owned().collect();
    assert_eq!(form.get("trial_end").map(String::as_str), Some("now"));
    assert_eq!(form.get("proration_date"), None);
}

#[test]
fn a_trial_that_has_ended_already_is_not_ended_and_charged_again() {
    // given: Stripe has done it, and its answer was lost
    let shop = Shop::new();
    let trial = json!({"trial_end": BEGIN + 30 * DAY});
    become_(&shop, subscription("sub_1", "price_starter_month", "trialing", trial), "evt_0");
    let done = subscription("sub_1", "price_professional_month", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", done.clone());
    shop.stripe.answer("subscriptions/sub_1", 200, done);
    // when
    assert_eq!(shop.post(&shop.ada, "change-plan", json!({"plan": "professional"})).status, 200);
    // then
    let form: BTreeMap<String, String> =
        form_urlencoded::parse(shop.stripe.posted.borrow()[0].1.as_bytes()).into_owned().collect();
    assert_eq!((form.get("trial_end"), form["proration_behavior"].as_str()), (None, "always_invoice"));
    assert_eq!(shop.held(&shop.ada.personal)["plan_id"], "professional");
}

/// Every class of error that the official package knows (stripe-node, `Error.ts`), and what it is here.
#[test]
fn no_error_of_stripe_s_is_a_fault_of_ours() {
    for (status, kind, code, expected) in [
        (400, "invalid_request_error", "parameter_unknown", (409, "provider_refused")),
        (404, "invalid_request_error", "resource_missing", (409, "provider_refused")),
        (400, "idempotency_error", "idempotency_key_in_use", (409, "provider_refused")),
        (402, "card_error", "card_declined", (402, "payment_failed")),
        (401, "invalid_request_error", "api_key_expired", (503, "not_configured")),
        (403, "invalid_request_error", "permission_denied", (503, "not_configured")),
        (409, "invalid_request_error", "lock_timeout", (503, "provider_unavailable")),
        (429, "rate_limit_error", "rate_limit", (503, "provider_unavailable")),
        (500, "api_error", "api_error", (503, "provider_unavailable")),
        // What stands between us and Stripe.
        (307, "", "", (503, "provider_unavailable")),
        (403, "", "", (503, "provider_unavailable")),
        (404, "", "", (503, "provider_unavailable")),
        (400, "temporary_session_expired", "session_expired", (409, "provider_refused")),
    ] {
        let shop = paying("price_starter_month");
        let error = match kind {
            "" => json!({}),
            _ => json!({"error": {"type": kind, "code": code, "message": "No."}}),
        };
        for path in ["subscriptions/sub_1", "billing_portal/sessions", "checkout/sessions"] {
            shop.stripe.answer(path, status, error.clone());
        }
        for (action, body) in
            [("change-plan", json!({"plan": "professional"})), ("cancel", json!({})), ("portal", json!({}))]
        {
            let (status, body) = shop.refusal(&shop.ada, action, body);
            assert_eq!((status, body["code"].as_str().unwrap()), expected, "{action}: {kind} {code}");
        }
    }
}

/// A subscription whose first item is no plan.
fn with_add_ons(price: &str) -> Json {
    let mut state = subscription("sub_1", price, "active", json!({}));
    let plan = state["items"]["data"][0].clone();
    let further = |id: &str, price: Json| json!({"id": id, "quantity": 2, "current_period_start": BEGIN, "current_period_end": BEGIN + 30 * DAY, "price": price});
    let support =
        json!({"id": "price_support", "unit_amount": 500, "currency": "usd", "recurring": {"interval": "month"}});
    let minutes = json!({"id": "price_minutes", "unit_amount": 7, "currency": "usd",
                         "recurring": {"interval": "month", "usage_type": "metered"}});
    state["items"]["data"] = json!([further("si_minutes", minutes), further("si_support", support), plan]);
    state
}

#[test]
fn the_plan_is_found_by_its_price_wherever_it_stands_and_the_rest_is_shown() {
    let shop = Shop::new();
    become_(&shop, with_add_ons("price_professional_year"), "evt_0");
    let held = shop.held(&shop.ada.personal);
    assert_eq!((&held["plan_id"], &held["billing_interval"]), (&json!("professional"), &json!("year")));
    let page = shop.get(&shop.ada, "/history").body;
    let add_ons = page["subscription"]["addOns"].as_array().unwrap().iter();
    let add_ons: Vec<_> = add_ons.map(|item| (item["priceId"].clone(), item["amountCents"].clone())).collect();
    assert_eq!(add_ons, [(json!("price_minutes"), json!(0)), (json!("price_support"), json!(1_000))]);
    assert_eq!(page["subscription"]["amountCents"], 108_900);
    // and it is the plan's item that changes
    shop.stripe.answer("subscriptions/sub_1", 402, json!({"error": {"type": "card_error", "message": "No."}}));
    shop.post(&shop.ada, "change-plan", json!({"plan": "professional", "interval": "month"}));
    let posted = shop.stripe.posted.borrow();
    assert!(posted.iter().all(|(_, body)| !body.contains("si_minutes") && !body.contains("si_support")), "{posted:?}");
}

#[test]
fn of_two_plans_in_one_subscription_the_later_one_counts_and_the_operator_is_told() {
    let shop = Shop::new();
    let mut state = subscription("sub_1", "price_professional_month", "active", json!({}));
    let mut second = subscription("sub_1", "price_starter_month", "active", json!({}))["items"]["data"][0].clone();
    second["id"] = json!("si_second");
    state["items"]["data"].as_array_mut().unwrap().push(second);
    shop.stripe.put("subscriptions/sub_1", state.clone());
    let reply = shop.deliver(&event("evt_1", "customer.subscription.updated", &state));
    assert_eq!(reply.body["outcome"], "applied");
    assert_eq!(shop.held(&shop.ada.personal)["plan_id"], "professional");
    let cause = reply.log["cause"].as_str().unwrap();
    assert!(cause.starts_with("several_plans: price_professional_month, price_starter_month"), "{cause}");
}

#[test]
fn a_downgrade_keeps_the_further_items() {
    let shop = Shop::new();
    become_(&shop, with_add_ons("price_professional_month"), "evt_0");
    let item = |price: &str, quantity: Json| json!({"price": price, "quantity": quantity});
    let phase = json!({"start_date": BEGIN, "end_date": BEGIN + 30 * DAY, "discounts": [], "items": [
        item("price_minutes", Json::Null), item("price_support", json!(2)), item("price_professional_month", json!(1)),
    ]});
    let schedule = json!({"id": "sub_sched_1", "status": "active", "subscription": "sub_1", "phases": [phase]});
    shop.stripe.answer("subscription_schedules", 200, schedule.clone());
    shop.stripe.answer("subscription_schedules/sub_sched_1", 200, schedule);
    shop.post(&shop.ada, "change-plan", json!({"plan": "starter"}));
    let posted = shop.stripe.posted.borrow();
    let (_, body) = posted.iter().find(|(path, _)| path.ends_with("/sub_sched_1")).unwrap();
    let form: BTreeMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let next = |name: &str| form.get(&format!("phases[1][items]{name}")).map(String::as_str);
    assert_eq!((next("[0][price]"), next("[0][quantity]")), (Some("price_minutes"), None));
    assert_eq!((next("[1][price]"), next("[1][quantity]")), (Some("price_support"), Some("2")));
    assert_eq!((next("[2][price]"), next("[2][quantity]")), (Some("price_starter_month"), Some("1")));
}
