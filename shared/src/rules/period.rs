//! The periods that meters count in and that subscriptions are billed by.

use chrono::{DateTime, Datelike, Months, TimeZone, Utc};
use serde::{Deserialize, Serialize};

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

    /// The period around `at` of those whose borders are counted from an anchor (docs.stripe.com, "Billing cycle
    /// anchor"). Periods go on before the anchor as they do after it, so every moment has one. A moment outside
    /// chrono's 260 000 years counts as the epoch.
    pub fn anchored(anchor: Timestamp, interval: Interval, at: Timestamp) -> Self {
        let at = Timestamp(at.date_time().timestamp_millis());
        let months = month_number(at) - month_number(anchor);
        // The border of this number lies in the month of `at` or before it, and the next one in a later month.
        let border = months.div_euclid(i64::from(interval.months()));
        let index = if interval.after(anchor, border) <= at { border } else { border - 1 };
        Self { start: interval.after(anchor, index), end: interval.after(anchor, index + 1) }
    }
}

/// How often a price is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    Month,
    Year,
}

impl Interval {
    pub const ALL: [Self; 2] = [Self::Month, Self::Year];

    /// Stripe's name of it; its `day` and `week` are sold by no catalog.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|interval| interval.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The border `count` intervals after the anchor, or before it where negative: the anchor's day and time of day
    /// (UTC), or the last day of a month that is too short. Always from the anchor, so that the day never drifts:
    /// 31 January, 28 or 29 February, 31 March. Stays at the end of chrono's calendar.
    pub fn after(self, anchor: Timestamp, count: i64) -> Timestamp {
        let anchor = anchor.date_time();
        let months = count.unsigned_abs().saturating_mul(u64::from(self.months()));
        let distance = u32::try_from(months).ok().map(Months::new);
        let border = if count < 0 {
            distance.and_then(|months| anchor.checked_sub_months(months)).unwrap_or(DateTime::<Utc>::MIN_UTC)
        } else {
            distance.and_then(|months| anchor.checked_add_months(months)).unwrap_or(DateTime::<Utc>::MAX_UTC)
        };
        Timestamp(border.timestamp_millis())
    }

    fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Year => 12,
        }
    }
}

/// The same day and time of day a month later; the last day of a shorter month (31 January → 28 or 29 February).
pub fn a_month_after(moment: Timestamp) -> Timestamp {
    Interval::Month.after(moment, 1)
}

/// Months since the beginning of the year 0.
fn month_number(moment: Timestamp) -> i64 {
    let date = moment.date_time();
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

fn first_of(year: i32, month: u32) -> Timestamp {
    let first = Utc.with_ymd_and_hms(year, month, 1, 0, 0, 0).single();
    Timestamp(first.map_or(0, |moment| moment.timestamp_millis()))
}

#[cfg(test)]
mod against_a_calendar;

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

    #[test]
    fn borders_keep_the_anchors_day_and_fall_on_the_last_of_a_shorter_month() {
        for (interval, anchor, borders) in [
            (
                Interval::Month,
                "2027-01-31T08:30:00.123Z",
                ["2027-02-28T08:30:00.123Z", "2027-03-31T08:30:00.123Z", "2027-04-30T08:30:00.123Z"],
            ),
            (
                Interval::Month,
                "2027-12-31T23:59:59.999Z",
                ["2028-01-31T23:59:59.999Z", "2028-02-29T23:59:59.999Z", "2028-03-31T23:59:59.999Z"],
            ),
            (
                Interval::Month,
                "2026-11-30T00:00:00Z",
                ["2026-12-30T00:00:00Z", "2027-01-30T00:00:00Z", "2027-02-28T00:00:00Z"],
            ),
            (
                Interval::Year,
                "2026-05-15T12:00:00Z",
                ["2027-05-15T12:00:00Z", "2028-05-15T12:00:00Z", "2029-05-15T12:00:00Z"],
            ),
        ] {
            let counted: Vec<_> = (1..=3).map(|count| interval.after(at(anchor), count)).collect();
            assert_eq!(counted, borders.map(at), "{anchor}");
            assert_eq!(interval.after(at(anchor), 0), at(anchor));
        }
        let leap_day = at("2028-02-29T06:00:00Z");
        let years: Vec<_> = (-1..=4).map(|count| Interval::Year.after(leap_day, count).iso()).collect();
        assert_eq!(
            years,
            [
                "2027-02-28T06:00:00.000Z",
                "2028-02-29T06:00:00.000Z",
                "2029-02-28T06:00:00.000Z",
                "2030-02-28T06:00:00.000Z",
                "2031-02-28T06:00:00.000Z",
                "2032-02-29T06:00:00.000Z",
            ]
        );
        // 2100 is divisible by four and no leap year all the same.
        assert_eq!(Interval::Year.after(at("2096-02-29T00:00:00Z"), 4), at("2100-02-28T00:00:00Z"));
    }

    #[test]
    fn a_border_belongs_to_the_period_that_it_begins() {
        let anchor = at("2027-01-31T08:30:00.000Z");
        for (moment, start, end) in [
            ("2027-01-31T08:30:00.000Z", "2027-01-31T08:30:00.000Z", "2027-02-28T08:30:00.000Z"),
            ("2027-02-28T08:29:59.999Z", "2027-01-31T08:30:00.000Z", "2027-02-28T08:30:00.000Z"),
            ("2027-02-28T08:30:00.000Z", "2027-02-28T08:30:00.000Z", "2027-03-31T08:30:00.000Z"),
            ("2027-03-31T08:29:59.999Z", "2027-02-28T08:30:00.000Z", "2027-03-31T08:30:00.000Z"),
            ("2028-02-29T08:29:59.999Z", "2028-01-31T08:30:00.000Z", "2028-02-29T08:30:00.000Z"),
            // Before the anchor, too.
            ("2027-01-31T08:29:59.999Z", "2026-12-31T08:30:00.000Z", "2027-01-31T08:30:00.000Z"),
            ("2026-02-28T08:30:00.000Z", "2026-02-28T08:30:00.000Z", "2026-03-31T08:30:00.000Z"),
        ] {
            let period = Period::anchored(anchor, Interval::Month, at(moment));
            assert_eq!(period, Period { start: at(start), end: at(end) }, "{moment}");
        }
        let leap_day = at("2028-02-29T06:00:00Z");
        let year = Period::anchored(leap_day, Interval::Year, at("2029-02-28T05:59:59.999Z"));
        assert_eq!(year, Period { start: leap_day, end: at("2029-02-28T06:00:00Z") });
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        for moment in [i64::MIN, -8_334_601_228_800_000, 0, 8_210_266_876_799_999, i64::MAX].map(Timestamp) {
            for interval in Interval::ALL {
                for count in [i64::MIN, -1, 1, i64::MAX] {
                    let border = interval.after(moment, count);
                    assert_eq!(border.date_time().timestamp_millis(), border.0);
                }
                for anchor in [i64::MIN, 0, i64::MAX].map(Timestamp) {
                    let period = Period::anchored(anchor, interval, moment);
                    assert!(period.start <= period.end, "{anchor:?} {interval:?} {moment:?}");
                }
            }
        }
    }

    #[test]
    fn intervals_are_known_by_stripes_names() {
        for interval in Interval::ALL {
            assert_eq!(Interval::parse(interval.as_str()), Some(interval));
            let json = format!("\"{}\"", interval.as_str());
            assert_eq!(serde_json::to_string(&interval).unwrap(), json);
            assert_eq!(serde_json::from_str::<Interval>(&json).unwrap(), interval);
        }
        for text in ["", "Month", "day", "week", "monthly"] {
            assert_eq!(Interval::parse(text), None, "{text}");
        }
    }
}
