//! What follows from an answer: the alerts that an event has made, and the plans that would allow what is not.

use super::{with_meter, Wanted};
use crate::{
    http::{BatchRows, Refusal, RequestContext},
    scoped,
    store::{Row, Statement},
    wanted_feature,
};

/// The plans that come after the `membership`'s own, with what each says of its features, or what overrides it: rows that [`Upgrade::read`] takes.
#[doc(hidden)]
#[macro_export]
macro_rules! later_plans {
    () => {
        concat!(
            "SELECT plan.id, plan.name, plan.price_month_cents, plan.price_year_cents, feature.feature, feature.kind, feature.value,
  CASE feature.kind WHEN 'meter' THEN COALESCE(",
            $crate::overridden_limit!("membership", "feature", ":now"),
            ", feature.limit_value) END AS limit_value,
  feature.unit_size, feature.unit_price_micros, feature.cap_cents, feature.stops_at_cap, plan.position
FROM membership
JOIN plans own ON own.id = membership.plan_id
JOIN plans plan ON plan.position > own.position AND plan.retired = 0
  AND plan.audience IN ('any', CASE membership.organization_kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
JOIN plan_features feature ON feature.plan_id = plan.id"
        )
    };
}

/// What follows from the answer: the alerts that the event has made, where the request was counted; what later plans say of the
/// feature, where it was not.
const FOLLOWING: &str = scoped!(
    ", offered AS (
",
    later_plans!(),
    " AND feature.feature = ",
    wanted_feature!(),
    "
WHERE NOT EXISTS (
  SELECT 1 FROM usage_events event
  WHERE event.organization_id = membership.organization_id AND event.id = :event AND event.accepted = 1)
)
SELECT 'plan' AS shows, offered.* FROM offered
UNION ALL
SELECT 'alert', NULL, alert.name, NULL, NULL, alert.feature, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM membership
JOIN usage_events event ON event.organization_id = membership.organization_id AND event.id = :event AND event.accepted = 1
JOIN usage_alerts alert ON alert.organization_id = event.organization_id AND alert.feature = event.feature
  AND alert.period_start = event.period_start AND alert.request_id = event.request_id
ORDER BY shows, position, name"
);

/// The statement that reads what follows from the answer.
pub fn following(event: &str, wanted: &Wanted, context: &RequestContext) -> Statement {
    with_meter(Statement::new("following", FOLLOWING), wanted, context).with("event", event)
}

/// The alerts that the event has made.
///
/// # Errors
/// A fault in reading the rows.
pub fn alerts<'a>(found: &'a BatchRows<'_>) -> Result<Vec<&'a str>, Refusal> {
    let rows = following_rows(found, "alert")?;
    found.stored(rows.into_iter().map(|row| row.text("name")).collect())
}

/// Those of the rows that show a plan, or an alert.
pub(super) fn following_rows<'a>(found: &'a BatchRows<'_>, shown: &str) -> Result<Vec<&'a Row>, Refusal> {
    let mut rows = Vec::new();
    for row in found.rows("following")? {
        if found.stored(row.text("shows"))? == shown {
            rows.push(row);
        }
    }
    Ok(rows)
}
