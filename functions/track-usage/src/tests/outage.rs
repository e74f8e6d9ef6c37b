//! The database cannot be reached: what the operator says then, and nothing else, is allowed.

use tallygate::store::{Answer, Batch, Store, StoreError};

use super::{keys::keep, *};

struct Unreachable;

impl Store for Unreachable {
    async fn batch(&self, _batch: &Batch<'_>) -> Result<Answer, StoreError> {
        Err(StoreError::Unavailable("the line is dead".to_string()))
    }
}

fn asked(scene: &Scene, token: &str, action: &str, body: Json) -> TestReply {
    let headers = [
        ("Authorization".to_string(), format!("Bearer {token}")),
        ("Content-Type".to_string(), "application/json".to_string()),
    ];
    let request = Request::new("POST", &format!("/{action}"), headers, Body::Bytes(body.to_string().into_bytes()));
    scene.send_through(&Unreachable, &FUNCTION, &request)
}

#[test]
fn what_the_operator_allows_is_allowed_unverified_and_all_else_is_refused() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let token = scene.token(&ada);
    let code = |action: &str, body: Json| {
        let reply = asked(&scene, &token, action, body);
        json!([reply.status, reply.body["code"], reply.body["allowed"], reply.body["unverified"]])
    };
    let unavailable = json!([503, "database_unavailable", null, null]);
    let track = json!({"eventType": "training_session", "idempotencyKey": "a"});
    // Silence is never an allow.
    assert_eq!(code("track", track.clone()), unavailable);
    scene.set("ALLOW_ON_OUTAGE", "training_sessions, training_session");
    let reply = asked(&scene, &token, "track", track.clone());
    assert_eq!(
        reply.body,
        json!({"success": true, "message": "training_session is allowed, unverified.", "feature": "training_session",
               "kind": null, "allowed": true, "unverified": true, "event": null, "alerts": [], "replayed": false})
    );
    assert_eq!(reply.log["cause"], "the line is dead", "{reply:?}");
    assert_eq!(code("check", json!({"feature": "training_sessions"})), json!([200, null, true, true]));
    let several = asked(&scene, &token, "check", json!({"features": ["training_sessions", "training_session"]}));
    assert_eq!(
        several.body["features"],
        json!([{"feature": "training_sessions", "kind": null, "allowed": true, "unverified": true},
               {"feature": "training_session", "kind": null, "allowed": true, "unverified": true}])
    );
    for (action, body) in [
        ("check", json!({"feature": "scenarios"})),
        ("check", json!({"features": ["training_sessions", "scenarios"]})),
        ("track", json!({"feature": "scenarios"})),
        ("set", json!({"feature": "training_sessions", "value": 1})),
        ("reserve", json!({"feature": "training_sessions"})),
        ("start-call", json!({"type": "training_session"})),
        ("confirm", json!({"reservation": "training_sessions"})),
        ("batch", json!({"events": [{"feature": "training_sessions"}]})),
    ] {
        assert_eq!(code(action, body.clone()), unavailable, "{action} {body}");
    }
    // Whether a key is one only the database knows; whether a token holds nobody has to be asked for.
    keep(&scene, 'a', (1, 1), None, None);
    let by_key = asked(&scene, &format!("tg_{}", "a".repeat(43)), "track", track.clone());
    assert_eq!(by_key.status, 503);
    assert_eq!(asked(&scene, "forged", "track", track.clone()).status, 401);
    // Sent again under its key, it is counted.
    assert_eq!(post(&scene, &ada, "track", track).body["event"]["counted"], 1);
}
