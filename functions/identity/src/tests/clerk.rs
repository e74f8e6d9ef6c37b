use serde_json::{json, Value as Json};
use tallygate::{
    rules::{request_ids::Purpose, time::Span},
    testing::{invalid, refused},
};

use super::{ada, amounts, at, clerk, known, one_of_everything, scene, with, with_address};

#[test]
fn a_new_user_gets_one_of_everything() {
    // given
    let scene = scene();
    let upcoming = scene.upcoming();
    let organization = upcoming.id(Purpose::PersonalOrganization);
    // when
    let reply = clerk(&scene, "user.created", &ada(-5));
    // then
    let body = json!({
        "success": true, "message": "The account was made.", "userId": "ada", "registered": true, "updated": false,
    });
    assert_eq!((reply.answer(), reply.batches), ((200, body), 1));
    let (now, trial_end) = (scene.now().0, scene.now().0 + Span::days(7).0);
    assert_eq!(
        scene.rows(
            "SELECT id, email, email_verified, email_updated_at, name, profile_updated_at, current_organization_id,
               banned_at, deleted_at, created_at, request_id FROM users"
        ),
        json!([{
            "id": "ada", "email": "ada@example.com", "email_verified": 1, "email_updated_at": at(-5),
            "name": "Ada Lovelace", "profile_updated_at": at(-5), "current_organization_id": organization,
            "banned_at": null, "deleted_at": null, "created_at": now, "request_id": upcoming.request_id(),
        }])
    );
    assert_eq!(
        scene.rows(
            "SELECT o.id, kind, name, slug, personal_user_id, role, plan_id, status, current_period_start,
               current_period_end, trial_ends_at
             FROM organizations o JOIN organization_members m ON m.organization_id = o.id
             JOIN org_subscriptions s ON s.organization_id = o.id"
        ),
        json!([{
            "id": organization, "kind": "personal", "name": "Ada's Workspace", "slug": "personal-ada",
            "personal_user_id": "ada", "role": "owner", "plan_id": "starter", "status": "trialing",
            "current_period_start": now, "current_period_end": trial_end, "trial_ends_at": trial_end,
        }])
    );
    assert_eq!(
        scene.rows("SELECT organization_id, actor_id, action, target_id FROM audit_events"),
        json!([{"organization_id": organization, "actor_id": "ada", "action": "user.registered", "target_id": "ada"}])
    );
    assert_eq!(
        scene.rows("SELECT organization_id, event_type, target_id FROM outbox"),
        json!([{"organization_id": organization, "event_type": "user.registered", "target_id": "ada"}])
    );
}

#[test]
fn a_repetition_changes_nothing() {
    let scene = scene();
    clerk(&scene, "user.created", &ada(0));
    let before = scene.everything();
    for _ in 0..3 {
        scene.advance(Span::seconds(60));
        let reply = clerk(&scene, "user.created", &ada(0));
        assert_eq!((reply.status, reply.body["message"].clone()), (200, json!("Nothing of this is new.")));
    }
    scene.assert_unchanged(&before);
}

#[test]
fn the_name_is_the_first_and_last_else_the_username_else_of_the_address() {
    for (first, last, username, name, workspace) in [
        (json!("Ada"), json!(null), json!("countess"), "Ada", "Ada's Workspace"),
        (json!(" "), json!("Lovelace"), json!(null), "Lovelace", "Lovelace's Workspace"),
        (json!(null), json!(null), json!("countess"), "countess", "countess's Workspace"),
        (json!(null), json!(""), json!(null), "ada", "ada's Workspace"),
    ] {
        let scene = scene();
        let user = with(with(with(ada(0), "first_name", first), "last_name", last), "username", username);
        clerk(&scene, "user.created", &user);
        let known = known(&scene);
        assert_eq!((known[0]["name"].clone(), known[0]["workspace"].clone()), (json!(name), json!(workspace)));
    }
}

#[test]
fn only_the_primary_address_counts_and_only_if_verified() {
    let address = |user: Json| {
        let scene = scene();
        assert_eq!(clerk(&scene, "user.created", &user).status, 200);
        let rows = scene.rows("SELECT email, email_verified FROM users");
        (rows[0]["email"].clone(), rows[0]["email_verified"].clone())
    };
    assert_eq!(address(ada(0)), (json!("ada@example.com"), json!(1)));
    for status in ["unverified", "expired", "failed", "transferable", "Verified"] {
        let expected = (json!("new@example.com"), json!(0));
        assert_eq!(address(with_address(ada(0), "new@example.com", status)), expected, "{status}");
    }
    assert_eq!(address(with(ada(0), "primary_email_address_id", json!(null))), (json!(null), json!(0)));
    assert_eq!(address(with(ada(0), "primary_email_address_id", json!("idn_3"))), (json!(null), json!(0)));
    assert_eq!(address(with(ada(0), "email_addresses", json!([]))), (json!(null), json!(0)));
    assert_eq!(address(with_address(ada(0), "no address", "verified")), (json!("unreadable@invalid"), json!(0)));
    let unsaid = json!([{"id": "idn_2", "email_address": "a@b.cd", "verification": null}]);
    assert_eq!(address(with(ada(0), "email_addresses", unsaid)), (json!("a@b.cd"), json!(0)));
}

#[test]
fn an_update_refreshes_name_address_and_verification() {
    // given
    let scene = scene();
    clerk(&scene, "user.created", &ada(0));
    // when
    let changed = with(with_address(ada(10), "countess@example.com", "unverified"), "first_name", json!("Augusta"));
    let reply = clerk(&scene, "user.updated", &changed);
    // then
    let body = json!({
        "success": true, "message": "The account was brought up to date.", "userId": "ada", "registered": false,
        "updated": true,
    });
    assert_eq!((reply.answer(), reply.batches), ((200, body), 1));
    let expected = json!([{
        "name": "Augusta Lovelace", "email": "countess@example.com", "verified": 0, "workspace": "Augusta's Workspace",
    }]);
    assert_eq!(known(&scene), expected);
    assert_eq!(amounts(&scene), one_of_everything());
    // and later it is verified
    clerk(&scene, "user.updated", &with_address(ada(20), "countess@example.com", "verified"));
    assert_eq!(known(&scene)[0]["verified"], 1);
}

#[test]
fn a_workspace_that_was_named_keeps_its_name() {
    let scene = scene();
    clerk(&scene, "user.created", &ada(0));
    for name in ["Analytical Engines", "Ada Lovelace's Workspace", "x", "Ada's workspace", "'s Workspace"] {
        scene.execute(&format!("UPDATE organizations SET name = '{}'", name.replace('\'', "''")));
        scene.advance(Span::seconds(1));
        let seconds = (scene.now().0 - at(0)) / 1_000;
        clerk(&scene, "user.updated", &with(ada(seconds), "first_name", json!(format!("Augusta{seconds}"))));
        assert_eq!(known(&scene)[0]["workspace"], name);
    }
}

#[test]
fn an_update_of_somebody_unknown_makes_them() {
    let scene = scene();
    assert_eq!(clerk(&scene, "user.updated", &ada(0)).body["registered"], true);
    assert_eq!(amounts(&scene), one_of_everything());
}

#[test]
fn what_is_about_nothing_of_ours_is_acknowledged() {
    let scene = scene();
    let before = scene.everything();
    for r#type in ["organizationInvitation.accepted", "session.created", "user.created.not", "", "USER.CREATED"] {
        let reply = clerk(&scene, r#type, &json!({"id": "x"}));
        let body = json!({
            "success": true, "message": "This message is about nothing that is kept here.", "ignored": true,
        });
        assert_eq!((reply.answer(), reply.batches), ((200, body), 0), "{type}");
    }
    scene.assert_unchanged(&before);
}

#[test]
fn what_is_signed_and_no_event_is_refused() {
    let scene = scene();
    let before = scene.everything();
    for (r#type, data) in [
        ("user.created", json!(null)),
        ("user.created", json!("ada")),
        ("user.created", with(ada(0), "id", json!(7))),
        ("user.created", with(ada(0), "id", json!(" "))),
        ("user.created", with(ada(0), "id", json!("a\u{0}b"))),
        ("user.created", with(ada(0), "id", json!("x".repeat(256)))),
        ("user.updated", with(ada(0), "updated_at", json!("yesterday"))),
        ("user.updated", with(ada(0), "email_addresses", json!("ada@example.com"))),
        ("user.updated", with(ada(0), "banned", json!("no"))),
        ("user.deleted", json!({"deleted": true})),
        ("user.deleted", json!({"id": ""})),
    ] {
        let expected = invalid("data", "must be a user as Clerk describes one");
        assert_eq!(clerk(&scene, r#type, &data).answer(), expected, "{type} {data}");
    }
    for body in
        [json!([]), json!("x"), json!({"data": {}}), json!({"type": "user.created"}), json!({"type": 1, "data": {}})]
    {
        let reply = super::signed(&scene, "/clerk", "svix", super::CLERK_SECRET, &body);
        let expected = refused(400, "invalid_json", "The body must be an event with its type and its data.");
        assert_eq!(reply.answer(), expected, "{body}");
    }
    scene.assert_unchanged(&before);
}

#[test]
fn a_trial_begins_when_the_address_is_verified_and_once() {
    let scene = scene();
    let trial = || scene.rows("SELECT status, trial_ends_at FROM org_subscriptions")[0].clone();
    // given: an address that nobody has confirmed
    clerk(&scene, "user.created", &with_address(ada(0), "ada@example.com", "unverified"));
    assert_eq!(trial(), json!({"status": "incomplete", "trial_ends_at": null}));
    // when
    clerk(&scene, "user.updated", &ada(1));
    // then
    let end = scene.now().0 + Span::days(7).0;
    assert_eq!(trial(), json!({"status": "trialing", "trial_ends_at": end}));
    // and a second address that is verified later is no second trial
    scene.advance(Span::days(1));
    clerk(&scene, "user.updated", &with_address(ada(2), "lovelace@example.com", "unverified"));
    clerk(&scene, "user.updated", &with_address(ada(3), "lovelace@example.com", "verified"));
    assert_eq!(trial(), json!({"status": "trialing", "trial_ends_at": end}));
}

#[test]
fn an_address_of_a_banned_domain_bans_for_as_long_as_it_is_theirs() {
    let scene = scene();
    scene.set("BANNED_EMAIL_DOMAINS", "spam.example");
    let banned = || scene.rows("SELECT banned_by FROM users")[0]["banned_by"].clone();
    clerk(&scene, "user.created", &with_address(ada(0), "ada@mail.spam.example", "verified"));
    assert_eq!(banned(), json!("provider"));
    clerk(&scene, "user.updated", &with_address(ada(1), "ada@example.com", "verified"));
    assert_eq!(banned(), Json::Null);
    clerk(&scene, "user.updated", &with_address(ada(2), "ada@spam.example", "verified"));
    assert_eq!(banned(), json!("provider"));
}

#[test]
fn an_address_that_cannot_be_read_starts_no_trial_and_lifts_no_ban() {
    for address in ["a@spam.example.", "a@spam\u{3002}example", "a@\u{17f}pam.example", "e\u{301}@ok.example"] {
        for status in ["verified", "unverified"] {
            // given: no list of domains
            let scene = scene();
            // when
            assert_eq!(clerk(&scene, "user.created", &with_address(ada(0), address, status)).status, 200);
            // then
            assert_eq!(
                scene.rows("SELECT status FROM org_subscriptions"),
                json!([{"status": "incomplete"}]),
                "{address}"
            );
            let expected = json!([{"email": "unreadable@invalid", "email_verified": 0, "banned_by": null}]);
            assert_eq!(scene.rows("SELECT email, email_verified, banned_by FROM users"), expected);
        }
        // given: a list, and somebody whom it bans
        let scene = scene();
        scene.set("BANNED_EMAIL_DOMAINS", "spam.example");
        let banned = || scene.rows("SELECT banned_by FROM users")[0]["banned_by"].clone();
        clerk(&scene, "user.created", &with_address(ada(0), "a@spam.example", "verified"));
        // when, then
        clerk(&scene, "user.updated", &with_address(ada(1), address, "verified"));
        assert_eq!(banned(), json!("provider"), "{address}");
        clerk(&scene, "user.updated", &with_address(ada(2), "ada@ok.example", "verified"));
        assert_eq!(banned(), Json::Null);
    }
}
