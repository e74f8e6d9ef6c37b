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
    counted_meters, holds_room, is_counted_person, keys_had, lifetime, newest_keyed, next_keyed, refusals_left,
    reserved,
};
