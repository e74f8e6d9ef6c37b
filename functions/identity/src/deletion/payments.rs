//! What is still paid for after its last owner has gone.

use tallygate::{
    billing::stripe,
    http::{BatchRows, Refusal, Services},
    store::Statement,
};

/// The subscriptions at Stripe of what the user's leaving archived, now or before.
pub fn still_paid() -> Statement {
    Statement::new(
        "still_paid",
        "SELECT billing_subscriptions.stripe_subscription_id
FROM organizations
JOIN billing_subscriptions ON billing_subscriptions.organization_id = organizations.id
WHERE organizations.archived_by = :caller AND billing_subscriptions.status NOT IN ('canceled', 'incomplete_expired')
ORDER BY billing_subscriptions.stripe_subscription_id",
    )
}

/// Cancels them all, and gives their number. That they are cancelled is written when Stripe's own message says so.
///
/// # Errors
/// [`Refusal::ProviderUnavailable`], and [`Refusal::NotConfigured`] where there is something to cancel and no key: the
/// sender comes again until it is done.
pub async fn cancel(found: &BatchRows<'_>, services: &Services<'_>) -> Result<usize, Refusal> {
    let paid = found.rows("still_paid")?;
    if paid.is_empty() {
        return Ok(0);
    }
    let stripe = stripe(services)?;
    for row in paid {
        let id = found.stored(row.text("stripe_subscription_id"))?;
        let unavailable = |error: tallygate::stripe::StripeError| Refusal::ProviderUnavailable {
            provider: "Stripe",
            cause: error.cause(),
        };
        stripe.cancel_now(id).await.map_err(unavailable)?;
    }
    Ok(paid.len())
}
