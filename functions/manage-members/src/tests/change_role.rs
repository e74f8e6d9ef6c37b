use serde_json::{json, Value as Json};
use tallygate::testing::{refused, refused_with};

use super::{last_owner, no_such_member, only_managers, Team};
use crate::FUNCTION;

fn change(member: &str, role: &str) -> Json {
    json!({"action": "change_role", "memberId": member, "newRole": role})
}

#[test]
fn a_member_gets_another_role() {
    // given
    let team = Team::new();
    // when
    let reply = team.call(&team.admin, change("member", "admin"));
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "The member's role is now admin.",
                "memberId": "member",
                "oldRole": "member",
                "newRole": "admin",
            })
        )
    );
    assert_eq!(reply.batches, 1);
    assert_eq!(team.roles(), "admin:admin member:admin owner:owner viewer:viewer");
    let details = r#"{"oldRole":"member","newRole":"admin"}"#;
    assert_eq!(
        team.scene.audit(),
        json!([{
            "organization": "acme",
            "actor": "admin",
            "action": "member.role_changed",
            "target": "member",
            "details": details,
        }])
    );
    assert_eq!(
        team.scene.outbox(),
        json!([{"organization": "acme", "event": "member.role_changed", "target": "member"}])
    );
    let changed = team.scene.sent("member.role_changed");
    assert_eq!(
        (&changed["member"]["role"], &changed["roles"]),
        (&json!("admin"), &json!({"oldRole": "member", "newRole": "admin"}))
    );
}

#[test]
fn the_same_role_again_is_a_success_that_writes_nothing() {
    let team = Team::new();
    let before = team.scene.everything();
    let reply = team.call(&team.owner, change("viewer", "viewer"));
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "The member has this role already.",
                "memberId": "viewer",
                "oldRole": "viewer",
                "newRole": "viewer",
            })
        )
    );
    team.scene.assert_unchanged(&before);
}

#[test]
fn every_role_may_change_and_give_what_is_not_above_it() {
    let above = refused(403, "forbidden", "Nobody changes or gives a role above their own.");
    let roles = ["viewer", "member", "admin", "owner"];
    for caller in roles {
        for target in roles {
            for new in roles {
                // given
                let team = Team::new();
                let second = team.scene.sign_up("second");
                team.scene.member("acme", &second, "owner");
                let person = match caller {
                    "viewer" => &team.viewer,
                    "member" => &team.member,
                    "admin" => &team.admin,
                    _ => &team.owner,
                };
                let rank = |role: &str| roles.iter().position(|known| *known == role).unwrap();
                // when
                let body = change(target, new);
                // then
                if rank(caller) < rank("admin") {
                    assert_eq!(team.refusal(person, body), only_managers(), "{caller}: {target} → {new}");
                } else if rank(target) > rank(caller) || rank(new) > rank(caller) {
                    assert_eq!(team.refusal(person, body), above, "{caller}: {target} → {new}");
                } else {
                    assert_eq!(team.call(person, body).status, 200, "{caller}: {target} → {new}");
                    assert!(team.roles().contains(&format!("{target}:{new}")), "{caller}: {target} → {new}");
                }
            }
        }
    }
}

#[test]
fn the_last_owner_cannot_step_down() {
    let team = Team::new();
    for role in ["admin", "member", "viewer"] {
        assert_eq!(team.refusal(&team.owner, change("owner", role)), last_owner());
    }
    let team = team.with_second_owner("admin");
    assert_eq!(team.call(&team.owner, change("owner", "viewer")).status, 200);
    assert_eq!(team.refusal(&team.admin, change("admin", "member")), last_owner());
    assert_eq!(team.roles(), "admin:owner member:member owner:viewer viewer:viewer");
}

#[test]
fn an_owner_makes_a_second_owner() {
    let team = Team::new();
    assert_eq!(team.call(&team.owner, change("viewer", "owner")).status, 200);
    assert_eq!(team.roles(), "admin:admin member:member owner:owner viewer:owner");
}

#[test]
fn an_unpaid_plan_changes_no_roles_but_who_may_not_hears_that_first() {
    let team = Team::new();
    team.scene.execute("UPDATE org_subscriptions SET status = 'incomplete' WHERE organization_id = 'acme'");
    assert_eq!(team.refusal(&team.member, change("viewer", "member")), only_managers());
    assert_eq!(team.refusal(&team.owner, change("nobody", "member")), no_such_member());
    assert_eq!(
        team.refusal(&team.owner, change("viewer", "member")),
        refused_with(
            402,
            "subscription_required",
            "The Enterprise plan has not been paid for yet; complete the checkout to go on.",
            json!({"plan": "Enterprise", "status": "incomplete", "upgradeRequired": true})
        )
    );
}

#[test]
fn sent_again_it_does_not_take_back_what_came_between_not_even_where_the_role_is_the_old_one() {
    let team = Team::new();
    let body = |role: &str| json!({"action": "change_role", "memberId": "member", "newRole": role});
    let request =
        team.scene.post(Some(&team.owner), &[("x-organization-id", "acme")], body("admin").to_string().into_bytes());
    let meanwhile = || assert_eq!(team.call(&team.owner, body("member")).status, 200);
    let reply = team.scene.send_overtaken(&FUNCTION, &request, &meanwhile);
    assert_eq!((reply.status, &reply.body["newRole"]), (200, &json!("admin")), "{reply:?}");
    assert_eq!(team.roles(), "admin:admin member:member owner:owner viewer:viewer");
}
