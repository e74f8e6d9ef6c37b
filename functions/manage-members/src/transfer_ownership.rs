//! `transfer_ownership`: an owner hands the organization to another member and becomes an admin.

use serde::Serialize;
use tallygate::{
    audit_event, event_payload,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    not_told, outbox_event,
    rules::{ids::UserId, request_ids::Purpose, role::Role},
    scoped, session_is_live,
    store::{Lock, Statement},
    tenant_scoped,
};

use crate::target::{member_id, target, Target};

pub struct TransferOwnership {
    member: UserId,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Transferred {
    new_owner_id: UserId,
    your_role: Role,
}

impl TransferOwnership {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { member: member_id(call)? }))
    }
}

impl Operation for TransferOwnership {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let event = context.ids.id(Purpose::AuditEvent);
        let about = |statement: Statement| statement.with("member", self.member.as_str()).with("event", event.as_str());
        vec![
            target(&self.member),
            // Decides: an owner of a team, to another member of it who can act.
            about(Statement::new(
                "decided",
                scoped!(
                    audit_event!(
"SELECT membership.organization_id, :event, membership.user_id, 'ownership.transferred', target.user_id,
  '{\"oldRole\":\"' || target.role || '\",\"newRole\":\"owner\"}', :request, :now
FROM membership
JOIN organization_members target
  ON target.organization_id = membership.organization_id AND target.user_id = :member
JOIN users heir ON heir.id = target.user_id AND heir.banned_at IS NULL AND heir.deleted_at IS NULL
WHERE membership.organization_kind = 'team' AND membership.role = 'owner' AND target.user_id <> membership.user_id
  AND ", session_is_live!())
                ),
            )),
            // Both change in one statement: there is an owner at every moment. Once, before it is told: sent again, it does not take back
            // what the new owner has done since.
            about(Statement::new(
                "changed",
                scoped!(
                    "UPDATE organization_members
SET role = CASE user_id WHEN :member THEN 'owner' ELSE 'admin' END, request_id = :request
WHERE user_id IN (:member, :caller) AND organization_id = (
  SELECT decided.organization_id FROM membership JOIN audit_events decided
    ON decided.organization_id = membership.organization_id AND decided.id = :event
  WHERE membership.role = 'owner')
  AND ",
                    not_told!(":outbox || ':owner'")
                ),
            ))
            .with("outbox", context.ids.id(Purpose::OutboxEvent)),
            about(Statement::new(
                "outbox",
                tenant_scoped!(
                    outbox_event!(
"SELECT :outbox || CASE member.user_id WHEN :member THEN ':owner' ELSE ':admin' END, decided.organization_id,
  'member.role_changed', member.user_id, ",
                        event_payload!(
                            member("member.organization_id", "member.user_id"),
                            organization("member.organization_id"),
                            roles("CASE member.user_id WHEN :member THEN decided.details ELSE '{\"oldRole\":\"owner\",\"newRole\":\"admin\"}' END"),
                            by("decided.actor_id")
                        ),
                        ", :now
FROM tenant JOIN audit_events decided
  ON decided.organization_id = tenant.organization_id AND decided.id = :event
JOIN organization_members member ON member.organization_id = decided.organization_id
  AND member.user_id IN (decided.target_id, decided.actor_id)
WHERE 1 = 1")
                ),
            ))
            .with("outbox", context.ids.id(Purpose::OutboxEvent)),
            // Whether this request has done it.
            about(Statement::new(
                "transferred",
                tenant_scoped!(
                    "SELECT decided.id FROM tenant JOIN audit_events decided
  ON decided.organization_id = tenant.organization_id AND decided.id = :event"
                ),
            )),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if found.first("transferred")?.is_some() {
            let reply = Transferred { new_owner_id: self.member.clone(), your_role: Role::Admin };
            return Ok(Reply::ok("The ownership was transferred; you are an admin now.", &reply));
        }
        let membership = found.membership()?;
        membership.must_be_team()?;
        if membership.role != Role::Owner {
            return Err(Refusal::Forbidden("Only an owner may transfer the ownership"));
        }
        let target = Target::read(found)?;
        let oneself = context.identity.as_ref().is_some_and(|identity| identity.user_id == self.member);
        match oneself {
            true => Err(Refusal::invalid("memberId", "must be another member than yourself")),
            false if !target.is_active => Err(Refusal::invalid("memberId", "must be a member whose account is active")),
            false => Err(found.broken("an owner could not transfer to a member")),
        }
    }
}
