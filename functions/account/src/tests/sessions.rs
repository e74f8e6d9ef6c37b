use serde_json::{json, Value as Json};
use tallygate::testing::{Person, Scene};

use super::{ask, get, post};

/// Three browsers of ada's and one of bob's.
fn scene() -> (Scene, Person, Person) {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    for (user, id) in [("ada", "desk"), ("ada", "phone"), ("ada", "tablet"), ("bob", "phone")] {
        let now = scene.now().0;
        scene.execute(&format!(
            "INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, request_id) VALUES ('{user}', '{id}', {now}, {now}, 'r')"
        ));
    }
    (scene, ada, bob)
}

fn live(scene: &Scene) -> Json {
    scene.rows("SELECT user_id || ' ' || id AS live FROM active_sessions WHERE ended_at IS NULL ORDER BY user_id, id")
}

#[test]
fn one_browser_is_signed_out_from_another() {
    let (scene, ada, _) = scene();
    let listed = ask(&scene, &ada, "GET", "sessions", &[("x-session-id", "desk")], None);
    let sessions = listed.body["sessions"].as_array().unwrap();
    let current: Vec<_> =
        sessions.iter().map(|one| (one["sessionId"].as_str().unwrap(), one["current"].as_bool().unwrap())).collect();
    assert_eq!(current, [("desk", true), ("phone", false), ("tablet", false)]);
    // when
    let reply = post(&scene, &ada, "end-session", json!({ "session": "phone", "sessionId": "desk" }));
    // then
    assert_eq!(
        reply.answer(),
        (200, json!({ "success": true, "message": "The session was signed out.", "terminated": 1 }))
    );
    assert_eq!(live(&scene), json!([{"live": "ada desk"}, {"live": "ada tablet"}, {"live": "bob phone"}]));
    assert_eq!(post(&scene, &ada, "end-session", json!({ "session": "phone" })).body["terminated"], 0);
}

#[test]
fn all_others_are_signed_out_and_the_one_that_asks_stays() {
    let (scene, ada, bob) = scene();
    let reply = post(&scene, &ada, "end-other-sessions", json!({ "sessionId": "desk" }));
    assert_eq!(
        reply.answer(),
        (200, json!({ "success": true, "message": "2 other browsers were signed out.", "terminated": 2 }))
    );
    assert_eq!(live(&scene), json!([{"live": "ada desk"}, {"live": "bob phone"}]));
    let told = scene.sent("session.terminated");
    assert_eq!(told["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(scene.audit().as_array().unwrap().len(), 1);
    // without a browser of its own, a request signs out everywhere
    assert_eq!(post(&scene, &ada, "end-other-sessions", json!({})).body["terminated"], 1);
    assert_eq!(post(&scene, &ada, "end-other-sessions", json!({})).body["message"], "No other browser was signed in.");
    assert_eq!(get(&scene, &bob, "sessions").body["sessions"].as_array().unwrap().len(), 1);
}
