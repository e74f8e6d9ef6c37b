//! `resend`: the same invitation with a new token and a new week; the old token dies.

use tallygate::{
    audit_event, event_payload,
    http::{banned_domains, BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    is_of_banned_domain, outbox_event,
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
    revoke::{invitation, must_be_open, must_not_be_banned},
    seats::{has_a_seat, seats, Invited, SeatInfo, ShownOnce},
    sending::{may_send_to, must_be_within, on_the_day, sent_again},
    token::token,
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
            // a seat must be left for it. Once: sent again, it does not take the newest token from whoever has sent it since.
            on_the_day(
                Statement::new(
                "resent",
                scoped!(
                    "UPDATE organization_invitations SET token_hash = :token_hash, invited_by = :caller, expires_at = :expires_at,
  request_id = :request, resends_day = :day, resends = CASE WHEN resends_day = :day THEN resends + 1 ELSE 1 END
WHERE id = :id AND status = 'pending'
  AND organization_id = (SELECT membership.organization_id FROM membership)
  AND EXISTS (
    SELECT 1 FROM membership
    WHERE membership.organization_kind = 'team' AND membership.role_rank >= 3 AND membership.access_until > :now
      AND membership.role_rank >= CASE organization_invitations.role
        WHEN 'owner' THEN 4 WHEN 'admin' THEN 3 WHEN 'member' THEN 2 ELSE 1 END
      AND (organization_invitations.expires_at > :now OR ",
                    has_a_seat!(),
                    ")
      AND ",
                    may_send_to!("organization_invitations.email"),
                    "
      AND ",
                    session_is_proven!(),
                    ")
  AND NOT EXISTS (
    SELECT 1 FROM audit_events told
    WHERE told.organization_id = organization_invitations.organization_id AND told.id = :told)
  AND NOT ",
                    is_of_banned_domain!("organization_invitations.email")
                ),
            ), context)
            .with("id", self.invitation.as_str())
            .with("token_hash", token_hash(&token(context, self.invitation.as_str())))
            .with("told", context.ids.id(Purpose::AuditEvent))
            .with("banned_domains", banned_domains(context))
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
            // The answer: what this request has sent.
            Statement::new(
                "sent_now",
                tenant_scoped!(
                    "SELECT resent.id, resent.email, resent.role, CAST(:expires_at AS BIGINT) AS expires_at
FROM tenant
JOIN audit_events told ON told.organization_id = tenant.organization_id AND told.id = :told
JOIN organization_invitations resent ON resent.organization_id = tenant.organization_id AND resent.id = :id"
                ),
            )
            .with("id", self.invitation.as_str())
            .with("told", context.ids.id(Purpose::AuditEvent))
            .with("expires_at", InvitationPolicy::expires_at(context.now)),
            seats(),
            sent_again(&self.invitation, context),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let seat_info = SeatInfo::read(found)?;
        if let Some(row) = found.first("sent_now")? {
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
        must_not_be_banned(found, context)?;
        must_be_within(found, context, false)?;
        Err(seat_info.exceeded(membership))
    }
}
