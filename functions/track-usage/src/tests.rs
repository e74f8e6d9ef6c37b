//! What is counted, what is refused, and what it costs.

mod batch;
mod calls;
mod days;
mod engine;
mod grants;
mod keys;
mod late;
mod lists;
mod outage;
mod overrides;
mod people;
mod periods;
mod reservations;
mod stories;
mod versions;

use serde_json::{json, Value as Json};
use tallygate::{
    http::{Body, Request},
    testing::{Person, Scene, TestReply},
};

use crate::FUNCTION;

pub const COACHING: &str = include_str!("../../../catalogs/coaching.toml");
pub const STARTER_KIT: &str = include_str!("../../../catalogs/starter-kit.toml");
pub const VOICE_TRAINING: &str = include_str!("../../../catalogs/voice-training.toml");

fn post(scene: &Scene, person: &Person, action: &str, body: Json) -> TestReply {
    let mut request = scene.post(Some(person), &[], body.to_string().into_bytes());
    request.path = format!("/{action}");
    scene.send(&FUNCTION, &request)
}

fn get(scene: &Scene, person: &Person, path: &str) -> TestReply {
    let headers = [("Authorization".to_string(), format!("Bearer {}", scene.token(person)))];
    scene.send(&FUNCTION, &Request::new("GET", path, headers, Body::default()))
}

/// A person who was never on another plan of the catalog than this one, paid from now on for a month of 31 days.
fn on_plan(scene: &Scene, id: &str, plan: &str) -> Person {
    let person = scene.sign_up(id);
    let now = scene.now().0;
    scene.execute(&format!(
        "UPDATE org_subscriptions SET plan_id = '{plan}', status = 'active', trial_ends_at = NULL, current_period_start = {now},
           current_period_end = {now} + 31 * 86400000 WHERE organization_id = '{0}';
         DELETE FROM former_plans WHERE organization_id = '{0}'",
        person.personal
    ));
    person
}

/// A call that must be refused and change nothing.
fn refusal(scene: &Scene, person: &Person, action: &str, body: Json) -> Json {
    let before = scene.everything();
    let reply = post(scene, person, action, body);
    assert!(reply.status >= 400, "was not refused: {reply:?}");
    scene.assert_unchanged(&before);
    json!({"status": reply.status, "code": reply.body["code"], "field": reply.body["field"]})
}

fn shown(reply: &TestReply, fields: &[&str]) -> Json {
    fields
        .iter()
        .map(|field| ((*field).to_string(), reply.body[field].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
