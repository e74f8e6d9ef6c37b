//! Pieces of SQL that several of these statements share, each about rows that its arguments name.

/// Of a reservation: it holds room.
macro_rules! holds_room {
    ($reservation:literal) => {
        concat!($reservation, ".settled_at IS NULL AND ", $reservation, ".expires_at > :now")
    };
}

/// What all reservations of a row's `organization_id` and `feature` hold, in what is counted.
macro_rules! reserved {
    ($meter:literal) => {
        concat!(
            "COALESCE((SELECT CAST(SUM(holding.quantity) AS BIGINT) FROM usage_reservations holding
      WHERE holding.organization_id = ",
            $meter,
            ".organization_id AND holding.feature = ",
            $meter,
            ".feature AND ",
            $crate::usage::pieces::holds_room!("holding"),
            "), 0)"
        )
    };
}

/// What was granted of a row's meter beside its plan's limit, as it held at a moment: in units.
macro_rules! granted {
    ($meter:literal, $moment:expr) => {
        concat!(
            "COALESCE((SELECT CAST(SUM(more.quantity) AS BIGINT) FROM usage_grants more
      WHERE more.organization_id = ",
            $meter,
            ".organization_id AND more.ends_at > ",
            $moment,
            " AND more.feature = ",
            $meter,
            ".feature AND more.starts_at <= ",
            $moment,
            "), 0)"
        )
    };
}

/// The limit that a row's meter has at a moment: its plan's or what overrides it, and what was granted. (Unlimited it stays.)
macro_rules! granted_limit {
    ($meter:literal, $moment:expr) => {
        concat!(
            "COALESCE(",
            $crate::overridden_limit!(
                $meter,
                $meter,
                $moment,
                concat!(
                    "CASE WHEN given.limit_value < 0 THEN given.limit_value ELSE given.limit_value + ",
                    $crate::usage::pieces::granted!($meter, $moment),
                    " END"
                )
            ),
            ", CASE WHEN ",
            $meter,
            ".plan_limit < 0 THEN ",
            $meter,
            ".plan_limit ELSE ",
            $meter,
            ".plan_limit + ",
            $crate::usage::pieces::granted!($meter, $moment),
            " END)"
        )
    };
}

/// The row `former`: the plans that the `membership`'s organization was on when the months before ended, beside `billing`; NULL
/// where that is its plan of now. `told_before` says whether something happened before a moment.
macro_rules! former {
    () => {
        $crate::usage::pieces::former!(":occurred_at < ")
    };
    ($told_before:literal) => {
        concat!(
            "former AS MATERIALIZED (
  SELECT CASE WHEN ",
            $told_before,
            ":first_this THEN ",
            $crate::usage::pieces::plan_until!(":first_this"),
            " END AS of_month,
    CASE WHEN ",
            $told_before,
            "billing.period_start THEN ",
            $crate::usage::pieces::plan_until!("billing.period_start"),
            " END AS of_billing
  FROM membership CROSS JOIN billing
)"
        )
    };
}

/// The plan that was left for another one first, from a moment on.
macro_rules! plan_until {
    ($moment:literal) => {
        concat!(
            "(
      SELECT was.plan_id FROM former_plans was WHERE was.organization_id = membership.organization_id AND was.ended_at >= ",
            $moment,
            "
      ORDER BY was.ended_at LIMIT 1)"
        )
    };
}

/// The plan whose terms something meets that happened at a moment, of the feature so called: of a period that is over the plan
/// that it ended with, also where that one counts the meter by other periods, or has none; else the plan of now.
macro_rules! plan_then {
    ($moment:literal, $feature:literal) => {
        $crate::usage::pieces::plan_then!($moment, $feature, "")
    };
    ($moment:literal, $feature:literal, $else_when:expr) => {
        concat!(
            "CASE WHEN former.of_billing IS NOT NULL AND ",
            $moment,
            " < billing.period_start AND EXISTS (
      SELECT 1 FROM plan_features either WHERE either.plan_id IN (membership.plan_id, former.of_billing)
        AND either.feature = ",
            $feature,
            " AND either.reset = 'billing_period') THEN former.of_billing
    WHEN former.of_month IS NOT NULL AND ",
            $moment,
            " < :first_this AND EXISTS (
      SELECT 1 FROM plan_features either WHERE either.plan_id IN (membership.plan_id, former.of_month)
        AND either.feature = ",
            $feature,
            " AND either.reset = 'calendar_month') THEN former.of_month
    ",
            $else_when,
            "ELSE membership.plan_id END"
        )
    };
}

/// All that was ever counted of a row's meter, beside the `counter` of its `period_start`.
macro_rules! lifetime {
    ($meter:literal) => {
        concat!(
            "CASE WHEN ",
            $meter,
            ".period_start = 0 THEN COALESCE(counter.quantity, 0)
    ELSE COALESCE((SELECT CAST(SUM(ever.quantity) AS BIGINT) FROM usage_counters ever
      WHERE ever.organization_id = ",
            $meter,
            ".organization_id AND ever.feature = ",
            $meter,
            ".feature AND ever.period_start > 0), 0) END"
        )
    };
}

/// Whether a distinct meter has counted somebody in a row's period.
macro_rules! is_counted_person {
    ($meter:literal, $subject:literal) => {
        concat!(
            "EXISTS (
      SELECT 1 FROM usage_people known WHERE known.organization_id = ",
            $meter,
            ".organization_id AND known.feature = ",
            $meter,
            ".feature AND known.period_start = ",
            $meter,
            ".period_start AND known.subject = ",
            $subject,
            ")"
        )
    };
}

/// How many refusals under a key may still be remembered today for a row's organization.
macro_rules! refusals_left {
    ($row:literal) => {
        concat!(
            "((SELECT most_refused_keys_a_day FROM catalog_settings WHERE id = 1) - (
  SELECT CASE kept.refused_keys_day WHEN :day THEN kept.refused_keys ELSE 0 END FROM organizations kept WHERE kept.id = ",
            $row,
            ".organization_id))"
        )
    };
}

/// How many events under a key a row's organization has had today: the newest of them says which one of its day it is.
macro_rules! keys_had {
    ($row:literal) => {
        concat!(
            "COALESCE(",
            $crate::usage::pieces::newest_keyed!($row, "CASE WHEN newest.keyed_at >= :day THEN newest.key_of_day END"),
            ", 0)"
        )
    };
}

/// Something of the newest event under a key of a row's organization: one look into the index of them.
macro_rules! newest_keyed {
    ($row:literal, $value:literal) => {
        concat!(
            "(SELECT ",
            $value,
            " FROM usage_events newest WHERE newest.organization_id = ",
            $row,
            ".organization_id AND newest.keyed_at IS NOT NULL
    ORDER BY newest.keyed_at DESC LIMIT 1)"
        )
    };
}

/// The moment of the next event under a key: each is later than the one before it, also where clocks differ, so that the
/// newest is one.
macro_rules! next_keyed {
    ($row:literal) => {
        concat!(
            "COALESCE(",
            $crate::usage::pieces::newest_keyed!(
                $row,
                "CASE WHEN newest.keyed_at >= :now THEN newest.keyed_at + 1 ELSE :now END"
            ),
            ", :now)"
        )
    };
}

/// The event that this very request has written, if it counts; or those of a whole batch, whose ids are rows of `:ids`.
#[doc(hidden)]
#[macro_export]
macro_rules! counted_event {
    () => {
        "FROM tenant
JOIN usage_events event ON event.organization_id = tenant.organization_id AND event.id = :event
  AND event.request_id = :request AND event.accepted = 1"
    };
    (all) => {
        "FROM tenant
JOIN usage_events event ON event.organization_id = tenant.organization_id
  AND event.id IN (SELECT item.value ->> 'id' FROM json_each(:ids) item)
  AND event.request_id = :request AND event.accepted = 1"
    };
}

/// The meters, in their periods, that a whole batch has counted.
macro_rules! counted_meters {
    () => {
        concat!(
            "(SELECT DISTINCT event.organization_id, event.feature, event.period_start ",
            $crate::counted_event!(all),
            ")"
        )
    };
}

pub(super) use {
    counted_meters, former, granted, granted_limit, holds_room, is_counted_person, keys_had, lifetime, newest_keyed,
    next_keyed, plan_then, plan_until, refusals_left, reserved,
};
