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
/// Organizations that a step looks at.
const PAGE: i64 = 200;

pub struct ClosePeriods;

/// The page's counters of periods, each with the moment at which its period was over: at its end, or where the subscription
/// began another one before that. A counter without an end was last counted by a version that noted none: a period is no
/// longer than 32 days, and nobody is charged for it.
macro_rules! counters {
    () => {
        concat!(
            "(SELECT counter.organization_id, counter.feature, counter.period_start, counter.quantity, counter.overage_cents,
    CASE WHEN counter.period_end IS NULL THEN 1 ELSE 0 END AS is_of_before, COALESCE(counter.plan_id, subscription.plan_id) AS plan_id,
    COALESCE(counter.limit_value, feature.limit_value) AS limit_value, feature.unit_price_micros,
    (counter.quantity + COALESCE(feature.unit_size, 1) - 1) / COALESCE(feature.unit_size, 1) AS units,
    CASE WHEN feature.reset = 'billing_period' AND subscription.current_period_start > counter.period_start
        AND subscription.current_period_start < counter.period_end THEN subscription.current_period_start
      ELSE COALESCE(counter.period_end, counter.period_start + 2764800000) END AS over_at
  FROM usage_counters counter
  JOIN org_subscriptions subscription ON subscription.organization_id = counter.organization_id
  LEFT JOIN plan_features feature ON feature.plan_id = counter.plan_id AND feature.feature = counter.feature AND feature.kind = 'meter'
  WHERE ",
            in_page!("counter.organization_id"),
            " AND counter.period_start > 0)"
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
    "INSERT INTO usage_summaries
  (organization_id, period_start, feature, correction, period_end, plan_id, quantity, units, overage_units, overage_cents,
   currency, state, is_open, closed_at, request_id)
SELECT over.organization_id, over.period_start, over.feature, 0, over.over_at, over.plan_id, over.quantity, over.units,
  ",
    overage_units!(),
    ", over.overage_cents, catalog.currency,
  CASE WHEN over.overage_cents = 0 THEN 'nothing' WHEN over.is_of_before = 1 THEN 'not_billed' ELSE 'closed' END,
  CASE WHEN over.overage_cents = 0 OR over.is_of_before = 1 THEN 0 ELSE 1 END, :now, :request
FROM ",
    counters!(),
    " over
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
SELECT over.organization_id, over.period_start, over.feature, known.corrections + 1, known.period_end, over.plan_id,
  over.quantity - known.quantity, over.units - known.units,
  ",
    overage_units!(),
    " - known.overage_units, over.overage_cents - known.overage_cents, catalog.currency, 'closed', 1, :now, :request
FROM ",
    counters!(),
    " over
JOIN (
  SELECT summary.organization_id, summary.period_start, summary.feature, MAX(summary.correction) AS corrections, MIN(summary.period_end) AS period_end,
    CAST(SUM(summary.quantity) AS BIGINT) AS quantity, CAST(SUM(summary.units) AS BIGINT) AS units,
    CAST(SUM(summary.overage_units) AS BIGINT) AS overage_units, CAST(SUM(summary.overage_cents) AS BIGINT) AS overage_cents
  FROM usage_summaries summary
  WHERE ",
    in_page!("summary.organization_id"),
    " AND summary.period_start > :corrected_after
  GROUP BY summary.organization_id, summary.period_start, summary.feature
) known ON known.organization_id = over.organization_id AND known.period_start = over.period_start AND known.feature = over.feature
JOIN catalog_settings catalog ON catalog.id = 1
WHERE over.is_of_before = 0 AND over.overage_cents > known.overage_cents AND ",
    while_leased!(),
    "
ON CONFLICT (organization_id, period_start, feature, correction) DO NOTHING"
);

const COUNTED: &str = counting!(
    "SELECT COUNT(*) FROM usage_summaries summary WHERE ",
    in_page!("summary.organization_id"),
    " AND summary.request_id = :request"
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
            Statement::new("closed", CLOSED).with("over_before", step.now - LATE - SETTLED),
            Statement::new("corrected", CORRECTED_NOW).with("corrected_after", step.now - CORRECTED),
            Statement::new("counted", COUNTED),
        ]
    }
}
