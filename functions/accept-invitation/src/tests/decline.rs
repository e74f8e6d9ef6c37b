use serde_json::json;
use tallygate::{rules::time::Span, testing::refused};

use super::Invited;

#[test]
fn the_invitee_says_no() {
    // given
    let invited = Invited::new();
    // when
    let reply = invited.call("decline");
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "The invitation was declined.",
                "invitationId": "i1",
                "organizationName": "acme",
            })
        )
    );
    assert_eq!(reply.batches, 1);
    assert_eq!(
        invited.scene.rows("SELECT status, resolved_at FROM organization_invitations"),
        json!([{"status": "declined", "resolved_at": invited.scene.now().0}])
    );
    assert_eq!(invited.members(), json!([{"user_id": "owner", "role": "owner"}]));
    assert_eq!(
        invited.scene.audit(),
        json!([{"organization": "acme", "actor": "new", "action": "invitation.declined", "target": "i1", "details": "{}"}])
    );
    assert_eq!(
        invited.scene.outbox(),
        json!([{"organization": "acme", "event": "invitation.declined", "target": "i1"}])
    );
    // and that is that
    let declined = refused(409, "invitation_declined", "This invitation was declined.");
    invited.refused_to_all(&declined);
}

#[test]
fn no_can_be_said_to_an_invitation_that_ran_out_and_to_an_unpaid_team() {
    let invited = Invited::new();
    invited.scene.advance(Span::days(30));
    invited.scene.execute("UPDATE org_subscriptions SET status = 'canceled' WHERE organization_id = 'acme'");
    assert_eq!(invited.call("decline").status, 200);
    assert_eq!(invited.status(), "declined");
}
