//! What a subscription's state allows.

use super::time::{Span, Timestamp};

/// The state of an organization's subscription; Stripe's names (docs.stripe.com, "How subscriptions work"), where
/// `incomplete` also stands for a team that was never paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "describe",
    derive(schemars::JsonSchema),
    schemars(rename = "SubscriptionStatus", rename_all = "snake_case")
)]
pub enum Status {
    Incomplete,
    Trialing,
    Active,
    PastDue,
    Unpaid,
    Canceled,
    Paused,
}

impl Status {
    pub const ALL: [Self; 7] =
        [Self::Incomplete, Self::Trialing, Self::Active, Self::PastDue, Self::Unpaid, Self::Canceled, Self::Paused];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Unpaid => "unpaid",
            Self::Canceled => "canceled",
            Self::Paused => "paused",
        }
    }

    /// Stripe's `status` of a subscription; `None` for a name that Stripe may have added since, which is kept and
    /// reported instead of being guessed at.
    pub fn of_stripe(text: &str) -> Option<StripeStatus> {
        StripeStatus::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// The state of one Stripe subscription (docs.stripe.com, "Subscription object", `status`). An organization may have
/// had several of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StripeStatus {
    /// The first payment is missing; Stripe waits for it for 23 hours.
    Incomplete,
    /// The first payment never came.
    IncompleteExpired,
    Trialing,
    Active,
    PastDue,
    Canceled,
    Unpaid,
    /// A trial ended without a way to pay.
    Paused,
}

impl StripeStatus {
    pub const ALL: [Self; 8] = [
        Self::Incomplete,
        Self::IncompleteExpired,
        Self::Trialing,
        Self::Active,
        Self::PastDue,
        Self::Canceled,
        Self::Unpaid,
        Self::Paused,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::IncompleteExpired => "incomplete_expired",
            other => other.status().as_str(),
        }
    }

    /// What it means for the organization, where it [counts](Self::counts).
    pub fn status(self) -> Status {
        match self {
            Self::Incomplete | Self::IncompleteExpired => Status::Incomplete,
            Self::Trialing => Status::Trialing,
            Self::Active => Status::Active,
            Self::PastDue => Status::PastDue,
            Self::Canceled => Status::Canceled,
            Self::Unpaid => Status::Unpaid,
            Self::Paused => Status::Paused,
        }
    }

    /// Whether it decides over the organization: what was never paid for does not replace what is there.
    pub fn counts(self) -> bool {
        !matches!(self, Self::Incomplete | Self::IncompleteExpired)
    }

    /// Whether it stays as it is for ever: no later message revives it.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }

    /// Whether the organization has something at Stripe to go on with.
    pub fn is_live(self) -> bool {
        self.counts() && !self.is_terminal()
    }
}

/// The moments that decide over a subscription's access.
#[derive(Clone, Copy, Debug)]
pub struct Subscription {
    pub status: Status,
    pub trial_ends_at: Option<Timestamp>,
    pub past_due_since: Option<Timestamp>,
    /// Days for which a plan's features outlive a failed payment.
    pub grace_days: i64,
}

/// The end of an access that has none: the largest integer that JavaScript and D1 hold exactly.
pub const WITHOUT_END: Timestamp = Timestamp(9_007_199_254_740_991);

impl Subscription {
    /// The moment at which what costs money or adds people stops; 0 where it never began. The view `memberships`
    /// computes the same in its column `access_until`, so that a batch can decide by it.
    pub fn access_until(&self) -> Timestamp {
        let never = Timestamp(0);
        match self.status {
            Status::Active => WITHOUT_END,
            Status::Trialing => self.trial_ends_at.unwrap_or(never),
            Status::PastDue => self.past_due_since.map_or(never, |since| since + Span::days(self.grace_days)),
            Status::Incomplete | Status::Unpaid | Status::Canceled | Status::Paused => never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_state_allows() {
        let moment = Some(Timestamp(1_000));
        let day = 86_400_000;
        for (status, until) in [
            (Status::Incomplete, 0),
            (Status::Trialing, 1_000),
            (Status::Active, WITHOUT_END.0),
            (Status::PastDue, 1_000 + 3 * day),
            (Status::Unpaid, 0),
            (Status::Canceled, 0),
            (Status::Paused, 0),
        ] {
            let subscription = Subscription { status, trial_ends_at: moment, past_due_since: moment, grace_days: 3 };
            assert_eq!(subscription.access_until(), Timestamp(until), "{status:?}");
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
    }

    #[test]
    fn stripes_states_and_what_they_mean_here() {
        for (name, status, counts, is_terminal, is_live) in [
            ("incomplete", Status::Incomplete, false, false, false),
            ("incomplete_expired", Status::Incomplete, false, true, false),
            ("trialing", Status::Trialing, true, false, true),
            ("active", Status::Active, true, false, true),
            ("past_due", Status::PastDue, true, false, true),
            ("canceled", Status::Canceled, true, true, false),
            ("unpaid", Status::Unpaid, true, false, true),
            ("paused", Status::Paused, true, false, true),
        ] {
            let stripe = Status::of_stripe(name).unwrap();
            assert_eq!(stripe.as_str(), name);
            assert_eq!(stripe.status(), status, "{name}");
            assert_eq!(
                (stripe.counts(), stripe.is_terminal(), stripe.is_live()),
                (counts, is_terminal, is_live),
                "{name}"
            );
        }
        for name in ["", "Active", "cancelled", "ended", "all"] {
            assert_eq!(Status::of_stripe(name), None, "{name}");
        }
    }
}
