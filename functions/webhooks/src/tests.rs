//! Whose endpoints are whose, and who reads the history.

mod audit;
mod deliveries;
mod endpoints;
mod operator;

use std::{cell::RefCell, rc::Rc};

use serde_json::{json, Value as Json};
use tallygate::{
    http::{Body, Request},
    testing::{Person, Scene, TestReply},
    transport::{Incoming, Outgoing, Pending, Transport},
};

use crate::FUNCTION;

const URL: &str = "https://hooks.example.com/in";

/// A receiver that answers everything with the same.
struct Receiver {
    answer: RefCell<Result<Incoming, String>>,
    got: RefCell<Vec<Outgoing>>,
}

impl Transport for Receiver {
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
        self.got.borrow_mut().push(request.clone());
        Box::pin(std::future::ready(self.answer.borrow().clone()))
    }

    fn wait_up_to(&self, _milliseconds: u32) -> Pending<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// A team with one of each role on a plan that has webhooks, and another team.
struct House {
    scene: Scene,
    receiver: Rc<Receiver>,
    owner: Person,
    admin: Person,
    member: Person,
    viewer: Person,
    stranger: Person,
}

impl House {
    fn new() -> Self {
        let scene = Scene::new();
        let receiver = Rc::new(Receiver {
            answer: RefCell::new(Ok(Incoming { status: 200, body: "thanks".to_string(), ..Incoming::default() })),
            got: RefCell::default(),
        });
        scene.reach(receiver.clone());
        let [owner, admin, member, viewer, stranger] =
            ["owner", "admin", "member", "viewer", "stranger"].map(|id| scene.sign_up(id));
        scene.team("acme", &owner);
        scene.team("other", &stranger);
        for person in [&admin, &member, &viewer] {
            scene.member("acme", person, &person.id);
        }
        scene.execute(
            "DELETE FROM outbox; DELETE FROM plan_features WHERE feature = 'webhooks';
             INSERT INTO plan_features (plan_id, feature, kind, value) VALUES ('enterprise', 'webhooks', 'flag', '1');",
        );
        Self { scene, receiver, owner, admin, member, viewer, stranger }
    }

    fn request(&self, token: &str, path: &str, body: Option<Json>) -> Request {
        let headers = vec![
            ("Authorization".to_string(), format!("Bearer {token}")),
            ("Content-Type".to_string(), "application/json".to_string()),
        ];
        let (method, body) = match body {
            Some(body) => ("POST", Body::Bytes(body.to_string().into_bytes())),
            None => ("GET", Body::default()),
        };
        Request::new(method, path, headers, body)
    }

    fn post(&self, person: &Person, action: &str, body: Json) -> TestReply {
        self.scene.send(&FUNCTION, &self.request(&self.scene.token(person), &format!("/{action}"), Some(body)))
    }

    fn get(&self, person: &Person, path: &str) -> TestReply {
        self.scene.send(&FUNCTION, &self.request(&self.scene.token(person), &format!("/{path}"), None))
    }

    /// The code of what must be refused and change nothing.
    fn refused(&self, person: &Person, action: &str, body: Json) -> (u16, String) {
        let before = self.scene.everything();
        let reply = self.post(person, action, body);
        let after = self.scene.everything();
        for (table, rows) in &before {
            assert!(
                table == "users" || after.get(table) == Some(rows),
                "the refused request changed the table {table}"
            );
        }
        (reply.status, reply.body["code"].as_str().unwrap_or_default().to_string())
    }

    /// A new endpoint of the team's; gives its id.
    fn endpoint(&self) -> String {
        let reply = self.post(&self.owner, "create", json!({ "url": URL }));
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.body["endpoint"]["id"].as_str().unwrap().to_string()
    }

    fn actions(&self) -> Vec<String> {
        let rows = self.scene.rows("SELECT action FROM audit_events WHERE action LIKE 'webhook.%' ORDER BY id");
        rows.as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap().to_string()).collect()
    }
}
