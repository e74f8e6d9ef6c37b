//! What another company still has of a user who is gone: payments that go on, and their address.

use super::{StaleAddress, COLLECTED_WITHIN};
use crate::{
    billing::stripe,
    http::{BatchRows, Refusal, RequestContext, Services},
    rules::archiving::RESTORABLE,
    store::Statement,
    stripe::StripeError,
};

/// Customers are told one by one; what is left over, the scheduler tells within the hour (`correct_addresses`).
const MOST_AT_ONCE: i64 = 20;

/// The subscriptions and customers at Stripe of what the user has archived, by leaving or before, and nobody may have back, but
/// for customers who owe something yet (the scheduler's `forget_customers` deletes them later);
/// and the customers whose address Stripe does not have yet, but for those of what is archived for good.
pub fn left_at_stripe(context: &RequestContext) -> [Statement; 3] {
    let restorable_since = context.now - RESTORABLE;
    [
        Statement::new(
            "still_paid",
            concat!(
                "SELECT billing_subscriptions.stripe_subscription_id
FROM organizations
JOIN billing_subscriptions ON billing_subscriptions.organization_id = organizations.id
WHERE organizations.archived_by = :caller AND billing_subscriptions.status NOT IN ('canceled', 'incomplete_expired')
  AND NOT (",
                may_be_restored!(),
                ")
ORDER BY billing_subscriptions.stripe_subscription_id"
            ),
        )
        .with("restorable_since", restorable_since),
        Statement::new(
            "still_known",
            concat!(
                "SELECT billing_customers.stripe_customer_id
FROM organizations
JOIN billing_customers ON billing_customers.organization_id = organizations.id
WHERE organizations.archived_by = :caller AND NOT (",
                may_be_restored!(),
                ") AND NOT ",
                overage_is_owed!("organizations.id"),
                "
ORDER BY billing_customers.stripe_customer_id"
            ),
        )
        .with("restorable_since", restorable_since)
        .with("owed_since", context.now - COLLECTED_WITHIN),
        Statement::new(
            "stale",
            concat!(
                "SELECT billing_customers.stripe_customer_id, organizations.billing_email
FROM billing_customers
JOIN organizations ON organizations.id = billing_customers.organization_id
WHERE ",
                customer_is_stale!(),
                "
ORDER BY billing_customers.stripe_customer_id LIMIT :most"
            ),
        )
        .with("restorable_since", restorable_since)
        .with("most", MOST_AT_ONCE),
    ]
}

/// Whether Stripe has to be told of anything of the user's yet: whoever was told that it does not answer comes again.
///
/// # Errors
/// Rows of something else.
pub fn is_left_at_stripe(found: &BatchRows<'_>) -> Result<bool, Refusal> {
    Ok(!found.rows("still_paid")?.is_empty() || !found.rows("still_known")?.is_empty())
}

/// Cancels what is paid, deletes the customers that are nobody's and corrects the address of the others; gives the number
/// of cancelled subscriptions. That they are cancelled, and the customers gone, is written when Stripe's own messages say so.
///
/// # Errors
/// [`Refusal::ProviderUnavailable`], and [`Refusal::NotConfigured`] where there is something to do and no key: the
/// sender comes again until it is done.
pub async fn settle(
    context: &RequestContext,
    found: &BatchRows<'_>,
    services: &Services<'_>,
) -> Result<usize, Refusal> {
    let [paid, known, stale] = [found.rows("still_paid")?, found.rows("still_known")?, found.rows("stale")?];
    if paid.is_empty() && known.is_empty() && stale.is_empty() {
        return Ok(0);
    }
    let stripe = stripe(services)?;
    let unavailable = |error: StripeError| Refusal::ProviderUnavailable { provider: "Stripe", cause: error.cause() };
    for row in paid {
        let id = found.stored(row.text("stripe_subscription_id"))?;
        stripe.cancel_now(id).await.map_err(unavailable)?;
    }
    for row in known {
        let id = found.stored(row.text("stripe_customer_id"))?;
        stripe.delete_customer(id).await.map_err(unavailable)?;
    }
    let (mut told, mut locks) = (Vec::new(), Vec::new());
    for row in stale {
        let address = found.stored(StaleAddress::read(row))?;
        told.push(address.correct(&stripe, &context.request_id).await.map_err(unavailable)?);
        locks.push(address.lock());
    }
    if !told.is_empty() {
        // A further batch: Stripe can only be told of what the first one decided.
        services.batch(context, &locks, &told).await?;
    }
    Ok(paid.len())
}
