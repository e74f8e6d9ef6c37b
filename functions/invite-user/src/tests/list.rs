use serde_json::{json, Value as Json};
use tallygate::{rules::time::Span, testing::BEGIN};

use super::{seat_info, Team, EXPIRY};

fn entry(id: &str, status: &str) -> Json {
    json!({
        "id": id,
        "email": format!("{id}@example.com"),
        "role": "member",
        "status": status,
        "invitedBy": "owner",
        "createdAt": BEGIN,
        "expiresAt": EXPIRY,
    })
}

fn listed(message: &str, invitations: Json, pending: i64) -> (u16, Json) {
    let body =
        json!({"success": true, "message": message, "invitations": invitations, "seatInfo": seat_info(3, 10, pending)});
    (200, body)
}

#[test]
fn open_invitations_are_listed_without_a_token() {
    // given
    let team = Team::of_seats(10);
    for id in ["i1", "i2", "i3"] {
        team.invited(id);
    }
    team.call(&team.owner, json!({"action": "revoke", "invitationId": "i3"}));
    let before = team.scene.everything();
    // when
    let reply = team.call(&team.admin, json!({"action": "list"}));
    // then
    let both = json!([entry("i1", "pending"), entry("i2", "pending")]);
    assert_eq!(reply.answer(), listed("There are 2 open invitations.", both, 2));
    assert_eq!(reply.batches, 1);
    team.scene.assert_unchanged(&before);
}

#[test]
fn one_that_ran_out_is_listed_as_such_and_takes_no_seat() {
    let team = Team::of_seats(10);
    team.invited("i1");
    let list = || team.call(&team.owner, json!({"action": "list"})).answer();
    team.scene.advance(Span(Span::days(7).0 - 1));
    assert_eq!(list(), listed("There is 1 open invitation.", json!([entry("i1", "pending")]), 1));
    team.scene.advance(Span(1));
    assert_eq!(list(), listed("There is 1 open invitation.", json!([entry("i1", "expired")]), 0));
}

#[test]
fn listing_needs_no_paid_plan() {
    let team = Team::of_seats(10);
    team.scene.execute("UPDATE org_subscriptions SET status = 'canceled' WHERE organization_id = 'acme'");
    let reply = team.call(&team.owner, json!({"action": "list"}));
    assert_eq!(reply.answer(), listed("There is no open invitation.", json!([]), 0));
}

#[test]
fn one_whose_sender_may_not_invite_any_more_is_listed_as_such_and_saved_by_a_resend() {
    // given
    let team = Team::of_seats(10);
    team.invited("i1");
    let list = || team.call(&team.admin, json!({"action": "list"})).body["invitations"][0]["status"].clone();
    assert_eq!(list(), "pending");
    // when
    team.scene.execute(
        "UPDATE organization_members SET role = 'member' WHERE user_id = 'owner' AND organization_id = 'acme'",
    );
    // then
    assert_eq!(list(), "withdrawn");
    assert_eq!(team.call(&team.admin, json!({"action": "resend", "invitationId": "i1"})).status, 200);
    assert_eq!(list(), "pending");
}
