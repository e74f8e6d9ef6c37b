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
            let Some(Feature::Meter(meter)) = plan.features.get("uploads") else {
                panic!("{} counts no uploads", plan.id)
            };
            assert_eq!(meter.reset, Reset::CalendarMonth);
            let prices = (plan.price_month_cents, plan.price_year_cents);
            (
                plan.id.as_str(),
                plan.audience.as_str(),
                prices,
                meter.limit,
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
        ("[catalog]", "[catalog", "line 4"),
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
        let changed = place::line_at(VOIP, VOIP.find(from).unwrap());
        let changed = changed + to.trim_end().matches('\n').count();
        assert!(
            to.is_empty() && from.starts_with("starts") || problem.starts_with(&format!("line {changed}, ")),
            "{problem}"
        );
    }
}

#[test]
fn versions_stand_together_and_only_the_newest_is_given_to_new_customers() {
    let version = |id: &str, more: &str| {
        format!("[[plans]]\nid = \"{id}\"\nname = \"X\"\naudience = \"individual\"\nseats = 1\nconcurrent_sessions = 1\n{more}\n")
    };
    let start = version("start", "starts = \"individual\"");
    let catalog = |plans: &[String]| Catalog::parse(&format!("[catalog]\nname = \"V\"\n{}", plans.concat()));
    let plain = |id: &str| version(id, "");
    let sound = catalog(&[start.clone(), plain("pro"), plain("pro@2"), plain("pro@7"), plain("max")]).unwrap();
    let places: Vec<_> =
        sound.plans.iter().map(|plan| (plan.id.as_str(), sound.position(&plan.id), sound.is_offered(plan))).collect();
    assert_eq!(
        places,
        [
            ("start", Some(0), true),
            ("pro", Some(1), false),
            ("pro@2", Some(1), false),
            ("pro@7", Some(1), true),
            ("max", Some(2), true),
        ]
    );
    assert_eq!(sound.position("pro@3"), None);
    for (plans, problem) in [
        (vec![start.clone(), plain("pro@1")], "line 11, plans.pro@1.id: a plan's id is made of"),
        (
            vec![start.clone(), plain("pro@2"), plain("pro@2")],
            "line 18, plans.pro@2.id: the plan `pro@2` is there twice",
        ),
        (
            vec![start.clone(), plain("pro@2"), plain("pro")],
            "line 18, plans.pro.id: the versions of `pro` stand one after",
        ),
        (
            vec![start.clone(), plain("pro"), plain("max"), plain("pro@2")],
            "line 25, plans.pro@2.id: the versions of `pro` stand one after",
        ),
        (
            vec![start.clone(), plain("start@2")],
            "line 9, plans.start.starts: an older version is given to nobody new: say `starts` in `start@2`",
        ),
        (
            vec![start.clone(), plain("pro"), plain("pro@2").replace("individual", "team")],
            "line 18, plans.pro@2.id: a version is for whom the one before is for: `individual`",
        ),
    ] {
        let told = catalog(&plans).unwrap_err().to_string();
        assert!(told.starts_with(problem), "{told}");
    }
}

const VOICE_TRAINING: &str = include_str!("../../../../catalogs/voice-training.toml");
const STARTER_KIT: &str = include_str!("../../../../catalogs/starter-kit.toml");
const WELLNESS: &str = include_str!("../../../../catalogs/wellness.toml");
const COACHING: &str = include_str!("../../../../catalogs/coaching.toml");

#[test]
fn use_beyond_a_limit_is_priced_only_where_hundredths_are_charged() {
    let coaching = |code: &str| {
        Catalog::parse(&COACHING.replacen("name = \"Coaching\"", &format!("name = \"C\"\ncurrency = \"{code}\""), 1))
    };
    for code in ["usd", "eur", "huf"] {
        assert_eq!(coaching(code).unwrap().currency, code);
    }
    for code in ["jpy", "kwd", "isk"] {
        let problem = coaching(code).unwrap_err().to_string();
        assert!(problem.ends_with(&format!("`{code}` is not charged by the hundredth, as `overage` is")), "{problem}");
    }
    // Without a price for units the catalog's amounts are Stripe's smallest units, whatever those are.
    let voip = VOIP.replacen("name = \"VoIP Accelerator\"", "name = \"V\"\ncurrency = \"jpy\"", 1);
    assert_eq!(Catalog::parse(&voip).unwrap().currency, "jpy");
}

fn meter<'a>(plan: &'a Plan, name: &str) -> &'a Meter {
    match plan.features.get(name) {
        Some(Feature::Meter(meter)) => meter,
        other => panic!("{} of {}: {other:?}", name, plan.id),
    }
}

fn limits(catalog: &Catalog, name: &str, reset: Reset) -> Vec<i64> {
    let limit = |plan: &Plan| {
        assert_eq!(meter(plan, name).reset, reset, "{name} of {}", plan.id);
        meter(plan, name).limit
    };
    catalog.plans.iter().map(limit).collect()
}

fn flags(catalog: &Catalog, name: &str) -> Vec<bool> {
    catalog.plans.iter().map(|plan| plan.features.get(name) == Some(&Feature::Flag(true))).collect()
}

#[test]
fn the_voice_training_catalog_holds_its_figures() {
    let catalog = Catalog::parse(VOICE_TRAINING).unwrap();
    let plans: Vec<_> = catalog
        .plans
        .iter()
        .map(|plan| {
            (plan.id.as_str(), plan.audience.as_str(), plan.price_month_cents, plan.price_year_cents, plan.seats)
        })
        .collect();
    assert_eq!(
        plans,
        [
            ("individual_free", "individual", Some(0), None, 1),
            ("individual_pro", "individual", Some(2_900), Some(29_000), 1),
            ("individual_ultra", "individual", Some(9_900), Some(99_000), 1),
            ("trial", "team", Some(0), None, 10),
            ("starter", "team", None, None, 10),
            ("professional", "team", None, None, 50),
            ("enterprise", "team", None, None, -1),
        ]
    );
    assert_eq!(limits(&catalog, "training_sessions", Reset::CalendarMonth), [10, 100, 500, 500, 500, 2_500, -1]);
    assert_eq!(limits(&catalog, "scenarios", Reset::Gauge), [3, 50, 200, 25, 25, 100, -1]);
    let retention: Vec<_> = catalog.plans.iter().map(|plan| plan.retention_days.unwrap()).collect();
    assert_eq!(retention, [30, 90, 365, 90, 90, 365, -1]);
    assert_eq!(flags(&catalog, "ai_generation"), [false, true, true, true, true, true, true]);
    for name in ["webhooks", "custom_branding", "priority_support"] {
        assert_eq!(flags(&catalog, name), [false, false, true, false, false, true, true], "{name}");
    }
    for name in ["leaderboards", "assignments", "team_management"] {
        assert_eq!(flags(&catalog, name), [false, false, false, true, true, true, true], "{name}");
    }
    assert_eq!(meter(&catalog.plans[0], "training_sessions").alerts[0].percent, 80);
}

#[test]
fn the_starter_kit_has_36_definitions() {
    let catalog = Catalog::parse(STARTER_KIT).unwrap();
    assert_eq!(catalog.plans.iter().map(|plan| plan.features.len()).collect::<Vec<_>>(), [9; 4]);
    for (name, reset, figures) in [
        ("max_records", Reset::Gauge, [100, 10_000, 100_000, -1]),
        ("max_api_calls_per_month", Reset::CalendarMonth, [1_000, 100_000, 1_000_000, -1]),
        ("max_automations", Reset::CalendarMonth, [3, 25, 100, -1]),
        ("max_storage_gb", Reset::Gauge, [1, 50, 500, -1]),
        ("max_mau", Reset::CalendarMonth, [50, 1_000, 10_000, -1]),
        ("max_schedules", Reset::CalendarMonth, [5, 50, 200, -1]),
        ("max_ai_tokens_per_month", Reset::CalendarMonth, [5_000, 100_000, 1_000_000, -1]),
    ] {
        assert_eq!(limits(&catalog, name, reset), figures, "{name}");
        assert_eq!(meter(&catalog.plans[0], name).is_distinct, name == "max_mau");
    }
    let config = |plan: &Plan, name: &str| match plan.features.get(name) {
        Some(Feature::Config(json)) => serde_json::from_str::<serde_json::Value>(json).unwrap(),
        other => panic!("{other:?}"),
    };
    for (place, plan) in catalog.plans.iter().enumerate() {
        let seats = [1, 5, 50, -1][place];
        assert_eq!((plan.audience, plan.seats, config(plan, "max_seats")), (Audience::Any, seats, seats.into()));
        for (flag, from) in [
            ("advanced_analytics", 1),
            ("api_access", 1),
            ("priority_support", 2),
            ("sso", 2),
            ("custom_branding", 2),
            ("dedicated_support", 3),
            ("custom_contracts", 3),
        ] {
            assert_eq!(config(plan, "features")[flag], place >= from, "{flag} of {}", plan.id);
        }
    }
    assert_eq!(catalog.event_types.len(), 7);
    let prices: Vec<_> = catalog.plans.iter().map(|plan| plan.price_month_cents).collect();
    assert_eq!(prices, [Some(0), None, None, None]);
}

#[test]
fn the_wellness_catalog_is_for_individuals() {
    let catalog = Catalog::parse(WELLNESS).unwrap();
    let plans: Vec<_> =
        catalog.plans.iter().map(|plan| (plan.id.as_str(), plan.audience.as_str(), plan.trial_days)).collect();
    assert_eq!(plans, [("starter", "individual", 14), ("premium", "individual", 0), ("pro", "individual", 0)]);
    let packages: Vec<_> = catalog
        .packages
        .iter()
        .map(|package| (package.name.as_str(), package.minimum_plan.as_deref(), package.requires_subscription))
        .collect();
    assert_eq!(
        packages,
        [("First Breath", None, false), ("Deep Sleep", None, true), ("Focus Studio", Some("premium"), true)]
    );
}

#[test]
fn the_coaching_catalog_holds_its_figures() {
    let catalog = Catalog::parse(COACHING).unwrap();
    let voice: Vec<_> = catalog
        .plans
        .iter()
        .map(|plan| {
            let meter = meter(plan, "ai_voice_minutes");
            let beyond = meter.overage.map(|overage| (overage.unit_price.decimal(), overage.cap_cents));
            assert_eq!(meter.unit, Unit::Minute);
            (plan.id.as_str(), plan.price_month_cents.unwrap(), meter.limit, meter.reset, beyond)
        })
        .collect();
    assert_eq!(
        voice,
        [
            ("free", 0, 15, Reset::Once, None),
            ("lifestyle", 2_900, 120, Reset::BillingPeriod, Some(("0.10".to_string(), Some(2_000)))),
            ("growth", 7_900, 300, Reset::BillingPeriod, Some(("0.08".to_string(), None))),
            ("mastery", 19_900, -1, Reset::BillingPeriod, None),
        ]
    );
    let calls = catalog.plans.iter().map(|plan| meter(plan, "human_coach_calls"));
    let calls: Vec<_> =
        calls.map(|meter| (meter.limit, meter.overage.map(|overage| overage.unit_price.micros()))).collect();
    assert_eq!(calls, [(0, None), (0, None), (1, Some(25_000_000)), (4, Some(20_000_000))]);
    let messages: Vec<_> = catalog.plans.iter().map(|plan| meter(plan, "ai_text_messages").limit).collect();
    assert_eq!(messages, [5, -1, -1, -1]);
    // Modules: how many each plan opens.
    let position = |id: &str| catalog.plans.iter().position(|plan| plan.id == id).unwrap();
    let opens = |place: usize| {
        let of = |package: &&Package| position(package.minimum_plan.as_deref().unwrap()) <= place;
        catalog.packages.iter().filter(of).count()
    };
    assert_eq!([0, 1, 2, 3].map(opens), [2, 12, 18, 31]);
    let mut ids: Vec<_> = catalog.packages.iter().map(|package| package.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 31);
    for (name, from) in [
        ("progress_tracking", 1),
        ("advanced_analytics", 2),
        ("certification_path", 3),
        ("priority_support", 3),
        ("custom_roadmap", 3),
    ] {
        assert_eq!(flags(&catalog, name), [0, 1, 2, 3].map(|place| place >= from), "{name}");
    }
}

#[test]
fn each_mistake_in_a_meter_is_told() {
    let meter = "ai_voice_minutes = { limit = 15, reset = \"once\", unit = \"minute\" }";
    for (to, expected) in [
        ("{ limit = 15, reset = \"once\", unit = \"fortnight\" }", "`unit` must be one of: minute, hour"),
        ("{ limit = -1, reset = \"once\", overage = { unit_price = \"1\" } }", "overage needs a limit"),
        ("{ limit = 1, reset = \"once\", overage = { unit_price = \"1\" } }", "overage is billed by the period"),
        ("{ limit = 1, reset = \"gauge\", overage = { unit_price = \"1\" } }", "overage needs a limit"),
        ("{ limit = 1, reset = \"once\", overage = { unit_price = 0.1 } }", "`unit_price` is a text with a price"),
        ("{ limit = 1, reset = \"once\", overage = { unit_price = \"0.0000001\" } }", "`unit_price` is a text"),
        (
            "{ limit = 1, reset = \"once\", overage = { unit_price = \"1\", cap_cents = 0 } }",
            "`cap_cents` must be 1 to",
        ),
        ("{ limit = 1, reset = \"once\", overage = { unit_price = \"1\", at_cap = \"stop\" } }", "`at_cap` needs a"),
        ("{ limit = 1, reset = \"once\", overage = { price = \"1\" } }", "unknown key `price`"),
        ("{ limit = 1, reset = \"gauge\", distinct = true }", "a distinct meter counts people"),
        ("{ limit = 1, reset = \"once\", alerts = [0] }", "an alert's percentage must be 1 to 1000"),
        ("{ limit = 1, reset = \"once\", alerts = [80, 80] }", "there is an alert `80_percent` already"),
        (
            "{ limit = 1, reset = \"once\", alerts = [{ name = \"overage\", percent = 5 }] }",
            "an alert `overage` already",
        ),
        ("{ limit = 1, reset = \"once\", on_outage = \"maybe\" }", "`on_outage` must be one of: deny, allow"),
        ("{ limit = 1000000000001, reset = \"once\" }", "a limit must be at most"),
    ] {
        let text = COACHING.replacen(meter, &format!("ai_voice_minutes = {to}"), 1);
        let problem = Catalog::parse(&text).unwrap_err().to_string();
        assert!(problem.contains(expected), "{to}: {problem}");
    }
    for (from, to, expected) in [
        ("extends = \"free\"", "extends = \"mastery\"", "no earlier plan is `mastery`"),
        ("minimum_plan = \"growth\"", "minimum_plan = \"grow\"", "there is no plan `grow`"),
        ("id = \"goal-setting\"", "id = \"sleep-optimization\"", "the package `sleep-optimization` is there twice"),
        ("id = \"goal-setting\"", "id = \"Goal\"", "a package's id is made of"),
        (
            "ai_text_message = \"ai_text_messages\"",
            "ai_text_message = { meter = \"ai_text_messages\", weight = 0 }",
            "a weight must be",
        ),
        ("longest_call_seconds = 7200", "longest_call_seconds = 0", "`longest_call_seconds` must be 1 to 86400"),
        ("longest_call_seconds = 7200", "longest_call_seconds = 86401", "`longest_call_seconds` must be 1 to 86400"),
        (
            "human_coach_calls = { limit = 0, reset = \"billing_period\" }",
            "human_coach_calls = { limit = 0, reset = \"gauge\" }",
            "calls are counted by no gauge",
        ),
    ] {
        let problem = Catalog::parse(&COACHING.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(problem.contains(expected), "{to}: {problem}");
    }
}

#[test]
fn what_is_allowed_on_an_outage_is_what_every_plan_says() {
    assert_eq!(Catalog::parse(COACHING).unwrap().allowed_on_outage(), Vec::<&str>::new());
    // Of every plan that has the meter: each `reset` of the messages stands once a plan.
    let text =
        COACHING.replace("ai_text_messages = { limit = ", "ai_text_messages = { on_outage = \"allow\", limit = ");
    assert_eq!(Catalog::parse(&text).unwrap().allowed_on_outage(), ["ai_text_messages", "ai_text_message"]);
    let one =
        COACHING.replacen("ai_text_messages = { limit = ", "ai_text_messages = { on_outage = \"allow\", limit = ", 1);
    assert_eq!(Catalog::parse(&one).unwrap().allowed_on_outage(), Vec::<&str>::new());
}
