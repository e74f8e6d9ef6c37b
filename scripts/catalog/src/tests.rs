//! What a push shows and does, on a real database.

use serde_json::{json, Value as Json};
use tallygate::{rules::catalog::Catalog, store::Row, testing::Scene};

use crate::{
    difference::Difference,
    organizations::{Met, Organizations},
    proposed_push,
    snapshot::{Rows, Snapshot, QUESTIONS},
};

mod losses;
mod moves;

const VOIP: &str = include_str!("../../../catalogs/voip.toml");
const ALL: [&str; 5] = [
    VOIP,
    include_str!("../../../catalogs/voice-training.toml"),
    include_str!("../../../catalogs/starter-kit.toml"),
    include_str!("../../../catalogs/wellness.toml"),
    include_str!("../../../catalogs/coaching.toml"),
];

fn parsed(text: &str) -> Catalog {
    Catalog::parse(text).unwrap()
}

fn changed(from: &str, to: &str) -> String {
    assert!(VOIP.contains(from), "{from} is not in the catalog");
    VOIP.replacen(from, to, 1)
}

fn asked(scene: &Scene) -> Json {
    QUESTIONS.iter().map(|(name, sql)| ((*name).to_string(), scene.rows(sql))).collect::<serde_json::Map<_, _>>().into()
}

fn stored(scene: &Scene) -> (Option<Snapshot>, Organizations) {
    let rows: Rows = crate::snapshot::rows(&asked(scene).to_string()).unwrap();
    let organizations: &[Row] = rows.get("organizations").unwrap();
    (Snapshot::of_database(&rows).unwrap(), Organizations::read(organizations).unwrap())
}

fn difference(scene: &Scene, catalog: &str) -> Difference {
    let (now, organizations) = stored(scene);
    Difference::between(now.as_ref(), &Snapshot::of_file(&parsed(catalog)), &organizations)
}

/// Each change as `what: now → then`, with whom it meets, and `takes` where it takes something.
fn told(scene: &Scene, catalog: &str) -> Vec<String> {
    let changes = difference(scene, catalog).changes.into_iter().map(|change| {
        let Met { organizations, paying, .. } = change.met;
        let takes = if change.takes { ", takes" } else { "" };
        format!("{}: {} → {} ({organizations}, {paying}{takes})", change.what, change.now, change.then)
    });
    changes.collect()
}

/// The push as `npm run catalog` does it.
fn push(scene: &Scene, catalog: &str, options: &[&str]) -> Json {
    let text = proposed_push(&parsed(catalog), &asked(scene).to_string(), options.contains(&"--yes")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn do_push(scene: &Scene, pushed: &Json) -> Result<(), String> {
    scene.transaction(pushed["sql"].as_str().unwrap())
}

/// Ada and Bob pay for `professional`, Cy is on the trial of `starter`.
fn customers() -> Scene {
    let scene = Scene::new();
    for person in ["ada", "bob", "cy"] {
        scene.sign_up(person);
    }
    scene.execute(
        "UPDATE org_subscriptions SET plan_id = 'professional', status = 'active' WHERE organization_id IN (
  SELECT id FROM organizations WHERE personal_user_id IN ('ada', 'bob'))",
    );
    scene
}

#[test]
fn what_was_loaded_is_what_is_read_back() {
    for text in ALL {
        let catalog = parsed(text);
        let scene = Scene::with_catalog(text);
        let (now, _) = stored(&scene);
        assert_eq!(now.unwrap(), Snapshot::of_file(&catalog), "{}", catalog.name);
        assert_eq!(told(&scene, text), [""; 0], "{}", catalog.name);
    }
}

#[test]
fn an_empty_database_gets_everything() {
    let scene = Scene::new();
    for table in ["plan_alerts", "plan_prices", "plan_features", "packages", "event_types", "plans", "catalog_settings"]
    {
        scene.execute(&format!("DELETE FROM {table}"));
    }
    assert_eq!(
        told(&scene, VOIP),
        [
            "plan starter:  → new: individual, 99.00 a month, 1 features (0, 0)",
            "plan professional:  → new: individual, 199.00 a month, 1 features (0, 0)",
            "plan enterprise:  → new: team, 499.00 a month, 1 features (0, 0)",
        ]
    );
    do_push(&scene, &push(&scene, VOIP, &[])).unwrap();
    assert_eq!(told(&scene, VOIP), [""; 0]);
}

#[test]
fn each_change_is_told_with_whom_it_meets() {
    let scene = customers();
    for (from, to, expected) in [
        ("limit = 100", "limit = 250", "starter: uploads: 100 a calendar month → 250 a calendar month (1, 0)"),
        ("limit = 100", "limit = 50", "starter: uploads: 100 a calendar month → 50 a calendar month (1, 0, takes)"),
        (
            "limit = -1",
            "limit = 9000",
            "professional: uploads: unlimited a calendar month → 9000 a calendar month (2, 2, takes)",
        ),
        (
            "price_month_cents = 19900",
            "price_month_cents = 24900",
            "plan professional, price a month: 199.00 → 249.00 (2, 2)",
        ),
        ("seats = 10", "seats = 5", "plan enterprise, seats: 10 → 5 (0, 0, takes)"),
        ("rate_deck = \"uploads\"\n", "", "event type rate_deck: uploads → not counted (3, 2, takes)"),
        (
            "rate_deck = \"uploads\"",
            "rate_deck = { meter = \"uploads\", weight = 2 }",
            "event type rate_deck: uploads → uploads, 2 each (3, 2, takes)",
        ),
        ("# [limits]", "[limits]\nlive_sessions = 40", "limit live_sessions: 50 → 40 (3, 2, takes)"),
        ("# sessions =", "sessions =", "catalog, sessions: advisory → enforced (3, 2, takes)"),
        ("trial_days = 7", "trial_days = 3", "plan starter, trial days: 7 → 3 (1, 0)"),
        (
            "trial_days = 7",
            "trial_days = 7\nstripe_price_month = \"price_1\"",
            "plan starter, Stripe price a month: none → price_1 (1, 0)",
        ),
        ("name = \"Professional\"", "name = \"Expert\"", "plan professional, name: Professional → Expert (2, 2)"),
    ] {
        assert_eq!(told(&scene, &changed(from, to)), [expected], "{to}");
    }
}

#[test]
fn a_plan_is_added_kept_for_who_is_on_it_and_offered_again() {
    let scene = customers();
    let start = VOIP.find("[[plans]]\nid = \"professional\"").unwrap();
    let end = VOIP.find("[[plans]]\nid = \"enterprise\"").unwrap();
    let without = format!("{}{}", &VOIP[..start], &VOIP[end..]);
    assert_eq!(told(&scene, &without), ["plan professional: offered → kept for who is on it (2, 2)"]);
    // when: it is pushed, nobody loses anything and no consent is needed
    let pushed = push(&scene, &without, &[]);
    assert_eq!(pushed["takesFromWhoPays"], false);
    do_push(&scene, &pushed).unwrap();
    // then
    assert_eq!(told(&scene, &without), [""; 0]);
    assert_eq!(told(&scene, VOIP), ["plan professional: kept for who is on it → offered (2, 2)"]);
    assert_eq!(
        scene.rows("SELECT COUNT(*) AS held FROM org_subscriptions WHERE plan_id = 'professional'"),
        json!([{"held": 2}])
    );
    // and a second version next to the first
    let second =
        VOIP[start..end].replacen("professional", "professional@2", 1).replacen("limit = -1", "limit = 9000", 1);
    let versions = format!("{}{second}{}", &VOIP[..end], &VOIP[end..]);
    assert_eq!(
        told(&Scene::new(), &versions),
        [
            "plan professional: offered → kept for who is on it (0, 0)",
            "plan professional@2:  → new: individual, 199.00 a month, 1 features (0, 0)",
        ]
    );
}

#[test]
fn a_package_is_taken_from_the_plans_that_opened_it() {
    let wellness = ALL[3];
    let scene = Scene::with_catalog(wellness);
    scene.sign_up("ada");
    scene.sign_up("bob");
    scene.execute(
        "UPDATE org_subscriptions SET plan_id = 'premium', status = 'active' WHERE organization_id IN (
  SELECT id FROM organizations WHERE personal_user_id = 'ada')",
    );
    let with = |from: &str, to: &str| {
        assert!(wellness.contains(from), "{from}");
        wellness.replacen(from, to, 1)
    };
    for (catalog, expected) in [
        (
            with("minimum_plan = \"premium\"", "minimum_plan = \"pro\""),
            vec!["package focus-studio, minimum plan: premium → pro (1, 1, takes)"],
        ),
        (with("minimum_plan = \"premium\"", ""), vec!["package focus-studio, minimum plan: premium → any plan (1, 0)"]),
        (
            with("[[packages]]\nid = \"deep-sleep\"\ncategory = \"sleep\"\nrequires_subscription = true\n", ""),
            vec!["package deep-sleep: sleep, opened by any plan → retired (2, 1, takes)"],
        ),
        (
            with("category = \"breathing\"", "category = \"breathing\"\nrequires_subscription = true"),
            vec!["package first-breath, requires a subscription: no → yes (1, 0, takes)"],
        ),
        // The order of the plans is changed: who is on premium is before pro no longer, and pro is.
        (
            with("id = \"premium\"", "id = \"x\"")
                .replacen("id = \"pro\"", "id = \"premium\"", 1)
                .replacen("id = \"x\"", "id = \"pro\"", 1)
                .replacen("name = \"Premium\"", "name = \"X\"", 1)
                .replacen("name = \"Pro\"", "name = \"Premium\"", 1)
                .replacen("name = \"X\"", "name = \"Pro\"", 1),
            vec![
                "plan pro, place: number 3 → number 2 (0, 0)",
                "plan premium, place: number 2 → number 3 (1, 1)",
                "package focus-studio, opened by: pro, premium → premium (0, 0, takes)",
            ],
        ),
    ] {
        assert_eq!(told(&scene, &catalog), expected);
    }
}

#[test]
fn what_is_taken_from_who_pays_needs_consent() {
    let scene = customers();
    let lower = changed("limit = -1", "limit = 9000");
    let before = scene.everything();
    // when: it is pushed without
    let pushed = push(&scene, &lower, &[]);
    assert_eq!((&pushed["takesFromWhoPays"], &pushed["paying"]), (&json!(true), &json!(2)));
    // then: the transaction itself refuses it, too
    assert!(do_push(&scene, &pushed).unwrap_err().contains("CHECK"));
    scene.assert_unchanged(&before);
    // and with consent it is done
    do_push(&scene, &push(&scene, &lower, &["--yes"])).unwrap();
    assert_eq!(told(&scene, &lower), [""; 0]);
}

#[test]
fn who_begins_to_pay_after_the_look_is_met_by_the_transaction() {
    let scene = customers();
    let lower = changed("limit = 100", "limit = 50");
    let pushed = push(&scene, &lower, &[]);
    assert_eq!(pushed["takesFromWhoPays"], false);
    // when: Cy pays before the push is done
    scene.execute("UPDATE org_subscriptions SET status = 'active' WHERE plan_id = 'starter'");
    let before = scene.everything();
    // then
    assert!(do_push(&scene, &pushed).is_err());
    scene.assert_unchanged(&before);
}

#[test]
fn of_two_pushes_that_looked_at_once_one_is_done() {
    let scene = customers();
    let (one, other) = (changed("limit = 100", "limit = 200"), changed("limit = 100", "limit = 300"));
    let (first, second) = (push(&scene, &one, &[]), push(&scene, &other, &["--yes"]));
    do_push(&scene, &first).unwrap();
    assert!(do_push(&scene, &second).is_err());
    assert_eq!(told(&scene, &one), [""; 0]);
}

#[test]
fn a_plan_cannot_leave_the_kind_of_organization_that_is_on_it() {
    let scene = Scene::with_catalog(ALL[2]);
    scene.sign_up("ada");
    let narrower = ALL[2].replacen("audience = \"any\"", "audience = \"team\"", 1).replacen("\"any\"", "\"team\"", 2);
    let narrower = narrower.replacen(
        "[[plans]]\nid = \"pro\"\nname = \"Pro\"",
        "[[plans]]\nid = \"pro\"\nname = \"Pro\"\nstarts = \"individual\"",
        1,
    );
    let pushed = push(&scene, &narrower, &["--yes"]);
    assert_eq!(
        pushed["impossible"],
        json!(["The plan free cannot become `team`: 1 of its organizations are of the other kind. Make it another plan, and \
                move them first."])
    );
    assert!(do_push(&scene, &pushed).is_err());
}

#[test]
fn a_table_is_as_wide_as_what_it_holds() {
    let table = difference(&customers(), &changed("limit = 100", "limit = 50")).table();
    assert_eq!(
        table,
        "\
what              now                   then                 organizations  paying  takes away
────────────────  ────────────────────  ───────────────────  ─────────────  ──────  ──────────
starter: uploads  100 a calendar month  50 a calendar month              1       0  yes
"
    );
}

#[test]
fn the_schema_that_editors_read_is_the_format_s() {
    let kept = include_str!("../../../catalogs/catalog.schema.json");
    let made = format!("{:#}\n", Catalog::json_schema());
    assert!(kept == made, "it is stale: cargo run -q -p tallygate-catalog -- schema > catalogs/catalog.schema.json");
    for catalog in ALL {
        assert_eq!(catalog.lines().next(), Some("#:schema ./catalog.schema.json"));
    }
}
