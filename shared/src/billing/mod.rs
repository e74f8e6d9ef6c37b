//! What Stripe says becomes rows: the newest known state of each subscription and invoice, and what follows from it for
//! the organization.
//!
//! Messages repeat and come in any order, so no statement here depends on what came before: of two states of one
//! subscription the one that was asked for later is kept, what has ended stays ended, and an organization's plan is
//! derived anew from all its subscriptions.

mod invoice;
mod price;
mod subscription;

pub use invoice::{record_invoice, record_refund};
pub use price::{proration_moment, revoke, stripe, PriceNow};
pub use subscription::record_subscription;

use crate::{http::Refusal, rules::ids::RequestId, stripe::StripeError};

/// What a refusal of Stripe's means to whoever asked. Its own words reach people only about their card.
pub fn refused(error: &StripeError, request_id: &RequestId) -> Refusal {
    match (&error, error.for_payer()) {
        (_, Some(message)) => Refusal::PaymentFailed { message: message.to_string() },
        (StripeError::Unavailable(_), _) => Refusal::ProviderUnavailable { provider: "Stripe", cause: error.cause() },
        _ => Refusal::Internal { request_id: request_id.clone(), cause: error.cause() },
    }
}
