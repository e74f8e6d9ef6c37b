//! What Stripe says of what a message is about.

use super::message::Message;
use crate::{
    rules::{email::Email, time::Timestamp},
    stripe::{Charge, Dispute, Event, EventKind, Invoice, Stripe, StripeError, Subscription},
};

/// The newest state of what an event is about.
#[derive(Default)]
pub struct Facts {
    pub customer: Option<String>,
    pub subscription: Option<Subscription>,
    pub invoice: Option<Invoice>,
    pub refund: Option<(Charge, Option<String>)>,
    pub dispute: Option<(Dispute, Option<String>)>,
    /// Where the customer's invoices are sent by now.
    pub billing_email: Option<Email>,
    /// A subscription of the customer's that Stripe has no more, and that has ended therefore.
    pub ended: Option<String>,
    /// Stripe has nothing of it any more, and will not have it again: the message is kept, and asks for nothing.
    pub is_gone: bool,
}

impl Message {
    /// Asks Stripe for the newest state of what an event is about. `payload`: the event without what is of persons.
    ///
    /// # Errors
    /// No answer from Stripe, or a key that it does not take: the message has to come again.
    pub async fn asked(stripe: &Stripe<'_>, event: Event, payload: String, at: Timestamp) -> Result<Self, StripeError> {
        let facts = match Facts::asked(stripe, &event).await {
            // Stripe would send it for days, and then stop sending anything.
            Err(StripeError::NotFound | StripeError::Refused(_)) => {
                Facts { customer: event.customer_id(), is_gone: true, ..Facts::default() }
            }
            asked => asked?,
        };
        Ok(Self { event, facts, payload, observed_at: at })
    }
}

impl Facts {
    async fn asked(stripe: &Stripe<'_>, event: &Event) -> Result<Self, StripeError> {
        if !event.is_about_ids() {
            return Err(StripeError::NotFound);
        }
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
            let charge = event.charge().map_err(|_| StripeError::NotFound)?;
            let paid = match (&charge.invoice, &charge.payment_intent) {
                (Some(invoice), _) => Some(invoice.clone()),
                (None, Some(intent)) => stripe.invoice_of_payment_intent(intent).await?,
                (None, None) => None,
            };
            facts.refund = Some((charge, paid));
        }
        if let Some(id) = event.disputed_charge() {
            let charge = stripe.charge(&id).await?;
            facts.customer = charge.customer.clone();
            let paid = match &charge.payment_intent {
                Some(intent) => stripe.invoice_of_payment_intent(intent).await?,
                None => charge.invoice.clone(),
            };
            facts.dispute = event.dispute_of(&charge).map(|dispute| (dispute, paid));
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
