//! A plan in two versions: who is on either has what the plan opens, and neither is an upgrade of the other.

use super::*;

/// The coaching catalog with a second version of `growth` behind the first, which counts half the minutes.
fn scene() -> Scene {
    let second = "[[plans]]
id = \"growth@2\"
name = \"Growth\"
extends = \"growth\"
audience = \"individual\"
price_month_cents = 8900
seats = 1
concurrent_sessions = -1
[plans.features]
ai_voice_minutes = { limit = 150, reset = \"billing_period\", unit = \"minute\" }

[[plans]]
id = \"mastery\"";
    let scene = Scene::with_catalog(&COACHING.replacen("[[plans]]\nid = \"mastery\"", second, 1));
    assert_eq!(scene.rows("SELECT id FROM plans WHERE id = 'growth@2'"), json!([{"id": "growth@2"}]));
    scene
}

#[test]
fn either_version_opens_what_the_plan_opens() {
    let scene = scene();
    let opened = |plan: &str| {
        let person = on_plan(&scene, &plan.replace('@', "-"), plan);
        let packages = get(&scene, &person, "/entitlements").body["packages"].clone();
        let opened = packages.as_array().unwrap().iter().filter(|package| package["available"] == true);
        opened.map(|package| package["id"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    let (first, second) = (opened("growth"), opened("growth@2"));
    assert_eq!((first.len(), &first), (18, &second));
}

#[test]
fn the_newest_version_is_what_is_offered_and_no_upgrade_of_an_older_one() {
    let scene = scene();
    let offered = |plan: &str, minutes: i64| {
        let person = on_plan(&scene, &plan.replace('@', "-"), plan);
        let body = json!({"feature": "ai_voice_minutes", "quantity": minutes * 60});
        let upgrade = post(&scene, &person, "check", body).body["upgrade"].clone();
        upgrade.as_array().unwrap().iter().map(|plan| plan["plan"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(offered("free", 140), ["lifestyle", "growth@2", "mastery"]);
    assert_eq!(offered("growth@2", 200), ["mastery"]);
    // Each keeps its own terms: the first version charges beyond 300 minutes, and has no need of an upgrade.
    assert_eq!(offered("growth", 200), [""; 0]);
}
