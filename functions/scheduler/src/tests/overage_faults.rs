//! Whatever is lost between the database, the scheduler and Stripe, each line is charged once.

use std::rc::Rc;

use serde_json::json;
use tallygate::{
    rules::time::Span,
    schedule::{Asked, Outcome},
    testing::Killed,
};

use super::{
    payer::{growth, Payer, CLOSES},
    stripe::{FakeStripe, Fault},
};
use crate::JOBS;

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
fn a_line_that_stripe_does_not_answer_stands_in_no_other_s_way() {
    // given
    let payer = growth();
    payer.scene.set_clock(CLOSES);
    payer.run("close_periods");
    payer.stripe.silent_about.replace(Some("ai_voice_minutes"));
    let amounts = || payer.stripe.charged().into_iter().map(|(amount, _)| amount).collect::<Vec<_>>();
    // when, then: the one behind it is charged, and the run says that something is wrong
    assert_eq!(payer.report("bill_overage").outcome, Outcome::Failed);
    assert_eq!(amounts(), [5_000]);
    // and it is charged when Stripe answers
    payer.stripe.silent_about.replace(None);
    payer.scene.advance(Span::minutes(2));
    payer.run("bill_overage");
    assert_eq!(amounts(), [5_000, 400]);
}
