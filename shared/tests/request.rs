//! The way that every request takes: method, body, sign-in, organization, database, and what the answer carries.

use std::cell::Cell;

use serde_json::{json, Value as Json};
use tallygate::{
    http::{Body, Request},
    store::{Answer, Batch, Constraint, Store, StoreError},
    testing::{invalid, refused, refused_with, Person, Scene, ORIGIN, TOUCH},
};

fn not_yours() -> (u16, Json) {
    refused(404, "organization_not_found", "There is no such organization for you.")
}

fn bytes(scene: &Scene, person: Option<&Person>, body: &[u8]) -> (u16, Json) {
    scene.send(&TOUCH, &scene.post(person, &[], body.to_vec())).answer()
}

#[test]
fn without_a_token_that_holds_the_database_is_not_asked() {
    let scene = Scene::new();
    let ada = Person::named("ada");
    let token = scene.token(&ada);
    let missing = "Sign in first: send a token in the header `Authorization: Bearer <token>`.";
    let wrong = "The token is not accepted: its signature or its claims are wrong.";
    let claims = token.split('.').nth(1).unwrap();
    let seconds = scene.now().0 / 1_000;
    let signed = |claim: &str, value: Json| format!("Bearer {}", scene.token(&ada.clone().with(claim, value)));
    for (header, sentence) in [
        (String::new(), missing),
        (token.clone(), missing),
        (format!("Basic {token}"), missing),
        ("Bearer ".to_string(), missing),
        ("Bearer x".to_string(), "The token is not accepted: it is no JWT."),
        (format!("Bearer {}", "x".repeat(20_000)), "The token is not accepted: it is too long."),
        (format!("Bearer {token}x"), wrong),
        (
            format!("Bearer eyJhbGciOiJub25lIn0.{claims}."),
            "The token is not accepted: its algorithm is not the configured one.",
        ),
        (signed("exp", json!(seconds - 5)), "The token has expired; sign in again."),
        (signed("exp", json!(seconds.to_string())), wrong),
        (signed("nbf", json!(seconds + 6)), "The token is not accepted: it is not valid yet."),
        (signed("sub", json!(" ")), "The token is not accepted: it names no user."),
        (signed("role", json!("anon")), "The token is not accepted: it is an API key, not a person's session."),
        (signed("role", json!("service_role")), "The token is not accepted: it is an API key, not a person's session."),
    ] {
        // when
        let reply = scene.send(&TOUCH, &scene.post(None, &[("Authorization", &header)], b"{}".to_vec()));
        // then
        assert_eq!(reply.answer(), refused(401, "unauthenticated", sentence), "{header}");
        assert_eq!(reply.headers.get("www-authenticate").map(String::as_str), Some("Bearer"));
        assert_eq!((reply.batches, reply.headers.contains_key("server-timing")), (0, false));
    }
    assert_eq!(scene.rows("SELECT id FROM users"), json!([]));
    // The scheme's case does not matter.
    let header = format!("bEARER {token}");
    let request = scene.post(None, &[("AUTHORIZATION", &header)], b"{}".to_vec());
    assert_eq!(scene.send(&TOUCH, &request).status, 200);
}

#[test]
fn what_is_no_json_object_is_told_to_whoever_is_signed_in() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let before = scene.everything();
    for (body, sentence) in [
        (b"{".as_slice(), "The body is not valid JSON."),
        (b"{\"action\": \"touch\",}", "The body is not valid JSON."),
        (b"[]", "The body must be a JSON object."),
        (b"null", "The body must be a JSON object."),
        (b"\"touch\"", "The body must be a JSON object."),
        (b"{\"action\": \"\xff\"}", "The body is not valid UTF-8."),
    ] {
        assert_eq!(bytes(&scene, Some(&ada), body), refused(400, "invalid_json", sentence));
        assert_eq!(bytes(&scene, None, body).0, 401);
    }
    let depth = "[".repeat(10_000);
    assert_eq!(bytes(&scene, Some(&ada), format!("{{\"a\":{depth}").as_bytes()).1["code"], "invalid_json");
    scene.assert_unchanged(&before);
    // An empty body is an empty object, and what is not known is ignored.
    for body in [b"".as_slice(), b" \r\n", b"{\"unknown\": [1, {}], \"action\": null}"] {
        assert_eq!(bytes(&scene, Some(&ada), body).0, 200);
    }
}

#[test]
fn an_action_is_a_known_text() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let unknown = refused_with(
        400,
        "unknown_action",
        "The action must be one of: touch.",
        json!({"field": "action", "actions": ["touch"]}),
    );
    for action in ["", "Touch", "touch ", "__proto__"] {
        assert_eq!(scene.refusal(&TOUCH, &ada, json!({"action": action})), unknown);
    }
    assert_eq!(scene.refusal(&TOUCH, &ada, json!({"action": ["touch"]})), invalid("action", "must be a text"));
}

#[test]
fn methods_paths_sizes_and_media_types_are_checked_first() {
    let scene = Scene::new();
    let send = |method: &str, path: &str, media_type: &str, body: Body| {
        let headers = [("Content-Type".to_string(), media_type.to_string())];
        scene.send(&TOUCH, &Request::new(method, path, headers, body))
    };
    let empty = || Body::Bytes(b"{}".to_vec());
    for method in ["PUT", "DELETE", "PATCH", "HEAD", "post", ""] {
        let reply = send(method, "/", "application/json", empty());
        let sentence = "Use one of these methods: GET, POST, OPTIONS.";
        assert_eq!(reply.answer(), refused(405, "method_not_allowed", sentence), "{method}");
        assert_eq!(reply.headers["allow"], "GET, POST, OPTIONS");
    }
    for path in ["/admin", "//", "/index.html"] {
        let reply = send("POST", path, "application/json", empty());
        assert_eq!(reply.answer(), refused(404, "not_found", "There is nothing at this address."), "{path}");
    }
    let reply = send("POST", "/", "application/json", Body::TooLarge);
    assert_eq!(reply.answer(), refused(413, "body_too_large", "The body may have at most 64 KiB."));
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json"] {
        let reply = send("POST", "/", media_type, empty());
        let expected = refused(415, "unsupported_media_type", "Send the body as application/json.");
        assert_eq!(reply.answer(), expected, "{media_type}");
    }
    for media_type in ["application/json", "Application/JSON; charset=utf-8", ""] {
        assert_eq!(send("POST", "/", media_type, empty()).status, 401, "{media_type}");
    }
}

#[test]
fn the_organization_is_that_of_header_body_token_or_the_current_one() {
    // given: somebody with four organizations
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for team in ["by-header", "by-body", "by-claim", "current"] {
        scene.team(team, &ada);
    }
    scene.execute("UPDATE organizations SET external_id = 'org_2abc' WHERE id = 'by-claim'");
    let claiming = |claim: &str, value: Json| ada.clone().with(claim, value);
    let about = |person: &Person, headers: &[(&str, &str)], body: Json| {
        scene.call_with(&TOUCH, person, headers, body).body["organizationId"].clone()
    };
    let header = [("X-Organization-Id", "by-header")];
    let body = json!({"organizationId": "by-body"});
    for claimed in [
        claiming("org_id", json!("by-claim")),
        claiming("org_id", json!("org_2abc")),
        claiming("o", json!({"id": "org_2abc", "rol": "admin"})),
    ] {
        // when, then
        assert_eq!(about(&claimed, &header, body.clone()), "by-header");
        assert_eq!(about(&claimed, &[], body.clone()), "by-body");
        assert_eq!(about(&claimed, &[], json!({})), "by-claim");
    }
    for ignored in [json!("org_unmapped"), json!(""), json!(7), json!({})] {
        assert_eq!(about(&claiming("org_id", ignored), &[], json!({})), "current");
    }
    assert_eq!(about(&ada, &[("x-organization-id", " ")], json!({"organizationId": null})), "current");
}

#[test]
fn another_tenant_s_organization_is_not_there_by_any_way() {
    // given
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.team("acme", &ada);
    scene.execute("UPDATE organizations SET external_id = 'org_2abc' WHERE id = 'acme'");
    for organization in ["acme", &ada.personal, "nowhere", "' OR 1=1 --"] {
        // when, then
        let header = [("x-organization-id", organization)];
        assert_eq!(scene.refusal_with(&TOUCH, &bob, &header, json!({})), not_yours());
    }
    assert_eq!(scene.refusal(&TOUCH, &bob, json!({"organizationId": "acme"})), not_yours());
    for claim in ["acme", "org_2abc"] {
        assert_eq!(scene.refusal(&TOUCH, &bob.clone().with("org_id", json!(claim)), json!({})), not_yours());
    }
    // An outside id is for tokens alone, also for a member.
    assert_eq!(scene.refusal(&TOUCH, &ada, json!({"organizationId": "org_2abc"})), not_yours());
    let expected = invalid("organizationId", "must be an id of 1 to 255 visible characters");
    assert_eq!(scene.refusal(&TOUCH, &bob, json!({"organizationId": "two words"})), expected);
    assert_eq!(scene.refusal(&TOUCH, &bob, json!({"organizationId": 7})), invalid("organizationId", "must be a text"));
}

#[test]
fn an_archived_organization_is_not_there() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    scene.execute("UPDATE organizations SET archived_at = 1 WHERE id = 'acme'");
    assert_eq!(scene.refusal(&TOUCH, &ada, json!({})), not_yours());
    assert_eq!(scene.call_in(&TOUCH, &ada.personal, &ada, json!({})).status, 200);
}

#[test]
fn only_a_listed_page_may_read_the_answer() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for (origin, allowed) in [
        (Some(ORIGIN), true),
        (Some("https://evil.example"), false),
        (Some("null"), false),
        (Some("http://localhost:5173.evil.example"), false),
        (Some("http://localhost:51730"), false),
        (Some("https://localhost:5173"), false),
        (None, false),
    ] {
        let headers: Vec<_> = origin.map(|origin| ("Origin", origin)).into_iter().collect();
        for person in [Some(&ada), None] {
            // when: it is served in any case
            let reply = scene.send(&TOUCH, &scene.post(person, &headers, b"{}".to_vec()));
            // then
            assert_eq!(reply.status, if person.is_some() { 200 } else { 401 });
            assert_eq!(reply.headers["vary"], "Origin");
            assert_eq!(reply.headers["cache-control"], "no-store");
            let expected = allowed.then(|| ORIGIN.to_string());
            assert_eq!(reply.headers.get("access-control-allow-origin"), expected.as_ref(), "{origin:?}");
            assert!(!reply.headers.contains_key("access-control-allow-credentials"));
        }
        let headers = headers.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string()));
        let reply = scene.send(&TOUCH, &Request::new("OPTIONS", "/", headers, Body::default()));
        assert_eq!((reply.status, reply.body), (if allowed { 204 } else { 403 }, Json::Null), "{origin:?}");
        assert_eq!(reply.headers["vary"], "Origin");
        assert_eq!(reply.headers.contains_key("access-control-allow-methods"), allowed);
    }
}

#[test]
fn the_log_has_one_line_without_token_or_address() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let request = scene.upcoming().request_id();
    // when
    let mut log = scene.call(&TOUCH, &ada, json!({})).log;
    // then
    assert!(log["dbMilliseconds"].take().is_number());
    assert_eq!(
        log,
        json!({
            "requestId": request,
            "function": "touch",
            "action": "touch",
            "user": "ada",
            "organization": ada.personal,
            "status": 200,
            "code": "ok",
            "cause": null,
            // The clock stands still.
            "milliseconds": 0,
            "dbMilliseconds": null,
            "batches": 1,
            "tries": 1,
            "retried": [],
            // SQLite tells no rows here.
            "rowsRead": null,
            "rowsWritten": null,
        })
    );
    // and nothing else is in it when it goes wrong
    for body in [json!({"action": "x", "email": ada.email()}), json!({"organizationId": "nowhere"})] {
        let line = scene.call(&TOUCH, &ada, body).log.to_string();
        assert!(!line.contains('@') && !line.contains("eyJ"), "{line}");
    }
}

/// A store that fails from the batch of this number on.
struct Failing<'a> {
    scene: &'a Scene,
    first: u32,
    error: StoreError,
    batches: Cell<u32>,
}

impl Store for Failing<'_> {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        self.batches.set(self.batches.get() + 1);
        match self.batches.get() >= self.first {
            true => Err(self.error.clone()),
            false => self.scene.store().batch(batch).await,
        }
    }
}

#[test]
fn a_failing_database_says_what_to_do_and_nothing_of_the_cause() {
    let cause = "SELECT secret FROM somewhere";
    let internal = "Something went wrong on our side; quote the request id to support.";
    for (error, status, code, sentence) in [
        (
            StoreError::Unavailable(cause.into()),
            503,
            "database_unavailable",
            "The database cannot be reached right now; try again.",
        ),
        (StoreError::Busy(cause.into()), 503, "database_busy", "Too many changes at once; try again."),
        (StoreError::Broken(cause.into()), 500, "internal", internal),
        (StoreError::Constraint(Constraint::Other), 500, "internal", internal),
        (StoreError::Constraint(Constraint::PlanAudience), 500, "internal", internal),
    ] {
        // The first batch of a known caller, and each of an unknown one's.
        for first in 1..=3 {
            let scene = Scene::new();
            let ada = Person::named("ada");
            let store = Failing { scene: &scene, first, error: error.clone(), batches: Cell::new(0) };
            let request = scene.upcoming().request_id();
            // when
            let reply = scene.send_through(&store, &TOUCH, &scene.post(Some(&ada), &[], b"{}".to_vec()));
            // then
            let details = if status == 500 { json!({"requestId": request}) } else { json!({}) };
            assert_eq!(reply.answer(), refused_with(status, code, sentence, details));
            assert_eq!(reply.headers.get("retry-after").map(String::as_str), (status == 503).then_some("1"));
            assert!(!format!("{:?}{}", reply.headers, reply.body).contains("secret"));
            // and the log knows
            assert_eq!(reply.log["code"], code);
            assert!(reply.log["cause"].is_string());
            assert!(reply.headers.contains_key("server-timing"));
        }
    }
}
