//! The events that are in no sums of the scheduler's yet: few while it runs, and only so many are read.

use tallygate::{
    rules::{request_ids::first_id_of, subscription::WITHOUT_END},
    store::Statement,
};

/// Events of each kind that are read beside sums.
pub const MOST_EVENTS: i64 = 1_000;

/// The rows `own` and `keyed` with these columns of `counted_events`, behind the marks `own_to` and `keyed_to` of the one row
/// that is named. (The organization is a single value to them, so that the engines read events in the order of an index and stop
/// at the limit.)
macro_rules! not_summed {
    ($marks:literal, $columns:literal) => {
        concat!(
            "own AS MATERIALIZED (
  SELECT event.feature, ",
            $columns,
            ", event.created_at
  FROM counted_events event
  WHERE event.organization_id = (SELECT organization_id FROM ",
            $marks,
            ") AND event.id > (SELECT own_to FROM ",
            $marks,
            ")
    AND event.id < :end_of_own AND event.keyed_at IS NULL
  ORDER BY event.id LIMIT :most_events
), keyed AS MATERIALIZED (
  SELECT event.feature, ",
            $columns,
            ", event.created_at
  FROM counted_events event
  WHERE event.organization_id = (SELECT organization_id FROM ",
            $marks,
            ") AND event.keyed_at IS NOT NULL
    AND event.keyed_at > (SELECT keyed_to FROM ",
            $marks,
            ")
  ORDER BY event.keyed_at LIMIT :most_events
)"
        )
    };
}
pub(crate) use not_summed;

/// Of how many of these events there are and up to when, as four columns.
macro_rules! freshness {
    () => {
        "(SELECT COUNT(*) FROM own), (SELECT COALESCE(MAX(created_at), 0) FROM own),
  (SELECT COUNT(*) FROM keyed), (SELECT COALESCE(MAX(created_at), 0) FROM keyed)"
    };
}
pub(crate) use freshness;

/// Binds what the rows `own` and `keyed` name.
pub fn with_ends(statement: Statement) -> Statement {
    statement.with("end_of_own", first_id_of(WITHOUT_END)).with("most_events", MOST_EVENTS)
}
