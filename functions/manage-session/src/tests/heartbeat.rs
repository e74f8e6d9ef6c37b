use serde_json::{json, Value as Json};
use tallygate::{rules::time::Span, testing::Scene};

use super::{call, sign_in, states, FIVE_MINUTES, MILLISECOND};

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

fn terminated_told(scene: &Scene) -> usize {
    let of =
        |rows: Json, key: &str, wanted: &str| rows.as_array().unwrap().iter().filter(|row| row[key] == wanted).count();
    let told = of(scene.outbox(), "event", "session.terminated");
    assert_eq!(of(scene.audit(), "action", "session.terminated"), told);
    told
}

#[test]
fn what_a_team_allowed_ends_with_the_next_heartbeats_at_home() {
    for leaves in [
        "DELETE FROM organization_members WHERE organization_id = 'acme' AND user_id = 'ada'",
        "UPDATE organizations SET archived_at = 1, archived_by = 'bob' WHERE id = 'acme'",
        "UPDATE org_subscriptions SET status = 'canceled' WHERE organization_id = 'acme'",
    ] {
        // given: five browsers, which an unlimited plan of a team's allowed
        let scene = Scene::new();
        let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
        scene.team("acme", &bob);
        scene.member("acme", &ada, "member");
        let browsers = ["s1", "s2", "s3", "s4", "s5"];
        for browser in browsers {
            sign_in(&scene, &ada, browser);
        }
        scene.advance(Span::minutes(2));
        for browser in browsers {
            assert_eq!(call(&scene, &ada, "heartbeat", browser).answer(), valid(), "the team's plan allows all");
        }
        assert_eq!(terminated_told(&scene), 0);
        // when
        scene.execute(leaves);
        scene.execute(&format!("UPDATE users SET current_organization_id = '{}' WHERE id = 'ada'", ada.personal));
        scene.advance(Span::minutes(2));
        let first = call(&scene, &ada, "heartbeat", "s3");
        // then: the newest one is left, and who beats is no exception
        assert_eq!(first.answer(), not_valid("signed_in_elsewhere", "You signed in on another device."), "{leaves}");
        assert_eq!(first.batches, 1);
        for browser in ["s1", "s2", "s4"] {
            assert_eq!(call(&scene, &ada, "heartbeat", browser).body["reason"], "signed_in_elsewhere", "{leaves}");
        }
        assert_eq!(call(&scene, &ada, "heartbeat", "s5").answer(), valid(), "{leaves}");
        assert_eq!(terminated_told(&scene), 1);
        let sent = scene.sent("session.terminated");
        let ids: Vec<&str> =
            sent["sessions"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["s1", "s2", "s3", "s4"]);
    }
}

#[test]
fn a_plan_that_grants_fewer_browsers_keeps_the_newest() {
    // given
    let scene = Scene::with_changed_catalog("concurrent_sessions = 1", "concurrent_sessions = 3");
    let ada = scene.sign_up("ada");
    for browser in ["s1", "s2", "s3"] {
        sign_in(&scene, &ada, browser);
    }
    // when
    scene.execute("UPDATE plans SET concurrent_sessions = 2 WHERE concurrent_sessions = 3");
    scene.advance(Span::minutes(2));
    assert_eq!(call(&scene, &ada, "heartbeat", "s2").answer(), valid());
    // then
    assert_eq!(states(&scene), ["ada s1 signed_in_elsewhere", "ada s2 open", "ada s3 open"]);
    // and nothing is told again
    scene.advance(Span::minutes(2));
    for browser in ["s2", "s3"] {
        assert_eq!(call(&scene, &ada, "heartbeat", browser).answer(), valid());
    }
    assert_eq!(terminated_told(&scene), 1);
}

#[test]
fn a_stale_browser_counts_for_nothing_and_is_not_told_of() {
    // given: two browsers of a plan for two, one of which sleeps; the plan now grants one
    let scene = Scene::with_changed_catalog("concurrent_sessions = 1", "concurrent_sessions = 2");
    let ada = scene.sign_up("ada");
    sign_in(&scene, &ada, "s1");
    sign_in(&scene, &ada, "s2");
    scene.execute("UPDATE plans SET concurrent_sessions = 1 WHERE concurrent_sessions = 2");
    scene.advance(FIVE_MINUTES);
    // when
    assert_eq!(call(&scene, &ada, "heartbeat", "s1").answer(), valid());
    // then
    assert_eq!(states(&scene), ["ada s1 open", "ada s2 open"]);
    assert_eq!(call(&scene, &ada, "heartbeat", "s2").body["reason"], "expired");
    assert_eq!(terminated_told(&scene), 0);
}

#[test]
fn a_page_of_a_lesser_organization_puts_out_nobody_whom_a_better_one_lets_in() {
    // given: three browsers of an unlimited team's, one of which shows the personal organization of one browser
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.team("acme", &bob);
    scene.member("acme", &ada, "member");
    for browser in ["s1", "s2", "s3"] {
        sign_in(&scene, &ada, browser);
    }
    let at_home = |session: &str| {
        scene.call_in(&crate::FUNCTION, &ada.personal, &ada, json!({ "action": "heartbeat", "sessionId": session }))
    };
    // when, then: it beats
    scene.advance(Span::minutes(2));
    assert_eq!(at_home("s1").answer(), valid());
    assert_eq!(states(&scene), ["ada s1 open", "ada s2 open", "ada s3 open"]);
    // and it has slept, while the others went on
    scene.advance(FIVE_MINUTES);
    for browser in ["s2", "s3"] {
        assert_eq!(call(&scene, &ada, "heartbeat", browser).answer(), valid());
    }
    assert_eq!(at_home("s1").answer(), valid());
    assert_eq!(states(&scene), ["ada s1 open", "ada s2 open", "ada s3 open"]);
    assert_eq!(terminated_told(&scene), 0);
    // and a team whose plan does not run lets in no more than the personal one
    scene.execute("UPDATE org_subscriptions SET status = 'incomplete' WHERE organization_id = 'acme'");
    scene.advance(Span::minutes(2));
    at_home("s1");
    assert_eq!(states(&scene).iter().filter(|state| state.ends_with("open")).count(), 1);
}
