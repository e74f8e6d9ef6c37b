//! `webhook`: what Stripe says happened.
//!
//! Messages come more than once and in any order. So none is believed for its content: it says what to ask Stripe for,
//! and the answer, which is the newest state there is, becomes rows in one batch. Who it is about is decided by the
//! customer alone, never by metadata, which anybody with access to Stripe may write.

mod payload;

use serde::Serialize;
use tallygate::{
    auth::{Secrets, SignatureError, StripeSignature},
    billing::{refused, stripe, Facts, Message},
    http::{BatchRows, Delivered, Delivery, Operation, Refusal, Reply, RequestContext, Scope, Services},
    rules::{
        request_ids::RequestIds,
        subscription::{Status, StripeStatus},
    },
    store::{Lock, Statement},
    stripe::{Event, EventKind, Subscription},
    transport::Pending,
};

use payload::without_persons;

/// Checks a delivery, and asks Stripe for the newest state of what it is about.
pub fn read<'a>(delivery: &'a Delivery<'a>) -> Pending<'a, Result<Delivered, Refusal>> {
    Box::pin(async move {
        let event = verified(delivery)?;
        let message = message(event, delivery).await?;
        Ok(Delivered { operation: Box::new(Webhook { message }), about: None })
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

/// What the event is about, as Stripe has it now. Of what means nothing here Stripe is not asked.
async fn message(event: Event, delivery: &Delivery<'_>) -> Result<Message, Refusal> {
    let payload = without_persons(delivery.body);
    if event.kind == EventKind::Unknown {
        return Ok(Message { event, facts: Facts::default(), payload, observed_at: delivery.now });
    }
    let stripe = stripe(delivery.services)?;
    let asked = Message::asked(&stripe, event, payload, delivery.now).await;
    asked.map_err(|error| {
        let request = RequestIds::new(delivery.now, [0; 32], [0; 32]).request_id();
        refused(&error, &request)
    })
}

struct Webhook {
    message: Message,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Received<'a> {
    event_id: &'a str,
    outcome: &'a str,
    /// It had been applied before: nothing was done.
    duplicate: bool,
}

impl Operation for Webhook {
    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        self.message.locks()
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        self.message.statements(&context.ids)
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
            if let Some(subscription) = self.message.facts.subscription.as_ref().filter(runs).filter(|_| is_archived) {
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
        let received = Received { event_id: &self.message.event.id, outcome, duplicate: !is_new };
        let message = match outcome {
            "applied" if is_new => "The event was applied.",
            "applied" => "The event had been applied before.",
            "ignored" => "There is nothing to do for this event.",
            "gone" => "The event was kept; Stripe has nothing of what it is about any more.",
            _ => "The event was kept, but nothing could be done with it.",
        };
        let reply = Reply::ok(message, &received);
        let items = self.message.facts.subscription.iter().flat_map(|subscription| &subscription.items);
        let price = items.map(|item| item.price.as_str()).collect::<Vec<_>>().join(", ");
        let customer = self.message.facts.customer.as_deref().unwrap_or_default();
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
