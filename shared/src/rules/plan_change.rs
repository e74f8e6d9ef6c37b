//! Which way a change of plan goes, and when it takes effect.

use serde::Serialize;

use super::{money::Cents, period::Interval, time::Timestamp};

/// A plan at one of its prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub plan_id: String,
    /// The plan's place in the catalog: the order of upgrades.
    pub position: i64,
    pub interval: Interval,
    /// For one interval; `None`: not sold by itself.
    pub price: Option<Cents>,
}

/// The direction of a change of plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanChange {
    /// The same plan at the same interval: nothing to do.
    Same,
    /// A later plan whatever its interval, or the same by the year instead of by the month.
    Upgrade,
    /// An earlier plan whatever its interval, or the same by the month instead of by the year.
    Downgrade,
}

impl PlanChange {
    pub fn classify(from: &Offer, to: &Offer) -> Self {
        if from.plan_id == to.plan_id {
            return match (from.interval, to.interval) {
                (Interval::Month, Interval::Year) => Self::Upgrade,
                (Interval::Year, Interval::Month) => Self::Downgrade,
                (Interval::Month, Interval::Month) | (Interval::Year, Interval::Year) => Self::Same,
            };
        }
        // A retired plan may share its place with the one that followed it: then the price of a year decides, and
        // what is not certainly dearer waits for the period's end, so that nothing paid for is given up.
        let is_dearer = from.price_of_a_year().zip(to.price_of_a_year()).is_some_and(|(from, to)| from < to);
        if to.position > from.position || to.position == from.position && is_dearer {
            Self::Upgrade
        } else {
            Self::Downgrade
        }
    }

    /// An upgrade takes effect now; a downgrade when what was paid for is used up, which may be past already where
    /// the renewal is not known yet. `None` where nothing changes.
    pub fn takes_effect(self, period_end: Timestamp, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Same => None,
            Self::Upgrade => Some(now),
            Self::Downgrade => Some(period_end.max(now)),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        }
    }
}

impl Offer {
    fn price_of_a_year(&self) -> Option<Cents> {
        match self.interval {
            Interval::Month => self.price.map(|price| price.times(12)),
            Interval::Year => self.price,
        }
    }
}

/// What a year costs less than twelve months; `None` unless both are sold and the year is cheaper.
pub fn annual_savings(month: Option<Cents>, year: Option<Cents>) -> Option<Cents> {
    let savings = month?.times(12) - year?;
    (savings > Cents::ZERO).then_some(savings)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn offer(plan_id: &str, position: i64, interval: Interval, price: Option<i64>) -> Offer {
        Offer { plan_id: plan_id.to_string(), position, interval, price: price.map(Cents) }
    }

    #[test]
    fn the_place_in_the_catalog_decides_and_within_a_plan_the_interval() {
        use Interval::{Month, Year};
        use PlanChange::{Downgrade, Same, Upgrade};
        for (from, to, kind) in [
            (("starter", 1, Month), ("starter", 1, Month), Same),
            (("starter", 1, Year), ("starter", 1, Year), Same),
            (("starter", 1, Month), ("starter", 1, Year), Upgrade),
            (("starter", 1, Year), ("starter", 1, Month), Downgrade),
            (("starter", 1, Month), ("professional", 2, Month), Upgrade),
            (("starter", 1, Month), ("professional", 2, Year), Upgrade),
            (("starter", 1, Year), ("professional", 2, Month), Upgrade),
            (("professional", 2, Month), ("starter", 1, Month), Downgrade),
            (("professional", 2, Month), ("starter", 1, Year), Downgrade),
            (("professional", 2, Year), ("starter", 1, Month), Downgrade),
        ] {
            let offer = |(plan_id, position, interval)| offer(plan_id, position, interval, Some(9_900));
            assert_eq!(PlanChange::classify(&offer(from), &offer(to)), kind, "{from:?} {to:?}");
        }
    }

    #[test]
    fn plans_that_share_a_place_go_by_the_price_of_a_year() {
        use Interval::{Month, Year};
        use PlanChange::{Downgrade, Upgrade};
        for (from, to, kind) in [
            ((Month, Some(1_000)), (Month, Some(1_001)), Upgrade),
            ((Month, Some(1_000)), (Month, Some(1_000)), Downgrade),
            ((Month, Some(1_000)), (Month, Some(999)), Downgrade),
            ((Month, Some(1_000)), (Year, Some(12_001)), Upgrade),
            ((Month, Some(1_000)), (Year, Some(11_000)), Downgrade),
            ((Month, None), (Month, Some(1_000)), Downgrade),
            ((Month, Some(1_000)), (Month, None), Downgrade),
        ] {
            let (old, new) = (offer("old", 2, from.0, from.1), offer("new", 2, to.0, to.1));
            assert_eq!(PlanChange::classify(&old, &new), kind, "{from:?} {to:?}");
        }
    }

    #[test]
    fn an_upgrade_is_now_and_a_downgrade_waits_for_what_was_paid_for() {
        let (now, end) = (Timestamp(1_000), Timestamp(5_000));
        assert_eq!(PlanChange::Same.takes_effect(end, now), None);
        assert_eq!(PlanChange::Upgrade.takes_effect(end, now), Some(now));
        assert_eq!(PlanChange::Downgrade.takes_effect(end, now), Some(end));
        assert_eq!(PlanChange::Downgrade.takes_effect(Timestamp(999), now), Some(now));
        for kind in [PlanChange::Same, PlanChange::Upgrade, PlanChange::Downgrade] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn a_year_saves_what_twelve_months_cost_more() {
        for (month, year, savings) in [
            (Some(9_900), Some(108_900), Some(9_900)),
            (Some(1_000), Some(11_999), Some(1)),
            (Some(1_000), Some(12_000), None),
            (Some(1_000), Some(12_001), None),
            (Some(0), Some(0), None),
            (None, Some(108_900), None),
            (Some(9_900), None, None),
            (None, None, None),
        ] {
            assert_eq!(annual_savings(month.map(Cents), year.map(Cents)), savings.map(Cents), "{month:?} {year:?}");
        }
    }

    fn any_offer() -> impl Strategy<Value = Offer> {
        // Few values, so that the same plan and equal places come up often. A plan has one place.
        let interval = prop::sample::select(&Interval::ALL[..]);
        (0..5_i64, interval, prop::option::of(0..3_000_i64))
            .prop_map(|(plan, interval, price)| offer(&format!("plan_{plan}"), plan / 2, interval, price))
    }

    proptest! {
        #[test]
        fn no_way_is_an_upgrade_in_both_directions_and_only_the_same_is_the_same(
            one in any_offer(), other in any_offer(),
        ) {
            let (there, back) = (PlanChange::classify(&one, &other), PlanChange::classify(&other, &one));
            prop_assert!(!(there == PlanChange::Upgrade && back == PlanChange::Upgrade));
            let is_same = one.plan_id == other.plan_id && one.interval == other.interval;
            prop_assert_eq!((there == PlanChange::Same, back == PlanChange::Same), (is_same, is_same));
            if one.position != other.position {
                prop_assert_ne!(there, back);
            }
        }
    }
}
