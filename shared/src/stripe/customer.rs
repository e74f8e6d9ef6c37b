//! Customers: one an organization.

use serde_json::Value as Json;

use super::{
    client::{path, IdempotencyKey, Stripe},
    form::Form,
    object::Object,
    StripeError,
};

/// An address that no mail reaches (RFC 2606, `.invalid`).
const NOBODY: &str = "erased@example.invalid";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCustomer<'a> {
    pub organization_id: &'a str,
    pub name: &'a str,
    pub email: Option<&'a str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    pub id: String,
    /// Where invoices are sent.
    pub email: Option<String>,
}

impl Customer {
    fn parse(json: &Json) -> Result<Self, StripeError> {
        let customer = Object::new("customer", json);
        Ok(Self { id: customer.required_text("id")?, email: customer.text("email").filter(|email| email != NOBODY) })
    }
}

impl Stripe<'_> {
    /// # Errors
    /// See `StripeError`.
    pub async fn create_customer(
        &self,
        customer: &NewCustomer<'_>,
        key: &IdempotencyKey,
    ) -> Result<Customer, StripeError> {
        let form = Form::new()
            .with("name", customer.name)
            .with_some("email", customer.email)
            .with("metadata[organization_id]", customer.organization_id);
        let json = self.post("customers", form, key).await?;
        Customer::parse(&json)
    }

    /// # Errors
    /// `NotFound` also for one that was deleted; see `StripeError`.
    pub async fn customer(&self, id: &str) -> Result<Customer, StripeError> {
        self.customer_or_deleted(id).await?.ok_or(StripeError::NotFound)
    }

    /// `None` for a customer that was deleted: Stripe remembers that, unlike one that never was in this account.
    ///
    /// # Errors
    /// See `StripeError`.
    pub async fn customer_or_deleted(&self, id: &str) -> Result<Option<Customer>, StripeError> {
        let json = self.get(&path("customers", id)?, Form::new()).await?;
        match Object::new("customer", &json).flag("deleted") {
            true => Ok(None),
            false => Customer::parse(&json).map(Some),
        }
    }

    /// Sets where invoices are sent. Stripe lets no address be taken away, so that nobody's takes its place.
    ///
    /// # Errors
    /// See `StripeError`.
    pub async fn set_customer_email(
        &self,
        id: &str,
        email: Option<&str>,
        key: &IdempotencyKey,
    ) -> Result<(), StripeError> {
        let form = Form::new().with("email", email.unwrap_or(NOBODY));
        self.post(&path("customers", id)?, form, key).await.map(drop)
    }

    /// Deletes a customer for good, and ends what they still pay. What is gone already is no error.
    ///
    /// # Errors
    /// See `StripeError`.
    pub async fn delete_customer(&self, id: &str) -> Result<(), StripeError> {
        match self.delete(&path("customers", id)?).await {
            Ok(_) | Err(StripeError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
