//! What use beyond a limit costs, and how much of it there may be.
//!
//! What is counted is limited and priced by the unit, the last one begun counting whole ("the started minute"). A period's
//! overage is rounded once: what an event costs is what the period costs after it less what it cost before, so that the
//! sum of its events is the period's to the cent.

use super::{
    limit::Limit,
    money::{rounded_half_up, Cents},
};

/// The price of a unit, in millionths of a dollar (or of the catalog's currency); above nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitPrice(i64);

impl UnitPrice {
    const PER_CENT: i64 = 10_000;
    /// A million dollars.
    const MOST: i64 = 1_000_000_000_000;

    /// `0.10`, `25`, `0.000004`: at most six decimals, above nothing and at most a million.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || whole.len() > 7 || decimals.len() > 6 {
            return None;
        }
        let micros = format!("{whole}{decimals:0<6}").parse().ok()?;
        (1..=Self::MOST).contains(&micros).then_some(Self(micros))
    }

    /// As the tables hold it.
    pub fn micros(self) -> i64 {
        self.0
    }

    pub fn of_micros(micros: i64) -> Option<Self> {
        (1..=Self::MOST).contains(&micros).then_some(Self(micros))
    }

    /// As a reply shows it: `"0.10"`, with two decimals at least.
    pub fn decimal(self) -> String {
        let text = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        let kept = text.trim_end_matches('0').len().max(text.find('.').map_or(0, |dot| dot + 3));
        text.get(..kept).unwrap_or(&text).to_string()
    }

    /// What so many units cost, rounded half up.
    pub fn of(self, units: i64) -> Cents {
        Cents(rounded_half_up(i128::from(units) * i128::from(self.0), i128::from(Self::PER_CENT)))
    }
}

/// A meter of a plan, as far as it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub limit: Limit,
    /// How many of what is counted make a unit: 60 seconds a minute. At least 1.
    pub unit_size: i64,
    pub overage: Option<Beyond>,
}

/// What goes on beyond the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beyond {
    pub unit_price: UnitPrice,
    pub cap: Option<Cents>,
    /// At the cap there is no more; else it costs no more.
    pub stops_at_cap: bool,
}

impl Allowance {
    /// The units that were begun.
    pub fn units(&self, counted: i64) -> i64 {
        counted.max(0).saturating_add(self.unit_size - 1) / self.unit_size.max(1)
    }

    /// The units beyond the limit.
    pub fn beyond(&self, counted: i64) -> i64 {
        if self.limit.is_unlimited() {
            0
        } else {
            self.units(counted).saturating_sub(self.limit.value()).max(0)
        }
    }

    /// What a period costs after more was counted, where it cost `charged` before; a cap holds it.
    pub fn charged(&self, counted: i64, more: i64, charged: Cents) -> Cents {
        let Some(Beyond { unit_price, cap, .. }) = self.overage else { return charged };
        let before = unit_price.of(self.beyond(counted));
        let after = charged + (unit_price.of(self.beyond(counted.saturating_add(more))) - before);
        match cap {
            Some(cap) => after.min(cap.max(charged)),
            None => after,
        }
    }

    /// How much more may be counted; `None` without end.
    pub fn room(&self, counted: i64, charged: Cents) -> Option<i64> {
        if self.limit.is_unlimited() {
            return None;
        }
        let included = self.limit.value().saturating_mul(self.unit_size).saturating_sub(counted).max(0);
        match self.overage {
            None => Some(included),
            Some(Beyond { cap: None, .. } | Beyond { stops_at_cap: false, .. }) => None,
            Some(Beyond { unit_price, cap: Some(cap), stops_at_cap: true }) => {
                // The most units beyond whose rounded price is no more than what is left of the cap.
                let left = cap - charged + unit_price.of(self.beyond(counted));
                let numerator = (i128::from(left.0) + 1) * i128::from(UnitPrice::PER_CENT)
                    - i128::from(UnitPrice::PER_CENT / 2)
                    - 1;
                let most = if left.0 < 0 { 0 } else { numerator / i128::from(unit_price.micros()) };
                let most = i64::try_from(most.max(0)).unwrap_or(i64::MAX);
                let units = self.limit.value().saturating_add(most).saturating_mul(self.unit_size);
                Some(units.saturating_sub(counted).max(included))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn price(text: &str) -> UnitPrice {
        UnitPrice::parse(text).unwrap()
    }

    fn meter(limit: i64, unit_size: i64, overage: Option<(&str, Option<i64>)>) -> Allowance {
        let beyond = |(unit_price, cap): (&str, Option<i64>)| Beyond {
            unit_price: price(unit_price),
            cap: cap.map(Cents),
            stops_at_cap: true,
        };
        Allowance { limit: Limit::new(limit), unit_size, overage: overage.map(beyond) }
    }

    #[test]
    fn prices_are_read_exactly() {
        for (text, micros, shown) in [
            ("0.10", 100_000, "0.10"),
            ("0.1", 100_000, "0.10"),
            ("25", 25_000_000, "25.00"),
            ("0.000004", 4, "0.000004"),
            ("0.08", 80_000, "0.08"),
            ("1000000", 1_000_000_000_000, "1000000.00"),
        ] {
            assert_eq!((price(text).micros(), price(text).decimal().as_str()), (micros, shown));
        }
        for text in
            ["", "0", "0.00", "-1", "+1", "1.", ".5", "1,5", "0.0000001", "1e3", " 1", "1000000.000001", "1.2.3"]
        {
            assert_eq!(UnitPrice::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_worked_cases_of_the_coaching_catalog() {
        let cents = |meter: Allowance, counted: i64| meter.charged(0, counted, Cents::ZERO).0;
        let lifestyle = meter(120, 60, Some(("0.10", Some(2_000))));
        assert_eq!([120, 121, 320].map(|minutes| cents(lifestyle, minutes * 60)), [0, 10, 2_000]);
        assert_eq!(lifestyle.room(0, Cents::ZERO), Some(320 * 60));
        assert_eq!(lifestyle.room(320 * 60, Cents(2_000)), Some(0), "the 321st minute is refused");
        // A started minute is a minute.
        assert_eq!([120 * 60 + 1, 121 * 60, 121 * 60 + 1].map(|seconds| cents(lifestyle, seconds)), [10, 10, 20]);
        let growth = (meter(300, 60, Some(("0.08", None))), meter(1, 1, Some(("25", None))));
        assert_eq!((cents(growth.0, 350 * 60), cents(growth.1, 3)), (400, 5_000));
        assert_eq!(growth.0.room(350 * 60, Cents(400)), None);
        let mastery = (meter(-1, 60, None), meter(4, 1, Some(("20", None))));
        assert_eq!((cents(mastery.0, 10_000 * 60), cents(mastery.1, 5)), (0, 2_000));
        let free = meter(15, 60, None);
        assert_eq!((cents(free, 15 * 60), free.room(15 * 60, Cents::ZERO)), (0, Some(0)));
    }

    #[test]
    fn a_plan_that_changes_keeps_what_was_charged() {
        let before = meter(120, 60, Some(("0.10", Some(2_000))));
        let after = meter(300, 60, Some(("0.08", None)));
        let charged = before.charged(0, 130 * 60, Cents::ZERO);
        assert_eq!(charged, Cents(100));
        assert_eq!(after.charged(130 * 60, 170 * 60, charged), Cents(100), "up to the new limit nothing is added");
        assert_eq!(after.charged(300 * 60, 60, charged), Cents(108));
    }

    #[test]
    fn a_cap_is_the_most_that_is_charged() {
        let mut meter = meter(10, 1, Some(("1", Some(300))));
        meter.overage.as_mut().unwrap().stops_at_cap = false;
        assert_eq!((meter.charged(0, 100, Cents::ZERO), meter.room(100, Cents(300))), (Cents(300), None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// The room is exactly what fits: that much is within limit and cap, one more unit is not. And what is charged in
        /// steps is what is charged at once.
        #[test]
        fn the_room_is_neither_too_small_nor_too_large(
            limit in 0_i64..500, size in prop::sample::select(vec![1_i64, 60, 3_600]), micros in 1_i64..60_000_000,
            cap in 1_i64..100_000, first in 0_i64..2_000_000, second in 0_i64..100_000,
        ) {
            let beyond = Beyond { unit_price: UnitPrice::of_micros(micros).unwrap(), cap: Some(Cents(cap)), stops_at_cap: true };
            let meter = Allowance { limit: Limit::new(limit), unit_size: size, overage: Some(beyond) };
            let whole = meter.room(0, Cents::ZERO).unwrap();
            let uncapped = Allowance { overage: Some(Beyond { cap: None, ..beyond }), ..meter };
            prop_assert!(uncapped.charged(0, whole, Cents::ZERO) <= Cents(cap));
            prop_assert!(uncapped.charged(0, whole + 1, Cents::ZERO) > Cents(cap));
            // What a reservation was promised is counted also beyond the cap, and costs no more.
            prop_assert_eq!(meter.charged(0, whole + 1, Cents::ZERO), Cents(cap));
            let first = first.min(whole);
            let charged = meter.charged(0, first, Cents::ZERO);
            prop_assert_eq!(meter.room(first, charged).unwrap(), whole - first);
            let second = second.min(whole - first);
            prop_assert_eq!(meter.charged(first, second, charged), meter.charged(0, first + second, Cents::ZERO));
        }
    }
}
