//! Periods that are over, and what of them gets onto invoices.

use std::rc::Rc;

use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::{Span, Timestamp},
    schedule::{Asked, Outcome, Report},
    testing::{at, Killed, Person, Scene},
};

use super::stripe::{FakeStripe, Fault};
use crate::JOBS;

const COACHING: &str = include_str!("../../../../catalogs/coaching.toml");
const START: &str = "2026-03-05T10:00:00Z";
const END: &str = "2026-04-05T10:00:00Z";
/// A day and two minutes after the end.
const CLOSES: &str = "2026-04-06T10:02:00Z";

/// A person on a plan that is paid by the month, and a Stripe that knows them.
struct Payer {
    scene: Rc<Scene>,
    stripe: Rc<FakeStripe>,
    ada: Person,
}

impl Payer {
    fn on(plan: &str) -> Self {
        let scene = Scene::with_catalog(COACHING);
        let stripe = FakeStripe::behind(&scene);
        let ada = scene.sign_up("ada");
        let payer = Self { scene: Rc::new(scene), stripe, ada };
        payer.is_on(plan, START, END);
        payer.customer("cus_ada");
        payer.subscription("active", "month");
        payer
    }

    fn is_on(&self, plan: &str, start: &str, end: &str) {
        self.scene.execute(&format!(
            "UPDATE org_subscriptions SET plan_id = '{plan}', status = 'active', current_period_start = {}, current_period_end = {}
             WHERE organization_id = '{}'",
            at(start).0,
            at(end).0,
            self.ada.personal
        ));
    }

    fn customer(&self, id: &str) {
        self.scene.execute(&format!(
            "INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('{}', '{id}', 1)",
            self.ada.personal
        ));
    }

    fn subscription(&self, status: &str, interval: &str) {
        self.scene.execute(&format!(
            "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents,
               currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
             VALUES ('{}', 'sub_1', 'si_1', 'price_1', '{status}', 2900, 'usd', '{interval}', {}, {}, 1, 1, 'r')
             ON CONFLICT (organization_id, stripe_subscription_id) DO UPDATE SET status = excluded.status, billing_interval = excluded.billing_interval",
            self.ada.personal,
            at(START).0,
            at(END).0
        ));
    }

    /// What `track` leaves of a period's use.
    fn used(&self, feature: &str, start: &str, end: &str, plan: &str, quantity: i64, cents: i64) {
        self.scene.execute(&format!(
            "INSERT INTO usage_counters (organization_id, feature, period_start, quantity, overage_cents, changes, period_end, plan_id)
             VALUES ('{}', '{feature}', {}, {quantity}, {cents}, 1, {}, '{plan}')
             ON CONFLICT (organization_id, feature, period_start) DO UPDATE SET quantity = excluded.quantity, overage_cents = excluded.overage_cents",
            self.ada.personal,
            at(start).0,
            at(end).0
        ));
    }

    fn run(&self, job: &str) -> i64 {
        self.scene.tick_until_done(&JOBS, job)
    }

    /// Closes and bills what is over at that moment.
    fn closes(&self, moment: &str) {
        self.scene.set_clock(moment);
        self.run("close_periods");
        self.run("bill_overage");
    }

    fn report(&self, job: &str) -> Report {
        let [report] = self.scene.tick(&JOBS, Asked::Job(job)).try_into().unwrap();
        report
    }

    fn lines(&self, columns: &str) -> Json {
        self.scene.rows(&format!("SELECT {columns} FROM usage_summaries ORDER BY period_start, feature, correction"))
    }

    fn states(&self) -> Json {
        self.lines("feature, correction, overage_cents, state, reason, stripe_invoice_item_id AS item, stripe_invoice_id AS invoice")
    }
}

fn growth() -> Payer {
    let payer = Payer::on("growth");
    // 350 minutes and 3 calls: 4.00 + 50.00, as the catalog's worked cases have it.
    payer.used("ai_voice_minutes", START, END, "growth", 350 * 60, 400);
    payer.used("human_coach_calls", START, END, "growth", 3, 5_000);
    payer.used("ai_text_messages", START, END, "growth", 77, 0);
    payer
}

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

/// A payer whose subscription has ended: items, and then an invoice of them.
fn ended() -> Payer {
    let payer = growth();
    payer.subscription("canceled", "month");
    payer.scene.set_clock(CLOSES);
    payer.run("close_periods");
    payer
}

#[test]
fn whatever_call_to_stripe_goes_wrong_everything_is_charged_once() {
    let calls = {
        let payer = ended();
        payer.run("bill_overage");
        let calls = payer.stripe.calls.borrow().len();
        u32::try_from(calls).unwrap()
    };
    assert_eq!(calls, 5, "two items, two looks at them, and one invoice");
    // Stripe forgets the keys after a day.
    for (call, wait) in (0..calls).flat_map(|call| [(call, Span::minutes(2)), (call, Span::minutes(25 * 60))]) {
        for fault in [Fault::Unheard, Fault::AnswerLost] {
            let payer = ended();
            payer.stripe.fails_after(call, fault);
            let mut failed = 0;
            while payer.report("bill_overage").outcome == Outcome::Failed {
                failed += 1;
                payer.scene.advance(wait);
                if wait > Span::days(1) {
                    payer.stripe.forget_keys();
                }
            }
            assert!(failed == 1 || failed == 2, "{call} {fault:?}: {failed}");
            let amounts: Vec<_> = payer.stripe.charged().into_iter().map(|(amount, _)| amount).collect();
            assert_eq!(amounts, [400, 5_000], "{call} {fault:?}");
            assert_eq!(payer.stripe.invoices.borrow().len(), 1, "{call} {fault:?}");
            let states = payer.lines("state, is_open, stripe_invoice_item_id AS item, stripe_invoice_id AS invoice");
            let billed = |item: &str| json!({"state": "billed", "is_open": 0, "item": item, "invoice": "in_1"});
            assert_eq!(
                states,
                json!([{"state": "nothing", "is_open": 0, "item": null, "invoice": null}, billed("ii_1"), billed("ii_2")])
            );
        }
    }
}

#[test]
fn a_worker_that_dies_after_any_batch_charges_once() {
    let batches = 12;
    let mut died = 0;
    for (left, is_done_unheard) in (0..batches).flat_map(|left| [(left, false), (left + 1, true)]) {
        let payer = ended();
        let killed = Killed::after(payer.scene.store(), left, is_done_unheard);
        let reports = payer.scene.tick_through(&killed, &JOBS, Asked::Job("bill_overage"));
        died += u32::from(reports[0].outcome == Outcome::Failed);
        payer.scene.advance(Span::minutes(25 * 60));
        payer.stripe.forget_keys();
        payer.run("bill_overage");
        payer.run("bill_overage");
        assert_eq!(payer.stripe.items.borrow().len(), 2, "{left} {is_done_unheard}");
        assert_eq!(payer.stripe.invoices.borrow().len(), 1, "{left} {is_done_unheard}");
        assert_eq!(payer.lines("is_open"), json!([{"is_open": 0}, {"is_open": 0}, {"is_open": 0}]));
    }
    assert!(died > 12, "{died} of {} died", batches * 2);
}

#[test]
fn two_workers_at_once_charge_once_also_where_the_first_sleeps_on_its_call() {
    for call in 0..5 {
        let payer = ended();
        // Within the call the other one comes, finds the lease run out, and does all of it.
        let (scene, stripe) = (payer.scene.clone(), payer.stripe.clone());
        let other = move || {
            scene.advance(Span::seconds(61));
            scene.tick_until_done(&JOBS, "bill_overage");
        };
        fn after(stripe: &Rc<FakeStripe>, calls: u32, work: impl FnOnce() + 'static) {
            let again = stripe.clone();
            match calls {
                0 => stripe.meanwhile(work),
                calls => stripe.meanwhile(move || after(&again, calls - 1, work)),
            }
        }
        after(&stripe, call, other);
        payer.scene.tick(&JOBS, Asked::Job("bill_overage"));
        payer.scene.advance(Span::seconds(61));
        payer.run("bill_overage");
        assert_eq!(payer.stripe.items.borrow().len(), 2, "call {call}");
        assert_eq!(payer.stripe.invoices.borrow().len(), 1, "call {call}");
        assert_eq!(payer.lines("is_open"), json!([{"is_open": 0}, {"is_open": 0}, {"is_open": 0}]), "call {call}");
    }
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
fn who_pays_by_the_year_is_invoiced_by_the_month() {
    let payer = growth();
    payer.subscription("active", "year");
    payer.closes(CLOSES);
    assert_eq!(payer.lines("state, stripe_invoice_id AS invoice")[1], json!({"state": "billed", "invoice": "in_1"}));
    assert_eq!(payer.stripe.invoices.borrow().len(), 1);
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
