use serde_json::{json, Value as Json};
use tallygate::{
    http::{Body, Request},
    rules::time::Span,
    testing::{refused, refused_with, Person, Scene, TestReply},
};

use super::{
    conversion::{convert, given, post},
    scene, FUNCTION,
};

fn back(scene: &Scene, person: &Person) -> TestReply {
    post(scene, "convert-back", person, &json!({}))
}

/// A refusal that must change nothing; the preview must give the same reason, and change nothing either.
fn refusal(scene: &Scene, person: &Person) -> (u16, Json) {
    let before = scene.everything();
    let previewed = post(scene, "convert-back-preview", person, &json!({}));
    let reply = back(scene, person);
    scene.assert_unchanged(&before);
    assert!(reply.status >= 400, "was not refused: {reply:?}");
    match previewed.status {
        200 => assert_eq!(
            (json!(false), json!({ "code": reply.body["code"], "message": reply.body["message"] })),
            (previewed.body["allowed"].clone(), previewed.body["reason"].clone())
        ),
        _ => assert_eq!(previewed.answer(), reply.answer()),
    }
    reply.answer()
}

/// Ada with the team that her personal organization has become, on a trial, and a new personal one.
fn converted(scene: &Scene) -> (Person, String, String) {
    let ada = scene.sign_up("ada");
    let reply = convert(scene, &ada, &json!({ "name": "Acme" }));
    assert_eq!(reply.status, 200, "{reply:?}");
    let id = |of: &str| reply.body[of]["id"].as_str().unwrap().to_string();
    (ada, id("organization"), id("personalOrganization"))
}

fn invite(scene: &Scene, organization: &str) {
    scene.execute(&format!(
        "INSERT INTO organization_invitations (organization_id, id, email, role, token_hash, status, invited_by, created_at, expires_at, request_id)
         VALUES ('{organization}', 'i1', 'bob@example.com', 'member', '{}', 'pending', 'ada', 1, 9007199254740991, 'r')",
        "a".repeat(64)
    ));
}

#[test]
fn a_team_of_one_becomes_personal_again_under_its_id() {
    // given: a team with an invitation and something that it has used
    let scene = scene();
    let (ada, team, personal) = converted(&scene);
    invite(&scene, &team);
    scene.execute(&format!(
        "INSERT INTO usage_counters (organization_id, feature, period_start, quantity) VALUES ('{team}', 'uploads', 0, 7);
         UPDATE organizations SET billing_email = 'ada@example.com', description = 'Mine', slug = 'ada-lovelace' WHERE id = '{personal}';
         UPDATE users SET current_organization_id = '{team}'"
    ));
    let had =
        scene.rows(&format!("SELECT plan_id, status FROM org_subscriptions WHERE organization_id = '{personal}'"));
    let before = scene.everything();
    // when: it is asked what would be
    let preview = post(&scene, "convert-back-preview", &ada, &json!({}));
    // then
    assert_eq!((preview.status, preview.batches, &preview.body["allowed"]), (200, 1, &json!(true)), "{preview:?}");
    assert_eq!(preview.body["plan"]["from"]["id"], "enterprise");
    assert_eq!(preview.body["plan"]["to"]["id"], had[0]["plan_id"]);
    assert_eq!(preview.body["revokedInvitations"], 1);
    assert_eq!(preview.body["archivedOrganization"]["id"], json!(personal));
    assert!(preview.body["lost"].is_object() && preview.body["seats"]["from"] == json!(10));
    scene.assert_unchanged(&before);

    // when
    let reply = back(&scene, &ada);
    // then
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let (now, status) = (scene.now().0, had[0]["status"].clone());
    assert_eq!(
        reply.body,
        json!({
            "success": true, "message": "Acme is your personal organization now.",
            "personalOrganization": {
                "id": team, "name": "Acme", "slug": reply.body["personalOrganization"]["slug"], "plan": had[0]["plan_id"], "status": status,
                "trialEndsAt": null,
            },
            "archivedOrganization": personal, "revokedInvitations": 1,
        })
    );
    assert_eq!(
        scene.rows(&format!(
            "SELECT id, kind, org_type, name, slug <> 'former_' || id AS is_found, personal_user_id AS of, archived_at, archived_by,
               billing_email, description
             FROM organizations WHERE id IN ('{team}', '{personal}') ORDER BY archived_at IS NULL"
        )),
        json!([
            { "id": personal, "kind": "team", "org_type": "other", "name": "Former workspace", "is_found": 0, "of": null, "archived_at": now, "archived_by": "ada", "billing_email": null, "description": null },
            { "id": team, "kind": "personal", "org_type": "personal", "name": "Acme", "is_found": 1, "of": "ada", "archived_at": null, "archived_by": null, "billing_email": null, "description": null },
        ])
    );
    assert_eq!(scene.rows("SELECT organization_id FROM organization_members"), json!([{ "organization_id": team }]));
    assert_eq!(scene.rows("SELECT status FROM organization_invitations"), json!([{ "status": "revoked" }]));
    assert_eq!(
        scene.rows("SELECT quantity FROM usage_counters"),
        json!([{ "quantity": 7 }]),
        "what it has used stays with it"
    );
    assert_eq!(
        scene.rows(&format!(
            "SELECT event_type, organization_id = '{team}' AS of_team FROM outbox WHERE created_at = {now} AND event_type LIKE 'organization.%'
             ORDER BY event_type, of_team"
        )),
        json!([
            { "event_type": "organization.archived", "of_team": 0 },
            { "event_type": "organization.converted", "of_team": 1 },
            { "event_type": "organization.converted", "of_team": 1 },
            { "event_type": "organization.created", "of_team": 0 },
        ])
    );
    // and again: it is personal, and may become a team anew, but without another trial
    let not_team = refused(409, "not_team", "This organization is personal already.");
    assert_eq!(refusal(&scene, &ada), not_team);
    assert_eq!(convert(&scene, &ada, &json!({})).status, 402);
}

#[test]
fn a_trial_of_ones_own_goes_on_to_its_end() {
    // given: ada has a personal organization on trial, and founds a team beside it
    let scene = scene();
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    let ends =
        scene.rows("SELECT trial_ends_at FROM org_subscriptions WHERE status = 'trialing'")[0]["trial_ends_at"].clone();
    scene.advance(Span::days(2));
    let reply = back(&scene, &ada);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(
        scene.rows("SELECT status, trial_ends_at FROM org_subscriptions WHERE organization_id = 'acme'"),
        json!([{ "status": "trialing", "trial_ends_at": ends }])
    );
}

#[test]
fn only_its_owner_who_is_alone_in_it() {
    let scene = scene();
    let (ada, team, _) = converted(&scene);
    let bob = scene.sign_up("bob");
    scene.member(&team, &bob, "member");
    assert_eq!(
        refusal(&scene, &ada),
        refused_with(
            409,
            "not_alone",
            "Others are in this team; a personal organization has one member.",
            json!({ "otherMembers": 1 })
        )
    );
    assert_eq!(refusal(&scene, &bob), refused(403, "forbidden", "Only an owner may do this."));
    scene.execute(&format!("DELETE FROM organization_members WHERE organization_id = '{team}' AND user_id = 'bob'"));
    assert_eq!(back(&scene, &ada).status, 200);
}

#[test]
fn what_is_paid_is_cancelled_first() {
    for (of_team, code) in [(true, "subscription_running"), (false, "personal_subscription_running")] {
        let scene = scene();
        let (ada, team, personal) = converted(&scene);
        scene.execute(&format!(
            "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
               amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
             VALUES ('{}', 'sub_1', 'si', 'price', 'active', 1, 'usd', 'month', 1, 2, 1, 1, 'r')",
            if of_team { team } else { personal }
        ));
        let (status, body) = refusal(&scene, &ada);
        assert_eq!((status, &body["code"]), (409, &json!(code)));
        scene.execute("UPDATE billing_subscriptions SET status = 'canceled'");
        assert_eq!(back(&scene, &ada).status, 200);
    }
}

#[test]
fn the_answer_has_the_plan_that_holds_for_the_person_whatever_the_operator_had_given_the_team() {
    let scene = scene();
    let (ada, team, personal) = converted(&scene);
    let had = scene.rows(&format!("SELECT plan_id FROM org_subscriptions WHERE organization_id = '{personal}'"));
    scene.execute("INSERT INTO plans (id, name, audience, position, seats, concurrent_sessions) VALUES ('crew', 'Crew', 'team', 50, 9, 9)");
    given(&scene, &team, "crew");
    assert_eq!(back(&scene, &ada).body["personalOrganization"]["plan"], had[0]["plan_id"]);
    assert_eq!(scene.rows(&format!("SELECT plan_id FROM entitlements WHERE organization_id = '{team}'")), had);
}

#[test]
fn what_somebody_got_by_a_move_stays_where_it_is() {
    let scene = scene();
    let (ada, team, _) = converted(&scene);
    scene.execute(&format!(
        "INSERT INTO moved_organizations (organization_id, plan_id, status, state, people, moved_at, request_id)
         VALUES ('{team}', 'enterprise', 'trialing', 'moved', 1, 1, 'r')"
    ));
    let message = "The people of this organization have plans of their own now; it ends with what is paid for.";
    assert_eq!(refusal(&scene, &ada), refused(409, "organization_moved", message));
    scene.execute("UPDATE moved_organizations SET state = 'rolled_back'");
    assert_eq!(back(&scene, &ada).status, 200);
}

#[test]
fn nobody_begins_a_period_anew_by_it() {
    let scene = scene();
    let (ada, _, personal) = converted(&scene);
    let now = scene.now().0;
    for (start, end) in [(0, "NULL".to_string()), (now - 1, (now + 1).to_string()), (now - 1, "NULL".to_string())] {
        scene.execute(&format!(
            "DELETE FROM usage_counters; INSERT INTO usage_counters (organization_id, feature, period_start, quantity, period_end)
             VALUES ('{personal}', 'uploads', {start}, 1, {end})"
        ));
        assert_eq!(refusal(&scene, &ada).1["code"], "personal_organization_in_use", "{start} {end}");
    }
    scene.execute(&format!("UPDATE usage_counters SET period_start = 1, period_end = {now}"));
    scene.execute(&format!(
        "INSERT INTO usage_reservations (organization_id, id, feature, event_type, weight, quantity, created_at, expires_at, request_id)
         VALUES ('{personal}', 'r', 'uploads', 'rate_sheet', 1, 5, 1, {now} + 1, 'r')"
    ));
    assert_eq!(refusal(&scene, &ada).1["code"], "personal_organization_in_use", "room is held");
    scene.execute(&format!("UPDATE usage_reservations SET expires_at = {now}"));
    assert_eq!(back(&scene, &ada).status, 200);
}

#[test]
fn what_gave_way_is_had_back_by_nobody_and_names_nobody() {
    let scene = scene();
    let (ada, _, personal) = converted(&scene);
    assert_eq!(back(&scene, &ada).status, 200);
    assert_eq!(
        scene.rows(&format!("SELECT user_id FROM organization_members WHERE organization_id = '{personal}'")),
        json!([])
    );
    assert_eq!(
        scene.rows("SELECT user_id, organization_id FROM former_members"),
        json!([{ "user_id": "ada", "organization_id": personal }])
    );
}

fn request(scene: &Scene, person: &Person, action: &str, body: &Json) -> Request {
    let headers = [
        ("Authorization".to_string(), format!("Bearer {}", scene.token(person))),
        ("Content-Type".to_string(), "application/json".to_string()),
    ];
    Request::new("POST", &format!("/{action}"), headers, Body::Bytes(body.to_string().into_bytes()))
}

#[test]
fn a_conversion_that_comes_again_does_not_take_back_that_it_was_undone_or_named_anew_since() {
    // given: the answer of the conversion is lost, and the team is personal again when it comes again
    let scene = scene();
    let ada = scene.sign_up("ada");
    let undone = || {
        let reply = back(&scene, &ada);
        assert_eq!(reply.status, 200, "{reply:?}");
    };
    scene.send_overtaken(&FUNCTION, &request(&scene, &ada, "convert", &json!({ "name": "Acme" })), &undone);
    assert_eq!(
        scene.rows("SELECT id, kind FROM organizations WHERE archived_at IS NULL"),
        json!([{ "id": ada.personal, "kind": "personal" }])
    );
    // and where it has another name by then
    let scene = super::scene();
    let ada = scene.sign_up("ada");
    let named = || scene.execute("UPDATE organizations SET name = 'Second' WHERE kind = 'team'");
    let reply = scene.send_overtaken(&FUNCTION, &request(&scene, &ada, "convert", &json!({ "name": "First" })), &named);
    assert_eq!((reply.status, &reply.body["organization"]["name"]), (200, &json!("Second")), "{reply:?}");
}

#[test]
fn a_way_back_that_comes_again_leaves_what_has_become_a_team_once_more() {
    let scene = scene();
    let (ada, team, _) = converted(&scene);
    let again = || {
        scene.execute("UPDATE users SET team_trial_started_at = NULL");
        let reply = convert(&scene, &ada, &json!({ "name": "Acme" }));
        assert_eq!(reply.status, 200, "{reply:?}");
        invite(&scene, &team);
    };
    scene.send_overtaken(&FUNCTION, &request(&scene, &ada, "convert-back", &json!({})), &again);
    // the team is one, with who was invited to it; and there is one personal organization
    assert_eq!(scene.rows("SELECT status FROM organization_invitations"), json!([{"status": "pending"}]));
    assert_eq!(
        scene.rows(
            "SELECT kind, COUNT(*) AS many FROM organizations WHERE archived_at IS NULL GROUP BY kind ORDER BY kind"
        ),
        json!([{"kind": "personal", "many": 1}, {"kind": "team", "many": 1}])
    );
}
