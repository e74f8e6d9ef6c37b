//! What counts as taken away.

use tallygate::rules::catalog::{Catalog, Feature};

use crate::loss::takes;

/// A feature as a catalog says it; `None` for what is not there.
fn feature(value: &str) -> Option<Feature> {
    if value.is_empty() {
        return None;
    }
    let catalog = format!(
        "[catalog]\nname = \"V\"\n[[plans]]\nid = \"p\"\nname = \"P\"\naudience = \"any\"\nseats = 1\n\
         concurrent_sessions = 1\nstarts = \"any\"\n[plans.features]\nx = {value}\n"
    );
    let catalog = Catalog::parse(&catalog).unwrap_or_else(|error| panic!("{value}: {error}"));
    catalog.plans[0].features.get("x").cloned()
}

#[test]
fn less_dearer_or_gone_is_a_loss_and_more_is_none() {
    let meter = |rest: &str| format!("{{ limit = 10, reset = \"calendar_month\"{rest} }}");
    let beyond = |rest: &str| meter(&format!(", overage = {{ {rest} }}"));
    let reset = |reset: &str| format!("{{ limit = 10, reset = \"{reset}\" }}");
    let limit = |limit: i64| format!("{{ limit = {limit}, reset = \"gauge\" }}");
    let config = |json: &str| format!("{{ config = {json} }}");
    for (now, then, expected) in [
        ("true".to_string(), "false".to_string(), true),
        ("true".to_string(), String::new(), true),
        ("false".to_string(), String::new(), false),
        ("false".to_string(), "true".to_string(), false),
        (String::new(), "true".to_string(), false),
        ("true".to_string(), limit(3), true),
        ("true".to_string(), limit(-1), false),
        (limit(3), "true".to_string(), false),
        (limit(3), "false".to_string(), true),
        (limit(3), String::new(), true),
        (limit(3), limit(4), false),
        (limit(3), limit(2), true),
        (limit(-1), limit(1_000), true),
        (limit(3), limit(-1), false),
        (reset("calendar_month"), reset("once"), true),
        (reset("once"), reset("billing_period"), false),
        (reset("calendar_month"), reset("billing_period"), false),
        (reset("gauge"), reset("calendar_month"), true),
        (meter(", unit = \"minute\""), meter(""), true),
        (meter(""), meter(", unit = \"minute\""), false),
        (meter(", distinct = true"), meter(""), true),
        (meter(", on_outage = \"allow\""), meter(""), true),
        (meter(""), meter(", on_outage = \"allow\""), false),
        (meter(""), meter(", alerts = [50]"), false),
        (meter(""), beyond("unit_price = \"0.10\""), false),
        (beyond("unit_price = \"0.10\""), meter(""), true),
        (beyond("unit_price = \"0.10\""), limit(-1), false),
        (beyond("unit_price = \"0.10\""), beyond("unit_price = \"0.11\""), true),
        (beyond("unit_price = \"0.10\""), beyond("unit_price = \"0.09\""), false),
        (beyond("unit_price = \"0.10\""), beyond("unit_price = \"0.10\", cap_cents = 900"), true),
        (beyond("unit_price = \"0.10\", cap_cents = 900"), beyond("unit_price = \"0.10\", cap_cents = 800"), true),
        (beyond("unit_price = \"0.10\", cap_cents = 900"), beyond("unit_price = \"0.10\", cap_cents = 950"), false),
        (
            beyond("unit_price = \"0.10\", cap_cents = 900, at_cap = \"go_on\""),
            beyond("unit_price = \"0.10\", cap_cents = 800, at_cap = \"go_on\""),
            false,
        ),
        (
            beyond("unit_price = \"0.10\", cap_cents = 900, at_cap = \"go_on\""),
            beyond("unit_price = \"0.10\", cap_cents = 950, at_cap = \"go_on\""),
            true,
        ),
        (
            beyond("unit_price = \"0.10\", cap_cents = 900, at_cap = \"go_on\""),
            beyond("unit_price = \"0.10\", cap_cents = 900"),
            true,
        ),
        (config("{ sso = true }"), config("{ sso = true, api = true }"), false),
        (config("{ sso = true }"), config("{ sso = false }"), true),
        (config("{ sso = true }"), config("{ api = true }"), true),
        (config("{ sso = false }"), config("{ api = true }"), false),
        (config("5"), config("50"), false),
        (config("50"), config("5"), true),
        (config("-1"), config("5"), true),
        (config("5"), config("-1"), false),
        (config("0.5"), config("0.25"), true),
        (config("[\"a\"]"), config("[\"a\", \"b\"]"), false),
        (config("[\"a\", \"b\"]"), config("[\"b\"]"), true),
        // What is different and of no order may be a loss.
        (config("\"full\""), config("\"read_only\""), true),
    ] {
        assert_eq!(takes(feature(&now).as_ref(), feature(&then).as_ref()), expected, "{now} → {then}");
    }
}
