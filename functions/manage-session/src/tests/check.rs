use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{Scene, BEGIN},
};

use super::{call, sign_in, FIVE_MINUTES, FUNCTION};

fn no_conflict() -> (u16, Json) {
    let message = "There is no conflict.";
    (200, json!({"success": true, "message": message, "hasConflict": false, "existingSession": null}))
}

#[test]
fn it_says_what_validate_would_meet_and_changes_nothing() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let headers = [("cf-connecting-ip", "2001:db8::7")];
    let body = json!({"sessionId": "s1", "userAgent": "Firefox", "browserInfo": {"os": "Linux"}});
    scene.call_with(&FUNCTION, &ada, &headers, body);
    scene.advance(Span::minutes(2));
    call(&scene, &ada, "heartbeat", "s1");
    let before = scene.everything();
    // when
    let reply = call(&scene, &ada, "check", "s2");
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "You are signed in on another device.",
                "hasConflict": true,
                "existingSession": {
                    "sessionId": "s1",
                    "createdAt": BEGIN,
                    "lastHeartbeat": "2026-03-10T12:02:00.000Z",
                    "userAgent": "Firefox",
                    "ipAddress": "2001:db8::7",
                    "browserInfo": {"os": "Linux"},
                },
            })
        )
    );
    assert_eq!(reply.batches, 1);
    scene.assert_unchanged(&before);
}

#[test]
fn neither_one_s_own_browser_nor_a_stale_nor_an_ended_one_is_a_conflict() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    assert_eq!(call(&scene, &ada, "check", "s1").answer(), no_conflict());
    call(&scene, &ada, "validate", "s1");
    assert_eq!(call(&scene, &ada, "check", "s1").answer(), no_conflict());
    scene.advance(FIVE_MINUTES);
    assert_eq!(call(&scene, &ada, "check", "s2").answer(), no_conflict());
    call(&scene, &ada, "validate", "s2");
    call(&scene, &ada, "terminate", "s2");
    assert_eq!(call(&scene, &ada, "check", "s3").answer(), no_conflict());
}

#[test]
fn it_names_the_session_that_would_go_first_and_only_when_the_plan_is_full() {
    let scene = Scene::with_changed_catalog("concurrent_sessions = 1", "concurrent_sessions = 2");
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "later-in-the-alphabet");
    assert_eq!(call(&scene, &ada, "check", "new").answer(), no_conflict());
    sign_in(&scene, &ada, "earlier-in-the-alphabet");
    let told = call(&scene, &ada, "check", "new").body["existingSession"]["sessionId"].clone();
    assert_eq!(told, "later-in-the-alphabet");
    let ended = call(&scene, &ada, "validate", "new").body["conflictDetails"]["sessions"][0]["userAgent"].clone();
    assert_eq!(ended, told);
}

#[test]
fn without_a_limit_there_is_no_conflict() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    sign_in(&scene, &ada, "s1");
    assert_eq!(call(&scene, &ada, "check", "s2").answer(), no_conflict());
}
