//! Limits: an amount, or none.

use serde::{Serialize, Serializer};

/// The most that a plan allows; -1 in tables and replies is [`Limit::UNLIMITED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(i64);

impl Limit {
    pub const UNLIMITED: Self = Self(-1);

    /// A limit as the tables hold it: -1, or an amount.
    pub fn new(value: i64) -> Self {
        Self(value.max(-1))
    }

    pub fn is_unlimited(self) -> bool {
        self.0 < 0
    }

    /// What is left of the limit: never below 0, -1 for unlimited.
    pub fn remaining(self, used: i64) -> i64 {
        if self.is_unlimited() {
            -1
        } else {
            self.0.saturating_sub(used).max(0)
        }
    }

    /// The limit with what was granted beside it; unlimited it stays.
    #[must_use]
    pub fn with(self, granted: i64) -> Self {
        if self.is_unlimited() {
            self
        } else {
            Self(self.0.saturating_add(granted))
        }
    }

    pub fn value(self) -> i64 {
        self.0
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_never_negative() {
        assert_eq!(Limit::new(100).remaining(90), 10);
        assert_eq!(Limit::new(100).remaining(100), 0);
        assert_eq!(Limit::new(10).remaining(12), 0);
        assert_eq!(Limit::UNLIMITED.remaining(1_000_000), -1);
    }

    #[test]
    fn what_is_granted_raises_an_amount_alone() {
        assert_eq!(Limit::new(100).with(20), Limit::new(120));
        assert_eq!(Limit::UNLIMITED.with(20), Limit::UNLIMITED);
    }
}
