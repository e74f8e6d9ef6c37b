//! What an organization may do in each state of its subscription, for an API's refusals and a page's buttons.

use serde::Serialize;

use super::{
    subscription::{Status, Subscription, WITHOUT_END},
    time::{Span, Timestamp},
};

/// How an organization pays, as far as Stripe has told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Billing {
    /// A Stripe subscription stands behind the state (`StripeStatus::is_live`), unlike a trial or a plan of our own.
    pub is_paid_through_stripe: bool,
    /// The moment at which Stripe will cancel it, where that was asked for.
    pub cancel_at: Option<Timestamp>,
    /// A downgrade waits for the period's end.
    pub has_pending_change: bool,
}

/// What is allowed at a moment. Who may do it is another matter: roles decide that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Allowance {
    /// What costs money or adds people. [`Subscription::access_until`] alone decides, as it does in the database.
    pub features: bool,
    /// Looking at and taking away what is there, signing in and out, leaving: in every state.
    pub read: bool,
    /// Looking at plans, invoices and the customer portal: in every state, since it is the way back.
    pub billing: bool,
    /// When features stop, or stopped; `None` where no end is known or they never began. Later than now if and only
    /// if features are allowed.
    pub until: Option<Timestamp>,
    pub warning: Option<Warning>,
    /// A new Stripe subscription may begin, as there is none to go on with.
    pub can_checkout: bool,
    /// Another plan or interval. Takes the place of a change that waits. Arrears are paid first, and a cancellation
    /// is taken back first.
    pub can_change_plan: bool,
    /// The change that waits may be given up.
    pub can_revoke_change: bool,
    /// May be cancelled at the period's end, with arrears as well.
    pub can_cancel: bool,
    /// A cancellation that has not happened yet may be taken back.
    pub can_resume: bool,
}

/// What people should be told; where several apply, the most pressing one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema), schemars(rename = "BillingWarning"))]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// A team that was never paid for.
    PaymentNeeded,
    TrialEnding,
    TrialEnded,
    /// A payment failed; features stay for the plan's days of grace.
    PaymentFailed,
    /// The days of grace are over, or Stripe has given up collecting.
    PaymentOverdue,
    /// Everything works until the cancellation that was asked for.
    Canceling,
    Canceled,
    Paused,
}

impl Warning {
    /// A trial's end is announced when Stripe does it (`customer.subscription.trial_will_end`: three days before).
    pub const TRIAL_ENDING_WITHIN: Span = Span::days(3);
}

impl Subscription {
    /// What this state allows at a moment.
    pub fn allows(&self, billing: Billing, now: Timestamp) -> Allowance {
        let access_until = self.access_until();
        let features = now < access_until;
        // Stripe keeps nothing alive that was never paid for or is canceled for good.
        let live = billing.is_paid_through_stripe && !matches!(self.status, Status::Incomplete | Status::Canceled);
        let cancel_at = billing.cancel_at.filter(|_| live);
        let canceling_at = cancel_at.filter(|at| now < *at);
        let in_good_standing = matches!(self.status, Status::Trialing | Status::Active);
        Allowance {
            features,
            read: true,
            billing: true,
            until: self.until(canceling_at),
            warning: self.warning(features, canceling_at.is_some(), now),
            can_checkout: !live,
            can_change_plan: live && in_good_standing && cancel_at.is_none(),
            can_revoke_change: live && billing.has_pending_change,
            can_cancel: live && cancel_at.is_none(),
            can_resume: canceling_at.is_some(),
        }
    }

    fn until(&self, canceling_at: Option<Timestamp>) -> Option<Timestamp> {
        let end = canceling_at.map_or(self.access_until(), |at| at.min(self.access_until()));
        (end > Timestamp(0) && end < WITHOUT_END).then_some(end)
    }

    fn warning(&self, features: bool, is_canceling: bool, now: Timestamp) -> Option<Warning> {
        match self.status {
            Status::Incomplete => Some(Warning::PaymentNeeded),
            Status::PastDue if features => Some(Warning::PaymentFailed),
            Status::PastDue | Status::Unpaid => Some(Warning::PaymentOverdue),
            Status::Canceled => Some(Warning::Canceled),
            Status::Paused => Some(Warning::Paused),
            Status::Trialing if !features => Some(Warning::TrialEnded),
            Status::Trialing | Status::Active if is_canceling => Some(Warning::Canceling),
            Status::Trialing => {
                let announced = self.access_until() - Warning::TRIAL_ENDING_WITHIN <= now;
                announced.then_some(Warning::TrialEnding)
            }
            Status::Active => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn days(days: i64) -> Timestamp {
        NOW + Span::days(days)
    }

    /// Every moment of the state at the given number of days from now, with three days of grace.
    fn subscription(status: Status, moment: i64) -> Subscription {
        let moment = Some(days(moment));
        Subscription { status, trial_ends_at: moment, past_due_since: moment, grace_days: 3 }
    }

    /// The verbs as letters: features, Checkout, change of Plan, Revoking a change, cancelling (X), resUming.
    fn letters(allowance: Allowance) -> String {
        let Allowance { features, read, billing, until, can_checkout, .. } = allowance;
        assert!(read && billing, "reading and paying are possible in every state");
        assert!(until.is_none_or(|until| features == (NOW < until)), "{allowance:?}");
        let letter = |is: bool, letter: char| if is { letter } else { '-' };
        [
            letter(features, 'F'),
            letter(can_checkout, 'C'),
            letter(allowance.can_change_plan, 'P'),
            letter(allowance.can_revoke_change, 'R'),
            letter(allowance.can_cancel, 'X'),
            letter(allowance.can_resume, 'U'),
        ]
        .iter()
        .collect()
    }

    #[test]
    fn what_each_state_allows_with_and_without_stripe() {
        use Warning::*;
        let none = None;
        for (status, moment, own, stripe, until, warning) in [
            (Status::Incomplete, 5, "-C----", "-C----", none, Some(PaymentNeeded)),
            (Status::Trialing, 5, "FC----", "F-P-X-", Some(5), None),
            (Status::Trialing, 3, "FC----", "F-P-X-", Some(3), Some(TrialEnding)),
            (Status::Trialing, 0, "-C----", "--P-X-", Some(0), Some(TrialEnded)),
            (Status::Active, -9, "FC----", "F-P-X-", none, None),
            (Status::PastDue, -1, "FC----", "F---X-", Some(2), Some(PaymentFailed)),
            (Status::PastDue, -3, "-C----", "----X-", Some(0), Some(PaymentOverdue)),
            (Status::Unpaid, -9, "-C----", "----X-", none, Some(PaymentOverdue)),
            (Status::Canceled, -9, "-C----", "-C----", none, Some(Canceled)),
            (Status::Paused, -9, "-C----", "----X-", none, Some(Paused)),
        ] {
            for (is_paid_through_stripe, expected) in [(false, own), (true, stripe)] {
                let billing = Billing { is_paid_through_stripe, ..Billing::default() };
                let allowance = subscription(status, moment).allows(billing, NOW);
                assert_eq!(letters(allowance), expected, "{status:?} {moment} {billing:?}");
                assert_eq!((allowance.until, allowance.warning), (until.map(days), warning), "{status:?} {moment}");
            }
        }
    }

    #[test]
    fn what_each_state_allows_while_a_cancellation_or_a_downgrade_waits() {
        use Warning::*;
        for (status, moment, canceling, changing, until, warning) in [
            (Status::Incomplete, 5, "-C----", "-C----", None, PaymentNeeded),
            (Status::Trialing, 5, "F----U", "F-PRX-", Some(1), Canceling),
            (Status::Trialing, 0, "-----U", "--PRX-", Some(0), TrialEnded),
            (Status::Active, -9, "F----U", "F-PRX-", Some(1), Canceling),
            (Status::PastDue, -1, "F----U", "F--RX-", Some(1), PaymentFailed),
            (Status::PastDue, -3, "-----U", "---RX-", Some(0), PaymentOverdue),
            (Status::Unpaid, -9, "-----U", "---RX-", None, PaymentOverdue),
            (Status::Canceled, -9, "-C----", "-C----", None, Canceled),
            (Status::Paused, -9, "-----U", "---RX-", None, Paused),
        ] {
            let subscription = subscription(status, moment);
            let paid = Billing { is_paid_through_stripe: true, ..Billing::default() };
            let allowance = subscription.allows(Billing { cancel_at: Some(days(1)), ..paid }, NOW);
            assert_eq!(letters(allowance), canceling, "{status:?} {moment}");
            assert_eq!((allowance.until, allowance.warning), (until.map(days), Some(warning)), "{status:?} {moment}");
            let allowance = subscription.allows(Billing { has_pending_change: true, ..paid }, NOW);
            assert_eq!(letters(allowance), changing, "{status:?} {moment}");
        }
    }

    #[test]
    fn a_cancellation_whose_moment_has_come_is_neither_repeated_nor_taken_back() {
        let billing = Billing { is_paid_through_stripe: true, cancel_at: Some(NOW), ..Billing::default() };
        let allowance = subscription(Status::Active, -9).allows(billing, NOW);
        // Features stay until Stripe says that it is canceled.
        assert_eq!(letters(allowance), "F-----");
        assert_eq!((allowance.until, allowance.warning), (None, None));
    }

    #[test]
    fn the_end_of_a_trial_and_of_the_grace_is_exact_to_the_millisecond() {
        for (status, moment) in [(Status::Trialing, 0), (Status::PastDue, -3)] {
            let subscription = subscription(status, moment);
            assert!(subscription.allows(Billing::default(), Timestamp(NOW.0 - 1)).features, "{status:?}");
            assert!(!subscription.allows(Billing::default(), NOW).features, "{status:?}");
        }
    }

    #[test]
    fn an_allowance_is_written_in_the_words_of_the_api() {
        let billing = Billing { is_paid_through_stripe: true, cancel_at: Some(days(1)), has_pending_change: false };
        let allowance = subscription(Status::Active, -9).allows(billing, NOW);
        assert_eq!(
            serde_json::to_value(allowance).unwrap(),
            serde_json::json!({
                "features": true, "read": true, "billing": true,
                "until": "2027-01-16T08:00:00.000Z", "warning": "canceling",
                "canCheckout": false, "canChangePlan": false, "canRevokeChange": false,
                "canCancel": false, "canResume": true,
            })
        );
    }

    proptest! {
        #[test]
        fn every_state_has_a_way_on_and_no_two_ways_that_exclude_each_other(
            status in prop::sample::select(&Status::ALL[..]),
            moment in -100..100_i64, canceling in prop::option::of(-100..100_i64),
            is_paid_through_stripe: bool, has_pending_change: bool,
        ) {
            let billing = Billing { is_paid_through_stripe, cancel_at: canceling.map(days), has_pending_change };
            let subscription = subscription(status, moment);
            let allowance = subscription.allows(billing, NOW);
            prop_assert_eq!(allowance.features, NOW < subscription.access_until());
            prop_assert!(allowance.until.is_none_or(|until| allowance.features == (NOW < until)));
            prop_assert!(allowance.features || allowance.warning.is_some());
            prop_assert!(!(allowance.can_cancel && allowance.can_resume));
            let has_stripe_verbs = allowance.can_change_plan || allowance.can_revoke_change
                || allowance.can_cancel || allowance.can_resume;
            prop_assert!(!(allowance.can_checkout && has_stripe_verbs));
            let awaits_stripe = billing.cancel_at.is_some_and(|at| at <= NOW);
            prop_assert!(allowance.can_checkout || has_stripe_verbs || awaits_stripe);
        }
    }
}
