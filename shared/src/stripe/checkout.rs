//! Stripe's own pages: the checkout, where a subscription begins, and the portal, where cards and invoices are.

use super::{
    client::{IdempotencyKey, Stripe},
    form::Form,
    object::Object,
    StripeError,
};
use crate::rules::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCheckout<'a> {
    pub customer: &'a str,
    pub organization_id: &'a str,
    pub price: &'a str,
    pub success_url: &'a str,
    pub cancel_url: &'a str,
    /// The rest of a trial is kept. Stripe takes none that ends within 48 hours.
    pub trial_end: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutSession {
    pub id: String,
    /// Where the browser goes.
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalSession {
    pub url: String,
}

impl Stripe<'_> {
    /// # Errors
    /// See `StripeError`.
    pub async fn create_checkout_session(
        &self,
        checkout: &NewCheckout<'_>,
        key: &IdempotencyKey,
    ) -> Result<CheckoutSession, StripeError> {
        let form = Form::new()
            .with("mode", "subscription")
            .with("customer", checkout.customer)
            .with("client_reference_id", checkout.organization_id)
            .with("line_items[0][price]", checkout.price)
            .with("line_items[0][quantity]", 1)
            .with("success_url", checkout.success_url)
            .with("cancel_url", checkout.cancel_url)
            .with("subscription_data[metadata][organization_id]", checkout.organization_id)
            .with_time("subscription_data[trial_end]", checkout.trial_end)
            .with("allow_promotion_codes", true);
        let json = self.post("checkout/sessions", form, key).await?;
        let session = Object::new("checkout session", &json);
        Ok(CheckoutSession { id: session.required_text("id")?, url: session.required_text("url")? })
    }

    /// A session of the portal lives for minutes: each visit has a key of its own.
    ///
    /// # Errors
    /// See `StripeError`.
    pub async fn create_portal_session(
        &self,
        customer: &str,
        return_url: &str,
        key: &IdempotencyKey,
    ) -> Result<PortalSession, StripeError> {
        let form = Form::new().with("customer", customer).with("return_url", return_url);
        let json = self.post("billing_portal/sessions", form, key).await?;
        Ok(PortalSession { url: Object::new("portal session", &json).required_text("url")? })
    }
}
