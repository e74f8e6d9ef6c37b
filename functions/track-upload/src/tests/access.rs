use serde_json::json;
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused, refused_with, Scene},
};

use super::{counted, upload, FUNCTION};

#[test]
fn a_trial_ends_exactly_at_its_moment() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    // when, then: a millisecond before
    scene.advance(Span(Span::days(7).0 - 1));
    assert_eq!(upload(&scene, &ada, 1).answer(), counted(1, 1, 1));
    // when, then: at its end
    scene.advance(Span(1));
    assert_eq!(
        scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"})),
        refused_with(
            402,
            "subscription_required",
            "The trial of the Starter plan has ended; choose a plan to go on.",
            json!({"plan": "Starter", "status": "trialing", "upgradeRequired": true})
        )
    );
}

#[test]
fn only_a_subscription_in_good_standing_uploads() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE plans SET grace_days = 3 WHERE id = 'starter'");
    for (status, sentence) in [
        ("incomplete", "The Starter plan has not been paid for yet; complete the checkout to go on."),
        ("unpaid", "The Starter subscription is not active; update the payment to go on."),
        ("canceled", "The Starter subscription is not active; update the payment to go on."),
        ("paused", "The Starter subscription is not active; update the payment to go on."),
    ] {
        scene.execute(&format!("UPDATE org_subscriptions SET status = '{status}'"));
        let details = json!({"plan": "Starter", "status": status, "upgradeRequired": true});
        assert_eq!(
            scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"})),
            refused_with(402, "subscription_required", sentence, details)
        );
    }
    // and a failed payment leaves three days to the millisecond
    scene.execute(&format!("UPDATE org_subscriptions SET status = 'past_due', past_due_since = {}", scene.now().0));
    scene.advance(Span(Span::days(3).0 - 1));
    assert_eq!(upload(&scene, &ada, 1).status, 200);
    scene.advance(Span(1));
    assert_eq!(scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"})).0, 402);
    // and an active one has no end of its own
    scene.execute("UPDATE org_subscriptions SET status = 'active'");
    scene.advance(Span::days(1_000));
    assert_eq!(upload(&scene, &ada, 1).status, 200);
}

#[test]
fn viewers_look_but_do_not_upload() {
    // given
    let scene = Scene::new();
    let owner = scene.sign_up("owner");
    scene.team("acme", &owner);
    for role in ["viewer", "member", "admin"] {
        let person = scene.sign_up(role);
        scene.member("acme", &person, role);
        // when, then
        if role == "viewer" {
            assert_eq!(
                scene.refusal(&FUNCTION, &person, json!({"uploadType": "rate_sheet"})),
                refused(403, "forbidden", "Viewers may look but not upload.")
            );
            assert_eq!(scene.get(&FUNCTION, &person).status, 200);
        } else {
            assert_eq!(upload(&scene, &person, 1).status, 200, "{role}");
        }
    }
}

#[test]
fn a_wrong_type_is_told_before_the_role_and_the_role_before_the_plan() {
    let scene = Scene::new();
    let (owner, viewer) = (scene.sign_up("owner"), scene.sign_up("viewer"));
    scene.team("acme", &owner);
    scene.member("acme", &viewer, "viewer");
    scene.execute("UPDATE org_subscriptions SET status = 'unpaid' WHERE organization_id = 'acme'");
    let types = "must be one of: bulk_adjustment, comparison, rate_deck, rate_sheet";
    assert_eq!(scene.refusal(&FUNCTION, &viewer, json!({"uploadType": "x"})), invalid("uploadType", types));
    assert_eq!(scene.refusal(&FUNCTION, &viewer, json!({"uploadType": "rate_sheet"})).0, 403);
    assert_eq!(scene.refusal(&FUNCTION, &owner, json!({"uploadType": "rate_sheet"})).0, 402);
}

#[test]
fn another_organization_s_allowance_cannot_be_used() {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.team("acme", &bob);
    for organization in ["acme", &bob.personal, "nowhere"] {
        let no_such = refused(404, "organization_not_found", "There is no such organization for you.");
        let header = [("x-organization-id", organization)];
        let body = json!({"uploadType": "rate_sheet"});
        assert_eq!(scene.refusal_with(&FUNCTION, &ada, &header, body), no_such);
        let body = json!({"uploadType": "rate_sheet", "organizationId": organization});
        assert_eq!(scene.refusal(&FUNCTION, &ada, body), no_such);
    }
}
