use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{refused, refused_with, Person, Scene},
};

use super::{expired, wrong_recipient, Invited, FUNCTION};

fn welcome(role: &str, is_admin: bool, current_seats: i64) -> (u16, Json) {
    let body = json!({
        "success": true,
        "message": "Welcome to acme.",
        "organization": {
            "id": "acme",
            "name": "acme",
            "slug": "acme",
            "role": role,
            "seatLimit": 10,
            "currentSeats": current_seats,
            "isAdmin": is_admin,
        },
    });
    (200, body)
}

fn full(members: i64, seats: i64) -> (u16, Json) {
    refused_with(
        429,
        "seat_limit_exceeded",
        &format!("All {seats} seats of acme are taken; ask its owner for a seat. Your invitation stays open."),
        json!({"seatLimitExceeded": true, "currentSeats": members, "seatLimit": seats, "upgradeRequired": true}),
    )
}

#[test]
fn the_invitee_takes_the_seat_and_the_team_is_the_current_one() {
    // given
    let invited = Invited::new();
    let request = invited.scene.upcoming().request_id();
    // when
    let reply = invited.call("accept");
    // then
    assert_eq!(reply.answer(), welcome("member", false, 2));
    assert_eq!(reply.batches, 1);
    let now = invited.scene.now().0;
    assert_eq!(
        invited.scene.rows("SELECT * FROM organization_members WHERE organization_id = 'acme' AND user_id = 'new'"),
        json!([{
            "organization_id": "acme",
            "user_id": "new",
            "role": "member",
            "joined_at": now,
            "request_id": request,
        }])
    );
    assert_eq!(
        invited.scene.rows("SELECT status, resolved_at FROM organization_invitations"),
        json!([{"status": "accepted", "resolved_at": now}])
    );
    assert_eq!(
        invited.scene.rows("SELECT current_organization_id AS current FROM users WHERE id = 'new'"),
        json!([{"current": "acme"}])
    );
    assert_eq!(
        invited.scene.audit(),
        json!([{"organization": "acme", "actor": "new", "action": "invitation.accepted", "target": "i1", "details": "{}"}])
    );
    assert_eq!(
        invited.scene.outbox(),
        json!([
            {"organization": "acme", "event": "invitation.accepted", "target": "i1"},
            {"organization": "acme", "event": "member.added", "target": "new"},
        ])
    );
    let added = invited.scene.sent("member.added");
    let member = json!({"id": "new", "name": "new", "email": "new@example.com", "role": "member", "joinedAt": "2026-03-10T12:00:00.000Z"});
    assert_eq!((&added["member"], &added["by"]), (&member, &json!({"id": "new"})));
}

#[test]
fn without_an_action_accepting_is_meant_and_twice_is_once() {
    let invited = Invited::new();
    let body = json!({"token": invited.token});
    assert_eq!(invited.scene.call(&FUNCTION, &invited.invitee, body).status, 200);
    let members = invited.members();
    assert_eq!(invited.refusal("accept"), refused(409, "invitation_used", "This invitation has already been used."));
    assert_eq!(invited.members(), members);
}

#[test]
fn each_role_is_the_one_that_was_offered() {
    for (role, is_admin) in [("viewer", false), ("member", false), ("admin", true), ("owner", true)] {
        let invited = Invited::new();
        invited.scene.execute(&format!("UPDATE organization_invitations SET role = '{role}'"));
        assert_eq!(invited.call("accept").answer(), welcome(role, is_admin, 2));
    }
}

#[test]
fn an_invitation_is_live_until_the_millisecond_it_expires() {
    // given
    let invited = Invited::new();
    // when, then: at its end
    invited.scene.advance(Span::days(7));
    assert_eq!(invited.refusal("accept"), expired());
    assert_eq!(invited.status(), "pending");
    // when, then: a millisecond before
    invited.scene.advance(Span(-1));
    assert_eq!(invited.call("accept").answer(), welcome("member", false, 2));
}

#[test]
fn an_invitee_nobody_knew_signs_up_on_the_way() {
    // given: an address in capitals, of somebody who was never here
    let invited = Invited::new();
    invited.scene.invitation("acme", "i2", "late@example.com", "viewer", &invited.owner);
    let late = Person::named("late").with("email", json!("LATE@Example.com"));
    // when
    let reply = invited.scene.call(&FUNCTION, &late, json!({"token": "token of i2"}));
    // then
    assert_eq!(reply.answer(), welcome("viewer", false, 2));
    assert_eq!(reply.batches, 3);
    assert_eq!(
        invited.scene.rows("SELECT current_organization_id AS current FROM users WHERE id = 'late'"),
        json!([{"current": "acme"}])
    );
}

#[test]
fn an_owner_who_opens_a_member_s_invitation_keeps_the_role() {
    // given: the owner, who is known by the invited address now
    let invited = Invited::new();
    invited.scene.execute("UPDATE users SET email = 'new@example.com' WHERE id = 'owner'");
    let owner = invited.owner.clone().with("email", json!("new@example.com"));
    // when, then
    assert_eq!(
        invited.scene.refusal(&FUNCTION, &owner, invited.body("accept")),
        refused(409, "already_member", "This person is already a member of the organization.")
    );
    assert_eq!(invited.members(), json!([{"user_id": "owner", "role": "owner"}]));
    assert_eq!(invited.status(), "pending");
}

#[test]
fn members_alone_are_counted_and_one_s_own_pending_seat_is_no_obstacle() {
    // given: two seats, one member, one invitation, and another that would be one too many
    let scene = Scene::with_changed_catalog("seats = 10", "seats = 2");
    let [owner, one, other] = ["owner", "one", "other"].map(|id| scene.sign_up(id));
    scene.team("acme", &owner);
    scene.invitation("acme", "i1", "one@example.com", "member", &owner);
    scene.invitation("acme", "i2", "other@example.com", "member", &owner);
    // when
    assert_eq!(scene.call(&FUNCTION, &one, json!({"token": "token of i1"})).status, 200);
    // then: the house is full, and the invitation stays open
    assert_eq!(scene.refusal(&FUNCTION, &other, json!({"token": "token of i2"})), full(2, 2));
    scene.execute("UPDATE plans SET seats = 3 WHERE id = 'enterprise'");
    assert_eq!(scene.call(&FUNCTION, &other, json!({"token": "token of i2"})).body["organization"]["currentSeats"], 3);
}

#[test]
fn a_plan_without_a_limit_has_a_seat_for_everybody() {
    let invited = Invited::new();
    invited.scene.execute("UPDATE plans SET seats = -1 WHERE id = 'enterprise'");
    let organization = invited.call("accept").body["organization"].clone();
    assert_eq!((organization["seatLimit"].clone(), organization["currentSeats"].clone()), (json!(-1), json!(2)));
}

#[test]
fn an_unpaid_team_takes_in_nobody() {
    let invited = Invited::new();
    for (status, sentence) in [
        ("incomplete", "The Enterprise plan has not been paid for yet; complete the checkout to go on."),
        ("canceled", "The Enterprise subscription is not active; update the payment to go on."),
    ] {
        invited
            .scene
            .execute(&format!("UPDATE org_subscriptions SET status = '{status}' WHERE organization_id = 'acme'"));
        assert_eq!(
            invited.refusal("accept"),
            refused_with(
                402,
                "subscription_required",
                sentence,
                json!({"plan": "Enterprise", "status": status, "upgradeRequired": true})
            )
        );
    }
    assert_eq!(invited.status(), "pending");
}

#[test]
fn of_several_reasons_the_first_in_order_is_told() {
    // given: a wrong recipient of a used invitation; then each reason is taken away
    let invited = Invited::new();
    let scene = &invited.scene;
    let somebody = scene.sign_up("somebody");
    let refusal = |person: &Person| scene.refusal(&FUNCTION, person, invited.body("accept"));
    scene.member("acme", &invited.invitee, "viewer");
    scene.execute(
        "UPDATE plans SET seats = 1 WHERE id = 'enterprise';
         UPDATE organization_invitations SET status = 'revoked', resolved_at = 1, expires_at = 1;",
    );
    // when, then
    assert_eq!(refusal(&somebody), wrong_recipient());
    assert_eq!(refusal(&invited.invitee).1["code"], "invitation_revoked");
    scene.execute("UPDATE organization_invitations SET status = 'pending', resolved_at = NULL");
    assert_eq!(refusal(&invited.invitee), expired());
    scene.execute(&format!("UPDATE organization_invitations SET expires_at = {}", scene.now().0 + 1));
    assert_eq!(refusal(&invited.invitee).1["code"], "already_member");
    scene.execute("DELETE FROM organization_members WHERE organization_id = 'acme' AND user_id = 'new'");
    assert_eq!(refusal(&invited.invitee), full(1, 1));
    scene.execute("UPDATE plans SET seats = 2 WHERE id = 'enterprise'");
    assert_eq!(invited.call("accept").status, 200);
}
