//! How Stripe counts a currency. Codes are ISO 4217 in lower case.

/// Without a smaller unit (docs.stripe.com/currencies, "Zero-decimal currencies").
const WITHOUT_DECIMALS: [&str; 15] =
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];
/// By the thousandth, of which whole hundredths alone are charged ("Three-decimal currencies").
const BY_THE_THOUSANDTH: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];
/// Counted by the hundredth, of which whole units alone are charged ("Special cases").
const CHARGED_WHOLE: [&str; 2] = ["isk", "ugx"];

/// The decimals of an amount in the currency's smallest unit.
pub fn decimals(currency: &str) -> usize {
    match currency {
        code if WITHOUT_DECIMALS.contains(&code) => 0,
        code if BY_THE_THOUSANDTH.contains(&code) => 3,
        _ => 2,
    }
}

/// Whether any number of hundredths may be charged, as a price of a unit needs it.
pub fn is_charged_by_the_hundredth(currency: &str) -> bool {
    decimals(currency) == 2 && !CHARGED_WHOLE.contains(&currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stripe_counts_and_charges() {
        for (currency, decimals_of_it, by_the_hundredth) in
            [("usd", 2, true), ("huf", 2, true), ("jpy", 0, false), ("kwd", 3, false), ("isk", 2, false)]
        {
            let counted = (decimals(currency), is_charged_by_the_hundredth(currency));
            assert_eq!(counted, (decimals_of_it, by_the_hundredth), "{currency}");
        }
    }
}
