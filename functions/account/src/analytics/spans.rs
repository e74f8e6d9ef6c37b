//! Days, weeks and months of a calendar, in UTC.

use tallygate::rules::{
    period::{a_month_after, Period},
    time::{Span, Timestamp},
};

/// The most spans of one answer.
pub const MOST: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Day,
    /// From Monday (ISO 8601).
    Week,
    Month,
}

impl Unit {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "day" => Some(Self::Day),
            "week" => Some(Self::Week),
            "month" => Some(Self::Month),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// How many are shown where nobody says since when.
    fn usual(self) -> usize {
        match self {
            Self::Day => 30,
            Self::Week | Self::Month => 12,
        }
    }

    /// The beginning of the one that a moment is in.
    fn start_of(self, moment: Timestamp) -> Timestamp {
        let day = moment.start_of_day();
        match self {
            Self::Day => day,
            // The epoch was a Thursday.
            Self::Week => day - Span::days((day.0.div_euclid(Span::days(1).0) + 3).rem_euclid(7)),
            Self::Month => Period::calendar_month(day).start,
        }
    }

    fn after(self, start: Timestamp) -> Timestamp {
        match self {
            Self::Day => start + Span::days(1),
            Self::Week => start + Span::days(7),
            Self::Month => a_month_after(start),
        }
    }

    fn before(self, start: Timestamp) -> Timestamp {
        self.start_of(start - Span(1))
    }

    /// The beginnings of those from one moment's to another's, with the end of the last one; `None` where they are too many, or
    /// the wrong way round. Without a beginning: as many as is usual.
    pub fn between(self, from: Option<Timestamp>, to: Timestamp) -> Option<Vec<(Timestamp, Timestamp)>> {
        let last = self.start_of(to);
        let first = match from {
            Some(from) => self.start_of(from),
            None => (1..self.usual()).fold(last, |start, _| self.before(start)),
        };
        let mut spans = Vec::new();
        let mut start = first;
        while start <= last && spans.len() <= MOST {
            let end = self.after(start);
            spans.push((start, end));
            start = end;
        }
        (!spans.is_empty() && spans.len() <= MOST).then_some(spans)
    }
}

#[cfg(test)]
mod tests {
    use tallygate::testing::at;

    use super::*;

    fn starts(unit: Unit, from: &str, to: &str) -> Vec<String> {
        let spans = unit.between(Some(at(from)), at(to)).unwrap();
        spans.into_iter().map(|(start, _)| start.iso()[..10].to_string()).collect()
    }

    #[test]
    fn spans_are_those_of_the_calendar() {
        let (from, to) = ("2026-02-27T23:59:59Z", "2026-03-02T00:00:00Z");
        assert_eq!(starts(Unit::Day, from, to), ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]);
        // The first of March 2026 was a Sunday.
        assert_eq!(starts(Unit::Week, from, to), ["2026-02-23", "2026-03-02"]);
        assert_eq!(
            starts(Unit::Month, "2025-12-31T00:00:00Z", to),
            ["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"]
        );
    }

    #[test]
    fn they_are_as_many_as_is_usual_and_never_too_many() {
        let now = at("2026-03-10T12:00:00Z");
        assert_eq!(
            [Unit::Day, Unit::Week, Unit::Month].map(|unit| unit.between(None, now).unwrap().len()),
            [30, 12, 12]
        );
        assert_eq!(Unit::Day.between(Some(now - Span::days(99)), now).unwrap().len(), 100);
        assert_eq!(Unit::Day.between(Some(now - Span::days(100)), now), None);
        assert_eq!(Unit::Day.between(Some(now + Span::days(1)), now), None);
    }
}
