//! `decline`: the invitee says no, also to an invitation that has run out.

use serde::Serialize;
use tallygate::{
    audit_event, event_payload,
    http::{refreshed_address, trial_of_verified, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope},
    outbox_event,
    rules::{ids::InvitationId, request_ids::Purpose},
    session_is_live,
    store::{Lock, Statement},
};

use crate::invitation::{
    answered, answered_now, for_recipient, hash, invitation, is_recipient, locks, must_be_unanswered,
};

pub struct Decline {
    token_hash: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Declined {
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

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        locks(&self.token_hash)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let hashed = |statement: Statement| statement.with("token_hash", self.token_hash.as_str());
        vec![
            refreshed_address(context),
            // Decides: an invitation nobody has answered, by its verified recipient, to an organization that is there.
            hashed(Statement::new(
                "declined",
                concat!(
                    "UPDATE organization_invitations SET
  status = 'declined', resolved_at = :now, answered_by = :caller, request_id = :request
WHERE token_hash = :token_hash AND status = 'pending'
  AND ",
                    is_recipient!(),
                    "
  AND ",
                    session_is_live!(),
                    "
  AND EXISTS (
    SELECT 1 FROM entitlements WHERE entitlements.organization_id = organization_invitations.organization_id)"
                ),
            )),
            hashed(Statement::new(
                "audit",
                audit_event!(
                    "SELECT answered.organization_id, :event, :caller, 'invitation.declined', answered.id, '{}', :request, :now
",
                    answered!("declined")
                ),
            ))
            .with("event", context.ids.id(Purpose::AuditEvent)),
            hashed(Statement::new(
                "outbox",
                outbox_event!(
                    "SELECT :event, answered.organization_id, 'invitation.declined', answered.id, ",
                    event_payload!(
                        invitation("answered.organization_id", "answered.id"),
                        organization("answered.organization_id"),
                        by(":caller")
                    ),
                    ", :now
",
                    answered!("declined")
                ),
            ))
            .with("event", context.ids.id(Purpose::OutboxEvent)),
            // Who is verified by this has the trial that they did not get without it.
            trial_of_verified(),
            invitation(&self.token_hash),
        ]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let row = for_recipient(found)?;
        if answered_now(found, row, "declined")? {
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
