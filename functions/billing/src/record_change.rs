//! What Stripe answered to a change, kept at once: the page that asked must not wait for Stripe's message, which will say
//! the same once more.

use tallygate::{
    audit_event,
    billing::record_subscription,
    event_payload,
    http::{BatchRows, Refusal, RequestContext, Services},
    not_told, outbox_event,
    rules::{ids::OrganizationId, period::Interval, request_ids::Purpose},
    store::{Lock, Statement},
    stripe::Subscription,
};

use crate::account::{account_acted_for, Account};

/// What changed, for the organization's history and for whoever listens.
pub struct Change<'a> {
    pub organization: &'a OrganizationId,
    pub action: &'static str,
    /// The plan and interval that it is about.
    pub plan: &'a str,
    pub interval: Interval,
    /// It waits for the end of the period.
    pub is_pending: bool,
}

/// Keeps a subscription as Stripe has answered it and gives the account as it is then.
///
/// The second batch of such a request: what Stripe answers can only be written after it was asked, and it may only be
/// asked after the first batch has said that the caller may. What was done at Stripe is told of, also where the caller is no member any
/// more by then.
pub async fn record_change(
    context: &RequestContext,
    services: &Services<'_>,
    subscription: &Subscription,
    change: &Change<'_>,
) -> Result<Account, Refusal> {
    let about = |statement: Statement| {
        statement.with("billed", change.organization.as_str()).with("event", context.ids.id(Purpose::AuditEvent))
    };
    let mut statements = vec![
        // Only what is not so already is news: of two requests for the same change one has made it.
        about(Statement::new(
            "audit",
            audit_event!(
                "SELECT held.organization_id, :event, :caller, :action, :subscription, :details, :request, :now
FROM org_subscriptions held
WHERE held.organization_id = :billed AND CASE :action
  WHEN 'subscription.changed' THEN
    CASE WHEN held.plan_id <> :plan OR held.billing_interval <> :interval THEN 1 ELSE 0 END
  WHEN 'subscription.change_scheduled' THEN CASE
    WHEN held.pending_plan_id IS NULL OR held.pending_plan_id <> :plan OR held.pending_interval <> :interval
    THEN 1 ELSE 0 END
  WHEN 'subscription.cancel_scheduled' THEN CASE WHEN held.cancel_at IS NULL THEN 1 ELSE 0 END
  ELSE CASE WHEN held.cancel_at IS NOT NULL OR held.pending_plan_id IS NOT NULL THEN 1 ELSE 0 END
END = 1"
            ),
        ))
        .with("action", change.action)
        .with("subscription", subscription.id.as_str())
        .with("plan", change.plan)
        .with("interval", change.interval.as_str())
        .with("details", serde_json::json!({ "plan": change.plan, "interval": change.interval }).to_string()),
    ];
    statements.extend(record_subscription(subscription, context.now, None));
    if change.is_pending {
        // What waits is shown, and may be taken back, until Stripe says that it has begun. Once, before it is told: sent again, it does
        // not show what was taken back since.
        statements.push(
            Statement::new(
                "pending",
                concat!(
                    "UPDATE org_subscriptions
SET pending_plan_id = :plan, pending_interval = :interval, pending_at = current_period_end
WHERE organization_id = :billed AND stripe_subscription_id = :subscription AND status <> 'canceled'
  AND ",
                    not_told!(":outbox")
                ),
            )
            .with("outbox", context.ids.id(Purpose::OutboxEvent))
            .with("billed", change.organization.as_str())
            .with("subscription", subscription.id.as_str())
            .with("plan", change.plan)
            .with("interval", change.interval.as_str()),
        );
    }
    statements.push(
        about(Statement::new(
            "outbox",
            outbox_event!(
                "SELECT :outbox, made.organization_id, 'subscription.updated', made.target_id, ",
                event_payload!(
                    subscription("made.organization_id"),
                    organization("made.organization_id"),
                    action("made.action"),
                    by("made.actor_id")
                ),
                ", :now
FROM audit_events made WHERE made.organization_id = :billed AND made.id = :event"
            ),
        ))
        .with("outbox", context.ids.id(Purpose::OutboxEvent)),
    );
    statements.push(account_acted_for(change.organization));
    let answer = services.batch(context, &[Lock::OrganizationById(change.organization.clone())], &statements).await?;
    Account::of(&BatchRows::public(&answer, &context.request_id))
}
