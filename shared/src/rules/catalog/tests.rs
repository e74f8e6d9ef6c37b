//! The figures of the default catalog, and what is told of a wrong one.

use super::*;

const VOIP: &str = include_str!("../../../../catalogs/voip.toml");

fn problem(from: &str, to: &str) -> String {
    let text = VOIP.replacen(from, to, 1);
    assert_ne!(text, VOIP, "{from} is not in the catalog");
    Catalog::parse(&text).unwrap_err().to_string()
}

#[test]
fn the_voip_catalog_holds_its_figures() {
    let catalog = Catalog::parse(VOIP).unwrap();
    let figures: Vec<_> = catalog
        .plans
        .iter()
        .map(|plan| {
            let Some(Feature::Meter { limit, reset: Reset::CalendarMonth }) = plan.features.get("uploads") else {
                panic!("{} counts no uploads by the month", plan.id)
            };
            let prices = (plan.price_month_cents, plan.price_year_cents);
            (
                plan.id.as_str(),
                plan.audience.as_str(),
                prices,
                *limit,
                plan.seats,
                plan.concurrent_sessions,
                plan.trial_days,
            )
        })
        .collect();
    assert_eq!(
        figures,
        [
            ("starter", "individual", (Some(9_900), Some(108_900)), 100, 1, 1, 7),
            ("professional", "individual", (Some(19_900), Some(218_900)), -1, 1, 1, 0),
            ("enterprise", "team", (Some(49_900), Some(548_900)), -1, 10, -1, 14),
        ]
    );
    assert_eq!(
        catalog.event_types.keys().collect::<Vec<_>>(),
        ["bulk_adjustment", "comparison", "rate_deck", "rate_sheet"]
    );
}

#[test]
fn each_mistake_is_told_with_its_place() {
    for (from, to, expected) in [
        ("trial_days = 7", "trial_day = 7", "unknown field `trial_day`"),
        ("id = \"professional\"", "id = \"starter\"", "the plan `starter` is there twice"),
        ("9900", "-9900", "a price must not be negative"),
        (", reset = \"calendar_month\"", "", "feature `uploads`: a meter needs a `reset`"),
        ("calendar_month", "weekly", "feature `uploads`: `reset` must be one of"),
        ("limit = 100", "limit = -2", "feature `uploads`: a limit must be -1"),
        ("limit = 100", "limt = 100", "feature `uploads`: unknown key `limt`"),
        ("seats = 1\n", "seats = 0\n", "seats must be -1 (unlimited) or at least 1"),
        ("starts = \"team\"", "starts = \"individual\"", "a plan cannot start an audience"),
        ("starts = \"individual\"", "", "no plan says `starts = \"individual\"`"),
        ("rate_deck = \"uploads\"", "rate_deck = \"decks\"", "no plan has the meter `decks`"),
        ("audience = \"team\"", "audience = \"crew\"", "unknown variant `crew`"),
        ("[catalog]", "[catalog", "line 3"),
        ("name = \"VoIP Accelerator\"", "name = \"V\"\ncurrency = \"US$\"", "a currency is three letters"),
        ("trial_days = 7", "fallback = \"team\"", "a plan cannot be the fallback of an audience"),
        ("trial_days = 7", "fallback = \"individual\"", "it needs `price_month_cents = 0`"),
        ("trial_days = 7", "stripe_price_month = \"prod_1\"", "`prod_1` is no id of a Stripe price"),
        (
            "trial_days = 7",
            "former_stripe_prices = { month = [\"price_1\", \"price_1\"] }",
            "the Stripe price `price_1` is there twice",
        ),
    ] {
        let problem = problem(from, to);
        assert!(problem.contains(expected), "{to}: {problem}");
        // The place is the line that was changed; what is missing altogether has the place of the whole list.
        let changed = line_of(VOIP, VOIP.find(from).unwrap());
        let changed = changed + to.trim_end().matches('\n').count();
        assert!(
            to.is_empty() && from.starts_with("starts") || problem.starts_with(&format!("line {changed}: ")),
            "{problem}"
        );
    }
}
