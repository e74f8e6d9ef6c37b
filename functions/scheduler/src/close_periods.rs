//! `close_periods`: what each meter's period came to, once nothing can be counted in it any more.
//!
//! What is true is the counter, to which each event of the ledger has added what it cost. A period takes what happened in it
//! for a day after its end (`usage::LATE`), so it is closed after that, and what is counted in it all the same is a
//! correction, a row of its own. What follows from the sums is the business of `bill_overage`.

use tallygate::{
    counting,
    rules::time::Span,
    schedule::{Job, Rhythm, Step},
    store::Statement,
    usage::LATE,
    while_leased,
};

use crate::page::{in_page, organizations};

/// A request's clock is read before its batch is sent, which is tried for ten seconds, and edges' clocks may be seconds apart.
const SETTLED: Span = Span::minutes(2);
/// So long after its beginning a period may be corrected; later nothing can have been counted in it.
const CORRECTED: Span = Span::days(100);
/// A period that began so long before the last run was through was over for days by then, and is closed: it is no longer than 32
/// days.
const LONGEST: Span = Span::days(40);
/// Organizations that a step looks at.
const PAGE: i64 = 200;

pub struct ClosePeriods;

/// Of rows `counter` of `usage_counters` and `subscription`: what is closed, with the moment at which the period was over: at its
/// end, or where the subscription began another one before that. A counter without an end was last counted by a version that
/// noted none: a period is no longer than 32 days, and nobody is charged for it.
macro_rules! counter {
    () => {
        "counter.organization_id, counter.feature, counter.period_start, counter.quantity, counter.overage_cents,
    CASE WHEN counter.period_end IS NULL THEN 1 ELSE 0 END AS is_of_before, COALESCE(counter.plan_id, subscription.plan_id) AS plan_id,
    COALESCE(counter.limit_value, feature.limit_value) AS limit_value, feature.unit_price_micros,
    (counter.quantity + COALESCE(feature.unit_size, 1) - 1) / COALESCE(feature.unit_size, 1) AS units,
    CASE WHEN feature.reset = 'billing_period' AND subscription.current_period_start > counter.period_start
        AND subscription.current_period_start < counter.period_end THEN subscription.current_period_start
      ELSE COALESCE(counter.period_end, counter.period_start + 2764800000) END AS over_at"
    };
}

/// Beside rows `counter`.
macro_rules! plan_of_counter {
    () => {
        "JOIN org_subscriptions subscription ON subscription.organization_id = counter.organization_id
  LEFT JOIN plan_features feature ON feature.plan_id = counter.plan_id AND feature.feature = counter.feature AND feature.kind = 'meter'"
    };
}

/// The meters of each organization of the page, each found by one look into the index.
macro_rules! meters {
    () => {
        concat!(
            "WITH RECURSIVE meters (organization_id, feature) AS (
  SELECT organization.id, (SELECT MIN(first.feature) FROM usage_counters first WHERE first.organization_id = organization.id)
  FROM organizations organization WHERE ",
            in_page!("organization.id"),
            "
  UNION ALL
  SELECT meters.organization_id, (
    SELECT MIN(later.feature) FROM usage_counters later
    WHERE later.organization_id = meters.organization_id AND later.feature > meters.feature)
  FROM meters WHERE meters.feature IS NOT NULL
)
"
        )
    };
}

/// The units beyond the limit that was met, with what was granted, where the plan has a price for these.
macro_rules! overage_units {
    () => {
        "CASE WHEN over.unit_price_micros IS NOT NULL AND over.limit_value >= 0 AND over.units > over.limit_value
    THEN over.units - over.limit_value ELSE 0 END"
    };
}

/// Decides which periods are over.
const CLOSED: &str = concat!(
    meters!(),
    "INSERT INTO usage_summaries
  (organization_id, period_start, feature, correction, period_end, plan_id, quantity, units, overage_units, overage_cents,
   currency, state, is_open, closed_at, request_id)
SELECT over.organization_id, over.period_start, over.feature, 0, over.over_at, over.plan_id, over.quantity, over.units,
  ",
    overage_units!(),
    ", over.overage_cents, catalog.currency,
  CASE WHEN over.overage_cents = 0 THEN 'nothing' WHEN over.is_of_before = 1 THEN 'not_billed' ELSE 'closed' END,
  CASE WHEN over.overage_cents = 0 OR over.is_of_before = 1 THEN 0 ELSE 1 END, :now, :request
FROM (
  SELECT ",
    counter!(),
    "
  FROM meters CROSS JOIN usage_counters counter ",
    plan_of_counter!(),
    "
  WHERE counter.organization_id = meters.organization_id AND counter.feature = meters.feature
    AND counter.period_start > COALESCE((
      SELECT CASE WHEN finished_at > :longest THEN finished_at - :longest ELSE 0 END FROM scheduled_jobs WHERE job = :job), 0)
) over
JOIN catalog_settings catalog ON catalog.id = 1
WHERE over.over_at <= :over_before AND ",
    while_leased!(),
    " AND NOT EXISTS (
  SELECT 1 FROM usage_summaries known
  WHERE known.organization_id = over.organization_id AND known.period_start = over.period_start AND known.feature = over.feature)
ON CONFLICT (organization_id, period_start, feature, correction) DO NOTHING"
);

/// Decides what was counted in periods since they were closed: a correction has what is more by then.
const CORRECTED_NOW: &str = concat!(
    "INSERT INTO usage_summaries
  (organization_id, period_start, feature, correction, period_end, plan_id, quantity, units, overage_units, overage_cents,
   currency, state, is_open, closed_at, request_id)
SELECT over.organization_id, over.period_start, over.feature, over.known_corrections + 1, over.known_period_end, over.plan_id,
  over.quantity - over.known_quantity, over.units - over.known_units,
  ",
    overage_units!(),
    " - over.known_overage_units, over.overage_cents - over.known_overage_cents, catalog.currency, 'closed', 1, :now, :request
FROM (
  SELECT ",
    counter!(),
    ", closed.corrections AS known_corrections, closed.period_end AS known_period_end, closed.quantity AS known_quantity,
    closed.units AS known_units, closed.overage_units AS known_overage_units, closed.overage_cents AS known_overage_cents
  FROM (
    SELECT summary.organization_id, summary.period_start, summary.feature, MAX(summary.correction) AS corrections, MIN(summary.period_end) AS period_end,
      CAST(SUM(summary.quantity) AS BIGINT) AS quantity, CAST(SUM(summary.units) AS BIGINT) AS units,
      CAST(SUM(summary.overage_units) AS BIGINT) AS overage_units, CAST(SUM(summary.overage_cents) AS BIGINT) AS overage_cents
    FROM organizations organization CROSS JOIN usage_summaries summary
    WHERE ",
    in_page!("organization.id"),
    " AND summary.organization_id = organization.id AND summary.period_start > :corrected_after
    GROUP BY summary.organization_id, summary.period_start, summary.feature
  ) closed CROSS JOIN usage_counters counter ",
    plan_of_counter!(),
    "
  WHERE counter.organization_id = closed.organization_id AND counter.feature = closed.feature AND counter.period_start = closed.period_start
    AND counter.period_start > 0
) over
JOIN catalog_settings catalog ON catalog.id = 1
WHERE over.is_of_before = 0 AND over.overage_cents > over.known_overage_cents AND ",
    while_leased!(),
    "
ON CONFLICT (organization_id, period_start, feature, correction) DO NOTHING"
);

/// What this step has written, of the periods that it may have.
const COUNTED: &str = counting!(
    "SELECT COUNT(*) FROM organizations organization CROSS JOIN usage_summaries summary
WHERE ",
    in_page!("organization.id"),
    " AND summary.organization_id = organization.id AND summary.request_id = :request
  AND summary.period_start > COALESCE((SELECT finished_at FROM scheduled_jobs WHERE job = :job), 0) - :corrected"
);

impl Job for ClosePeriods {
    fn name(&self) -> &'static str {
        "close_periods"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    fn next(&self, _step: &Step) -> Statement {
        organizations(PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        vec![
            Statement::new("closed", CLOSED).with("over_before", step.now - LATE - SETTLED).with("longest", LONGEST.0),
            Statement::new("corrected", CORRECTED_NOW).with("corrected_after", step.now - CORRECTED),
            Statement::new("counted", COUNTED).with("corrected", CORRECTED.0),
        ]
    }
}
