//! The statements of a conversion. The first one decides, and the rest hangs on its audit event.

use tallygate::{
    audit_event, event_payload, founds_another_team,
    http::{open_personal_organization, Opening, RequestContext},
    not_told, outbox_event,
    plan_overrides::settled_anew,
    rules::{name::OrganizationName, request_ids::Purpose, time::Span},
    scoped, session_is_proven,
    store::Statement,
    tenant_scoped,
};

use super::{offer::offered, request::ConversionRequest};
use crate::personal::{with_slug, workspace_of};

/// Whether Stripe has been asked to change the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    NotAsked,
    /// The price is changed already: from here on only another conversion may stop this one.
    Changed,
}

/// The user keeps the organization as its owner and gets a new personal one. Statements of Stripe's, where there are any,
/// come after these: the plan may only change when the organization is a team.
pub fn conversion(context: &RequestContext, requested: &ConversionRequest, money: Money) -> Vec<Statement> {
    let [event, told] = [Purpose::AuditEvent, Purpose::OutboxEvent].map(|purpose| context.ids.id(purpose));
    let about = |statement: Statement| requested.bind(statement).with("event", event.as_str());
    let opening = Opening::Again { trial: false };
    let mut statements = vec![
        // Decides: the owner's personal organization, a slug that is free, and a plan that is paid, on trial or free.
        about(Statement::new(
            "decided",
            offered!(
                audit_event!(
"SELECT offer.organization_id, :event, offer.user_id, 'organization.converted', offer.organization_id,
  '{\"from\":\"' || offer.from_plan_id || '\",\"to\":\"' || offer.plan_id || '\"}', :request, :now
FROM membership JOIN offer ON offer.organization_id = membership.organization_id
WHERE membership.organization_kind = 'personal' AND membership.role = 'owner'
  AND (:changed = 1 OR offer.slug_taken = 0 AND offer.route IN ('kept', 'trial', 'free')
    AND ", session_is_proven!(), "
    AND ", founds_another_team!(), ")")
            ),
        ))
        .with("changed", money == Money::Changed),
        // This and what follows once, before it is told: sent again, it does not take back what has become of the team since. A slug
        // that was taken while Stripe was asked is not given any more.
        about(Statement::new(
            "converted",
            scoped!(
                "UPDATE organizations SET
  kind = 'team', org_type = 'business', personal_user_id = NULL, name = COALESCE(:name, name),
  slug = CASE
    WHEN :slug IS NULL OR EXISTS (SELECT 1 FROM organizations taken WHERE taken.slug = :slug) THEN slug
    ELSE :slug
  END
WHERE id = (
  SELECT decided.organization_id FROM membership JOIN audit_events decided
    ON decided.organization_id = membership.organization_id AND decided.id = :event)
  AND ",
                not_told!(":told")
            ),
        ))
        .with("told", told.as_str())
        .with("name", requested.name.as_ref().map(OrganizationName::as_str)),
        settled_anew(),
        // The plan of a team, where it is not kept and not Stripe's to say. A trial carries this request's id; what is
        // free does not, since it is no trial that fell back (`subscription_fell_back`).
        about(Statement::new(
            "subscription",
            offered!(
                "UPDATE org_subscriptions SET
  plan_id = started.plan_id, status = started.status, billing_interval = 'month',
  current_period_start = :now, current_period_end = started.period_end, trial_ends_at = started.trial_end,
  past_due_since = NULL, stripe_subscription_id = NULL, cancel_at = NULL,
  pending_plan_id = NULL, pending_interval = NULL, pending_at = NULL,
  updated_at = :now, request_id = CASE started.status WHEN 'trialing' THEN :request END
FROM (
  SELECT offer.organization_id, offer.plan_id,
    CASE offer.route WHEN 'trial' THEN 'trialing' ELSE 'active' END AS status,
    CASE offer.route WHEN 'trial' THEN :now + offer.trial_days * :day ELSE :month_later END AS period_end,
    CASE offer.route WHEN 'trial' THEN :now + offer.trial_days * :day END AS trial_end
  FROM offer JOIN audit_events decided ON decided.organization_id = offer.organization_id AND decided.id = :event
  WHERE offer.route IN ('trial', 'free')
) started
WHERE org_subscriptions.organization_id = started.organization_id
  AND ",
                not_told!(":told")
            ),
        ))
        .with("told", told.as_str())
        .with("day", Span::days(1).0),
        // A trial that began is not given again.
        about(Statement::new(
            "founder",
            scoped!(
                "UPDATE users SET team_trial_started_at = :now
WHERE id = :caller AND EXISTS (
  SELECT 1 FROM membership
  JOIN audit_events decided ON decided.organization_id = membership.organization_id AND decided.id = :event
  JOIN org_subscriptions started ON started.organization_id = membership.organization_id
  WHERE started.status = 'trialing' AND started.request_id = :request AND started.stripe_subscription_id IS NULL)
  AND ",
                not_told!(":told")
            ),
        ))
        .with("told", told.as_str()),
        about(Statement::new(
            "outbox",
            scoped!(
                outbox_event!(
"SELECT :told, decided.organization_id, decided.action, decided.target_id, ",
                    event_payload!(organization("decided.organization_id"), subscription("decided.organization_id"), by("decided.actor_id")),
                    ", :now
FROM membership JOIN audit_events decided ON decided.organization_id = membership.organization_id AND decided.id = :event
WHERE 1 = 1")
            ),
        ))
        .with("told", told.as_str()),
        // Everybody has a personal organization to come back to. Its trial was had.
        with_slug(
            context,
            opening,
            Statement::new(
                "personal",
                concat!(
                    scoped!(
                        "INSERT INTO organizations (id, kind, org_type, name, slug, personal_user_id, founded_by, created_at)
SELECT :personal, 'personal', 'personal', "
                    ),
                    workspace_of!("users.name"),
                    ",
  CASE WHEN EXISTS (SELECT 1 FROM organizations WHERE slug = :slug) THEN :unique_slug ELSE :slug END,
  users.id, users.id, :now
FROM membership
JOIN audit_events decided ON decided.organization_id = membership.organization_id AND decided.id = :event
JOIN users ON users.id = membership.user_id
WHERE 1 = 1
ON CONFLICT (id) DO NOTHING"
                ),
            )
            .with("event", event.as_str()),
        ),
    ];
    statements.extend(open_personal_organization(context, opening));
    statements
}

/// The team as its owner sees it, where this request has made it one.
pub fn made(context: &RequestContext) -> Statement {
    Statement::new(
        "made",
        tenant_scoped!(
            "SELECT memberships.*, personal.id AS personal_id, personal.name AS personal_name,
  started.plan_id AS personal_plan_id, started.status AS personal_status
FROM tenant
JOIN audit_events decided ON decided.organization_id = tenant.organization_id AND decided.id = :event
JOIN memberships ON memberships.organization_id = tenant.organization_id AND memberships.user_id = tenant.user_id
LEFT JOIN organizations personal ON personal.personal_user_id = tenant.user_id
LEFT JOIN org_subscriptions started ON started.organization_id = personal.id"
        ),
    )
    .with("event", context.ids.id(Purpose::AuditEvent))
}
