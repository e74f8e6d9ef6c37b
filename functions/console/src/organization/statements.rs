//! What is read of an organization: each statement so many rows at most, along an index.

use tallygate::{overridden_limit, staff_scoped, store::Statement};

use crate::person::ACTS;

/// Rows of each list.
const MOST: i64 = 50;

pub fn all(id: &str) -> Vec<Statement> {
    [
        Statement::new(
            "organization",
            staff_scoped!(
                "SELECT found.id, found.kind, found.org_type, found.name, found.slug, found.billing_email, found.external_id,
  found.founded_by, found.archived_at, found.archived_by, found.created_at, plan.id AS plan_id, plan.name AS plan_name,
  COALESCE(subscription.override_seats, plan.seats) AS seats,
  COALESCE(subscription.override_sessions, plan.concurrent_sessions) AS concurrent_sessions,
  subscription.plan_id AS paid_plan_id, subscription.status, subscription.current_period_start,
  subscription.current_period_end, subscription.trial_ends_at, subscription.billing_interval,
  subscription.stripe_subscription_id, customer.stripe_customer_id
FROM staff
JOIN organizations found ON found.id = :id
LEFT JOIN org_subscriptions subscription ON subscription.organization_id = found.id
LEFT JOIN plans plan ON plan.id = COALESCE(subscription.override_plan_id, subscription.plan_id)
LEFT JOIN billing_customers customer ON customer.organization_id = found.id"
            ),
        ),
        Statement::new(
            "members",
            staff_scoped!(
                "SELECT member.user_id, person.email, person.name, member.role, member.joined_at, person.banned_at
FROM organization_members member JOIN users person ON person.id = member.user_id
WHERE member.organization_id = :id AND EXISTS (SELECT 1 FROM staff)
ORDER BY member.user_id LIMIT :most"
            ),
        ),
        Statement::new(
            "invitations",
            staff_scoped!(
                "SELECT sent.id, sent.email, sent.role, sent.status, sent.created_at, sent.expires_at
FROM organization_invitations sent
WHERE sent.organization_id = :id AND EXISTS (SELECT 1 FROM staff)
ORDER BY sent.id DESC LIMIT :most"
            ),
        ),
        // What the plan gives or what overrides it, and the newest counter of each meter.
        Statement::new(
            "features",
            staff_scoped!(
                "SELECT feature.feature, feature.kind, feature.value, CASE feature.kind WHEN 'meter' THEN COALESCE(",
                overridden_limit!("subscription", "feature", ":now"),
                ", feature.limit_value) END AS limit_value, feature.reset,
  counter.quantity AS used, counter.period_start, counter.overage_cents
FROM staff
JOIN org_subscriptions subscription ON subscription.organization_id = :id
JOIN plan_features feature ON feature.plan_id = COALESCE(subscription.override_plan_id, subscription.plan_id)
LEFT JOIN usage_counters counter ON counter.organization_id = subscription.organization_id
  AND counter.feature = feature.feature AND counter.period_start = (
    SELECT newest.period_start FROM usage_counters newest
    WHERE newest.organization_id = subscription.organization_id AND newest.feature = feature.feature
    ORDER BY newest.period_start DESC LIMIT 1)
ORDER BY feature.feature"
            ),
        ),
        Statement::new(
            "grants",
            staff_scoped!(
                "SELECT held.id, held.feature, held.quantity, held.reason, held.starts_at, held.ends_at
FROM usage_grants held
WHERE held.organization_id = :id AND EXISTS (SELECT 1 FROM staff)
ORDER BY held.id DESC LIMIT :most"
            ),
        ),
        // Those that are over as well.
        Statement::new(
            "overrides",
            staff_scoped!(
                "SELECT given.id, given.plan_id, CASE given.kind WHEN 'limit' THEN given.feature END AS feature, given.limit_value,
  given.reason, given.starts_at, given.ends_at, CASE WHEN given.ends_at > :now THEN 1 ELSE 0 END AS holds
FROM plan_overrides given
WHERE given.organization_id = :id AND EXISTS (SELECT 1 FROM staff)
ORDER BY given.id DESC LIMIT :most"
            ),
        ),
        Statement::new(
            "invoices",
            staff_scoped!(
                "SELECT invoice.stripe_invoice_id, invoice.number, invoice.status, invoice.currency, invoice.total_cents,
  invoice.paid_cents, invoice.created_at
FROM billing_invoices invoice
WHERE invoice.organization_id = :id AND EXISTS (SELECT 1 FROM staff)
ORDER BY invoice.created_at DESC LIMIT :most"
            ),
        ),
        Statement::new(
            "endpoints",
            staff_scoped!(
                "SELECT endpoint.id, endpoint.url, endpoint.paused_at, endpoint.disabled_at, endpoint.failing_since
FROM webhook_endpoints endpoint
WHERE endpoint.organization_id = :id AND endpoint.removed_at IS NULL AND EXISTS (SELECT 1 FROM staff)
ORDER BY endpoint.created_at LIMIT :most"
            ),
        ),
        Statement::new(
            "keys",
            staff_scoped!(
                "SELECT key.id, key.name, key.can_write_usage, key.can_read_usage, key.ends_at, key.revoked_at, key.last_used_day
FROM service_keys key
WHERE key.organization_id = :id AND EXISTS (SELECT 1 FROM staff)
LIMIT :most"
            ),
        ),
        Statement::new(
            "history",
            staff_scoped!(
                "SELECT event.id, event.actor_id, event.action, event.target_id, event.details, event.created_at
FROM audit_events event
WHERE event.organization_id = :id AND EXISTS (SELECT 1 FROM staff)
ORDER BY event.id DESC LIMIT :most"
            ),
        ),
        Statement::new("acts", ACTS),
    ]
    .map(|statement| statement.with("id", id).with("most", MOST))
    .into()
}
