//! What follows from the ledger's row: the counter, the people, the reservations, the alerts and who is told of them.

use super::pieces::counted_meters;
use crate::{counted_event, outbox_event, tenant_scoped};

/// Brings the counter up to the event. A change has a number and is made once: sent twice, the batch counts once, also
/// where another request was counted in between.
pub(super) const COUNTER: &str = tenant_scoped!(
    "INSERT INTO usage_counters (organization_id, feature, period_start, quantity, overage_cents, changes, period_end, plan_id, limit_value)
SELECT event.organization_id, event.feature, event.period_start, event.period_total, event.overage_cents, event.change_number,
  event.period_end, event.plan_id, event.limit_value
",
    counted_event!(),
    " AND event.change_number IS NOT NULL
WHERE 1 = 1
ON CONFLICT (organization_id, feature, period_start) DO UPDATE SET
  quantity = excluded.quantity, overage_cents = excluded.overage_cents, changes = excluded.changes,
  period_end = excluded.period_end, plan_id = excluded.plan_id, limit_value = excluded.limit_value
WHERE usage_counters.changes < excluded.changes"
);

/// The same of a whole batch: each counter is brought up to the last of its events.
pub(super) const COUNTERS: &str = tenant_scoped!(
    "INSERT INTO usage_counters (organization_id, feature, period_start, quantity, overage_cents, changes, period_end, plan_id, limit_value)
SELECT last.organization_id, last.feature, last.period_start, last.period_total, last.overage_cents, last.change_number,
  last.period_end, last.plan_id, last.limit_value
FROM (
  SELECT event.*, ROW_NUMBER() OVER (PARTITION BY event.feature, event.period_start ORDER BY event.change_number DESC) AS back
  ",
    counted_event!(all),
    " AND event.change_number IS NOT NULL
) last
WHERE last.back = 1
ON CONFLICT (organization_id, feature, period_start) DO UPDATE SET
  quantity = excluded.quantity, overage_cents = excluded.overage_cents, changes = excluded.changes,
  period_end = excluded.period_end, plan_id = excluded.plan_id, limit_value = excluded.limit_value
WHERE usage_counters.changes < excluded.changes"
);

/// Whom a distinct meter has counted now.
macro_rules! people {
    ($($which:tt)?) => {
        tenant_scoped!(
            "INSERT INTO usage_people (organization_id, feature, period_start, subject)
SELECT event.organization_id, event.feature, event.period_start, event.subject
",
            counted_event!($($which)?),
            "
JOIN plan_features feature ON feature.plan_id = event.plan_id AND feature.feature = event.feature AND feature.is_distinct = 1
WHERE event.subject IS NOT NULL
ON CONFLICT (organization_id, feature, period_start, subject) DO NOTHING"
        )
    };
}
pub(super) const PERSON: &str = people!();
pub(super) const PEOPLE: &str = people!(all);

/// Of an event beside its plan's `feature`: the units used after it.
macro_rules! units_after {
    () => {
        "((event.period_total + feature.unit_size - 1) / feature.unit_size)"
    };
}

/// What is told of the meter from now on, each once a period, whatever was jumped over: the catalog's percentages, the
/// first overage, and that only another plan would give more.
macro_rules! alerts {
    ($($which:tt)?) => {
        tenant_scoped!(
    "INSERT INTO usage_alerts (organization_id, feature, period_start, name, used, limit_value, created_at, request_id)
SELECT event.organization_id, event.feature, event.period_start, told.name, ",
    units_after!(),
    ", event.limit_value, :now, :request
",
    counted_event!($($which)?),
    " AND event.limit_value >= 0 AND event.counted > 0
JOIN plan_features feature ON feature.plan_id = event.plan_id AND feature.feature = event.feature
JOIN (
  SELECT plan_id, feature, name, percent FROM plan_alerts
  UNION ALL SELECT NULL, NULL, 'overage', 0
  UNION ALL SELECT NULL, NULL, 'upgrade_prompt', 0
) told ON told.plan_id = event.plan_id AND told.feature = event.feature OR told.plan_id IS NULL
WHERE CASE told.name
  WHEN 'overage' THEN feature.unit_price_micros IS NOT NULL AND ",
    units_after!(),
    " > event.limit_value
  WHEN 'upgrade_prompt' THEN ",
    units_after!(),
    " >= event.limit_value AND (feature.unit_price_micros IS NULL OR feature.stops_at_cap = 1
    AND event.overage_cents + (feature.unit_price_micros + 5000) / 10000 > feature.cap_cents)
  ELSE ",
    units_after!(),
    " * 100 >= told.percent * event.limit_value
END
ORDER BY event.change_number
ON CONFLICT (organization_id, feature, period_start, name) DO NOTHING"
        )
    };
}
pub(super) const ALERTS: &str = alerts!();
pub(super) const ALL_ALERTS: &str = alerts!(all);

/// What whoever listens is told of an `alert`, and of which row it is, given as `event`. That the limit is reached has had a name of
/// its own from the first version on.
macro_rules! told_of_alerts {
    ($id:literal, $($events:tt)+) => {
        tenant_scoped!(outbox_event!(
            "SELECT :outbox || ':' || ",
            $id,
            ", alert.organization_id,
  CASE alert.name WHEN '100_percent' THEN 'usage.limit_reached' ELSE 'usage.alert' END, alert.feature,
  '{\"feature\":\"' || alert.feature || '\",\"alert\":\"' || alert.name || '\",\"used\":' || alert.used
    || ',\"limit\":' || alert.limit_value || ',\"organization\":' || ",
            $crate::event_object!(organization("alert.organization_id")),
            " || '}', :now
",
            $($events)+,
            "
JOIN usage_alerts alert ON alert.organization_id = event.organization_id AND alert.feature = event.feature
  AND alert.period_start = event.period_start AND alert.request_id = :request
WHERE 1 = 1"
        ))
    };
}
pub(super) const OUTBOX: &str = told_of_alerts!("alert.name", counted_event!());
/// Of a whole batch, whose meters are several.
pub(super) const ALL_OUTBOX: &str =
    told_of_alerts!("alert.feature || ':' || alert.name", "FROM ", counted_meters!(), " event");

/// The room that the event holds.
pub(super) const RESERVATION: &str = tenant_scoped!(
    "INSERT INTO usage_reservations
  (organization_id, id, user_id, subject, feature, event_type, weight, quantity, created_at, expires_at, request_id, plan_id)
SELECT event.organization_id, event.reservation_id, event.user_id, event.subject, event.feature, event.event_type,
  COALESCE(typed.weight, 1), event.reserved_quantity, event.created_at,
  COALESCE(:expires_at, event.created_at + typed.longest_call_seconds * 1000), event.request_id, event.plan_id
",
    counted_event!(),
    " AND event.reservation_step = 'reserve'
LEFT JOIN event_types typed ON typed.event_type = :event_type
WHERE 1 = 1
ON CONFLICT (organization_id, id) DO NOTHING"
);

/// A reservation that was confirmed or released holds nothing any more.
pub(super) const SETTLED: &str = tenant_scoped!(
    "UPDATE usage_reservations SET settled_at = :now, request_id = :request,
  settled_as = CASE :kind WHEN 'confirm' THEN 'confirmed' ELSE 'released' END,
  counted = (SELECT event.counted ",
    counted_event!(),
    ")
WHERE organization_id = (SELECT organization_id FROM tenant) AND id = :reservation AND settled_at IS NULL
  AND EXISTS (SELECT 1 ",
    counted_event!(),
    " AND event.reservation_id = :reservation)"
);
