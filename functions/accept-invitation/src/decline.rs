//! `decline`: the invitee says no, also to an invitation that has run out.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope},
    rules::{ids::InvitationId, request_ids::Purpose},
    store::Statement,
};

use crate::invitation::{for_recipient, hash, invitation, must_be_unanswered, refreshed_address};

pub struct Decline {
    token_hash: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Declined {
    invitation_id: InvitationId,
    organization_name: String,
}

impl Decline {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { token_hash: hash(call)? }))
    }
}

impl Operation for Decline {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let hashed = |statement: Statement| statement.with("token_hash", self.token_hash.as_str());
        vec![
            refreshed_address(context),
            invitation(&self.token_hash),
            // Decides: an invitation nobody has answered, by its verified recipient, to an organization that is there.
            hashed(Statement::new(
                "declined",
                "UPDATE organization_invitations SET status = 'declined', resolved_at = :now, request_id = :request
WHERE token_hash = :token_hash AND status = 'pending'
  AND email = (
    SELECT recipient.email FROM users recipient
    WHERE recipient.id = :caller AND recipient.email_verified = 1
      AND recipient.banned_at IS NULL AND recipient.deleted_at IS NULL)
  AND EXISTS (
    SELECT 1 FROM entitlements WHERE entitlements.organization_id = organization_invitations.organization_id)
RETURNING id",
            )),
            hashed(Statement::new(
                "audit",
                "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
SELECT declined.organization_id, :event, :caller, 'invitation.declined', declined.id, :request, :now
FROM organization_invitations declined
WHERE declined.token_hash = :token_hash AND declined.request_id = :request AND declined.status = 'declined'",
            ))
            .with("event", context.ids.id(Purpose::AuditEvent)),
            hashed(Statement::new(
                "outbox",
                "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at)
SELECT :event, declined.organization_id, 'invitation.declined', declined.id, :now
FROM organization_invitations declined
WHERE declined.token_hash = :token_hash AND declined.request_id = :request AND declined.status = 'declined'",
            ))
            .with("event", context.ids.id(Purpose::OutboxEvent)),
        ]
    }

    fn outcome(&self, _asking: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let row = for_recipient(found)?;
        if found.first("declined")?.is_some() {
            let declined = Declined {
                invitation_id: InvitationId::new(found.stored(row.text("id"))?),
                organization_name: found.stored(row.text("organization_name"))?.to_string(),
            };
            return Ok(Reply::ok("The invitation was declined.", &declined));
        }
        must_be_unanswered(found, row)?;
        Err(Refusal::InvitationExpired)
    }
}
