use serde_json::{json, Value as Json};
use tallygate::{
    http::{Body, Request},
    rules::{request_ids::Purpose, time::Span},
    testing::{invalid, refused, refused_with, Person, Scene, TestReply},
};

use super::{configured, scene, FUNCTION};

const VOIP: &str = include_str!("../../../../catalogs/voip.toml");

pub fn post(scene: &Scene, action: &str, person: &Person, body: &Json) -> TestReply {
    let headers = [
        ("Authorization".to_string(), format!("Bearer {}", scene.token(person))),
        ("Content-Type".to_string(), "application/json".to_string()),
    ];
    let body = Body::Bytes(body.to_string().into_bytes());
    scene.send(&FUNCTION, &Request::new("POST", &format!("/{action}"), headers, body))
}

pub fn convert(scene: &Scene, person: &Person, body: &Json) -> TestReply {
    post(scene, "convert", person, body)
}

/// A refusal that must change nothing; the preview must give the same reason, and change nothing either.
pub fn refusal(scene: &Scene, person: &Person, body: &Json) -> (u16, Json) {
    let before = scene.everything();
    let previewed = post(scene, "convert-preview", person, body);
    let reply = convert(scene, person, body);
    scene.assert_unchanged(&before);
    assert!(reply.status >= 400, "was not refused: {reply:?}");
    match previewed.status {
        200 => assert_eq!(
            (json!(false), json!({"code": reply.body["code"], "message": reply.body["message"]})),
            (previewed.body["allowed"].clone(), previewed.body["reason"].clone())
        ),
        _ => assert_eq!(previewed.answer(), reply.answer()),
    }
    reply.answer()
}

fn not_personal() -> (u16, Json) {
    refused(409, "not_personal", "This organization is a team already.")
}

fn unpaid(plan: &str, status: &str, sentence: &str) -> (u16, Json) {
    refused_with(
        402,
        "subscription_required",
        sentence,
        json!({"plan": plan, "status": status, "upgradeRequired": true}),
    )
}

fn never_paid() -> (u16, Json) {
    unpaid("Enterprise", "incomplete", "The Enterprise plan has not been paid for yet; complete the checkout to go on.")
}

#[test]
fn a_personal_organization_becomes_a_team_on_the_founders_trial() {
    // given
    let scene = scene();
    let ada = scene.sign_up("ada");
    scene.execute("INSERT INTO usage_counters (organization_id, feature, period_start, quantity) SELECT id, 'uploads', 0, 7 FROM organizations");
    scene.advance(Span::days(2));
    let upcoming = scene.upcoming();
    let new = upcoming.id(Purpose::Organization);
    // when
    let reply = convert(&scene, &ada, &json!({"name": " Acme Telecom ", "slug": "acme"}));
    // then
    let (now, day) = (scene.now().0, Span::days(1).0);
    let body = json!({
        "success": true,
        "message": "Acme Telecom is a team now.",
        "organization": {
            "id": ada.personal, "name": "Acme Telecom", "slug": "acme", "role": "owner", "isAdmin": true,
            "seatLimit": 10, "currentSeats": 1, "plan": "enterprise", "status": "trialing",
            "trialEndsAt": "2026-03-26T12:00:00.000Z",
        },
        "personalOrganization": {
            "id": new, "name": "ada's Workspace", "plan": "starter", "status": "incomplete",
        },
    });
    assert_eq!((reply.answer(), reply.batches), ((200, body), 1));
    assert_eq!(
        scene.rows("SELECT id, kind, org_type, name, slug, personal_user_id, founded_by FROM organizations ORDER BY created_at"),
        json!([
            {"id": ada.personal, "kind": "team", "org_type": "business", "name": "Acme Telecom", "slug": "acme",
             "personal_user_id": null, "founded_by": "ada"},
            {"id": new, "kind": "personal", "org_type": "personal", "name": "ada's Workspace", "slug": "personal-ada",
             "personal_user_id": "ada", "founded_by": "ada"},
        ])
    );
    let row = "SELECT organization_id, plan_id, status, current_period_start, current_period_end, trial_ends_at
               FROM org_subscriptions ORDER BY plan_id";
    assert_eq!(
        scene.rows(row),
        json!([
            {"organization_id": ada.personal, "plan_id": "enterprise", "status": "trialing", "current_period_start": now,
             "current_period_end": now + 14 * day, "trial_ends_at": now + 14 * day},
            {"organization_id": new, "plan_id": "starter", "status": "incomplete", "current_period_start": now,
             "current_period_end": tallygate::testing::at("2026-04-12T12:00:00.000Z").0, "trial_ends_at": null},
        ])
    );
    assert_eq!(
        scene.rows("SELECT organization_id, role FROM organization_members ORDER BY joined_at"),
        json!([{"organization_id": ada.personal, "role": "owner"}, {"organization_id": new, "role": "owner"}])
    );
    assert_eq!(
        scene.rows("SELECT current_organization_id, team_trial_started_at FROM users"),
        json!([{"current_organization_id": ada.personal, "team_trial_started_at": now}])
    );
    assert_eq!(
        scene.rows("SELECT organization_id, quantity FROM usage_counters"),
        json!([{"organization_id": ada.personal, "quantity": 7}])
    );
    let details = "{\"from\":\"starter\",\"to\":\"enterprise\"}";
    let mut audit = scene.audit();
    audit.as_array_mut().unwrap().sort_by_key(|row| row["action"].to_string());
    assert_eq!(
        audit,
        json!([
            {"organization": ada.personal, "actor": "ada", "action": "organization.converted", "target": ada.personal, "details": details},
            {"organization": new, "actor": "ada", "action": "organization.created", "target": new, "details": "{}"},
        ])
    );
    let mut outbox = scene.outbox();
    outbox.as_array_mut().unwrap().sort_by_key(|row| row["event"].to_string());
    assert_eq!(
        outbox,
        json!([
            {"organization": ada.personal, "event": "organization.converted", "target": ada.personal},
            {"organization": new, "event": "organization.created", "target": new},
        ])
    );
    // and it is a team from now on, and cannot become one again
    assert_eq!(refusal(&scene, &ada, &json!({})), not_personal());
    // and the new personal organization cannot either: the trial was had
    assert_eq!(refusal(&scene, &ada, &json!({"organizationId": new})), never_paid());
}

#[test]
fn name_and_slug_are_kept_unless_others_are_asked_for() {
    let scene = scene();
    let ada = scene.sign_up("ada");
    let reply = convert(&scene, &ada, &json!({"slug": "personal-ada"}));
    assert_eq!((reply.status, reply.body["organization"]["name"].clone()), (200, json!("ada's Workspace")));
    assert_eq!(reply.body["organization"]["slug"], "personal-ada");
    let slug = scene.rows("SELECT slug FROM organizations WHERE kind = 'personal'")[0]["slug"].to_string();
    assert!(slug.starts_with("\"personal-ada-"), "{slug}");
}

#[test]
fn a_preview_says_what_will_change() {
    let scene = scene();
    let ada = scene.sign_up("ada");
    let before = scene.everything();
    let reply = post(&scene, "convert-preview", &ada, &json!({"name": "Acme", "slug": "acme"}));
    let body = json!({
        "success": true,
        "message": "This becomes a team on the Enterprise plan.",
        "allowed": true,
        "reason": null,
        "organization": {"id": ada.personal, "name": "Acme", "slug": "acme"},
        "plan": {"from": {"id": "starter", "name": "Starter"}, "to": {"id": "enterprise", "name": "Enterprise"}},
        "status": "trialing",
        "trialEndsAt": "2026-03-24T12:00:00.000Z",
        "interval": "month",
        "priceCents": 49900,
        "currency": "usd",
        "proration": null,
        "dueNowCents": 0,
        "seats": {"from": 1, "to": 10},
        "gained": {
            "features": [],
            "limits": [
                {"feature": "seats", "from": 1, "to": 10},
                {"feature": "concurrent_sessions", "from": 1, "to": -1},
                {"feature": "uploads", "from": 100, "to": -1},
            ],
        },
        "lost": {"plan": "Enterprise", "features": [], "limits": [], "seats": null, "usage": []},
        "personalOrganization": {"name": "ada's Workspace", "plan": "starter", "status": "incomplete"},
    });
    assert_eq!((reply.answer(), reply.batches), ((200, body), 1));
    scene.assert_unchanged(&before);
}

#[test]
fn whoever_had_the_trial_pays_first() {
    let scene = scene();
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE users SET team_trial_started_at = 1");
    assert_eq!(refusal(&scene, &ada, &json!({})), never_paid());
    assert_eq!(refusal(&scene, &ada, &json!({"plan": "enterprise"})), never_paid());
}

#[test]
fn a_plan_must_be_one_for_teams() {
    let scene = scene();
    let ada = scene.sign_up("ada");
    for plan in ["starter", "professional", "nothing"] {
        assert_eq!(
            refusal(&scene, &ada, &json!({"plan": plan})),
            invalid("plan", "must be a plan for teams: enterprise")
        );
    }
    scene.execute("UPDATE plans SET retired = 1 WHERE id = 'enterprise'");
    let none = invalid("plan", "cannot be chosen: the catalog has none for teams");
    assert_eq!(refusal(&scene, &ada, &json!({})), none);
    assert_eq!(refusal(&scene, &ada, &json!({"plan": "enterprise"})), none);
    let scene = configured(Scene::with_changed_catalog("starts = \"team\"", ""));
    let ada = scene.sign_up("ada");
    assert_eq!(refusal(&scene, &ada, &json!({})), invalid("plan", "is required; it must be one of: enterprise"));
    assert_eq!(refusal(&scene, &ada, &json!({"plan": "enterprise"})), never_paid());
}

#[test]
fn a_slug_that_is_taken_is_refused() {
    let scene = scene();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let taken = refused(409, "slug_taken", "This slug is already taken; choose another one.");
    assert_eq!(refusal(&scene, &ada, &json!({"slug": "personal-bob"})), taken);
    scene.execute(&format!("UPDATE organizations SET slug = 'free' WHERE id = '{}'", bob.personal));
    assert_eq!(convert(&scene, &ada, &json!({"slug": "personal-bob"})).status, 200);
}

#[test]
fn another_tenants_organization_is_not_there() {
    let scene = scene();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let theirs = scene.team("theirs", &bob);
    for id in [bob.personal.as_str(), &theirs, "nothing"] {
        let expected = refused(404, "organization_not_found", "There is no such organization for you.");
        assert_eq!(refusal(&scene, &ada, &json!({"organizationId": id})), expected, "{id}");
    }
}

#[test]
fn a_member_of_a_team_converts_only_what_is_their_own() {
    let scene = scene();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let team = scene.team("team", &bob);
    for role in ["viewer", "member", "admin", "owner"] {
        scene.execute("DELETE FROM organization_members WHERE user_id = 'ada' AND organization_id = 'team'");
        scene.member(&team, &ada, role);
        assert_eq!(refusal(&scene, &ada, &json!({})), not_personal(), "{role}");
    }
    let reply = convert(&scene, &ada, &json!({"organizationId": ada.personal}));
    assert_eq!((reply.status, reply.body["organization"]["id"].clone()), (200, json!(ada.personal)));
    assert_eq!(scene.rows("SELECT current_organization_id AS id FROM users WHERE id = 'ada'"), json!([{"id": team}]));
}

#[test]
fn a_free_team_plan_is_active_at_once() {
    // given: a further team plan that costs nothing, and an individual one
    let more = "
[[plans]]
id = \"club\"
name = \"Club\"
audience = \"team\"
price_month_cents = 0
seats = -1
concurrent_sessions = 1
";
    let scene = configured(Scene::with_catalog(&format!("{VOIP}{more}")));
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE users SET team_trial_started_at = 1");
    // when
    let reply = convert(&scene, &ada, &json!({"plan": "club"}));
    // then
    let organization = &reply.body["organization"];
    assert_eq!(
        (
            reply.status,
            organization["status"].clone(),
            organization["trialEndsAt"].clone(),
            organization["seatLimit"].clone()
        ),
        (200, json!("active"), json!(null), json!(-1))
    );
    assert_eq!(scene.rows("SELECT team_trial_started_at AS at FROM users"), json!([{"at": 1}]));
    // It is no trial that fell back.
    let actions = scene.rows("SELECT action FROM audit_events WHERE action LIKE 'subscription%'");
    assert_eq!(actions, json!([]));
}

#[test]
fn a_plan_that_is_free_as_a_trial_is_paid_by_whoever_had_it() {
    // given
    let scene = configured(Scene::with_catalog(include_str!("../../../../catalogs/voice-training.toml")));
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE users SET team_trial_started_at = 1");
    let unpaid = unpaid(
        "Team trial",
        "incomplete",
        "The Team trial plan has not been paid for yet; complete the checkout to go on.",
    );
    // when, then
    assert_eq!(refusal(&scene, &ada, &json!({})), unpaid);
    assert_eq!(refusal(&scene, &ada, &json!({"plan": "trial"})), unpaid);
    // and it is a trial for whoever had none
    scene.execute("UPDATE users SET team_trial_started_at = NULL");
    assert_eq!(convert(&scene, &ada, &json!({})).body["organization"]["status"], "trialing");
}

#[test]
fn a_plan_for_everybody_is_kept_with_its_state() {
    // given
    let any = VOIP.replacen("audience = \"individual\"", "audience = \"any\"", 1);
    let scene = configured(Scene::with_catalog(&any));
    let ada = scene.sign_up("ada");
    let before = scene.rows("SELECT * FROM org_subscriptions");
    scene.advance(Span::days(1));
    // when
    let reply = convert(&scene, &ada, &json!({}));
    // then
    assert_eq!(reply.body["organization"]["plan"], "starter");
    let after = scene.rows(&format!("SELECT * FROM org_subscriptions WHERE organization_id = '{}'", ada.personal));
    assert_eq!(after, before);
    assert_eq!(scene.rows("SELECT team_trial_started_at AS at FROM users"), json!([{"at": null}]));
}

/// Another plan that the operator has given, which the next request carries to the subscription.
pub fn given(scene: &Scene, organization: &str, plan: &str) {
    let now = scene.now().0;
    scene.execute(&format!(
        "INSERT INTO plan_overrides (organization_id, kind, feature, ends_at, id, plan_id, reason, starts_at, request_id)
         VALUES ('{organization}', 'plan', '', {}, 'given', '{plan}', 'a pilot', {now}, 'r');
         UPDATE org_subscriptions SET override_ends_at = {now} WHERE organization_id = '{organization}'",
        now + Span::days(30).0
    ));
}

#[test]
fn the_answer_has_the_plan_that_holds_for_the_team_whatever_the_operator_had_given_the_individual() {
    for (audience, plan, seats) in [("individual", "enterprise", 10), ("any", "professional", 1)] {
        let scene = scene();
        let ada = scene.sign_up("ada");
        scene.execute(&format!("UPDATE plans SET audience = '{audience}' WHERE id = 'professional'"));
        given(&scene, &ada.personal, "professional");
        let reply = convert(&scene, &ada, &json!({}));
        let team = &reply.body["organization"];
        assert_eq!((&team["plan"], &team["seatLimit"]), (&json!(plan), &json!(seats)), "{reply:?}");
        let held =
            scene.rows(&format!("SELECT plan_id, seats FROM entitlements WHERE organization_id = '{}'", ada.personal));
        assert_eq!(held, json!([{"plan_id": plan, "seats": seats}]), "{audience}");
    }
}

#[test]
fn a_plan_for_everybody_that_has_ended_is_paid_first() {
    let any = VOIP.replacen("audience = \"individual\"", "audience = \"any\"", 1);
    let scene = configured(Scene::with_catalog(&any));
    let ada = scene.sign_up("ada");
    scene.advance(Span::days(8));
    let sentence = "The trial of the Starter plan has ended; choose a plan to go on.";
    assert_eq!(refusal(&scene, &ada, &json!({})), unpaid("Starter", "trialing", sentence));
    // and another plan is had all the same
    assert_eq!(convert(&scene, &ada, &json!({"plan": "enterprise"})).status, 200);
}

#[test]
fn an_individual_trial_that_has_ended_does_not_stand_in_the_way() {
    let scene = scene();
    let ada = scene.sign_up("ada");
    scene.advance(Span::days(8));
    assert_eq!(convert(&scene, &ada, &json!({})).body["organization"]["status"], "trialing");
}

#[test]
fn a_first_request_converts_too() {
    let scene = scene();
    let reply = convert(&scene, &Person::named("ada"), &json!({"name": "Acme"}));
    assert_eq!((reply.status, reply.batches), (200, 3));
    assert_eq!(
        scene.rows("SELECT kind, name FROM organizations ORDER BY kind"),
        json!([{"kind": "personal", "name": "ada's Workspace"}, {"kind": "team", "name": "Acme"}])
    );
}

#[test]
fn fields_that_are_none_are_named() {
    let scene = scene();
    let ada = scene.sign_up("ada");
    for (field, value, problem) in [
        ("name", json!("x"), "must be 2 to 100 characters long, without addresses or direction marks"),
        ("slug", json!("A"), "must be 3 to 48 of a–z, 0–9 and single inner hyphens, and no reserved word"),
        ("interval", json!("week"), "must be `month` or `year`"),
        ("plan", json!(""), "must be an id of 1 to 255 visible characters"),
        ("organizationId", json!(7), "must be a text"),
    ] {
        assert_eq!(refusal(&scene, &ada, &json!({field: value})), invalid(field, problem));
    }
}
