//! `revoke`: takes an invitation back; its seat is free again.

use serde::Serialize;
use tallygate::{
    audit_event,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{email::Email, ids::InvitationId, request_ids::Purpose, role::Role},
    scoped, session_is_live,
    store::{Lock, Statement},
    tenant_scoped,
};

pub struct Revoke {
    invitation: InvitationId,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Revoked {
    invitation_id: InvitationId,
}

impl Revoke {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { invitation: InvitationId::new(call.fields.required_id("invitationId")?) }))
    }
}

/// The invitation as it is at this point of the batch, to explain a refusal.
pub fn invitation(id: &InvitationId) -> Statement {
    Statement::new(
        "invitation",
        scoped!(
            "SELECT invitation.status, invitation.role, invitation.email
FROM membership JOIN organization_invitations invitation
  ON invitation.organization_id = membership.organization_id AND invitation.id = :id"
        ),
    )
    .with("id", id.as_str())
}

/// Refuses an invitation that is not there or was answered; gives the role of one that is open.
pub fn must_be_open(found: &BatchRows<'_>) -> Result<Role, Refusal> {
    let row = found.first("invitation")?.ok_or(Refusal::InvitationNotFound)?;
    match found.stored(row.text("status"))? {
        "accepted" => Err(Refusal::InvitationUsed),
        "revoked" => Err(Refusal::InvitationRevoked),
        "declined" => Err(Refusal::InvitationDeclined),
        "expired" => Err(Refusal::InvitationExpired),
        _ => Role::parse(found.stored(row.text("role"))?).ok_or_else(|| found.broken("no role")),
    }
}

/// Refuses an invitation to an address of a domain that the operator has banned since.
pub fn must_not_be_banned(found: &BatchRows<'_>, context: &RequestContext) -> Result<(), Refusal> {
    let row = found.first("invitation")?.ok_or(Refusal::InvitationNotFound)?;
    let is_banned =
        Email::parse(found.stored(row.text("email"))?).is_some_and(|email| email.is_of(&context.banned_email_domains));
    if is_banned {
        return Err(Refusal::EmailDomainBanned);
    }
    Ok(())
}

impl Operation for Revoke {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            invitation(&self.invitation),
            // Decides: an invitation nobody has answered, to a role not above the caller's.
            Statement::new(
                "resolved",
                scoped!(
                    "UPDATE organization_invitations SET status = 'revoked', resolved_at = :now, request_id = :request
WHERE id = :id AND status = 'pending'
  AND organization_id = (SELECT membership.organization_id FROM membership)
  AND EXISTS (
    SELECT 1 FROM membership
    WHERE membership.role_rank >= 3 AND membership.role_rank >= CASE organization_invitations.role
      WHEN 'owner' THEN 4 WHEN 'admin' THEN 3 WHEN 'member' THEN 2 ELSE 1 END)
  AND ",
                    session_is_live!()
                ),
            )
            .with("id", self.invitation.as_str()),
            Statement::new(
                "audit",
                tenant_scoped!(audit_event!(
"SELECT tenant.organization_id, :event, tenant.user_id, 'invitation.revoked', revoked.id, '{}', :request, :now
FROM tenant JOIN organization_invitations revoked
  ON revoked.organization_id = tenant.organization_id AND revoked.id = :id AND revoked.request_id = :request
WHERE 1 = 1")),
            )
            .with("id", self.invitation.as_str())
            .with("event", context.ids.id(Purpose::AuditEvent)),
            // Whether this request has revoked it.
            Statement::new(
                "revoked",
                tenant_scoped!(
                    "SELECT revoked.id FROM tenant JOIN organization_invitations revoked
  ON revoked.organization_id = tenant.organization_id AND revoked.id = :id
WHERE revoked.request_id = :request AND revoked.status = 'revoked'"
                ),
            )
            .with("id", self.invitation.as_str()),
        ]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if found.first("revoked")?.is_some() {
            return Ok(Reply::ok("The invitation was revoked.", &Revoked { invitation_id: self.invitation.clone() }));
        }
        let membership = found.membership()?;
        membership.must_be_team()?;
        membership.must_manage()?;
        must_be_open(found)?;
        Err(Refusal::Forbidden("Nobody revokes an invitation to a role above their own"))
    }
}
