use serde_json::{json, Value as Json};
use tallygate::{
    rules::{invitation::token_hash, time::Span},
    testing::{Person, Scene},
};

use super::{act, get, refused, staff};

fn scene() -> (Scene, Person, Person) {
    let scene = Scene::new();
    let root = staff(&scene, "root", "admin");
    let ada = scene.sign_up("ada");
    (scene, root, ada)
}

/// What the customers see of it in their own history, the newest last.
fn history(scene: &Scene) -> Json {
    scene.rows(
        "SELECT organization_id AS organization, actor_id AS actor, action, target_id AS target, details FROM audit_events
         WHERE actor_id = 'operator' ORDER BY id",
    )
}

#[test]
fn somebody_is_banned_and_it_is_written_down_for_both_sides() {
    let (scene, root, ada) = scene();
    // when
    let reply = act(&scene, &root, "ban", json!({ "user": "ada", "reason": " chargebacks \"3\" " }));
    // then
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.batches, 1);
    let mut said = reply.body["act"].clone();
    assert_eq!(said["id"].as_str().unwrap().len(), 36);
    said["id"] = Json::Null;
    assert_eq!(
        said,
        json!({
            "id": null, "action": "user.banned", "targetId": "ada", "organizationId": ada.personal, "reason": "chargebacks \"3\"",
            "before": { "banned": false }, "after": { "banned": true }, "createdAt": "2026-03-10T12:00:00.000Z",
        })
    );
    assert_eq!(scene.rows("SELECT banned_by FROM users WHERE id = 'ada'"), json!([{ "banned_by": "operator" }]));
    assert_eq!(
        history(&scene),
        json!([{
            "organization": ada.personal, "actor": "operator", "action": "operator.user.banned", "target": "ada",
            "details": r#"{"reason":"chargebacks \"3\"","before":{"banned":false},"after":{"banned":true}}"#,
        }])
    );
    assert_eq!(
        scene.rows("SELECT actor_id, target_kind, is_applied FROM operator_acts"),
        json!([{ "actor_id": "root", "target_kind": "user", "is_applied": 1 }])
    );
    // and back
    assert_eq!(act(&scene, &root, "unban", json!({ "user": "ada", "reason": "a mistake" })).status, 200);
    assert_eq!(
        scene.rows("SELECT banned_at, banned_by FROM users WHERE id = 'ada'"),
        json!([{ "banned_at": null, "banned_by": null }])
    );
    refused(&scene, &root, "unban", json!({ "user": "ada", "reason": "once more" }), 409, "not_banned");
}

#[test]
fn a_reason_is_required_of_every_act() {
    let (scene, root, _) = scene();
    for action in crate::FUNCTION.actions.iter().filter(|action| action.method == "POST") {
        for reason in [Json::Null, "".into(), "no".into(), " x ".into(), "x".repeat(501).into(), 7.into()] {
            let all = json!({
                "user": "ada", "organization": "o", "package": "p", "feature": "f", "quantity": 1, "endsAt": "2026-05-01T00:00:00Z",
                "name": "n", "key": "k", "message": "m", "endpoint": "e", "event": "e", "plan": "p", "version": "v", "limit": 1,
                "accountType": "admin", "invitation": "i", "override": "v", "reason": reason,
            });
            let reply = refused(&scene, &root, action.name, all, 400, "invalid_field");
            assert_eq!(reply["field"], "reason", "{}", action.name);
        }
    }
}

#[test]
fn an_act_on_what_is_not_there_is_refused() {
    let (scene, root, _) = scene();
    let reason = "a ticket";
    for (action, body, code) in [
        ("ban", json!({ "user": "nobody" }), "person_not_found"),
        ("end-sessions", json!({ "user": "nobody" }), "person_not_found"),
        ("verify-email", json!({ "user": "nobody" }), "person_not_found"),
        ("grant-package", json!({ "user": "nobody", "package": "p" }), "person_not_found"),
        ("grant-package", json!({ "user": "ada", "package": "p" }), "package_not_found"),
        ("extend-trial", json!({ "organization": "o", "endsAt": "2026-05-01T00:00:00Z" }), "organization_not_found"),
        ("grant-usage", json!({ "organization": "o", "feature": "uploads", "quantity": 1 }), "organization_not_found"),
        ("transfer-ownership", json!({ "organization": "o", "user": "ada" }), "organization_not_found"),
        ("archive", json!({ "organization": "o" }), "organization_not_found"),
        ("create-key", json!({ "organization": "o", "name": "n" }), "organization_not_found"),
        ("revoke-key", json!({ "key": "k" }), "key_not_found"),
        ("retire-message", json!({ "message": "m" }), "message_not_found"),
        ("redeliver-message", json!({ "message": "m" }), "message_not_found"),
        (
            "override-plan",
            json!({ "organization": "o", "plan": "p", "endsAt": "2026-05-01T00:00:00Z" }),
            "organization_not_found",
        ),
        (
            "override-limit",
            json!({ "organization": "o", "feature": "seats", "limit": 9, "endsAt": "2026-05-01T00:00:00Z" }),
            "organization_not_found",
        ),
        ("lift-override", json!({ "organization": "o", "override": "v" }), "organization_not_found"),
        ("redeliver", json!({ "endpoint": "e", "event": "e" }), "endpoint_not_found"),
    ] {
        let mut body = body;
        body["reason"] = reason.into();
        refused(&scene, &root, action, body, 404, code);
    }
}

#[test]
fn nobody_bans_themselves_and_an_admin_nobody_of_the_staff() {
    let (scene, root, _) = scene();
    let boss = staff(&scene, "boss", "super_admin");
    refused(&scene, &root, "ban", json!({ "user": "root", "reason": "to see" }), 400, "invalid_field");
    refused(&scene, &root, "ban", json!({ "user": "boss", "reason": "a coup" }), 403, "forbidden");
    assert_eq!(act(&scene, &boss, "ban", json!({ "user": "root", "reason": "has left" })).status, 200);
    assert_eq!(get(&scene, &root, "search?in=people&q=a").status, 404);
}

#[test]
fn what_the_provider_has_banned_the_provider_lifts() {
    let (scene, root, _) = scene();
    scene.execute("UPDATE users SET banned_at = 1, banned_by = 'provider' WHERE id = 'ada'");
    refused(&scene, &root, "unban", json!({ "user": "ada", "reason": "asked for" }), 409, "banned_by_provider");
}

#[test]
fn an_address_is_verified_unless_it_is_somebody_else_s() {
    let (scene, root, _) = scene();
    scene.sign_up("bob");
    scene.execute("UPDATE users SET email_verified = 0");
    assert_eq!(act(&scene, &root, "verify-email", json!({ "user": "ada", "reason": "by phone" })).status, 200);
    assert_eq!(scene.rows("SELECT email_verified FROM users WHERE id = 'ada'"), json!([{ "email_verified": 1 }]));
    refused(&scene, &root, "verify-email", json!({ "user": "ada", "reason": "by phone" }), 409, "already_verified");
    scene.execute("UPDATE users SET email = 'ada@example.com' WHERE id = 'bob'");
    refused(&scene, &root, "verify-email", json!({ "user": "bob", "reason": "by phone" }), 409, "email_of_another");
    scene.execute("UPDATE users SET email = NULL WHERE id = 'bob'");
    refused(&scene, &root, "verify-email", json!({ "user": "bob", "reason": "by phone" }), 409, "no_email");
}

#[test]
fn somebody_is_signed_out_everywhere() {
    let (scene, root, _) = scene();
    let now = scene.now().0;
    for (user, id) in [("ada", "desk"), ("ada", "phone"), ("root", "desk")] {
        scene.execute(&format!(
            "INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, request_id) VALUES ('{user}', '{id}', {now}, {now}, 'r')"
        ));
    }
    let reply = act(&scene, &root, "end-sessions", json!({ "user": "ada", "reason": "a stolen laptop" }));
    assert_eq!((reply.status, &reply.body["act"]["before"]), (200, &json!({ "sessions": 2 })));
    assert_eq!(
        scene.rows("SELECT user_id FROM active_sessions WHERE ended_at IS NULL"),
        json!([{ "user_id": "root" }])
    );
    assert_eq!(scene.sent("session.terminated")["sessions"].as_array().unwrap().len(), 2);
    refused(&scene, &root, "end-sessions", json!({ "user": "ada", "reason": "once more" }), 409, "not_signed_in");
}

#[test]
fn a_trial_is_made_longer_and_never_shorter() {
    let (scene, root, ada) = scene();
    let team = scene.team("acme", &ada);
    let ends = scene.now() + Span::days(3);
    let body = |days: i64| json!({ "organization": team, "endsAt": (scene.now() + Span::days(days)).iso(), "reason": "a pilot" });
    refused(&scene, &root, "extend-trial", body(10), 409, "not_trialing");
    scene.execute(&format!(
        "UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = {} WHERE organization_id = 'acme'",
        ends.0
    ));
    for days in [-1, 2, 3, 366] {
        assert_eq!(refused(&scene, &root, "extend-trial", body(days), 400, "invalid_field")["field"], "endsAt");
    }
    let reply = act(&scene, &root, "extend-trial", body(10));
    assert_eq!(reply.body["act"]["before"], json!({ "trialEndsAt": ends.0 }), "{reply:?}");
    let end = (scene.now() + Span::days(10)).0;
    assert_eq!(
        scene.rows("SELECT trial_ends_at, current_period_end FROM org_subscriptions WHERE organization_id = 'acme'"),
        json!([{ "trial_ends_at": end, "current_period_end": end }])
    );
    scene.execute("UPDATE org_subscriptions SET stripe_subscription_id = 'sub_1' WHERE organization_id = 'acme'");
    refused(&scene, &root, "extend-trial", body(20), 409, "not_trialing");
}

#[test]
fn a_package_is_granted_anew_with_all_its_uses() {
    let (scene, root, _) = scene();
    scene.execute(
        "INSERT INTO packages (id, name, category, requires_subscription, position) VALUES ('sleep', 'Sleep', 'sounds', 1, 1);
         INSERT INTO user_packages (user_id, package_id, granted_at, grant_uses, granted_uses, request_id) VALUES ('ada', 'sleep', 1, 2, 2, 'r');",
    );
    let body = json!({ "user": "ada", "package": "sleep", "uses": 5, "endsAt": "2026-05-01T00:00:00Z", "reason": "a broken sound" });
    let reply = act(&scene, &root, "grant-package", body);
    assert_eq!(reply.body["act"]["before"], json!({ "granted": true, "uses": 2, "endsAt": null }), "{reply:?}");
    assert_eq!(
        scene
            .rows("SELECT granted_by, grant_uses, granted_uses, grant_ends_at > granted_at AS ends FROM user_packages"),
        json!([{ "granted_by": "operator", "grant_uses": 5, "granted_uses": 0, "ends": 1 }])
    );
    let past = json!({ "user": "ada", "package": "sleep", "endsAt": "2026-01-01T00:00:00Z", "reason": "too late" });
    refused(&scene, &root, "grant-package", past, 400, "invalid_field");
}

#[test]
fn more_of_a_meter_is_a_grant_like_any_other() {
    let (scene, root, ada) = scene();
    let body = json!({ "organization": ada.personal, "feature": "uploads", "quantity": 40, "reason": "an outage" });
    let reply = act(&scene, &root, "grant-usage", body);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(
        scene.rows("SELECT feature, quantity, reason, ends_at FROM usage_grants"),
        json!([{ "feature": "uploads", "quantity": 40, "reason": "an outage", "ends_at": 9_007_199_254_740_991_i64 }])
    );
    let other = json!({ "organization": ada.personal, "feature": "sso", "quantity": 40, "reason": "an outage" });
    refused(&scene, &root, "grant-usage", other, 400, "invalid_field");
}

#[test]
fn an_ownership_goes_to_a_member_and_whoever_owned_it_runs_it_still() {
    let (scene, root, ada) = scene();
    let team = scene.team("acme", &ada);
    let bob = scene.sign_up("bob");
    scene.member(&team, &bob, "member");
    let body = |user: &str| json!({ "organization": team, "user": user, "reason": "the owner has died" });
    refused(&scene, &root, "transfer-ownership", body("root"), 404, "member_not_found");
    refused(&scene, &root, "transfer-ownership", body("ada"), 409, "already_owner");
    scene.execute("UPDATE users SET banned_at = 1 WHERE id = 'bob'");
    refused(&scene, &root, "transfer-ownership", body("bob"), 400, "invalid_field");
    scene.execute("UPDATE users SET banned_at = NULL WHERE id = 'bob'");
    // when
    assert_eq!(act(&scene, &root, "transfer-ownership", body("bob")).status, 200);
    // then
    assert_eq!(
        scene.rows("SELECT user_id, role FROM organization_members WHERE organization_id = 'acme' ORDER BY user_id"),
        json!([{ "user_id": "ada", "role": "admin" }, { "user_id": "bob", "role": "owner" }])
    );
    let told =
        scene.rows("SELECT target_id, payload FROM outbox WHERE event_type = 'member.role_changed' ORDER BY target_id");
    let roles: Vec<_> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let payload: Json = serde_json::from_str(event["payload"].as_str().unwrap()).unwrap();
            (event["target_id"].clone(), payload["roles"].clone(), payload["by"].clone())
        })
        .collect();
    assert_eq!(
        roles,
        [
            ("ada".into(), json!({ "oldRole": "owner", "newRole": "admin" }), Json::Null),
            ("bob".into(), json!({ "oldRole": "member", "newRole": "owner" }), Json::Null),
        ]
    );
    let own = json!({ "organization": bob.personal, "user": "bob", "reason": "to see" });
    refused(&scene, &root, "transfer-ownership", own, 409, "personal_organization");
}

#[test]
fn a_team_is_put_away_and_had_back() {
    let (scene, root, ada) = scene();
    let team = scene.team("acme", &ada);
    scene.invitation(&team, "i1", "new@example.com", "member", &ada);
    let body = json!({ "organization": team, "reason": "abandoned" });
    refused(&scene, &root, "restore", body.clone(), 409, "not_archived");
    assert_eq!(act(&scene, &root, "archive", body.clone()).status, 200);
    assert_eq!(
        scene.rows("SELECT archived_at IS NOT NULL AS gone, archived_by FROM organizations WHERE id = 'acme'"),
        json!([{ "gone": 1, "archived_by": null }])
    );
    assert_eq!(scene.rows("SELECT status FROM organization_invitations"), json!([{ "status": "revoked" }]));
    assert_eq!(
        scene.rows("SELECT current_organization_id AS current FROM users WHERE id = 'ada'"),
        json!([{ "current": ada.personal }])
    );
    assert_eq!(scene.sent("organization.archived")["organization"]["id"], "acme");
    refused(&scene, &root, "archive", body.clone(), 409, "archived");
    scene.advance(Span::days(200));
    assert_eq!(act(&scene, &root, "restore", body).status, 200);
    assert_eq!(scene.rows("SELECT archived_at FROM organizations WHERE id = 'acme'"), json!([{ "archived_at": null }]));
    assert_eq!(scene.sent("organization.restored")["organization"]["id"], "acme");
    let own = json!({ "organization": ada.personal, "reason": "to see" });
    refused(&scene, &root, "archive", own, 409, "personal_organization");
}

#[test]
fn a_team_that_nobody_owns_is_had_back_once_a_member_owns_it() {
    let (scene, root, ada) = scene();
    let team = scene.team("acme", &ada);
    let bob = scene.sign_up("bob");
    scene.member(&team, &bob, "member");
    let body = json!({ "organization": team, "reason": "its owner is gone" });
    let heir = json!({ "organization": team, "user": "bob", "reason": "its owner is gone" });
    assert_eq!(act(&scene, &root, "archive", body.clone()).status, 200);
    // While somebody owns it, it is theirs to have back.
    refused(&scene, &root, "transfer-ownership", heir.clone(), 409, "archived");
    scene.execute("DELETE FROM organization_members WHERE organization_id = 'acme' AND user_id = 'ada'");
    // when
    refused(&scene, &root, "restore", body.clone(), 409, "no_owner");
    assert_eq!(act(&scene, &root, "transfer-ownership", heir).status, 200);
    assert_eq!(act(&scene, &root, "restore", body).status, 200);
    // then
    assert_eq!(
        scene.rows("SELECT user_id, role FROM organization_members WHERE organization_id = 'acme'"),
        json!([{ "user_id": "bob", "role": "owner" }])
    );
    assert_eq!(scene.rows("SELECT archived_at FROM organizations WHERE id = 'acme'"), json!([{ "archived_at": null }]));
}

#[test]
fn what_is_still_paid_for_is_not_archived() {
    let (scene, root, ada) = scene();
    let team = scene.team("acme", &ada);
    scene.execute(
        "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
           amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         VALUES ('acme', 'sub_42', 'si', 'price', 'active', 1, 'usd', 'month', 1, 2, 1, 1, 'r')",
    );
    let body = json!({ "organization": team, "reason": "abandoned" });
    refused(&scene, &root, "archive", body, 409, "subscription_running");
}

#[test]
fn a_key_is_made_shown_once_and_revoked() {
    let (scene, root, ada) = scene();
    let body = json!({ "name": "billing worker", "organization": ada.personal, "scopes": "usage:read", "reason": "a new worker" });
    let reply = act(&scene, &root, "create-key", body);
    assert_eq!(reply.status, 201, "{reply:?}");
    let key = reply.body["key"]["key"].as_str().unwrap();
    let id = reply.body["key"]["id"].as_str().unwrap();
    assert!(key.starts_with("tg_") && key.len() == 46, "{key}");
    assert_eq!(
        scene.rows("SELECT id, key_hash, can_read_usage AS reads, can_write_usage AS writes FROM service_keys"),
        json!([{ "id": id, "key_hash": token_hash(key), "reads": 1, "writes": 0 }])
    );
    assert!(!scene.rows("SELECT * FROM operator_acts").to_string().contains(key));
    assert_eq!(act(&scene, &root, "revoke-key", json!({ "key": id, "reason": "it leaked" })).status, 200);
    refused(&scene, &root, "revoke-key", json!({ "key": id, "reason": "it leaked" }), 409, "key_revoked");
    for (field, value) in
        [("scopes", "usage:everything"), ("scopes", "webhooks:manage"), ("endsAt", "2020-01-01T00:00:00Z")]
    {
        let mut body = json!({ "name": "n", "organization": ada.personal, "reason": "to see" });
        body[field] = value.into();
        assert_eq!(refused(&scene, &root, "create-key", body, 400, "invalid_field")["field"], field);
    }
}

#[test]
fn a_message_that_is_kept_is_put_away() {
    let (scene, root, _) = scene();
    scene.execute(
        "INSERT INTO webhook_inbox (provider, event_id, event_type, outcome, payload, happened_at, received_at, request_id)
         VALUES ('stripe', 'evt_1', 'invoice.paid', 'unknown_customer', '{}', 1, 2, 'r'), ('stripe', 'evt_2', 'x', 'applied', NULL, 1, 2, 'r')",
    );
    let listed = get(&scene, &root, "inbox").body["messages"].clone();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["eventId"]), (1, &"evt_1".into()));
    assert_eq!(act(&scene, &root, "retire-message", json!({ "message": "evt_1", "reason": "of a test" })).status, 200);
    assert_eq!(get(&scene, &root, "inbox").body["messages"], json!([]));
    refused(
        &scene,
        &root,
        "retire-message",
        json!({ "message": "evt_1", "reason": "of a test" }),
        404,
        "message_not_found",
    );
}

#[test]
fn an_event_is_sent_once_more() {
    let (scene, root, ada) = scene();
    let team = scene.team("acme", &ada);
    scene.execute(
        "INSERT INTO webhook_endpoints (id, organization_id, url, secret, listens_from, created_at, updated_at, request_id)
           VALUES ('e1', 'acme', 'https://example.com', 's', 0, 0, 0, 'r');
         INSERT INTO outbox (id, organization_id, event_type, target_id, created_at, sequence) VALUES ('v1', 'acme', 'member.added', 'x', 1, 7);
         INSERT INTO outbox (id, organization_id, event_type, target_id, created_at, sequence) VALUES ('v2', 'acme', 'member.added', 'x', 1, NULL);
         INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, created_at, request_id) VALUES ('e1', 'v1', 'dead', 9, 0, 'r');",
    );
    let body = |event: &str| json!({ "endpoint": "e1", "event": event, "reason": "they were down" });
    let reply = act(&scene, &root, "redeliver", body("v1"));
    assert_eq!(reply.body["act"]["before"], json!({ "state": "dead" }), "{reply:?}");
    assert_eq!(reply.body["act"]["organizationId"], team.as_str());
    assert_eq!(
        scene.rows("SELECT event_id, state, attempts FROM webhook_deliveries"),
        json!([{ "event_id": "v1", "state": "pending", "attempts": 0 }])
    );
    refused(&scene, &root, "redeliver", body("v2"), 400, "invalid_field");
}

#[test]
fn an_invitation_is_sent_again_as_its_sender_could() {
    let (scene, root, ada) = scene();
    let team = scene.team("acme", &ada);
    scene.invitation(&team, "i1", "new@example.com", "member", &ada);
    let body = json!({ "organization": team, "invitation": "i1", "reason": "lost in spam" });
    let hash = || scene.rows("SELECT token_hash, expires_at, resends FROM organization_invitations")[0].clone();
    scene.advance(Span::days(9));
    // when: it has run out, and there is a seat
    let reply = act(&scene, &root, "resend-invitation", body.clone());
    // then
    assert_eq!((reply.status, &reply.body["act"]["before"]), (200, &json!({ "status": "expired" })), "{reply:?}");
    let url = reply.body["inviteUrl"].as_str().unwrap();
    let token = url.strip_prefix("https://app.example.com/accept-invitation?token=").unwrap();
    let end = (scene.now() + Span::days(7)).0;
    assert_eq!(hash(), json!({ "token_hash": token_hash(token), "expires_at": end, "resends": 1 }));
    assert_eq!(scene.sent("invitation.resent")["invitation"]["id"], "i1");
    // and not where its sender could not
    scene.execute("UPDATE organization_members SET role = 'viewer' WHERE user_id = 'ada' AND organization_id = 'acme'");
    refused(&scene, &root, "resend-invitation", body.clone(), 409, "invitation_withdrawn");
    // nor to a domain that was banned since
    scene.set("BANNED_EMAIL_DOMAINS", "spam.example");
    scene.execute("UPDATE organization_invitations SET email = 'new@mail.spam.example'");
    scene.execute("UPDATE organization_members SET role = 'owner' WHERE user_id = 'ada' AND organization_id = 'acme'");
    refused(&scene, &root, "resend-invitation", body.clone(), 403, "email_domain_banned");
    scene.execute("UPDATE organization_invitations SET email = 'new@example.com'");
    scene.execute("UPDATE org_subscriptions SET status = 'unpaid' WHERE organization_id = 'acme'");
    refused(&scene, &root, "resend-invitation", body.clone(), 409, "not_running");
    scene.execute(
        "UPDATE org_subscriptions SET status = 'active' WHERE organization_id = 'acme'; UPDATE plans SET seats = 1",
    );
    scene.advance(Span::days(9));
    refused(&scene, &root, "resend-invitation", body.clone(), 409, "no_seat");
    scene.execute("UPDATE organization_invitations SET status = 'revoked', resolved_at = 1");
    refused(&scene, &root, "resend-invitation", body, 409, "not_pending");
    let other = json!({ "organization": team, "invitation": "i2", "reason": "lost in spam" });
    refused(&scene, &root, "resend-invitation", other, 404, "invitation_not_found");
}

#[test]
fn all_events_since_a_moment_are_sent_once_more() {
    let (scene, root, ada) = scene();
    scene.team("acme", &ada);
    let ids: Vec<_> = (0..3)
        .map(|_| {
            scene.advance(Span::minutes(1));
            scene.upcoming().id(tallygate::rules::request_ids::Purpose::OutboxEvent)
        })
        .collect();
    let since = (scene.now().0 - 60_000, scene.now().iso());
    for (id, sequence) in ids.iter().zip(["1", "2", "3"]) {
        scene.execute(&format!(
            "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at, sequence) VALUES ('{id}', 'acme', 'member.added', 'x', 1, {sequence})",
        ));
    }
    scene.execute(
        "INSERT INTO webhook_endpoints (id, organization_id, url, secret, listens_from, created_at, updated_at, request_id)
         VALUES ('e1', 'acme', 'https://example.com', 's', 0, 0, 0, 'r')",
    );
    let body = json!({
        "endpoint": "e1", "since": tallygate::rules::time::Timestamp(since.0).iso(), "reason": "they were down",
    });
    let reply = act(&scene, &root, "redeliver", body);
    assert_eq!((&reply.body["redelivered"], &reply.body["nextCursor"]), (&2.into(), &Json::Null), "{reply:?}");
    assert_eq!(
        scene.rows("SELECT event_id FROM webhook_deliveries ORDER BY event_id"),
        json!([{ "event_id": ids[1] }, { "event_id": ids[2] }])
    );
    let both = json!({ "endpoint": "e1", "event": ids[0], "since": since.1, "reason": "they were down" });
    assert_eq!(refused(&scene, &root, "redeliver", both, 400, "invalid_field")["field"], "since");
}

#[test]
fn an_admin_acts_on_nobody_of_the_staff_but_signs_themselves_out() {
    let (scene, root, _) = scene();
    let boss = staff(&scene, "boss", "super_admin");
    staff(&scene, "peer", "admin");
    let now = scene.now().0;
    scene.execute(&format!(
        "INSERT INTO packages (id, name, category, requires_subscription, position) VALUES ('sleep', 'Sleep', 'sounds', 1, 1);
         INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, request_id)
           SELECT id, 'desk', {now}, {now}, 'r' FROM users WHERE account_type <> 'user';
         UPDATE users SET email_verified = 0 WHERE account_type <> 'user'",
    ));
    for user in ["boss", "peer"] {
        for action in ["end-sessions", "verify-email", "ban"] {
            refused(&scene, &root, action, json!({ "user": user, "reason": "a quarrel" }), 403, "forbidden");
        }
        let package = json!({ "user": user, "package": "sleep", "reason": "a present" });
        refused(&scene, &root, "grant-package", package, 403, "forbidden");
    }
    assert_eq!(act(&scene, &root, "end-sessions", json!({ "user": "root", "reason": "a lost laptop" })).status, 200);
    assert_eq!(act(&scene, &boss, "end-sessions", json!({ "user": "peer", "reason": "a lost laptop" })).status, 200);
}

#[test]
fn an_admin_gives_the_staff_nothing_and_takes_nothing_from_them() {
    // given: what the staff owns, the admin's own organization among it, and a customer's team with an admin of the staff in it
    let (scene, root, ada) = scene();
    let boss = staff(&scene, "boss", "super_admin");
    let team = scene.team("acme", &ada);
    scene.member(&team, &root, "member");
    let club = scene.team("club", &boss);
    scene.member(&club, &ada, "member");
    let until = "2026-04-01T00:00:00Z";
    scene.execute(
        "INSERT INTO packages (id, name, category, requires_subscription, position) VALUES ('sleep', 'Sleep', 'sounds', 1, 1);
         UPDATE users SET email_verified = 0 WHERE id = 'root'",
    );
    // when, then: an organization
    for organization in [&root.personal, &boss.personal, &club, &team] {
        for (action, more) in [
            ("grant-usage", json!({ "feature": "uploads", "quantity": 5, "endsAt": until })),
            ("override-plan", json!({ "plan": "professional", "endsAt": until })),
            ("override-limit", json!({ "feature": "seats", "limit": 9, "endsAt": until })),
            ("lift-override", json!({ "override": "o1" })),
            ("extend-trial", json!({ "endsAt": until })),
            ("archive", json!({})),
            ("restore", json!({})),
            ("transfer-ownership", json!({ "user": "ada" })),
        ] {
            let mut body = more;
            body["organization"] = json!(organization);
            body["reason"] = "a present".into();
            refused(&scene, &root, action, body, 403, "forbidden");
        }
    }
    // a person, and what is a customer's
    let package = json!({ "user": "root", "package": "sleep", "reason": "a present" });
    refused(&scene, &root, "grant-package", package.clone(), 403, "forbidden");
    refused(&scene, &root, "verify-email", json!({ "user": "root", "reason": "it is mine" }), 403, "forbidden");
    let taken = json!({ "organization": team, "user": "root", "reason": "abandoned" });
    refused(&scene, &root, "transfer-ownership", taken.clone(), 403, "forbidden");
    // and a super_admin may
    for (action, body) in [
        (
            "grant-usage",
            json!({ "organization": root.personal, "feature": "uploads", "quantity": 5, "endsAt": until, "reason": "a test" }),
        ),
        ("grant-package", package),
        ("transfer-ownership", taken),
    ] {
        let reply = act(&scene, &boss, action, body);
        assert_eq!(reply.status, 200, "{action}: {reply:?}");
    }
}

#[test]
fn what_is_granted_under_a_key_is_granted_once() {
    let (scene, root, ada) = scene();
    let grant = |quantity: i64, key: &str| {
        json!({
            "organization": ada.personal, "feature": "uploads", "quantity": quantity, "reason": "an outage", "idempotencyKey": key,
        })
    };
    // when
    let first = act(&scene, &root, "grant-usage", grant(40, "k"));
    scene.advance(Span::days(2));
    let again = act(&scene, &root, "grant-usage", grant(40, "k"));
    // then: the answer is the first one
    assert_eq!((first.status, again.status, &again.body["act"]), (200, 200, &first.body["act"]), "{again:?}");
    assert_eq!(scene.rows("SELECT quantity FROM usage_grants"), json!([{ "quantity": 40 }]));
    refused(&scene, &root, "grant-usage", grant(41, "k"), 409, "idempotency_key_reused");
    // and another key, or another one of the staff's, is another grant
    act(&scene, &root, "grant-usage", grant(40, "l"));
    let boss = staff(&scene, "boss", "super_admin");
    act(&scene, &boss, "grant-usage", grant(40, "k"));
    assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM usage_grants"), json!([{ "n": 3 }]));
    let without = json!({ "organization": ada.personal, "feature": "uploads", "quantity": 1, "reason": "an outage" });
    act(&scene, &root, "grant-usage", without.clone());
    act(&scene, &root, "grant-usage", without);
    assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM usage_grants"), json!([{ "n": 5 }]));
}
