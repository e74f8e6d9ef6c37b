use serde_json::{json, Value as Json};
use tallygate::{rules::time::Span, testing::refused};

use super::Team;

fn revoke(id: &str) -> Json {
    json!({"action": "revoke", "invitationId": id})
}

#[test]
fn an_invitation_is_taken_back_and_its_seat_is_free() {
    // given
    let team = Team::of_seats(4);
    team.invited("i1");
    // when
    let reply = team.call(&team.admin, revoke("i1"));
    // then
    assert_eq!(
        reply.answer(),
        (200, json!({"success": true, "message": "The invitation was revoked.", "invitationId": "i1"}))
    );
    assert_eq!(reply.batches, 1);
    assert_eq!(
        team.scene.rows("SELECT id, status, resolved_at FROM organization_invitations"),
        json!([{"id": "i1", "status": "revoked", "resolved_at": team.scene.now().0}])
    );
    assert_eq!(
        team.scene.audit(),
        json!([{"organization": "acme", "actor": "admin", "action": "invitation.revoked", "target": "i1", "details": "{}"}])
    );
    assert_eq!(team.scene.outbox(), json!([]));
    assert_eq!(team.call(&team.owner, json!({"email": "i1@example.com"})).status, 201);
}

#[test]
fn an_invitation_that_was_answered_stays_as_it_is() {
    let team = Team::of_seats(10);
    team.invited("i1");
    for (status, expected) in [
        ("accepted", refused(409, "invitation_used", "This invitation has already been used.")),
        ("revoked", refused(409, "invitation_revoked", "This invitation was revoked.")),
        ("declined", refused(409, "invitation_declined", "This invitation was declined.")),
        ("expired", refused(410, "invitation_expired", "This invitation has expired; ask for a new one.")),
    ] {
        team.scene.execute(&format!("UPDATE organization_invitations SET status = '{status}', resolved_at = 1"));
        assert_eq!(team.refusal(&team.owner, revoke("i1")), expected);
    }
    assert_eq!(
        team.refusal(&team.owner, revoke("unknown")),
        refused(404, "invitation_not_found", "There is no such invitation.")
    );
}

#[test]
fn revoking_needs_no_paid_plan_and_no_live_invitation() {
    let team = Team::of_seats(10);
    team.invited("i1");
    team.scene.advance(Span::days(8));
    team.scene.execute("UPDATE org_subscriptions SET status = 'canceled' WHERE organization_id = 'acme'");
    assert_eq!(team.call(&team.admin, revoke("i1")).status, 200);
    assert_eq!(team.statuses(), ["revoked"]);
}

#[test]
fn an_admin_does_not_revoke_an_owner_s_invitation() {
    let team = Team::of_seats(10);
    team.scene.invitation("acme", "i1", "boss@example.com", "owner", &team.owner);
    assert_eq!(
        team.refusal(&team.admin, revoke("i1")),
        refused(403, "forbidden", "Nobody revokes an invitation to a role above their own.")
    );
    assert_eq!(team.call(&team.owner, revoke("i1")).status, 200);
}
