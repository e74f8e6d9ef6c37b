use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused, refused_with, Person, Scene, TestReply},
};

use super::{get, patch, post, refusal};

/// Ada's team with bob as its admin and cid as a member, all of whom work in it.
fn scene() -> (Scene, Person, Person, Person) {
    let scene = Scene::new();
    let [ada, bob, cid] = ["ada", "bob", "cid"].map(|id| scene.sign_up(id));
    scene.team("acme", &ada);
    scene.member("acme", &bob, "admin");
    scene.member("acme", &cid, "member");
    (scene, ada, bob, cid)
}

fn archive(scene: &Scene, person: &Person) -> TestReply {
    post(scene, person, "archive-organization", json!({ "organizationId": "acme" }))
}

fn restore(scene: &Scene, person: &Person) -> TestReply {
    post(scene, person, "restore-organization", json!({ "organizationId": "acme" }))
}

fn current(scene: &Scene, person: &Person) -> Json {
    get(scene, person, "me").body["current"]["id"].clone()
}

#[test]
fn what_its_people_say_of_an_organization_is_kept() {
    let (scene, ada, bob, cid) = scene();
    // when
    let reply = patch(
        &scene,
        &bob,
        "update-organization",
        json!({
            "name": "Acme Telecom", "slug": "acme-telecom", "description": "We call.\nOften.", "avatarUrl": "https://cdn.example.com/a.png",
            "settings": { "theme": "dark" },
        }),
    );
    // then
    let expected = json!({
        "id": "acme", "name": "Acme Telecom", "slug": "acme-telecom", "kind": "team", "orgType": "business", "description": "We call.\nOften.",
        "avatarUrl": "https://cdn.example.com/a.png", "billingEmail": null, "settings": { "theme": "dark" }, "createdAt": "2026-03-10T12:00:00.000Z",
    });
    assert_eq!(
        (reply.answer(), reply.batches),
        ((200, json!({ "success": true, "message": "The organization is changed.", "organization": expected })), 1)
    );
    assert_eq!(scene.audit()[0]["action"], "organization.updated");
    assert_eq!(scene.audit()[0]["details"], r#"{"fields":["name","slug","description","avatarUrl","settings"]}"#);
    assert_eq!(scene.sent("organization.updated")["organization"]["name"], "Acme Telecom");
    // a part of it, and what is cleared
    let reply = patch(
        &scene,
        &ada,
        "update-organization",
        json!({ "description": null, "settings": null, "billingEmail": "Pay@Example.com" }),
    );
    let organization = &reply.body["organization"];
    assert_eq!(
        (&organization["description"], &organization["settings"], &organization["name"], &organization["billingEmail"]),
        (&json!(null), &json!(null), &json!("Acme Telecom"), &json!("pay@example.com"))
    );
    // and by nobody else
    let change =
        |person: &Person, body: Json| refusal(&scene, || patch(&scene, person, "update-organization", body.clone()));
    assert_eq!(
        change(&cid, json!({ "name": "Mine" })),
        refused(403, "forbidden", "Only owners and admins may do this.")
    );
    assert_eq!(
        change(&bob, json!({ "billingEmail": "bob@example.com" })),
        refused(403, "forbidden", "Only an owner may say where invoices are sent.")
    );
    for field in ["name", "slug"] {
        assert_eq!(change(&ada, json!({ field: null })), invalid(field, "may not be cleared"));
    }
    assert_eq!(change(&ada, json!({})), invalid("name", "or another field of the organization is required"));
    assert_eq!(
        change(&ada, json!({ "slug": "personal-ada" })),
        refused(409, "slug_taken", "This slug is already taken; choose another one.")
    );
}

#[test]
fn where_stripe_has_a_customer_its_portal_says_where_invoices_go() {
    let (scene, ada, _, _) = scene();
    scene.execute(
        "INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('acme', 'cus_1', 1)",
    );
    assert_eq!(
        refusal(&scene, || patch(&scene, &ada, "update-organization", json!({ "billingEmail": "pay@example.com" }))),
        refused(409, "billing_email_at_stripe", "Invoices are sent where the customer portal says; change it there.")
    );
    assert_eq!(patch(&scene, &ada, "update-organization", json!({ "description": "x" })).status, 200);
}

#[test]
fn a_team_is_put_away_and_had_back() {
    // given
    let (scene, ada, bob, cid) = scene();
    scene.invitation("acme", "i", "eve@example.com", "member", &ada);
    // when
    let reply = archive(&scene, &ada);
    // then
    assert_eq!(
        (reply.answer(), reply.batches),
        (
            (
                200,
                json!({
                    "success": true, "message": "The organization is archived.", "organizationId": "acme",
                    "archivedAt": "2026-03-10T12:00:00.000Z", "restorableUntil": "2026-04-09T12:00:00.000Z",
                })
            ),
            1
        )
    );
    for person in [&ada, &bob, &cid] {
        assert_eq!(current(&scene, person), json!(person.personal));
    }
    assert_eq!(scene.rows("SELECT status FROM organization_invitations"), json!([{"status": "revoked"}]));
    assert_eq!(
        scene.outbox()[0],
        json!({ "organization": "acme", "event": "organization.archived", "target": "acme" })
    );
    let unknown = refused(404, "organization_not_found", "There is no such organization for you.");
    assert_eq!(refusal(&scene, || archive(&scene, &ada)), unknown);
    // and an owner, to the last millisecond
    assert_eq!(refusal(&scene, || restore(&scene, &bob)), refused(403, "forbidden", "Only an owner may do this."));
    scene.advance(Span(Span::days(30).0 - 1));
    let listed = get(&scene, &ada, "organizations?show=archived");
    assert_eq!(listed.body["organizations"][0]["restorableUntil"], "2026-04-09T12:00:00.000Z");
    assert_eq!(get(&scene, &bob, "organizations?show=archived").body["organizations"], json!([]));
    let restored = restore(&scene, &ada);
    assert_eq!(
        restored.answer(),
        (200, json!({ "success": true, "message": "acme is back.", "organizationId": "acme" }))
    );
    assert_eq!(get(&scene, &cid, "organizations").body["organizations"].as_array().unwrap().len(), 2);
    assert_eq!(scene.sent("organization.restored")["by"], json!({ "id": "ada" }));
    assert_eq!(
        refusal(&scene, || restore(&scene, &ada)),
        refused(409, "not_archived", "This organization is not archived.")
    );
}

#[test]
fn after_thirty_days_it_is_gone() {
    let (scene, ada, _, _) = scene();
    archive(&scene, &ada);
    scene.advance(Span::days(30));
    assert_eq!(
        refusal(&scene, || restore(&scene, &ada)),
        refused_with(
            409,
            "restore_expired",
            "The 30 days in which this organization could be had back are over.",
            json!({ "archivedAt": "2026-03-10T12:00:00.000Z", "restorableUntil": "2026-04-09T12:00:00.000Z" })
        )
    );
    assert_eq!(get(&scene, &ada, "organizations?show=archived").body["organizations"], json!([]));
}

#[test]
fn what_is_still_paid_for_is_not_put_away() {
    let (scene, ada, _, _) = scene();
    let until = scene.now().0 + Span::days(9).0;
    scene.execute(&format!(
        "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents, currency,
           billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         VALUES ('acme', 'sub_1', 'si_1', 'price_1', 'active', 100, 'usd', 'month', 1, {until}, 1, 1, 'r')"
    ));
    let running = |sentence: &str, required: bool| {
        let details = json!({ "until": "2026-03-19T12:00:00.000Z", "cancellationRequired": required });
        refused_with(409, "subscription_running", sentence, details)
    };
    assert_eq!(
        refusal(&scene, || archive(&scene, &ada)),
        running("Its subscription is still paid for; cancel it first.", true)
    );
    scene.execute(&format!("UPDATE billing_subscriptions SET cancel_at = {until}"));
    assert_eq!(
        refusal(&scene, || archive(&scene, &ada)),
        running("Its subscription runs until 2026-03-19T12:00:00.000Z; archive it after that.", false)
    );
    scene.execute("UPDATE billing_subscriptions SET status = 'canceled'");
    assert_eq!(archive(&scene, &ada).status, 200);
}

#[test]
fn only_a_team_that_is_named_is_put_away_by_its_owner() {
    let (scene, ada, bob, _) = scene();
    assert_eq!(refusal(&scene, || archive(&scene, &bob)), refused(403, "forbidden", "Only an owner may do this."));
    assert_eq!(
        refusal(&scene, || post(&scene, &ada, "archive-organization", json!({}))),
        invalid("organizationId", "is required")
    );
    assert_eq!(
        refusal(&scene, || post(&scene, &ada, "archive-organization", json!({ "organizationId": ada.personal }))),
        refused(409, "personal_organization", "A personal organization has exactly one member.")
    );
    assert_eq!(
        refusal(&scene, || post(&scene, &ada, "restore-organization", json!({}))),
        invalid("organizationId", "is required")
    );
}

#[test]
fn what_is_had_back_has_counted_all_the_while() {
    let (scene, ada, _, _) = scene();
    archive(&scene, &ada);
    scene.execute("UPDATE catalog_settings SET most_founded_teams = 1");
    assert_eq!(restore(&scene, &ada).status, 200);
}

#[test]
fn what_the_operator_has_archived_its_owners_do_not_have_back() {
    let (scene, ada, _, _) = scene();
    let is_listed = || {
        let listed = get(&scene, &ada, "organizations?show=archived");
        !listed.body["organizations"].as_array().unwrap().is_empty()
    };
    // given: as the console leaves it
    scene.execute(&format!(
        "UPDATE organizations SET archived_at = {}, archived_by = NULL WHERE id = 'acme'",
        scene.now().0
    ));
    // when, then
    assert!(!is_listed());
    let message = "Only the operator restores what the operator has archived.";
    assert_eq!(refusal(&scene, || restore(&scene, &ada)), refused(403, "forbidden", message));
    // and what a finished move has archived is theirs
    scene.execute(
        "INSERT INTO moved_organizations (organization_id, plan_id, status, state, people, moved_at, request_id)
         VALUES ('acme', 'enterprise', 'active', 'finished', 1, 1, 'r')",
    );
    assert!(is_listed());
    assert_eq!(restore(&scene, &ada).status, 200);
}
