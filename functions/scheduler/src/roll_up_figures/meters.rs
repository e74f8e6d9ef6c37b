//! What a page of organizations used of each meter the day before, and what their periods that were closed then cost beyond their
//! plans. It is of the day before, since what is told late is counted for a day (`usage::LATE`).

use tallygate::store::Statement;

use super::progress::moved_in;

/// Looks each meter up, one organization after another: their other days are not gone through. Of closed periods those that may
/// have been closed or corrected then.
const ADDED: &str = concat!(
    "WITH ",
    moved_in!("organizations"),
    ", meters AS MATERIALIZED (
  SELECT feature FROM event_types UNION SELECT feature FROM plan_features WHERE kind = 'meter'
), page AS MATERIALIZED (
  SELECT organization.id, moved.day, moved.day - 86400000 AS day_before
  FROM moved CROSS JOIN organizations organization
  WHERE moved.is_compared = 1 AND organization.id > moved.after_id AND organization.id <= moved.until_id
), used AS MATERIALIZED (
  SELECT page.day_before, sums.feature, sums.events, sums.quantity, 0 AS overage_cents
  FROM page CROSS JOIN meters CROSS JOIN usage_aggregations sums
  WHERE sums.organization_id = page.id AND sums.span = 'day' AND sums.feature = meters.feature AND sums.starts_at = page.day_before
  UNION ALL
  SELECT page.day_before, period.feature, 0, 0, period.overage_cents
  FROM page CROSS JOIN usage_summaries period
  WHERE period.organization_id = page.id AND period.period_start > page.day - 8640000000
    AND period.closed_at >= page.day_before AND period.closed_at < page.day
    AND period.overage_cents > 0 AND period.state <> 'not_billed'
)
INSERT INTO meter_figures (span, starts_at, feature, events, quantity, overage_cents, request_id)
SELECT 'day', day_before, feature, CAST(SUM(events) AS BIGINT), CAST(SUM(quantity) AS BIGINT), CAST(SUM(overage_cents) AS BIGINT), :request
FROM used
WHERE 1 = 1
GROUP BY day_before, feature
ON CONFLICT (span, starts_at, feature) DO UPDATE SET
  events = meter_figures.events + excluded.events, quantity = meter_figures.quantity + excluded.quantity,
  overage_cents = meter_figures.overage_cents + excluded.overage_cents, request_id = excluded.request_id
WHERE meter_figures.request_id <> excluded.request_id"
);

pub fn added() -> Statement {
    Statement::new("meters", ADDED)
}
