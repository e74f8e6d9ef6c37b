//! A request whose answer was lost, and that comes again when somebody has set something else meanwhile, who was told so: what they set
//! stays, and whoever comes again is told what they did.

use serde_json::{json, Value as Json};
use tallygate::{
    http::Request,
    rules::time::Span,
    testing::{Person, Scene, TestReply},
};

use super::{ask, asked, get, patch, post, request};
use crate::FUNCTION;

fn patched(scene: &Scene, person: &Person, path: &str, body: Json) -> Request {
    request(scene, person, "PATCH", path, &[], Some(body))
}

/// Sends it again when another request has been there, which succeeds.
fn overtaken(scene: &Scene, request: &Request, other: &dyn Fn() -> TestReply) -> TestReply {
    scene.send_overtaken(&FUNCTION, request, &|| {
        let reply = other();
        assert!(reply.status < 300, "{reply:?}");
    })
}

#[test]
fn a_profile_stays_as_it_was_changed_last() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for precondition in [json!({}), json!({ "updatedAt": null })] {
        scene.execute("DELETE FROM user_profiles");
        let mut body = json!({ "bio": "first", "firstName": "Ada" });
        body.as_object_mut().unwrap().extend(precondition.as_object().unwrap().clone());
        let other = || patch(&scene, &ada, "profile", json!({ "bio": "second" }));
        let reply = overtaken(&scene, &patched(&scene, &ada, "profile", body), &other);
        assert_eq!((reply.status, &reply.body["message"]), (200, &json!("The profile is changed.")), "{reply:?}");
        let profile = get(&scene, &ada, "profile").body["profile"].clone();
        assert_eq!((&profile["bio"], &profile["firstName"]), (&json!("second"), &json!("Ada")));
    }
}

#[test]
fn a_username_stays_the_one_that_was_taken_last() {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let other = || post(&scene, &ada, "username", json!({ "username": "second" }));
    let first = asked(&scene, &ada, "username", json!({ "username": "first" }));
    let reply = overtaken(&scene, &first, &other);
    assert_eq!((reply.status, &reply.body["username"]), (200, &json!("first")), "{reply:?}");
    assert_eq!(get(&scene, &ada, "me").body["user"]["username"], "second");
    // and the first one is free for others
    assert_eq!(post(&scene, &bob, "username", json!({ "username": "first" })).status, 200);
}

#[test]
fn a_step_keeps_the_answers_that_were_kept_last() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let step = |answer: &str| json!({ "step": "company", "answers": { "size": answer } });
    let other = || post(&scene, &ada, "onboarding", step("second"));
    let reply = overtaken(&scene, &asked(&scene, &ada, "onboarding", step("first")), &other);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(scene.rows("SELECT answers FROM onboarding_steps"), json!([{"answers": "{\"size\":\"second\"}"}]));
}

#[test]
fn preferences_stay_as_they_were_set_last_also_those_that_were_cleared() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let of = |volume: Json| json!({ "preferences": { "audio": { "volume": volume } } });
    let kept = || scene.rows("SELECT value FROM user_preferences");
    let other = || patch(&scene, &ada, "preferences", of(json!(40)));
    let reply = overtaken(&scene, &patched(&scene, &ada, "preferences", of(json!(20))), &other);
    assert_eq!((reply.status, kept()), (200, json!([{"value": "40"}])), "{reply:?}");
    let reply = overtaken(&scene, &patched(&scene, &ada, "preferences", of(Json::Null)), &other);
    assert_eq!((reply.status, kept()), (200, json!([{"value": "40"}])), "{reply:?}");
}

#[test]
fn somebody_works_where_they_went_last() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    scene.team("other", &ada);
    let to = |team: &str| json!({ "organizationId": team });
    let other = || post(&scene, &ada, "switch-organization", to("acme"));
    let reply = overtaken(&scene, &asked(&scene, &ada, "switch-organization", to(&ada.personal)), &other);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(get(&scene, &ada, "me").body["current"]["id"], "acme");
}

#[test]
fn an_organization_keeps_what_was_said_of_it_last() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    let other = || patch(&scene, &ada, "update-organization", json!({ "name": "Second" }));
    let first = patched(&scene, &ada, "update-organization", json!({ "name": "First" }));
    assert_eq!(overtaken(&scene, &first, &other).status, 200);
    assert_eq!(scene.rows("SELECT name FROM organizations WHERE id = 'acme'"), json!([{"name": "Second"}]));
}

#[test]
fn what_was_restored_since_is_archived_no_more_and_nobody_is_sent_away() {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.team("acme", &ada);
    scene.member("acme", &bob, "member");
    let named = || json!({ "organizationId": "acme" });
    let meanwhile = || {
        assert_eq!(post(&scene, &ada, "restore-organization", named()).status, 200);
        assert_eq!(post(&scene, &bob, "switch-organization", named()).status, 200);
        scene.invitation("acme", "i1", "new@example.com", "member", &ada);
    };
    let reply = scene.send_overtaken(&FUNCTION, &asked(&scene, &ada, "archive-organization", named()), &meanwhile);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(scene.rows("SELECT status FROM organization_invitations"), json!([{"status": "pending"}]));
    assert_eq!(get(&scene, &bob, "me").body["current"]["id"], "acme");
    // and the other way round
    assert_eq!(post(&scene, &ada, "archive-organization", named()).status, 200);
    let other = || post(&scene, &ada, "archive-organization", named());
    assert_eq!(overtaken(&scene, &asked(&scene, &ada, "restore-organization", named()), &other).status, 200);
    assert_eq!(
        scene.rows("SELECT archived_by FROM organizations WHERE id = 'acme' AND archived_at IS NOT NULL"),
        json!([{"archived_by": "ada"}])
    );
}

#[test]
fn a_browser_that_signed_in_again_since_is_not_signed_out() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let now = scene.now().0;
    scene.execute(&format!(
        "INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, request_id)
         VALUES ('ada', 'desk', {now}, {now}, 'r'), ('ada', 'phone', {now}, {now}, 'r')"
    ));
    let again = || {
        scene.execute(
            "UPDATE active_sessions SET ended_at = NULL, end_reason = NULL, request_id = 'r2' WHERE id = 'phone'",
        );
    };
    for (action, body) in
        [("end-session", json!({ "session": "phone" })), ("end-other-sessions", json!({ "sessionId": "desk" }))]
    {
        let reply = scene.send_overtaken(&FUNCTION, &asked(&scene, &ada, action, body), &again);
        assert_eq!(reply.status, 200, "{reply:?}");
        let live = ask(&scene, &ada, "GET", "sessions", &[("x-session-id", "desk")], None);
        assert_eq!(live.body["sessions"].as_array().map(Vec::len), Some(2), "{action}");
    }
}

#[test]
fn what_is_remembered_of_a_person_s_requests_stays_short() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let set =
        |volume: i64| patch(&scene, &ada, "preferences", json!({ "preferences": { "audio": { "volume": volume } } }));
    let length = || scene.rows("SELECT LENGTH(recent_requests) AS length FROM users")[0]["length"].clone();
    assert_eq!(length(), json!(0));
    for many in 1..=3 {
        assert_eq!((set(many).status, length()), (200, json!(37 * many - 1)));
    }
    scene.advance(Span::minutes(1));
    scene.advance(Span(1));
    assert_eq!((set(4).status, length()), (200, json!(36)));
}
