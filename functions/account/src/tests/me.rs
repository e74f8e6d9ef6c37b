use serde_json::json;
use tallygate::{
    rules::time::Span,
    testing::{refused, Scene},
};

use super::{ask, get};

#[test]
fn a_page_begins_with_one_batch() {
    // given: ada with her own organization, and in a team where an alert is unread and one is not
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.team("acme", &bob);
    scene.member("acme", &ada, "member");
    scene.execute(
        "INSERT INTO usage_alerts (organization_id, feature, period_start, name, used, limit_value, created_at, acknowledged_at,
           acknowledged_by, request_id)
         VALUES ('acme', 'uploads', 1, '80_percent', 80, 100, 1, NULL, NULL, 'r'), ('acme', 'uploads', 1, '100_percent', 80, 100, 1, 2, 'bob', 'r')",
    );
    let before = scene.everything();
    // when
    let reply = get(&scene, &ada, "me");
    // then
    assert_eq!(reply.batches, 1);
    let now = "2026-03-10T12:00:00.000Z";
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true, "message": "You are signed in.",
                "user": {
                    "id": "ada", "email": "ada@example.com", "emailVerified": true, "name": "ada", "username": null, "displayName": null,
                    "avatarUrl": null, "timeZone": null, "language": null, "accountType": "user", "createdAt": now,
                },
                "organizations": [
                    {
                        "id": ada.personal, "name": "ada's Workspace", "slug": "personal-ada", "kind": "personal", "avatarUrl": null, "role": "owner",
                        "plan": "starter", "planName": "Starter", "status": "trialing", "current": false, "joinedAt": now,
                    },
                    {
                        "id": "acme", "name": "acme", "slug": "acme", "kind": "team", "avatarUrl": null, "role": "member",
                        "plan": "enterprise", "planName": "Enterprise", "status": "active", "current": true, "joinedAt": now,
                    },
                ],
                "current": {
                    "id": "acme", "name": "acme", "slug": "acme", "kind": "team", "role": "member", "plan": "enterprise", "planName": "Enterprise",
                    "paidPlan": "enterprise", "overrides": [], "status": "active", "interval": "month", "currentPeriodStart": now, "currentPeriodEnd": "2026-03-10T12:00:00.001Z",
                    "trialEndsAt": null, "cancelAt": null, "features": true, "until": null, "warning": null, "seats": 10, "unreadAlerts": 1,
                },
                "onboarding": { "completed": false, "completedAt": null, "wants": ["username", "profile"] },
            })
        )
    );
    scene.assert_unchanged(&before);
}

#[test]
fn what_the_subscription_is_about_to_lose_is_said() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let current = |what: &str| get(&scene, &ada, "me").body["current"][what].clone();
    assert_eq!(current("warning"), json!(null));
    scene.advance(Span::days(5));
    assert_eq!((current("warning"), current("until")), (json!("trial_ending"), json!("2026-03-17T12:00:00.000Z")));
    scene.advance(Span::days(3));
    assert_eq!((current("warning"), current("status")), (json!("trial_ended"), json!("trialing")));
}

#[test]
fn an_organization_that_is_named_is_one_s_own_or_none() {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.team("acme", &bob);
    let named = |id: &str| ask(&scene, &ada, "GET", "me", &[("x-organization-id", id)], None);
    let unknown = refused(404, "organization_not_found", "There is no such organization for you.");
    assert_eq!((named("acme").answer(), named("nowhere").answer()), (unknown.clone(), unknown));
    assert_eq!(named(&ada.personal).body["current"]["id"], json!(ada.personal));
}

#[test]
fn somebody_without_any_organization_has_an_account_all_the_same() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE organizations SET archived_at = 1");
    let reply = get(&scene, &ada, "me");
    assert_eq!((reply.status, &reply.body["current"], &reply.body["organizations"]), (200, &json!(null), &json!([])));
}
