use serde_json::json;
use tallygate::testing::refused;

use super::{last_owner, only_managers, Team};
use crate::FUNCTION;

#[test]
fn a_removed_member_loses_the_organization_with_the_next_request() {
    // given
    let team = Team::new();
    // when
    let reply = team.call(&team.admin, json!({"action": "remove", "memberId": "member"}));
    // then
    assert_eq!(
        reply.answer(),
        (200, json!({"success": true, "message": "The member was removed.", "memberId": "member"}))
    );
    assert_eq!(reply.batches, 1);
    assert_eq!(team.roles(), "admin:admin owner:owner viewer:viewer");
    assert_eq!(team.current_organization(&team.member), team.member.personal);
    assert_eq!(
        team.scene.refusal_with(&FUNCTION, &team.member, &[("x-organization-id", "acme")], json!({})),
        refused(404, "organization_not_found", "There is no such organization for you.")
    );
    assert_eq!(
        team.scene.audit(),
        json!([{"organization": "acme", "actor": "admin", "action": "member.removed", "target": "member", "details": "{}"}])
    );
    assert_eq!(team.scene.outbox(), json!([{"organization": "acme", "event": "member.removed", "target": "member"}]));
    let removed = team.scene.sent("member.removed");
    assert_eq!((&removed["member"]["role"], &removed["reason"]), (&json!("member"), &json!("removed")));
}

#[test]
fn a_member_who_is_elsewhere_just_now_stays_there() {
    let team = Team::new();
    team.scene
        .execute(&format!("UPDATE users SET current_organization_id = '{}' WHERE id = 'member'", team.member.personal));
    assert_eq!(team.call(&team.owner, json!({"action": "remove", "memberId": "member"})).status, 200);
    assert_eq!(team.current_organization(&team.member), team.member.personal);
}

#[test]
fn managers_may_remove_themselves_whatever_names_the_organization() {
    // given: the admin's current organization is the team; no header says so
    let team = Team::new();
    // when
    let reply = team.call(&team.admin, json!({"action": "remove", "memberId": "admin"}));
    // then
    assert_eq!(
        reply.answer(),
        (200, json!({"success": true, "message": "The member was removed.", "memberId": "admin"}))
    );
    assert_eq!(team.roles(), "member:member owner:owner viewer:viewer");
    assert_eq!(team.current_organization(&team.admin), team.admin.personal);
}

#[test]
fn nobody_removes_a_role_above_their_own() {
    let team = Team::new();
    let above = refused(403, "forbidden", "Nobody removes a member with a role above their own.");
    assert_eq!(team.refusal(&team.admin, json!({"action": "remove", "memberId": "owner"})), above);
    for person in [&team.member, &team.viewer] {
        for member in ["owner", "admin", "member", "viewer", "nobody"] {
            let body = json!({"action": "remove", "memberId": member});
            assert_eq!(team.refusal(person, body), only_managers(), "{} removes {member}", person.id);
        }
    }
}

#[test]
fn equals_may_remove_one_another_but_an_owner_stays() {
    let team = Team::new().with_second_owner("admin");
    assert_eq!(team.call(&team.admin, json!({"action": "remove", "memberId": "owner"})).status, 200);
    assert_eq!(team.refusal(&team.admin, json!({"action": "remove", "memberId": "admin"})), last_owner());
    assert_eq!(team.roles(), "admin:owner member:member viewer:viewer");
}

#[test]
fn removing_needs_no_paid_plan_and_removing_twice_finds_nobody() {
    let team = Team::new();
    team.scene.execute("UPDATE org_subscriptions SET status = 'canceled' WHERE organization_id = 'acme'");
    let body = json!({"action": "remove", "memberId": "viewer"});
    assert_eq!(team.call(&team.owner, body.clone()).status, 200);
    assert_eq!(team.refusal(&team.owner, body), super::no_such_member());
}

#[test]
fn sent_again_it_does_not_take_away_who_has_joined_anew_since() {
    let team = Team::new();
    let request = team.scene.post(
        Some(&team.owner),
        &[("x-organization-id", "acme")],
        json!({"action": "remove", "memberId": "member"}).to_string().into_bytes(),
    );
    let reply = team.scene.send_overtaken(&FUNCTION, &request, &|| team.scene.member("acme", &team.member, "viewer"));
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(team.roles(), "admin:admin member:viewer owner:owner viewer:viewer");
    assert_eq!(team.current_organization(&team.member), "acme");
}
