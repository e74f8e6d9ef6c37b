use serde_json::{json, Value as Json};
use tallygate::{rules::time::Span, testing::BEGIN};

use super::Team;
use crate::FUNCTION;

fn member(id: &str, is_admin: bool) -> Json {
    json!({
        "id": id,
        "email": format!("{id}@example.com"),
        "name": id,
        "role": id,
        "isAdmin": is_admin,
        "joinedAt": BEGIN,
        "subscriptionActive": true,
    })
}

/// The reply to a caller with that role, with these invitations shown.
fn listed(role: &str, invitations: &Json, pending: i64) -> (u16, Json) {
    let body = json!({
        "success": true,
        "message": "acme has 4 members.",
        "organization": {
            "id": "acme",
            "name": "acme",
            "slug": "acme",
            "kind": "team",
            "plan": "enterprise",
            "status": "active",
            "role": role,
            "isAdmin": role == "owner" || role == "admin",
            "createdAt": BEGIN,
        },
        "members": [member("admin", true), member("member", false), member("owner", true), member("viewer", false)],
        "pendingInvitations": invitations,
        "seatUsage": {"current": 4, "limit": 10, "remaining": 6 - pending, "pendingInvites": pending},
    });
    (200, body)
}

#[test]
fn everybody_sees_the_members_and_managers_the_invitations() {
    // given
    let team = Team::new();
    team.scene.invitation("acme", "i1", "new@example.com", "member", &team.owner);
    let invitations = json!([{
        "id": "i1",
        "email": "new@example.com",
        "role": "member",
        "status": "pending",
        "createdAt": BEGIN,
        "expiresAt": "2026-03-17T12:00:00.000Z",
    }]);
    let before = team.scene.everything();
    for person in [&team.owner, &team.admin] {
        // when
        let reply = team.call(person, json!({"action": "list"}));
        // then
        assert_eq!(reply.answer(), listed(&person.id, &invitations, 1));
        assert_eq!(reply.batches, 1);
    }
    for person in [&team.member, &team.viewer] {
        assert_eq!(team.call(person, json!({"action": "list"})).answer(), listed(&person.id, &json!([]), 1));
    }
    team.scene.assert_unchanged(&before);
}

#[test]
fn an_invitation_counts_until_the_millisecond_it_expires() {
    let team = Team::new();
    team.scene.invitation("acme", "i1", "new@example.com", "member", &team.owner);
    team.scene.advance(Span::days(7));
    let gone = team.call(&team.viewer, json!({})).answer();
    assert_eq!(gone, listed("viewer", &json!([]), 0));
    team.scene.advance(Span(-1));
    assert_eq!(team.call(&team.viewer, json!({})).answer(), listed("viewer", &json!([]), 1));
}

#[test]
fn without_an_action_and_by_get_the_list_is_meant() {
    let team = Team::new();
    let expected = listed("member", &json!([]), 0);
    assert_eq!(team.call(&team.member, json!({})).answer(), expected);
    assert_eq!(team.scene.get(&FUNCTION, &team.member).answer(), expected);
}

#[test]
fn an_ended_plan_still_shows_its_members() {
    let team = Team::new();
    team.scene.execute("UPDATE org_subscriptions SET status = 'canceled' WHERE organization_id = 'acme'");
    let reply = team.call(&team.owner, json!({}));
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body["organization"]["status"], "canceled");
    let active = reply.body["members"].as_array().unwrap().iter().map(|member| &member["subscriptionActive"]);
    assert_eq!(active.collect::<Vec<_>>(), [false; 4]);
}

#[test]
fn a_personal_organization_lists_its_one_member() {
    // given
    let scene = tallygate::testing::Scene::new();
    let ada = scene.sign_up("ada");
    // when
    let reply = scene.call(&FUNCTION, &ada, json!({}));
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "ada's Workspace has 1 member.",
                "organization": {
                    "id": ada.personal,
                    "name": "ada's Workspace",
                    "slug": "personal-ada",
                    "kind": "personal",
                    "plan": "starter",
                    "status": "trialing",
                    "role": "owner",
                    "isAdmin": true,
                    "createdAt": BEGIN,
                },
                "members": [{
                    "id": "ada",
                    "email": "ada@example.com",
                    "name": "ada",
                    "role": "owner",
                    "isAdmin": true,
                    "joinedAt": BEGIN,
                    "subscriptionActive": true,
                }],
                "pendingInvitations": [],
                "seatUsage": {"current": 1, "limit": 1, "remaining": 0, "pendingInvites": 0},
            })
        )
    );
}
