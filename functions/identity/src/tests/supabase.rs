use serde_json::{json, Value as Json};
use tallygate::testing::{invalid, refused, Person, TOUCH};

use super::{amounts, change, hook, known, one_of_everything, request, scene, with, DATABASE_SECRET, FUNCTION};

/// A row of `auth.users`, as Postgres writes it in JSON.
fn row() -> Json {
    json!({
        "id": "ada",
        "aud": "authenticated",
        "role": "authenticated",
        "email": "Ada@Example.com",
        "encrypted_password": "$2a$10$",
        "email_confirmed_at": "2026-03-10T11:59:58.123456+00:00",
        "banned_until": null,
        "deleted_at": null,
        "raw_user_meta_data": {"full_name": "Ada Lovelace", "email": "boss@example.com", "email_verified": true},
        "raw_app_meta_data": {"provider": "email"},
        "created_at": "2026-03-10T11:59:58.000001+00:00",
        "updated_at": "2026-03-10T11:59:59.123456+00:00",
        "is_anonymous": false,
    })
}

fn inserted() -> Json {
    json!([{"name": "Ada Lovelace", "email": "ada@example.com", "verified": 1, "workspace": "Ada's Workspace"}])
}

#[test]
fn an_inserted_row_makes_the_account() {
    let scene = scene();
    let reply = change(&scene, "INSERT", &row(), &json!(null));
    assert_eq!((reply.status, reply.body["registered"].clone(), reply.batches), (200, json!(true), 1));
    assert_eq!((known(&scene), amounts(&scene)), (inserted(), one_of_everything()));
    let before = scene.everything();
    assert_eq!(change(&scene, "INSERT", &row(), &json!(null)).status, 200);
    scene.assert_unchanged(&before);
}

#[test]
fn the_hook_and_the_row_make_one_account() {
    let hook_user = json!({
        "id": "ada", "email": "ada@example.com", "phone": "", "user_metadata": {"first_name": "Ada", "last_name": "King"},
        "created_at": "2026-03-10T11:59:58Z", "updated_at": "2026-03-10T11:59:58Z", "is_anonymous": false,
    });
    for hook_first in [true, false] {
        let scene = scene();
        if hook_first {
            let reply = hook(&scene, "after-user-created", &hook_user);
            assert_eq!((reply.status, reply.body["registered"].clone()), (200, json!(true)));
            let unconfirmed = json!([{"name": "Ada King", "email": "ada@example.com", "verified": 0, "workspace": "Ada's Workspace"}]);
            assert_eq!(known(&scene), unconfirmed);
            change(&scene, "UPDATE", &row(), &json!({"id": "ada"}));
        } else {
            change(&scene, "UPDATE", &row(), &json!({"id": "ada"}));
            hook(&scene, "after-user-created", &hook_user);
        }
        assert_eq!((known(&scene), amounts(&scene)), (inserted(), one_of_everything()));
    }
}

#[test]
fn an_address_counts_as_verified_when_supabase_confirmed_it() {
    let verified = |row: Json| {
        let scene = scene();
        change(&scene, "INSERT", &row, &json!(null));
        known(&scene)[0]["verified"].clone()
    };
    assert_eq!(verified(row()), 1);
    assert_eq!(verified(with(row(), "email_confirmed_at", json!(null))), 0);
}

#[test]
fn somebody_anonymous_is_a_user_without_an_address() {
    for email in [json!(null), json!("")] {
        let scene = scene();
        let anonymous = with(with(row(), "email", email), "raw_user_meta_data", json!(null));
        assert_eq!(change(&scene, "INSERT", &anonymous, &json!(null)).status, 200);
        let expected = json!([{"name": "User", "email": null, "verified": 0, "workspace": "User's Workspace"}]);
        assert_eq!((known(&scene), amounts(&scene)), (expected, one_of_everything()));
    }
}

#[test]
fn a_ban_lasts_until_its_time() {
    let banned = |until: Json| {
        let scene = scene();
        change(&scene, "INSERT", &row(), &json!(null));
        let later = with(with(row(), "banned_until", until), "updated_at", json!("2026-03-10T12:00:00+00:00"));
        change(&scene, "UPDATE", &later, &row());
        scene.call(&TOUCH, &Person::named("ada"), json!({})).status == 403
    };
    assert!(banned(json!("2126-03-10T12:00:00+00:00")));
    assert!(banned(json!("infinity")));
    assert!(!banned(json!("2026-03-10T11:59:59+00:00")));
    assert!(!banned(json!(null)));
}

#[test]
fn a_row_that_goes_or_is_marked_as_deleted_is_a_deletion() {
    let marked = with(row(), "deleted_at", json!("2026-03-10T12:00:00+00:00"));
    for (r#type, record, old) in
        [("DELETE", json!(null), row()), ("UPDATE", marked.clone(), row()), ("INSERT", marked, json!(null))]
    {
        let scene = scene();
        change(&scene, "INSERT", &row(), &json!(null));
        let reply = change(&scene, r#type, &record, &old);
        assert_eq!((reply.status, reply.body["deleted"].clone()), (200, json!(true)));
        let rows = scene.rows("SELECT name, email FROM users WHERE deleted_at IS NOT NULL");
        assert_eq!(rows, json!([{"name": "Deleted user", "email": null}]));
    }
}

#[test]
fn other_tables_and_changes_are_acknowledged() {
    let scene = scene();
    let before = scene.everything();
    for (r#type, schema, table) in
        [("INSERT", "public", "users"), ("INSERT", "auth", "sessions"), ("TRUNCATE", "auth", "users")]
    {
        let body = json!({"type": r#type, "schema": schema, "table": table, "record": row(), "old_record": null});
        let headers = [("x-webhook-secret", DATABASE_SECRET.to_string())];
        let reply = scene.send(&FUNCTION, &request("/supabase-users", &headers, &body.to_string()));
        assert_eq!((reply.status, reply.body["ignored"].clone()), (200, json!(true)), "{type} {schema}.{table}");
    }
    scene.assert_unchanged(&before);
}

#[test]
fn what_is_no_row_is_refused() {
    let scene = scene();
    let before = scene.everything();
    for (field, value) in [
        ("id", json!(null)),
        ("id", json!("")),
        ("id", json!(7)),
        ("updated_at", json!("yesterday")),
        ("email_confirmed_at", json!("yes")),
        ("banned_until", json!("never")),
        ("email", json!(["ada@example.com"])),
    ] {
        let reply = change(&scene, "UPDATE", &with(row(), field, value.clone()), &row());
        let expected = invalid("record", "must be a user as Supabase describes one");
        assert_eq!(reply.answer(), expected, "{field}: {value}");
    }
    let expected = invalid("old_record", "must be a user as Supabase describes one");
    assert_eq!(change(&scene, "DELETE", &json!(null), &json!({})).answer(), expected);
    let expected = invalid("user", "must be a user as Supabase describes one");
    assert_eq!(hook(&scene, "after-user-created", &json!({"email": "a@b.cd"})).answer(), expected);
    let headers = [("x-webhook-secret", DATABASE_SECRET.to_string())];
    for body in ["", "{", "[]", "{\"type\":\"INSERT\"}", "\u{0}"] {
        let reply = scene.send(&FUNCTION, &request("/supabase-users", &headers, body));
        let sentence = "The body must be a change with its type, its schema and its table.";
        assert_eq!(reply.answer(), refused(400, "invalid_json", sentence), "{body}");
    }
    scene.assert_unchanged(&before);
}

#[test]
fn a_banned_domain_is_refused_in_supabases_own_form() {
    let scene = scene();
    scene.set("BANNED_EMAIL_DOMAINS", "spam.example, trash.example");
    let before = scene.everything();
    let reply = hook(&scene, "before-user-created", &with(row(), "email", json!("eve@Mail.Spam.Example")));
    let body = json!({"error": {
        "http_code": 403,
        "message": "Sign-up with an address of this domain is not possible; use another address.",
    }});
    assert_eq!((reply.answer(), reply.batches), ((200, body), 0));
    for email in [json!("ada@example.com"), json!("ada@nospam.example"), json!(""), json!(null)] {
        let reply = hook(&scene, "before-user-created", &with(row(), "email", email.clone()));
        assert_eq!((reply.answer(), reply.batches), ((200, json!({})), 0), "{email}");
    }
    scene.assert_unchanged(&before);
}

#[test]
fn an_address_that_cannot_be_read_is_no_silence() {
    for email in ["eve@spam.example.", "eve@\u{ff53}pam.example", "eve@b@ok.example"] {
        let told = with(row(), "email", json!(email));
        // without a list it starts no trial
        let scene = scene();
        assert_eq!(change(&scene, "INSERT", &told, &json!(null)).status, 200);
        assert_eq!(scene.rows("SELECT status FROM org_subscriptions"), json!([{"status": "incomplete"}]), "{email}");
        // with one its user is banned, and Supabase is told not to make them
        let scene = super::scene();
        scene.set("BANNED_EMAIL_DOMAINS", "spam.example");
        assert_ne!(hook(&scene, "before-user-created", &told).answer(), (200, json!({})), "{email}");
        assert_eq!(change(&scene, "INSERT", &told, &json!(null)).status, 200);
        assert_eq!(scene.rows("SELECT banned_by FROM users"), json!([{"banned_by": "provider"}]), "{email}");
    }
}
