//! Messages in any order, more than once: the rows at the end are the same.

use std::sync::OnceLock;

use proptest::{prelude::*, sample::subsequence};
use serde_json::json;
use tallygate::rules::time::Span;

use super::*;

/// What happens at Stripe, in order: an object's new state by its path, and the event that tells of it.
type Happening = (&'static str, &'static str, Json);

/// A first payment that fails and is made up for, a renewal that fails, an upgrade, a cancellation, an end, and a second
/// subscription afterwards with a refund.
fn history() -> Vec<Happening> {
    let one = |price: &str, status: &str, more: Json| subscription("sub_1", price, status, more);
    let renewed = json!({"items": {"data": [{
        "id": "si_sub_1", "quantity": 1, "current_period_start": BEGIN + 30 * DAY, "current_period_end": BEGIN + 61 * DAY,
        "price": {"id": "price_professional_month", "unit_amount": 19_900, "currency": "usd",
                  "recurring": {"interval": "month"}},
    }]}});
    let with = |more: Json| {
        let (Json::Object(mut all), Json::Object(more)) = (renewed.clone(), more) else { panic!("members") };
        all.extend(more);
        Json::Object(all)
    };
    let due = json!({"latest_invoice": {"id": "in_2", "status": "open", "created": BEGIN + 30 * DAY}});
    let ended = json!({"cancel_at_period_end": true, "ended_at": BEGIN + 61 * DAY, "canceled_at": BEGIN + 40 * DAY});
    let second = json!({"created": BEGIN + 70 * DAY});
    let refund = json!({"id": "ch_1", "customer": "cus_ada", "invoice": "in_1", "amount": 9_900, "currency": "usd",
                        "amount_refunded": 9_900, "created": BEGIN});
    let (sub, in_1, in_2) = ("subscriptions/sub_1", "invoices/in_1", "invoices/in_2");
    let renewal = |status: &str| {
        invoice(
            "in_2",
            status,
            json!({"created": BEGIN + 30 * DAY, "attempt_count": if status == "paid" { 2 } else { 1 }}),
        )
    };
    vec![
        (sub, "customer.subscription.created", one("price_starter_month", "incomplete", json!({}))),
        (in_1, "invoice.created", invoice("in_1", "draft", json!({}))),
        (in_1, "invoice.finalized", invoice("in_1", "open", json!({"number": "A-1"}))),
        (in_1, "invoice.payment_failed", invoice("in_1", "open", json!({"number": "A-1"}))),
        (in_1, "invoice.paid", invoice("in_1", "paid", json!({"number": "A-1"}))),
        (sub, "customer.subscription.updated", one("price_starter_month", "active", json!({}))),
        (sub, "customer.subscription.updated", one("price_professional_month", "active", json!({}))),
        (in_2, "invoice.created", renewal("draft")),
        (sub, "customer.subscription.updated", one("price_professional_month", "past_due", with(due))),
        (in_2, "invoice.payment_failed", renewal("open")),
        (in_2, "invoice.paid", renewal("paid")),
        (sub, "customer.subscription.updated", one("price_professional_month", "active", with(json!({})))),
        (
            sub,
            "customer.subscription.updated",
            one("price_professional_month", "active", with(json!({"cancel_at_period_end": true}))),
        ),
        (sub, "customer.subscription.deleted", one("price_professional_month", "canceled", with(ended))),
        ("charges/ch_1", "charge.refunded", refund),
        (
            "subscriptions/sub_2",
            "customer.subscription.created",
            subscription("sub_2", "price_starter_year", "active", second),
        ),
    ]
}

/// The rows that billing is about, without the moments at which we learnt of them.
fn rows(shop: &Shop) -> Json {
    let without = |table: &str, left_out: &[&str]| {
        let mut rows = shop.scene.rows(&format!("SELECT * FROM {table} ORDER BY 1, 2"));
        for row in rows.as_array_mut().unwrap() {
            for column in left_out {
                row.as_object_mut().unwrap().remove(*column);
            }
        }
        rows
    };
    let learnt = ["observed_at", "request_id", "updated_at", "received_at", "happened_at"];
    json!({
        "subscriptions": without("billing_subscriptions", &learnt),
        "invoices": without("billing_invoices", &learnt),
        "refunds": without("billing_refunds", &learnt),
        "held": without("org_subscriptions", &learnt),
        "inbox": without("webhook_inbox", &learnt),
        "audit": shop.scene.rows("SELECT action, target_id FROM audit_events WHERE actor_id = 'stripe' ORDER BY 1, 2"),
        "outbox": shop.scene.rows("SELECT event_type, target_id FROM outbox ORDER BY 1, 2"),
    })
}

fn tell(shop: &Shop, number: usize, (_, kind, object): &Happening) {
    shop.scene.advance(Span(7));
    let reply = shop.deliver(&event(&format!("evt_{number}"), kind, object));
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// Each message is delivered as soon as it happened; the same rows for every case, so made once.
fn in_order() -> Json {
    static ROWS: OnceLock<Json> = OnceLock::new();
    ROWS.get_or_init(told_in_order).clone()
}

fn told_in_order() -> Json {
    let shop = Shop::new();
    shop.scene.send_once();
    for (number, happening) in history().iter().enumerate() {
        shop.stripe.put(happening.0, happening.2.clone());
        tell(&shop, number, happening);
    }
    rows(&shop)
}

#[test]
fn in_order_the_history_ends_on_the_second_subscription() {
    let rows = in_order();
    assert_eq!(rows["held"][0]["plan_id"], "starter");
    assert_eq!(rows["held"][0]["billing_interval"], "year");
    assert_eq!(rows["held"][0]["stripe_subscription_id"], "sub_2");
    assert_eq!(rows["subscriptions"].as_array().unwrap().len(), 2);
    assert_eq!(rows["invoices"][1]["attempts"], 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(tallygate::testing::cases(150)))]

    /// All of it is delivered after it happened, in any order, some of it twice.
    #[test]
    fn any_order_ends_in_the_same_rows(
        order in Just((0..16).collect::<Vec<usize>>()).prop_shuffle(),
        again in subsequence((0..16).collect::<Vec<usize>>(), 0..8),
    ) {
        let shop = Shop::new();
        shop.scene.send_once();
        let history = history();
        for (path, _, object) in &history {
            shop.stripe.put(path, object.clone());
        }
        for number in order.iter().chain(&again) {
            tell(&shop, *number, &history[*number]);
        }
        prop_assert_eq!(rows(&shop), in_order());
    }

    /// Messages are late by any number of happenings, so that Stripe's answers are of the time between.
    #[test]
    fn any_delay_ends_in_the_same_rows(
        delays in prop::collection::vec(0..16_usize, 16),
        again in subsequence((0..16).collect::<Vec<usize>>(), 0..8),
    ) {
        let shop = Shop::new();
        shop.scene.send_once();
        let history = history();
        let due = |now: usize| (0..16).filter(move |number| (number + delays[*number]).min(15) == now).collect::<Vec<_>>();
        for (now, (path, _, object)) in history.iter().enumerate() {
            shop.stripe.put(path, object.clone());
            // Of what is due at once the newest comes first.
            for number in due.clone()(now).into_iter().rev() {
                tell(&shop, number, &history[number]);
            }
        }
        for number in again {
            tell(&shop, number, &history[number]);
        }
        prop_assert_eq!(rows(&shop), in_order());
    }

    /// A late message about what has ended revives nothing, even where Stripe has forgotten the subscription and only the
    /// message's own word is left.
    #[test]
    fn nothing_revives_what_has_ended(order in Just(vec![0_usize, 5, 6, 8, 11, 12]).prop_shuffle()) {
        let shop = Shop::new();
        shop.scene.send_once();
        let history = history();
        let ended = &history[13];
        shop.stripe.put(ended.0, ended.2.clone());
        tell(&shop, 13, ended);
        let before = shop.held(&shop.ada.personal);
        shop.stripe.objects.borrow_mut().clear();
        for number in order {
            tell(&shop, number, &history[number]);
        }
        prop_assert_eq!(shop.held(&shop.ada.personal), before);
    }
}
