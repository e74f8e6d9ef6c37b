//! A catalog's SQL on a real database: what it writes, changes and leaves alone.

use serde_json::{json, Value as Json};
use tallygate::{
    rules::catalog::Catalog,
    testing::{repository, Scene},
};

const VOIP: &str = include_str!("../../catalogs/voip.toml");

fn voip_with(from: &str, to: &str) -> String {
    assert!(VOIP.contains(from), "{from} is not in the catalog");
    VOIP.replacen(from, to, 1)
}

/// The uploads of a plan, as the row has them.
fn limit(scene: &Scene, plan: &str) -> Json {
    let of_plan = format!("plan_id = '{plan}' AND feature = 'uploads'");
    scene.rows(&format!("SELECT limit_value AS uploads FROM plan_features WHERE {of_plan}"))
}

#[test]
fn it_writes_plans_features_and_event_types() {
    let scene = Scene::new();
    assert_eq!(
        scene.rows("SELECT * FROM plans ORDER BY position"),
        json!([
            {
                "id": "starter",
                "name": "Starter",
                "audience": "individual",
                "position": 0,
                "price_month_cents": 9_900,
                "price_year_cents": 108_900,
                "seats": 1,
                "concurrent_sessions": 1,
                "starts": "individual",
                "trial_days": 7,
                "fallback": null, "grace_days": 0, "retention_days": null,
                "sales_contact": "sales@voipaccelerator.com",
                "retired": 0,
                "sessions_enforced": 0,
            },
            {
                "id": "professional",
                "name": "Professional",
                "audience": "individual",
                "position": 1,
                "price_month_cents": 19_900,
                "price_year_cents": 218_900,
                "seats": 1,
                "concurrent_sessions": 1,
                "starts": null,
                "trial_days": 0,
                "fallback": null, "grace_days": 0, "retention_days": null,
                "sales_contact": "sales@voipaccelerator.com",
                "retired": 0,
                "sessions_enforced": 0,
            },
            {
                "id": "enterprise",
                "name": "Enterprise",
                "audience": "team",
                "position": 2,
                "price_month_cents": 49_900,
                "price_year_cents": 548_900,
                "seats": 10,
                "concurrent_sessions": -1,
                "starts": "team",
                "trial_days": 14,
                "fallback": null, "grace_days": 0, "retention_days": null,
                "sales_contact": "sales@voipaccelerator.com",
                "retired": 0,
                "sessions_enforced": 0,
            },
        ])
    );
    let meter = |plan: &str, limit: i64| {
        json!({
            "plan_id": plan,
            "feature": "uploads",
            "kind": "meter",
            "value": null,
            "limit_value": limit,
            "reset": "calendar_month",
            "unit_size": 1,
            "is_distinct": 0,
            "unit_price_micros": null,
            "cap_cents": null,
            "stops_at_cap": 1,
            "allows_on_outage": 0,
        })
    };
    assert_eq!(
        scene.rows("SELECT * FROM plan_features ORDER BY plan_id"),
        json!([meter("enterprise", -1), meter("professional", -1), meter("starter", 100)])
    );
    let types = ["bulk_adjustment", "comparison", "rate_deck", "rate_sheet"];
    let types: Vec<_> = types
        .map(|kind| json!({"event_type": kind, "feature": "uploads", "weight": 1, "longest_call_seconds": null}))
        .to_vec();
    assert_eq!(scene.rows("SELECT * FROM event_types ORDER BY event_type"), json!(types));
}

#[test]
fn loading_it_again_changes_nothing() {
    let scene = Scene::new();
    scene.sign_up("ada");
    let before = scene.everything();
    scene.load(VOIP);
    scene.assert_unchanged(&before);
}

#[test]
fn a_changed_figure_takes_effect_and_back() {
    let scene = Scene::new();
    scene.sign_up("ada");
    let before = scene.everything();
    scene.load(&voip_with("limit = 100", "limit = 250"));
    assert_eq!(limit(&scene, "starter"), json!([{"uploads": 250}]));
    scene.load(VOIP);
    scene.assert_unchanged(&before);
}

#[test]
fn a_plan_that_is_gone_is_retired_and_may_come_back() {
    // given: somebody on the plan that goes
    let scene = Scene::new();
    scene.sign_up("ada");
    scene.execute("UPDATE org_subscriptions SET plan_id = 'professional', status = 'active'");
    let start = VOIP.find("[[plans]]\nid = \"professional\"").unwrap();
    let end = VOIP.find("[[plans]]\nid = \"enterprise\"").unwrap();
    let without = format!("{}{}", &VOIP[..start], &VOIP[end..]);
    // when
    scene.load(&without);
    // then: it is offered no longer, and stays what it was for who is on it
    assert_eq!(
        scene.rows("SELECT id, retired FROM plans ORDER BY id"),
        json!([
            {"id": "enterprise", "retired": 0},
            {"id": "professional", "retired": 1},
            {"id": "starter", "retired": 0},
        ])
    );
    assert_eq!(limit(&scene, "professional"), json!([{"uploads": -1}]));
    // and back again
    scene.load(VOIP);
    assert_eq!(scene.rows("SELECT id FROM plans WHERE retired = 1"), json!([]));
}

/// The VoIP catalog with a second version of `professional` behind the first.
fn with_second_version() -> String {
    let second = "[[plans]]
id = \"professional@2\"
name = \"Professional\"
audience = \"individual\"
price_month_cents = 24900
seats = 1
concurrent_sessions = 1

[[plans]]
id = \"enterprise\"";
    voip_with("[[plans]]\nid = \"enterprise\"", second)
}

#[test]
fn of_two_versions_the_newer_is_offered_and_both_have_one_place() {
    let scene = Scene::with_catalog(&with_second_version());
    let places = json!([
        {"id": "starter", "position": 0, "retired": 0},
        {"id": "professional", "position": 1, "retired": 1},
        {"id": "professional@2", "position": 1, "retired": 0},
        {"id": "enterprise", "position": 2, "retired": 0},
    ]);
    assert_eq!(scene.rows("SELECT id, position, retired FROM plans ORDER BY position, id"), places);
    // and an older version is kept up: its terms are the catalog's
    scene.load(&with_second_version().replacen("limit = -1", "limit = 900", 1));
    assert_eq!(limit(&scene, "professional"), json!([{"uploads": 900}]));
    assert_eq!(scene.rows("SELECT id, position, retired FROM plans ORDER BY position, id"), places);
}

#[test]
fn a_plan_that_is_gone_keeps_its_place_among_the_others_however_often_it_is_loaded() {
    let scene = Scene::new();
    let between = |from: &str, to: Option<&str>| {
        let start = VOIP.find(&format!("[[plans]]\nid = \"{from}\"")).unwrap();
        let end = to.map_or(VOIP.len(), |to| VOIP.find(&format!("[[plans]]\nid = \"{to}\"")).unwrap());
        format!("{}{}", &VOIP[..start], &VOIP[end..])
    };
    let places = |scene: &Scene| scene.rows("SELECT id, position FROM plans ORDER BY position, id");
    for _ in 0..3 {
        scene.load(&between("professional", Some("enterprise")));
        let expected = json!([
            {"id": "professional", "position": 0}, {"id": "starter", "position": 0}, {"id": "enterprise", "position": 1},
        ]);
        assert_eq!(places(&scene), expected);
    }
    // and the first one of all is before the others
    let scene = Scene::new();
    let others = between("starter", Some("professional")).replacen(
        "name = \"Professional\"\n",
        "name = \"Professional\"\nstarts = \"individual\"\n",
        1,
    );
    for _ in 0..2 {
        scene.load(&others);
        let expected = json!([
            {"id": "starter", "position": -1}, {"id": "professional", "position": 0}, {"id": "enterprise", "position": 1},
        ]);
        assert_eq!(places(&scene), expected);
    }
}

#[test]
fn the_upgrades_that_the_rules_know_are_those_that_the_rows_have() {
    use tallygate::rules::catalog::Audience;
    for text in [VOIP, &with_second_version(), include_str!("../../catalogs/voice-training.toml")] {
        let (catalog, scene) = (Catalog::parse(text).unwrap(), Scene::with_catalog(text));
        for plan in &catalog.plans {
            for organization in [Audience::Individual, Audience::Team] {
                let rows = scene.rows(&format!(
                    "SELECT plan.id FROM plans own JOIN plans plan ON plan.position > own.position AND plan.retired = 0
                       AND plan.audience IN ('any', '{}') WHERE own.id = '{}' ORDER BY plan.position",
                    organization.as_str(),
                    plan.id
                ));
                let options = catalog.upgrade_options(&plan.id, organization);
                assert_eq!(rows, options.iter().map(|plan| json!({"id": plan.id})).collect::<Json>(), "{}", plan.id);
            }
        }
    }
}

#[test]
fn a_start_that_is_gone_starts_nobody() {
    let scene = Scene::new();
    let start = VOIP.find("[[plans]]\nid = \"enterprise\"").unwrap();
    scene.load(&VOIP[..start]);
    assert_eq!(
        scene.rows("SELECT id, starts, retired FROM plans WHERE starts IS NOT NULL OR retired = 1 ORDER BY id"),
        json!([
            {"id": "enterprise", "starts": null, "retired": 1},
            {"id": "starter", "starts": "individual", "retired": 0},
        ])
    );
}

#[test]
fn a_feature_or_an_event_type_that_is_gone_is_removed() {
    let scene = Scene::with_catalog(&voip_with(
        "uploads = { limit = 100, reset = \"calendar_month\" }",
        "uploads = { limit = 100, reset = \"calendar_month\" }\nreports = true\nlook = { config = { theme = \"dark\" } }",
    ));
    assert_eq!(
        scene.rows("SELECT feature, kind, value FROM plan_features WHERE kind <> 'meter' ORDER BY feature"),
        json!([
            {"feature": "look", "kind": "config", "value": "{\"theme\":\"dark\"}"},
            {"feature": "reports", "kind": "flag", "value": "1"},
        ])
    );
    scene.load(&voip_with("rate_deck = \"uploads\"\n", ""));
    assert_eq!(scene.rows("SELECT feature FROM plan_features WHERE kind <> 'meter'"), json!([]));
    assert_eq!(scene.rows("SELECT event_type FROM event_types WHERE event_type = 'rate_deck'"), json!([]));
    // and a plan without any feature keeps none
    scene.load(&voip_with("uploads = { limit = 100, reset = \"calendar_month\" }", ""));
    assert_eq!(scene.rows("SELECT feature FROM plan_features WHERE plan_id = 'starter'"), json!([]));
    assert_eq!(limit(&scene, "enterprise"), json!([{"uploads": -1}]));
}

#[test]
fn a_text_stays_a_text_whatever_is_in_it() {
    let name = "O'Brien's '); DROP TABLE plans; -- plan";
    let catalog = voip_with("name = \"Starter\"", &format!("name = \"{name}\""))
        .replacen("name = \"VoIP Accelerator\"", "name = \"a\\nDROP TABLE plans;\"", 1)
        .replacen("rate_sheet =", "\"rate'sheet\" =", 1);
    let scene = Scene::new();
    scene.load(&catalog);
    assert_eq!(scene.rows("SELECT name FROM plans WHERE id = 'starter'"), json!([{"name": name}]));
    assert_eq!(
        scene.rows("SELECT feature FROM event_types WHERE event_type = 'rate''sheet'"),
        json!([{"feature": "uploads"}])
    );
}

#[test]
fn every_catalog_that_is_there_loads_over_every_other() {
    let folder = repository().join("catalogs");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let catalogs: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    assert!(catalogs.iter().any(|catalog| catalog == VOIP));
    for one in &catalogs {
        for other in &catalogs {
            let scene = Scene::with_catalog(one);
            scene.sign_up("ada");
            scene.load(other);
            let offered = Catalog::parse(other).unwrap().plans;
            let rows = scene.rows("SELECT id FROM plans WHERE retired = 0 ORDER BY position");
            let ids: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
            assert_eq!(ids, offered.iter().map(|plan| plan.id.as_str()).collect::<Vec<_>>());
            scene.sign_up("bob");
        }
    }
}
