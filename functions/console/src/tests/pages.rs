use serde_json::{json, Value as Json};
use tallygate::testing::Scene;

use super::{act, get, staff};

fn names(body: &Json) -> Vec<String> {
    body.as_object().unwrap().keys().filter(|name| !["success", "message"].contains(&name.as_str())).cloned().collect()
}

#[test]
fn a_person_s_page_is_one_batch() {
    let scene = Scene::new();
    let root = staff(&scene, "root", "admin");
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    act(&scene, &root, "ban", json!({ "user": "ada", "reason": "to see" }));
    let reply = get(&scene, &root, "person?id=ada");
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    assert_eq!(names(&reply.body), ["acts", "invitations", "organizations", "packages", "person", "sessions"]);
    assert_eq!(reply.body["person"]["email"], "ada@example.com");
    assert_eq!(reply.body["person"]["bannedBy"], "operator");
    assert_eq!(reply.body["organizations"].as_array().unwrap().len(), 2);
    assert_eq!(reply.body["acts"][0]["stateAfter"], json!({ "banned": true }));
    assert_eq!(get(&scene, &root, "person?id=nobody").body["code"], "person_not_found");
}

#[test]
fn an_organization_s_page_is_one_batch() {
    let scene = Scene::new();
    let root = staff(&scene, "root", "admin");
    let ada = scene.sign_up("ada");
    let team = scene.team("acme", &ada);
    scene.invitation(&team, "i1", "new@example.com", "member", &ada);
    scene.execute(
        "INSERT INTO usage_counters (organization_id, feature, period_start, quantity) VALUES ('acme', 'uploads', 1, 5), ('acme', 'uploads', 2, 7)",
    );
    act(
        &scene,
        &root,
        "grant-usage",
        json!({ "organization": "acme", "feature": "uploads", "quantity": 40, "reason": "an outage" }),
    );
    let reply = get(&scene, &root, "organization?id=acme");
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let expected = [
        "acts",
        "endpoints",
        "features",
        "grants",
        "history",
        "invitations",
        "invoices",
        "keys",
        "members",
        "organization",
        "overrides",
    ];
    assert_eq!(names(&reply.body), expected);
    assert_eq!(reply.body["organization"]["planId"], "enterprise");
    let features = reply.body["features"].as_array().unwrap();
    let uploads = features.iter().find(|feature| feature["feature"] == "uploads").unwrap();
    assert_eq!(
        (uploads["used"].as_i64(), features.iter().filter(|one| one["feature"] == "uploads").count()),
        (Some(7), 1)
    );
    assert_eq!(reply.body["history"][0]["actorId"], "operator");
    assert_eq!(reply.body["acts"][0]["actorId"], "root");
    assert_eq!(get(&scene, &root, "organization?id=nothing").body["code"], "organization_not_found");
}
