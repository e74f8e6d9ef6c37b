//! What somebody sees of themselves and changes, on real SQLite.

mod analytics;
mod archiving;
mod content;
mod deletion;
mod export;
mod me;
mod onboarding;
mod organizations;
mod overtaken;
mod profile;
mod sessions;
mod username;

use serde_json::Value as Json;
use tallygate::{
    http::{Body, Request},
    testing::{Person, Scene, TestReply},
};

use crate::FUNCTION;

fn ask(
    scene: &Scene,
    person: &Person,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Json>,
) -> TestReply {
    scene.send(&FUNCTION, &request(scene, person, method, path, headers, body))
}

fn request(
    scene: &Scene,
    person: &Person,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Json>,
) -> Request {
    let mut all = vec![
        ("Authorization".to_string(), format!("Bearer {}", scene.token(person))),
        ("Content-Type".to_string(), "application/json".to_string()),
    ];
    all.extend(headers.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
    let body = body.map_or(Body::default(), |body| Body::Bytes(body.to_string().into_bytes()));
    Request::new(method, &format!("/{path}"), all, body)
}

/// A `POST` that is yet to be sent.
fn asked(scene: &Scene, person: &Person, path: &str, body: Json) -> Request {
    request(scene, person, "POST", path, &[], Some(body))
}

fn get(scene: &Scene, person: &Person, path: &str) -> TestReply {
    ask(scene, person, "GET", path, &[], None)
}

fn post(scene: &Scene, person: &Person, path: &str, body: Json) -> TestReply {
    ask(scene, person, "POST", path, &[], Some(body))
}

fn patch(scene: &Scene, person: &Person, path: &str, body: Json) -> TestReply {
    ask(scene, person, "PATCH", path, &[], Some(body))
}

/// The whole answer of what must be refused and change nothing.
fn refusal(scene: &Scene, asked: impl Fn() -> TestReply) -> (u16, Json) {
    let before = scene.everything();
    let reply = asked();
    assert!(reply.status >= 400, "was not refused: {reply:?}");
    scene.assert_unchanged(&before);
    reply.answer()
}
