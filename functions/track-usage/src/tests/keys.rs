//! A product's own server counts with a service key, within what the key is good for.

use tallygate::rules::{invitation::token_hash, time::Span};

use super::{stories::assert_ledger_agrees, *};

fn key(letter: char) -> String {
    format!("tg_{}", String::from(letter).repeat(43))
}

pub fn keep(scene: &Scene, letter: char, scopes: (u8, u8), organization: Option<&str>, ends_at: Option<i64>) {
    let text = |value: Option<String>| value.unwrap_or_else(|| "NULL".to_string());
    scene.execute(&format!(
        "INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, organization_id, ends_at, created_at)
         VALUES ('key_{letter}', 'Key', '{}', {}, {}, {}, {}, 1)",
        token_hash(&key(letter)),
        scopes.0,
        scopes.1,
        text(organization.map(|id| format!("'{id}'"))),
        text(ends_at.map(|moment| moment.to_string())),
    ));
}

pub fn by_key(scene: &Scene, letter: char, organization: Option<&str>, action: &str, body: Option<Json>) -> TestReply {
    let mut headers = vec![("Authorization".to_string(), format!("Bearer {}", key(letter)))];
    headers.extend(organization.map(|id| ("x-organization-id".to_string(), id.to_string())));
    headers.push(("Content-Type".to_string(), "application/json".to_string()));
    let (method, body) = match body {
        Some(body) => ("POST", Body::Bytes(body.to_string().into_bytes())),
        None => ("GET", Body::default()),
    };
    scene.send(&FUNCTION, &Request::new(method, &format!("/{action}"), headers, body))
}

fn code(reply: &TestReply) -> (u16, Json) {
    (reply.status, reply.body["code"].clone())
}

#[test]
fn a_key_counts_for_the_organization_that_it_names_or_is_bound_to() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    keep(&scene, 'a', (1, 1), None, None);
    keep(&scene, 'b', (1, 1), Some(&bob.personal), None);
    let track = json!({"feature": "training_sessions", "quantity": 2, "userId": "end-user-7"});
    for (letter, organization) in [('a', Some(ada.personal.as_str())), ('b', None), ('b', Some(bob.personal.as_str()))]
    {
        let reply = by_key(&scene, letter, organization, "track", Some(track.clone()));
        assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
        assert_eq!(reply.log["user"], format!("key:key_{letter}"));
    }
    assert_eq!(
        scene.rows("SELECT organization_id, user_id, subject, key_id, quantity FROM usage_events ORDER BY key_id"),
        json!([
            {"organization_id": ada.personal, "user_id": null, "subject": "end-user-7", "key_id": "key_a", "quantity": 2},
            {"organization_id": bob.personal, "user_id": null, "subject": "end-user-7", "key_id": "key_b", "quantity": 2},
            {"organization_id": bob.personal, "user_id": null, "subject": "end-user-7", "key_id": "key_b", "quantity": 2},
        ])
    );
    assert_ledger_agrees(&scene);
    let day = scene.now().start_of_day().0;
    assert_eq!(scene.rows("SELECT last_used_day AS day FROM service_keys"), json!([{"day": day}, {"day": day}]));
    for action in ["entitlements", "summary", "events", "alerts"] {
        let reply = by_key(&scene, 'b', None, action, None);
        assert_eq!((reply.status, reply.batches), (200, 1), "{action}: {reply:?}");
    }
    assert_eq!(by_key(&scene, 'b', None, "check", Some(json!({"feature": "training_sessions"}))).body["used"], 4);
    assert_eq!(by_key(&scene, 'b', None, "events", None).body["events"].as_array().unwrap().len(), 2);
}

#[test]
fn a_key_does_nothing_that_it_is_not_good_for() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let now = scene.now();
    keep(&scene, 'r', (0, 1), None, None);
    keep(&scene, 'w', (1, 0), None, None);
    keep(&scene, 'b', (1, 1), Some(&bob.personal), None);
    keep(&scene, 'e', (1, 1), None, Some(now.0));
    keep(&scene, 'x', (1, 1), None, None);
    keep(&scene, 'u', (1, 1), None, None);
    scene.execute("UPDATE service_keys SET revoked_at = 5 WHERE id = 'key_x'");
    let track = Some(json!({"feature": "training_sessions"}));
    let own = Some(ada.personal.as_str());
    for (letter, organization, action, body, expected) in [
        ('r', own, "track", &track, (403, "scope_missing")),
        ('w', own, "entitlements", &None, (403, "scope_missing")),
        ('w', own, "check", &track, (403, "scope_missing")),
        ('b', own, "track", &track, (404, "organization_not_found")),
        ('u', Some("nowhere"), "track", &track, (404, "organization_not_found")),
        ('u', None, "track", &track, (400, "invalid_field")),
        ('e', own, "track", &track, (401, "unauthenticated")),
        ('x', own, "track", &track, (401, "unauthenticated")),
        ('q', own, "track", &track, (401, "unauthenticated")),
        // What is a person's to do.
        ('u', own, "acknowledge", &track, (401, "unauthenticated")),
        (
            'u',
            own,
            "track",
            &Some(json!({"feature": "training_sessions", "sessionId": "desk"})),
            (400, "invalid_field"),
        ),
    ] {
        let before = scene.everything();
        let reply = by_key(&scene, letter, organization, action, body.clone());
        assert_eq!(code(&reply), (expected.0, json!(expected.1)), "{letter} {action}: {reply:?}");
        scene.assert_unchanged(&before);
    }
    // Another function knows no keys, and what cannot be one asks nobody.
    let headers = [("Authorization".to_string(), format!("Bearer {}", key('u')))];
    let reply = scene.send(&tallygate::testing::TOUCH, &Request::new("GET", "/", headers, Body::default()));
    assert_eq!((reply.status, reply.batches), (401, 0));
    let headers = [("Authorization".to_string(), "Bearer tg_short".to_string())];
    let reply = scene.send(&FUNCTION, &Request::new("GET", "/entitlements", headers, Body::default()));
    assert_eq!((reply.status, reply.batches), (401, 0));
}

#[test]
fn a_distinct_meter_counts_whom_the_key_names() {
    let scene = Scene::with_catalog(STARTER_KIT);
    let ada = scene.sign_up("ada");
    keep(&scene, 'k', (1, 1), Some(&ada.personal), None);
    scene.execute("UPDATE plan_features SET limit_value = 2 WHERE feature = 'max_mau'");
    let active = |user: Option<&str>| {
        by_key(&scene, 'k', None, "track", Some(json!({"eventType": "user_active", "userId": user})))
    };
    assert_eq!(active(None).body["field"], "userId");
    assert_eq!(active(Some("one")).body["used"], 1);
    assert_eq!(active(Some("one")).body["event"], Json::Null);
    assert_eq!(active(Some("two")).body["used"], 2);
    let full = active(Some("three"));
    assert_eq!(code(&full), (429, json!("limit_reached")));
    assert_eq!(active(Some("two")).status, 200, "who is counted already goes on");
    assert_ledger_agrees(&scene);
}

#[test]
fn a_trial_that_is_over_falls_back_with_a_key_s_request_too() {
    let scene = Scene::with_catalog(COACHING);
    let ada = scene.sign_up("ada");
    let ended = scene.now().0 - 1;
    scene.execute(&format!(
        "UPDATE org_subscriptions SET plan_id = 'growth', status = 'trialing', trial_ends_at = {ended}, current_period_start = 1, current_period_end = {ended}"
    ));
    keep(&scene, 'k', (1, 1), Some(&ada.personal), None);
    let reply = by_key(&scene, 'k', None, "entitlements", None);
    assert_eq!((reply.status, &reply.body["plan"]["id"]), (200, &json!("free")));
    scene.advance(Span::days(1));
    assert_eq!(by_key(&scene, 'k', None, "track", Some(json!({"feature": "ai_text_messages"}))).status, 200);
}

#[test]
fn a_key_names_a_persons_session_and_it_must_be_live() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    scene.sign_up("bob");
    keep(&scene, 'a', (1, 1), None, None);
    keep(&scene, 'b', (1, 1), Some(&ada.personal), None);
    let now = scene.now().0;
    for (user, session, ended) in
        [("ada", "laptop", "NULL, NULL"), ("ada", "phone", "1, 'signed_in_elsewhere'"), ("bob", "tablet", "NULL, NULL")]
    {
        scene.execute(&format!(
            "INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, ended_at, end_reason, request_id)
             VALUES ('{user}', '{session}', {now}, {now}, {ended}, 'r')"
        ));
    }
    let track = |letter: char, user: Option<&str>, session: &str| {
        let body = json!({"feature": "training_sessions", "userId": user, "sessionId": session});
        let reply = by_key(&scene, letter, Some(&ada.personal), "track", Some(body));
        json!([reply.status, reply.body["code"], reply.body["reason"], reply.body["field"], reply.batches])
    };
    for letter in ['a', 'b'] {
        assert_eq!(track(letter, Some("ada"), "laptop"), json!([200, null, null, null, 1]));
        assert_eq!(track(letter, Some("ada"), "phone"), json!([401, "session_ended", "signed_in_elsewhere", null, 1]));
        assert_eq!(track(letter, Some("ada"), "none"), json!([401, "session_ended", "unknown", null, 1]));
        assert_eq!(track(letter, None, "laptop"), json!([400, "invalid_field", null, "userId", 0]));
        // Whoever is no member of the organization has no session there.
        assert_eq!(track(letter, Some("bob"), "tablet"), json!([401, "session_ended", "unknown", null, 1]));
    }
    assert_eq!(
        scene.rows("SELECT subject, counted FROM usage_events"),
        json!([{"subject": "ada", "counted": 1}, {"subject": "ada", "counted": 1}])
    );
    assert_ledger_agrees(&scene);
}
