//! What Clerk and Supabase send, signed as they sign it, and what becomes of it.

mod bans;
mod clerk;
mod conversion;
mod conversion_back;
mod conversion_paid;
mod deletion;
mod order;
mod personal;
mod signatures;
mod supabase;

use base64ct::{Base64, Encoding};
use hmac::{Hmac, Mac};
use serde_json::{json, Value as Json};
use sha2::Sha256;
use tallygate::{
    http::{Body, Request},
    testing::{Scene, TestReply},
};

use crate::FUNCTION;

const CLERK_SECRET: &str = "whsec_Y2xlcmsncyBzZWNyZXQgb2YgbmF0aXZlIHRlc3Rz";
const HOOK_SECRET: &str = "v1,whsec_c3VwYWJhc2UncyBzZWNyZXQgb2YgdGVzdHM=";
const DATABASE_SECRET: &str = "the-database-secret-of-native-tests";

/// A scene with all secrets set.
fn scene() -> Scene {
    configured(Scene::new())
}

fn configured(scene: Scene) -> Scene {
    scene.set("CLERK_WEBHOOK_SECRET", CLERK_SECRET);
    scene.set("SUPABASE_HOOK_SECRET", HOOK_SECRET);
    scene.set("SUPABASE_DATABASE_WEBHOOK_SECRET", DATABASE_SECRET);
    scene
}

/// `v1,<base64>` over a message of that id and second.
fn signature(secret: &str, id: &str, seconds: i64, body: &str) -> String {
    let key = Base64::decode_vec(secret.trim_start_matches("v1,").trim_start_matches("whsec_")).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes()))
}

fn request(path: &str, headers: &[(&str, String)], body: &str) -> Request {
    let headers = headers.iter().map(|(name, value)| ((*name).to_string(), value.clone()));
    Request::new("POST", path, headers, Body::Bytes(body.as_bytes().to_vec()))
}

fn signed(scene: &Scene, path: &str, prefix: &str, secret: &str, body: &Json) -> TestReply {
    let (body, seconds) = (body.to_string(), scene.now().0 / 1_000);
    let headers = [
        (format!("{prefix}-id"), "msg_1".to_string()),
        (format!("{prefix}-timestamp"), seconds.to_string()),
        (format!("{prefix}-signature"), signature(secret, "msg_1", seconds, &body)),
    ];
    let headers = headers.each_ref().map(|(name, value)| (name.as_str(), value.clone()));
    scene.send(&FUNCTION, &request(path, &headers, &body))
}

/// A delivery of Clerk's.
fn clerk(scene: &Scene, r#type: &str, data: &Json) -> TestReply {
    signed(scene, "/clerk", "svix", CLERK_SECRET, &json!({"object": "event", "type": r#type, "data": data}))
}

/// An auth hook of Supabase's.
fn hook(scene: &Scene, name: &str, user: &Json) -> TestReply {
    let body = json!({"metadata": {"uuid": "8b34dcdd", "name": name, "ip_address": "127.0.0.1"}, "user": user});
    signed(scene, &format!("/{name}"), "webhook", HOOK_SECRET, &body)
}

/// A database webhook of Supabase's.
fn change(scene: &Scene, r#type: &str, record: &Json, old_record: &Json) -> TestReply {
    let body = json!({
        "type": r#type, "table": "users", "schema": "auth", "record": record, "old_record": old_record,
    });
    let headers = [("x-webhook-secret", DATABASE_SECRET.to_string())];
    scene.send(&FUNCTION, &request("/supabase-users", &headers, &body.to_string()))
}

/// Clerk's user Ada Lovelace, last changed so many seconds after the scene's beginning.
fn ada(seconds: i64) -> Json {
    json!({
        "id": "ada",
        "object": "user",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "username": null,
        "primary_email_address_id": "idn_2",
        "email_addresses": [
            {"id": "idn_1", "email_address": "old@example.com", "verification": {"status": "verified"}},
            {"id": "idn_2", "email_address": "Ada@Example.com", "verification": {"status": "verified"}},
        ],
        "banned": false,
        "updated_at": at(seconds),
    })
}

/// Milliseconds since the epoch, so many seconds after the scene's beginning.
fn at(seconds: i64) -> i64 {
    tallygate::testing::at(tallygate::testing::BEGIN).0 + seconds * 1_000
}

/// A user with one thing changed.
fn with(mut user: Json, field: &str, value: Json) -> Json {
    user[field] = value;
    user
}

/// A user whose one address is this.
fn with_address(user: Json, address: &str, status: &str) -> Json {
    let addresses = json!([{"id": "idn_2", "email_address": address, "verification": {"status": status}}]);
    with(user, "email_addresses", addresses)
}

/// What is there of each table that signing up writes.
fn amounts(scene: &Scene) -> Json {
    scene.rows(
        "SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM organizations) AS organizations,
           (SELECT COUNT(*) FROM organization_members) AS members,
           (SELECT COUNT(*) FROM org_subscriptions) AS subscriptions,
           (SELECT COUNT(*) FROM audit_events) AS audit, (SELECT COUNT(*) FROM outbox WHERE event_type <> 'user.updated') AS outbox",
    )
}

fn one_of_everything() -> Json {
    json!([{"users": 1, "organizations": 1, "members": 1, "subscriptions": 1, "audit": 1, "outbox": 1}])
}

/// A user's name, address and workspace.
fn known(scene: &Scene) -> Json {
    scene.rows(
        "SELECT users.name, email, email_verified AS verified, organizations.name AS workspace
         FROM users LEFT JOIN organizations ON personal_user_id = users.id ORDER BY users.id",
    )
}
