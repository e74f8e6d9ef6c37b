//! Who is signed in where, and since when; to the millisecond.

mod check;
mod heartbeat;
mod list;
mod proof;
mod terminate;
mod validate;

use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused, refused_with, Person, Scene, TestReply},
};

use crate::FUNCTION;

const FIVE_MINUTES: Span = Span::minutes(5);
const MILLISECOND: Span = Span(1);

fn call(scene: &Scene, person: &Person, action: &str, session: &str) -> TestReply {
    scene.call(&FUNCTION, person, json!({"action": action, "sessionId": session, "userAgent": session}))
}

/// Signs a browser in, which then is a second old.
fn sign_in(scene: &Scene, person: &Person, session: &str) {
    let reply = call(scene, person, "validate", session);
    assert_eq!(reply.status, 200, "{reply:?}");
    scene.advance(Span::seconds(1));
}

/// What became of each session, in the order of their ids.
fn states(scene: &Scene) -> Vec<String> {
    let rows = scene.rows(
        "SELECT user_id || ' ' || id || ' ' || COALESCE(end_reason, 'open') AS state
         FROM active_sessions ORDER BY user_id, id",
    );
    rows.as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap().to_string()).collect()
}

#[test]
fn every_action_but_list_names_its_session() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for action in ["validate", "check", "heartbeat", "terminate"] {
        let refusal = |session: Json| scene.refusal(&FUNCTION, &ada, json!({"action": action, "sessionId": session}));
        assert_eq!(refusal(Json::Null), invalid("sessionId", "is required"));
        assert_eq!(refusal(json!(7)), invalid("sessionId", "must be a text"));
        assert_eq!(refusal(json!("a\u{7}")), invalid("sessionId", "must not contain control characters"));
        for session in ["", "two words", &"x".repeat(256)] {
            assert_eq!(refusal(json!(session)), invalid("sessionId", "must be an id of 1 to 255 visible characters"));
        }
    }
    assert_eq!(
        scene.refusal(&FUNCTION, &ada, json!({"action": "evict", "sessionId": "s1"})),
        refused_with(
            400,
            "unknown_action",
            "The action must be one of: validate, check, heartbeat, terminate, list.",
            json!({"field": "action", "actions": ["validate", "check", "heartbeat", "terminate", "list"]})
        )
    );
}

#[test]
fn a_disabled_account_neither_signs_in_nor_stays_signed_in() {
    for disabled in ["banned_at", "deleted_at"] {
        // given: a session that a heartbeat would keep live
        let scene = Scene::new();
        let ada = scene.sign_up("ada");
        sign_in(&scene, &ada, "s1");
        scene.execute(&format!("UPDATE users SET {disabled} = 1 WHERE id = 'ada'"));
        scene.advance(Span::minutes(1));
        // when, then
        for action in ["validate", "check", "heartbeat", "terminate", "list"] {
            assert_eq!(
                scene.refusal(&FUNCTION, &ada, json!({"action": action, "sessionId": "s1"})),
                refused(403, "account_disabled", "This account is no longer active."),
                "{disabled}: {action}"
            );
        }
    }
}

#[test]
fn an_organization_of_others_is_not_there_and_nothing_is_done() {
    // given
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    sign_in(&scene, &ada, "s1");
    scene.advance(Span::minutes(1));
    for organization in [bob.personal.as_str(), "nowhere"] {
        for action in ["validate", "check", "heartbeat", "terminate", "list"] {
            // when, then
            let header = [("x-organization-id", organization)];
            assert_eq!(
                scene.refusal_with(&FUNCTION, &ada, &header, json!({"action": action, "sessionId": "s1"})),
                refused(404, "organization_not_found", "There is no such organization for you."),
                "{action}"
            );
        }
    }
}

#[test]
fn everybody_can_always_sign_in_and_out() {
    // given: a trial that has ended
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.advance(Span::days(8));
    // when, then
    for action in ["validate", "check", "heartbeat", "list", "terminate"] {
        assert_eq!(call(&scene, &ada, action, "s1").status, 200, "{action}");
    }
    // and a viewer may do it too
    let viewer = scene.sign_up("viewer");
    scene.team("acme", &ada);
    scene.member("acme", &viewer, "viewer");
    for action in ["validate", "check", "heartbeat", "list", "terminate"] {
        assert_eq!(call(&scene, &viewer, action, "s1").status, 200, "{action}");
    }
}

#[test]
fn another_users_session_is_unknown() {
    // given: two people whose browsers chose the same id
    let scene = Scene::with_changed_catalog("concurrent_sessions = 1", "concurrent_sessions = 2");
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    sign_in(&scene, &ada, "same");
    // when, then: bob has nothing to do with it
    let heartbeat = call(&scene, &bob, "heartbeat", "same");
    assert_eq!((heartbeat.body["valid"].clone(), heartbeat.body["reason"].clone()), (json!(false), json!("unknown")));
    assert_eq!(call(&scene, &bob, "terminate", "same").body["terminated"], 0);
    sign_in(&scene, &bob, "same");
    assert_eq!(call(&scene, &bob, "terminate", "same").body["terminated"], 1);
    assert_eq!(states(&scene), ["ada same open", "bob same terminated"]);
}
