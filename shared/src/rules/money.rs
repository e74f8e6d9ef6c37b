//! Amounts of money, and the one way they are rounded. Where a currency has no cents, its smallest unit at Stripe takes their place.

use std::{
    iter::Sum,
    ops::{Add, Neg, Sub},
};

use serde::{Deserialize, Serialize};

use super::currency::decimals;

/// Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Cents {
    pub const ZERO: Self = Self(0);

    /// The share `part / whole` of this amount, rounded half up once. Nothing where there is no whole.
    pub fn share(self, part: i64, whole: i64) -> Self {
        Self(rounded_half_up(i128::from(self.0) * i128::from(part), i128::from(whole)))
    }

    /// As people write it, with cents where there are any: `$1,089`, `€29.50`, `12.30 CHF`, `980 JPY`; a currency is ISO 4217 in
    /// lower case.
    pub fn display(self, currency: &str) -> String {
        let decimals = decimals(currency);
        let unit = (0..decimals).fold(1_u64, |unit, _| unit * 10);
        let (whole, cents) = (self.0.unsigned_abs() / unit, self.0.unsigned_abs() % unit);
        let digits = whole.to_string();
        let mut amount = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place) % 3 == 0 {
                amount.push(',');
            }
            amount.push(digit);
        }
        if cents > 0 {
            amount.push_str(&format!(".{cents:0decimals$}"));
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        match currency {
            "usd" => format!("{sign}${amount}"),
            "eur" => format!("{sign}€{amount}"),
            "gbp" => format!("{sign}£{amount}"),
            other => format!("{sign}{amount} {}", other.to_ascii_uppercase()),
        }
    }

    pub fn times(self, count: i64) -> Self {
        Self(self.0.saturating_mul(count))
    }
}

/// `numerator / denominator` as a whole number, half a unit upwards. What is negative is the negative of the rounded
/// positive amount (-2.5 becomes -3), so that a credit and a charge of the same thing cancel out. The only rounding of
/// money there is, done once a line. Zero for a zero denominator; beyond 64 bits it stays at their end.
pub fn rounded_half_up(numerator: i128, denominator: i128) -> i64 {
    let (amount, unit) = (numerator.unsigned_abs(), denominator.unsigned_abs());
    let (Some(whole), Some(rest)) = (amount.checked_div(unit), amount.checked_rem(unit)) else {
        return 0;
    };
    // Compares with what is missing to the next unit, since twice the rest may not fit.
    let rounded = if rest >= unit - rest { whole.saturating_add(1) } else { whole };
    let magnitude = i64::try_from(rounded).unwrap_or(i64::MAX);
    if (numerator < 0) == (denominator < 0) {
        magnitude
    } else {
        -magnitude
    }
}

impl Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Cents {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Cents {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_a_cent_is_a_cent_and_less_is_none() {
        for (numerator, denominator, rounded) in [
            (0, 7, 0),
            (1, 2, 1),
            (49, 100, 0),
            (50, 100, 1),
            (149, 100, 1),
            (150, 100, 2),
            (250, 100, 3),
            (1, 3, 0),
            (2, 3, 1),
            (-1, 2, -1),
            (-49, 100, 0),
            (-150, 100, -2),
            (-250, 100, -3),
            (150, -100, -2),
            (-150, -100, 2),
            (5, 0, 0),
        ] {
            assert_eq!(rounded_half_up(numerator, denominator), rounded, "{numerator}/{denominator}");
        }
    }

    #[test]
    fn the_largest_amounts_neither_wrap_nor_panic() {
        assert_eq!(rounded_half_up(i128::MAX, i128::MAX), 1);
        assert_eq!(rounded_half_up(i128::MAX - 1, i128::MAX), 1);
        assert_eq!(rounded_half_up(i128::MAX / 2, i128::MAX), 0);
        assert_eq!(rounded_half_up(i128::MAX / 2 + 1, i128::MAX), 1);
        assert_eq!(rounded_half_up(i128::MIN, i128::MIN), 1);
        assert_eq!(rounded_half_up(i128::MAX, 1), i64::MAX);
        assert_eq!(rounded_half_up(i128::MIN, 1), -i64::MAX);
        assert_eq!(rounded_half_up(1, i128::MIN), 0);
        // A price of 90 billion dollars over a hundred years of seconds does not fit 64 bits on the way.
        assert_eq!(Cents(9_000_000_000_000).share(1_577_880_000, 3_155_760_000), Cents(4_500_000_000_000));
        assert_eq!(Cents(i64::MAX).share(i64::MAX, i64::MAX), Cents(i64::MAX));
        assert_eq!(Cents(i64::MAX) + Cents(1), Cents(i64::MAX));
        assert_eq!(Cents(i64::MIN) - Cents(1), Cents(i64::MIN));
        assert_eq!(-Cents(i64::MIN), Cents(i64::MAX));
        assert_eq!(Cents(i64::MAX).times(12), Cents(i64::MAX));
    }

    #[test]
    fn an_amount_is_written_with_its_currency_and_the_cents_that_there_are() {
        for (cents, currency, written) in [
            (9_900, "usd", "$99"),
            (108_900, "usd", "$1,089"),
            (123_456_789, "usd", "$1,234,567.89"),
            (2_950, "eur", "€29.50"),
            (5, "gbp", "£0.05"),
            (0, "usd", "$0"),
            (1_230, "chf", "12.30 CHF"),
            (123_456, "jpy", "123,456 JPY"),
            (1_234_050, "kwd", "1,234.050 KWD"),
            (-100_000, "usd", "-$1,000"),
            (i64::MIN, "usd", "-$92,233,720,368,547,758.08"),
        ] {
            assert_eq!(Cents(cents).display(currency), written);
        }
    }

    #[test]
    fn cents_add_up_and_are_written_as_a_number() {
        assert_eq!([Cents(1_500), Cents(-2_000), Cents(1)].into_iter().sum::<Cents>(), Cents(-499));
        assert_eq!(serde_json::to_string(&Cents(-499)).unwrap(), "-499");
        assert_eq!(serde_json::from_str::<Cents>("9900").unwrap(), Cents(9_900));
    }

    proptest! {
        #[test]
        fn rounding_is_off_by_half_at_most_and_upwards_at_half(
            numerator in 0..=i128::from(i64::MAX), denominator in 1..=i128::from(i64::MAX),
        ) {
            let rounded = i128::from(rounded_half_up(numerator, denominator));
            let twice_off = 2 * (rounded * denominator - numerator);
            prop_assert!(-denominator < twice_off && twice_off <= denominator);
        }

        #[test]
        fn a_credit_and_a_charge_of_the_same_cancel_out(
            amount in any::<i32>(), part in 0..=i64::MAX, whole in 1..=i64::MAX,
        ) {
            let amount = Cents(i64::from(amount));
            prop_assert_eq!(amount.share(part, whole) + (-amount).share(part, whole), Cents::ZERO);
        }
    }
}
