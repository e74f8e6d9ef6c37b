//! First touch: a verified caller whose user row is missing gets one, with everything that belongs to it.

use super::Asking;
use crate::{
    auth::Identity,
    rules::{
        fresh::Purpose,
        name::{DisplayName, OrganizationName},
        slug::Slug,
        time::Span,
    },
    store::Statement,
};

/// The statements that make a user: the row, the personal organization, the owner's membership, the subscription or
/// trial that the catalog says, the audit event and `user.registered`. All of them hang on the user's row carrying
/// this request's id, so that of many first requests at once one makes everything and the others nothing.
pub fn sign_up(asking: &Asking, identity: &Identity) -> Vec<Statement> {
    let name = DisplayName::choose(identity.name.as_deref(), identity.email.as_ref());
    let slug = Slug::personal(identity.user_id.as_str());
    let organization = asking.fresh.id(Purpose::PersonalOrganization);
    let unique_slug = slug.with_suffix(&organization);
    vec![
        // The user, unless another request was first.
        Statement::new(
            "sign_up_user",
            "INSERT INTO users
  (id, email, email_verified, email_updated_at, name, current_organization_id, created_at, request_id)
VALUES (:caller, :email, :verified, :issued_at, :name, :personal, :now, :request)
ON CONFLICT (id) DO NOTHING",
        )
        .with("email", identity.email.as_ref().map(|email| email.as_str()))
        .with("verified", identity.email_verified)
        .with("issued_at", identity.issued_at)
        .with("name", name.as_str())
        .with("personal", organization.as_str()),
        // The personal organization; its slug is made unique where the plain one is taken.
        Statement::new(
            "sign_up_organization",
            "INSERT INTO organizations (id, kind, org_type, name, slug, personal_user_id, founded_by, created_at)
SELECT :personal, 'personal', 'personal', :organization_name,
  CASE WHEN EXISTS (SELECT 1 FROM organizations WHERE slug = :slug) THEN :unique_slug ELSE :slug END,
  users.id, users.id, :now
FROM users WHERE users.id = :caller AND users.request_id = :request",
        )
        .with("personal", organization.as_str())
        .with("organization_name", OrganizationName::personal(&name).as_str())
        .with("slug", slug.as_str())
        .with("unique_slug", unique_slug.as_str()),
        Statement::new(
            "sign_up_member",
            "INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id)
SELECT id, personal_user_id, 'owner', :now, :request FROM organizations WHERE id = :personal",
        )
        .with("personal", organization.as_str()),
        // The plan that individuals start on: a trial where it has one, else active for a month at a time.
        Statement::new(
            "sign_up_subscription",
            "INSERT INTO org_subscriptions
  (organization_id, plan_id, status, current_period_start, current_period_end, trial_ends_at, updated_at)
SELECT organizations.id, plans.id,
  CASE WHEN plans.trial_days > 0 THEN 'trialing' ELSE 'active' END,
  :now,
  CASE WHEN plans.trial_days > 0 THEN :now + plans.trial_days * :day ELSE :month_later END,
  CASE WHEN plans.trial_days > 0 THEN :now + plans.trial_days * :day END,
  :now
FROM organizations CROSS JOIN plans
WHERE organizations.id = :personal AND plans.starts IN ('individual', 'any') AND plans.retired = 0",
        )
        .with("personal", organization.as_str())
        .with("day", Span::days(1).0),
        Statement::new(
            "sign_up_audit",
            "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
SELECT id, :event, personal_user_id, 'user.registered', personal_user_id, :request, :now
FROM organizations WHERE id = :personal",
        )
        .with("personal", organization.as_str())
        .with("event", asking.fresh.id(Purpose::SignUpAuditEvent)),
        Statement::new(
            "sign_up_outbox",
            "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at)
SELECT :event, id, 'user.registered', personal_user_id, :now FROM organizations WHERE id = :personal",
        )
        .with("personal", organization.as_str())
        .with("event", asking.fresh.id(Purpose::SignUpOutboxEvent)),
    ]
}
