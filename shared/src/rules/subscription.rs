//! What a subscription's state allows.

use super::time::{Span, Timestamp};

/// The state of an organization's subscription; Stripe's names (docs.stripe.com, "How subscriptions work"), where
/// `incomplete` also stands for a team that was never paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// The moment at which what costs money or adds people stops; 0 where it never began. The view `standings`
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
}
