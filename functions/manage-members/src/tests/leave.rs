use serde_json::json;
use tallygate::testing::invalid;

use super::{last_owner, Team};
use crate::FUNCTION;

#[test]
fn a_member_who_leaves_is_gone_with_the_next_request() {
    // given
    let team = Team::new();
    // when
    let reply = team.call(&team.member, json!({"action": "leave"}));
    // then
    assert_eq!(reply.answer(), (200, json!({"success": true, "message": "You left acme.", "organizationId": "acme"})));
    assert_eq!(reply.batches, 1);
    assert_eq!(team.roles(), "admin:admin owner:owner viewer:viewer");
    assert_eq!(team.current_organization(&team.member), team.member.personal);
    assert_eq!(
        team.scene.audit(),
        json!([{"organization": "acme", "actor": "member", "action": "member.left", "target": "member", "details": "{}"}])
    );
    assert_eq!(team.scene.outbox(), json!([{"organization": "acme", "event": "member.removed", "target": "member"}]));
    assert_eq!(team.scene.sent("member.removed")["reason"], "left");
}

#[test]
fn whoever_leaves_a_team_that_is_not_the_current_one_stays_where_they_are() {
    // given: the member is in another team just now
    let team = Team::new();
    let other = team.scene.sign_up("other");
    team.scene.team("elsewhere", &other);
    team.scene.member("elsewhere", &team.member, "member");
    // when
    let reply = team.call(&team.member, json!({"action": "leave", "organizationId": "acme"}));
    // then
    assert_eq!(reply.status, 200);
    assert_eq!(team.roles(), "admin:admin owner:owner viewer:viewer");
    assert_eq!(team.current_organization(&team.member), "elsewhere");
}

#[test]
fn everybody_may_leave_but_the_last_owner() {
    let team = Team::new();
    for person in [&team.viewer, &team.admin] {
        assert_eq!(team.call(person, json!({"action": "leave"})).status, 200);
    }
    assert_eq!(team.refusal(&team.owner, json!({"action": "leave"})), last_owner());
    assert_eq!(team.roles(), "member:member owner:owner");
}

#[test]
fn of_two_owners_one_may_leave_and_the_other_stays() {
    // given
    let team = Team::new().with_second_owner("admin");
    // when
    let first = team.call(&team.owner, json!({"action": "leave"}));
    let second = team.refusal(&team.admin, json!({"action": "leave"}));
    // then
    assert_eq!(first.status, 200);
    assert_eq!(second, last_owner());
    assert_eq!(team.roles(), "admin:owner member:member viewer:viewer");
}

#[test]
fn leaving_needs_no_paid_plan() {
    let team = Team::new();
    team.scene.execute("UPDATE org_subscriptions SET status = 'unpaid' WHERE organization_id = 'acme'");
    assert_eq!(team.call(&team.viewer, json!({"action": "leave"})).status, 200);
    assert_eq!(team.roles(), "admin:admin member:member owner:owner");
}

#[test]
fn leaving_twice_means_the_personal_organization_the_second_time() {
    let team = Team::new();
    assert_eq!(team.call(&team.member, json!({"action": "leave"})).status, 200);
    assert_eq!(team.refusal(&team.member, json!({"action": "leave"})), super::personal_organization());
    assert_eq!(
        team.scene.refusal_with(&FUNCTION, &team.member, &[("x-organization-id", "acme")], json!({"action": "leave"})),
        tallygate::testing::refused(404, "organization_not_found", "There is no such organization for you.")
    );
}

#[test]
fn an_owner_who_is_banned_is_no_owner_to_leave_behind() {
    // given: two owners, one of them banned
    let team = Team::new().with_second_owner("admin");
    team.scene.execute("UPDATE users SET banned_at = 1 WHERE id = 'admin'");
    // when, then: the other one neither leaves nor steps down
    assert_eq!(team.refusal(&team.owner, json!({"action": "leave"})), last_owner());
    let steps_down = json!({"action": "change_role", "memberId": "owner", "newRole": "member"});
    assert_eq!(team.refusal(&team.owner, steps_down), last_owner());
    // nor hands it to somebody who cannot act
    let hands_over = json!({"action": "transfer_ownership", "memberId": "admin"});
    assert_eq!(team.refusal(&team.owner, hands_over), invalid("memberId", "must be a member whose account is active"));
    // but may put the banned one out
    assert_eq!(team.call(&team.owner, json!({"action": "remove", "memberId": "admin"})).status, 200);
    assert_eq!(team.roles(), "member:member owner:owner viewer:viewer");
}

#[test]
fn sent_again_it_does_not_take_away_who_has_joined_anew_since() {
    let team = Team::new();
    let request = team.scene.post(
        Some(&team.member),
        &[("x-organization-id", "acme")],
        json!({"action": "leave"}).to_string().into_bytes(),
    );
    let reply = team.scene.send_overtaken(&FUNCTION, &request, &|| team.scene.member("acme", &team.member, "viewer"));
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(team.roles(), "admin:admin member:viewer owner:owner viewer:viewer");
    assert_eq!(team.current_organization(&team.member), "acme");
}
