//! The operator's own endpoints, which a service key manages.

use tallygate::{
    rules::invitation::token_hash,
    testing::{invalid, refused_with},
};

use super::*;

fn key(letter: char) -> String {
    format!("tg_{}", String::from(letter).repeat(43))
}

fn keep(house: &House, letter: char, columns: &str, values: &str) {
    house.scene.execute(&format!(
        "INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, created_at{columns})
         VALUES ('key_{letter}', 'Key', '{}', 1, 1, 1{values})",
        token_hash(&key(letter))
    ));
}

impl House {
    fn by_key(&self, letter: char, path: &str, body: Option<Json>) -> TestReply {
        self.scene.send(&FUNCTION, &self.request(&key(letter), path, body))
    }
}

#[test]
fn a_key_of_its_scope_manages_the_operator_s_endpoints_and_no_others() {
    let house = House::new();
    let theirs = house.endpoint();
    keep(&house, 'a', ", can_manage_webhooks", ", 1");
    let made = house.by_key('a', "/create", Some(json!({"url": URL})));
    assert_eq!((made.status, made.batches, &made.log["user"]), (201, 1, &json!("key:key_a")), "{made:?}");
    let own = made.body["endpoint"]["id"].as_str().unwrap().to_string();
    assert_eq!(
        house.scene.rows(&format!("SELECT organization_id FROM webhook_endpoints WHERE id = '{own}'")),
        json!([{"organization_id": null}])
    );
    let listed = house.by_key('a', "/list", None);
    assert_eq!(
        (listed.status, listed.body["endpoints"].as_array().unwrap().len(), &listed.body["endpoints"][0]["id"]),
        (200, 1, &json!(own))
    );
    for (action, body) in [
        ("update", json!({"url": "https://new.example.com/"})),
        ("rotate", json!({})),
        ("pause", json!({})),
        ("resume", json!({})),
        ("test", json!({})),
        ("redeliver", json!({"since": "2026-03-01T00:00:00Z"})),
    ] {
        let with = |id: &str| {
            let mut body = body.clone();
            body["endpoint"] = id.into();
            Some(body)
        };
        assert_eq!(house.by_key('a', &format!("/{action}"), with(&own)).status, 200, "{action}");
        let foreign = house.by_key('a', &format!("/{action}"), with(&theirs));
        assert_eq!((foreign.status, &foreign.body["code"]), (404, &json!("endpoint_not_found")), "{action}");
    }
    assert_eq!(house.by_key('a', &format!("/deliveries?endpoint={own}"), None).status, 200);
    assert_eq!(house.by_key('a', &format!("/deliveries?endpoint={theirs}"), None).status, 404);
    // and the people of an organization do not see it
    assert_eq!(house.refused(&house.owner, "pause", json!({"endpoint": own})), (404, "endpoint_not_found".to_string()));
    assert_eq!(house.scene.rows("SELECT last_used_day > 0 AS used FROM service_keys"), json!([{"used": 1}]));
    // of the history there is none of an organization
    assert_eq!(house.actions(), ["webhook.endpoint_created"], "the team's own");
}

#[test]
fn a_key_that_is_not_good_for_it_is_refused() {
    let house = House::new();
    keep(&house, 'a', "", "");
    keep(&house, 'b', ", can_manage_webhooks, revoked_at", ", 1, 1");
    keep(&house, 'c', ", can_manage_webhooks, ends_at", ", 1, 1");
    keep(&house, 'd', ", can_manage_webhooks", ", 1");
    let create = || Some(json!({"url": URL}));
    let before = house.scene.everything();
    let refusal = house.by_key('a', "/create", create());
    assert_eq!(
        refusal.answer(),
        refused_with(
            403,
            "scope_missing",
            "This service key may not do this; it needs the scope webhooks:manage.",
            json!({"scope": "webhooks:manage"})
        )
    );
    for letter in ['b', 'c', 'x'] {
        assert_eq!(house.by_key(letter, "/create", create()).status, 401, "{letter}");
    }
    let named = house.by_key('d', "/create", Some(json!({"url": URL, "organizationId": "acme"})));
    assert_eq!(
        named.answer(),
        invalid("organizationId", "must be left out: this key manages the operator's own endpoints")
    );
    for path in ["/audit", "/audit-export"] {
        assert_eq!(house.by_key('d', path, None).status, 401, "the history is for people: {path}");
    }
    let mut after = house.scene.everything();
    after.insert("service_keys".to_string(), before["service_keys"].clone());
    assert_eq!(after, before);
    // A key of an organization cannot have the scope at all.
    assert!(house
        .scene
        .rejected("UPDATE service_keys SET organization_id = 'acme' WHERE id = 'key_d'")
        .contains("CHECK"));
}
