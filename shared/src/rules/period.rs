//! The period that a meter counts in.

use chrono::{Datelike, Months, TimeZone, Utc};

use super::time::Timestamp;

/// A half-open span of time: `start` belongs to it, `end` to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Period {
    /// The calendar month around a moment, from the first at 00:00 UTC. December ends with the year.
    pub fn calendar_month(now: Timestamp) -> Self {
        let date = now.date_time().date_naive();
        let (year, month) = (date.year(), date.month());
        let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        Self { start: first_of(year, month), end: first_of(next_year, next_month) }
    }
}

/// The same day and time of day a month later; the last day of a shorter month (31 January → 28 or 29 February).
pub fn a_month_after(moment: Timestamp) -> Timestamp {
    let later = moment.date_time().checked_add_months(Months::new(1));
    later.map_or(moment, |later| Timestamp(later.timestamp_millis()))
}

fn first_of(year: i32, month: u32) -> Timestamp {
    let first = Utc.with_ymd_and_hms(year, month, 1, 0, 0, 0).single();
    Timestamp(first.map_or(0, |moment| moment.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
    }

    #[test]
    fn a_month_runs_from_its_first_to_the_next_first() {
        for (moment, start, end) in [
            ("2026-02-28T23:59:59.999Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
            ("2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
            ("2025-12-31T23:59:59.999Z", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        ] {
            let period = Period::calendar_month(at(moment));
            assert_eq!(period, Period { start: at(start), end: at(end) }, "{moment}");
        }
    }

    #[test]
    fn december_of_one_year_is_not_december_of_the_next() {
        let one = Period::calendar_month(at("2025-12-15T00:00:00Z"));
        let other = Period::calendar_month(at("2026-12-15T00:00:00Z"));
        assert_ne!(one.start, other.start);
    }

    #[test]
    fn every_moment_lies_in_its_own_month_and_months_join_up() {
        let mut moment = at("1999-12-31T23:59:59.999Z");
        while moment < at("2101-03-02T00:00:00Z") {
            let period = Period::calendar_month(moment);
            assert!(period.start <= moment && moment < period.end);
            assert_eq!(Period::calendar_month(period.end).start, period.end);
            assert_eq!(Period::calendar_month(Timestamp(period.start.0 - 1)).end, period.start);
            moment = Timestamp(moment.0 + 86_399_999);
        }
    }
}
