//! A member goes: what `remove` and `leave` have in common.

use tallygate::{
    audit_event, event_payload,
    http::RequestContext,
    not_told, outbox_event,
    rules::{ids::UserId, request_ids::Purpose},
    scoped, session_is_live,
    store::Statement,
};

use crate::target::{another_owner_acts, target};

/// The statements by which a member goes. The audit event is the decision, and the rest hangs on it.
pub fn departure(context: &RequestContext, member: &UserId, action: &'static str) -> Vec<Statement> {
    let event = context.ids.id(Purpose::AuditEvent);
    let about = |statement: Statement| statement.with("member", member.as_str()).with("event", event.as_str());
    vec![
        target(member),
        // Decides: oneself, or as an owner or admin somebody whose role is not above one's own; never the last owner who can act,
        // never from a personal organization.
        about(Statement::new(
            "decided",
            scoped!(audit_event!(
"SELECT membership.organization_id, :event, membership.user_id, :action, target.user_id, '{}', :request, :now
FROM membership
JOIN memberships target ON target.organization_id = membership.organization_id AND target.user_id = :member
WHERE membership.organization_kind = 'team'
  AND (:action = 'member.left' AND target.user_id = membership.user_id
    OR :action = 'member.removed' AND membership.role_rank >= 3 AND membership.role_rank >= target.role_rank)
  AND (target.role <> 'owner' OR ", another_owner_acts!(), ")
  AND ", session_is_live!())),
        ))
        .with("action", action),
        // Marks the row that goes: once, before it is told. Sent again, the batch does not take away who has joined anew since.
        about(Statement::new(
            "marked",
            scoped!(
                "UPDATE organization_members SET request_id = :request
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
            scoped!(outbox_event!(
                "SELECT :outbox, decided.organization_id, 'member.removed', decided.target_id, ",
                event_payload!(
                    member("decided.organization_id", "decided.target_id"),
                    organization("decided.organization_id"),
                    reason("CASE decided.action WHEN 'member.left' THEN 'left' ELSE 'removed' END"),
                    by("decided.actor_id")
                ),
                ", :now
FROM membership JOIN audit_events decided
  ON decided.organization_id = membership.organization_id AND decided.id = :event
WHERE 1 = 1"
            )),
        ))
        .with("outbox", context.ids.id(Purpose::OutboxEvent)),
        about(Statement::new(
            "deleted",
            scoped!(
                "DELETE FROM organization_members
WHERE user_id = :member AND request_id = :request AND organization_id = (
  SELECT decided.organization_id FROM membership JOIN audit_events decided
    ON decided.organization_id = membership.organization_id AND decided.id = :event)"
            ),
        )),
        // Back to the personal organization, if this one was the current one: the event is found in no other. It comes
        // last, since whoever leaves has neither standing nor this current organization afterwards.
        about(Statement::new(
            "current",
            "UPDATE users SET current_organization_id = (
    SELECT personal.id FROM organizations personal WHERE personal.personal_user_id = users.id)
WHERE id = :member AND EXISTS (
  SELECT 1 FROM audit_events decided
  WHERE decided.organization_id = users.current_organization_id AND decided.id = :event)
  AND NOT EXISTS (
    SELECT 1 FROM organization_members again
    WHERE again.organization_id = users.current_organization_id AND again.user_id = users.id)",
        )),
        // Whether this request has done it. Whoever left is a member no more, so it is found by the event's own id.
        about(Statement::new(
            "gone",
            "SELECT organizations.id, organizations.name FROM outbox
JOIN organizations ON organizations.id = outbox.organization_id
WHERE outbox.id = :outbox",
        ))
        .with("outbox", context.ids.id(Purpose::OutboxEvent)),
    ]
}
