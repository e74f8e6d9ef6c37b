//! What the staff sees and does, and what nobody else does, on real SQLite.

mod acts;
mod deletion;
mod figures;
mod guard;
mod messages;
mod overrides;
mod pages;
mod plans;
mod search;
mod types;
mod view_as;

use std::{cell::RefCell, collections::BTreeMap};

use serde_json::Value as Json;
use tallygate::{
    http::{Body, Request},
    testing::{Person, Scene, TestReply},
    transport::{Incoming, Outgoing, Pending, Transport},
};

use crate::FUNCTION;

/// Somebody of the operator's staff: `admin` or `super_admin`.
fn staff(scene: &Scene, id: &str, account_type: &str) -> Person {
    let person = scene.sign_up(id);
    scene.execute(&format!("UPDATE users SET account_type = '{account_type}' WHERE id = '{id}'"));
    person
}

fn ask(scene: &Scene, token: Option<&str>, method: &str, path: &str, body: Option<Json>) -> TestReply {
    let mut headers = vec![("Content-Type".to_string(), "application/json".to_string())];
    headers.extend(token.map(|token| ("Authorization".to_string(), format!("Bearer {token}"))));
    let body = body.map_or(Body::default(), |body| Body::Bytes(body.to_string().into_bytes()));
    scene.send(&FUNCTION, &Request::new(method, &format!("/{path}"), headers, body))
}

fn get(scene: &Scene, person: &Person, path: &str) -> TestReply {
    ask(scene, Some(&scene.token(person)), "GET", path, None)
}

fn act(scene: &Scene, person: &Person, action: &str, body: Json) -> TestReply {
    ask(scene, Some(&scene.token(person)), "POST", action, Some(body))
}

/// An act that must be refused and change nothing; gives what was said.
fn refused(scene: &Scene, person: &Person, action: &str, body: Json, status: u16, code: &str) -> Json {
    let before = scene.everything();
    let reply = act(scene, person, action, body);
    assert_eq!((reply.status, reply.body["code"].as_str()), (status, Some(code)), "{action}: {reply:?}");
    scene.assert_unchanged(&before);
    reply.body
}

/// A Stripe that has these objects by their paths, and answers all else by one status.
struct StripeOf {
    objects: BTreeMap<String, Json>,
    otherwise: u16,
    asked: RefCell<Vec<String>>,
}

impl StripeOf {
    fn answering(otherwise: u16) -> Self {
        Self { objects: BTreeMap::default(), otherwise, asked: RefCell::default() }
    }
}

impl Transport for StripeOf {
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
        self.asked.borrow_mut().push(format!("{} {}", request.method, request.url));
        let found = self.objects.iter().find(|(path, _)| request.url.contains(path.as_str()));
        let (status, body) = match found {
            Some((_, object)) => (200, object.to_string()),
            None => (self.otherwise, r#"{"error":{"type":"invalid_request_error"}}"#.to_string()),
        };
        Box::pin(std::future::ready(Ok(Incoming { status, headers: Vec::new(), body })))
    }

    fn wait_up_to(&self, _milliseconds: u32) -> Pending<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
