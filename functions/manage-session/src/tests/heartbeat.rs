use serde_json::{json, Value as Json};
use tallygate::{rules::time::Span, testing::Scene};

use super::{call, FIVE_MINUTES, MILLISECOND};

fn valid() -> (u16, Json) {
    (200, json!({"success": true, "message": "The session is live.", "valid": true}))
}

fn not_valid(reason: &str, message: &str) -> (u16, Json) {
    (200, json!({"success": true, "message": message, "valid": false, "reason": reason}))
}

fn last_heartbeat(scene: &Scene) -> Json {
    scene.rows("SELECT last_heartbeat_at FROM active_sessions WHERE id = 's1'")[0]["last_heartbeat_at"].clone()
}

#[test]
fn it_is_written_after_thirty_seconds_and_not_before() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    call(&scene, &ada, "validate", "s1");
    let registered = scene.now().0;
    // when, then: a millisecond early
    scene.advance(Span(119_999));
    let before = scene.everything();
    let reply = call(&scene, &ada, "heartbeat", "s1");
    assert_eq!((reply.answer(), reply.batches), (valid(), 1));
    scene.assert_unchanged(&before);
    // when, then: on time
    scene.advance(MILLISECOND);
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").answer(), valid());
    assert_eq!(last_heartbeat(&scene), registered + 120_000);
    // and it is neither audited nor told to anybody
    assert_eq!(scene.audit().as_array().unwrap().len(), 1);
    assert_eq!(scene.outbox(), json!([]));
}

#[test]
fn a_browser_that_was_put_out_is_told_why() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").answer(), not_valid("unknown", "There is no such session."));
    call(&scene, &ada, "validate", "s1");
    call(&scene, &ada, "validate", "s2");
    assert_eq!(
        call(&scene, &ada, "heartbeat", "s1").answer(),
        not_valid("signed_in_elsewhere", "You signed in on another device.")
    );
    call(&scene, &ada, "terminate", "s2");
    assert_eq!(call(&scene, &ada, "heartbeat", "s2").answer(), not_valid("terminated", "The session was signed out."));
    // and time does not change what was told
    scene.advance(Span::days(1));
    let before = scene.everything();
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").body["reason"], "signed_in_elsewhere");
    assert_eq!(call(&scene, &ada, "heartbeat", "s2").body["reason"], "terminated");
    scene.assert_unchanged(&before);
}

#[test]
fn a_stale_session_comes_back_to_life_while_its_place_is_free() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    call(&scene, &ada, "validate", "s1");
    scene.advance(Span::days(2));
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").answer(), valid());
    assert_eq!(last_heartbeat(&scene), scene.now().0);
}

#[test]
fn a_stale_session_whose_place_was_taken_has_expired_until_the_place_is_free_again() {
    // given: s1 slept, and s2 signed in meanwhile
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    call(&scene, &ada, "validate", "s1");
    scene.advance(FIVE_MINUTES);
    call(&scene, &ada, "validate", "s2");
    // when, then
    let before = scene.everything();
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").answer(), not_valid("expired", "The session has expired."));
    scene.assert_unchanged(&before);
    // and when s2 has gone stale itself, to the millisecond, s1 may have the place
    scene.advance(Span(FIVE_MINUTES.0 - MILLISECOND.0));
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").body["reason"], "expired");
    scene.advance(MILLISECOND);
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").answer(), valid());
    assert_eq!(call(&scene, &ada, "heartbeat", "s2").body["reason"], "expired");
}

#[test]
fn who_signed_out_leaves_the_place_to_the_sleeper_at_once() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    call(&scene, &ada, "validate", "s1");
    scene.advance(FIVE_MINUTES);
    call(&scene, &ada, "validate", "s2");
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").body["reason"], "expired");
    call(&scene, &ada, "terminate", "s2");
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").answer(), valid());
}

#[test]
fn a_millisecond_before_five_minutes_a_session_is_live_and_keeps_its_place() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    call(&scene, &ada, "validate", "s1");
    scene.advance(Span(FIVE_MINUTES.0 - MILLISECOND.0));
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").answer(), valid());
    // and so it counts for five minutes more
    scene.advance(Span(FIVE_MINUTES.0 - MILLISECOND.0));
    assert_eq!(call(&scene, &ada, "check", "s2").body["hasConflict"], true);
}

#[test]
fn a_plan_of_several_sessions_has_room_for_as_many_sleepers() {
    let scene = Scene::with_changed_catalog("concurrent_sessions = 1", "concurrent_sessions = 2");
    let ada = scene.sign_up("ada");
    call(&scene, &ada, "validate", "s1");
    scene.advance(FIVE_MINUTES);
    call(&scene, &ada, "validate", "s2");
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").body["valid"], true);
    scene.advance(FIVE_MINUTES);
    call(&scene, &ada, "validate", "s3");
    call(&scene, &ada, "validate", "s4");
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").body["reason"], "expired");
}
