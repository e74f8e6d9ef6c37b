//! What Stripe says becomes rows: the newest known state of each subscription and invoice, and what follows from it for
//! the organization.
//!
//! Messages repeat and come in any order, so no statement here depends on what came before: of two states of one
//! subscription the one that was asked for later is kept, what has ended stays ended, and an organization's plan is
//! derived anew from all its subscriptions.

mod billing_email;
mod facts;
mod invoice;
mod items;
mod message;
mod price;
mod subscription;

pub use billing_email::record_billing_email;
pub use facts::Facts;
pub use invoice::{record_dispute, record_invoice, record_invoiced_overage, record_refund};
pub use items::{kept_quantity, plan_item, plan_items, with_items};
pub use message::Message;
pub use price::{proration_moment, revoke, stripe, PriceNow};
pub use subscription::{end_subscription, let_customer_go, record_subscription};

use crate::{http::Refusal, rules::ids::RequestId, stripe::StripeError};

/// What a refusal of Stripe's means to whoever asked. Its own words reach people only about their card; beside them there is
/// a sentence of ours and Stripe's code. Another company's "no" is no fault of ours, so none of these is a 500 but an answer
/// that we do not understand.
pub fn refused(error: &StripeError, request_id: &RequestId) -> Refusal {
    if let Some(message) = error.for_payer() {
        return Refusal::PaymentFailed { message: message.to_string() };
    }
    let provider = "Stripe";
    match error {
        StripeError::Unavailable(_) => Refusal::ProviderUnavailable { provider, cause: error.cause() },
        StripeError::Refused(refused) => {
            let code = refused.code.as_ref().unwrap_or(&refused.kind).clone();
            Refusal::ProviderRefused { provider, code, cause: error.cause() }
        }
        StripeError::NotFound => {
            Refusal::ProviderRefused { provider, code: "resource_missing".to_string(), cause: error.cause() }
        }
        // A key that Stripe does not take, or not for this, is as good as none.
        StripeError::Unauthorized(_) => Refusal::NotConfigured { variable: "STRIPE_SECRET_KEY" },
        StripeError::Broken(_) => Refusal::Internal { request_id: request_id.clone(), cause: error.cause() },
    }
}
