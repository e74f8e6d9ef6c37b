//! A message of Stripe's, with what Stripe said when it was asked about it: how the two are taken in.

use serde_json::Value as Json;

use super::{
    end_subscription, facts::Facts, let_customer_go, plan_item, plan_items, record_billing_email, record_dispute,
    record_invoice, record_invoiced_overage, record_refund, record_subscription, with_items,
};
use crate::{
    audit_event, event_payload,
    http::Services,
    outbox_event,
    rules::{
        request_ids::{Purpose, RequestIds},
        subscription::{Status, StripeStatus},
        time::Timestamp,
    },
    store::{Lock, Statement},
    stripe::{Event, EventKind, Stripe, StripeError, Subscription},
};

pub struct Message {
    pub event: Event,
    pub facts: Facts,
    /// The message without what is of persons, kept where it cannot be applied.
    pub payload: String,
    /// When Stripe was asked, or before.
    pub observed_at: Timestamp,
}

/// What happened, in the words of our own events; `None` for what only changes a row.
fn happened(kind: EventKind) -> Option<&'static str> {
    Some(match kind {
        EventKind::CheckoutSessionCompleted => "checkout.completed",
        EventKind::CheckoutAsyncPaymentSucceeded => "checkout.payment_succeeded",
        EventKind::CheckoutAsyncPaymentFailed => "checkout.payment_failed",
        EventKind::CheckoutSessionExpired => "checkout.expired",
        EventKind::CustomerDeleted => "billing.customer_deleted",
        EventKind::InvoicePaymentActionRequired => "payment.action_required",
        EventKind::InvoiceMarkedUncollectible => "invoice.uncollectible",
        EventKind::SubscriptionCreated => "subscription.created",
        EventKind::SubscriptionUpdated => "subscription.updated",
        EventKind::SubscriptionDeleted => "subscription.canceled",
        EventKind::SubscriptionTrialWillEnd => "subscription.trial_will_end",
        EventKind::SubscriptionPaused => "subscription.paused",
        EventKind::SubscriptionResumed => "subscription.resumed",
        EventKind::InvoiceFinalized => "invoice.finalized",
        EventKind::InvoicePaid => "payment.succeeded",
        EventKind::InvoicePaymentFailed => "payment.failed",
        EventKind::InvoiceVoided => "invoice.voided",
        EventKind::ChargeRefunded => "payment.refunded",
        EventKind::DisputeCreated => "payment.disputed",
        EventKind::DisputeClosed => "payment.dispute_closed",
        EventKind::CustomerUpdated | EventKind::InvoiceCreated | EventKind::Unknown => return None,
    })
}

/// The event's type, as `docs/EVENTS.md` has it, for what the history calls otherwise; `None` for what our own scheduler tells.
fn told(action: &'static str) -> Option<&'static str> {
    Some(match action {
        "subscription.created" => "user.subscribed",
        "subscription.paused" | "subscription.resumed" => "subscription.updated",
        "subscription.trial_will_end" => return None,
        "payment.succeeded" => "invoice.paid",
        "payment.failed" => "invoice.payment_failed",
        "payment.action_required" => "invoice.payment_action_required",
        same => same,
    })
}

impl Message {
    /// What may be raced for.
    pub fn locks(&self) -> Vec<Lock> {
        let organization = self.facts.customer.clone().map(Lock::OrganizationOfCustomer);
        organization.into_iter().chain([Lock::Key("webhook_inbox_pkey")]).collect()
    }

    /// The statements that take it in, once: the first decides, and the rest hangs on its row. They give the row `received`.
    pub fn statements(&self, ids: &RequestIds) -> Vec<Statement> {
        let id = self.event.id.as_str();
        let mut statements = vec![self.record_event()];
        if self.event.kind == EventKind::CustomerDeleted {
            let customer = self.facts.customer.as_deref().unwrap_or_default();
            statements.extend(let_customer_go(customer, self.event.created, self.observed_at, Some(id)));
        }
        if let Some(subscription) = &self.facts.subscription {
            statements.extend(record_subscription(subscription, self.observed_at, Some(id)));
        }
        if let (Some(ended), Some(customer)) = (&self.facts.ended, &self.facts.customer) {
            statements.extend(end_subscription(ended, customer, self.event.created, self.observed_at, id));
        }
        if let Some(invoice) = &self.facts.invoice {
            statements.push(record_invoice(invoice, self.observed_at, id));
            if !invoice.items.is_empty() {
                statements.push(record_invoiced_overage(invoice, id));
            }
        }
        if let Some((charge, invoice)) = &self.facts.refund {
            statements.push(record_refund(charge, invoice.as_deref(), id));
        }
        if let Some((dispute, invoice)) = &self.facts.dispute {
            statements.push(record_dispute(dispute, invoice.as_deref(), self.event.created, id));
        }
        if let (Some(customer), Some(email)) = (&self.facts.customer, &self.facts.billing_email) {
            let audit = ids.id(Purpose::AuditEvent);
            statements.extend(record_billing_email(
                customer,
                email,
                self.observed_at,
                self.event.billing_email_chosen_at(),
                id,
                &audit,
            ));
        }
        if let Some(action) = happened(self.event.kind) {
            statements.extend(self.recorded(ids, action));
        }
        let several = self.facts.subscription.as_ref().filter(|subscription| subscription.items.len() > 1);
        let plan_items = several.map_or("0".to_string(), plan_items);
        let runs = crate::subscription_runs!("running");
        statements.push(
            self.with_items(Statement::composed(
                "received",
                format!(
                    "SELECT outcome, organization_id, CASE WHEN request_id = :request THEN 1 ELSE 0 END AS is_new,
  {plan_items} AS plan_items,
  (SELECT COUNT(*) FROM organizations
    WHERE organizations.id = webhook_inbox.organization_id AND archived_at IS NOT NULL) AS is_archived,
  (SELECT COUNT(*) FROM billing_subscriptions running
    WHERE running.organization_id = webhook_inbox.organization_id
      AND {runs}) AS running
FROM webhook_inbox WHERE provider = 'stripe' AND event_id = :event"
                )
                .into(),
            ))
            .with("event", id),
        );
        statements
    }

    /// What nobody can use any more is not paid for: a checkout may be completed after its organization was archived.
    ///
    /// # Errors
    /// Stripe does not answer, or refuses it.
    pub async fn end_what_nobody_can_use(&self, is_archived: bool, services: &Services<'_>) -> Result<(), StripeError> {
        let runs =
            |subscription: &&Subscription| Status::of_stripe(&subscription.status).is_some_and(StripeStatus::is_live);
        let Some(subscription) = self.facts.subscription.as_ref().filter(runs).filter(|_| is_archived) else {
            return Ok(());
        };
        let stripe = Stripe::configured(|name| services.variable(name), services.transport);
        let stripe = stripe.ok_or_else(|| StripeError::Unauthorized("there is no key".to_string()))?;
        stripe.cancel_now(&subscription.id).await.map(|_| ())
    }

    /// Decides: of many deliveries of one event, the first takes it in, and the rest of the batch hangs on its row. One
    /// that could not be applied may be tried again once the catalog knows its price, or the customer is known.
    fn record_event(&self) -> Statement {
        let price = self.facts.subscription.as_ref().map(plan_item);
        let price = price.map_or("NULL".to_string(), |item| format!("(SELECT chosen.price FROM {item} chosen)"));
        self.with_items(Statement::composed(
            "record_event",
            format!(
                "INSERT INTO webhook_inbox
  (provider, event_id, event_type, outcome, organization_id, payload, happened_at, received_at, request_id)
SELECT 'stripe', :event, :type, judged.outcome, judged.organization_id,
  CASE WHEN judged.outcome IN ('applied', 'ignored') THEN NULL ELSE :payload END, :happened_at, :now, :request
FROM (
  SELECT customer.organization_id, CASE
    WHEN :is_handled = 0 THEN 'ignored'
    WHEN :is_gone = 1 THEN 'gone'
    WHEN :is_deletion = 1 AND customer.organization_id IS NULL THEN 'ignored'
    WHEN customer.organization_id IS NULL THEN 'unknown_customer'
    WHEN :has_items = 0 THEN 'applied'
    WHEN plans.id IS NULL THEN 'unknown_price'
    WHEN plans.audience NOT IN ('any', CASE organizations.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
      THEN 'wrong_audience'
    ELSE 'applied'
  END AS outcome
  FROM (SELECT 1 AS one) always
  LEFT JOIN billing_customers customer ON customer.stripe_customer_id = :customer
  LEFT JOIN organizations ON organizations.id = customer.organization_id
  LEFT JOIN plan_prices price ON price.stripe_price_id = {price}
  LEFT JOIN plans ON plans.id = price.plan_id
) judged
WHERE 1 = 1
ON CONFLICT (provider, event_id) DO UPDATE SET
  outcome = excluded.outcome, organization_id = excluded.organization_id, payload = excluded.payload,
  received_at = excluded.received_at, request_id = excluded.request_id
WHERE webhook_inbox.outcome NOT IN ('applied', 'ignored', 'gone')"
            )
            .into(),
        ))
        .with("event", self.event.id.as_str())
        .with("type", self.event.name.as_str())
        .with("is_handled", self.event.kind != EventKind::Unknown)
        .with("has_items", self.facts.subscription.is_some())
        .with("is_gone", self.facts.is_gone)
        .with("is_deletion", self.event.kind == EventKind::CustomerDeleted)
        .with("customer", self.facts.customer.as_deref())
        .with("payload", self.payload.as_str())
        .with("happened_at", self.event.created)
    }

    fn with_items(&self, statement: Statement) -> Statement {
        match &self.facts.subscription {
            Some(subscription) => with_items(statement, subscription),
            None => statement,
        }
    }

    /// The organization's history, and the event for whoever listens: once, when it is applied.
    fn recorded(&self, ids: &RequestIds, action: &'static str) -> Vec<Statement> {
        let target = self.event.object.get("id").and_then(Json::as_str).unwrap_or(&self.event.id);
        let mut details = serde_json::json!({ "stripeEvent": self.event.id });
        if let (Some(details), Some(Json::Object(dispute))) = (details.as_object_mut(), self.event.dispute()) {
            details.extend(dispute);
        }
        let details = details.to_string();
        let about = |statement: Statement| {
            statement
                .with("event", self.event.id.as_str())
                .with("action", action)
                .with("target", target)
                .with("details", details.as_str())
        };
        let audit = [about(Statement::new(
            "audit",
            audit_event!(
                "SELECT taken.organization_id, :audit, 'stripe', :action, :target, :details, :request, :now
FROM webhook_inbox taken
WHERE taken.provider = 'stripe' AND taken.event_id = :event AND taken.request_id = :request
  AND taken.outcome = 'applied'"
            ),
        ))
        .with("audit", ids.id(Purpose::AuditEvent))];
        let told = told(action).map(|told| {
            about(Statement::new(
                "outbox",
                outbox_event!(
                    "SELECT :outbox, taken.organization_id, :told, :target, ",
                    event_payload!(
                        subscription("taken.organization_id"),
                        invoice("taken.organization_id", ":invoice"),
                        organization("taken.organization_id"),
                        action(":action"),
                        details(":details")
                    ),
                    ", :now
FROM webhook_inbox taken
WHERE taken.provider = 'stripe' AND taken.event_id = :event AND taken.request_id = :request
  AND taken.outcome = 'applied'"
                ),
            ))
            .with("outbox", ids.id(Purpose::OutboxEvent))
            .with("told", told)
            .with("invoice", self.facts.invoice.as_ref().map(|invoice| invoice.id.as_str()))
        });
        audit.into_iter().chain(told).collect()
    }
}
