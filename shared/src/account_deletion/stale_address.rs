//! A customer whose invoices Stripe sends to an address that is their payer's no more.

use crate::{
    rules::ids::RequestId,
    store::{Lock, Row, Statement, StoreError},
    stripe::{IdempotencyKey, Stripe, StripeError},
};

/// A customer at Stripe (`customer_is_stale!`), and where its invoices are sent from now on.
pub struct StaleAddress {
    customer: String,
    /// `None`: to nobody, until somebody says where to.
    email: Option<String>,
}

impl StaleAddress {
    /// Of a row with `stripe_customer_id` and `billing_email`.
    ///
    /// # Errors
    /// A row of something else.
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let email = row.optional_text("billing_email")?.map(str::to_string);
        Ok(Self { customer: row.text("stripe_customer_id")?.to_string(), email })
    }

    /// Stripe's id of it.
    pub fn customer(&self) -> &str {
        &self.customer
    }

    /// What a batch locks that writes down that Stripe knows.
    pub fn lock(&self) -> Lock {
        Lock::OrganizationOfCustomer(self.customer.clone())
    }

    /// Tells Stripe, and gives the statement that writes it down. One that was deleted at Stripe has no address to be corrected.
    ///
    /// # Errors
    /// Stripe does not answer, or refuses it.
    pub async fn correct(&self, stripe: &Stripe<'_>, request: &RequestId) -> Result<Statement, StripeError> {
        let key = IdempotencyKey::new(&format!("email-{}-{request}", self.customer));
        match stripe.set_customer_email(&self.customer, self.email.as_deref(), &key).await {
            Ok(()) | Err(StripeError::NotFound) => Ok(self.is_corrected()),
            Err(error) => Err(error),
        }
    }

    /// What Stripe was asked before it was told is older. Where the address has changed once more since, that one is to be told yet.
    fn is_corrected(&self) -> Statement {
        Statement::new(
            "corrected",
            "UPDATE billing_customers SET email_is_stale = 0, observed_at = CASE WHEN observed_at > :now THEN observed_at ELSE :now END
WHERE stripe_customer_id = :customer AND email_is_stale = 1 AND EXISTS (
  SELECT 1 FROM organizations
  WHERE organizations.id = billing_customers.organization_id
    AND COALESCE(organizations.billing_email, '') = COALESCE(:email, ''))",
        )
        .with("customer", self.customer.as_str())
        .with("email", self.email.as_deref())
    }
}
