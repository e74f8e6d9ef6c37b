//! A verified caller whom nobody knows: the first request makes them a user, with one of everything.

use std::cell::Cell;

use serde_json::{json, Value as Json};
use tallygate::{
    rules::{request_ids::Purpose, time::Span},
    store::{Answer, Batch, Store, StoreError},
    testing::{at, refused, Person, Scene, TOUCH},
};

const VOIP: &str = include_str!("../../catalogs/voip.toml");

/// What is there of each table that a first touch writes.
fn amounts(scene: &Scene) -> Json {
    scene.rows(
        "SELECT (SELECT COUNT(*) FROM users) AS users,
           (SELECT COUNT(*) FROM organizations) AS organizations,
           (SELECT COUNT(*) FROM organization_members) AS members,
           (SELECT COUNT(*) FROM org_subscriptions) AS subscriptions,
           (SELECT COUNT(*) FROM audit_events) AS audit,
           (SELECT COUNT(*) FROM outbox) AS outbox",
    )
}

fn one_of_everything() -> Json {
    json!([{"users": 1, "organizations": 1, "members": 1, "subscriptions": 1, "audit": 1, "outbox": 1}])
}

#[test]
fn the_first_request_makes_one_of_everything() {
    // given
    let scene = Scene::new();
    let upcoming = scene.upcoming();
    let organization = upcoming.id(Purpose::PersonalOrganization);
    let ada = Person::named("ada").with("user_metadata", json!({"full_name": "Ada Lovelace"}));
    // when
    let reply = scene.call(&TOUCH, &ada, json!({}));
    // then: the batch, the sign-up, the batch again
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "Touched.",
                "userId": "ada",
                "name": "Ada Lovelace",
                "organizationId": organization,
                "role": "owner",
            })
        )
    );
    assert_eq!(reply.batches, 3);
    let (now, request) = (scene.now().0, upcoming.request_id());
    assert_eq!(
        scene.rows("SELECT * FROM users"),
        json!([{
            "id": "ada",
            "email": "ada@example.com",
            "email_verified": 1,
            "email_updated_at": now,
            "email_said_at": 0,
            "concluded_email": null,
            "concluded_verified": null,
            "concluded_at": null,
            "name": "Ada Lovelace",
            "profile_updated_at": 0,
            "username": null,
            "onboarding_completed_at": null,
            "account_type": "user",
            "current_organization_id": organization,
            "team_trial_started_at": null,
            "banned_at": null,
            "banned_by": null,
            "deleted_at": null,
            "created_at": now,
            "request_id": request,
            "recent_requests": "",
        }])
    );
    assert_eq!(
        scene.rows("SELECT * FROM organizations"),
        json!([{
            "id": organization,
            "kind": "personal",
            "org_type": "personal",
            "name": "Ada's Workspace",
            "slug": "personal-ada",
            "billing_email": null,
            "external_id": null,
            "personal_user_id": "ada",
            "founded_by": "ada",
            "archived_at": null,
            "archived_by": null, "refused_keys": 0, "refused_keys_day": null, "avatar_url": null, "description": null, "settings": null,
            "created_at": now,
        }])
    );
    assert_eq!(
        scene.rows("SELECT * FROM organization_members"),
        json!([{
            "organization_id": organization,
            "user_id": "ada",
            "role": "owner",
            "joined_at": now,
            "request_id": request,
        }])
    );
    let trial_end = now + Span::days(7).0;
    assert_eq!(
        scene.rows("SELECT * FROM org_subscriptions"),
        json!([{
            "organization_id": organization,
            "plan_id": "starter",
            "status": "trialing",
            "current_period_start": now,
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
            "updated_at": now,
            "request_id": null,
        }])
    );
    assert_eq!(
        scene.rows("SELECT * FROM audit_events"),
        json!([{
            "organization_id": organization,
            "id": upcoming.id(Purpose::SignUpAuditEvent),
            "actor_id": "ada",
            "action": "user.registered",
            "target_id": "ada",
            "details": "{}",
            "request_id": request,
            "created_at": now,
        }])
    );
    assert_eq!(
        scene.rows("SELECT id, organization_id, event_type, target_id, created_at FROM outbox"),
        json!([{
            "id": upcoming.id(Purpose::SignUpOutboxEvent),
            "organization_id": organization,
            "event_type": "user.registered",
            "target_id": "ada",
            "created_at": now,
        }])
    );
}

#[test]
fn the_second_request_is_one_batch_and_makes_nothing() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let before = scene.everything();
    assert_eq!(scene.call(&TOUCH, &ada, json!({})).batches, 1);
    scene.assert_unchanged(&before);
    assert_eq!(amounts(&scene), one_of_everything());
}

/// A store in which another request of the same person is quicker: it comes between two batches.
struct Overtaken<'a> {
    scene: &'a Scene,
    person: &'a Person,
    batches: Cell<u32>,
}

impl Store for Overtaken<'_> {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        self.batches.set(self.batches.get() + 1);
        if self.batches.get() == 2 {
            assert_eq!(self.scene.call(&TOUCH, self.person, json!({})).status, 200);
        }
        self.scene.store().batch(batch).await
    }
}

#[test]
fn of_two_first_requests_at_once_one_makes_everything() {
    // given
    let scene = Scene::new();
    let ada = Person::named("ada");
    let store = Overtaken { scene: &scene, person: &ada, batches: Cell::new(0) };
    // when: another one signs up after this one has found nobody
    let reply = scene.send_through(&store, &TOUCH, &scene.post(Some(&ada), &[], b"{}".to_vec()));
    // then
    assert_eq!((reply.status, reply.batches), (200, 3));
    assert_eq!(amounts(&scene), one_of_everything());
    assert_eq!(reply.body["organizationId"], scene.rows("SELECT id FROM organizations")[0]["id"]);
}

#[test]
fn what_a_user_can_write_is_never_a_verified_address() {
    let in_metadata = json!({"email": "root@example.com", "email_verified": true, "full_name": "Mallory"});
    for (person, email, verified) in [
        (Person::named("mallory").with("email", Json::Null).with("user_metadata", in_metadata.clone()), Json::Null, 0),
        (Person::named("mallory").with("user_metadata", in_metadata), json!("mallory@example.com"), 1),
        (Person::named("mallory").with("email_verified", json!(false)), json!("mallory@example.com"), 0),
        (Person::named("mallory").with("email_verified", json!("true")), json!("mallory@example.com"), 0),
        (Person::named("mallory").with("role", Json::Null), json!("mallory@example.com"), 0),
        (Person::named("mallory").with("email", json!("no address")), json!("unreadable@invalid"), 0),
        (Person::named("mallory").with("email", json!(["mallory@example.com"])), json!("unreadable@invalid"), 0),
    ] {
        let scene = Scene::new();
        scene.first_touch(person.clone());
        assert_eq!(
            scene.rows("SELECT email, email_verified FROM users"),
            json!([{"email": email, "email_verified": verified}]),
            "{person:?}"
        );
    }
}

#[test]
fn a_personal_slug_that_is_taken_gets_a_suffix() {
    // given: two ids that begin alike
    let scene = Scene::new();
    scene.sign_up("0190a1b2-aaaa");
    // when
    let other = scene.sign_up("0190a1b2-bbbb");
    // then
    let suffix = &other.personal[other.personal.len() - 12..];
    assert_eq!(
        scene.rows("SELECT slug FROM organizations ORDER BY id = personal_user_id, slug"),
        json!([{"slug": "personal-0190a1b2"}, {"slug": format!("personal-0190a1b2-{suffix}")}])
    );
}

#[test]
fn without_a_name_the_address_or_nothing_gives_one() {
    for (person, name, workspace) in [
        (Person::named("grace"), "grace", "grace's Workspace"),
        (Person::named("grace").with("name", json!("Grace Hopper")), "Grace Hopper", "Grace's Workspace"),
        (Person::named("grace").with("email", Json::Null), "User", "User's Workspace"),
        (Person::named("grace").with("name", json!("\u{7}\n")), "grace", "grace's Workspace"),
    ] {
        let scene = Scene::new();
        scene.first_touch(person);
        assert_eq!(
            scene.rows("SELECT users.name, organizations.name AS workspace FROM users CROSS JOIN organizations"),
            json!([{"name": name, "workspace": workspace}])
        );
    }
}

#[test]
fn a_start_without_trial_is_active_for_a_month_at_a_time() {
    for (moment, month_later) in [
        ("2026-03-10T12:00:00.123Z", "2026-04-10T12:00:00.123Z"),
        ("2027-01-31T23:59:59.999Z", "2027-02-28T23:59:59.999Z"),
        ("2025-12-31T00:00:00.000Z", "2026-01-31T00:00:00.000Z"),
    ] {
        // given
        let scene = Scene::with_changed_catalog("trial_days = 7", "");
        scene.set_clock(moment);
        // when
        scene.sign_up("ada");
        // then
        assert_eq!(
            scene.rows("SELECT status, current_period_start, current_period_end, trial_ends_at FROM org_subscriptions"),
            json!([{
                "status": "active",
                "current_period_start": at(moment).0,
                "current_period_end": at(month_later).0,
                "trial_ends_at": null,
            }])
        );
    }
}

#[test]
fn a_catalog_s_changed_start_is_for_those_who_come_later() {
    let scene = Scene::new();
    scene.sign_up("ada");
    let changed = VOIP.replacen("starts = \"individual\"", "", 1).replacen(
        "id = \"professional\"",
        "id = \"professional\"\nstarts = \"individual\"",
        1,
    );
    scene.load(&changed);
    scene.sign_up("bob");
    assert_eq!(
        scene.rows(
            "SELECT personal_user_id AS user, plan_id AS plan FROM org_subscriptions JOIN organizations
             ON organizations.id = organization_id ORDER BY personal_user_id"
        ),
        json!([{"user": "ada", "plan": "starter"}, {"user": "bob", "plan": "professional"}])
    );
}

#[test]
fn a_disabled_account_is_not_made_anew() {
    for disabled in ["banned_at", "deleted_at"] {
        let scene = Scene::new();
        let ada = scene.sign_up("ada");
        scene.execute(&format!("UPDATE users SET {disabled} = 1"));
        assert_eq!(
            scene.refusal(&TOUCH, &ada, json!({})),
            refused(403, "account_disabled", "This account is no longer active.")
        );
        assert_eq!(amounts(&scene), one_of_everything());
    }
}

#[test]
fn whoever_signs_up_asking_for_another_s_organization_gets_only_their_own() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    // when
    let bob = Person::named("bob");
    let reply = scene.call_in(&TOUCH, &ada.personal, &bob, json!({}));
    // then
    assert_eq!(reply.answer(), refused(404, "organization_not_found", "There is no such organization for you."));
    assert_eq!(
        scene.rows("SELECT user_id, COUNT(*) AS amount FROM organization_members GROUP BY user_id"),
        json!([{"user_id": "ada", "amount": 1}, {"user_id": "bob", "amount": 1}])
    );
}

/// The plan and its state of somebody whose first request this is.
fn started(scene: &Scene, person: Person) -> Json {
    scene.first_touch(person);
    scene.rows("SELECT plan_id, status FROM org_subscriptions").get(0).cloned().unwrap_or_default()
}

#[test]
fn nobody_starts_a_trial_without_an_address_that_was_confirmed() {
    let unverified = || Person::named("ada").with("email_verified", json!(false));
    let anonymous = || Person::named("ada").with("is_anonymous", json!(true)).with("email", Json::Null);
    for person in [unverified(), anonymous()] {
        // the plan waits for its checkout, or for the address
        assert_eq!(started(&Scene::new(), person.clone()), json!({"plan_id": "starter", "status": "incomplete"}));
        // or is the free one, where the catalog has one
        let free =
            "[[plans]]\nid = \"free\"\nname = \"Free\"\naudience = \"individual\"\nprice_month_cents = 0\nseats = 1\n\
                    concurrent_sessions = 1\nfallback = \"individual\"\n";
        let scene = Scene::with_catalog(&format!("{VOIP}\n{free}"));
        assert_eq!(started(&scene, person), json!({"plan_id": "free", "status": "active"}));
    }
    // A token that names no address says nothing against it.
    let unknown = Person::named("ada").with("email", Json::Null);
    assert_eq!(started(&Scene::new(), unknown), json!({"plan_id": "starter", "status": "trialing"}));
}

/// No canonical form: another spelling of each could be anybody's.
const UNREADABLE: [&str; 5] =
    ["a@ok\u{3002}example", "e\u{301}@ok.example", "a@b@ok.example", "a@spam.example.", "a@\u{17f}pam.example"];

#[test]
fn an_address_that_cannot_be_read_starts_no_trial_and_is_no_silence() {
    for (email, verified) in UNREADABLE.into_iter().flat_map(|email| [(email, false), (email, true)]) {
        // given
        let scene = Scene::new();
        let ada = Person::named("ada").with("email", json!(email)).with("email_verified", json!(verified));
        // when, then
        assert_eq!(started(&scene, ada.clone()), json!({"plan_id": "starter", "status": "incomplete"}), "{email}");
        let known = json!([{"email": "unreadable@invalid", "email_verified": 0, "name": "User"}]);
        assert_eq!(scene.rows("SELECT email, email_verified, name FROM users"), known);
        // and a token that leaves the address out begins nothing either
        scene.advance(Span::minutes(5));
        assert_eq!(scene.call(&TOUCH, &ada.with("email", Json::Null), json!({})).batches, 1);
        assert_eq!(trials(&scene)[0]["status"], "incomplete");
        // as one that names an address that can be read does
        scene.call(&TOUCH, &Person::named("ada").with("email_verified", json!(true)), json!({}));
        assert_eq!(trials(&scene)[0]["status"], "trialing");
    }
}

#[test]
fn an_address_that_cannot_be_read_may_be_of_a_banned_domain() {
    for email in UNREADABLE {
        let scene = Scene::new();
        scene.set("BANNED_EMAIL_DOMAINS", "spam.example");
        let ada = Person::named("ada").with("email", json!(email));
        assert_eq!(scene.refusal(&TOUCH, &ada, json!({})).0, 403, "{email}");
        assert_eq!(amounts(&scene)[0]["users"], 0);
    }
}

#[test]
fn nobody_signs_up_with_an_address_of_a_banned_domain() {
    for email in ["ada@spam.example", "ADA@Mail.SPAM.example"] {
        let scene = Scene::new();
        scene.set("BANNED_EMAIL_DOMAINS", "spam.example");
        let ada = Person::named("ada").with("email", json!(email));
        assert_eq!(
            scene.refusal(&TOUCH, &ada, json!({})),
            refused(403, "email_domain_banned", "An address of this domain is not possible here; use another address.")
        );
        assert_eq!(amounts(&scene)[0]["users"], 0);
    }
}

/// Without an address, or with one that the issuer denies.
fn signed_up_unverified(scene: &Scene, anonymous: bool) -> Person {
    let person = Person::named("ada");
    scene.first_touch(match anonymous {
        true => person.clone().with("is_anonymous", json!(true)).with("email", Json::Null),
        false => person.clone().with("email_verified", json!(false)),
    });
    scene.advance(Span::minutes(5));
    person
}

fn trials(scene: &Scene) -> Json {
    scene.rows("SELECT status, trial_ends_at FROM org_subscriptions ORDER BY organization_id")
}

#[test]
fn a_token_that_vouches_later_begins_the_trial_once() {
    for anonymous in [false, true] {
        // given: somebody whose provider sends no messages
        let scene = Scene::new();
        let ada = signed_up_unverified(&scene, anonymous);
        assert_eq!(trials(&scene), json!([{"status": "incomplete", "trial_ends_at": null}]));
        let vouched = ada.with("email_verified", json!(true));
        // when: asked, verified, asked again
        let reply = scene.call(&TOUCH, &vouched, json!({}));
        // then
        assert_eq!((reply.status, reply.batches), (200, 3));
        let began = json!([{"status": "trialing", "trial_ends_at": (scene.now() + Span::days(7)).0}]);
        assert_eq!(trials(&scene), began);
        assert_eq!(
            scene.rows("SELECT email, email_verified FROM users"),
            json!([{"email": "ada@example.com", "email_verified": 1}])
        );
        // and from then on it is one batch, whatever the token says, and no other trial
        let before = scene.everything();
        for hours in [1, 200] {
            scene.advance(Span::minutes(hours * 60));
            for token in [vouched.clone(), vouched.clone().with("email", json!("other@example.com"))] {
                assert_eq!(scene.call(&TOUCH, &token, json!({})).batches, 1);
            }
        }
        scene.assert_unchanged(&before);
    }
}

#[test]
fn a_conclusion_does_not_begin_what_the_issuer_denied_and_costs_no_trip() {
    let scene = Scene::new();
    let ada = signed_up_unverified(&scene, false);
    let before = scene.everything();
    // A session under EMAIL_CONFIRMATION=required, and a word that is older than the denial.
    let older =
        ada.clone().with("email_verified", json!(true)).with("iat", json!(at("2026-03-10T11:59:00Z").0 / 1_000));
    for token in [ada, older] {
        let reply = scene.call(&TOUCH, &token, json!({}));
        assert_eq!((reply.status, reply.batches), (200, 1));
    }
    scene.assert_unchanged(&before);
}

#[test]
fn an_address_of_a_banned_domain_begins_nothing_later_either() {
    let scene = Scene::new();
    let ada = signed_up_unverified(&scene, true);
    scene.set("BANNED_EMAIL_DOMAINS", "example.com");
    let before = scene.everything();
    assert_eq!(scene.call(&TOUCH, &ada, json!({})).batches, 1);
    scene.assert_unchanged(&before);
}
