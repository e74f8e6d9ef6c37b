//! The way to Stripe, for jobs.

use tallygate::{billing, http::Services, store::StoreError, stripe::Stripe};

/// # Errors
/// Without `STRIPE_SECRET_KEY`: the run fails, and says so.
pub fn stripe<'a>(services: &'a Services<'a>) -> Result<Stripe<'a>, StoreError> {
    billing::stripe(services).map_err(|_| StoreError::Broken("STRIPE_SECRET_KEY is not set".to_string()))
}
