//! What of closed periods gets onto invoices.

use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::{Span, Timestamp},
    schedule::Outcome,
    testing::at,
};

use super::payer::{growth, Payer, CLOSES, END, START};

#[test]
fn overage_becomes_an_item_for_each_meter_once_however_often_it_is_run() {
    let payer = growth();
    for _ in 0..10 {
        payer.closes(CLOSES);
    }
    assert_eq!(
        payer.stripe.charged(),
        [
            (400, "ai voice minutes beyond the plan: 50 (2026-03-05 to 2026-04-05)".to_string()),
            (5_000, "human coach calls beyond the plan: 2 (2026-03-05 to 2026-04-05)".to_string()),
        ]
    );
    let item = payer.stripe.items.borrow()[0].clone();
    assert_eq!(item["discountable"], false);
    assert_eq!(item["period"], json!({"start": at(START).0 / 1_000, "end": at(END).0 / 1_000}));
    assert_eq!(
        payer.states(),
        json!([
            {"feature": "ai_text_messages", "correction": 0, "overage_cents": 0, "state": "nothing", "reason": null, "item": null, "invoice": null},
            {"feature": "ai_voice_minutes", "correction": 0, "overage_cents": 400, "state": "billed", "reason": null, "item": "ii_1", "invoice": null},
            {"feature": "human_coach_calls", "correction": 0, "overage_cents": 5_000, "state": "billed", "reason": null, "item": "ii_2", "invoice": null},
        ])
    );
    assert!(payer.stripe.invoices.borrow().is_empty(), "they wait for the subscription's next one");
}

#[test]
fn less_than_stripe_collects_is_carried_to_the_period_in_which_it_is_enough() {
    let payer = Payer::on("lifestyle");
    let (second, third) = ("2026-05-05T10:00:00Z", "2026-06-05T10:00:00Z");
    payer.used("ai_voice_minutes", START, END, "lifestyle", 123 * 60, 30);
    payer.closes(CLOSES);
    let carried = |cents: i64| {
        json!({"feature": "ai_voice_minutes", "correction": 0, "overage_cents": cents, "state": "carried", "reason": "below_minimum",
               "item": null, "invoice": null})
    };
    assert_eq!(payer.states(), json!([carried(30)]));
    payer.used("ai_voice_minutes", END, second, "lifestyle", 121 * 60 + 1, 10);
    payer.is_on("lifestyle", END, second);
    payer.closes("2026-05-06T10:02:00Z");
    assert_eq!(payer.states(), json!([carried(30), carried(10)]));
    assert!(payer.stripe.calls.borrow().is_empty());
    // 30 + 10 + 10: just what Stripe collects.
    payer.used("ai_voice_minutes", second, third, "lifestyle", 121 * 60, 10);
    payer.is_on("lifestyle", second, third);
    payer.closes("2026-06-06T10:02:00Z");
    let amounts: Vec<_> = payer.stripe.charged().into_iter().map(|(amount, _)| amount).collect();
    assert_eq!(amounts, [30, 10, 10]);
    assert_eq!(
        payer.lines("state, reason"),
        json!([{"state": "billed", "reason": null}, {"state": "billed", "reason": null}, {"state": "billed", "reason": null}])
    );
}

#[test]
fn without_a_customer_it_is_carried_until_there_is_one() {
    let payer = growth();
    payer.scene.execute("DELETE FROM billing_customers");
    payer.closes(CLOSES);
    assert_eq!(payer.lines("state, reason")[1], json!({"state": "carried", "reason": "no_customer"}));
    payer.customer("cus_new");
    payer.run("bill_overage");
    assert_eq!(payer.stripe.items.borrow()[0]["customer"], "cus_new");
    assert_eq!(payer.lines("state, reason")[1], json!({"state": "billed", "reason": null}));
}

#[test]
fn a_customer_whom_stripe_has_no_more_is_not_asked_for_again_before_the_next_day() {
    let payer = growth();
    payer.stripe.gone.borrow_mut().push("cus_ada".to_string());
    payer.closes(CLOSES);
    assert_eq!(payer.lines("state, attempts")[1], json!({"state": "carried", "attempts": 1}));
    payer.run("bill_overage");
    assert_eq!(payer.lines("attempts")[1], json!({"attempts": 1}));
    payer.scene.execute("UPDATE billing_customers SET stripe_customer_id = 'cus_new'");
    payer.scene.advance(Span::days(1));
    payer.run("bill_overage");
    let billed = payer.lines("state, failure, stripe_customer_id AS customer");
    assert_eq!(billed[1], json!({"state": "billed", "failure": null, "customer": "cus_new"}));
}

#[test]
fn what_stripe_refuses_is_seen_and_tried_again_the_next_day() {
    let payer = growth();
    payer.stripe.refuses.replace(Some(json!({"type": "invalid_request_error", "message": "Wrong currency"})));
    payer.closes(CLOSES);
    let line = payer.lines("state, failure, attempts")[1].clone();
    assert_eq!((&line["state"], &line["attempts"]), (&json!("billing"), &json!(1)));
    assert!(line["failure"].as_str().unwrap().contains("Wrong currency"), "{line}");
    payer.stripe.refuses.replace(None);
    payer.run("bill_overage");
    assert!(payer.stripe.items.borrow().is_empty());
    payer.scene.advance(Span::days(1));
    payer.run("bill_overage");
    assert_eq!(payer.lines("state, failure, attempts")[1], json!({"state": "billed", "failure": null, "attempts": 2}));
    assert_eq!(payer.stripe.items.borrow().len(), 2);
}

#[test]
fn without_a_key_the_run_says_so_and_nothing_is_lost() {
    let payer = growth();
    payer.scene.set("STRIPE_SECRET_KEY", "");
    payer.scene.set_clock(CLOSES);
    payer.run("close_periods");
    let report = payer.report("bill_overage");
    assert_eq!((report.outcome, report.cause.as_deref()), (Outcome::Failed, Some("STRIPE_SECRET_KEY is not set")));
    payer.scene.set("STRIPE_SECRET_KEY", "sk_test_1");
    payer.run("bill_overage");
    assert_eq!(payer.stripe.items.borrow().len(), 2);
}

#[test]
fn who_pays_by_the_year_is_invoiced_by_the_month() {
    let payer = growth();
    payer.subscription("active", "year");
    payer.closes(CLOSES);
    assert_eq!(payer.lines("state, stripe_invoice_id AS invoice")[1], json!({"state": "billed", "invoice": "in_1"}));
    assert_eq!(payer.stripe.invoices.borrow().len(), 1);
}

#[test]
fn where_no_invoice_comes_by_itself_one_is_made() {
    // A paused subscription has none, an unpaid one has drafts.
    for (status, invoice) in [("paused", json!("in_1")), ("unpaid", json!(null)), ("past_due", json!(null))] {
        let payer = growth();
        payer.subscription(status, "month");
        payer.closes(CLOSES);
        let line = json!({"state": "billed", "invoice": invoice});
        assert_eq!(payer.lines("state, stripe_invoice_id AS invoice")[1], line, "{status}");
    }
    // and where none has come for forty days, whatever should have brought it
    let payer = growth();
    payer.closes(CLOSES);
    payer.scene.advance(Span::days(39));
    payer.run("bill_overage");
    assert!(payer.stripe.invoices.borrow().is_empty());
    payer.scene.advance(Span::days(1));
    payer.run("bill_overage");
    assert_eq!(payer.stripe.invoices.borrow().len(), 1);
    let settled = json!({"is_open": 0, "invoice": "in_1"});
    assert_eq!(
        payer.lines("is_open, stripe_invoice_id AS invoice").as_array().unwrap()[1..],
        [settled.clone(), settled]
    );
}

#[test]
fn the_invoice_of_what_waits_is_in_its_currency_and_has_it_on_it() {
    for lines_told in [None, Some(1)] {
        let payer = growth();
        payer.scene.execute("UPDATE catalog_settings SET currency = 'eur'");
        payer.subscription("canceled", "month");
        payer.stripe.lines_with_an_invoice.set(lines_told);
        payer.closes(CLOSES);
        assert_eq!(payer.stripe.invoices.borrow()[0]["currency"], "eur");
        let on_it: Vec<_> = payer.stripe.items.borrow().iter().map(|item| item["invoice"].clone()).collect();
        assert_eq!(on_it, ["in_1", "in_1"]);
        let settled = json!({"is_open": 0, "invoice": "in_1"});
        let lines = payer.lines("is_open, stripe_invoice_id AS invoice");
        assert_eq!(lines.as_array().unwrap()[1..], [settled.clone(), settled]);
    }
}

#[test]
fn what_waited_with_a_customer_who_was_deleted_is_of_the_organizations_next_one() {
    for goes_with_its_items in [true, false] {
        let payer = growth();
        payer.closes(CLOSES);
        assert_eq!(payer.lines("state")[1], json!({"state": "billed"}));
        payer.stripe.gone.borrow_mut().push("cus_ada".to_string());
        if goes_with_its_items {
            payer.stripe.items.borrow_mut().clear();
        }
        payer.subscription("canceled", "month");
        payer.scene.execute("DELETE FROM billing_customers");
        payer.run("bill_overage");
        let waits = json!({"state": "carried", "reason": "no_customer", "item": null});
        assert_eq!(payer.lines("state, reason, stripe_invoice_item_id AS item")[1], waits, "{goes_with_its_items}");
        let calls = payer.stripe.calls.borrow().len();
        payer.run("bill_overage");
        assert_eq!(payer.stripe.calls.borrow().len(), calls, "nobody is asked again before there is another customer");
        payer.customer("cus_new");
        payer.scene.advance(Span::days(1));
        payer.run("bill_overage");
        let items = payer.stripe.items.borrow();
        let of_new: Vec<_> =
            items.iter().filter(|item| item["customer"] == "cus_new").map(|item| item["amount"].clone()).collect();
        assert_eq!(of_new, [400, 5_000], "{goes_with_its_items}");
    }
}

#[test]
fn an_item_that_somebody_has_deleted_at_stripe_is_not_charged_and_asked_for_once() {
    let payer = growth();
    payer.subscription("active", "month");
    payer.closes(CLOSES);
    payer.stripe.items.borrow_mut().remove(0);
    payer.subscription("canceled", "month");
    // Where the customer is not known either, the key is likelier another account's.
    payer.run("bill_overage");
    let lines = || {
        payer.lines("feature, is_open, withdrawn_at IS NOT NULL AS is_withdrawn, stripe_invoice_id AS invoice, failure")
            [1]
        .clone()
    };
    assert_eq!(
        lines(),
        json!({"feature": "ai_voice_minutes", "is_open": 1, "is_withdrawn": 0, "invoice": null, "failure": "Stripe does not know it"})
    );
    payer.stripe.customers.borrow_mut().push("cus_ada".to_string());
    payer.scene.advance(Span::days(1));
    payer.run("bill_overage");
    assert_eq!(
        lines(),
        json!({"feature": "ai_voice_minutes", "is_open": 0, "is_withdrawn": 1, "invoice": null, "failure": null})
    );
    // The other one is charged, and nothing is asked for any more.
    assert_eq!(payer.lines("stripe_invoice_id AS invoice")[2], json!({"invoice": "in_1"}));
    let calls = payer.stripe.calls.borrow().len();
    payer.scene.advance(Span::days(2));
    payer.run("bill_overage");
    assert_eq!((payer.stripe.calls.borrow().len(), payer.stripe.items.borrow().len()), (calls, 1));
}

#[test]
fn what_is_counted_after_the_close_is_a_named_correction_on_the_draft_or_on_the_next_invoice() {
    let payer = growth();
    payer.closes(CLOSES);
    // The items wait still: the correction will be on the same invoice.
    payer.used("human_coach_calls", START, END, "growth", 4, 7_500);
    payer.closes("2026-04-07T10:00:00Z");
    payer.stripe.invoice("in_draft", "cus_ada", "draft");
    payer.used("human_coach_calls", START, END, "growth", 5, 10_000);
    payer.closes("2026-04-08T10:00:00Z");
    assert_eq!(payer.stripe.items.borrow()[3]["invoice"], "in_draft");
    payer.stripe.invoices.borrow_mut()[0]["status"] = json!("open");
    payer.used("human_coach_calls", START, END, "growth", 6, 12_500);
    payer.closes("2026-04-09T10:00:00Z");
    assert_eq!(payer.stripe.items.borrow()[4]["invoice"], Json::Null, "of the next one");
    let corrections = payer.stripe.charged().split_off(2);
    let named = "Correction, counted after the period was closed: human coach calls beyond the plan: 1 (2026-03-05 to 2026-04-05)";
    assert_eq!(corrections, [(2_500, named.to_string()), (2_500, named.to_string()), (2_500, named.to_string())]);
    let sums = payer.scene.rows(
        "SELECT SUM(quantity) AS quantity, SUM(units) AS units, SUM(overage_units) AS beyond, SUM(overage_cents) AS cents, MAX(correction) AS corrections
         FROM usage_summaries WHERE feature = 'human_coach_calls'",
    );
    assert_eq!(sums, json!([{"quantity": 6, "units": 6, "beyond": 5, "cents": 12_500, "corrections": 3}]));
}

#[test]
fn many_lines_are_billed_in_one_run_all_or_none_of_them_below_the_least() {
    let payer = Payer::on("lifestyle");
    let month = |place: i64| Timestamp(at(START).0 + place * 31 * 86_400_000).iso();
    for place in 0..12 {
        payer.used("ai_voice_minutes", &month(place), &month(place + 1), "lifestyle", 121 * 60, 10);
    }
    payer.scene.set_clock(&month(14));
    payer.is_on("lifestyle", &month(12), &month(15));
    payer.run("close_periods");
    assert_eq!(payer.run("bill_overage"), 12);
    assert_eq!(payer.stripe.charged().iter().map(|(amount, _)| amount).sum::<i64>(), 120);
}
