//! `aggregate_usage`: the ledger's sums by day, by month and by person, so that nobody has to read the ledger for them.
//!
//! Each organization has a mark of how far its ledger is rolled up, by when events were written: one that is told late adds
//! to the day it happened on. Events with ids of our own are in that order by these, those under keys by an index. The marks
//! move first, and what lies between the old and the new ones is added in the same transaction.

use tallygate::{
    counting, day_of_month,
    rules::{request_ids::first_id_of, time::Span},
    schedule::{Job, Rhythm, Step},
    store::Statement,
    while_leased,
};

use crate::page::{in_page, organizations};

/// What is younger may still be under way: a request's clock is read before its batch is sent, which is tried for ten seconds,
/// and two edges' clocks may be seconds apart.
const SETTLED: Span = Span::minutes(2);
/// Few events wait for as long, so that what is used now and then costs a roll-up an hour.
const LONGEST_WAIT: Span = Span::minutes(60);
/// So many do not.
const MANY: i64 = 500;
/// Events of one organization that a step takes, of each kind.
const MOST_EVENTS: i64 = 2_000;
/// Organizations that a step looks at.
const PAGE: i64 = 50;

pub struct AggregateUsage;

/// An organization's events of one kind that are not rolled up yet.
macro_rules! own {
    ($before:literal) => {
        concat!(
            "FROM usage_events event
      WHERE event.organization_id = listed.id AND event.id > listed.own_from AND event.id < ",
            $before,
            " AND event.keyed_at IS NULL"
        )
    };
}
macro_rules! keyed {
    ($before:literal) => {
        concat!(
            "FROM usage_events event
      WHERE event.organization_id = listed.id AND event.keyed_at IS NOT NULL AND event.keyed_at > listed.keyed_from
        AND event.keyed_at < ",
            $before
        )
    };
}

/// Of what lies between the old and the new marks of the rows of `moved`, these columns. (`CROSS JOIN` keeps SQLite from going
/// through everybody's events first.)
macro_rules! between_marks {
    ($columns:literal: $from:literal to $to:literal, $keyed_from:literal to $keyed_to:literal) => {
        concat!(
            "SELECT event.organization_id, event.feature, ",
            $columns,
            "
  FROM moved CROSS JOIN counted_events event
  WHERE event.organization_id = moved.organization_id AND event.id > moved.",
            $from,
            " AND event.id <= moved.",
            $to,
            "
    AND event.keyed_at IS NULL
  UNION ALL
  SELECT event.organization_id, event.feature, ",
            $columns,
            "
  FROM moved CROSS JOIN counted_events event
  WHERE event.organization_id = moved.organization_id AND event.keyed_at IS NOT NULL
    AND event.keyed_at > moved.",
            $keyed_from,
            " AND event.keyed_at <= moved.",
            $keyed_to
        )
    };
}

mod by_person;

/// Decides how far each organization of the page is rolled up now, where many of its events wait, or one has waited long.
const MARKED: &str = concat!(
    "WITH listed AS MATERIALIZED (
  SELECT organization.id, COALESCE(rollup.own_to, '') AS own_from, COALESCE(rollup.keyed_to, -1) AS keyed_from,
    COALESCE(rollup.rolled_up_to, 0) AS rolled_up_to
  FROM organizations organization
  LEFT JOIN usage_rollups rollup ON rollup.organization_id = organization.id
  WHERE ",
    in_page!("organization.id"),
    " AND ",
    while_leased!(),
    "
), due AS MATERIALIZED (
  SELECT listed.*,
    (SELECT event.id ",
    own!(":settled_id"),
    " ORDER BY event.id LIMIT 1 OFFSET :last_event) AS own_end,
    (SELECT event.keyed_at ",
    keyed!(":settled"),
    " ORDER BY event.keyed_at LIMIT 1 OFFSET :last_event) AS keyed_end
  FROM listed
  WHERE EXISTS (SELECT 1 ",
    own!(":waited_id"),
    ") OR EXISTS (SELECT 1 ",
    keyed!(":waited"),
    ")
    OR EXISTS (SELECT 1 ",
    own!(":settled_id"),
    " ORDER BY event.id LIMIT 1 OFFSET :many)
    OR EXISTS (SELECT 1 ",
    keyed!(":settled"),
    " ORDER BY event.keyed_at LIMIT 1 OFFSET :many)
)
INSERT INTO usage_rollups (organization_id, own_from, own_to, keyed_from, keyed_to, rolled_up_to, request_id)
SELECT id, own_from, COALESCE(own_end, :settled_id), keyed_from, COALESCE(keyed_end, :settled - 1),
  CASE WHEN own_end IS NULL AND keyed_end IS NULL THEN :settled ELSE rolled_up_to END, :request
FROM due
WHERE 1 = 1
ON CONFLICT (organization_id) DO UPDATE SET
  own_from = excluded.own_from, own_to = excluded.own_to, keyed_from = excluded.keyed_from, keyed_to = excluded.keyed_to,
  rolled_up_to = excluded.rolled_up_to, request_id = excluded.request_id
WHERE usage_rollups.request_id <> excluded.request_id
  AND usage_rollups.own_to = excluded.own_from AND usage_rollups.keyed_to = excluded.keyed_from"
);

/// The organizations of the page whose marks this step has moved.
macro_rules! moved_now {
    () => {
        concat!(
            "FROM usage_rollups rollup
  WHERE ",
            in_page!("rollup.organization_id"),
            " AND rollup.request_id = :request"
        )
    };
}

const COUNTED: &str = counting!("SELECT COUNT(*) ", moved_now!());

/// Adds what lies between the marks, once: a sum that has had this step's share carries its id.
const SUMMED: &str = concat!(
    "WITH moved AS MATERIALIZED (
  SELECT rollup.organization_id, rollup.own_from, rollup.own_to, rollup.keyed_from, rollup.keyed_to
  ",
    moved_now!(),
    "
), written AS MATERIALIZED (
  ",
    between_marks!("event.day, event.counted, event.score": "own_from" to "own_to", "keyed_from" to "keyed_to"),
    "
), daily AS MATERIALIZED (
  SELECT organization_id, feature, day, COUNT(*) AS events, CAST(SUM(counted) AS BIGINT) AS quantity, COUNT(score) AS scored,
    CAST(COALESCE(SUM(score), 0) AS BIGINT) AS score_sum
  FROM written
  GROUP BY organization_id, feature, day
), monthly AS MATERIALIZED (
  SELECT daily.*, daily.day - 86400000 * (",
    day_of_month!("daily.day"),
    " - 1) AS month
  FROM daily
), summed AS MATERIALIZED (
  SELECT organization_id, 'day' AS span, feature, day AS starts_at, events, quantity, scored, score_sum FROM daily
  UNION ALL
  SELECT organization_id, 'month', feature, month, CAST(SUM(events) AS BIGINT), CAST(SUM(quantity) AS BIGINT),
    CAST(SUM(scored) AS BIGINT), CAST(SUM(score_sum) AS BIGINT)
  FROM monthly
  GROUP BY organization_id, feature, month
)
INSERT INTO usage_aggregations (organization_id, span, feature, starts_at, events, quantity, scored, score_sum, request_id)
SELECT organization_id, span, feature, starts_at, events, quantity, scored, score_sum, :request
FROM summed
WHERE 1 = 1
ON CONFLICT (organization_id, span, feature, starts_at) DO UPDATE SET
  events = usage_aggregations.events + excluded.events, quantity = usage_aggregations.quantity + excluded.quantity,
  scored = usage_aggregations.scored + excluded.scored, score_sum = usage_aggregations.score_sum + excluded.score_sum,
  request_id = excluded.request_id
WHERE usage_aggregations.request_id <> excluded.request_id"
);

/// Where more waits than one step takes, the page is worked on once more.
const AGAIN: &str = concat!(
    "SELECT rollup.organization_id
FROM usage_rollups rollup
WHERE ",
    in_page!("rollup.organization_id"),
    "
  AND (rollup.request_id = :request AND rollup.rolled_up_to < :settled OR rollup.people_request_id = :request AND ",
    by_person::is_behind!(),
    ")
LIMIT 1"
);

impl Job for AggregateUsage {
    fn name(&self) -> &'static str {
        "aggregate_usage"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Minute
    }

    fn next(&self, _step: &Step) -> Statement {
        organizations(PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        let (settled, waited) = (step.now - SETTLED, step.now - LONGEST_WAIT);
        let mut statements = vec![
            Statement::new("marked", MARKED)
                .with("settled", settled)
                .with("settled_id", first_id_of(settled))
                .with("waited", waited)
                .with("waited_id", first_id_of(waited))
                .with("last_event", MOST_EVENTS - 1)
                .with("many", MANY - 1),
            Statement::new("counted", COUNTED),
            Statement::new("summed", SUMMED),
        ];
        statements.extend(by_person::statements(MOST_EVENTS));
        statements.push(Statement::new("again", AGAIN).with("settled", settled));
        statements
    }

    /// Sixty pages of eight statements are half of what D1 lets one invocation ask.
    fn most_steps(&self) -> u32 {
        60
    }
}
