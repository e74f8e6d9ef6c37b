//! The way to Stripe, for jobs.

use tallygate::{
    billing,
    http::Services,
    store::{Answer, Lock, StoreError},
    stripe::Stripe,
};

/// # Errors
/// Without `STRIPE_SECRET_KEY`: the run fails, and says so.
pub fn stripe<'a>(services: &'a Services<'a>) -> Result<Stripe<'a>, StoreError> {
    billing::stripe(services).map_err(|_| StoreError::Broken("STRIPE_SECRET_KEY is not set".to_string()))
}

/// What a step locks that writes down what Stripe has said of the customer in a statement's row (`stripe_customer_id`).
///
/// # Errors
/// A row of something else.
pub fn lock_of_customer(answer: &Answer, statement: &str) -> Result<Vec<Lock>, StoreError> {
    let customer = answer.first(statement)?.map(|row| row.text("stripe_customer_id")).transpose()?;
    Ok(customer.map(|customer| Lock::OrganizationOfCustomer(customer.to_string())).into_iter().collect())
}
