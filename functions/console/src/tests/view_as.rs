use serde_json::{json, Value as Json};
use tallygate::{
    http::{Body, Request},
    rules::time::Span,
    testing::{Person, Scene, TestReply, TOUCH},
};

use super::{act, ask, refused, staff};

const SECRET: &str = "the operator's secret for looking on";

fn scene() -> (Scene, Person, Person) {
    let scene = Scene::new();
    scene.set("VIEW_AS_SECRET", SECRET);
    let root = staff(&scene, "root", "admin");
    let ada = scene.sign_up("ada");
    (scene, root, ada)
}

fn token(scene: &Scene, root: &Person) -> String {
    let reply = act(scene, root, "view-as", json!({ "user": "ada", "reason": "she cannot see her invoices" }));
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    assert_eq!(reply.body["expiresAt"], (scene.now() + Span::minutes(15)).iso());
    reply.body["token"].as_str().unwrap().to_string()
}

/// What the token shows: the smallest function there is.
fn look(scene: &Scene, token: &str) -> TestReply {
    let headers = [("Authorization".to_string(), format!("Bearer {token}"))];
    scene.send(&TOUCH, &Request::new("GET", "/", headers, Body::default()))
}

#[test]
fn one_of_the_staff_sees_what_a_customer_sees() {
    let (scene, root, ada) = scene();
    let token = token(&scene, &root);
    let before = scene.everything();
    let reply = look(&scene, &token);
    assert_eq!(
        (reply.status, &reply.body["userId"], &reply.body["organizationId"]),
        (200, &"ada".into(), &ada.personal.as_str().into())
    );
    assert_eq!((&reply.log["user"], &reply.log["viewedBy"], reply.batches), (&"ada".into(), &"root".into(), 1));
    scene.assert_unchanged(&before);
    assert_eq!(
        scene.rows("SELECT actor_id, action FROM audit_events WHERE actor_id = 'operator'"),
        json!([{ "actor_id": "operator", "action": "operator.user.viewed" }])
    );
    scene.advance(Span::minutes(15));
    assert_eq!(look(&scene, &token).status, 401);
}

#[test]
fn it_ends_with_whoever_looks() {
    let (scene, root, _) = scene();
    let token = token(&scene, &root);
    scene.execute("UPDATE users SET account_type = 'user' WHERE id = 'root'");
    let reply = look(&scene, &token);
    assert_eq!((reply.status, reply.body["code"].as_str()), (401, Some("unauthenticated")));
}

#[test]
fn it_opens_no_console() {
    let (scene, root, _) = scene();
    let token = token(&scene, &root);
    scene.execute("UPDATE users SET account_type = 'admin' WHERE id = 'ada'");
    let reply = ask(&scene, Some(&token), "GET", "search?in=people&q=a", None);
    assert_eq!(
        (reply.status, &reply.body),
        (
            404,
            &Json::from(
                r#"{"code":"unknown_function","error":"There is no function \"console\".","message":"There is no function \"console\".","success":false}"#
            )
        )
    );
}

#[test]
fn it_signs_nobody_up() {
    let (scene, root, _) = scene();
    let token = token(&scene, &root);
    let other = Scene::new();
    other.set("VIEW_AS_SECRET", SECRET);
    staff(&other, "root", "admin");
    let before = other.everything();
    assert_eq!(look(&other, &token).status, 401);
    other.assert_unchanged(&before);
}

#[test]
fn it_is_off_unless_there_is_a_secret_and_of_customers_alone() {
    let (scene, root, _) = scene();
    staff(&scene, "boss", "super_admin");
    let body = |user: &str| json!({ "user": user, "reason": "to see" });
    refused(&scene, &root, "view-as", body("boss"), 403, "forbidden");
    refused(&scene, &root, "view-as", body("nobody"), 404, "person_not_found");
    scene.execute("UPDATE users SET banned_at = 1 WHERE id = 'ada'");
    refused(&scene, &root, "view-as", body("ada"), 409, "account_disabled");
    scene.execute("UPDATE users SET banned_at = NULL WHERE id = 'ada'");
    for secret in ["", "too short"] {
        scene.set("VIEW_AS_SECRET", secret);
        refused(&scene, &root, "view-as", body("ada"), 503, "not_configured");
    }
}

#[test]
fn it_ends_when_the_customer_becomes_one_of_the_staff() {
    let (scene, root, _) = scene();
    let token = token(&scene, &root);
    scene.execute("UPDATE users SET account_type = 'admin' WHERE id = 'ada'");
    let reply = look(&scene, &token);
    assert_eq!((reply.status, reply.body["code"].as_str()), (401, Some("unauthenticated")));
}
