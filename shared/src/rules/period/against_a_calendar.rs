//! Anchored periods held against another calendar library, for anchors of 1990 to 2100.

use jiff::{civil::DateTime, tz::TimeZone, Span, ToSpan};
use proptest::prelude::*;

use super::{Interval, Period};
use crate::rules::time::Timestamp;

fn civil(moment: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(jiff::Timestamp::from_millisecond(moment.0).unwrap())
}

/// The anchor and `count` months or years, as the other library counts them.
fn border(anchor: Timestamp, interval: Interval, count: i64) -> Timestamp {
    let distance: Span = match interval {
        Interval::Month => count.months(),
        Interval::Year => count.years(),
    };
    let border = civil(anchor).checked_add(distance).unwrap();
    Timestamp(border.to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond())
}

fn start_of(year: i16) -> i64 {
    jiff::civil::date(year, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond()
}

/// Moments of 1990 to 2100, every other one on the last three days of a month.
fn moment() -> impl Strategy<Value = Timestamp> {
    let day = 86_400_000_i64;
    prop_oneof![
        (start_of(1990)..start_of(2101)).prop_map(Timestamp),
        (0..111 * 12_i64, 1..=3 * day).prop_map(move |(months, before)| {
            let next_month = border(Timestamp(start_of(1990)), Interval::Month, months + 1);
            Timestamp(next_month.0 - before)
        }),
    ]
}

fn interval() -> impl Strategy<Value = Interval> {
    prop_oneof![Just(Interval::Month), Just(Interval::Year)]
}

#[test]
fn every_day_of_four_centuries_as_an_anchor_has_the_same_borders() {
    let first = jiff::civil::date(1900, 1, 1);
    for date in first.series(1.day()).take(146_097) {
        let zoned = date.at(23, 59, 59, 999_000_000).to_zoned(TimeZone::UTC).unwrap();
        let anchor = Timestamp(zoned.timestamp().as_millisecond());
        for count in [-12, -1, 1, 2, 13] {
            for interval in Interval::ALL {
                assert_eq!(
                    interval.after(anchor, count),
                    border(anchor, interval, count),
                    "{date} {interval:?} {count}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn borders_are_the_anchor_and_whole_months_or_years(
        anchor in moment(), interval in interval(), count in -1_500_i64..1_500,
    ) {
        prop_assert_eq!(interval.after(anchor, count), border(anchor, interval, count));
    }

    /// Any moment between two borders, the first of them included, has just these two.
    #[test]
    fn a_moments_period_lies_between_the_borders_around_it(
        anchor in moment(), interval in interval(), count in -1_500_i64..1_500,
        place in prop_oneof![Just(0.0), Just(1.0), 0.0..1.0],
    ) {
        let (start, end) = (border(anchor, interval, count), border(anchor, interval, count + 1));
        let last = end.0 - 1 - start.0;
        let at = Timestamp(start.0 + ((last as f64 * place) as i64).min(last));
        prop_assert_eq!(Period::anchored(anchor, interval, at), Period { start, end });
    }

    #[test]
    fn periods_contain_their_moment_and_join_up(anchor in moment(), interval in interval(), at in moment()) {
        let period = Period::anchored(anchor, interval, at);
        prop_assert!(period.start <= at && at < period.end);
        prop_assert_eq!(Period::anchored(anchor, interval, period.end).start, period.end);
        prop_assert_eq!(Period::anchored(anchor, interval, Timestamp(period.start.0 - 1)).end, period.start);
    }

    #[test]
    fn the_time_of_day_is_kept_and_the_day_is_the_anchors_or_the_last_of_its_month(
        anchor in moment(), interval in interval(), at in moment(),
    ) {
        let (anchor_date, start) = (civil(anchor), civil(Period::anchored(anchor, interval, at).start));
        prop_assert_eq!(start.time(), anchor_date.time());
        prop_assert_eq!(start.day(), anchor_date.day().min(start.date().days_in_month()));
        if interval == Interval::Year {
            prop_assert_eq!(start.month(), anchor_date.month());
        }
    }
}
