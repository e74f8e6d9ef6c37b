//! `webhook`: what Stripe says happened.
//!
//! Messages come more than once and in any order. So none is believed for its content: it says what to ask Stripe for,
//! and the answer, which is the newest state there is, becomes rows in one batch. Who it is about is decided by the
//! customer alone, never by metadata, which anybody with access to Stripe may write.

mod payload;

use serde::Serialize;
use serde_json::Value as Json;
use tallygate::{
    audit_event,
    auth::{Secrets, SignatureError, StripeSignature},
    billing::{
        let_customer_go, plan_item, plan_items, record_billing_email, record_invoice, record_refund,
        record_subscription, refused, stripe, with_items,
    },
    event_payload,
    http::{BatchRows, Delivered, Delivery, Operation, Refusal, Reply, RequestContext, Scope, Services},
    outbox_event,
    rules::{
        email::Email,
        request_ids::{Purpose, RequestIds},
        subscription::{Status, StripeStatus},
        time::Timestamp,
    },
    store::{Lock, Statement},
    stripe::{Charge, Event, EventKind, Invoice, Stripe, StripeError, Subscription},
    transport::Pending,
};

use payload::without_persons;

/// Checks a delivery, and asks Stripe for the newest state of what it is about.
pub fn read<'a>(delivery: &'a Delivery<'a>) -> Pending<'a, Result<Delivered, Refusal>> {
    Box::pin(async move {
        let event = verified(delivery)?;
        let facts = Facts::of(&event, delivery).await?;
        let payload = without_persons(delivery.body);
        let operation = Webhook { event, facts, payload, arrived_at: delivery.now };
        Ok(Delivered { operation: Box::new(operation), about: None })
    })
}

fn verified(delivery: &Delivery<'_>) -> Result<Event, Refusal> {
    const SECRET: &str = "STRIPE_WEBHOOK_SECRET";
    let secrets = delivery.services.variable(SECRET).map(|text| Secrets::parse(&text));
    let secrets = secrets.ok_or(Refusal::NotConfigured { variable: SECRET })?;
    let signature = StripeSignature::read(delivery.header("stripe-signature"));
    let verified = signature.and_then(|signature| signature.verify(delivery.body, &secrets, delivery.now));
    match verified {
        Ok(()) => Event::parse(delivery.body).map_err(|_| Refusal::InvalidJson("The body is no event of Stripe's.")),
        Err(SignatureError::NotConfigured(_)) => Err(Refusal::NotConfigured { variable: SECRET }),
        Err(error) => Err(Refusal::InvalidSignature { cause: error.reason() }),
    }
}

/// The newest state of what an event is about.
#[derive(Default)]
struct Facts {
    customer: Option<String>,
    subscription: Option<Subscription>,
    invoice: Option<Invoice>,
    refund: Option<(Charge, Option<String>)>,
    /// Where the customer's invoices are sent by now.
    billing_email: Option<Email>,
    /// Stripe has nothing of it any more, and will not have it again: the message is kept, and asks for nothing.
    is_gone: bool,
}

impl Facts {
    async fn of(event: &Event, delivery: &Delivery<'_>) -> Result<Self, Refusal> {
        if event.kind == EventKind::Unknown {
            return Ok(Self::default());
        }
        let stripe = stripe(delivery.services)?;
        match Self::asked(&stripe, event).await {
            // Stripe would send it for days, and then stop sending anything.
            Err(StripeError::NotFound | StripeError::Refused(_)) => {
                Ok(Self { customer: event.customer_id(), is_gone: true, ..Self::default() })
            }
            // No answer from Stripe, or a key that it does not take: the message comes again.
            asked => asked.map_err(|error| {
                let request = RequestIds::new(delivery.now, [0; 32], [0; 32]).request_id();
                refused(&error, &request)
            }),
        }
    }

    async fn asked(stripe: &Stripe<'_>, event: &Event) -> Result<Self, StripeError> {
        let mut facts = Self { customer: event.customer_id(), ..Self::default() };
        if let Some(id) = event.invoice_id().filter(|_| event.kind.is_about_invoice()) {
            facts.invoice = Some(match stripe.invoice(&id).await {
                // A draft may have been deleted since.
                Err(StripeError::NotFound) => event.invoice().map_err(|_| StripeError::NotFound)?,
                newest => newest?,
            });
        }
        let invoiced = facts.invoice.as_ref().and_then(|invoice| invoice.subscription.clone());
        if let Some(id) = event.subscription_id().or(invoiced) {
            facts.subscription = match stripe.subscription(&id).await {
                // Stripe has forgotten it: what the message says of it is all there is.
                Err(StripeError::NotFound) if event.kind.is_about_subscription() => {
                    Some(event.subscription().map_err(|_| StripeError::NotFound)?)
                }
                Err(StripeError::NotFound) => None,
                newest => Some(newest?),
            };
        }
        if event.kind == EventKind::ChargeRefunded {
            let charge = event.charge()?;
            let paid = match (&charge.invoice, &charge.payment_intent) {
                (Some(invoice), _) => Some(invoice.clone()),
                (None, Some(intent)) => stripe.invoice_of_payment_intent(intent).await?,
                (None, None) => None,
            };
            facts.refund = Some((charge, paid));
        }
        if let Some(id) = event.disputed_charge() {
            facts.customer = stripe.charge(&id).await?.customer;
        }
        if let (EventKind::CustomerUpdated, Some(id)) = (event.kind, &facts.customer) {
            facts.billing_email = stripe.customer(id).await?.email.as_deref().and_then(Email::parse);
        }
        // Whose it is, Stripe's answer says.
        if let Some(subscription) = &facts.subscription {
            facts.customer = Some(subscription.customer.clone());
        }
        Ok(facts)
    }
}

struct Webhook {
    event: Event,
    facts: Facts,
    /// The message without what is of persons, kept where it cannot be applied.
    payload: String,
    arrived_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Received<'a> {
    event_id: &'a str,
    outcome: &'a str,
    /// It had been applied before: nothing was done.
    duplicate: bool,
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

impl Operation for Webhook {
    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        let organization = self.facts.customer.clone().map(Lock::OrganizationOfCustomer);
        organization.into_iter().chain([Lock::Key("webhook_inbox_pkey")]).collect()
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let id = self.event.id.as_str();
        let mut statements = vec![self.record_event()];
        if self.event.kind == EventKind::CustomerDeleted {
            let customer = self.facts.customer.as_deref().unwrap_or_default();
            statements.extend(let_customer_go(customer, self.event.created, self.arrived_at, Some(id)));
        }
        if let Some(subscription) = &self.facts.subscription {
            statements.extend(record_subscription(subscription, self.arrived_at, Some(id)));
        }
        if let Some(invoice) = &self.facts.invoice {
            statements.push(record_invoice(invoice, self.arrived_at, id));
        }
        if let Some((charge, invoice)) = &self.facts.refund {
            statements.push(record_refund(charge, invoice.as_deref(), id));
        }
        if let (Some(customer), Some(email)) = (&self.facts.customer, &self.facts.billing_email) {
            let audit = context.ids.id(Purpose::AuditEvent);
            statements.extend(record_billing_email(
                customer,
                email,
                self.arrived_at,
                self.event.billing_email_chosen_at(),
                id,
                &audit,
            ));
        }
        if let Some(action) = happened(self.event.kind) {
            statements.extend(self.recorded(context, action));
        }
        let several = self.facts.subscription.as_ref().filter(|subscription| subscription.items.len() > 1);
        let plan_items = several.map_or("0".to_string(), plan_items);
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
      AND running.status IN ('trialing', 'active', 'past_due', 'unpaid', 'paused')) AS running
FROM webhook_inbox WHERE provider = 'stripe' AND event_id = :event"
                )
                .into(),
            ))
            .with("event", id),
        );
        statements
    }

    /// What nobody can use any more is not paid for: a checkout may be completed after its organization was archived.
    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(async move {
            let is_archived = found.stored(found.only("received")?.flag("is_archived"))?;
            let runs = |subscription: &&Subscription| {
                Status::of_stripe(&subscription.status).is_some_and(StripeStatus::is_live)
            };
            if let Some(subscription) = self.facts.subscription.as_ref().filter(runs).filter(|_| is_archived) {
                let cancelled = stripe(services)?.cancel_now(&subscription.id).await;
                cancelled.map_err(|error| refused(&error, &context.request_id))?;
            }
            self.outcome(context, found)
        })
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let row = found.only("received")?;
        let read =
            || Ok((row.text("outcome")?, row.flag("is_new")?, row.integer("running")?, row.integer("plan_items")?));
        let (outcome, is_new, running, plan_items) = found.stored(read())?;
        let received = Received { event_id: &self.event.id, outcome, duplicate: !is_new };
        let message = match outcome {
            "applied" if is_new => "The event was applied.",
            "applied" => "The event had been applied before.",
            "ignored" => "There is nothing to do for this event.",
            "gone" => "The event was kept; Stripe has nothing of what it is about any more.",
            _ => "The event was kept, but nothing could be done with it.",
        };
        let reply = Reply::ok(message, &received);
        let items = self.facts.subscription.iter().flat_map(|subscription| &subscription.items);
        let price = items.map(|item| item.price.as_str()).collect::<Vec<_>>().join(", ");
        let customer = self.facts.customer.as_deref().unwrap_or_default();
        Ok(match outcome {
            "unknown_price" | "wrong_audience" => reply.noted(format!("{outcome}: {price} of {customer}")),
            "unknown_customer" | "gone" => reply.noted(format!("{outcome}: {customer}")),
            // The later one in the catalog counts; somebody pays for both.
            _ if plan_items > 1 => reply.noted(format!("several_plans: {price} of {customer}")),
            // Two pages were paid at the same time: somebody has to give one of them back.
            _ if running > 1 => reply.noted(format!("several_subscriptions: {running} of {customer}")),
            _ => reply,
        })
    }
}

impl Webhook {
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
    fn recorded(&self, context: &RequestContext, action: &'static str) -> Vec<Statement> {
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
        .with("audit", context.ids.id(Purpose::AuditEvent))];
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
            .with("outbox", context.ids.id(Purpose::OutboxEvent))
            .with("told", told)
            .with("invoice", self.facts.invoice.as_ref().map(|invoice| invoice.id.as_str()))
        });
        audit.into_iter().chain(told).collect()
    }
}
