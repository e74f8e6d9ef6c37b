//! When a delivery that failed is tried again.

use sha2::{Digest, Sha256};

use crate::rules::time::{Span, Timestamp};

/// The waits between one attempt and the next: what Standard Webhooks advises ("Deliverability and reliability").
const WAITS: [Span; 9] = [
    Span::seconds(5),
    Span::minutes(5),
    Span::minutes(30),
    Span::minutes(2 * 60),
    Span::minutes(5 * 60),
    Span::minutes(10 * 60),
    Span::minutes(14 * 60),
    Span::minutes(20 * 60),
    Span::minutes(24 * 60),
];

/// After so many a delivery is dead.
pub const MOST_ATTEMPTS: i64 = WAITS.len() as i64 + 1;

/// An endpoint that answers nothing sound for as long is disabled.
pub const FAILING_FOR: Span = Span::days(5);

/// When the next attempt is, after so many have failed; `None`: there is none. Up to a tenth is added to a wait, by what
/// `of` is, so that what failed together is not tried together.
pub fn after_failure(
    attempts: i64,
    failed_at: Timestamp,
    retry_after: Option<Timestamp>,
    of: &str,
) -> Option<Timestamp> {
    let wait = usize::try_from(attempts - 1).ok().and_then(|place| WAITS.get(place))?;
    let digest = Sha256::new().chain_update(of).chain_update(attempts.to_be_bytes()).finalize();
    let share = digest.iter().take(2).fold(0, |share, byte| (share << 8) | i64::from(*byte));
    let due = failed_at + *wait + Span(wait.0 / 10 * share / 0xffff);
    Some(retry_after.map_or(due, |wanted| wanted.max(due)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Timestamp = Timestamp(1_000_000);

    #[test]
    fn waits_grow_up_to_a_day_and_then_there_is_no_attempt_more() {
        let minutes = [0, 5, 30, 120, 300, 600, 840, 1_200, 1_440];
        for (place, least) in (1..).zip(minutes) {
            let wait = after_failure(place, FAILED, None, "event endpoint").unwrap().0 - FAILED.0;
            let least = if least == 0 { 5_000 } else { least * 60_000 };
            assert!((least..=least + least / 10).contains(&wait), "{place}: {wait}");
        }
        assert_eq!(after_failure(MOST_ATTEMPTS, FAILED, None, "x"), None);
        assert_eq!(after_failure(0, FAILED, None, "x"), None);
    }

    #[test]
    fn what_failed_together_is_not_tried_together() {
        let due: std::collections::BTreeSet<_> =
            (0..50).map(|number| after_failure(3, FAILED, None, &number.to_string())).collect();
        assert!(due.len() > 45);
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_but_not_for_less() {
        let later = FAILED + Span::minutes(60);
        assert_eq!(after_failure(1, FAILED, Some(later), "x"), Some(later));
        assert_eq!(after_failure(3, FAILED, Some(FAILED + Span::seconds(1)), "x"), after_failure(3, FAILED, None, "x"));
        assert_eq!(after_failure(MOST_ATTEMPTS, FAILED, Some(later), "x"), None);
    }
}
