//! The ledger's sums by person and period, which go on behind those by day: nobody has to read the ledger to be told who used how much.
//!
//! They have marks of their own in the same row, so that a ledger which was rolled up before there were these sums is gone through
//! once more, page by page.

use tallygate::{store::Statement, while_leased};

use crate::page::in_page;

/// Rows of `usage_rollups` whose sums by person are behind.
macro_rules! is_behind {
    () => {
        "(rollup.people_to < rollup.own_to OR rollup.people_keyed_to < rollup.keyed_to)"
    };
}
pub(super) use is_behind;

/// Decides how far the organizations of the page are added up by person now: as far as by day, or so many events.
const MARKED: &str = concat!(
    "UPDATE usage_rollups AS rollup SET
  people_from = people_to,
  people_to = COALESCE((
    SELECT event.id FROM usage_events event
    WHERE event.organization_id = rollup.organization_id AND event.id > rollup.people_to AND event.id <= rollup.own_to
      AND event.keyed_at IS NULL
    ORDER BY event.id LIMIT 1 OFFSET :last_event), own_to),
  people_keyed_from = people_keyed_to,
  people_keyed_to = COALESCE((
    SELECT event.keyed_at FROM usage_events event
    WHERE event.organization_id = rollup.organization_id AND event.keyed_at IS NOT NULL
      AND event.keyed_at > rollup.people_keyed_to AND event.keyed_at <= rollup.keyed_to
    ORDER BY event.keyed_at LIMIT 1 OFFSET :last_event), keyed_to),
  people_request_id = :request
WHERE ",
    in_page!("organization_id"),
    " AND people_request_id <> :request AND ",
    is_behind!(),
    " AND ",
    while_leased!()
);

/// Adds what lies between the marks, once. Of whom an event is may be an id of the product's own: that is nobody here.
const SUMMED: &str = concat!(
    "WITH moved AS MATERIALIZED (
  SELECT organization_id, people_from, people_to, people_keyed_from, people_keyed_to
  FROM usage_rollups
  WHERE ",
    in_page!("organization_id"),
    " AND people_request_id = :request
), written AS MATERIALIZED (
  ",
    between_marks!("event.period_start, event.person, event.counted": "people_from" to "people_to", "people_keyed_from" to "people_keyed_to"),
    "
), summed AS MATERIALIZED (
  SELECT organization_id, feature, period_start, person, CAST(SUM(counted) AS BIGINT) AS quantity
  FROM written
  GROUP BY organization_id, feature, period_start, person
)
INSERT INTO usage_by_person (organization_id, feature, period_start, user_id, quantity, request_id)
SELECT summed.organization_id, summed.feature, summed.period_start, users.id, summed.quantity, :request
FROM summed JOIN users ON users.id = summed.person
WHERE 1 = 1
ON CONFLICT (organization_id, feature, period_start, user_id) DO UPDATE SET
  quantity = usage_by_person.quantity + excluded.quantity, request_id = excluded.request_id
WHERE usage_by_person.request_id <> excluded.request_id"
);

/// The statements of a step, behind those that add up by day: of so many events of each kind at most.
pub(super) fn statements(most_events: i64) -> [Statement; 2] {
    [
        Statement::new("marked_by_person", MARKED).with("last_event", most_events - 1),
        Statement::new("summed_by_person", SUMMED),
    ]
}
