//! One session, one browser: what proves it, who takes it over, and how many are remembered.

use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{refused_with, Person, Scene, TestReply},
};

use super::{sign_in, states, FIVE_MINUTES, FUNCTION};

/// A call of a browser that says which session it has, and by which secret.
fn call_as(scene: &Scene, person: &Person, proof: (&str, &str), body: Json) -> TestReply {
    scene.call_with(&FUNCTION, person, &[("x-session-id", proof.0), ("x-session-secret", proof.1)], body)
}

fn validate(scene: &Scene, person: &Person) -> String {
    let reply = scene.call(&FUNCTION, person, json!({"sessionId": "s1"}));
    reply.body["sessionSecret"].as_str().unwrap().to_string()
}

fn heartbeat(scene: &Scene, person: &Person, secret: &str) -> Json {
    let reply = call_as(scene, person, ("s1", secret), json!({"action": "heartbeat", "sessionId": "s1"}));
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body["reason"].clone()
}

#[test]
fn the_secret_is_shown_once_and_kept_by_who_proves_it() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let secret = validate(&scene, &ada);
    for _ in 0..2 {
        scene.advance(Span::minutes(1));
        let again = call_as(&scene, &ada, ("s1", &secret), json!({"sessionId": "s1"}));
        assert_eq!((again.status, again.body.get("sessionSecret")), (200, None));
    }
    assert_eq!(heartbeat(&scene, &ada, &secret), Json::Null);
    // and it is nowhere to be read again
    assert!(!serde_json::to_string(&scene.everything()).unwrap().contains(&secret));
}

#[test]
fn a_copied_id_without_the_secret_takes_the_session_over_and_the_first_browser_learns_it() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let first = validate(&scene, &ada);
    scene.advance(Span::seconds(1));
    for thief in [json!({"sessionId": "s1"}), json!({"sessionId": "s1", "onConflict": "reject"})] {
        let second = scene.call(&FUNCTION, &ada, thief).body["sessionSecret"].as_str().unwrap().to_string();
        assert_ne!(first, second);
        assert_eq!(heartbeat(&scene, &ada, &first), json!("signed_in_elsewhere"));
        assert_eq!(heartbeat(&scene, &ada, &second), Json::Null);
    }
    // a wrong secret is no proof, and the new one is another
    let guess = call_as(&scene, &ada, ("s1", "guessed"), json!({"sessionId": "s1"}));
    assert!(guess.body["sessionSecret"].is_string());
    // and a header that names another session proves nothing of this one
    let third = guess.body["sessionSecret"].as_str().unwrap();
    assert!(call_as(&scene, &ada, ("s2", third), json!({"sessionId": "s1"})).body["sessionSecret"].is_string());
}

#[test]
fn one_id_under_two_of_the_provider_s_sessions_is_two_browsers() {
    for claim in ["session_id", "sid"] {
        let scene = Scene::new();
        let ada = scene.sign_up("ada");
        let at_home = ada.clone().with(claim, json!("provider-1"));
        let at_work = ada.clone().with(claim, json!("provider-2"));
        sign_in(&scene, &at_home, "s1");
        // the same browser, its token renewed
        assert_eq!(scene.call(&FUNCTION, &at_home, json!({"sessionId": "s1"})).status, 200);
        assert_eq!(scene.audit().as_array().unwrap().len(), 1);
        // another browser with the same id: a sign-in, which puts the first one out
        scene.advance(Span::minutes(3));
        sign_in(&scene, &at_work, "s1");
        assert_eq!(scene.audit().as_array().unwrap().len(), 2);
        let beat = |person: &Person| {
            let reply = scene.call(&FUNCTION, person, json!({"action": "heartbeat", "sessionId": "s1"}));
            reply.body["reason"].clone()
        };
        assert_eq!((beat(&at_home), beat(&at_work)), (json!("signed_in_elsewhere"), Json::Null));
        // a token that names no session of the provider's is held to what it says
        assert_eq!(beat(&ada), Json::Null);
        // and what the first one does elsewhere is refused
        let list = |person: &Person| {
            scene.call_with(&FUNCTION, person, &[("x-session-id", "s1")], json!({"action": "list"})).status
        };
        assert_eq!((list(&at_home), list(&at_work), list(&ada)), (401, 200, 200));
    }
}

#[test]
fn an_ended_session_lists_nothing_and_ends_no_other() {
    // given: a browser that another one has put out
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "s1");
    sign_in(&scene, &ada, "s2");
    let from = |session: &str, body: Json| scene.refusal_with(&FUNCTION, &ada, &[("x-session-id", session)], body);
    let ended = |reason: &str, sentence: &str| refused_with(401, "session_ended", sentence, json!({"reason": reason}));
    // when, then
    for action in ["check", "list", "terminate"] {
        let body = json!({"action": action, "sessionId": "s2"});
        let elsewhere = ended("signed_in_elsewhere", "You signed in on another device.");
        assert_eq!(from("s1", body.clone()), elsewhere, "{action}");
        let unknown = ended("unknown", "There is no such session; validate it first.");
        assert_eq!(from("s3", body.clone()), unknown, "{action}");
        assert_eq!(from("no id", body), unknown, "{action}");
    }
    assert_eq!(states(&scene), ["ada s1 signed_in_elsewhere", "ada s2 open"]);
    // and a stale one comes back by a heartbeat or a validation alone
    scene.advance(FIVE_MINUTES);
    let expired = ended("expired", "This browser's session has expired; validate it again.");
    assert_eq!(from("s2", json!({"action": "list"})), expired);
    assert_eq!(scene.call(&FUNCTION, &ada, json!({"action": "heartbeat", "sessionId": "s2"})).body["valid"], true);
    assert_eq!(scene.call_with(&FUNCTION, &ada, &[("x-session-id", "s2")], json!({"action": "list"})).status, 200);
}

#[test]
fn twenty_sessions_that_are_over_are_remembered_and_the_oldest_go() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for number in 0..30 {
        sign_in(&scene, &ada, &format!("s{number:02}"));
        // Some are put out by the next one, others have gone stale.
        if number % 3 == 0 {
            scene.advance(FIVE_MINUTES);
        }
    }
    let known = scene.rows("SELECT id FROM active_sessions ORDER BY id");
    let known: Vec<_> = known.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_string()).collect();
    assert_eq!(known, (9..30).map(|number| format!("s{number:02}")).collect::<Vec<_>>());
}

#[test]
fn unlimited_sessions_end_where_the_catalog_says() {
    let scene = Scene::new();
    scene.execute("UPDATE catalog_settings SET most_live_sessions = 3");
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    for session in ["s1", "s2", "s3"] {
        sign_in(&scene, &ada, session);
    }
    assert_eq!(
        scene.refusal(&FUNCTION, &ada, json!({"sessionId": "s4"})),
        refused_with(
            429,
            "catalog_limit_reached",
            "There may be at most 3 browsers of one person signed in at once.",
            json!({"limit": "live_sessions", "most": 3, "resetsAt": null})
        )
    );
    // those that are there go on
    assert_eq!(scene.call(&FUNCTION, &ada, json!({"sessionId": "s3"})).status, 200);
}

#[test]
fn who_rejects_a_conflict_takes_no_live_id_from_another_browser() {
    for (sessions, live_for) in [("concurrent_sessions = 1", 1), ("concurrent_sessions = -1", 1)] {
        // given: a browser under one of the provider's sessions
        let scene = Scene::with_changed_catalog("concurrent_sessions = 1", sessions);
        let ada = scene.sign_up("ada");
        let at_home = ada.clone().with("sid", json!("provider-1"));
        let at_work = ada.clone().with("sid", json!("provider-2"));
        let secret = validate(&scene, &at_home);
        scene.advance(Span::minutes(live_for));
        let rejecting = json!({"sessionId": "s1", "onConflict": "reject"});
        // when, then: under another one, or with another secret
        let (status, refusal) = scene.refusal(&FUNCTION, &at_work, rejecting.clone());
        assert_eq!((status, &refusal["code"]), (409, &json!("session_conflict")), "{refusal}");
        assert_eq!(refusal["conflictDetails"]["sessions"].as_array().unwrap().len(), 1);
        let guess = [("x-session-id", "s1"), ("x-session-secret", "guessed")];
        let (status, refusal) = scene.refusal_with(&FUNCTION, &ada, &guess, rejecting.clone());
        assert_eq!((status, &refusal["code"]), (409, &json!("session_conflict")), "{refusal}");
        // and the browser itself goes on
        assert_eq!(call_as(&scene, &at_home, ("s1", &secret), rejecting.clone()).status, 200);
        assert_eq!(heartbeat(&scene, &at_home, &secret), Json::Null);
        // and what is stale or over is free
        scene.advance(FIVE_MINUTES);
        assert_eq!(scene.call(&FUNCTION, &at_work, rejecting).status, 200);
    }
}

#[test]
fn a_page_that_lost_its_secret_is_no_sign_in_each_time() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada").with("sid", json!("provider-1"));
    validate(&scene, &ada);
    // when
    for _ in 0..3 {
        scene.advance(Span::seconds(1));
        let again = call_as(&scene, &ada, ("s1", "forgotten"), json!({"sessionId": "s1"}));
        assert!(again.body["sessionSecret"].is_string());
    }
    // then
    assert_eq!(scene.audit().as_array().unwrap().len(), 1);
}
