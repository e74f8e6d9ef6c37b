//! A member goes: what `remove` and `leave` have in common.

use tallygate::{
    http::Asking,
    rules::{fresh::Purpose, ids::UserId},
    scoped,
    store::Statement,
};

use crate::target::target;

/// The statements by which a member goes. The audit event is the decision, and the rest hangs on it.
pub fn departure(asking: &Asking, member: &UserId, action: &'static str) -> Vec<Statement> {
    let event = asking.fresh.id(Purpose::AuditEvent);
    let about = |statement: Statement| statement.with("member", member.as_str()).with("event", event.as_str());
    vec![
        target(member),
        // Decides: oneself, or as an owner or admin somebody whose role is not above one's own; never the last owner,
        // never from a personal organization.
        about(Statement::new(
            "decided",
            scoped!(
                "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
SELECT asking.organization_id, :event, asking.user_id, :action, target.user_id, :request, :now
FROM asking
JOIN standings target ON target.organization_id = asking.organization_id AND target.user_id = :member
WHERE asking.organization_kind = 'team'
  AND (:action = 'member.left' AND target.user_id = asking.user_id
    OR :action = 'member.removed' AND asking.role_rank >= 3 AND asking.role_rank >= target.role_rank)
  AND (target.role <> 'owner' OR 1 < (
    SELECT COUNT(*) FROM organization_members owner
    WHERE owner.organization_id = asking.organization_id AND owner.role = 'owner'))
RETURNING id"
            ),
        ))
        .with("action", action),
        about(Statement::new(
            "outbox",
            scoped!(
                "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at)
SELECT :outbox, decided.organization_id, decided.action, decided.target_id, :now
FROM asking JOIN audit_events decided
  ON decided.organization_id = asking.organization_id AND decided.id = :event"
            ),
        ))
        .with("outbox", asking.fresh.id(Purpose::OutboxEvent)),
        about(Statement::new(
            "gone",
            scoped!(
                "DELETE FROM organization_members
WHERE user_id = :member AND organization_id = (
  SELECT decided.organization_id FROM asking JOIN audit_events decided
    ON decided.organization_id = asking.organization_id AND decided.id = :event)
RETURNING user_id"
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
  WHERE decided.organization_id = users.current_organization_id AND decided.id = :event)",
        )),
    ]
}
