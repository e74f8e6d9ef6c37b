//! The answer to a request about a meter, read after what it has done.

use super::{
    consume::LATE,
    following::following_rows,
    pieces::{former, granted, holds_room, is_counted_person, keys_had, lifetime, plan_then, reserved},
    standing::Upgrade,
    with_meter, MeterStanding, Wanted,
};
use crate::{
    billing_month,
    http::{BatchRows, Refusal, RequestContext},
    meter_period, overridden_limit, period_of_event,
    rules::time::{Span, Timestamp},
    scoped,
    store::{Row, Statement, StoreError},
    wanted_feature,
};

/// What an answer says of its meter's period, where that is the one of `now`, and where it is the one `then`.
macro_rules! period {
    (month now) => {
        billing_month!()
    };
    (month then) => {
        concat!(billing_month!(late), ", ", former!())
    };
    (rows now) => {
        "membership CROSS JOIN billing CROSS JOIN wanted"
    };
    (rows then) => {
        "membership CROSS JOIN billing CROSS JOIN former CROSS JOIN wanted"
    };
    (plan now) => {
        "membership.plan_id"
    };
    (plan then) => {
        plan_then!(":occurred_at", "wanted.name")
    };
    (is_late now) => {
        "0"
    };
    (is_late then) => {
        "CASE WHEN meter.period_start < meter.current_start THEN 1 ELSE 0 END"
    };
    (granted now) => {
        granted!("meter", ":now")
    };
    (granted then) => {
        granted!(
            "meter",
            "CASE WHEN meter.period_start < meter.current_start THEN meter.current_start - 1 ELSE :now END"
        )
    };
    (overridden now) => {
        overridden_limit!("meter", "meter", ":now")
    };
    (overridden then) => {
        overridden_limit!(
            "meter",
            "meter",
            "CASE WHEN meter.period_start < meter.current_start THEN meter.current_start - 1 ELSE :now END"
        )
    };
    (of_event now) => {
        meter_period!()
    };
    (of_event then) => {
        period_of_event!()
    };
    (end now) => {
        "meter.period_end"
    };
    (end then) => {
        "CASE WHEN meter.period_start < meter.current_start THEN meter.current_start ELSE meter.current_end END"
    };
    (reserved now) => {
        reserved!("meter")
    };
    (reserved then) => {
        concat!("CASE WHEN meter.period_start < meter.current_start THEN 0 ELSE ", reserved!("meter"), " END")
    };
}

/// The meter as it stands, beside the ledger's row where there is one: the answer that was given under a key, by the terms of
/// the plan that it was given on.
macro_rules! answer {
    ($period:ident) => {
        scoped!(
    ", ",
    period!(month $period),
    ", wanted AS MATERIALIZED (SELECT ",
    wanted_feature!(),
    " AS name FROM membership), meter AS MATERIALIZED (
  SELECT membership.organization_id, membership.user_id, feature.feature, feature.kind, feature.value, feature.limit_value,
    feature.reset, feature.unit_size, feature.is_distinct, feature.unit_price_micros, feature.cap_cents, feature.stops_at_cap,
    wanted.name AS wanted, event.id AS event_id, event.accepted, event.kind AS event_kind, event.quantity,
    COALESCE(event.counted, event.quantity * event.accepted) AS counted, event.cost_cents, event.request_hash, event.request_id,
    event.period_total, event.lifetime_total, event.overage_cents AS charged_then, event.limit_value AS limit_then,
    event.period_end AS period_end_then, event.plan_id AS plan_then, event.reserved_total AS reserved_then,
    event.reserved_quantity, ",
    period!(of_event $period),
    "
  FROM ",
    period!(rows $period),
    "
  LEFT JOIN usage_events event ON event.organization_id = membership.organization_id AND event.id = :event
    AND membership.role_rank >= 2
  LEFT JOIN plan_features feature ON feature.feature = wanted.name AND feature.plan_id = COALESCE(event.plan_id, ",
    period!(plan $period),
    ")
)
SELECT meter.wanted, meter.feature, meter.kind, meter.value, COALESCE(",
    period!(overridden $period),
    ", meter.limit_value) AS limit_value, meter.reset, meter.unit_size, meter.is_distinct,
  meter.unit_price_micros, meter.cap_cents, meter.stops_at_cap, meter.period_start,
  ",
    period!(end $period),
    " AS period_end,
  COALESCE(counter.quantity, 0) AS used, COALESCE(counter.overage_cents, 0) AS charged,
  ",
    period!(reserved $period),
    " AS reserved,
  CASE WHEN meter.event_id IS NOT NULL THEN meter.lifetime_total ELSE ",
    lifetime!("meter"),
    " END AS lifetime,
  CASE WHEN meter.event_id IS NULL THEN ",
    period!(granted $period),
    " ELSE 0 END AS granted,
  ",
    period!(is_late $period),
    " AS is_late,
  meter.event_id, meter.accepted, meter.event_kind, meter.quantity, meter.counted, meter.cost_cents, meter.request_hash,
  meter.period_total, meter.charged_then, meter.limit_then, meter.period_end_then, meter.plan_then, meter.reserved_then,
  meter.reserved_quantity,
  CASE WHEN meter.request_id = :request THEN 0 ELSE 1 END AS is_replayed,
  CASE WHEN meter.is_distinct = 1 AND ",
    is_counted_person!("meter", "COALESCE(:subject, meter.user_id)"),
    " THEN 1 ELSE 0 END AS is_known_person,
  CASE WHEN meter.feature IS NULL AND EXISTS (
    SELECT 1 FROM plans other JOIN plan_features has ON has.plan_id = other.id AND has.feature = meter.wanted) THEN 1 ELSE 0 END AS is_elsewhere,
  COALESCE((SELECT typed.weight FROM event_types typed WHERE typed.event_type = :event_type), 1) AS weight,
  CASE WHEN meter.event_id IS NULL THEN (SELECT most_refused_keys_a_day FROM catalog_settings WHERE id = 1) END AS most_refused_keys,
  CASE WHEN meter.event_id IS NULL AND :event LIKE 'key:%' THEN (
    SELECT settings.most_keys_a_day FROM catalog_settings settings WHERE settings.id = 1 AND settings.most_keys_a_day <= ",
    keys_had!("meter"),
    ") END AS most_keys
FROM meter
LEFT JOIN usage_counters counter ON counter.organization_id = meter.organization_id AND counter.feature = meter.feature
  AND counter.period_start = meter.period_start AND meter.kind = 'meter'"
)
    };
}

/// Of the period of now, and of the one that something happened in.
const ANSWER: &str = answer!(now);
const ANSWER_OF_THEN: &str = answer!(then);

/// The reservation that the event is about, or that the request names; `is_theirs`: whoever asks may settle it.
const RESERVATION: &str = scoped!(
    "SELECT held.id, held.feature, held.quantity, held.created_at, held.expires_at, held.settled_as, held.counted,
  CASE WHEN membership.user_id IS NULL OR held.user_id = membership.user_id OR membership.role_rank >= 3 THEN 1 ELSE 0 END AS is_theirs,
  (SELECT COUNT(*) FROM call_logs call WHERE call.organization_id = held.organization_id AND call.id = held.id) AS is_call
FROM membership
JOIN usage_reservations held ON held.organization_id = membership.organization_id AND held.id = COALESCE((
  SELECT event.reservation_id FROM usage_events event
  WHERE event.organization_id = membership.organization_id AND event.id = :event), :reservation)"
);

/// How many reservations hold room of the meter, and how many may.
const OPEN_RESERVATIONS: &str = scoped!(
    "SELECT settings.most_open_reservations AS most, (
  SELECT COUNT(*) FROM usage_reservations held
  WHERE held.organization_id = membership.organization_id AND held.feature = ",
    wanted_feature!(),
    " AND ",
    holds_room!("held"),
    ") AS open
FROM membership JOIN catalog_settings settings ON settings.id = 1"
);

/// The statement that reads the answer.
pub fn answer(
    event: &str,
    wanted: &Wanted,
    subject: Option<&str>,
    occurred_at: Option<Timestamp>,
    context: &RequestContext,
) -> Statement {
    let text = if occurred_at.is_some() { ANSWER_OF_THEN } else { ANSWER };
    with_meter(Statement::new("answer", text), wanted, context)
        .with("event", event)
        .with("subject", subject)
        .with("occurred_at", occurred_at)
        .with("late", LATE.0)
        .with("day", context.now.start_of_day())
}

/// The statement that reads the reservation.
pub fn reservation(event: &str, wanted: &Wanted) -> Statement {
    Statement::new("held", RESERVATION).with("event", event).with("reservation", wanted.reservation.as_deref())
}

/// The statement that counts those that hold room.
pub fn open_reservations(wanted: &Wanted, context: &RequestContext) -> Statement {
    with_meter(Statement::new("open", OPEN_RESERVATIONS), wanted, context)
}

/// The statement that reads how a meter stands, without any event.
pub fn standing_of(wanted: &Wanted, context: &RequestContext) -> Statement {
    answer("", wanted, None, None, context)
}

/// The refusal of one key more than an organization may use in a day.
pub(super) fn too_many_keys(most: i64, now: Timestamp) -> Refusal {
    let tomorrow = now.start_of_day() + Span::days(1);
    Refusal::catalog_limit("keys_a_day", most, Some(tomorrow), "requests under an idempotency key a day")
}

/// The ledger's row, as an answer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSeen {
    pub id: String,
    pub accepted: bool,
    pub quantity: i64,
    /// What it did to the meter, in what is counted.
    pub counted: i64,
    pub cost_cents: i64,
    pub request_hash: String,
    /// What a reservation held of it, in what is counted.
    pub reserved_quantity: Option<i64>,
    /// It was written by an earlier request under the same key.
    pub is_replayed: bool,
}

/// What the answer says.
#[derive(Clone, Debug)]
pub struct Answered {
    pub event: Option<EventSeen>,
    /// The feature's name, also where an event type was asked for; `None`: nothing is called so.
    pub wanted: Option<String>,
    /// `None`: the plan does not have it.
    pub kind: Option<String>,
    /// A flag's or config's value, as the tables hold it.
    pub value: Option<String>,
    /// All that was ever counted: at the event, else by now.
    pub lifetime: i64,
    /// As it was at the event; else as it is. `None` for what is no meter.
    pub standing: Option<MeterStanding>,
    pub reset: Option<String>,
    pub period_start: Timestamp,
    pub is_distinct: bool,
    /// A distinct meter has counted this person before.
    pub is_known_person: bool,
    /// It is of a period that is over.
    is_late: bool,
    /// Another plan has the feature.
    pub is_elsewhere: bool,
    /// How much one of what was asked for counts.
    pub weight: i64,
    most_refused_keys: i64,
    /// The catalog's limit of keys a day, where it is reached.
    most_keys: Option<i64>,
    pub plan_then: Option<String>,
}

impl Answered {
    /// # Errors
    /// A fault in reading the rows.
    pub fn read(found: &BatchRows<'_>) -> Result<Self, Refusal> {
        found.stored(Self::of(found.only("answer")?))
    }

    fn of(row: &Row) -> Result<Self, StoreError> {
        let event = match row.optional_text("event_id")? {
            Some(id) => Some(EventSeen {
                id: id.to_string(),
                accepted: row.flag("accepted")?,
                quantity: row.integer("quantity")?,
                counted: row.integer("counted")?,
                cost_cents: row.integer("cost_cents")?,
                request_hash: row.text("request_hash")?.to_string(),
                reserved_quantity: row.optional_integer("reserved_quantity")?,
                is_replayed: row.flag("is_replayed")?,
            }),
            None => None,
        };
        let kind = row.optional_text("kind")?.map(str::to_string);
        let standing = match (&event, kind.as_deref()) {
            (None, Some("meter")) => Some(MeterStanding::read(row)?),
            (None, _) => None,
            (Some(_), _) => Some(MeterStanding::then(row, kind.as_deref() == Some("meter"))?),
        };
        Ok(Self {
            event,
            wanted: row.optional_text("wanted")?.map(str::to_string),
            kind,
            value: row.optional_text("value")?.map(str::to_string),
            lifetime: row.integer("lifetime")?,
            standing,
            reset: row.optional_text("reset")?.map(str::to_string),
            period_start: row.timestamp("period_start")?,
            is_distinct: row.optional_integer("is_distinct")? == Some(1),
            is_known_person: row.flag("is_known_person")?,
            is_late: row.flag("is_late")?,
            is_elsewhere: row.flag("is_elsewhere")?,
            weight: row.integer("weight")?,
            most_refused_keys: row.optional_integer("most_refused_keys")?.unwrap_or_default(),
            most_keys: row.optional_integer("most_keys")?,
            plan_then: row.optional_text("plan_then")?.map(str::to_string),
        })
    }

    /// The refusal of one more under a key, where as many as the catalog lets were used, or refused and remembered, today.
    pub fn no_more_keys(&self, now: Timestamp) -> Refusal {
        if let Some(most) = self.most_keys {
            return too_many_keys(most, now);
        }
        let tomorrow = now.start_of_day() + Span::days(1);
        let what = "refused requests under a key a day";
        Refusal::catalog_limit("refused_keys_a_day", self.most_refused_keys, Some(tomorrow), what)
    }

    /// The plans that would allow so many more; none of a period that is over.
    ///
    /// # Errors
    /// A fault in reading the rows.
    pub fn upgrades(&self, found: &BatchRows<'_>, quantity: i64) -> Result<Vec<Upgrade>, Refusal> {
        if self.is_late {
            return Ok(Vec::new());
        }
        let rows = following_rows(found, "plan")?.into_iter();
        let plans = rows.map(|row| Upgrade::read(row, self.standing.as_ref(), quantity));
        let plans = plans.collect::<Result<Vec<_>, StoreError>>();
        Ok(found.stored(plans)?.into_iter().flatten().collect())
    }
}
