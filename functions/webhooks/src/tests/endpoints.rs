//! An organization's endpoints, from `create` on.

use tallygate::{
    rules::time::Span,
    testing::{invalid, refused, refused_with},
};

use super::*;

#[test]
fn an_endpoint_is_made_with_a_secret_that_is_shown_once() {
    // given
    let house = House::new();
    // when
    let reply =
        house.post(&house.admin, "create", json!({"url": URL, "eventTypes": ["member.removed", "user.deleted"]}));
    // then
    let endpoint = json!({
        "id": reply.body["endpoint"]["id"], "url": URL, "eventTypes": ["member.removed", "user.deleted"], "state": "active",
        "disabledReason": null, "failingSince": null, "formerSecretEndsAt": null,
        "createdAt": "2026-03-10T12:00:00.000Z", "updatedAt": "2026-03-10T12:00:00.000Z",
    });
    let secret = reply.body["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 38, "{secret}");
    assert_eq!(
        reply.answer(),
        (
            201,
            json!({"success": true, "message": "The endpoint is made. Its secret is shown this once.", "endpoint": endpoint, "secret": secret})
        )
    );
    assert_eq!(reply.batches, 1);
    let listed = house.get(&house.owner, "list");
    assert_eq!(listed.answer(), (200, json!({"success": true, "message": "1 endpoints.", "endpoints": [endpoint]})));
    assert_eq!(house.actions(), ["webhook.endpoint_created"]);
    let progress = house.scene.rows("SELECT id, last_sequence, delivered_sequence FROM webhook_progress");
    assert_eq!(progress, json!([{"id": 1, "last_sequence": 0, "delivered_sequence": 0}]));
    assert_eq!(house.get(&house.stranger, "list").body["endpoints"], json!([]));
}

#[test]
fn only_those_who_run_an_organization_manage_its_endpoints() {
    let house = House::new();
    let id = house.endpoint();
    let bodies = [
        ("create", json!({"url": URL})),
        ("update", json!({"endpoint": id, "url": "https://other.example.com/"})),
        ("rotate", json!({"endpoint": id})),
        ("pause", json!({"endpoint": id})),
        ("resume", json!({"endpoint": id})),
        ("test", json!({"endpoint": id})),
        ("redeliver", json!({"endpoint": id, "since": "2026-03-01T00:00:00Z"})),
    ];
    for (action, body) in &bodies {
        for person in [&house.member, &house.viewer] {
            assert_eq!(house.refused(person, action, body.clone()), (403, "forbidden".to_string()), "{action}");
        }
    }
    for (action, body) in &bodies[1..] {
        assert_eq!(
            house.refused(&house.stranger, action, body.clone()),
            (404, "endpoint_not_found".to_string()),
            "{action}"
        );
    }
    for path in ["list", &format!("deliveries?endpoint={id}")] {
        assert_eq!(house.get(&house.member, path).status, 403, "{path}");
    }
    assert_eq!(house.get(&house.stranger, &format!("deliveries?endpoint={id}")).status, 404);
    assert!(house.receiver.got.borrow().is_empty());
}

#[test]
fn a_plan_without_webhooks_or_that_does_not_run_has_none_but_may_stop_those_it_has() {
    let house = House::new();
    let id = house.endpoint();
    for (sql, status, code) in [
        ("UPDATE org_subscriptions SET status = 'unpaid' WHERE organization_id = 'acme'", 402, "subscription_required"),
        ("UPDATE org_subscriptions SET status = 'active' WHERE organization_id = 'acme'; UPDATE plan_features SET value = '0' WHERE feature = 'webhooks'", 403, "feature_not_in_plan"),
        ("DELETE FROM plan_features WHERE feature = 'webhooks'", 403, "feature_not_in_plan"),
    ] {
        house.scene.execute(sql);
        for (action, body) in [
            ("create", json!({"url": URL})),
            ("update", json!({"endpoint": id, "url": URL})),
            ("rotate", json!({"endpoint": id})),
            ("resume", json!({"endpoint": id})),
            ("test", json!({"endpoint": id})),
            ("redeliver", json!({"endpoint": id, "since": "2026-03-01T00:00:00Z"})),
        ] {
            assert_eq!(house.refused(&house.owner, action, body), (status, code.to_string()), "{action}");
        }
        assert_eq!(house.post(&house.owner, "pause", json!({"endpoint": id})).status, 200);
        assert_eq!(house.get(&house.owner, "list").status, 200);
    }
}

#[test]
fn an_address_that_is_none_is_refused_with_why() {
    let house = House::new();
    let refusal = |body: Json| house.post(&house.owner, "create", body).answer();
    let problem = "must name a public host, as hooks.example.com";
    assert_eq!(refusal(json!({"url": "https://169.254.169.254/latest"})), invalid("url", problem));
    assert_eq!(
        refusal(json!({"url": "http://hooks.example.com/"})),
        invalid("url", "must begin with https://, or be on this machine")
    );
    assert_eq!(refusal(json!({})), invalid("url", "is required"));
    let local = json!({"url": "http://127.0.0.1:9000/in"});
    assert_eq!(refusal(local.clone()), invalid("url", "must begin with https://"));
    for types in [
        json!([]),
        json!(["*"]),
        json!("member.removed"),
        json!([5]),
        json!(["a.b c.d"]),
        json!(vec!["user.deleted"; 51]),
    ] {
        let problem = "must be a list of 1 to 50 event types, as member.removed";
        assert_eq!(refusal(json!({"url": URL, "eventTypes": types})), invalid("eventTypes", problem));
    }
    let unknown = json!({"url": URL, "eventTypes": ["user.deleted", "user.delete"]});
    assert_eq!(refusal(unknown), invalid("eventTypes", "holds `user.delete`, and there is no such event"));
    assert_eq!(house.scene.rows("SELECT COUNT(*) AS made FROM webhook_endpoints"), json!([{"made": 0}]));
    let id = house.endpoint();
    assert_eq!(
        house.post(&house.owner, "update", json!({"endpoint": id, "url": "http://localhost/"})).answer(),
        invalid("url", "must begin with https://")
    );
    house.scene.set("WEBHOOKS_ALLOW_LOCAL", "1");
    assert_eq!(refusal(local).0, 201, "in local work");
}

#[test]
fn there_are_twenty_at_most() {
    let house = House::new();
    for _ in 0..20 {
        house.endpoint();
    }
    let refusal = || house.post(&house.owner, "create", json!({"url": URL})).answer();
    let message = "There may be at most 20 endpoints, and 100 with those that were removed lately.";
    let expected = refused_with(429, "too_many_endpoints", message, json!({"most": 20}));
    assert_eq!(refusal(), expected);
    // One that is removed makes room, but not for whoever makes and removes them all day long.
    let remove_all_but = |left: usize| {
        let rows = house.scene.rows("SELECT id FROM webhook_endpoints WHERE removed_at IS NULL ORDER BY id");
        for row in &rows.as_array().unwrap()[left..] {
            assert_eq!(house.post(&house.owner, "remove", json!({"endpoint": row["id"]})).status, 200);
        }
    };
    for _ in 0..4 {
        remove_all_but(0);
        for _ in 0..20 {
            house.endpoint();
        }
    }
    remove_all_but(1);
    assert_eq!(refusal(), expected);
    // Another organization, and the operator, have their own.
    house.scene.execute("UPDATE webhook_endpoints SET organization_id = NULL WHERE removed_at IS NOT NULL");
    assert_eq!(refusal().0, 201);
}

#[test]
fn an_endpoint_is_changed_in_what_is_named() {
    let house = House::new();
    let id = house.endpoint();
    house.scene.advance(Span::minutes(1));
    let changed = |body: Json| {
        let reply = house.post(&house.owner, "update", body);
        assert_eq!(reply.status, 200, "{reply:?}");
        (reply.body["endpoint"]["url"].clone(), reply.body["endpoint"]["eventTypes"].clone())
    };
    assert_eq!(changed(json!({"endpoint": id, "eventTypes": ["user.deleted"]})), (json!(URL), json!(["user.deleted"])));
    let other = "https://other.example.com/";
    assert_eq!(changed(json!({"endpoint": id, "url": other})), (json!(other), json!(["user.deleted"])));
    assert_eq!(changed(json!({"endpoint": id, "allEventTypes": true})), (json!(other), json!(null)));
    let nothing = house.post(&house.owner, "update", json!({"endpoint": id}));
    assert_eq!(nothing.answer(), invalid("url", "or `eventTypes` is required"));
    let both = house.post(
        &house.owner,
        "update",
        json!({"endpoint": id, "allEventTypes": true, "eventTypes": ["user.deleted"]}),
    );
    assert_eq!(both.answer(), invalid("allEventTypes", "and `eventTypes` are not for one request"));
    let missing = house.post(&house.owner, "update", json!({"endpoint": "nowhere", "url": URL}));
    assert_eq!(missing.answer(), refused(404, "endpoint_not_found", "There is no such endpoint for you."));
    assert_eq!(house.actions()[1..], ["webhook.endpoint_updated"; 3]);
}

#[test]
fn a_rotated_secret_is_another_and_the_former_one_signs_for_a_day() {
    let house = House::new();
    let id = house.endpoint();
    let before = house.scene.rows("SELECT secret FROM webhook_endpoints");
    let reply = house.post(&house.owner, "rotate", json!({"endpoint": id}));
    assert_eq!((reply.status, reply.batches), (200, 1));
    assert_eq!(reply.body["endpoint"]["formerSecretEndsAt"], "2026-03-11T12:00:00.000Z");
    assert_ne!(reply.body["secret"], before[0]["secret"]);
    let kept = house.scene.rows("SELECT secret, former_secret FROM webhook_endpoints");
    assert_eq!(kept, json!([{"secret": reply.body["secret"], "former_secret": before[0]["secret"]}]));
    let signatures = |at_least: usize| {
        house.post(&house.owner, "test", json!({"endpoint": id}));
        let got = house.receiver.got.borrow();
        let (_, value) = got.last().unwrap().headers.iter().find(|(name, _)| *name == "webhook-signature").unwrap();
        assert_eq!(value.split(' ').count(), at_least);
    };
    signatures(2);
    house.scene.advance(Span::days(1));
    signatures(1);
    assert_eq!(house.get(&house.owner, "list").body["endpoints"][0]["formerSecretEndsAt"], json!(null));
}

#[test]
fn there_is_no_further_secret_while_the_one_that_a_receiver_may_have_still_signs() {
    let house = House::new();
    let id = house.endpoint();
    let first = house.post(&house.owner, "rotate", json!({"endpoint": id}));
    let kept = || house.scene.rows("SELECT secret, former_secret FROM webhook_endpoints");
    let before = kept();
    house.scene.advance(Span::minutes(1));
    let again = house.post(&house.owner, "rotate", json!({"endpoint": id}));
    let message =
        "The secret was changed within the last day, and the one before it still signs; with `compromised` neither does any more.";
    let until = json!({"formerSecretEndsAt": first.body["endpoint"]["formerSecretEndsAt"]});
    assert_eq!(again.answer(), refused_with(409, "secret_rotated_lately", message, until));
    assert_eq!(kept(), before);
    assert_eq!(house.actions().len(), 2);
    // One that others know signs no more, nor does the one before it.
    let compromised = house.post(&house.owner, "rotate", json!({"endpoint": id, "compromised": true}));
    assert_eq!((compromised.status, &compromised.body["endpoint"]["formerSecretEndsAt"]), (200, &json!(null)));
    assert_eq!(kept(), json!([{"secret": compromised.body["secret"], "former_secret": null}]));
    // and then, or after a day, as ever
    assert_eq!(house.post(&house.owner, "rotate", json!({"endpoint": id})).status, 200);
    house.scene.advance(Span::days(1));
    assert_eq!(house.post(&house.owner, "rotate", json!({"endpoint": id})).status, 200);
}

#[test]
fn a_removed_endpoint_is_gone_with_its_address_and_secrets_and_makes_room() {
    let house = House::new();
    let mut ids: Vec<String> = (0..20).map(|_| house.endpoint()).collect();
    let id = ids.pop().unwrap();
    house.post(&house.owner, "rotate", json!({"endpoint": id}));
    house.scene.advance(Span::minutes(1));
    // Also where the plan has webhooks no more.
    house.scene.execute("UPDATE plan_features SET value = '0' WHERE feature = 'webhooks'");
    let reply = house.post(&house.owner, "remove", json!({"endpoint": id}));
    assert_eq!(
        (reply.answer(), reply.batches),
        ((200, json!({"success": true, "message": "The endpoint is removed.", "endpoint": {"id": id}})), 1)
    );
    house.scene.execute("UPDATE plan_features SET value = '1' WHERE feature = 'webhooks'");
    let left = house.scene.rows(
        "SELECT url, secret, former_secret, former_secret_ends_at, paused_at, removed_at FROM webhook_endpoints WHERE removed_at IS NOT NULL",
    );
    let now = house.scene.now().0;
    assert_eq!(
        left,
        json!([{"url": "", "secret": "", "former_secret": null, "former_secret_ends_at": null, "paused_at": now, "removed_at": now}])
    );
    assert_eq!(house.actions().last().map(String::as_str), Some("webhook.endpoint_removed"));
    // It is nobody's any more.
    assert_eq!(house.get(&house.owner, "list").body["endpoints"].as_array().unwrap().len(), 19);
    for (action, body) in [
        ("update", json!({"endpoint": id, "url": URL})),
        ("rotate", json!({"endpoint": id})),
        ("pause", json!({"endpoint": id})),
        ("resume", json!({"endpoint": id})),
        ("remove", json!({"endpoint": id})),
        ("test", json!({"endpoint": id})),
        ("redeliver", json!({"endpoint": id, "since": "2026-03-01T00:00:00Z"})),
    ] {
        assert_eq!(house.refused(&house.owner, action, body), (404, "endpoint_not_found".to_string()), "{action}");
    }
    assert_eq!(house.get(&house.owner, &format!("deliveries?endpoint={id}")).status, 404);
    house.endpoint();
}

#[test]
fn one_that_has_failed_is_not_known_to_answer_however_often_it_is_resumed_or_changed() {
    let house = House::new();
    let id = house.endpoint();
    let known = || house.scene.rows("SELECT answered_at IS NOT NULL AS is_known, failing_since FROM webhook_endpoints");
    assert_eq!(known(), json!([{"is_known": 0, "failing_since": null}]), "a new one");
    house.scene.execute("UPDATE webhook_endpoints SET answered_at = 1");
    house.post(&house.owner, "pause", json!({"endpoint": id}));
    house.post(&house.owner, "resume", json!({"endpoint": id}));
    house.post(&house.owner, "update", json!({"endpoint": id, "url": URL, "eventTypes": ["user.deleted"]}));
    assert_eq!(known(), json!([{"is_known": 1, "failing_since": null}]));
    house.post(&house.owner, "update", json!({"endpoint": id, "url": "https://other.example.com/"}));
    assert_eq!(known(), json!([{"is_known": 0, "failing_since": null}]), "another address");
    house.scene.execute("UPDATE webhook_endpoints SET answered_at = 1, failing_since = 1");
    house.post(&house.owner, "resume", json!({"endpoint": id}));
    assert_eq!(known(), json!([{"is_known": 0, "failing_since": null}]));
}

#[test]
fn a_paused_endpoint_hears_of_nothing_that_happens_meanwhile() {
    let house = House::new();
    let id = house.endpoint();
    house.scene.advance(Span::minutes(1));
    let paused = house.post(&house.owner, "pause", json!({"endpoint": id}));
    assert_eq!((paused.status, &paused.body["endpoint"]["state"]), (200, &json!("paused")));
    house.scene.advance(Span::minutes(1));
    assert_eq!(house.post(&house.owner, "pause", json!({"endpoint": id})).status, 200);
    house.scene.advance(Span::minutes(1));
    let resumed = house.post(&house.owner, "resume", json!({"endpoint": id}));
    assert_eq!((resumed.status, &resumed.body["endpoint"]["state"]), (200, &json!("active")));
    let row = house.scene.rows("SELECT paused_at, listens_from FROM webhook_endpoints");
    assert_eq!(row, json!([{"paused_at": null, "listens_from": house.scene.now().0}]));
    // and one that was disabled by itself
    house.scene.execute("UPDATE webhook_endpoints SET disabled_at = 1, disabled_reason = 'failing', failing_since = 1, deferred_until = 9e15");
    let listed = house.get(&house.owner, "list");
    assert_eq!(
        (&listed.body["endpoints"][0]["state"], &listed.body["endpoints"][0]["disabledReason"]),
        (&json!("disabled"), &json!("failing"))
    );
    let resumed = house.post(&house.owner, "resume", json!({"endpoint": id}));
    assert_eq!(
        (&resumed.body["endpoint"]["state"], &resumed.body["endpoint"]["failingSince"]),
        (&json!("active"), &json!(null))
    );
}

#[test]
fn a_ping_is_sent_at_once_and_its_answer_told() {
    let house = House::new();
    let id = house.endpoint();
    let before = house.scene.everything();
    let reply = house.post(&house.owner, "test", json!({"endpoint": id}));
    house.scene.assert_unchanged(&before);
    let event = reply.body["event"].clone();
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({"success": true, "message": "The endpoint answered well.", "delivered": true, "event": event, "responseStatus": 200, "response": "thanks", "failure": null})
        )
    );
    let got = house.receiver.got.borrow().last().cloned().unwrap();
    assert_eq!(
        serde_json::from_str::<Json>(&got.body.unwrap()).unwrap(),
        json!({"type": "ping", "timestamp": "2026-03-10T12:00:00.000Z", "sequence": null, "data": {"endpoint": id}})
    );
    *house.receiver.answer.borrow_mut() = Err("no connection".to_string());
    let reply = house.post(&house.owner, "test", json!({"endpoint": id}));
    assert_eq!(
        (reply.status, &reply.body["delivered"], &reply.body["responseStatus"], &reply.body["failure"]),
        (200, &json!(false), &json!(null), &json!("no connection"))
    );
}

#[test]
fn what_was_changed_since_stays_where_a_request_comes_again() {
    let house = House::new();
    let id = house.endpoint();
    let token = house.scene.token(&house.owner);
    let endpoint = || {
        let rows = house.scene.rows("SELECT url, secret, paused_at FROM webhook_endpoints");
        (rows[0]["url"].clone(), rows[0]["secret"].clone(), rows[0]["paused_at"].is_null())
    };
    let body = |more: Json| {
        let mut body = json!({ "endpoint": id });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let to = |url: &str| body(json!({ "url": url }));
    for (action, first, other, then) in [
        ("update", to("https://first.example.com/"), "update", to("https://second.example.com/")),
        ("rotate", body(json!({ "compromised": true })), "rotate", body(json!({ "compromised": true }))),
        ("pause", body(json!({})), "resume", body(json!({}))),
        ("resume", body(json!({})), "pause", body(json!({}))),
    ] {
        let left = RefCell::new(None);
        let meanwhile = || {
            let reply = house.post(&house.admin, other, then.clone());
            assert_eq!(reply.status, 200, "{reply:?}");
            left.replace(Some(endpoint()));
        };
        let request = house.request(&token, &format!("/{action}"), Some(first));
        let reply = house.scene.send_overtaken(&FUNCTION, &request, &meanwhile);
        assert_eq!(reply.status, 200, "{action}: {reply:?}");
        assert_eq!(left.into_inner(), Some(endpoint()), "{action}");
    }
}

#[test]
fn what_the_operator_has_changed_since_stays_too_and_has_no_history_that_would_tell() {
    let house = House::new();
    let id = house.endpoint();
    house.scene.execute("UPDATE webhook_endpoints SET organization_id = NULL");
    let key = format!("tg_{}", "a".repeat(43));
    house.scene.execute(&format!(
        "INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, created_at, can_manage_webhooks)
         VALUES ('key', 'Key', '{}', 1, 1, 1, 1)",
        tallygate::rules::invitation::token_hash(&key)
    ));
    let update = |url: &str| house.request(&key, "/update", Some(json!({ "endpoint": id, "url": url })));
    let meanwhile = || assert_eq!(house.scene.send(&FUNCTION, &update("https://second.example.com/")).status, 200);
    let reply = house.scene.send_overtaken(&FUNCTION, &update("https://first.example.com/"), &meanwhile);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(house.scene.rows("SELECT url FROM webhook_endpoints"), json!([{"url": "https://second.example.com/"}]));
}
