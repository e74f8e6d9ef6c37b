//! All that a plan has, and how it stands.

use super::{pieces::reserved, with_months};
use crate::{billing_month, http::RequestContext, meter_period, overridden_limit, scoped, store::Statement};

/// The plan's features, the meters with what was used of them: by their names.
pub fn features(context: &RequestContext) -> Statement {
    let statement = Statement::new(
        "features",
        scoped!(
            ", ",
            billing_month!(),
            ", granted AS MATERIALIZED (
  SELECT more.feature, CAST(SUM(more.quantity) AS BIGINT) AS quantity
  FROM membership
  JOIN usage_grants more ON more.organization_id = membership.organization_id AND more.ends_at > :now AND more.starts_at <= :now
  GROUP BY more.feature
), had AS (
  SELECT membership.organization_id, feature.feature, feature.kind, feature.value,
    CASE feature.kind WHEN 'meter' THEN COALESCE(",
            overridden_limit!("membership", "feature", ":now"),
            ", feature.limit_value) END AS limit_value, feature.reset, feature.unit_size,
    feature.unit_price_micros, feature.cap_cents, feature.stops_at_cap,
    (SELECT MIN(alert.percent) FROM plan_alerts alert
      WHERE alert.plan_id = feature.plan_id AND alert.feature = feature.feature) AS warns_at, ",
            meter_period!(),
            "
  FROM membership CROSS JOIN billing
  JOIN plan_features feature ON feature.plan_id = membership.plan_id
)
SELECT had.*, COALESCE(counter.quantity, 0) AS used, COALESCE(counter.overage_cents, 0) AS charged,
  CASE WHEN had.limit_value >= 0 THEN COALESCE((SELECT granted.quantity FROM granted WHERE granted.feature = had.feature), 0) ELSE 0 END AS granted,
  ",
            reserved!("had"),
            " AS reserved
FROM had
LEFT JOIN usage_counters counter ON counter.organization_id = had.organization_id AND counter.feature = had.feature
  AND counter.period_start = had.period_start AND had.kind = 'meter'
ORDER BY had.feature"
        ),
    );
    with_months(statement, context.now)
}
