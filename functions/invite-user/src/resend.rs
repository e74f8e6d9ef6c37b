//! `resend`: the same invitation with a new token and a new week; the old token dies.

use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{
        ids::InvitationId,
        invitation::{token_hash, InvitationPolicy},
        request_ids::Purpose,
    },
    scoped,
    store::Statement,
};

use crate::{
    revoke::{invitation, must_be_open},
    seats::{seats, Invited, SeatInfo, ShownOnce},
};

pub struct Resend {
    invitation: InvitationId,
}

impl Resend {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { invitation: InvitationId::new(call.fields.required_id("invitationId")?) }))
    }
}

impl Operation for Resend {
    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            invitation(&self.invitation),
            // Decides: a pending invitation to a role not above the caller's. One that ran out takes its seat again, so
            // a seat must be left for it.
            Statement::new(
                "resent",
                scoped!(
                    "UPDATE organization_invitations SET token_hash = :token_hash, expires_at = :expires_at, request_id = :request
WHERE id = :id AND status = 'pending'
  AND organization_id = (SELECT membership.organization_id FROM membership)
  AND EXISTS (
    SELECT 1 FROM membership
    WHERE membership.organization_kind = 'team' AND membership.role_rank >= 3 AND membership.access_until > :now
      AND membership.role_rank >= CASE organization_invitations.role
        WHEN 'owner' THEN 4 WHEN 'admin' THEN 3 WHEN 'member' THEN 2 ELSE 1 END
      AND (organization_invitations.expires_at > :now OR membership.seats = -1 OR membership.seats > (
        SELECT COUNT(*) FROM organization_members member WHERE member.organization_id = membership.organization_id
      ) + (
        SELECT COUNT(*) FROM organization_invitations live WHERE live.organization_id = membership.organization_id
          AND live.status = 'pending' AND live.expires_at > :now)))
RETURNING id, email, role, expires_at"
                ),
            )
            .with("id", self.invitation.as_str())
            .with("token_hash", token_hash(&context.ids.token()))
            .with("expires_at", InvitationPolicy::expires_at(context.now)),
            Statement::new(
                "audit",
                scoped!(
                    "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
SELECT membership.organization_id, :event, membership.user_id, 'invitation.resent', resent.id, :request, :now
FROM membership JOIN organization_invitations resent
  ON resent.organization_id = membership.organization_id AND resent.id = :id AND resent.request_id = :request"
                ),
            )
            .with("id", self.invitation.as_str())
            .with("event", context.ids.id(Purpose::AuditEvent)),
            Statement::new(
                "outbox",
                scoped!(
                    "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at)
SELECT :event, membership.organization_id, 'invitation.resent', resent.id, :now
FROM membership JOIN organization_invitations resent
  ON resent.organization_id = membership.organization_id AND resent.id = :id AND resent.request_id = :request"
                ),
            )
            .with("id", self.invitation.as_str())
            .with("event", context.ids.id(Purpose::OutboxEvent)),
            seats(),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let seat_info = SeatInfo::read(found, membership)?;
        if let Some(row) = found.first("resent")? {
            let invitation = found.stored(ShownOnce::read(row, context, membership))?;
            let message = format!("The invitation of {} was sent again.", invitation.email);
            return Ok(Reply::ok(&message, &Invited { invitation, seat_info }));
        }
        membership.must_be_team()?;
        membership.must_manage()?;
        let role = must_be_open(found)?;
        if role > membership.role {
            return Err(Refusal::Forbidden("Nobody invites to a role above their own"));
        }
        membership.must_have_access(context.now)?;
        Err(seat_info.exceeded(membership))
    }
}
