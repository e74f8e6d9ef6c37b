//! Moments and spans, in whole milliseconds.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

/// Milliseconds since the epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A span of time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub i64);

impl Span {
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1_000)
    }

    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes * 60)
    }

    /// Days of exactly 24 hours: a trial of 7 days ends at the same UTC time of day.
    pub const fn days(days: i64) -> Self {
        Self::minutes(days * 24 * 60)
    }
}

impl Timestamp {
    /// As chrono knows it; the epoch for a moment outside chrono's 260 000 years.
    pub fn date_time(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// From seconds since the epoch; `None` outside chrono's 260 000 years. Within them a moment is a whole number to JavaScript too
    /// (below 2^53).
    pub fn of_seconds(seconds: i64) -> Option<Self> {
        DateTime::from_timestamp(seconds, 0).map(|moment| Self(moment.timestamp_millis()))
    }

    /// A moment as RFC 3339 writes it, which Postgres does in JSON too; what is below a millisecond is cut off.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = DateTime::parse_from_rfc3339(text).ok()?;
        Some(Self(moment.timestamp_millis()))
    }

    /// The first millisecond of its day, UTC.
    pub fn start_of_day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(Span::days(1).0))
    }

    /// ISO 8601, UTC, with milliseconds: the form of all times in replies.
    pub fn iso(self) -> String {
        self.date_time().to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

impl std::ops::Add<Span> for Timestamp {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl std::ops::Sub<Span> for Timestamp {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_iso_8601_utc_with_milliseconds() {
        assert_eq!(Timestamp(0).iso(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp(1_767_225_599_999).iso(), "2025-12-31T23:59:59.999Z");
    }

    #[test]
    fn moments_are_read_as_other_systems_write_them() {
        for text in [
            "2026-03-10T12:00:00.123Z",
            "2026-03-10T12:00:00.123456Z",
            "2026-03-10T12:00:00.123456+00:00",
            "2026-03-10T14:00:00.123999999+02:00",
        ] {
            assert_eq!(Timestamp::parse(text), Some(Timestamp(1_773_144_000_123)), "{text}");
        }
        assert_eq!(Timestamp::parse("0001-01-01T00:00:00Z").map(|moment| moment.0 < 0), Some(true));
        for text in ["", "infinity", "2026-03-10", "2026-03-10T12:00:00", "2026-02-30T12:00:00Z", "1773144000"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_beyond_the_calendar_are_no_moment() {
        assert_eq!(Timestamp::of_seconds(-1), Some(Timestamp(-1_000)));
        let late = Timestamp::of_seconds(8_000_000_000_000).unwrap();
        assert!(late.0 < 1 << 53 && late.date_time().timestamp() == 8_000_000_000_000);
        for seconds in [9_000_000_000_000, -9_000_000_000_000, i64::MAX, i64::MIN] {
            assert_eq!(Timestamp::of_seconds(seconds), None, "{seconds}");
        }
    }

    #[test]
    fn a_moment_beyond_the_calendar_does_not_panic() {
        assert_eq!((Timestamp(i64::MAX) + Span::days(1)).iso(), "1970-01-01T00:00:00.000Z");
    }
}
