//! What decides: how much of a request there is room for, and what it costs.

use super::{
    pieces::{
        former, granted_limit, holds_room, is_counted_person, keys_had, lifetime, next_keyed, plan_then, refusals_left,
        reserved,
    },
    price::{ceiling, charged_after, most_beyond, price, units},
};
use crate::{billing_month, meter_period, period_of_event, scoped, session_is_proven};

/// Where the plan of now does not have the meter of a reservation that holds room, or is given back: the plan that it was made on.
macro_rules! left_with_work {
    () => {
        "WHEN held.plan_id <> membership.plan_id AND (held.expires_at > :now OR :kind = 'give_back') AND NOT EXISTS (
      SELECT 1 FROM plan_features own WHERE own.plan_id = membership.plan_id AND own.feature = held.feature AND own.kind = 'meter')
      THEN held.plan_id
    "
    };
}

/// The row `requested`: the meter that is asked for, whoever asks, and how many were said; none where that may not be.
/// `plain`: used now, and of no room that is held. `held`: a call, a reservation, or what happened at another time.
macro_rules! requested {
    (plain) => {
        concat!(
            billing_month!(),
            ", requested AS MATERIALIZED (
  SELECT membership.organization_id, membership.user_id, membership.plan_id, feature.feature, feature.limit_value AS plan_limit,
    feature.unit_size, feature.is_distinct, feature.unit_price_micros, feature.cap_cents, feature.stops_at_cap,
    COALESCE(:event_type, feature.feature) AS event_type, :quantity AS said,
    CASE feature.is_distinct WHEN 1 THEN 1 ELSE :quantity * COALESCE(typed.weight, 1) END AS asked, 0 AS held,
    CASE feature.is_distinct WHEN 1 THEN COALESCE(:subject, membership.user_id) ELSE :subject END AS subject, 0 AS is_late, ",
            meter_period!(),
            "
  FROM membership
  CROSS JOIN billing
  LEFT JOIN event_types typed ON typed.event_type = :event_type
  JOIN plan_features feature ON feature.plan_id = membership.plan_id AND feature.kind = 'meter'
    AND feature.feature = COALESCE(:feature, typed.feature)
  WHERE membership.role_rank >= 2 AND membership.access_until > :now
    AND (:subject IS NULL OR membership.user_id IS NULL OR :subject = membership.user_id)
    AND (:event_type IS NULL OR typed.feature = feature.feature)
    AND (:kind = 'track' OR feature.reset = 'gauge')
    AND ",
            session_is_proven!(),
            "
)"
        )
    };
    (held) => {
        concat!(
            billing_month!(late),
            ", ",
            former!(),
            ", asking AS MATERIALIZED (
  SELECT membership.organization_id, membership.user_id, feature.plan_id, feature.feature, feature.limit_value AS plan_limit,
    CASE WHEN :reservation IS NOT NULL AND feature.plan_id <> membership.plan_id THEN 1 ELSE 0 END AS is_left,
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
  CROSS JOIN billing CROSS JOIN former
  LEFT JOIN usage_reservations held ON held.organization_id = membership.organization_id AND held.id = :reservation
  LEFT JOIN event_types typed ON typed.event_type = :event_type
  JOIN plan_features feature ON feature.kind = 'meter' AND feature.feature = COALESCE(:feature, typed.feature, held.feature)
    AND feature.plan_id = ",
            plan_then!(":occurred_at", "COALESCE(:feature, typed.feature)", left_with_work!()),
            "
  WHERE membership.role_rank >= 2 AND (membership.access_until > :now OR held.expires_at > :now)
    AND (:subject IS NULL OR membership.user_id IS NULL OR :subject = membership.user_id)
    AND (:occurred_at IS NULL OR :occurred_at <= :latest)
    AND (:event_type IS NULL OR typed.feature = feature.feature)
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
), requested AS MATERIALIZED (
  SELECT asking.*, CASE WHEN is_distinct = 1 THEN 1 WHEN :amount = 'held' THEN held_once ELSE said * weight END AS asked,
    CASE WHEN period_start < current_start THEN 1 ELSE 0 END AS is_late,
    CASE WHEN period_start < current_start THEN current_start ELSE current_end END AS period_end
  FROM asking
  WHERE :occurred_at IS NULL OR :occurred_at >= period_start
)"
        )
    };
}

/// The moment whose grants count: of what is told of a period that is over its last one.
macro_rules! moment {
    (plain) => {
        ":now"
    };
    (held) => {
        "CASE requested.is_late WHEN 1 THEN requested.current_start - 1 ELSE :now END"
    };
}

/// What is held of the meter by others: of one that the plan has no more everything.
macro_rules! others {
    (plain) => {
        "reserved"
    };
    (held) => {
        "CASE is_left WHEN 1 THEN 9007199254740991 ELSE reserved END"
    };
}

/// The row `keys` of an event under a key: the number that it has among those of its day, and its moment.
macro_rules! keys {
    (keyed) => {
        concat!(
            "(SELECT CASE :keyed WHEN 1 THEN ",
            keys_had!("membership"),
            " + 1 END AS key_of_day, CASE :keyed WHEN 1 THEN ",
            next_keyed!("membership"),
            " END AS keyed_at FROM membership)"
        )
    };
    (unkeyed) => {
        "(SELECT CAST(NULL AS BIGINT) AS key_of_day, CAST(NULL AS BIGINT) AS keyed_at)"
    };
}

/// What is written of it: under a key a refusal, too.
macro_rules! is_written {
    (keyed) => {
        concat!(
            "(settled.accepted = 1 OR :keyed = 1 AND ",
            refusals_left!("tally"),
            " > 0)
  AND (:keyed = 0 OR keys.key_of_day <= (SELECT most_keys_a_day FROM catalog_settings WHERE id = 1))"
        )
    };
    (unkeyed) => {
        "settled.accepted = 1"
    };
}

/// What only such an event has.
macro_rules! columns {
    (plain) => {
        ""
    };
    (held) => {
        ", occurred_at, reservation_step, reservation_id, reserved_quantity"
    };
}

macro_rules! values {
    (plain) => {
        ""
    };
    (held) => {
        ", :occurred_at, CASE :kind WHEN 'reserve' THEN 'reserve' WHEN 'confirm' THEN 'confirm' WHEN 'give_back' THEN 'release' END, :work,
  CASE :kind WHEN 'reserve' THEN settled.taken WHEN 'confirm' THEN tally.held WHEN 'give_back' THEN tally.held END"
    };
}

/// Decides: writes into the ledger what there is room for. Each step is materialized: SQLite would put the expressions of one
/// into the next wherever they are named, and these grow beyond what D1 has memory for. And what the price needs goes through
/// its steps alone: each column costs something at each of them.
///
/// Room that reservations hold is not there for others (what is late is of a period that is over, and meets none); whoever
/// confirms one has what it held at least, also where the plan has the meter no more. Under a key a refusal is written too, so that a repeated request gets the same
/// answer.
macro_rules! event {
    ($about:ident, $keys:ident) => {
        scoped!(
            ", ",
            requested!($about),
            ", tally AS MATERIALIZED (
  SELECT requested.*, COALESCE(counter.quantity, 0) AS used, COALESCE(counter.overage_cents, 0) AS charged,
    COALESCE(counter.changes, 0) AS changes, ",
            granted_limit!("requested", moment!($about)),
            " AS limit_value,
    CASE requested.is_late WHEN 1 THEN 0 ELSE ",
            reserved!("requested"),
            " - requested.held END AS reserved,
    ",
            lifetime!("requested"),
            " AS lifetime
  FROM requested
  LEFT JOIN usage_counters counter ON counter.organization_id = requested.organization_id
    AND counter.feature = requested.feature AND counter.period_start = requested.period_start
  WHERE requested.is_distinct = 0 OR requested.subject IS NOT NULL AND NOT ",
            is_counted_person!("requested", "requested.subject"),
            "
), priced AS MATERIALIZED (
  SELECT used, charged, ",
            others!($about),
            " AS others, held, limit_value, unit_size, unit_price_micros, cap_cents, stops_at_cap, ",
            price!("used"),
            " AS price_before,
    CASE :kind WHEN 'set' THEN said - used WHEN 'release' THEN 0 - least(said, used) ELSE asked END AS wish
  FROM tally
), free AS MATERIALIZED (
  SELECT used, charged, held, limit_value, unit_size, unit_price_micros, cap_cents, price_before, wish, ",
            ceiling!(),
            " - used - others AS free FROM priced
), taking AS MATERIALIZED (
  SELECT used, charged, limit_value, unit_size, unit_price_micros, cap_cents, price_before,
    CASE WHEN wish <= 0 OR wish <= greatest(free, held) THEN wish WHEN :partly = 1 THEN greatest(free, held, 0) ELSE 0 END AS taken,
    CASE WHEN wish <= 0 OR wish <= greatest(free, held) OR :partly = 1 AND greatest(free, held) > 0 THEN 1 ELSE 0 END AS accepted
  FROM free
), decided AS MATERIALIZED (
  SELECT taking.*, CASE :kind WHEN 'reserve' THEN 0 ELSE taken END AS counted FROM taking
), settled AS MATERIALIZED (
  SELECT taken, accepted, counted, CASE counted WHEN 0 THEN charged ELSE ",
            charged_after!("(used + counted)"),
            " END AS overage FROM decided
)
INSERT INTO usage_events
  (organization_id, id, user_id, subject, feature, event_type, quantity, accepted, plan_id, limit_value, period_start,
   period_end, period_total, lifetime_total, request_hash, request_id, created_at, kind, counted, cost_cents, overage_cents,
   change_number, attributes, key_id, keyed_at, key_of_day, reserved_total",
            columns!($about),
            ")
SELECT tally.organization_id, :event, tally.user_id, tally.subject, tally.feature, tally.event_type, tally.said, settled.accepted,
  tally.plan_id, tally.limit_value, tally.period_start, tally.period_end, tally.used + settled.counted,
  tally.lifetime + settled.counted, :request_hash, :request, :now, CASE WHEN :kind IN ('set', 'release') THEN :kind ELSE 'track' END,
  settled.counted, settled.overage - tally.charged, settled.overage, CASE WHEN settled.counted <> 0 THEN tally.changes + 1 END,
  :attributes, (SELECT used_key.id FROM service_keys used_key WHERE used_key.key_hash = :service_key), keys.keyed_at,
  keys.key_of_day, tally.reserved + CASE WHEN :kind = 'reserve' THEN settled.taken WHEN settled.accepted = 0 THEN tally.held ELSE 0 END",
            values!($about),
            "
FROM tally CROSS JOIN settled CROSS JOIN ",
            keys!($keys),
            " keys
WHERE ",
            is_written!($keys),
            "
ON CONFLICT (organization_id, id) DO NOTHING"
        )
    };
}

/// The statement for most of all events, without what they do not need: a text half as long is planned twice as fast.
pub(super) const PLAIN_EVENT: &str = event!(plain, unkeyed);
pub(super) const PLAIN_EVENT_UNDER_A_KEY: &str = event!(plain, keyed);
/// The one for all others.
pub(super) const EVENT: &str = event!(held, keyed);
