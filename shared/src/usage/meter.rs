//! The meter that a request is about, in the period of the moment: as a row that a statement can join.

use crate::{
    http::{Call, Refusal, RequestContext},
    rules::{
        period::Period,
        time::{Span, Timestamp},
    },
    store::Statement,
};

/// What a request counts: a meter by its name, or an event type that counts against one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub feature: Option<String>,
    pub event_type: Option<String>,
}

impl Wanted {
    /// What it was called by.
    pub fn name(&self) -> &str {
        self.feature.as_deref().or(self.event_type.as_deref()).unwrap_or_default()
    }

    /// The field that named it.
    pub fn field(&self) -> &'static str {
        match self.feature {
            Some(_) => "feature",
            None => "eventType",
        }
    }
}

/// Reads `feature` or `eventType`, one of the two.
///
/// # Errors
/// [`Refusal::Invalid`] with the field.
pub fn wanted(call: &Call<'_>) -> Result<Wanted, Refusal> {
    let name = |field| call.fields.id(field).map(|id| id.map(str::to_string));
    match (name("feature")?, name("eventType")?) {
        (None, None) => Err(Refusal::invalid("feature", "or `eventType` is required")),
        (Some(_), Some(_)) => Err(Refusal::invalid("eventType", "is given by `feature` already: name one of the two")),
        (feature, event_type) => Ok(Wanted { feature, event_type }),
    }
}

/// The day of the month (from 1) of a moment after 1970, by its milliseconds: Howard Hinnant's `civil_from_days`, in whole
/// numbers alone, since the engines' own calendars have different names.
#[doc(hidden)]
#[macro_export]
macro_rules! day_of_month {
    ($moment:literal) => {
        concat!(
            "(SELECT doy - (153 * ((5 * doy + 2) / 153) + 2) / 5 + 1
      FROM (SELECT doe - (365 * yoe + yoe / 4 - yoe / 100) AS doy
        FROM (SELECT doe, (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365 AS yoe
          FROM (SELECT (",
            $moment,
            " / 86400000 + 719468) % 146097 AS doe) of_era) of_year) of_month)"
        )
    };
}

/// The `membership`'s month as the row `billing` (`period_start`, `period_end`): what Stripe or a trial gave, where it is no
/// longer than a month and holds the moment; else the month around the moment, counted from the border that was given. So
/// a year that was paid has twelve of them, and a period that nobody renews goes on by itself. A border on the last of a
/// short month says less than the other one: the later day of the two is the anchor's. (Materialized, so that no engine puts
/// one step's expressions into the next one's: planning them would cost more than all else.)
#[doc(hidden)]
#[macro_export]
macro_rules! billing_month {
    () => {
        concat!(
            "days AS MATERIALIZED (
  SELECT membership.current_period_start AS given_start, membership.current_period_end AS given_end, ",
            $crate::day_of_month!("membership.current_period_start"),
            " AS started, ",
            $crate::day_of_month!("membership.current_period_end"),
            " AS ended
  FROM membership
), anchor AS MATERIALIZED (
  SELECT given_start, given_end, given_start % 86400000 AS time, CASE WHEN started > ended THEN started ELSE ended END AS day,
    CASE WHEN given_start <= :now AND :now < given_end AND given_end - given_start <= 2764800000 THEN 1 ELSE 0 END AS is_given
  FROM days
), counted AS MATERIALIZED (
  SELECT is_given, given_start, given_end,
    :first_previous + time + 86400000 * (CASE WHEN day < :days_previous THEN day ELSE :days_previous END - 1) AS previous,
    :first_this + time + 86400000 * (CASE WHEN day < :days_this THEN day ELSE :days_this END - 1) AS this,
    :first_next + time + 86400000 * (CASE WHEN day < :days_next THEN day ELSE :days_next END - 1) AS next
  FROM anchor
), billing AS MATERIALIZED (
  SELECT CASE WHEN is_given = 1 THEN given_start WHEN this <= :now THEN this ELSE previous END AS period_start,
    CASE WHEN is_given = 1 THEN given_end WHEN this <= :now THEN next ELSE this END AS period_end
  FROM counted
)"
        )
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

/// The name of the feature that a request wants.
#[doc(hidden)]
#[macro_export]
macro_rules! wanted_feature {
    () => {
        "COALESCE(:feature, (SELECT counted.feature FROM event_types counted WHERE counted.event_type = :event_type))"
    };
}

/// Binds the months around the moment, which `billing_month!` and `meter_period!` name.
pub fn with_months(statement: Statement, now: Timestamp) -> Statement {
    let this = Period::calendar_month(now);
    let previous = Period::calendar_month(Timestamp(this.start.0 - 1));
    let next = Period::calendar_month(this.end);
    let days = |month: Period| (month.end.0 - month.start.0) / Span::days(1).0;
    statement
        .with("first_previous", previous.start)
        .with("first_this", this.start)
        .with("first_next", next.start)
        .with("days_previous", days(previous))
        .with("days_this", days(this))
        .with("days_next", days(next))
}

/// Binds what a statement about a wanted meter names.
pub fn with_meter(statement: Statement, wanted: &Wanted, context: &RequestContext) -> Statement {
    with_months(statement, context.now)
        .with("feature", wanted.feature.as_deref())
        .with("event_type", wanted.event_type.as_deref())
}
