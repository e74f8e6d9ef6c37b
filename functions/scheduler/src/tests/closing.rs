//! When a period is over, and what it came to.

use serde_json::json;
use tallygate::{rules::time::Span, testing::at};

use super::payer::{growth, Payer, CLOSES, END, START};

#[test]
fn a_period_is_closed_when_what_is_late_can_come_no_more() {
    let payer = growth();
    payer.scene.set_clock("2026-04-06T10:01:59Z");
    assert_eq!((payer.run("close_periods"), payer.lines("feature")), (0, json!([])));
    payer.scene.set_clock(CLOSES);
    assert_eq!(payer.run("close_periods"), 3);
    assert_eq!(
        payer.lines("feature, period_start, period_end, plan_id, quantity, units, overage_units, overage_cents, currency, state"),
        json!([
            {"feature": "ai_text_messages", "period_start": at(START).0, "period_end": at(END).0, "plan_id": "growth", "quantity": 77,
             "units": 77, "overage_units": 0, "overage_cents": 0, "currency": "usd", "state": "nothing"},
            {"feature": "ai_voice_minutes", "period_start": at(START).0, "period_end": at(END).0, "plan_id": "growth", "quantity": 21_000,
             "units": 350, "overage_units": 50, "overage_cents": 400, "currency": "usd", "state": "closed"},
            {"feature": "human_coach_calls", "period_start": at(START).0, "period_end": at(END).0, "plan_id": "growth", "quantity": 3,
             "units": 3, "overage_units": 2, "overage_cents": 5_000, "currency": "usd", "state": "closed"},
        ])
    );
    assert_eq!(payer.run("close_periods"), 0);
}

#[test]
fn a_plan_that_ends_in_the_middle_of_a_period_closes_it_and_is_invoiced_at_once() {
    let payer = growth();
    let ended = "2026-03-20T08:00:00Z";
    payer.subscription("canceled", "month");
    payer.is_on("free", ended, "2026-04-20T08:00:00Z");
    payer.closes("2026-03-21T08:01:59Z");
    assert_eq!(payer.lines("feature"), json!([]));
    payer.closes("2026-03-21T08:02:00Z");
    let ends = payer.lines("period_end, state, stripe_invoice_id AS invoice");
    assert_eq!(ends[1], json!({"period_end": at(ended).0, "state": "billed", "invoice": "in_1"}));
    assert_eq!(ends[2], json!({"period_end": at(ended).0, "state": "billed", "invoice": "in_1"}));
}

#[test]
fn a_calendar_month_is_not_cut_by_a_subscription_that_begins_in_it() {
    let payer = Payer::on("growth");
    payer.scene.execute(
        "UPDATE plan_features SET reset = 'calendar_month' WHERE plan_id = 'growth' AND feature = 'human_coach_calls'",
    );
    payer.used("human_coach_calls", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", "growth", 3, 5_000);
    payer.closes("2026-04-01T00:00:00Z");
    assert_eq!(payer.lines("feature"), json!([]));
    payer.closes("2026-04-02T00:02:00Z");
    assert_eq!(payer.lines("period_end"), json!([{"period_end": at("2026-04-01T00:00:00Z").0}]));
}

#[test]
fn month_ends_leap_days_and_the_clocks_change_move_no_period() {
    // Counted on from the 31st; through a leap day; over the nights in which clocks change in Europe and in America.
    for (start, end, closes) in [
        ("2027-01-31T23:59:59Z", "2027-02-28T23:59:59Z", "2027-03-02T00:01:59Z"),
        ("2028-01-31T00:00:00Z", "2028-02-29T00:00:00Z", "2028-03-01T00:02:00Z"),
        ("2028-02-29T12:00:00Z", "2028-03-31T12:00:00Z", "2028-04-01T12:02:00Z"),
        ("2026-03-08T07:30:00Z", "2026-04-08T07:30:00Z", "2026-04-09T07:32:00Z"),
        ("2026-10-25T01:30:00Z", "2026-11-25T01:30:00Z", "2026-11-26T01:32:00Z"),
        ("2026-12-31T00:00:00Z", "2027-01-31T00:00:00Z", "2027-02-01T00:02:00Z"),
    ] {
        let payer = Payer::on("growth");
        payer.is_on("growth", start, end);
        payer.used("human_coach_calls", start, end, "growth", 3, 5_000);
        payer.scene.set_clock(closes);
        payer.scene.advance(Span(-1));
        assert_eq!(payer.run("close_periods"), 0, "{start}");
        payer.closes(closes);
        assert_eq!(
            payer.lines("period_start, period_end"),
            json!([{"period_start": at(start).0, "period_end": at(end).0}])
        );
        assert_eq!(payer.stripe.items.borrow().len(), 1, "{start}");
    }
}

#[test]
fn what_was_counted_before_overage_was_billed_is_shown_and_charged_to_nobody() {
    let payer = growth();
    payer.scene.execute("UPDATE usage_counters SET period_end = NULL, plan_id = NULL");
    payer.closes(CLOSES);
    assert_eq!(payer.lines("feature"), json!([]), "when it ended nobody noted");
    payer.closes("2026-04-07T10:02:00Z");
    assert_eq!(payer.lines("state, is_open")[2], json!({"state": "not_billed", "is_open": 0}));
    assert!(payer.stripe.calls.borrow().is_empty());
}

#[test]
fn a_meter_that_never_resets_has_no_period_that_closes() {
    let payer = Payer::on("free");
    payer.scene.execute(&format!(
        "INSERT INTO usage_counters (organization_id, feature, period_start, quantity, plan_id) VALUES ('{}', 'ai_voice_minutes', 0, 900, 'free')",
        payer.ada.personal
    ));
    payer.scene.advance(Span::days(400));
    assert_eq!(payer.run("close_periods"), 0);
}
