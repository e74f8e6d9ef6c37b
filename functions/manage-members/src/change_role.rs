//! `change_role`: a member gets another role, within the caller's own.

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

use crate::target::{another_owner_acts, member_id, target, Target};

pub struct ChangeRole {
    member: UserId,
    new_role: Role,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    member_id: UserId,
    old_role: Role,
    new_role: Role,
}

impl ChangeRole {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let new_role = call.fields.required("newRole", Role::parse, "one of: owner, admin, member, viewer")?;
        Ok(Box::new(Self { member: member_id(call)?, new_role }))
    }
}

impl Operation for ChangeRole {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let event = context.ids.id(Purpose::AuditEvent);
        let about = |statement: Statement| {
            statement
                .with("member", self.member.as_str())
                .with("new_role", self.new_role.as_str())
                .with("event", event.as_str())
        };
        vec![
            target(&self.member),
            // Decides: neither the member's role nor the new one is above the caller's, and an owner who can act remains.
            about(Statement::new(
                "decided",
                scoped!(audit_event!(
"SELECT membership.organization_id, :event, membership.user_id, 'member.role_changed', target.user_id,
  '{\"oldRole\":\"' || target.role || '\",\"newRole\":\"' || :new_role || '\"}', :request, :now
FROM membership
JOIN memberships target ON target.organization_id = membership.organization_id AND target.user_id = :member
WHERE membership.organization_kind = 'team' AND membership.access_until > :now
  AND membership.role_rank >= 3 AND membership.role_rank >= target.role_rank AND membership.role_rank >= :new_rank
  AND target.role <> :new_role
  AND (target.role <> 'owner' OR ", another_owner_acts!(), ")
  AND ", session_is_live!())),
            ))
            .with("new_rank", self.new_role.rank()),
            // Once, before it is told: sent again, it does not undo what came between.
            about(Statement::new(
                "changed",
                scoped!(
                    "UPDATE organization_members SET role = :new_role, request_id = :request
WHERE user_id = :member AND organization_id = (
  SELECT decided.organization_id FROM membership JOIN audit_events decided
    ON decided.organization_id = membership.organization_id AND decided.id = :event)
  AND ",
                    not_told!(":outbox")
                ),
            ))
            .with("outbox", context.ids.id(Purpose::OutboxEvent)),
            about(Statement::new(
                "outbox",
                tenant_scoped!(outbox_event!(
                    "SELECT :outbox, decided.organization_id, decided.action, decided.target_id, ",
                    event_payload!(
                        member("decided.organization_id", "decided.target_id"),
                        organization("decided.organization_id"),
                        roles("decided.details"),
                        by("decided.actor_id")
                    ),
                    ", :now
FROM tenant JOIN audit_events decided
  ON decided.organization_id = tenant.organization_id AND decided.id = :event
WHERE 1 = 1"
                )),
            ))
            .with("outbox", context.ids.id(Purpose::OutboxEvent)),
            // The answer: what this request has changed.
            about(Statement::new(
                "change",
                tenant_scoped!(
                    "SELECT decided.details FROM tenant JOIN audit_events decided
  ON decided.organization_id = tenant.organization_id AND decided.id = :event"
                ),
            )),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let changed = |old_role| Changed { member_id: self.member.clone(), old_role, new_role: self.new_role };
        if let Some(row) = found.first("change")? {
            let old_role = old_role(found.stored(row.text("details"))?).ok_or_else(|| found.broken("no old role"))?;
            let message = format!("The member's role is now {}.", self.new_role.as_str());
            return Ok(Reply::ok(&message, &changed(old_role)));
        }
        membership.must_be_team()?;
        membership.must_manage()?;
        let target = Target::read(found)?;
        if target.role > membership.role || self.new_role > membership.role {
            return Err(Refusal::Forbidden("Nobody changes or gives a role above their own"));
        }
        membership.must_have_access(context.now)?;
        if target.role == self.new_role {
            return Ok(Reply::ok("The member has this role already.", &changed(target.role)));
        }
        Err(target.last_owner(found))
    }
}

/// The role before the change, out of the details of its audit event.
fn old_role(details: &str) -> Option<Role> {
    let details: serde_json::Value = serde_json::from_str(details).ok()?;
    Role::parse(details.get("oldRole")?.as_str()?)
}
