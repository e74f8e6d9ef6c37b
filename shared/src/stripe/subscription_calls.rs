//! Reading, changing and ending a subscription.

use super::{
    client::{path, IdempotencyKey, Stripe},
    form::Form,
    Invoice, StripeError, Subscription,
};
use crate::rules::{subscription::Status, time::Timestamp};

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

/// When the oldest of the invoices became final that nobody has paid since the last payment, of those that are told, the newest
/// first. One that asks for nothing is no payment.
fn unpaid_since(invoices: &[Invoice]) -> Option<Timestamp> {
    let unpaid = invoices.iter().take_while(|invoice| invoice.status != "paid" || invoice.amount_paid == 0);
    let due = unpaid.filter(|invoice| matches!(invoice.status.as_str(), "open" | "uncollectible"));
    due.map(|invoice| invoice.finalized_at.unwrap_or(invoice.created)).min()
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
        self.with_arrears(Subscription::parse(&json)?).await
    }

    /// The subscription, with the moment since which nothing is paid of it where it is past due: its newest invoice says that
    /// of the newest period alone.
    async fn with_arrears(&self, subscription: Subscription) -> Result<Subscription, StripeError> {
        if subscription.status != Status::PastDue.as_str() {
            return Ok(subscription);
        }
        let unpaid_since = unpaid_since(&self.invoices_of(&subscription.id).await?);
        Ok(Subscription { unpaid_since, ..subscription })
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
        self.with_arrears(Subscription::parse(&json)?).await
    }

    /// Lets it end with the period that is paid for, or takes that back. An end that was set as a date, at Stripe, is taken back
    /// by itself: `cancel_at_period_end` does not touch it.
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
        let changed = Subscription::parse(&self.post(&path("subscriptions", subscription)?, form, key).await?)?;
        if cancel || changed.cancel_at.is_none() {
            return self.with_arrears(changed).await;
        }
        let form = with_invoice(Form::new().with("cancel_at", ""));
        let key = IdempotencyKey::new(&format!("{}-date", key.as_str()));
        let json = self.post(&path("subscriptions", subscription)?, form, &key).await?;
        self.with_arrears(Subscription::parse(&json)?).await
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
