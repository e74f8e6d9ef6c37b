//! `resend`: the same invitation with a new token and a new week; the old token dies.

use tallygate::{
    http::{Asking, Call, Found, Operation, Refusal, Reply},
    rules::{
        fresh::Purpose,
        ids::InvitationId,
        invitation::{token_hash, InvitationPolicy},
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
    fn statements(&self, asking: &Asking) -> Vec<Statement> {
        vec![
            invitation(&self.invitation),
            // Decides: a pending invitation to a role not above the caller's. One that ran out takes its seat again, so
            // a seat must be left for it.
            Statement::new(
                "resent",
                scoped!(
                    "UPDATE organization_invitations SET token_hash = :token_hash, expires_at = :expires_at, request_id = :request
WHERE id = :id AND status = 'pending'
  AND organization_id = (SELECT asking.organization_id FROM asking)
  AND EXISTS (
    SELECT 1 FROM asking
    WHERE asking.organization_kind = 'team' AND asking.role_rank >= 3 AND asking.access_until > :now
      AND asking.role_rank >= CASE organization_invitations.role
        WHEN 'owner' THEN 4 WHEN 'admin' THEN 3 WHEN 'member' THEN 2 ELSE 1 END
      AND (organization_invitations.expires_at > :now OR asking.seats = -1 OR asking.seats > (
        SELECT COUNT(*) FROM organization_members member WHERE member.organization_id = asking.organization_id
      ) + (
        SELECT COUNT(*) FROM organization_invitations live WHERE live.organization_id = asking.organization_id
          AND live.status = 'pending' AND live.expires_at > :now)))
RETURNING id, email, role, expires_at"
                ),
            )
            .with("id", self.invitation.as_str())
            .with("token_hash", token_hash(&asking.fresh.token()))
            .with("expires_at", InvitationPolicy::expires_at(asking.now)),
            Statement::new(
                "audit",
                scoped!(
                    "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
SELECT asking.organization_id, :event, asking.user_id, 'invitation.resent', resent.id, :request, :now
FROM asking JOIN organization_invitations resent
  ON resent.organization_id = asking.organization_id AND resent.id = :id AND resent.request_id = :request"
                ),
            )
            .with("id", self.invitation.as_str())
            .with("event", asking.fresh.id(Purpose::AuditEvent)),
            Statement::new(
                "outbox",
                scoped!(
                    "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at)
SELECT :event, asking.organization_id, 'invitation.resent', resent.id, :now
FROM asking JOIN organization_invitations resent
  ON resent.organization_id = asking.organization_id AND resent.id = :id AND resent.request_id = :request"
                ),
            )
            .with("id", self.invitation.as_str())
            .with("event", asking.fresh.id(Purpose::OutboxEvent)),
            seats(),
        ]
    }

    fn outcome(&self, asking: &Asking, found: &Found<'_>) -> Result<Reply, Refusal> {
        let standing = found.standing()?;
        let seat_info = SeatInfo::read(found, standing)?;
        if let Some(row) = found.first("resent")? {
            let invitation = found.stored(ShownOnce::read(row, asking, standing))?;
            let message = format!("The invitation of {} was sent again.", invitation.email);
            return Ok(Reply::ok(&message, &Invited { invitation, seat_info }));
        }
        standing.must_be_team()?;
        standing.must_manage()?;
        let role = must_be_open(found)?;
        if role > standing.role {
            return Err(Refusal::Forbidden("Nobody invites to a role above their own"));
        }
        standing.must_have_access(asking.now)?;
        Err(seat_info.exceeded(standing))
    }
}
