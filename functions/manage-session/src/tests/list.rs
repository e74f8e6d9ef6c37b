use serde_json::{json, Value as Json};
use tallygate::{rules::time::Span, testing::Scene};

use super::{call, sign_in, FIVE_MINUTES, FUNCTION};

fn entry(session: &str, created_at: &str, last_heartbeat: &str, current: bool) -> Json {
    json!({
        "sessionId": session,
        "createdAt": created_at,
        "lastHeartbeat": last_heartbeat,
        "userAgent": session,
        "ipAddress": null,
        "browserInfo": null,
        "current": current,
    })
}

#[test]
fn the_browser_used_last_comes_first() {
    // given
    let scene = Scene::with_changed_catalog("concurrent_sessions = 1", "concurrent_sessions = 3");
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "s1");
    sign_in(&scene, &ada, "s2");
    scene.advance(Span::seconds(118));
    call(&scene, &ada, "heartbeat", "s1");
    let before = scene.everything();
    // when
    let reply = scene.call(&FUNCTION, &ada, json!({"action": "list", "sessionId": "s2"}));
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "2 browsers are signed in.",
                "sessions": [
                    entry("s1", "2026-03-10T12:00:00.000Z", "2026-03-10T12:02:00.000Z", false),
                    entry("s2", "2026-03-10T12:00:01.000Z", "2026-03-10T12:00:01.000Z", true),
                ],
            })
        )
    );
    assert_eq!(reply.batches, 1);
    scene.assert_unchanged(&before);
}

#[test]
fn what_is_stale_or_ended_or_another_s_is_not_listed() {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    call(&scene, &ada, "validate", "s1");
    call(&scene, &ada, "validate", "s2");
    call(&scene, &bob, "validate", "s3");
    scene.advance(Span(FIVE_MINUTES.0 - 1));
    let one = scene.call(&FUNCTION, &ada, json!({"action": "list"}));
    assert_eq!(
        one.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "1 browser is signed in.",
                "sessions": [entry("s2", "2026-03-10T12:00:00.000Z", "2026-03-10T12:00:00.000Z", false)],
            })
        )
    );
    scene.advance(Span(1));
    assert_eq!(
        scene.call(&FUNCTION, &ada, json!({"action": "list"})).answer(),
        (200, json!({"success": true, "message": "No browser is signed in.", "sessions": []}))
    );
}
