//! When a batch is sent again: after a fault that passes by itself, within the request's patience.
//!
//! D1's transient faults ("Network connection lost", "reset because its code was updated", "overloaded" …) are part of how
//! it is run (developers.cloudflare.com/d1/observability/debug-d1, "Error list"). Whether a batch took effect before its
//! answer was lost cannot be told, which is why every batch may be sent twice.

use super::StoreError;

/// How often a batch is sent at most when its engine cannot be reached or gives no answer.
const MOST_TRIES: usize = 3;
/// How often at most when the engine could not put it and another transaction in an order; those leave one by one. (A
/// constraint that is met is met by guards the second time, so three tries are enough for it.)
const MOST_MEETINGS: usize = 12;
/// The longest first wait in milliseconds; each further one may be four times as long after a fault …
const FIRST_WAIT_AFTER_FAULT_MS: u32 = 60;
/// … and twice as long after a meeting.
const FIRST_WAIT_AFTER_MEETING_MS: u32 = 10;
const LONGEST_WAIT_MS: u32 = 1_000;

/// How long a request may wait, and how long it has waited, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub total_ms: u32,
    pub spent_ms: u32,
}

/// The tries of one batch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Retries {
    faults: usize,
    meetings: usize,
    /// What each failed try said, for the log.
    pub causes: Vec<String>,
}

impl Retries {
    /// The longest to wait before the next try, in milliseconds (the wait itself is random); `None` where the error is
    /// final: a fault of ours, too many tries, or no patience left.
    pub fn after(&mut self, error: &StoreError, patience: Patience) -> Option<u32> {
        let wait = match error {
            StoreError::Unavailable(_) => {
                self.faults += 1;
                (self.faults < MOST_TRIES).then(|| growing(FIRST_WAIT_AFTER_FAULT_MS, 4, self.faults))
            }
            StoreError::Conflict(lasting) => {
                self.meetings += 1;
                let most = if matches!(**lasting, StoreError::Busy(_)) { MOST_MEETINGS } else { MOST_TRIES };
                (self.meetings < most).then(|| growing(FIRST_WAIT_AFTER_MEETING_MS, 2, self.meetings))
            }
            StoreError::Busy(_) | StoreError::Constraint(_) | StoreError::Broken(_) => None,
        }?;
        let wait = Some(wait).filter(|wait| patience.spent_ms.saturating_add(*wait) < patience.total_ms)?;
        self.causes.push(error.cause());
        Some(wait)
    }

    /// How often the batch has been sent.
    pub fn tries(&self) -> u32 {
        u32::try_from(self.causes.len() + 1).unwrap_or(u32::MAX)
    }
}

fn growing(first: u32, factor: u32, failures: usize) -> u32 {
    let times = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    first.saturating_mul(factor.saturating_pow(times)).min(LONGEST_WAIT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(error: &StoreError, spent_ms: u32) -> Vec<u32> {
        let mut retries = Retries::default();
        let patience = Patience { total_ms: 10_000, spent_ms };
        std::iter::from_fn(|| retries.after(error, patience)).collect()
    }

    #[test]
    fn a_fault_that_passes_is_tried_three_times_with_growing_waits() {
        assert_eq!(waits(&StoreError::Unavailable("lost".into()), 0), [60, 240]);
    }

    #[test]
    fn transactions_that_meet_are_tried_more_often() {
        let conflict = StoreError::Conflict(Box::new(StoreError::Busy("40001".into())));
        assert_eq!(waits(&conflict, 0), [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000, 1_000]);
        let constraint = StoreError::Conflict(Box::new(StoreError::Broken("23505".into())));
        assert_eq!(waits(&constraint, 0), [10, 20]);
    }

    #[test]
    fn a_fault_of_ours_is_never_tried_again_and_nothing_is_without_patience() {
        for error in [StoreError::Broken("syntax".into()), StoreError::Constraint(crate::store::Constraint::SlugTaken)]
        {
            assert_eq!(waits(&error, 0), [0_u32; 0]);
        }
        assert_eq!(waits(&StoreError::Unavailable("lost".into()), 9_990), [0_u32; 0]);
    }
}
