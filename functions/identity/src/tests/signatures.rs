use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{refused, Scene},
};

use super::{ada, amounts, one_of_everything, request, scene, signature, CLERK_SECRET, FUNCTION, HOOK_SECRET};

const OTHER_SECRET: &str = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGVzdHM=";

fn unsigned() -> (u16, Json) {
    refused(401, "invalid_signature", "The signature of this message does not hold.")
}

fn body() -> String {
    json!({"type": "user.created", "data": ada(0)}).to_string()
}

fn send(scene: &Scene, headers: &[(&str, String)], body: &str) -> (u16, Json) {
    scene.send(&FUNCTION, &request("/clerk", headers, body)).answer()
}

fn headers(seconds: i64, signature: String) -> [(&'static str, String); 3] {
    [("svix-id", "msg_1".into()), ("svix-timestamp", seconds.to_string()), ("svix-signature", signature)]
}

#[test]
fn nothing_happens_without_a_signature_that_holds() {
    let scene = scene();
    let before = scene.everything();
    let (body, now) = (body(), scene.now().0 / 1_000);
    let right = signature(CLERK_SECRET, "msg_1", now, &body);
    let sent: Vec<(Vec<(&str, String)>, &str)> = vec![
        (vec![], &body),
        (headers(now, String::new()).to_vec(), &body),
        (headers(now, "v1,".into()).to_vec(), &body),
        (headers(now, signature(OTHER_SECRET, "msg_1", now, &body)).to_vec(), &body),
        (headers(now, signature(CLERK_SECRET, "msg_2", now, &body)).to_vec(), &body),
        (headers(now, right.replace("v1,", "v2,")).to_vec(), &body),
        (headers(now + 1, right.clone()).to_vec(), &body),
        (headers(now, right.clone()).to_vec(), "{}"),
        (headers(now - 301, signature(CLERK_SECRET, "msg_1", now - 301, &body)).to_vec(), &body),
        (headers(now + 301, signature(CLERK_SECRET, "msg_1", now + 301, &body)).to_vec(), &body),
        (headers(now, right.clone()).iter().filter(|(name, _)| *name != "svix-id").cloned().collect(), &body),
    ];
    for (headers, body) in sent {
        assert_eq!(send(&scene, &headers, body), unsigned(), "{headers:?}");
    }
    scene.assert_unchanged(&before);
    assert_eq!(send(&scene, &headers(now, format!("v1,{} {right}", "A".repeat(44))), &body).0, 200);
    assert_eq!(amounts(&scene), one_of_everything());
}

#[test]
fn both_secrets_hold_while_one_is_changed_for_the_other() {
    for secret in [CLERK_SECRET, OTHER_SECRET] {
        let scene = scene();
        scene.set("CLERK_WEBHOOK_SECRET", &format!("{OTHER_SECRET} {CLERK_SECRET}"));
        let (body, now) = (body(), scene.now().0 / 1_000);
        assert_eq!(send(&scene, &headers(now, signature(secret, "msg_1", now, &body)), &body).0, 200);
    }
}

#[test]
fn a_recorded_message_is_harmless_while_it_holds_and_refused_after() {
    let scene = scene();
    let (body, now) = (body(), scene.now().0 / 1_000);
    let recorded = headers(now, signature(CLERK_SECRET, "msg_1", now, &body));
    assert_eq!(send(&scene, &recorded, &body).0, 200);
    let before = scene.everything();
    assert_eq!(send(&scene, &recorded, &body).0, 200);
    scene.advance(Span::minutes(6));
    assert_eq!(send(&scene, &recorded, &body), unsigned());
    scene.assert_unchanged(&before);
}

#[test]
fn without_a_secret_nobody_is_believed() {
    let scene = Scene::new();
    let before = scene.everything();
    let (body, now) = (body(), scene.now().0 / 1_000);
    for path in ["/clerk", "/before-user-created", "/after-user-created", "/supabase-users"] {
        for secret in ["", " ", "whsec_"] {
            scene.set("CLERK_WEBHOOK_SECRET", secret);
            scene.set("SUPABASE_HOOK_SECRET", secret);
            scene.set("SUPABASE_DATABASE_WEBHOOK_SECRET", secret.trim_end_matches("whsec_"));
            let headers = headers(now, signature("whsec_", "msg_1", now, &body));
            let reply = scene.send(&FUNCTION, &request(path, &headers, &body));
            assert_eq!(reply.answer(), refused(503, "not_configured", "This is not set up yet."), "{path}");
        }
    }
    scene.assert_unchanged(&before);
}

#[test]
fn supabase_joins_its_signatures_with_a_comma_and_a_blank() {
    let scene = scene();
    let body =
        json!({"user": {"id": "ada", "email": "ada@example.com", "updated_at": "2026-03-10T12:00:00Z"}}).to_string();
    let now = scene.now().0 / 1_000;
    let joined =
        format!("{}, {}", signature(OTHER_SECRET, "msg_1", now, &body), signature(HOOK_SECRET, "msg_1", now, &body));
    let headers =
        [("webhook-id", "msg_1".into()), ("webhook-timestamp", now.to_string()), ("webhook-signature", joined)];
    assert_eq!(scene.send(&FUNCTION, &request("/after-user-created", &headers, &body)).status, 200);
    assert_eq!(amounts(&scene), one_of_everything());
}

#[test]
fn the_secret_of_the_database_is_taken_in_either_header_and_nowhere_else() {
    let scene = scene();
    let body = json!({"type": "DELETE", "schema": "auth", "table": "nothing"}).to_string();
    let status =
        |name: &str, value: String| scene.send(&FUNCTION, &request("/supabase-users", &[(name, value)], &body)).status;
    let secret = super::DATABASE_SECRET;
    assert_eq!(status("x-webhook-secret", secret.into()), 200);
    assert_eq!(status("authorization", format!("Bearer {secret}")), 200);
    assert_eq!(status("Authorization", format!("bearer {secret}")), 200);
    for (name, value) in [
        ("x-webhook-secret", format!("{secret}x")),
        ("x-webhook-secret", String::new()),
        ("authorization", secret.to_string()),
        ("authorization", format!("Basic {secret}")),
        ("authorization", "Bearer ".to_string()),
        ("apikey", secret.to_string()),
    ] {
        assert_eq!(status(name, value.clone()), 401, "{name}: {value}");
    }
}

#[test]
fn a_body_over_the_limit_is_not_read() {
    let scene = scene();
    let body = " ".repeat(1024 * 1024);
    let now = scene.now().0 / 1_000;
    let headers = headers(now, signature(CLERK_SECRET, "msg_1", now, &body));
    assert_eq!(send(&scene, &headers, &body).0, 413);
}

#[test]
fn a_byte_order_mark_before_a_message_is_no_part_of_it() {
    let scene = scene();
    let body = format!("\u{feff}{}", json!({"object": "event", "type": "user.created", "data": ada(0)}));
    let seconds = scene.now().0 / 1_000;
    let headers = [
        ("svix-id", "msg_1".to_string()),
        ("svix-timestamp", seconds.to_string()),
        ("svix-signature", signature(CLERK_SECRET, "msg_1", seconds, &body)),
    ];
    let reply = scene.send(&FUNCTION, &request("/clerk", &headers, &body));
    assert_eq!((reply.status, &reply.body["registered"]), (200, &json!(true)), "{reply:?}");
}
