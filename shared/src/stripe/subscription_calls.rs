//! Reading, changing and ending a subscription.

use super::{
    client::{path, IdempotencyKey, Stripe},
    form::Form,
    StripeError, Subscription,
};
use crate::rules::time::Timestamp;

/// Another price, at once, paid for at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceChange<'a> {
    pub subscription: &'a str,
    pub item: &'a str,
    pub price: &'a str,
    pub charged: Charged,
    /// Added to the subscription's own.
    pub metadata: &'a [(&'a str, &'a str)],
}

/// How a change of price is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charged {
    /// The difference for what is left of the period, as of the moment for which the preview was computed: so the payer
    /// is charged what they were shown. On a trial that is nothing.
    Prorated(Timestamp),
    /// The trial ends now, and a period of the new price begins and is charged.
    EndingTrial,
}

/// So that the answer says since when a payment is due.
fn with_invoice(form: Form) -> Form {
    form.with("expand[]", "latest_invoice")
}

impl Stripe<'_> {
    /// # Errors
    /// See `StripeError`.
    pub async fn subscription(&self, id: &str) -> Result<Subscription, StripeError> {
        let json = self.get(&path("subscriptions", id)?, with_invoice(Form::new())).await?;
        Subscription::parse(&json)
    }

    /// Either all of it happens or, where the card is declined, nothing (`error_if_incomplete`).
    ///
    /// # Errors
    /// `Refused` with a sentence for the payer where the card is declined; see `StripeError`.
    pub async fn change_price(
        &self,
        change: &PriceChange<'_>,
        key: &IdempotencyKey,
    ) -> Result<Subscription, StripeError> {
        let form = Form::new()
            .with("items[0][id]", change.item)
            .with("items[0][price]", change.price)
            .with("payment_behavior", "error_if_incomplete");
        let form = match change.charged {
            Charged::Prorated(at) => {
                form.with("proration_behavior", "always_invoice").with_time("proration_date", Some(at))
            }
            Charged::EndingTrial => form.with("proration_behavior", "none").with("trial_end", "now"),
        };
        let metadata = change.metadata.iter();
        let form = metadata.fold(form, |form, (name, value)| form.with(&format!("metadata[{name}]"), value));
        let json = self.post(&path("subscriptions", change.subscription)?, with_invoice(form), key).await?;
        Subscription::parse(&json)
    }

    /// Lets it end with the period that is paid for, or takes that back.
    ///
    /// # Errors
    /// See `StripeError`; `Refused` also where a schedule manages the subscription.
    pub async fn set_cancel_at_period_end(
        &self,
        subscription: &str,
        cancel: bool,
        key: &IdempotencyKey,
    ) -> Result<Subscription, StripeError> {
        let form = with_invoice(Form::new().with("cancel_at_period_end", cancel));
        let json = self.post(&path("subscriptions", subscription)?, form, key).await?;
        Subscription::parse(&json)
    }

    /// Ends it at once, without paying anything back. What is gone already is no error.
    ///
    /// # Errors
    /// See `StripeError`.
    pub async fn cancel_now(&self, subscription: &str) -> Result<(), StripeError> {
        match self.delete(&path("subscriptions", subscription)?).await {
            Ok(_) | Err(StripeError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
