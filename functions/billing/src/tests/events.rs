//! One message at a time: whose it is, what it changes, and that it changes it once.

use serde_json::json;
use tallygate::{rules::time::Span, testing::refused};

use super::*;

#[test]
fn a_paid_subscription_is_the_plan_at_once() {
    // given
    let shop = Shop::new();
    let bought = subscription("sub_1", "price_professional_month", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    // when
    let reply = shop.deliver(&event("evt_1", "customer.subscription.created", &bought));
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({"success": true, "message": "The event was applied.", "eventId": "evt_1", "outcome": "applied",
                   "duplicate": false})
        )
    );
    assert_eq!(reply.batches, 1);
    assert_eq!(
        shop.held(&shop.ada.personal),
        json!({"plan_id": "professional", "status": "active", "billing_interval": "month", "start": BEGIN,
               "end": BEGIN + 30 * DAY, "trial": null, "due": null, "stripe": "sub_1", "cancel": null, "pending": null})
    );
    assert_eq!(
        shop.scene.audit(),
        json!([{"organization": shop.ada.personal, "actor": "stripe", "action": "subscription.created",
                "target": "sub_1", "details": "{\"stripeEvent\":\"evt_1\"}"}])
    );
    assert_eq!(shop.scene.outbox()[0]["event"], "user.subscribed");
}

#[test]
fn what_is_paid_for_a_workspace_that_gave_way_ends_like_any_other() {
    // given: a workspace on a plan of individuals that gave way when a team became personal, and a checkout that was open then
    let shop = Shop::new();
    shop.scene.execute(&format!(
        "UPDATE organizations SET kind = 'team', org_type = 'other', personal_user_id = NULL, archived_at = 1 WHERE id = '{}'",
        shop.ada.personal
    ));
    for (message, status) in [("evt_1", "active"), ("evt_2", "canceled")] {
        shop.scene.advance(Span(1));
        let state = subscription("sub_1", "price_professional_month", status, json!({}));
        shop.stripe.put("subscriptions/sub_1", state.clone());
        // when
        let reply = shop.deliver(&event(message, "customer.subscription.updated", &state));
        // then
        assert_eq!((reply.status, &reply.body["outcome"]), (200, &json!("wrong_audience")), "{reply:?}");
    }
    let held = shop.held(&shop.ada.personal);
    assert_eq!((&held["plan_id"], &held["status"]), (&json!("enterprise"), &json!("canceled")));
}

#[test]
fn a_delivery_that_comes_again_changes_nothing() {
    let shop = Shop::new();
    let bought = subscription("sub_1", "price_starter_month", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    let message = event("evt_1", "customer.subscription.created", &bought);
    assert_eq!(shop.deliver(&message).body["duplicate"], false);
    let before = shop.scene.everything();
    // also when Stripe has something else to say by now: another message will say it
    shop.stripe.put("subscriptions/sub_1", subscription("sub_1", "price_starter_month", "past_due", json!({})));
    let again = shop.deliver(&message);
    assert_eq!((again.status, &again.body["duplicate"]), (200, &json!(true)));
    shop.scene.assert_unchanged(&before);
}

#[test]
fn the_customer_says_whose_it_is_and_metadata_says_nothing() {
    // given: two tenants, and a subscription of one that names the other everywhere
    let shop = Shop::new();
    let bob = shop.scene.sign_up("bob");
    shop.customer(&bob.personal, "cus_bob");
    let before = shop.held(&bob.personal);
    let bought = subscription(
        "sub_1",
        "price_professional_month",
        "active",
        json!({"metadata": {"organization_id": bob.personal}}),
    );
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    // when
    shop.deliver(&event("evt_1", "customer.subscription.updated", &bought));
    let checkout = json!({"id": "cs_1", "customer": "cus_ada", "subscription": "sub_1",
                          "client_reference_id": bob.personal, "metadata": {"organization_id": bob.personal}});
    shop.deliver(&event("evt_2", "checkout.session.completed", &checkout));
    // then
    assert_eq!(shop.held(&bob.personal), before);
    assert_eq!(shop.held(&shop.ada.personal)["plan_id"], "professional");
    assert_eq!(
        shop.scene.rows("SELECT DISTINCT organization_id FROM billing_subscriptions")[0]["organization_id"],
        shop.ada.personal
    );
}

#[test]
fn what_the_message_claims_is_not_believed() {
    // given: Stripe knows a canceled starter, the message claims an active enterprise of another customer
    let shop = Shop::new();
    let ended = json!({"ended_at": BEGIN, "canceled_at": BEGIN});
    shop.stripe.put("subscriptions/sub_1", subscription("sub_1", "price_starter_month", "canceled", ended));
    let claimed = subscription("sub_1", "price_professional_year", "active", json!({}));
    // when
    shop.deliver(&event("evt_1", "customer.subscription.updated", &claimed));
    // then
    let held = shop.held(&shop.ada.personal);
    assert_eq!((&held["plan_id"], &held["status"]), (&json!("starter"), &json!("canceled")));
}

#[test]
fn an_unknown_price_is_kept_and_reported_and_applied_once_the_catalog_knows_it() {
    // given
    let shop = Shop::new();
    let before = shop.held(&shop.ada.personal);
    let bought = subscription("sub_1", "price_of_last_year", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    let message = event("evt_1", "customer.subscription.created", &bought);
    // when
    let reply = shop.deliver(&message);
    // then: it is acknowledged, kept, told to the operator, and changes no plan
    assert_eq!((reply.status, &reply.body["outcome"]), (200, &json!("unknown_price")));
    assert_eq!(reply.log["cause"], "unknown_price: price_of_last_year of cus_ada");
    assert_eq!(shop.held(&shop.ada.personal), before);
    let kept = &shop.scene.rows("SELECT outcome, payload FROM webhook_inbox")[0];
    assert_eq!(kept["outcome"], "unknown_price");
    let mut known = message.clone();
    known["data"]["object"].as_object_mut().unwrap().remove("metadata");
    assert_eq!(kept["payload"].as_str().unwrap(), known.to_string());
    assert_eq!(
        shop.scene.rows("SELECT stripe_price_id FROM billing_subscriptions")[0]["stripe_price_id"],
        "price_of_last_year"
    );
    // and however often it comes, nothing is said to have happened
    shop.deliver(&message);
    assert_eq!((shop.scene.audit(), shop.scene.outbox()), (json!([]), json!([])));
    // when the catalog knows it and Stripe sends it again
    shop.scene.execute(
        "INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered)
         VALUES ('price_of_last_year', 'professional', 'month', 0)",
    );
    shop.scene.advance(Span::seconds(1));
    assert_eq!(shop.deliver(&message).body["outcome"], "applied");
    // then
    assert_eq!(shop.held(&shop.ada.personal)["plan_id"], "professional");
    assert_eq!(shop.scene.rows("SELECT payload FROM webhook_inbox")[0]["payload"], Json::Null);
    assert_eq!(shop.scene.audit().as_array().unwrap().len(), 1);
}

#[test]
fn an_unknown_customer_is_kept_and_reported() {
    let shop = Shop::new();
    let bought = subscription("sub_1", "price_starter_month", "active", json!({"customer": "cus_stranger"}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    let message = event("evt_1", "customer.subscription.created", &bought);
    let reply = shop.deliver(&message);
    assert_eq!((reply.status, &reply.body["outcome"]), (200, &json!("unknown_customer")));
    assert_eq!(reply.log["cause"], "unknown_customer: cus_stranger");
    assert_eq!(shop.scene.rows("SELECT COUNT(*) AS n FROM billing_subscriptions")[0]["n"], 0);
    assert_eq!(shop.scene.audit(), json!([]));
    // once the customer is known it is applied
    let bob = shop.scene.sign_up("bob");
    shop.customer(&bob.personal, "cus_stranger");
    assert_eq!(shop.deliver(&message).body["outcome"], "applied");
    assert_eq!(shop.held(&bob.personal)["stripe"], "sub_1");
}

#[test]
fn a_team_plan_on_a_personal_organization_is_kept_and_reported() {
    let shop = Shop::new();
    let before = shop.held(&shop.ada.personal);
    let bought = subscription("sub_1", "price_enterprise_month", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    let reply = shop.deliver(&event("evt_1", "customer.subscription.created", &bought));
    assert_eq!((reply.status, &reply.body["outcome"]), (200, &json!("wrong_audience")));
    assert_eq!(shop.held(&shop.ada.personal), before);
}

#[test]
fn other_events_are_recorded_and_need_no_stripe() {
    let shop = Shop::new();
    shop.stripe.is_down.set(true);
    let reply = shop.deliver(&event("evt_1", "product.updated", &json!({"id": "prod_1"})));
    assert_eq!((reply.status, &reply.body["outcome"]), (200, &json!("ignored")));
    assert_eq!(
        shop.scene.rows("SELECT event_type, outcome, organization_id, payload FROM webhook_inbox"),
        json!([{"event_type": "product.updated", "outcome": "ignored", "organization_id": null, "payload": null}])
    );
}

#[test]
fn without_an_answer_from_stripe_the_message_has_to_come_again() {
    let shop = Shop::new();
    shop.stripe.is_down.set(true);
    let bought = subscription("sub_1", "price_starter_month", "active", json!({}));
    let before = shop.scene.everything();
    let reply = shop.deliver(&event("evt_1", "customer.subscription.created", &bought));
    assert_eq!(
        reply.answer(),
        refused(503, "provider_unavailable", "Stripe cannot be reached right now; nothing was changed, try again.")
    );
    shop.scene.assert_unchanged(&before);
}

#[test]
fn an_answer_that_was_overtaken_on_its_way_changes_nothing() {
    // given: a message about a payment that failed, whose question Stripe answers late
    let shop = Shop::new();
    let failed = subscription("sub_1", "price_starter_month", "past_due", json!({}));
    shop.stripe.put("subscriptions/sub_1", failed.clone());
    let paid = subscription("sub_1", "price_starter_month", "active", json!({}));
    let (scene, stripe, newer) = (shop.scene.clone(), shop.stripe.clone(), paid.clone());
    shop.stripe.meanwhile.replace(Some(Box::new(move || {
        // Paid, told and applied before the older answer arrives.
        scene.advance(Span::seconds(1));
        stripe.put("subscriptions/sub_1", newer.clone());
        assert_eq!(
            deliver(&scene, &event("evt_2", "customer.subscription.updated", &newer)).body["outcome"],
            "applied"
        );
    })));
    // when
    shop.deliver(&event("evt_1", "customer.subscription.updated", &failed));
    // then
    assert_eq!(shop.held(&shop.ada.personal)["status"], "active");
}

#[test]
fn a_subscription_whose_first_payment_is_open_takes_the_trial_from_nobody() {
    let shop = Shop::new();
    let before = shop.held(&shop.ada.personal);
    for (id, status) in [("evt_1", "incomplete"), ("evt_2", "incomplete_expired"), ("evt_3", "a_status_of_tomorrow")] {
        let bought = subscription("sub_1", "price_professional_month", status, json!({}));
        shop.stripe.put("subscriptions/sub_1", bought.clone());
        shop.deliver(&event(id, "customer.subscription.updated", &bought));
        assert_eq!(shop.held(&shop.ada.personal), before, "{status}");
    }
}

#[test]
fn the_end_of_an_older_subscription_does_not_end_the_newer_one() {
    let shop = Shop::new();
    let newer = subscription("sub_2", "price_professional_month", "active", json!({"created": BEGIN + 60}));
    shop.stripe.put("subscriptions/sub_2", newer.clone());
    shop.deliver(&event("evt_1", "customer.subscription.created", &newer));
    let ended = json!({"ended_at": BEGIN + 120, "canceled_at": BEGIN + 120});
    let older = subscription("sub_1", "price_starter_month", "canceled", ended);
    shop.stripe.put("subscriptions/sub_1", older.clone());
    shop.deliver(&event("evt_2", "customer.subscription.deleted", &older));
    let held = shop.held(&shop.ada.personal);
    assert_eq!(
        (&held["plan_id"], &held["status"], &held["stripe"]),
        (&json!("professional"), &json!("active"), &json!("sub_2"))
    );
}

#[test]
fn two_subscriptions_at_once_are_reported_and_there_is_no_third() {
    // given: two checkouts, both paid
    let shop = Shop::new();
    for (event_id, id, price) in
        [("evt_1", "sub_1", "price_starter_month"), ("evt_2", "sub_2", "price_professional_month")]
    {
        let bought = subscription(id, price, "active", json!({}));
        shop.stripe.put(&format!("subscriptions/{id}"), bought.clone());
        let reply = shop.deliver(&event(event_id, "customer.subscription.created", &bought));
        let expected = if id == "sub_2" { json!("several_subscriptions: 2 of cus_ada") } else { Json::Null };
        assert_eq!((&reply.body["outcome"], &reply.log["cause"]), (&json!("applied"), &expected));
    }
    assert_eq!(shop.refusal(&shop.ada, "checkout", json!({"plan": "starter"})).0, 409);
}

#[test]
fn what_is_bought_for_an_archived_organization_is_cancelled() {
    // given: the account was deleted while its checkout was open
    let shop = Shop::new();
    shop.scene.execute(&format!("UPDATE organizations SET archived_at = 1 WHERE id = '{}'", shop.ada.personal));
    let bought = subscription("sub_1", "price_starter_month", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    let message = event("evt_1", "customer.subscription.created", &bought);
    // when Stripe cannot be told, the message has to come again
    shop.stripe.answer("subscriptions/sub_1", 500, json!({}));
    assert_eq!(shop.deliver(&message).status, 503);
    // and then it is cancelled, though the message had been applied
    shop.stripe.posted.borrow_mut().clear();
    shop.stripe.answer("subscriptions/sub_1", 200, json!({"id": "sub_1"}));
    assert_eq!(shop.deliver(&message).status, 200);
    assert_eq!(*shop.stripe.posted.borrow(), [("/v1/subscriptions/sub_1".to_string(), String::new())]);
}

#[test]
fn an_invoice_is_kept_though_stripe_has_forgotten_its_subscription() {
    let shop = Shop::new();
    let paid = invoice("in_1", "paid", json!({}));
    shop.stripe.put("invoices/in_1", paid.clone());
    assert_eq!(shop.deliver(&event("evt_1", "invoice.paid", &paid)).body["outcome"], "applied");
    assert_eq!(shop.get(&shop.ada, "/history").body["invoices"][0]["id"], "in_1");
}

#[test]
fn what_runs_under_an_unknown_price_is_not_bought_a_second_time() {
    let shop = Shop::new();
    let bought = subscription("sub_1", "price_of_last_year", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    shop.deliver(&event("evt_1", "customer.subscription.created", &bought));
    let refusal = shop.refusal(&shop.ada, "checkout", json!({"plan": "starter"}));
    assert_eq!((refusal.0, &refusal.1["code"]), (409, &json!("already_subscribed")));
}

#[test]
fn the_end_of_a_newer_subscription_leaves_the_older_one_running() {
    let shop = Shop::new();
    let older = subscription("sub_1", "price_professional_month", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", older.clone());
    shop.deliver(&event("evt_1", "customer.subscription.created", &older));
    let ended = json!({"created": BEGIN + 60, "ended_at": BEGIN + 120, "canceled_at": BEGIN + 120});
    let newer = subscription("sub_2", "price_starter_month", "canceled", ended);
    shop.stripe.put("subscriptions/sub_2", newer.clone());
    shop.deliver(&event("evt_2", "customer.subscription.deleted", &newer));
    let held = shop.held(&shop.ada.personal);
    assert_eq!(
        (&held["plan_id"], &held["status"], &held["stripe"]),
        (&json!("professional"), &json!("active"), &json!("sub_1"))
    );
}

#[test]
fn a_payment_that_failed_leaves_the_features_for_the_days_of_grace() {
    let shop = Shop::new();
    shop.scene.execute("UPDATE plans SET grace_days = 5 WHERE id = 'starter'");
    let unpaid = json!({"latest_invoice": {"id": "in_1", "status": "open", "created": BEGIN,
                                           "status_transitions": {"finalized_at": BEGIN + 3_600}}});
    let due = subscription("sub_1", "price_starter_month", "past_due", unpaid);
    shop.stripe.put("subscriptions/sub_1", due.clone());
    shop.deliver(&event("evt_1", "customer.subscription.updated", &due));
    assert_eq!(shop.held(&shop.ada.personal)["due"], BEGIN + 3_600);
    let history = shop.get(&shop.ada, "/history").body;
    assert_eq!(history["subscription"]["allows"]["features"], true);
    assert_eq!(history["subscription"]["allows"]["warning"], "payment_failed");
    assert_eq!(history["subscription"]["allows"]["until"], "2026-03-15T13:00:00.000Z");
}

#[test]
fn the_days_of_grace_begin_once_however_many_invoices_nobody_pays() {
    // given: a first invoice that was paid, one that was not, and the next period's
    let shop = Shop::new();
    let (second, third) = (BEGIN + 30 * DAY, BEGIN + 60 * DAY);
    let final_at = |moment: i64| json!({"created": moment, "status_transitions": {"finalized_at": moment + 3_600}});
    shop.stripe.put("invoices/in_1", invoice("in_1", "paid", final_at(BEGIN)));
    shop.stripe.put("invoices/in_2", invoice("in_2", "open", final_at(second)));
    shop.stripe.put("invoices/in_3", invoice("in_3", "open", final_at(third)));
    let latest = json!({"latest_invoice": {"id": "in_3", "status": "open", "created": third, "status_transitions": {"finalized_at": third + 3_600}}});
    let due = subscription("sub_1", "price_starter_month", "past_due", latest.clone());
    shop.stripe.put("subscriptions/sub_1", due.clone());
    // when
    shop.deliver(&event("evt_1", "customer.subscription.updated", &due));
    // then: what is due is the older one
    let since = || shop.held(&shop.ada.personal)["due"].clone();
    assert_eq!(since(), second + 3_600);
    // and so it is by the answer to a change, and where the newest one asks for nothing
    let cancelled = json!({"latest_invoice": latest["latest_invoice"], "cancel_at_period_end": true, "cancel_at": third + 30 * DAY});
    shop.stripe.answer("subscriptions/sub_1", 200, subscription("sub_1", "price_starter_month", "past_due", cancelled));
    shop.scene.advance(Span(1));
    assert_eq!(shop.post(&shop.ada, "cancel", json!({})).status, 200);
    assert_eq!(since(), second + 3_600);
    let nothing = json!({"created": third, "amount_paid": 0, "status_transitions": {"finalized_at": third}});
    shop.stripe.put("invoices/in_3", invoice("in_3", "paid", nothing));
    shop.scene.advance(Span(1));
    shop.deliver(&event("evt_2", "customer.subscription.updated", &due));
    assert_eq!(since(), second + 3_600);
    // when the older one is paid
    shop.stripe.put("invoices/in_2", invoice("in_2", "paid", final_at(second)));
    shop.stripe.put("invoices/in_3", invoice("in_3", "open", final_at(third)));
    shop.scene.advance(Span(1));
    shop.deliver(&event("evt_3", "customer.subscription.updated", &due));
    // then
    assert_eq!(since(), third + 3_600);
}

#[test]
fn of_two_subscriptions_the_one_counts_that_is_not_given_up_on() {
    for given_up in ["unpaid", "paused"] {
        let shop = Shop::new();
        let older = subscription("sub_1", "price_professional_month", "active", json!({}));
        let newer = subscription("sub_2", "price_starter_month", given_up, json!({"created": BEGIN + 60}));
        for (id, one) in [("sub_1", older), ("sub_2", newer)] {
            shop.stripe.put(&format!("subscriptions/{id}"), one.clone());
            shop.deliver(&event(&format!("evt_{id}"), "customer.subscription.updated", &one));
        }
        let held = shop.held(&shop.ada.personal);
        assert_eq!((&held["plan_id"], &held["status"]), (&json!("professional"), &json!("active")), "{given_up}");
    }
}

#[test]
fn a_subscription_that_ended_falls_to_the_free_plan_where_the_catalog_has_one() {
    let shop = Shop::new();
    shop.scene.execute(
        "INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions, fallback)
         VALUES ('free', 'Free', 'individual', 9, 0, 1, 1, 'individual')",
    );
    let bought = subscription("sub_1", "price_starter_month", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    shop.deliver(&event("evt_1", "customer.subscription.created", &bought));
    // 31 January to the last of February: a month of the free plan begins where the paid one ended
    let end = 1_769_860_800;
    let ended = subscription("sub_1", "price_starter_month", "canceled", json!({"ended_at": end, "canceled_at": end}));
    shop.stripe.put("subscriptions/sub_1", ended.clone());
    shop.scene.advance(Span::seconds(1));
    shop.deliver(&event("evt_2", "customer.subscription.deleted", &ended));
    assert_eq!(
        shop.held(&shop.ada.personal),
        json!({"plan_id": "free", "status": "active", "billing_interval": "month", "start": end, "end": 1_772_280_000,
               "trial": null, "due": null, "stripe": null, "cancel": null, "pending": null})
    );
}

#[test]
fn invoices_and_refunds_are_the_history() {
    // given: an invoice that was paid, and half of its charge given back, told twice and in the wrong order
    let shop = Shop::new();
    shop.stripe.put("subscriptions/sub_1", subscription("sub_1", "price_starter_month", "active", json!({})));
    let paid = invoice("in_1", "paid", json!({"number": "A-1", "status_transitions": {"paid_at": BEGIN + 5}}));
    shop.stripe.put("invoices/in_1", paid.clone());
    shop.stripe.put("invoice_payments", json!({"data": [{"id": "inpay_1", "invoice": "in_1"}]}));
    let charge = |refunded: i64| {
        json!({"id": "ch_1", "customer": "cus_ada", "payment_intent": "pi_1", "amount": 9_900,
               "amount_refunded": refunded, "currency": "usd", "created": BEGIN})
    };
    // when
    shop.deliver(&event("evt_2", "charge.refunded", &charge(4_950)));
    shop.deliver(&event("evt_1", "charge.refunded", &charge(1_000)));
    shop.deliver(&event("evt_3", "invoice.created", &invoice("in_1", "draft", json!({}))));
    // then
    let history = shop.get(&shop.ada, "/history").body;
    let shown = &history["invoices"][0];
    assert_eq!(
        (&shown["id"], &shown["number"], &shown["status"], &shown["paidCents"], &shown["refundedCents"]),
        (&json!("in_1"), &json!("A-1"), &json!("paid"), &json!(9_900), &json!(4_950))
    );
    assert_eq!((&history["otherRefunds"], &history["next"]), (&json!([]), &Json::Null));
    assert_eq!(shown["paidAt"], "2026-03-10T12:00:05.000Z");
}

#[test]
fn a_deleted_customer_has_no_subscription_any_more_and_no_mapping() {
    let shop = Shop::new();
    let bought = subscription("sub_1", "price_professional_month", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    shop.deliver(&event("evt_1", "customer.subscription.created", &bought));
    shop.scene.advance(Span(1));
    // when: Stripe cancels all that a deleted customer has
    let gone = event("evt_2", "customer.deleted", &json!({"id": "cus_ada", "object": "customer", "deleted": true}));
    assert_eq!(shop.deliver(&gone).body["outcome"], "applied");
    // then
    assert_eq!(shop.held(&shop.ada.personal)["status"], "canceled");
    assert_eq!(shop.scene.rows("SELECT * FROM billing_customers"), json!([]));
    assert_eq!(shop.scene.audit()[1]["action"], "billing.customer_deleted");
    // again, and of somebody unknown: nothing
    let before = shop.scene.everything();
    assert_eq!(shop.deliver(&gone).body["duplicate"], true);
    shop.scene.assert_unchanged(&before);
    let stranger = event("evt_3", "customer.deleted", &json!({"id": "cus_nobody", "object": "customer"}));
    assert_eq!(shop.deliver(&stranger).body["outcome"], "ignored");
}

#[test]
fn what_stripe_has_nothing_of_any_more_is_kept_and_not_asked_for_again() {
    let shop = Shop::new();
    // a message too old to be read by itself, about what is gone
    for (id, kind, object) in [
        (
            "evt_1",
            "customer.subscription.updated",
            json!({"id": "sub_gone", "object": "subscription", "customer": "cus_ada"}),
        ),
        ("evt_2", "invoice.paid", json!({"id": "in_gone", "object": "invoice", "customer": "cus_ada"})),
    ] {
        let reply = shop.deliver(&event(id, kind, &object));
        assert_eq!((reply.status, &reply.body["outcome"]), (200, &json!("gone")), "{kind}: {reply:?}");
        assert!(reply.log["cause"].as_str().unwrap().starts_with("gone: "));
        assert_eq!(shop.deliver(&event(id, kind, &object)).body["duplicate"], true);
    }
    let kept =
        shop.scene.rows("SELECT COUNT(*) AS amount FROM webhook_inbox WHERE outcome = 'gone' AND payload IS NOT NULL");
    assert_eq!(kept, json!([{"amount": 2}]));
    assert_eq!(shop.held(&shop.ada.personal)["status"], "trialing");
}

#[test]
fn a_payment_that_needs_its_payer_and_one_that_will_not_come_are_told() {
    let shop = Shop::new();
    shop.stripe.put("subscriptions/sub_1", subscription("sub_1", "price_starter_month", "active", json!({})));
    let session = json!({"id": "cs_1", "object": "checkout.session", "customer": "cus_ada", "subscription": "sub_1"});
    for (place, (kind, action, object)) in [
        ("invoice.payment_action_required", "payment.action_required", invoice("in_1", "open", json!({}))),
        ("invoice.marked_uncollectible", "invoice.uncollectible", invoice("in_1", "uncollectible", json!({}))),
        ("checkout.session.async_payment_succeeded", "checkout.payment_succeeded", session.clone()),
        ("checkout.session.async_payment_failed", "checkout.payment_failed", session.clone()),
        ("checkout.session.expired", "checkout.expired", session),
    ]
    .into_iter()
    .enumerate()
    {
        shop.scene.advance(Span(1));
        if object["object"] == "invoice" {
            shop.stripe.put("invoices/in_1", object.clone());
        }
        let reply = shop.deliver(&event(&format!("evt_{place}"), kind, &object));
        assert_eq!(reply.body["outcome"], "applied", "{kind}");
        assert_eq!(shop.scene.audit()[place]["action"], action);
        let told = if action == "payment.action_required" { "invoice.payment_action_required" } else { action };
        assert_eq!(shop.scene.outbox()[place]["event"], told);
    }
    let kept = shop.scene.rows("SELECT status FROM billing_invoices");
    assert_eq!(kept, json!([{"status": "uncollectible"}]));
    assert_eq!(shop.held(&shop.ada.personal)["status"], "active");
}

#[test]
fn one_end_out_of_two_ways_to_say_it() {
    for (said, end) in [
        (json!({"cancel_at": BEGIN + DAY, "cancel_at_period_end": false}), json!(BEGIN + DAY)),
        (json!({"cancel_at": null, "cancel_at_period_end": false}), Json::Null),
        (json!({"cancel_at": null, "cancel_at_period_end": true}), json!(BEGIN + 30 * DAY)),
        (json!({"cancel_at": BEGIN + DAY, "cancel_at_period_end": true}), json!(BEGIN + DAY)),
    ] {
        let shop = Shop::new();
        let state = subscription("sub_1", "price_starter_month", "active", said.clone());
        shop.stripe.put("subscriptions/sub_1", state.clone());
        shop.deliver(&event("evt_1", "customer.subscription.updated", &state));
        assert_eq!(shop.held(&shop.ada.personal)["cancel"], end, "{said}");
    }
}

#[test]
fn a_dispute_is_told_to_the_organization_whose_charge_it_is() {
    let shop = Shop::new();
    let charge = json!({
        "id": "ch_1", "customer": "cus_ada", "payment_intent": "pi_1", "amount": 9_900, "amount_refunded": 0,
        "currency": "usd", "created": BEGIN,
    });
    shop.stripe.put("charges/ch_1", charge);
    shop.stripe.put("invoice_payments", json!({"data": []}));
    let dispute = |status: &str| {
        json!({"id": "dp_1", "object": "dispute", "charge": "ch_1", "payment_intent": "pi_1", "amount": 9_900,
               "currency": "usd", "reason": "fraudulent", "status": status, "evidence": {"customer_name": "Ada"}})
    };
    let held = shop.held(&shop.ada.personal);
    for (id, kind, status, action) in [
        ("evt_1", "charge.dispute.created", "needs_response", "payment.disputed"),
        ("evt_2", "charge.dispute.closed", "lost", "payment.dispute_closed"),
    ] {
        let reply = shop.deliver(&event(id, kind, &dispute(status)));
        assert_eq!((reply.status, &reply.body["outcome"], reply.batches), (200, &json!("applied"), 1));
        let told = shop.scene.outbox();
        let told = told.as_array().unwrap().last().unwrap();
        assert_eq!((&told["event"], &told["target"]), (&json!(action), &json!("dp_1")));
        assert_eq!(
            shop.scene.sent(action)["details"],
            json!({"stripeEvent": id, "charge": "ch_1", "amount": 9_900, "currency": "usd", "reason": "fraudulent",
                   "status": status})
        );
    }
    // What is disputed is for people to decide about: the plan stays.
    assert_eq!(shop.held(&shop.ada.personal), held);
    // A charge that is nobody's here, and one that Stripe does not have.
    shop.stripe
        .put("charges/ch_2", json!({"id": "ch_2", "amount": 1, "amount_refunded": 0, "currency": "usd", "created": 1}));
    for (id, charge, outcome) in [
        ("evt_3", "ch_2", "unknown_customer"),
        ("evt_4", "ch_3", "gone"),
        // What can be no id is nobody's.
        ("evt_5", "../customers/cus_ada", "unknown_customer"),
        ("evt_6", "ch_1\u{0}", "unknown_customer"),
        ("evt_7", "", "unknown_customer"),
    ] {
        let reply = shop.deliver(&event(
            id,
            "charge.dispute.created",
            &json!({"id": "dp_2", "charge": charge, "customer": "cus_ada"}),
        ));
        assert_eq!((reply.status, &reply.body["outcome"]), (200, &json!(outcome)));
    }
}

#[test]
fn invoices_are_sent_where_the_payer_said_in_the_portal() {
    let shop = Shop::new();
    let address = || shop.scene.rows("SELECT billing_email FROM organizations")[0]["billing_email"].clone();
    let told = |id: &str, email: Json| {
        shop.stripe.put("customers/cus_ada", json!({"id": "cus_ada", "object": "customer", "email": email}));
        shop.scene.advance(Span::seconds(1));
        let reply =
            shop.deliver(&event(id, "customer.updated", &json!({"id": "cus_ada", "email": "claimed@example.com"})));
        assert_eq!((reply.status, &reply.body["outcome"], reply.batches), (200, &json!("applied"), 1));
    };
    // The founder's own address is where they go anyway.
    told("evt_1", json!("ada@example.com"));
    assert_eq!((address(), shop.scene.audit()), (Json::Null, json!([])));
    told("evt_2", json!("Books@Example.com"));
    assert_eq!(address(), json!("books@example.com"));
    assert_eq!(
        shop.scene.audit(),
        json!([{"organization": shop.ada.personal, "actor": "stripe", "action": "organization.billing_email_changed",
                "target": shop.ada.personal, "details": "{}"}])
    );
    // No address, or none that is one, changes nothing.
    told("evt_3", Json::Null);
    told("evt_8", json!("erased@example.invalid"));
    told("evt_4", json!("not an address"));
    assert_eq!(address(), json!("books@example.com"));
    // What was asked for before is older, also where it arrives later.
    told("evt_5", json!("new@example.com"));
    shop.scene.set_clock("2026-03-10T12:00:01.000Z");
    let before = address();
    shop.stripe.put("customers/cus_ada", json!({"id": "cus_ada", "email": "older@example.com"}));
    shop.deliver(&event("evt_6", "customer.updated", &json!({"id": "cus_ada"})));
    assert_eq!(address(), before);
    // One that Stripe has no more.
    shop.stripe.put("customers/cus_ada", json!({"id": "cus_ada", "deleted": true}));
    let reply = shop.deliver(&event("evt_7", "customer.updated", &json!({"id": "cus_ada"})));
    assert_eq!((reply.status, &reply.body["outcome"]), (200, &json!("gone")));
}

#[test]
fn what_the_payer_chose_after_a_deletion_counts_before_stripe_is_told_anything() {
    // given: a customer whose address was a deleted user's a moment ago, and Stripe was not there to be told
    let shop = Shop::new();
    let deleted_at = shop.scene.now().0;
    shop.scene.execute(&format!(
        "UPDATE billing_customers SET email_is_stale = 1, observed_at = {deleted_at};
         UPDATE organizations SET billing_email = 'heir@example.com'"
    ));
    let known = || {
        shop.scene.rows(
            "SELECT organizations.billing_email, billing_customers.email_is_stale
             FROM billing_customers JOIN organizations ON organizations.id = billing_customers.organization_id",
        )
    };
    let told = |id: &str, seconds: i64, before: Json| {
        shop.scene.advance(Span::seconds(1));
        let mut event = event(id, "customer.updated", &json!({"id": "cus_ada"}));
        event["created"] = json!(deleted_at / 1_000 + seconds);
        event["data"]["previous_attributes"] = before;
        assert_eq!(shop.deliver(&event).body["outcome"], "applied");
    };
    let heir = json!([{"billing_email": "heir@example.com", "email_is_stale": 1}]);
    // when Stripe tells of a change before the deletion, of one in the same second, and of one of something else
    shop.stripe.put("customers/cus_ada", json!({"id": "cus_ada", "object": "customer", "email": "gone@example.com"}));
    told("evt_1", -1, json!({"email": "earlier@example.com"}));
    told("evt_2", 0, json!({"email": "earlier@example.com"}));
    told("evt_3", 5, json!({"phone": null}));
    // then the deleted user's address does not come back
    assert_eq!(known(), heir);
    // when the payer has chosen another one since
    shop.stripe.put("customers/cus_ada", json!({"id": "cus_ada", "object": "customer", "email": "books@example.com"}));
    told("evt_4", 3, json!({"email": "gone@example.com"}));
    // then there is nothing left to tell Stripe
    assert_eq!(known(), json!([{"billing_email": "books@example.com", "email_is_stale": 0}]));
}
