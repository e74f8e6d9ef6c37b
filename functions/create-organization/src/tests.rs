//! A team with its first owner: on a trial once, else waiting for its checkout.

mod fields;
mod plan;

use serde_json::{json, Value as Json};
use tallygate::{
    rules::{request_ids::Purpose, time::Span},
    testing::{refused, Person, Scene, BEGIN},
};

use crate::FUNCTION;

fn current_organization(scene: &Scene, person: &Person) -> String {
    let rows = scene.rows(&format!("SELECT current_organization_id AS id FROM users WHERE id = '{}'", person.id));
    rows[0]["id"].as_str().unwrap().to_string()
}

#[test]
fn the_first_team_starts_on_its_trial_and_is_the_current_one() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let upcoming = scene.upcoming();
    let id = upcoming.id(Purpose::Organization);
    // when
    let reply = scene.call(&FUNCTION, &ada, json!({"name": "  Acme Telecom, Inc. "}));
    // then
    assert_eq!(
        reply.answer(),
        (
            201,
            json!({
                "success": true,
                "message": "Acme Telecom, Inc. was created.",
                "organization": {
                    "id": id,
                    "name": "Acme Telecom, Inc.",
                    "slug": "acme-telecom-inc",
                    "seatLimit": 10,
                    "billingEmail": "ada@example.com",
                    "createdAt": BEGIN,
                    "role": "owner",
                    "isAdmin": true,
                    "currentSeats": 1,
                    "plan": "enterprise",
                    "status": "trialing",
                    "trialEndsAt": "2026-03-24T12:00:00.000Z",
                },
            })
        )
    );
    assert_eq!(reply.batches, 1);
    assert_eq!(
        scene.rows("SELECT * FROM organizations WHERE kind = 'team'"),
        json!([{
            "id": id,
            "kind": "team",
            "org_type": "business",
            "name": "Acme Telecom, Inc.",
            "slug": "acme-telecom-inc",
            "billing_email": "ada@example.com",
            "external_id": null,
            "personal_user_id": null,
            "founded_by": "ada",
            "archived_at": null,
            "archived_by": null, "refused_keys": 0, "refused_keys_day": null, "avatar_url": null, "description": null, "settings": null,
            "created_at": scene.now().0,
        }])
    );
    let trial_end = scene.now().0 + Span::days(14).0;
    assert_eq!(
        scene.rows(&format!("SELECT * FROM org_subscriptions WHERE organization_id = '{id}'")),
        json!([{
            "organization_id": id,
            "plan_id": "enterprise",
            "status": "trialing",
            "current_period_start": scene.now().0,
            "current_period_end": trial_end,
            "trial_ends_at": trial_end,
            "trial_told_end": null,
            "past_due_since": null,
            "billing_interval": "month",
            "stripe_subscription_id": null,
            "cancel_at": null,
            "pending_plan_id": null,
            "moved_from_plan_id": null,
            "override_plan_id": null,
            "override_seats": null,
            "override_sessions": null,
            "override_ends_at": null,
            "pending_interval": null,
            "moved_from_plan_id": null,
            "pending_at": null,
            "trial_told_end": null,
            "updated_at": scene.now().0,
            "request_id": null,
        }])
    );
    assert_eq!(
        scene.rows(&format!(
            "SELECT user_id, role, joined_at, request_id FROM organization_members WHERE organization_id = '{id}'"
        )),
        json!([{"user_id": "ada", "role": "owner", "joined_at": scene.now().0, "request_id": upcoming.request_id()}])
    );
    assert_eq!(
        scene.rows("SELECT current_organization_id, team_trial_started_at FROM users"),
        json!([{"current_organization_id": id, "team_trial_started_at": scene.now().0}])
    );
    assert_eq!(
        scene.audit(),
        json!([{"organization": id, "actor": "ada", "action": "organization.created", "target": id, "details": "{}"}])
    );
    assert_eq!(scene.outbox(), json!([{"organization": id, "event": "organization.created", "target": id}]));
}

#[test]
fn the_second_team_waits_for_its_checkout_and_is_not_the_current_one() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let first = scene.call(&FUNCTION, &ada, json!({"name": "First"})).body["organization"]["id"].clone();
    scene.advance(Span::days(400));
    // when
    let reply = scene.call(&FUNCTION, &ada, json!({"name": "Second", "plan": "enterprise"}));
    // then
    assert_eq!(reply.status, 201);
    assert_eq!(reply.body["message"], "Second was created and waits for its checkout.");
    let organization = &reply.body["organization"];
    assert_eq!(
        (organization["status"].clone(), organization["trialEndsAt"].clone()),
        (json!("incomplete"), json!(null))
    );
    assert_eq!(json!(current_organization(&scene, &ada)), first);
    let month_later = tallygate::testing::at("2027-05-14T12:00:00.000Z").0;
    assert_eq!(
        scene.rows(
            "SELECT status, trial_ends_at, current_period_end FROM org_subscriptions WHERE status = 'incomplete'"
        ),
        json!([{"status": "incomplete", "trial_ends_at": null, "current_period_end": month_later}])
    );
    assert_eq!(
        scene.rows("SELECT team_trial_started_at FROM users"),
        json!([{"team_trial_started_at": tallygate::testing::at(BEGIN).0}])
    );
}

#[test]
fn a_team_that_was_given_away_does_not_bring_the_trial_back() {
    // given
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let reply = scene.call(&FUNCTION, &ada, json!({"name": "First"}));
    let id = reply.body["organization"]["id"].as_str().unwrap().to_string();
    scene.member(&id, &bob, "owner");
    scene.execute(&format!("DELETE FROM organization_members WHERE organization_id = '{id}' AND user_id = 'ada'"));
    // when, then: the founder had theirs, and the new owner has still one of their own
    assert_eq!(scene.call(&FUNCTION, &ada, json!({"name": "Second"})).body["organization"]["status"], "incomplete");
    assert_eq!(scene.call(&FUNCTION, &bob, json!({"name": "Third"})).body["organization"]["status"], "trialing");
}

#[test]
fn a_founder_without_an_address_leaves_the_billing_address_open() {
    let scene = Scene::new();
    let ada = scene.first_touch(Person::named("ada").with("email", Json::Null));
    let reply = scene.call(&FUNCTION, &ada, json!({"name": "Acme"}));
    assert_eq!(reply.body["organization"]["billingEmail"], json!(null));
}

#[test]
fn a_first_request_founds_a_team_too_and_only_one() {
    // given: nobody knows ada yet
    let scene = Scene::new();
    // when
    let reply = scene.call(&FUNCTION, &Person::named("ada"), json!({"name": "Acme"}));
    // then: the batch, the sign-up, the batch again
    assert_eq!((reply.status, reply.batches), (201, 3));
    let kinds = scene.rows("SELECT kind FROM organizations ORDER BY kind");
    assert_eq!(kinds, json!([{"kind": "personal"}, {"kind": "team"}]));
}

#[test]
fn a_disabled_account_founds_nothing() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE users SET banned_at = 1");
    assert_eq!(
        scene.refusal(&FUNCTION, &ada, json!({"name": "Acme"})),
        refused(403, "account_disabled", "This account is no longer active.")
    );
}

#[test]
fn a_founder_who_has_handed_it_on_and_left_is_no_owner_again_where_the_request_comes_again() {
    let scene = Scene::new();
    let [ada, bob] = ["ada", "bob"].map(|id| scene.sign_up(id));
    let id = scene.upcoming().id(Purpose::Organization);
    let meanwhile = || {
        scene.member(&id, &bob, "owner");
        scene.execute(&format!(
            "DELETE FROM organization_members WHERE organization_id = '{id}' AND user_id = 'ada';
             UPDATE users SET current_organization_id = '{}' WHERE id = 'ada'",
            ada.personal
        ));
    };
    let request = scene.post(Some(&ada), &[], json!({"name": "Acme"}).to_string().into_bytes());
    scene.send_overtaken(&FUNCTION, &request, &meanwhile);
    assert_eq!(
        scene.rows(&format!("SELECT user_id FROM organization_members WHERE organization_id = '{id}'")),
        json!([{"user_id": "bob"}])
    );
    assert_eq!(current_organization(&scene, &ada), ada.personal);
}
