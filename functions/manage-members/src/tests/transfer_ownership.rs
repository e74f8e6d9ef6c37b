use serde_json::json;
use tallygate::testing::{invalid, refused, Person};

use super::{no_such_member, Team};
use crate::FUNCTION;

#[test]
fn an_owner_hands_over_and_becomes_an_admin() {
    // given
    let team = Team::new();
    // when
    let reply = team.call(&team.owner, json!({"action": "transfer_ownership", "memberId": "viewer"}));
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "The ownership was transferred; you are an admin now.",
                "newOwnerId": "viewer",
                "yourRole": "admin",
            })
        )
    );
    assert_eq!(reply.batches, 1);
    assert_eq!(team.roles(), "admin:admin member:member owner:admin viewer:owner");
    assert_eq!(
        team.scene.audit(),
        json!([{
            "organization": "acme",
            "actor": "owner",
            "action": "ownership.transferred",
            "target": "viewer",
            "details": r#"{"oldRole":"viewer","newRole":"owner"}"#,
        }])
    );
    assert_eq!(
        team.scene.outbox(),
        json!([
            {"organization": "acme", "event": "member.role_changed", "target": "owner"},
            {"organization": "acme", "event": "member.role_changed", "target": "viewer"},
        ])
    );
}

#[test]
fn to_another_owner_one_owner_less_remains() {
    let team = Team::new().with_second_owner("admin");
    assert_eq!(team.call(&team.owner, json!({"action": "transfer_ownership", "memberId": "admin"})).status, 200);
    assert_eq!(team.roles(), "admin:owner member:member owner:admin viewer:viewer");
}

#[test]
fn only_owners_hand_over_and_only_to_another_member() {
    let team = Team::new();
    for person in [&team.admin, &team.member, &team.viewer] {
        for member in [person.id.as_str(), "owner", "nobody"] {
            assert_eq!(
                team.refusal(person, json!({"action": "transfer_ownership", "memberId": member})),
                refused(403, "forbidden", "Only an owner may transfer the ownership."),
                "{} to {member}",
                person.id
            );
        }
    }
    assert_eq!(
        team.refusal(&team.owner, json!({"action": "transfer_ownership", "memberId": "owner"})),
        invalid("memberId", "must be another member than yourself")
    );
    assert_eq!(
        team.refusal(&team.owner, json!({"action": "transfer_ownership", "memberId": "nobody"})),
        no_such_member()
    );
}

#[test]
fn it_works_without_a_paid_plan_and_only_once() {
    let team = Team::new();
    team.scene.execute("UPDATE org_subscriptions SET status = 'paused' WHERE organization_id = 'acme'");
    let body = json!({"action": "transfer_ownership", "memberId": "admin"});
    assert_eq!(team.call(&team.owner, body.clone()).status, 200);
    assert_eq!(team.refusal(&team.owner, body), refused(403, "forbidden", "Only an owner may transfer the ownership."));
}

#[test]
fn sent_again_it_does_not_take_back_what_the_new_owner_has_done_since() {
    // given
    let team = Team::new();
    let request = |person: &Person, member: &str| {
        let body = json!({"action": "transfer_ownership", "memberId": member}).to_string();
        team.scene.post(Some(person), &[("x-organization-id", "acme")], body.into_bytes())
    };
    // when: the new owner has handed it on, and the old one is an owner anew
    let meanwhile = || {
        assert_eq!(team.scene.send(&FUNCTION, &request(&team.admin, "member")).status, 200);
        let body = json!({"action": "change_role", "memberId": "owner", "newRole": "owner"});
        assert_eq!(team.call(&team.member, body).status, 200);
    };
    let reply = team.scene.send_overtaken(&FUNCTION, &request(&team.owner, "admin"), &meanwhile);
    // then
    assert_eq!((reply.status, &reply.body["newOwnerId"]), (200, &json!("admin")), "{reply:?}");
    assert_eq!(team.roles(), "admin:admin member:owner owner:owner viewer:viewer");
}
