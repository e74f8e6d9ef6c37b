//! `resend`: the same invitation with a new token and a new week; the old token dies.

use tallygate::{
    audit_event, event_payload,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    outbox_event,
    rules::{
        ids::InvitationId,
        invitation::{token_hash, InvitationPolicy},
        request_ids::Purpose,
    },
    scoped, session_is_proven,
    store::{Lock, Statement},
    tenant_scoped,
};

use crate::{
    revoke::{invitation, must_be_open},
    seats::{seats, Invited, SeatInfo, ShownOnce},
    sending::{may_send_to, must_be_within, on_the_day, sent_again},
    token::token,
};

/// Of a row of `organization_invitations`: this request has sent it already, as its line in the audit log tells. (A request whose answer
/// was lost is sent again, and others may have sent the invitation meanwhile.)
macro_rules! sent_already {
    () => {
        "EXISTS (SELECT 1 FROM audit_events told WHERE told.organization_id = organization_invitations.organization_id AND told.id = :told)"
    };
}

pub struct Resend {
    invitation: InvitationId,
}

impl Resend {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { invitation: InvitationId::new(call.fields.required_id("invitationId")?) }))
    }
}

impl Operation for Resend {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            invitation(&self.invitation),
            // Decides: a pending invitation to a role not above the caller's, who becomes its sender: so an invitation whose
            // sender may not invite any more is saved. One that ran out takes its seat again, so
            // a seat must be left for it.
            on_the_day(
                Statement::new(
                "resent",
                scoped!(
                    "UPDATE organization_invitations SET token_hash = :token_hash, invited_by = :caller, expires_at = :expires_at,
  request_id = :request, resends_day = :day,
  resends = CASE
    WHEN ",
                    sent_already!(),
                    " THEN resends
    WHEN resends_day = :day THEN resends + 1
    ELSE 1
  END
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
          AND live.status = 'pending' AND live.expires_at > :now))
      AND (",
                    sent_already!(),
                    " OR ",
                    may_send_to!("organization_invitations.email"),
                    ")
      AND ",
                    session_is_proven!(),
                    ")
RETURNING id, email, role, expires_at"
                ),
            ), context)
            .with("id", self.invitation.as_str())
            .with("token_hash", token_hash(&token(context, self.invitation.as_str())))
            .with("told", context.ids.id(Purpose::AuditEvent))
            .with("expires_at", InvitationPolicy::expires_at(context.now)),
            Statement::new(
                "audit",
                tenant_scoped!(
                    audit_event!(
"SELECT tenant.organization_id, :event, tenant.user_id, 'invitation.resent', resent.id, '{}', :request, :now
FROM tenant JOIN organization_invitations resent
  ON resent.organization_id = tenant.organization_id AND resent.id = :id AND resent.request_id = :request
WHERE 1 = 1")
                ),
            )
            .with("id", self.invitation.as_str())
            .with("event", context.ids.id(Purpose::AuditEvent)),
            Statement::new(
                "outbox",
                tenant_scoped!(
                    outbox_event!(
"SELECT :event, tenant.organization_id, 'invitation.resent', resent.id, ",
                        event_payload!(invitation("resent.organization_id", "resent.id"), organization("resent.organization_id"), by("tenant.user_id")),
                        ", :now
FROM tenant JOIN organization_invitations resent
  ON resent.organization_id = tenant.organization_id AND resent.id = :id AND resent.request_id = :request
WHERE 1 = 1")
                ),
            )
            .with("id", self.invitation.as_str())
            .with("event", context.ids.id(Purpose::OutboxEvent)),
            seats(),
            sent_again(&self.invitation, context),
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
        must_be_within(found, context, false)?;
        Err(seat_info.exceeded(membership))
    }
}
