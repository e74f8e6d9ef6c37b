//! What decides: how much of a request there is room for, and what it costs.

use super::pieces::{holds_room, is_counted_person, keys_had, lifetime, next_keyed, refusals_left, reserved};
use crate::{billing_month, period_of_event, scoped, session_is_proven};

/// Units that were begun, of a number of what is counted; and those beyond the limit.
macro_rules! units {
    ($counted:literal) => {
        concat!("((", $counted, " + unit_size - 1) / unit_size)")
    };
}
macro_rules! beyond {
    ($counted:literal) => {
        concat!(
            "(CASE WHEN limit_value >= 0 AND ",
            units!($counted),
            " > limit_value THEN ",
            units!($counted),
            " - limit_value ELSE 0 END)"
        )
    };
}
/// The most units beyond a limit that are priced: their price stays a whole number of 64 bits. There is room for no more.
macro_rules! most_beyond {
    () => {
        "CASE WHEN unit_price_micros > 4000000 THEN 4000000000000000000 / unit_price_micros ELSE 1000000000000 END"
    };
}
/// Their price in cents, rounded half up (`rules::overage`; a test holds the two together).
macro_rules! price {
    ($counted:literal) => {
        concat!(
            "((CASE WHEN ",
            beyond!($counted),
            " > ",
            most_beyond!(),
            " THEN ",
            most_beyond!(),
            " ELSE ",
            beyond!($counted),
            " END * COALESCE(unit_price_micros, 0) + 5000) / 10000)"
        )
    };
}
/// How far the meter may be counted in its period, whatever was counted so far: beside `charged`, what the period costs
/// already, and `price_before`, what the use so far would cost by the prices of today. (What has no limit ends where whole
/// numbers do: at 2^53 - 1 of what is counted, and at a price of 4 * 10^18 millionths.)
macro_rules! ceiling {
    () => {
        concat!(
            "CASE
    WHEN limit_value = -1 THEN 9007199254740991
    WHEN unit_price_micros IS NOT NULL AND (cap_cents IS NULL OR stops_at_cap = 0) THEN (limit_value + ",
            most_beyond!(),
            ") * unit_size
    WHEN unit_price_micros IS NULL OR cap_cents - charged + price_before < 0 THEN limit_value * unit_size
    ELSE (limit_value + ((cap_cents - charged + price_before + 1) * 10000 - 5001) / unit_price_micros) * unit_size END"
        )
    };
}
/// What the period costs after so much is counted. Beyond a cap it costs no more, unless it did before.
macro_rules! charged_after {
    ($counted:literal) => {
        concat!(
            "CASE WHEN cap_cents IS NOT NULL AND charged + ",
            price!($counted),
            " - price_before > cap_cents THEN CASE WHEN charged > cap_cents THEN charged ELSE cap_cents END ELSE charged + ",
            price!($counted),
            " - price_before END"
        )
    };
}

pub(super) use {beyond, ceiling, charged_after, most_beyond, price, units};

/// Decides: writes into the ledger what there is room for. Each step is materialized: SQLite would put the expressions of one
/// into the next wherever they are named, and these grow beyond what D1 has memory for.
///
/// Room that reservations hold is not there for others (what is late is of a period that is over, and meets none); whoever confirms one has what it held at least. Under a key a
/// refusal is written too, so that a repeated request gets the same answer.
pub(super) const EVENT: &str = scoped!(
    ", ",
    billing_month!(),
    ", requested AS MATERIALIZED (
  SELECT membership.organization_id, membership.user_id, membership.plan_id, feature.feature, feature.limit_value,
    feature.unit_size, feature.is_distinct, feature.unit_price_micros, feature.cap_cents, feature.stops_at_cap,
    COALESCE(held.event_type, :event_type, feature.feature) AS event_type, COALESCE(held.weight, typed.weight, 1) AS weight,
    CASE WHEN held.expires_at > :now THEN held.quantity ELSE 0 END AS held, held.quantity AS held_once,
    CASE :amount
      WHEN 'given' THEN :quantity
      WHEN 'held' THEN (held.quantity + held.weight - 1) / held.weight
      WHEN 'call' THEN CASE
        WHEN feature.unit_size = 1 THEN 1
        WHEN :quantity IS NOT NULL THEN :quantity
        WHEN held.id IS NULL THEN typed.longest_call_seconds
        WHEN held.expires_at < :now THEN (held.expires_at - held.created_at) / 1000
        WHEN held.created_at < :now THEN (:now - held.created_at + 999) / 1000
        ELSE 0 END
      ELSE 0 END AS said,
    CASE feature.is_distinct WHEN 1 THEN COALESCE(:subject, membership.user_id) ELSE COALESCE(:subject, held.subject) END AS subject, ",
    period_of_event!(),
    "
  FROM membership
  CROSS JOIN billing
  LEFT JOIN usage_reservations held ON held.organization_id = membership.organization_id AND held.id = :reservation
  LEFT JOIN event_types typed ON typed.event_type = :event_type
  JOIN plan_features feature ON feature.plan_id = membership.plan_id AND feature.kind = 'meter'
    AND feature.feature = COALESCE(:feature, typed.feature, held.feature)
  WHERE membership.role_rank >= 2 AND (membership.access_until > :now OR held.expires_at > :now)
    AND (:subject IS NULL OR membership.user_id IS NULL OR :subject = membership.user_id)
    AND (:occurred_at IS NULL OR :occurred_at <= :latest)
    AND (:event_type IS NULL OR typed.feature = feature.feature)
    AND (:kind NOT IN ('set', 'release') OR feature.reset = 'gauge')
    AND (:reservation IS NULL OR held.settled_at IS NULL
      AND (membership.user_id IS NULL OR held.user_id = membership.user_id OR membership.role_rank >= 3))
    AND (:is_call = 0 OR :reservation IS NULL AND typed.longest_call_seconds IS NOT NULL
      OR :reservation IS NOT NULL AND (held.expires_at > :now OR :service_key IS NOT NULL))
    AND (:reservation IS NULL OR :is_call = (SELECT COUNT(*) FROM call_logs call
      WHERE call.organization_id = membership.organization_id AND call.id = :reservation))
    AND (:kind <> 'give_back' OR :is_call = 0 OR membership.user_id IS NULL OR held.created_at > :fails_since)
    AND (:kind <> 'reserve' OR feature.is_distinct = 0 AND (
      SELECT settings.most_open_reservations FROM catalog_settings settings WHERE settings.id = 1) > (
      SELECT COUNT(*) FROM usage_reservations other WHERE other.organization_id = membership.organization_id
        AND other.feature = feature.feature AND ",
    holds_room!("other"),
    "))
    AND ",
    session_is_proven!(),
    "
), tally AS MATERIALIZED (
  SELECT requested.*, CASE WHEN requested.period_start < requested.current_start THEN requested.current_start
      ELSE requested.current_end END AS period_end,
    CASE WHEN requested.is_distinct = 1 THEN 1 WHEN :amount = 'held' THEN requested.held_once
      ELSE requested.said * requested.weight END AS asked,
    COALESCE(counter.quantity, 0) AS used, COALESCE(counter.overage_cents, 0) AS charged,
    COALESCE(counter.changes, 0) AS changes,
    CASE WHEN requested.period_start < requested.current_start THEN 0 ELSE ",
    reserved!("requested"),
    " - requested.held END AS reserved,
    ",
    lifetime!("requested"),
    " AS lifetime
  FROM requested
  LEFT JOIN usage_counters counter ON counter.organization_id = requested.organization_id
    AND counter.feature = requested.feature AND counter.period_start = requested.period_start
  WHERE (:occurred_at IS NULL OR :occurred_at >= requested.period_start)
    AND (requested.is_distinct = 0 OR requested.subject IS NOT NULL AND NOT ",
    is_counted_person!("requested", "requested.subject"),
    ")
), priced AS MATERIALIZED (
  SELECT tally.*, ",
    price!("used"),
    " AS price_before,
    CASE :kind WHEN 'set' THEN said - used WHEN 'release' THEN 0 - (CASE WHEN said < used THEN said ELSE used END)
      ELSE asked END AS wish
  FROM tally
), free AS MATERIALIZED (
  SELECT priced.*, ",
    ceiling!(),
    " - used - reserved AS free FROM priced
), roomy AS MATERIALIZED (
  SELECT free.*, CASE WHEN held > free THEN held ELSE free END AS room FROM free
), taking AS MATERIALIZED (
  SELECT roomy.*, CASE WHEN wish <= 0 OR wish <= room THEN wish WHEN :partly = 1 AND room > 0 THEN room ELSE 0 END AS taken,
    CASE WHEN wish <= 0 OR wish <= room OR :partly = 1 AND room > 0 THEN 1 ELSE 0 END AS accepted
  FROM roomy
), decided AS MATERIALIZED (
  SELECT taking.*, CASE :kind WHEN 'reserve' THEN 0 ELSE taken END AS counted FROM taking
), settled AS (
  SELECT decided.*, CASE counted WHEN 0 THEN charged ELSE ",
    charged_after!("(used + counted)"),
    " END AS overage, CASE :keyed WHEN 1 THEN ",
    keys_had!("decided"),
    " + 1 END AS key_of_day FROM decided
)
INSERT INTO usage_events
  (organization_id, id, user_id, subject, feature, event_type, quantity, accepted, plan_id, limit_value, period_start,
   period_end, period_total, lifetime_total, request_hash, request_id, created_at, kind, counted, cost_cents, overage_cents,
   change_number, attributes, occurred_at, key_id, keyed_at, key_of_day, reservation_step, reservation_id, reserved_quantity, reserved_total)
SELECT organization_id, :event, user_id, subject, feature, event_type, said, accepted, plan_id, limit_value, period_start, period_end, used + counted, lifetime + counted,
  :request_hash, :request, :now, CASE WHEN :kind IN ('set', 'release') THEN :kind ELSE 'track' END, counted, overage - charged, overage,
  CASE WHEN counted <> 0 THEN changes + 1 END, :attributes, :occurred_at,
  (SELECT used_key.id FROM service_keys used_key WHERE used_key.key_hash = :service_key), CASE :keyed WHEN 1 THEN ",
    next_keyed!("settled"),
    " END, key_of_day,
  CASE :kind WHEN 'reserve' THEN 'reserve' WHEN 'confirm' THEN 'confirm' WHEN 'give_back' THEN 'release' END, :work,
  CASE :kind WHEN 'reserve' THEN taken WHEN 'confirm' THEN held WHEN 'give_back' THEN held END,
  reserved + CASE WHEN :kind = 'reserve' THEN taken WHEN accepted = 0 THEN held ELSE 0 END
FROM settled
WHERE (accepted = 1 OR :keyed = 1 AND ",
    refusals_left!("settled"),
    " > 0)
  AND (:keyed = 0 OR key_of_day <= (SELECT most_keys_a_day FROM catalog_settings WHERE id = 1))
ON CONFLICT (organization_id, id) DO NOTHING"
);
