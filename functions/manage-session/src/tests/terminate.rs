use serde_json::{json, Value as Json};
use tallygate::testing::Scene;

use super::{call, sign_in, states};
use crate::FUNCTION;

fn terminated(amount: i64, message: &str) -> (u16, Json) {
    (200, json!({"success": true, "message": message, "terminated": amount}))
}

#[test]
fn a_browser_is_signed_out_and_signing_out_twice_is_fine() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "s1");
    // when
    let reply = call(&scene, &ada, "terminate", "s1");
    // then
    assert_eq!(reply.answer(), terminated(1, "The session was signed out."));
    assert_eq!(reply.batches, 1);
    assert_eq!(
        scene.rows("SELECT id, ended_at, end_reason FROM active_sessions"),
        json!([{"id": "s1", "ended_at": scene.now().0, "end_reason": "terminated"}])
    );
    assert_eq!(
        scene.audit()[1],
        json!({
            "organization": ada.personal,
            "actor": "ada",
            "action": "session.terminated",
            "target": "s1",
            "details": "{}",
        })
    );
    // and again
    let before = scene.everything();
    assert_eq!(call(&scene, &ada, "terminate", "s1").answer(), terminated(0, "The session had already ended."));
    assert_eq!(call(&scene, &ada, "terminate", "never").body["terminated"], 0);
    scene.assert_unchanged(&before);
}

#[test]
fn a_browser_that_was_put_out_keeps_its_reason() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "s1");
    sign_in(&scene, &ada, "s2");
    assert_eq!(call(&scene, &ada, "terminate", "s1").body["terminated"], 0);
    assert_eq!(states(&scene), ["ada s1 signed_in_elsewhere", "ada s2 open"]);
}

#[test]
fn whoever_has_signed_in_again_since_is_not_signed_out_where_the_request_comes_again() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "s1");
    let request =
        scene.post(Some(&ada), &[], json!({"action": "terminate", "sessionId": "s1"}).to_string().into_bytes());
    let reply = scene.send_overtaken(&FUNCTION, &request, &|| sign_in(&scene, &ada, "s1"));
    assert_eq!((reply.status, states(&scene)), (200, vec!["ada s1 open".to_string()]), "{reply:?}");
}
