//! The statements of the way back. The first one decides, and the rest hangs on its audit event.

use tallygate::{
    audit_event, event_payload, former_slug, http::RequestContext, outbox_event, plan_overrides::settled_anew,
    rules::request_ids::Purpose, session_is_proven, store::Statement, tenant_scoped,
};

use super::standing::{backed, taken_over, YEAR};

/// Puts the team before a statement, as the row `decided`: there only where this request has decided it.
macro_rules! of_decided {
    ($($sql:tt)+) => {
        tenant_scoped!(
            ", decided AS (
  SELECT event.organization_id, event.actor_id FROM tenant
  JOIN audit_events event ON event.organization_id = tenant.organization_id AND event.id = :event
)
",
            $($sql)+
        )
    };
}

/// The organization that gives way, whether it is personal yet or was archived by this request: in parentheses.
macro_rules! that_gives_way {
    () => {
        "(
  SELECT given.organization_id
  FROM decided
  JOIN organizations former ON former.personal_user_id = decided.actor_id AND former.id <> decided.organization_id
    OR former.archived_by = decided.actor_id
  JOIN audit_events given ON given.organization_id = former.id AND given.id = :archive)"
    };
}

pub fn conversion(context: &RequestContext) -> Vec<Statement> {
    let [event, archive, told, archived] =
        [Purpose::AuditEvent, Purpose::ArchiveEvent, Purpose::OutboxEvent, Purpose::OpeningEvent]
            .map(|purpose| context.ids.id(purpose));
    let about = |statement: Statement| statement.with("event", event.as_str()).with("archive", archive.as_str());
    vec![
        // Decides: an owner alone in a team, nothing that is paid and would be lost, and nothing counted that would begin anew.
        Statement::new(
            "decided",
            backed!(audit_event!(
                "SELECT back.organization_id, :event, back.user_id, 'organization.converted', back.organization_id,
  '{\"from\":\"' || back.from_plan_id || '\",\"to\":\"' || back.plan_id || '\"}', :request, :now
FROM back JOIN membership ON membership.organization_id = back.organization_id
WHERE back.role = 'owner' AND back.others = 0 AND back.plan_id IS NOT NULL AND (back.is_kept = 1 OR back.is_paid = 0)
  AND back.personal_is_paid = 0 AND back.personal_is_in_use = 0 AND back.is_moved = 0
  AND ",
                session_is_proven!()
            )),
        )
        .with("year", YEAR),
        // This and what follows once, before it is told: sent again, it does not take back what has become of the organization since.
        // Nobody joins a personal one.
        Statement::new(
            "invitations",
            of_decided!(
                "UPDATE organization_invitations SET status = 'revoked', resolved_at = :now, request_id = :request
WHERE organization_id = (SELECT organization_id FROM decided) AND status = 'pending'
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = :told)"
            ),
        )
        .with("told", told.as_str()),
        Statement::new(
            "archived",
            of_decided!(audit_event!(
                "SELECT former.id, :archive, decided.actor_id, 'organization.archived', former.id, '{}', :request, :now
FROM decided JOIN organizations former ON former.personal_user_id = decided.actor_id AND former.id <> decided.organization_id
WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = :told)"
            )),
        )
        .with("told", told.as_str()),
        // What gives way is nobody's from now on and cannot be had back, so nothing that names anybody stays in it.
        Statement::new(
            "given",
            of_decided!(
                "UPDATE organizations SET
  kind = 'team', org_type = 'other', personal_user_id = NULL, archived_at = :now, archived_by = :caller,
  name = 'Former workspace', slug = ",
                former_slug!(),
                ", billing_email = NULL, description = NULL, avatar_url = NULL, settings = NULL
WHERE kind = 'personal' AND id = ",
                that_gives_way!()
            ),
        ),
        Statement::new(
            "converted",
            of_decided!(
                "UPDATE organizations SET kind = 'personal', org_type = 'personal', personal_user_id = :caller
WHERE kind = 'team' AND id = (SELECT organization_id FROM decided)
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = :told)"
            ),
        )
        .with("told", told.as_str()),
        settled_anew(),
        // The plan of a person, where it is not kept. It does not carry this request's id, since it is no trial that fell back.
        Statement::new(
            "subscription",
            of_decided!(
                "UPDATE org_subscriptions SET
  plan_id = taken.plan_id, status = taken.status, billing_interval = taken.billing_interval,
  current_period_start = taken.period_start, current_period_end = taken.period_end, trial_ends_at = taken.trial_ends_at,
  past_due_since = taken.past_due_since, stripe_subscription_id = NULL, cancel_at = NULL,
  pending_plan_id = NULL, pending_interval = NULL, pending_at = NULL, updated_at = :now, request_id = NULL
FROM (
  SELECT decided.organization_id, plans.id AS plan_id, ",
                taken_over!(),
                "
  FROM decided
  JOIN entitlements held ON held.organization_id = decided.organization_id
  JOIN plans present ON present.id = held.paid_plan_id AND (present.audience <> 'any' OR held.access_until <= :now)
  LEFT JOIN org_subscriptions had ON had.organization_id = ",
                that_gives_way!(),
                "
  JOIN plans ON plans.id = COALESCE(had.plan_id, (
    SELECT start.id FROM plans start
    WHERE start.starts IN ('individual', 'any') AND start.retired = 0
    ORDER BY start.position LIMIT 1))
) taken
WHERE org_subscriptions.organization_id = taken.organization_id AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = :told)"
            ),
        )
        .with("told", told.as_str()),
        Statement::new(
            "current",
            of_decided!(
                "UPDATE users SET current_organization_id = (SELECT organization_id FROM decided)
WHERE id = :caller AND current_organization_id = ",
                that_gives_way!()
            ),
        ),
        Statement::new(
            "left",
            of_decided!(
                "DELETE FROM organization_members WHERE user_id = :caller AND organization_id = ",
                that_gives_way!()
            ),
        ),
        Statement::new(
            "told",
            of_decided!(outbox_event!(
                "SELECT :told, decided.organization_id, 'organization.converted', decided.organization_id, ",
                event_payload!(
                    organization("decided.organization_id"),
                    subscription("decided.organization_id"),
                    by("decided.actor_id")
                ),
                ", :now
FROM decided WHERE 1 = 1"
            )),
        )
        .with("told", told.as_str()),
        Statement::new(
            "told_archived",
            of_decided!(outbox_event!(
                "SELECT :archived, former.id, 'organization.archived', former.id, ",
                event_payload!(organization("former.id"), by("decided.actor_id")),
                ", :now
FROM decided JOIN organizations former ON former.id = ",
                that_gives_way!(),
                "
WHERE 1 = 1"
            )),
        )
        .with("archived", archived.as_str()),
        // What this request has made of it, also where it is sent twice.
        Statement::new(
            "made",
            of_decided!(
                "SELECT memberships.*, ",
                that_gives_way!(),
                " AS former_id,
  (SELECT COUNT(*) FROM organization_invitations revoked
    WHERE revoked.organization_id = decided.organization_id AND revoked.request_id = :request AND revoked.status = 'revoked') AS revoked
FROM decided
JOIN memberships ON memberships.organization_id = decided.organization_id AND memberships.user_id = decided.actor_id"
            ),
        ),
    ]
    .into_iter()
    .map(about)
    .collect()
}
