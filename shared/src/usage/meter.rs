//! The meter that a request is about, in the period of the moment: as a row that a statement can join.

use crate::{
    http::{Fields, Refusal, RequestContext},
    rules::{
        period::Period,
        time::{Span, Timestamp},
    },
    store::Statement,
};

/// What a request counts: a meter by its name, an event type that counts against one, or what a reservation holds room of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub feature: Option<String>,
    pub event_type: Option<String>,
    pub reservation: Option<String>,
}

impl Wanted {
    pub fn feature(name: &str) -> Self {
        Self { feature: Some(name.to_string()), ..Self::default() }
    }

    pub fn event_type(name: &str) -> Self {
        Self { event_type: Some(name.to_string()), ..Self::default() }
    }

    pub fn reservation(id: &str) -> Self {
        Self { reservation: Some(id.to_string()), ..Self::default() }
    }

    /// What it was called by.
    pub fn name(&self) -> &str {
        let names = [&self.feature, &self.event_type, &self.reservation];
        names.into_iter().flatten().next().map(String::as_str).unwrap_or_default()
    }

    /// The field that named it.
    pub fn field(&self) -> &'static str {
        match (&self.feature, &self.event_type) {
            (Some(_), _) => "feature",
            (None, Some(_)) => "eventType",
            (None, None) => "reservation",
        }
    }
}

/// Reads `feature` or `eventType`, one of the two.
///
/// # Errors
/// [`Refusal::Invalid`] with the field.
pub fn wanted(fields: &Fields) -> Result<Wanted, Refusal> {
    let name = |field| fields.id(field).map(|id| id.map(str::to_string));
    match (name("feature")?, name("eventType")?) {
        (None, None) => Err(Refusal::invalid("feature", "or `eventType` is required")),
        (Some(_), Some(_)) => Err(Refusal::invalid("eventType", "is given by `feature` already: name one of the two")),
        (feature, event_type) => Ok(Wanted { feature, event_type, reservation: None }),
    }
}

/// The day of the month (from 1) of a moment after 1970, by its milliseconds, in whole numbers alone, since the engines' own
/// calendars have different names: Cassio Neri and Lorenz Schneider, "Euclidean affine functions and their application to
/// calendar algorithms" (2022), figure 12. Each step has the one before it once, so that it stays one short expression.
#[doc(hidden)]
#[macro_export]
macro_rules! day_of_month {
    ($moment:literal) => {
        concat!(
            "((2141 * ((4 * ((4 * (",
            $moment,
            " / 86400000 + 719468) + 3) % 146097 / 4) + 3) % 1461 / 4) + 197913) % 65536 / 2141 + 1)"
        )
    };
}

/// The border in a month that begins at `:first_…` and has `:days_…`, beside the anchor's `day` and `time`.
#[doc(hidden)]
#[macro_export]
macro_rules! border {
    ($first:literal, $days:literal) => {
        concat!($first, " + time + 86400000 * (least(day, ", $days, ") - 1)")
    };
}

/// The `membership`'s month as the row `billing` (`period_start`, `period_end`): what Stripe or a trial gave, where it is no
/// longer than a month and holds the moment; else the month around the moment, counted from the border that was given. So
/// a year that was paid has twelve of them, and a period that nobody renews goes on by itself. A border on the last of a
/// short month says less than the other one: the later day of the two is the anchor's. (Materialized, so that no engine puts
/// one step's expressions into the next one's: planning them would cost more than all else.)
///
/// `billing_month!(late)` has `previous_start` beside them, where the month before begins.
#[doc(hidden)]
#[macro_export]
macro_rules! billing_month {
    () => {
        concat!($crate::billing_month!(anchor), $crate::border!(":first_next", ":days_next"), " AS next
  FROM anchor
), billing AS MATERIALIZED (
  SELECT ", $crate::billing_month!(borders), "
  FROM counted
)")
    };
    (late) => {
        concat!($crate::billing_month!(anchor), $crate::border!(":first_next", ":days_next"), " AS next,
    ", $crate::border!(":first_before", ":days_before"), " AS before
  FROM anchor
), bounded AS MATERIALIZED (
  SELECT this, previous, before, ", $crate::billing_month!(borders), "
  FROM counted
), billing AS MATERIALIZED (
  SELECT period_start, period_end,
    CASE WHEN this < period_start THEN this WHEN previous < period_start THEN previous ELSE before END AS previous_start
  FROM bounded
)")
    };
    (anchor) => {
        concat!(
            "anchor AS MATERIALIZED (
  SELECT current_period_start AS given_start, current_period_end AS given_end, current_period_start % 86400000 AS time,
    greatest(", $crate::day_of_month!("current_period_start"), ", ", $crate::day_of_month!("current_period_end"), ") AS day
  FROM membership
), counted AS MATERIALIZED (
  SELECT given_start, given_end,
    CASE WHEN given_start <= :now AND :now < given_end AND given_end - given_start <= 2764800000 THEN 1 ELSE 0 END AS is_given,
    ", $crate::border!(":first_previous", ":days_previous"), " AS previous,
    ", $crate::border!(":first_this", ":days_this"), " AS this,
    "
        )
    };
    (borders) => {
        "CASE WHEN is_given = 1 THEN given_start WHEN this <= :now THEN this ELSE previous END AS period_start,
    CASE WHEN is_given = 1 THEN given_end WHEN this <= :now THEN next ELSE this END AS period_end"
    };
}

/// Of a row `feature` of `plan_features` beside `billing`: when its period begins, and when it ends (NULL: never).
#[doc(hidden)]
#[macro_export]
macro_rules! meter_period {
    () => {
        "CASE feature.reset WHEN 'calendar_month' THEN :first_this WHEN 'billing_period' THEN billing.period_start ELSE 0 END AS period_start,
    CASE feature.reset WHEN 'calendar_month' THEN :first_next WHEN 'billing_period' THEN billing.period_end END AS period_end"
    };
}

/// The same of the period that a moment (`:occurred_at` unless said otherwise) lies in: of the period before, as long as that takes what is late
/// (`:late` milliseconds after its end). That one begins where its counter says, else a month before.
#[doc(hidden)]
#[macro_export]
macro_rules! period_of_event {
    () => {
        $crate::period_of_event!(":occurred_at")
    };
    ($moment:literal) => {
        concat!(
            "CASE
      WHEN feature.reset = 'calendar_month' AND ",
            $moment,
            " < :first_this AND ",
            $moment,
            " >= :first_previous AND :now < :first_this + :late THEN :first_previous
      WHEN feature.reset = 'calendar_month' THEN :first_this
      WHEN feature.reset = 'billing_period' AND ",
            $moment,
            " < billing.period_start AND :now < billing.period_start + :late THEN COALESCE((
          SELECT CASE WHEN MAX(earlier.period_start) IS NULL THEN NULL WHEN ",
            $moment,
            " >= MAX(earlier.period_start) THEN MAX(earlier.period_start) ELSE billing.period_start END
          FROM usage_counters earlier WHERE earlier.organization_id = membership.organization_id
            AND earlier.feature = feature.feature AND earlier.period_start < billing.period_start
            AND earlier.period_start >= billing.previous_start),
          CASE WHEN ",
            $moment,
            " >= billing.previous_start THEN billing.previous_start ELSE billing.period_start END)
      WHEN feature.reset = 'billing_period' THEN billing.period_start
      ELSE 0 END AS period_start,
    CASE
      WHEN feature.reset = 'calendar_month' THEN :first_this
      WHEN feature.reset = 'billing_period' THEN billing.period_start END AS current_start,
    CASE feature.reset WHEN 'calendar_month' THEN :first_next WHEN 'billing_period' THEN billing.period_end END AS current_end"
        )
    };
}

/// The name of the feature that the `membership`'s request wants.
#[doc(hidden)]
#[macro_export]
macro_rules! wanted_feature {
    () => {
        "COALESCE(:feature,
    (SELECT counted.feature FROM event_types counted WHERE counted.event_type = :event_type),
    (SELECT held.feature FROM usage_reservations held
      WHERE held.organization_id = membership.organization_id AND held.id = :reservation))"
    };
}

/// Binds the months around the moment, which `billing_month!` and `meter_period!` name.
pub fn with_months(statement: Statement, now: Timestamp) -> Statement {
    let this = Period::calendar_month(now);
    let previous = Period::calendar_month(Timestamp(this.start.0 - 1));
    let before = Period::calendar_month(Timestamp(previous.start.0 - 1));
    let next = Period::calendar_month(this.end);
    let days = |month: Period| (month.end.0 - month.start.0) / Span::days(1).0;
    statement
        .with("first_before", before.start)
        .with("first_previous", previous.start)
        .with("first_this", this.start)
        .with("first_next", next.start)
        .with("days_before", days(before))
        .with("days_previous", days(previous))
        .with("days_this", days(this))
        .with("days_next", days(next))
}

/// Binds what a statement about a wanted meter names.
pub fn with_meter(statement: Statement, wanted: &Wanted, context: &RequestContext) -> Statement {
    with_months(statement, context.now)
        .with("feature", wanted.feature.as_deref())
        .with("event_type", wanted.event_type.as_deref())
        .with("reservation", wanted.reservation.as_deref())
}
