//! What follows the decision: all of it hangs on the user's row carrying this request's id.

use crate::{
    audit_event, event_payload,
    http::RequestContext,
    nobody_else_has, outbox_event, own_organization,
    rules::{archiving::RESTORABLE, request_ids::Purpose},
    store::Statement,
};

/// Puts the user before a statement, as the row `gone`: there only where this request deleted them.
macro_rules! of_gone {
    ($($sql:tt)+) => {
        concat!(
            "WITH gone AS (
  SELECT id FROM users WHERE id = :caller AND request_id = :request AND deleted_at IS NOT NULL
)
",
            $($sql)+
        )
    };
}

/// An audit event for each organization that has no other owner who can act, as `own`.
macro_rules! of_last_owner {
    ($select:literal, $condition:expr) => {
        of_gone!(audit_event!(
            $select,
            "
FROM gone
JOIN organization_members own ON own.user_id = gone.id AND own.role = 'owner'
JOIN organizations organization ON organization.id = own.organization_id
",
            $condition,
            "NOT ",
            has_another_owner!()
        ))
    };
}

/// The ids of the teams whose invoices go to the user's address: given as the team's, or taken because they founded it,
/// also where they have left it since; and where it is archived, since it may be had back. An address that is only claimed
/// is somebody else's, unless the claimer owns the team. It is asked while the address is known.
macro_rules! billed_at_their_address {
    () => {
        "(
  SELECT billed.id
  FROM users gone
  JOIN organization_members own ON own.user_id = gone.id
  JOIN organizations billed ON billed.id = own.organization_id AND billed.kind = 'team'
  WHERE gone.id = :caller AND gone.request_id = :request AND gone.deleted_at IS NOT NULL
    AND (billed.billing_email = gone.email AND (gone.email_verified = 1 OR own.role = 'owner')
      OR billed.billing_email IS NULL AND billed.founded_by = gone.id)
  UNION
  SELECT founded.id
  FROM users gone
  JOIN organizations founded ON founded.founded_by = gone.id AND founded.kind = 'team' AND founded.archived_at IS NULL
  WHERE gone.id = :caller AND gone.request_id = :request AND gone.deleted_at IS NOT NULL
    AND (founded.billing_email IS NULL OR founded.billing_email = gone.email AND gone.email_verified = 1))"
    };
}

/// All that happens to a user's rows. Two events of one kind have the same id in two organizations.
pub fn erasure(context: &RequestContext) -> Vec<Statement> {
    let [transfer, archive, deletion] =
        [Purpose::TransferEvent, Purpose::ArchiveEvent, Purpose::AuditEvent].map(|purpose| context.ids.id(purpose));
    let restorable_since = context.now - RESTORABLE;
    vec![
        // While it is known which addresses they had: by what was sent to them, too.
        Statement::new(
            "mail_suppressions",
            of_gone!(
                "DELETE FROM mail_suppressions
WHERE address IN (
    SELECT leaving.email FROM gone JOIN users leaving ON leaving.id = gone.id AND leaving.email_verified = 1
    UNION
    SELECT theirs.email FROM gone JOIN organization_invitations theirs ON theirs.formerly_of = gone.id
    UNION
    SELECT theirs.email FROM gone JOIN organization_invitations theirs ON theirs.answered_by = gone.id)
  AND ",
                nobody_else_has!("mail_suppressions.address")
            ),
        ),
        // What was sent to an address that they had, unless another account has it now.
        Statement::new(
            "invitations_formerly",
            of_gone!(
                "UPDATE organization_invitations SET
  email = 'erased', status = CASE status WHEN 'pending' THEN 'revoked' ELSE status END,
  resolved_at = COALESCE(resolved_at, :now), request_id = :request
WHERE formerly_of = (SELECT id FROM gone) AND email <> 'erased'
  AND ",
                nobody_else_has!("organization_invitations.email")
            ),
        ),
        // What they answered, also under an address that they had then and have no more.
        Statement::new(
            "invitations_answered",
            of_gone!(
                "UPDATE organization_invitations SET email = 'erased', request_id = :request
WHERE answered_by = (SELECT id FROM gone) AND email <> 'erased'"
            ),
        ),
        // While the address is still known: where it stands beside the user's row, it is forgotten first. What was sent to
        // it is nobody's any more, unless another account has it.
        Statement::new(
            "invitations_to",
            of_gone!(
                "UPDATE organization_invitations SET
  email = 'erased', status = CASE status WHEN 'pending' THEN 'revoked' ELSE status END,
  resolved_at = COALESCE(resolved_at, :now), request_id = :request
WHERE email = (
    SELECT leaving.email FROM gone JOIN users leaving ON leaving.id = gone.id AND leaving.email_verified = 1)
  AND ",
                nobody_else_has!("organization_invitations.email")
            ),
        ),
        // Stripe has it too, and is told after the batch; until then only what the payer chooses from now on counts.
        Statement::new(
            "stale_customers",
            concat!(
                "UPDATE billing_customers SET email_is_stale = 1,
  observed_at = CASE WHEN observed_at > :now THEN observed_at ELSE :now END
WHERE organization_id IN ",
                billed_at_their_address!()
            ),
        ),
        // The invoices of a team that goes on are sent to its next owner.
        Statement::new(
            "billing_email",
            concat!(
                "UPDATE organizations SET billing_email = (
  SELECT CASE next.email_verified WHEN 1 THEN next.email END
  FROM organization_members member
  JOIN users next ON next.id = member.user_id AND next.banned_at IS NULL AND next.deleted_at IS NULL
  WHERE member.organization_id = organizations.id AND member.user_id <> :caller AND member.role IN ('owner', 'admin')
  ORDER BY CASE member.role WHEN 'owner' THEN 0 ELSE 1 END, member.joined_at, member.user_id LIMIT 1)
WHERE id IN ",
                billed_at_their_address!()
            ),
        ),
        // From here on the user is nobody that can be recognised.
        Statement::new(
            "erased",
            of_gone!(
                "UPDATE users SET
  email = NULL, email_verified = 0, concluded_email = NULL, concluded_verified = NULL, concluded_at = NULL,
  name = 'Deleted user', username = NULL, onboarding_completed_at = NULL,
  account_type = 'user', current_organization_id = NULL
WHERE id = (SELECT id FROM gone)"
            ),
        ),
        Statement::new(
            "mail_preferences",
            of_gone!("DELETE FROM mail_preferences WHERE user_id = (SELECT id FROM gone)"),
        ),
        // Signed-in browsers are signed out, and forgotten but for their times.
        Statement::new(
            "sessions",
            of_gone!(
                "UPDATE active_sessions SET
  user_agent = NULL, browser_info = NULL, ip_address = NULL, provider_session = NULL, secret_hash = NULL, request_id = :request,
  ended_at = COALESCE(ended_at, :now), end_reason = COALESCE(end_reason, 'terminated')
WHERE user_id = (SELECT id FROM gone)"
            ),
        ),
        // What they have said of themselves is gone with them.
        Statement::new("profile", of_gone!("DELETE FROM user_profiles WHERE user_id = (SELECT id FROM gone)")),
        Statement::new("steps", of_gone!("DELETE FROM onboarding_steps WHERE user_id = (SELECT id FROM gone)")),
        Statement::new("preferences", of_gone!("DELETE FROM user_preferences WHERE user_id = (SELECT id FROM gone)")),
        Statement::new("packages", of_gone!("DELETE FROM user_packages WHERE user_id = (SELECT id FROM gone)")),
        Statement::new(
            "analytics",
            of_gone!("DELETE FROM user_analytics_sessions WHERE user_id = (SELECT id FROM gone)"),
        ),
        Statement::new("days", of_gone!("DELETE FROM user_analytics_days WHERE user_id = (SELECT id FROM gone)")),
        Statement::new("left", of_gone!("DELETE FROM former_members WHERE user_id = (SELECT id FROM gone)")),
        // A team without another owner who can act goes to its oldest admin who can, also one that may be had back yet.
        Statement::new(
            "transferred",
            of_last_owner!(
                "SELECT own.organization_id, :transfer, gone.id, 'ownership.transferred', heir.user_id, '{}', :request, :now",
                concat!(
                    "JOIN organization_members heir ON heir.organization_id = own.organization_id AND heir.user_id = ",
                    heir!(),
                    "
WHERE organization.kind = 'team'
  AND (organization.archived_at IS NULL OR organization.archived_at > :restorable_since)
  AND "
                )
            ),
        )
        .with("restorable_since", restorable_since)
        .with("transfer", transfer.as_str()),
        Statement::new(
            "heirs",
            of_gone!(
                "UPDATE organization_members SET role = 'owner', request_id = :request
WHERE (organization_id, user_id) IN (
  SELECT decided.organization_id, decided.target_id
  FROM gone
  JOIN organization_members own ON own.user_id = gone.id
  JOIN audit_events decided ON decided.organization_id = own.organization_id AND decided.id = :transfer)"
            ),
        )
        .with("transfer", transfer.as_str()),
        // What was archived before, and nobody may have back from now on, is theirs to be looked after like what their leaving
        // archives.
        Statement::new(
            "ended",
            of_gone!(
                "UPDATE organizations SET
  archived_by = :caller, billing_email = NULL,
  name = CASE WHEN name LIKE '%''s Workspace' THEN 'Deleted user''s Workspace' ELSE name END
WHERE id IN (
    SELECT own.organization_id
    FROM gone
    JOIN organization_members own ON own.user_id = gone.id AND own.role = 'owner')
  AND archived_at IS NOT NULL AND NOT (",
                may_be_restored!(),
                ")"
            ),
        )
        .with("restorable_since", restorable_since),
        // What has no other owner even now is archived, the personal organization too. A team may still have the name that it
        // had as one, with somebody's first name in it.
        Statement::new(
            "archived",
            of_last_owner!(
                "SELECT own.organization_id, :archive, gone.id, 'organization.archived', own.organization_id, '{}', :request, :now",
                "WHERE organization.archived_at IS NULL AND "
            ),
        )
        .with("archive", archive.as_str()),
        Statement::new(
            "archive",
            of_gone!(
                "UPDATE organizations SET
  archived_at = :now, archived_by = :caller,
  name = CASE WHEN kind = 'personal' OR name LIKE '%''s Workspace' THEN 'Deleted user''s Workspace' ELSE name END,
  slug = CASE kind WHEN 'team' THEN slug ELSE ",
                former_slug!(),
                " END,
  billing_email = NULL,
  description = CASE kind WHEN 'team' THEN description END, avatar_url = CASE kind WHEN 'team' THEN avatar_url END,
  settings = CASE kind WHEN 'team' THEN settings END
WHERE id IN (
  SELECT decided.organization_id
  FROM gone
  JOIN organization_members own ON own.user_id = gone.id
  JOIN audit_events decided ON decided.organization_id = own.organization_id AND decided.id = :archive)"
            ),
        )
        .with("archive", archive.as_str()),
        // Nobody joins what is archived.
        Statement::new(
            "invitations",
            of_gone!(
                "UPDATE organization_invitations SET status = 'revoked', resolved_at = :now, request_id = :request
WHERE status = 'pending' AND organization_id IN (
  SELECT organizations.id FROM organizations JOIN gone ON gone.id = organizations.archived_by)"
            ),
        ),
        // Whoever worked in it works in their personal organization from now on.
        Statement::new(
            "others",
            of_gone!(
                "UPDATE users SET current_organization_id = ",
                own_organization!(),
                "
WHERE id IN (
    SELECT member.user_id
    FROM gone
    JOIN organizations ON organizations.archived_by = gone.id
    JOIN organization_members member ON member.organization_id = organizations.id)
  AND current_organization_id IN (SELECT id FROM organizations WHERE archived_by = :caller)"
            ),
        ),
        // Every organization that loses a member has it in its history.
        Statement::new(
            "audit",
            of_gone!(
                audit_event!(
"SELECT own.organization_id, :deletion, gone.id, 'user.deleted', gone.id, '{}', :request, :now
FROM gone JOIN organization_members own ON own.user_id = gone.id
WHERE 1 = 1")
            ),
        )
        .with("deletion", deletion.as_str()),
        Statement::new(
            "outbox",
            of_gone!(
                outbox_event!(
"SELECT decided.id || ':' || decided.organization_id, decided.organization_id, told.name, decided.target_id,
  CASE told.name
    WHEN 'user.deleted' THEN ",
                    event_payload!(user("decided.target_id"), organization("decided.organization_id")),
                    "
    WHEN 'organization.archived' THEN ",
                    event_payload!(organization("decided.organization_id"), by("decided.actor_id")),
                    "
    WHEN 'member.removed' THEN ",
                    event_payload!(
                        member("decided.organization_id", "decided.target_id"),
                        organization("decided.organization_id"),
                        reason("'account_deleted'"),
                        by("decided.actor_id")
                    ),
                    "
    ELSE ",
                    event_payload!(
                        member("decided.organization_id", "decided.target_id"),
                        organization("decided.organization_id"),
                        roles("'{\"oldRole\":\"admin\",\"newRole\":\"owner\"}'"),
                        by("decided.actor_id")
                    ),
                    " END, :now
FROM gone
JOIN organization_members own ON own.user_id = gone.id
JOIN organizations ON organizations.id = own.organization_id
JOIN audit_events decided ON decided.organization_id = own.organization_id
  AND decided.id IN (:transfer, :archive, :deletion)
JOIN (
  SELECT 'ownership.transferred' AS action, 'team' AS kind, 'member.role_changed' AS name
  UNION ALL SELECT 'user.deleted', 'team', 'member.removed'
  UNION ALL SELECT 'user.deleted', 'personal', 'user.deleted'
  UNION ALL SELECT 'organization.archived', 'team', 'organization.archived'
  UNION ALL SELECT 'organization.archived', 'personal', 'organization.archived'
) told ON told.action = decided.action AND told.kind = organizations.kind
WHERE 1 = 1")
            ),
        )
        .with("transfer", transfer.as_str())
        .with("archive", archive.as_str())
        .with("deletion", deletion.as_str()),
        // Nearly last, because what is above finds the organizations by them.
        Statement::new(
            "memberships",
            of_gone!("DELETE FROM organization_members WHERE user_id = (SELECT id FROM gone)"),
        ),
        // Whether this request has done it.
        Statement::new("deleted", of_gone!("SELECT id FROM gone")),
    ]
}
