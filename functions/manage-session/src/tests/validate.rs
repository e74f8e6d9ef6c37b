use serde_json::{json, Value as Json};
use tallygate::{
    rules::{invitation::token_hash, time::Span},
    testing::{invalid, refused_with, Scene, TestReply, BEGIN},
};

use super::{call, sign_in, states, FIVE_MINUTES, FUNCTION, MILLISECOND};

/// The reply of a plan of one session, with these sessions put out.
fn signed_in(message: &str, ended: &[Json]) -> (u16, Json) {
    let body = json!({
        "success": true,
        "message": message,
        "sessionConflict": !ended.is_empty(),
        "isEnterprise": false,
        "allowMultipleSessions": false,
        "conflictDetails": {"terminatedSessions": ended.len(), "sessions": ended},
    });
    (200, body)
}

/// A reply of who has not proven a session yet, without the secret that it gives.
fn shown(reply: &TestReply) -> (u16, Json) {
    let (status, mut body) = reply.answer();
    let secret = body.as_object_mut().unwrap().remove("sessionSecret").unwrap();
    assert_eq!(secret.as_str().unwrap().len(), 22);
    (status, body)
}

#[test]
fn the_first_browser_is_registered() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let request = scene.upcoming().request_id();
    // when
    let headers = [("CF-Connecting-IP", "203.0.113.7"), ("User-Agent", "Firefox")];
    let body = json!({"sessionId": "s1", "browserInfo": {"os": "Linux"}, "ipAddress": "198.51.100.1"});
    let reply = scene.call_with(&FUNCTION, &ada, &headers, body);
    // then
    assert_eq!(shown(&reply), signed_in("You are signed in.", &[]));
    assert_eq!(reply.batches, 1);
    assert_eq!(
        scene.rows("SELECT * FROM active_sessions"),
        json!([{
            "user_id": "ada",
            "id": "s1",
            "user_agent": "Firefox",
            "browser_info": "{\"os\":\"Linux\"}",
            "ip_address": "203.0.113.7",
            "created_at": scene.now().0,
            "last_heartbeat_at": scene.now().0,
            "ended_at": null,
            "end_reason": null,
            "request_id": request,
            "provider_session": null,
            "secret_hash": token_hash(reply.body["sessionSecret"].as_str().unwrap()),
        }])
    );
    assert_eq!(
        scene.audit(),
        json!([{
            "organization": ada.personal,
            "actor": "ada",
            "action": "session.started",
            "target": "s1",
            "details": "{\"terminatedSessions\":0}",
        }])
    );
    assert_eq!(scene.outbox(), json!([]));
}

#[test]
fn a_second_browser_puts_the_first_one_out() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "s1");
    // when
    let reply = call(&scene, &ada, "validate", "s2");
    // then
    let ended = json!({"createdAt": BEGIN, "lastSeen": BEGIN, "userAgent": "s1", "ipAddress": null});
    assert_eq!(shown(&reply), signed_in("You are signed in; your session on another device was ended.", &[ended]));
    assert_eq!(
        scene.rows("SELECT id, created_at, ended_at, end_reason FROM active_sessions ORDER BY id"),
        json!([
            {"id": "s1", "created_at": scene.now().0 - 1_000, "ended_at": scene.now().0, "end_reason": "signed_in_elsewhere"},
            {"id": "s2", "created_at": scene.now().0, "ended_at": null, "end_reason": null},
        ])
    );
    assert_eq!(scene.audit()[1]["details"], "{\"terminatedSessions\":1}");
    assert_eq!(scene.outbox(), json!([{"organization": ada.personal, "event": "session.terminated", "target": "ada"}]));
}

#[test]
fn who_rejects_a_conflict_is_not_registered() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "s1");
    // when
    let refusal = scene.refusal(&FUNCTION, &ada, json!({"sessionId": "s2", "onConflict": "reject"}));
    // then
    assert_eq!(
        refusal,
        refused_with(
            409,
            "session_conflict",
            "You are already signed in on another device.",
            json!({
                "sessionConflict": true,
                "isEnterprise": false,
                "allowMultipleSessions": false,
                "conflictDetails": {
                    "terminatedSessions": 0,
                    "sessions": [{"createdAt": BEGIN, "lastSeen": BEGIN, "userAgent": "s1", "ipAddress": null}],
                },
            })
        )
    );
}

#[test]
fn the_same_browser_again_is_no_conflict_and_a_heartbeat() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "s1");
    for on_conflict in ["reject", "terminate"] {
        // when
        let body = json!({"sessionId": "s1", "onConflict": on_conflict, "userAgent": "renewed"});
        // then
        assert_eq!(shown(&scene.call(&FUNCTION, &ada, body)), signed_in("You are signed in.", &[]));
    }
    assert_eq!(
        scene.rows("SELECT id, user_agent, created_at, last_heartbeat_at FROM active_sessions"),
        json!([{
            "id": "s1",
            "user_agent": "renewed",
            "created_at": scene.now().0 - 1_000,
            "last_heartbeat_at": scene.now().0,
        }])
    );
    // and a reload of the page is not worth an entry in the audit
    assert_eq!(scene.audit().as_array().unwrap().len(), 1);
    assert_eq!(scene.outbox(), json!([]));
}

#[test]
fn a_session_is_stale_at_five_minutes_and_not_a_millisecond_before() {
    for (age, conflict) in [(FIVE_MINUTES, false), (Span(FIVE_MINUTES.0 - MILLISECOND.0), true)] {
        let scene = Scene::new();
        let ada = scene.sign_up("ada");
        call(&scene, &ada, "validate", "s1");
        scene.advance(age);
        let rejected = scene.call(&FUNCTION, &ada, json!({"sessionId": "s2", "onConflict": "reject"}));
        assert_eq!(rejected.status, if conflict { 409 } else { 200 }, "{age:?}");
        let terminated = call(&scene, &ada, "validate", "s3").body["conflictDetails"]["terminatedSessions"].clone();
        // The stale one is left alone: the one that is put out is s2, which was let in.
        assert_eq!(terminated, 1);
        let first = if conflict { "ada s1 signed_in_elsewhere" } else { "ada s1 open" };
        assert_eq!(states(&scene)[0], first);
    }
}

#[test]
fn the_oldest_others_are_put_out_until_the_plan_s_number_is_left() {
    // given: three browsers, on a plan of three
    let scene = Scene::with_changed_catalog("concurrent_sessions = 1", "concurrent_sessions = 3");
    let ada = scene.sign_up("ada");
    for session in ["s3", "s1", "s2"] {
        sign_in(&scene, &ada, session);
    }
    // when: a fourth comes
    let reply = call(&scene, &ada, "validate", "s4");
    // then: the one that came first goes
    assert_eq!(reply.body["allowMultipleSessions"], true);
    assert_eq!(reply.body["conflictDetails"]["sessions"][0]["userAgent"], "s3");
    assert_eq!(states(&scene), ["ada s1 open", "ada s2 open", "ada s3 signed_in_elsewhere", "ada s4 open"]);
    // and when the plan shrinks to one, a sign-in ends all others
    scene.advance(Span::seconds(1));
    scene.execute("UPDATE plans SET concurrent_sessions = 1 WHERE id = 'starter'");
    let reply = call(&scene, &ada, "validate", "s4");
    assert_eq!(reply.body["message"], "You are signed in; your sessions on 2 other devices were ended.");
    assert_eq!(reply.body["conflictDetails"]["terminatedSessions"], 2);
    assert_eq!(
        states(&scene),
        ["ada s1 signed_in_elsewhere", "ada s2 signed_in_elsewhere", "ada s3 signed_in_elsewhere", "ada s4 open"]
    );
    let events = scene.rows("SELECT COUNT(*) AS amount FROM outbox WHERE event_type = 'session.terminated'");
    assert_eq!(events, json!([{"amount": 2}]), "one event for each sign-in that put somebody out");
}

#[test]
fn of_sessions_registered_in_one_millisecond_exactly_one_is_left() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for number in 0..20 {
        assert_eq!(call(&scene, &ada, "validate", &format!("s{number}")).status, 200);
    }
    assert_eq!(scene.rows("SELECT id FROM active_sessions WHERE ended_at IS NULL"), json!([{"id": "s19"}]));
}

#[test]
fn a_browser_that_was_put_out_may_sign_in_again_as_a_new_one() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "s1");
    sign_in(&scene, &ada, "s2");
    let reply = call(&scene, &ada, "validate", "s1");
    assert_eq!(reply.body["conflictDetails"]["terminatedSessions"], 1);
    assert_eq!(
        scene.rows("SELECT id, created_at, end_reason FROM active_sessions ORDER BY id"),
        json!([
            {"id": "s1", "created_at": scene.now().0, "end_reason": null},
            {"id": "s2", "created_at": scene.now().0 - 1_000, "end_reason": "signed_in_elsewhere"},
        ])
    );
}

#[test]
fn a_stale_session_that_validates_keeps_its_beginning_and_displaces_who_took_its_place() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    call(&scene, &ada, "validate", "s1");
    scene.advance(FIVE_MINUTES);
    call(&scene, &ada, "validate", "s2");
    let reply = call(&scene, &ada, "validate", "s1");
    assert_eq!(reply.body["conflictDetails"]["sessions"][0]["userAgent"], "s2");
    assert_eq!(
        scene.rows("SELECT created_at FROM active_sessions WHERE id = 's1'"),
        json!([{"created_at": scene.now().0 - FIVE_MINUTES.0}])
    );
}

#[test]
fn a_team_s_plan_lets_its_people_sign_in_everywhere() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    sign_in(&scene, &ada, "s1");
    // when
    let reply = scene.call(&FUNCTION, &ada, json!({"sessionId": "s2", "onConflict": "reject"}));
    // then
    assert_eq!(
        shown(&reply),
        (
            200,
            json!({
                "success": true,
                "message": "You are signed in.",
                "sessionConflict": false,
                "isEnterprise": true,
                "allowMultipleSessions": true,
                "conflictDetails": {"terminatedSessions": 0, "sessions": []},
            })
        )
    );
    // and the limit is that of the organization asked for: their own plan allows one
    let personal = scene.call_in(&FUNCTION, &ada.personal, &ada, json!({"sessionId": "s3", "onConflict": "reject"}));
    assert_eq!((personal.status, personal.body["code"].clone()), (409, json!("session_conflict")));
    let sessions = personal.body["conflictDetails"]["sessions"].as_array().unwrap().iter();
    assert_eq!(sessions.map(|session| session["userAgent"].clone()).collect::<Vec<_>>(), [json!(null), json!("s1")]);
}

#[test]
fn what_a_browser_says_of_itself_is_bounded() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let refusal = |field: &str, value: Json| {
        let mut body = json!({"sessionId": "s1"});
        body[field] = value;
        scene.refusal(&FUNCTION, &ada, body)
    };
    assert_eq!(refusal("onConflict", json!("ask")), invalid("onConflict", "must be `terminate` or `reject`"));
    assert_eq!(refusal("userAgent", json!("x".repeat(513))), invalid("userAgent", "is too long"));
    assert_eq!(refusal("userAgent", json!({})), invalid("userAgent", "must be a text"));
    assert_eq!(refusal("browserInfo", json!("x".repeat(999))), invalid("browserInfo", "is too long"));
    for browser_info in [json!("a\u{7}"), json!({"os": ["a\u{0}"]}), json!({"o\u{7}s": 1})] {
        let expected = invalid("browserInfo", "must not contain control characters");
        assert_eq!(refusal("browserInfo", browser_info), expected);
    }
    let reply = scene.call(&FUNCTION, &ada, json!({"sessionId": "s1", "browserInfo": "x".repeat(998)}));
    assert_eq!(reply.status, 200);
    // A header is cut off instead, since nobody chose to send it.
    let header = "é".repeat(5_000);
    scene.call_with(&FUNCTION, &ada, &[("User-Agent", &header)], json!({"sessionId": "s1"}));
    assert_eq!(
        scene.rows("SELECT length(user_agent) AS characters FROM active_sessions"),
        json!([{"characters": 512}])
    );
}

#[test]
fn what_is_not_paid_for_grants_one_session_however_many_its_plan_has() {
    for status in ["incomplete", "unpaid", "canceled", "paused"] {
        // given: a team of ada's on a plan without a limit that nobody pays for
        let scene = Scene::new();
        let ada = scene.sign_up("ada");
        scene.team("acme", &ada);
        scene.execute(&format!("UPDATE org_subscriptions SET status = '{status}' WHERE organization_id = 'acme'"));
        let call = |action: &str, session: &str, more: Json| {
            let mut body = json!({"action": action, "sessionId": session});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            scene.call_in(&FUNCTION, "acme", &ada, body)
        };
        call("validate", "s1", json!({}));
        // when, then
        assert_eq!(call("check", "s2", json!({})).body["hasConflict"], true, "{status}");
        assert_eq!(call("validate", "s2", json!({"onConflict": "reject"})).status, 409, "{status}");
        let reply = call("validate", "s2", json!({}));
        assert_eq!((reply.status, &reply.body["sessionConflict"]), (200, &json!(true)), "{status}");
        assert_eq!(reply.body["allowMultipleSessions"], false, "{status}");
        assert_eq!(call("heartbeat", "s1", json!({})).body["reason"], "signed_in_elsewhere", "{status}");
    }
}
