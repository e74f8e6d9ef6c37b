//! What a change of price in the midst of a period costs.

use serde::Serialize;

use super::{
    money::Cents,
    period::{Interval, Period},
    time::Timestamp,
};

/// The two lines of a change of price, each rounded half up once. Prorated by the second, as Stripe does
/// (docs.stripe.com, "Prorations"): every moment is its whole second, what is below is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Proration {
    /// What was paid for and is not used any more; negative or zero.
    pub credit: Cents,
    /// What the new price costs from the change to the end of its period.
    pub charge: Cents,
    /// The moment of the change in seconds since the epoch, within the period: Stripe's `proration_date`, which makes
    /// the change cost what its preview said.
    pub at_seconds: i64,
}

impl Proration {
    /// From one price to another of the same interval: the period goes on, and both lines are for what is left of it.
    /// Before the period everything is left, after it nothing.
    pub fn of(old: Cents, new: Cents, period: Period, at: Timestamp) -> Self {
        let left = Left::of(period, at);
        Self { credit: -left.share_of(old), charge: left.share_of(new), at_seconds: left.from }
    }

    /// From one price to another of another interval: a new period begins with the change, so that the new price is
    /// charged in full (docs.stripe.com, "Change the billing period": a changed interval resets the billing cycle).
    pub fn with_new_period(old: Cents, new: Cents, period: Period, at: Timestamp) -> Self {
        let left = Left::of(period, at);
        Self { credit: -left.share_of(old), charge: new, at_seconds: left.from }
    }

    /// What a change of price at Stripe costs at once.
    pub fn of_change(from: Paying, price: Cents, interval: Interval, at: Timestamp) -> Self {
        match from.trial {
            // Nobody gets another plan for nothing: a trial is of its own plan, and ends with it.
            Trial::Ends => Self { credit: Cents::ZERO, charge: price, at_seconds: Left::of(from.period, at).from },
            Trial::GoesOn => Self::of(Cents::ZERO, Cents::ZERO, from.period, at),
            Trial::None if from.interval == interval => Self::of(from.price, price, from.period, at),
            Trial::None => Self::with_new_period(from.price, price, from.period, at),
        }
    }

    /// What is due at once; negative: a balance in the customer's favour.
    pub fn total(&self) -> Cents {
        self.credit + self.charge
    }
}

/// A subscription whose price is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paying {
    pub price: Cents,
    pub interval: Interval,
    pub period: Period,
    pub trial: Trial,
}

/// What becomes of a trial when the price is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// There is none.
    None,
    /// The plan stays, at another interval: nothing was paid yet, and nothing is until the trial's end.
    GoesOn,
    /// The new plan is paid from now on.
    Ends,
}

impl Trial {
    pub fn at_change(is_on_trial: bool, is_same_plan: bool) -> Self {
        match (is_on_trial, is_same_plan) {
            (false, _) => Self::None,
            (true, true) => Self::GoesOn,
            (true, false) => Self::Ends,
        }
    }
}

/// What is left of a period, in seconds since the epoch.
struct Left {
    from: i64,
    end: i64,
    /// The length of the period; 0 for one that ends before it starts.
    whole: i64,
}

impl Left {
    fn of(period: Period, at: Timestamp) -> Self {
        let seconds = |moment: Timestamp| moment.0.div_euclid(1_000);
        let (start, end) = (seconds(period.start), seconds(period.end).max(seconds(period.start)));
        Self { from: seconds(at).clamp(start, end), end, whole: end - start }
    }

    fn share_of(&self, price: Cents) -> Cents {
        price.share(self.end - self.from, self.whole)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 86_400;

    fn moment(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1_000)
    }

    fn period(start: i64, length: i64) -> Period {
        Period { start: moment(start), end: moment(start + length) }
    }

    #[test]
    fn a_trial_is_of_its_own_plan() {
        let period = Period { start: moment(0), end: moment(30 * DAY) };
        let from = |trial| Paying { price: Cents(10_000), interval: Interval::Month, period, trial };
        for (trial, interval, credit, charge) in [
            (Trial::None, Interval::Month, -5_000, 15_000),
            (Trial::None, Interval::Year, -5_000, 30_000),
            (Trial::GoesOn, Interval::Year, 0, 0),
            (Trial::Ends, Interval::Month, 0, 30_000),
            (Trial::Ends, Interval::Year, 0, 30_000),
        ] {
            let proration = Proration::of_change(from(trial), Cents(30_000), interval, moment(15 * DAY));
            assert_eq!((proration.credit, proration.charge), (Cents(credit), Cents(charge)), "{trial:?} {interval:?}");
            assert_eq!(proration.at_seconds, 15 * DAY);
        }
        assert_eq!(
            [(false, true), (false, false), (true, true), (true, false)].map(|(on, same)| Trial::at_change(on, same)),
            [Trial::None, Trial::None, Trial::GoesOn, Trial::Ends]
        );
    }

    #[test]
    fn half_a_period_from_100_to_300_dollars_credits_50_and_charges_150() {
        let proration = Proration::of(Cents(10_000), Cents(30_000), period(0, 30 * DAY), moment(15 * DAY));
        assert_eq!(proration, Proration { credit: Cents(-5_000), charge: Cents(15_000), at_seconds: 15 * DAY });
        assert_eq!(proration.total(), Cents(10_000));
        let json = serde_json::to_value(proration).unwrap();
        assert_eq!(json, serde_json::json!({"credit": -5_000, "charge": 15_000, "atSeconds": 15 * DAY}));
    }

    #[test]
    fn a_year_is_charged_in_full_and_the_rest_of_the_month_credited() {
        let proration = Proration::with_new_period(Cents(9_900), Cents(108_900), period(0, 30 * DAY), moment(10 * DAY));
        assert_eq!(proration, Proration { credit: Cents(-6_600), charge: Cents(108_900), at_seconds: 10 * DAY });
        assert_eq!(proration.total(), Cents(102_300));
    }

    #[test]
    fn each_line_is_rounded_by_itself() {
        // 3 of 8 seconds are left: 37.5 and 112.5 cents. The difference of the prices alone would be 75.
        let proration = Proration::of(Cents(100), Cents(300), period(0, 8), moment(5));
        assert_eq!((proration.credit, proration.charge), (Cents(-38), Cents(113)));
        // One second of a month of 99 dollars is 0.0038 cents, and 131 seconds are just over half a cent.
        let month = period(0, 30 * DAY);
        assert_eq!(Proration::of(Cents(9_900), Cents::ZERO, month, moment(30 * DAY - 1)).credit, Cents(0));
        assert_eq!(Proration::of(Cents(9_900), Cents::ZERO, month, moment(30 * DAY - 130)).credit, Cents(0));
        assert_eq!(Proration::of(Cents(9_900), Cents::ZERO, month, moment(30 * DAY - 131)).credit, Cents(-1));
    }

    #[test]
    fn a_moment_counts_as_its_whole_second() {
        let month = period(1_000, 1_000);
        let on_the_second = Proration::of(Cents(10_000), Cents(30_000), month, Timestamp(1_500_000));
        assert_eq!(Proration::of(Cents(10_000), Cents(30_000), month, Timestamp(1_500_999)), on_the_second);
        assert_ne!(Proration::of(Cents(10_000), Cents(30_000), month, Timestamp(1_501_000)), on_the_second);
        let with_milliseconds = Period { start: Timestamp(1_000_123), end: Timestamp(2_000_999) };
        assert_eq!(Proration::of(Cents(10_000), Cents(30_000), with_milliseconds, Timestamp(1_500_001)), on_the_second);
        // Before the epoch as well, cutting off is downwards.
        let before = Period { start: Timestamp(-2_000), end: Timestamp(0) };
        assert_eq!(Proration::of(Cents(100), Cents(100), before, Timestamp(-1)).at_seconds, -1);
    }

    #[test]
    fn a_moment_outside_counts_as_the_periods_nearest_border() {
        let month = period(1_000, 1_000);
        for (at, expected) in [
            (i64::MIN, Proration { credit: Cents(-100), charge: Cents(300), at_seconds: 1_000 }),
            (999_999, Proration { credit: Cents(-100), charge: Cents(300), at_seconds: 1_000 }),
            (2_000_000, Proration { credit: Cents(0), charge: Cents(0), at_seconds: 2_000 }),
            (i64::MAX, Proration { credit: Cents(0), charge: Cents(0), at_seconds: 2_000 }),
        ] {
            assert_eq!(Proration::of(Cents(100), Cents(300), month, Timestamp(at)), expected, "{at}");
        }
        let late = Proration::with_new_period(Cents(100), Cents(300), month, moment(3_000));
        assert_eq!(late, Proration { credit: Cents(0), charge: Cents(300), at_seconds: 2_000 });
    }

    #[test]
    fn a_period_without_length_has_nothing_left() {
        for length in [0, -1_000] {
            let proration = Proration::of(Cents(100), Cents(300), period(5_000, length), moment(5_000));
            assert_eq!(proration, Proration { credit: Cents(0), charge: Cents(0), at_seconds: 5_000 });
        }
    }

    prop_compose! {
        /// A period of up to 400 days, and two moments within it, in order.
        fn scene()(start in -4_000_000_000_i64..4_000_000_000, length in 1..400 * DAY)(
            start in Just(start), length in Just(length), one in 0..=length, other in 0..=length,
        ) -> (Period, Timestamp, Timestamp) {
            (period(start, length), moment(start + one.min(other)), moment(start + one.max(other)))
        }
    }

    fn price() -> impl Strategy<Value = Cents> {
        (0..100_000_000_i64).prop_map(Cents)
    }

    proptest! {
        #[test]
        fn lines_stay_within_their_prices((period, at, _) in scene(), old in price(), new in price()) {
            let proration = Proration::of(old, new, period, at);
            prop_assert!(-old <= proration.credit && proration.credit <= Cents::ZERO);
            prop_assert!(Cents::ZERO <= proration.charge && proration.charge <= new);
        }

        #[test]
        fn at_the_start_everything_is_left_and_at_the_end_nothing(
            (period, _, _) in scene(), old in price(), new in price(),
        ) {
            let first = Proration::of(old, new, period, period.start);
            prop_assert_eq!((first.credit, first.charge), (-old, new));
            let last = Proration::of(old, new, period, period.end);
            prop_assert_eq!((last.credit, last.charge), (Cents::ZERO, Cents::ZERO));
        }

        #[test]
        fn the_later_the_less((period, earlier, later) in scene(), old in price(), new in price()) {
            let (earlier, later) = (Proration::of(old, new, period, earlier), Proration::of(old, new, period, later));
            prop_assert!(earlier.credit <= later.credit);
            prop_assert!(earlier.charge >= later.charge);
        }

        #[test]
        fn the_same_price_costs_nothing((period, at, _) in scene(), price in price()) {
            prop_assert_eq!(Proration::of(price, price, period, at).total(), Cents::ZERO);
        }

        #[test]
        fn there_and_back_at_one_moment_cancel_out((period, at, _) in scene(), old in price(), new in price()) {
            let (there, back) = (Proration::of(old, new, period, at), Proration::of(new, old, period, at));
            prop_assert_eq!(there.total() + back.total(), Cents::ZERO);
        }

        #[test]
        fn a_detour_at_one_moment_costs_what_the_direct_way_does(
            (period, at, _) in scene(), old in price(), between in price(), new in price(),
        ) {
            let detour = Proration::of(old, between, period, at).total() + Proration::of(between, new, period, at).total();
            prop_assert_eq!(detour, Proration::of(old, new, period, at).total());
        }

        /// Two changes in one period bill each price for the time it was in force, but for half a cent a line.
        #[test]
        fn two_steps_bill_each_price_for_its_time(
            (period, first, second) in scene(), old in price(), between in price(), new in price(),
        ) {
            let steps = [Proration::of(old, between, period, first), Proration::of(between, new, period, second)];
            let billed = old + steps.iter().map(Proration::total).sum();
            let span = |from: Timestamp, to: Timestamp| i128::from((to.0 - from.0) / 1_000);
            let exact = i128::from(old.0) * span(period.start, first)
                + i128::from(between.0) * span(first, second)
                + i128::from(new.0) * span(second, period.end);
            let whole = span(period.start, period.end);
            let lines = 4;
            prop_assert!((2 * (i128::from(billed.0) * whole - exact)).abs() <= lines * whole);
        }

        #[test]
        fn what_is_used_and_what_is_left_are_the_price_but_for_a_cent((period, at, _) in scene(), price in price()) {
            let after = Proration::of(price, price, period, at);
            let mirrored = Timestamp(period.start.0 + period.end.0 - at.0);
            let as_long_as_before = Proration::of(price, price, period, mirrored);
            let difference = after.charge + as_long_as_before.charge - price;
            prop_assert!(Cents(0) <= difference && difference <= Cents(1), "{:?}", difference);
        }

        #[test]
        fn a_new_period_is_charged_in_full_and_credits_alike(
            (period, at, _) in scene(), old in price(), new in price(),
        ) {
            let (renewed, kept) = (Proration::with_new_period(old, new, period, at), Proration::of(old, new, period, at));
            prop_assert_eq!(renewed, Proration { charge: new, ..kept });
        }
    }
}
