use serde_json::json;
use tallygate::testing::{Person, Scene};

use super::{act, get, refused, staff};

const LOOK: &str = "feature?plan=enterprise&feature=uploads";

fn scene() -> (Scene, Person) {
    let scene = Scene::new();
    let root = staff(&scene, "root", "admin");
    (scene, root)
}

#[test]
fn a_limit_is_changed_live_for_whoever_is_on_the_plan() {
    let (scene, root) = scene();
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    let seen = get(&scene, &root, LOOK).body["feature"].clone();
    assert_eq!((&seen["kind"], &seen["organizations"]), (&"meter".into(), &1.into()));
    let revision = scene.rows("SELECT revision FROM catalog_settings")[0]["revision"].as_i64().unwrap();
    let mut body = json!({
        "plan": "enterprise", "feature": "uploads", "limit": 77, "version": seen["version"], "reason": "a promise", "dryRun": true,
    });
    // A dry run says what it meets and changes nothing.
    let before = scene.everything();
    let dry = act(&scene, &root, "edit-feature", body.clone());
    assert_eq!((dry.status, &dry.body["feature"]), (200, &seen), "{dry:?}");
    scene.assert_unchanged(&before);
    // when
    body["dryRun"] = false.into();
    let reply = act(&scene, &root, "edit-feature", body.clone());
    // then
    assert_eq!((reply.status, &reply.body["act"]["after"]), (200, &json!({ "limit": 77 })), "{reply:?}");
    assert_eq!(reply.body["act"]["before"]["limit"], seen["limitValue"]);
    assert_eq!(reply.body["feature"]["limitValue"], 77);
    assert_eq!(scene.rows("SELECT revision FROM catalog_settings")[0]["revision"], revision + 1);
    // Whoever has seen what was before is told, and changes nothing.
    let said = refused(&scene, &root, "edit-feature", body.clone(), 412, "feature_changed");
    assert_eq!(said["feature"]["limitValue"], 77);
    body["dryRun"] = true.into();
    refused(&scene, &root, "edit-feature", body, 412, "feature_changed");
}

#[test]
fn a_flag_has_a_value_and_a_meter_a_limit() {
    let (scene, root) = scene();
    scene.execute(
        "INSERT INTO plan_features (plan_id, feature, kind, value) VALUES ('enterprise', 'a_flag', 'flag', '0')",
    );
    let version = |feature: &str| {
        get(&scene, &root, &format!("feature?plan=enterprise&feature={feature}")).body["feature"]["version"].clone()
    };
    let body = |feature: &str, name: &str, value: serde_json::Value| {
        let mut body =
            json!({ "plan": "enterprise", "feature": feature, "version": version(feature), "reason": "a promise" });
        body[name] = value;
        body
    };
    refused(&scene, &root, "edit-feature", body("uploads", "value", true.into()), 409, "wrong_kind");
    refused(&scene, &root, "edit-feature", body("a_flag", "limit", 5.into()), 409, "wrong_kind");
    refused(&scene, &root, "edit-feature", body("a_flag", "value", "yes".into()), 400, "invalid_field");
    refused(&scene, &root, "edit-feature", body("a_flag", "price", 1.into()), 400, "invalid_field");
    assert_eq!(act(&scene, &root, "edit-feature", body("a_flag", "value", true.into())).status, 200);
    assert_eq!(
        scene.rows("SELECT value FROM plan_features WHERE plan_id = 'enterprise' AND feature = 'a_flag'"),
        json!([{ "value": "1" }])
    );
    assert_eq!(get(&scene, &root, "feature?plan=enterprise&feature=nothing").status, 400);
}

#[test]
fn a_super_admin_alone_moves_a_plan() {
    let (scene, root) = scene();
    let boss = staff(&scene, "boss", "super_admin");
    let ada = scene.sign_up("ada");
    let team = scene.team("acme", &ada);
    scene.execute("INSERT INTO plans (id, name, audience, position, seats, concurrent_sessions) VALUES ('special', 'Special', 'team', 99, -1, -1)");
    let body = |plan: &str| json!({ "organization": team, "plan": plan, "reason": "a contract" });
    refused(&scene, &root, "move-plan", body("special"), 403, "forbidden");
    refused(&scene, &boss, "move-plan", body("enterprise"), 409, "unchanged");
    refused(&scene, &boss, "move-plan", body("individual_starter_of_no_team"), 400, "invalid_field");
    let reply = act(&scene, &boss, "move-plan", body("special"));
    assert_eq!(reply.body["act"]["before"], json!({ "plan": "enterprise" }), "{reply:?}");
    assert_eq!(scene.sent("subscription.updated")["subscription"]["plan"], "special");
}

#[test]
fn a_meter_has_a_cap_and_stops_at_it_or_does_not() {
    let (scene, root) = scene();
    let version = get(&scene, &root, LOOK).body["feature"]["version"].clone();
    let body = json!({
        "plan": "enterprise", "feature": "uploads", "version": version, "reason": "a promise", "unitPriceMicros": 5, "capCents": 900, "stopsAtCap": false,
    });
    let reply = act(&scene, &root, "edit-feature", body);
    let feature = &reply.body["feature"];
    assert_eq!((&feature["capCents"], &feature["stopsAtCap"]), (&900.into(), &false.into()), "{reply:?}");
    assert_eq!(reply.body["act"]["after"], json!({ "unitPriceMicros": 5, "capCents": 900, "stopsAtCap": false }));
    assert_eq!(
        (&reply.body["act"]["before"]["capCents"], &reply.body["act"]["before"]["stopsAtCap"]),
        (&json!(null), &json!(true))
    );
}
