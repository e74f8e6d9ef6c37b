//! A team with its first owner: on a trial once, else waiting for its checkout.

use serde_json::{json, Value as Json};
use tallygate::{
    rules::{fresh::Purpose, time::Span},
    testing::{invalid, refused, refused_with, Person, Scene, BEGIN},
};

use crate::FUNCTION;

const VOIP: &str = include_str!("../../../catalogs/voip.toml");

fn only_enterprise() -> (u16, Json) {
    invalid("plan", "must be a plan for teams: enterprise")
}

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
            "past_due_since": null,
            "updated_at": scene.now().0,
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
    assert_eq!(
        scene.outbox(),
        json!([{"organization": id, "event": "organization.created", "target": id, "payload": "{}"}])
    );
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
fn a_slug_that_was_asked_for_is_refused_where_it_is_taken() {
    // given
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    assert_eq!(
        scene.call(&FUNCTION, &ada, json!({"name": "One", "slug": "acme"})).body["organization"]["slug"],
        "acme"
    );
    // when, then: it neither makes a team nor uses up the trial
    assert_eq!(
        scene.refusal(&FUNCTION, &bob, json!({"name": "Two", "slug": "acme"})),
        refused(409, "slug_taken", "This slug is already taken; choose another one.")
    );
    assert_eq!(
        scene.refusal(&FUNCTION, &bob, json!({"name": "Two", "slug": "personal-ada"})),
        refused(409, "slug_taken", "This slug is already taken; choose another one.")
    );
    let reply = scene.call(&FUNCTION, &bob, json!({"name": "Two", "slug": "acme-2"}));
    assert_eq!(reply.body["organization"]["status"], "trialing");
}

#[test]
fn a_slug_from_the_name_is_made_unique() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let mut slugs = Vec::new();
    for _ in 0..3 {
        let id = scene.upcoming().id(Purpose::Organization);
        let reply = scene.call(&FUNCTION, &ada, json!({"name": "Acme"}));
        let slug = reply.body["organization"]["slug"].as_str().unwrap().to_string();
        let suffix = &id[id.len() - 6..];
        assert!(slug == "acme" || slug == format!("acme-{suffix}"), "{slug}");
        slugs.push(slug);
    }
    slugs.dedup();
    assert_eq!((slugs.len(), slugs[0].as_str()), (3, "acme"));
}

#[test]
fn everything_may_be_chosen() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for (number, org_type) in ["business", "family", "education", "other"].into_iter().enumerate() {
        let slug = format!("team-{number}");
        // when
        let reply = scene.call(
            &FUNCTION,
            &ada,
            json!({
                "name": "Über & Söhne",
                "slug": slug,
                "orgType": org_type,
                "billingEmail": "Billing@Example.COM",
                "plan": "enterprise",
                "somethingElse": true,
            }),
        );
        // then
        assert_eq!(reply.status, 201);
        assert_eq!(reply.body["organization"]["billingEmail"], "billing@example.com");
        assert_eq!(
            scene.rows(&format!("SELECT name, org_type FROM organizations WHERE slug = '{slug}'")),
            json!([{"name": "Über & Söhne", "org_type": org_type}])
        );
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_field() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let refusal = |field: &str, value: Json| {
        let mut body = json!({"name": "Acme"});
        body[field] = value;
        scene.refusal(&FUNCTION, &ada, body)
    };
    assert_eq!(refusal("name", Json::Null), invalid("name", "is required"));
    for name in ["", " a ", &"x".repeat(101)] {
        assert_eq!(refusal("name", json!(name)), invalid("name", "must be 2 to 100 characters long"));
    }
    assert_eq!(refusal("name", json!("x".repeat(10_000))), invalid("name", "is too long"));
    assert_eq!(refusal("name", json!("a\u{0}b")), invalid("name", "must not contain control characters"));
    assert_eq!(refusal("name", json!(["Acme"])), invalid("name", "must be a text"));
    for slug in ["ab", "Acme", "a--b", "-ab", &"a".repeat(49)] {
        let expected = invalid("slug", "must be 3 to 48 of a–z, 0–9 and single inner hyphens");
        assert_eq!(refusal("slug", json!(slug)), expected);
    }
    for org_type in ["personal", "Business", "club"] {
        let expected = invalid("orgType", "must be one of: business, family, education, other");
        assert_eq!(refusal("orgType", json!(org_type)), expected);
    }
    assert_eq!(refusal("billingEmail", json!("nobody")), invalid("billingEmail", "must be an e-mail address"));
    assert_eq!(
        refusal("action", json!("delete")),
        refused_with(
            400,
            "unknown_action",
            "The action must be one of: create.",
            json!({"field": "action", "actions": ["create"]})
        )
    );
}

#[test]
fn a_plan_must_be_one_for_teams_that_is_still_offered() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for plan in ["starter", "professional", "nothing"] {
        assert_eq!(scene.refusal(&FUNCTION, &ada, json!({"name": "Acme", "plan": plan})), only_enterprise());
    }
    // The plan is told before the slug.
    let body = json!({"name": "Acme", "plan": "starter", "slug": "personal-ada"});
    assert_eq!(scene.refusal(&FUNCTION, &ada, body), only_enterprise());
    // and a retired plan is not offered, nor is there any other
    scene.execute("UPDATE plans SET retired = 1 WHERE id = 'enterprise'");
    assert_eq!(
        scene.refusal(&FUNCTION, &ada, json!({"name": "Acme", "plan": "enterprise"})),
        invalid("plan", "must be a plan for teams: ")
    );
    assert_eq!(
        scene.refusal(&FUNCTION, &ada, json!({"name": "Acme"})),
        invalid("plan", "cannot be chosen: the catalog has none for teams")
    );
}

#[test]
fn a_team_plan_nobody_starts_on_gives_no_trial_and_nobody_a_paid_plan_for_nothing() {
    // given: a second team plan, and a third that costs nothing
    let more = "
[[plans]]
id = \"family\"
name = \"Family\"
audience = \"any\"
price_month_cents = 500
seats = 5
concurrent_sessions = 2
trial_days = 30

[[plans]]
id = \"club\"
name = \"Club\"
audience = \"team\"
price_month_cents = 0
seats = -1
concurrent_sessions = 1
";
    let scene = Scene::with_catalog(&format!("{VOIP}{more}"));
    let ada = scene.sign_up("ada");
    // when, then
    let family = scene.call(&FUNCTION, &ada, json!({"name": "Family", "plan": "family"})).body;
    assert_eq!(
        (family["organization"]["status"].clone(), family["organization"]["seatLimit"].clone()),
        (json!("incomplete"), json!(5))
    );
    assert_eq!(current_organization(&scene, &ada), ada.personal);
    let club = scene.call(&FUNCTION, &ada, json!({"name": "Club", "plan": "club"})).body;
    assert_eq!(
        (club["organization"]["status"].clone(), club["organization"]["seatLimit"].clone()),
        (json!("active"), json!(-1))
    );
    assert_eq!(json!(current_organization(&scene, &ada)), club["organization"]["id"]);
    assert_eq!(scene.rows("SELECT team_trial_started_at FROM users"), json!([{"team_trial_started_at": null}]));
    // and the trial is still to be had
    assert_eq!(scene.call(&FUNCTION, &ada, json!({"name": "Acme"})).body["organization"]["status"], "trialing");
}

#[test]
fn a_start_without_trial_waits_for_its_checkout() {
    let scene = Scene::with_changed_catalog("trial_days = 14", "");
    let ada = scene.sign_up("ada");
    let reply = scene.call(&FUNCTION, &ada, json!({"name": "Acme"}));
    assert_eq!(reply.body["organization"]["status"], "incomplete");
    assert_eq!(current_organization(&scene, &ada), ada.personal);
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
