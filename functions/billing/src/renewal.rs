//! Whether the subscription renews at its period's end: what `cancel` and `resume` do alike at Stripe and in our rows.

use serde::Serialize;
use tallygate::{
    billing::{refused, revoke, stripe},
    http::{BatchRows, Refusal, RequestContext, Services},
    stripe::{IdempotencyKey, StripeError},
};

use crate::{
    account::{Account, Paid},
    history::SubscriptionView,
    record_change::{record_change, Change},
};

/// The body of both replies.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RenewalReply {
    subscription: SubscriptionView,
}

impl RenewalReply {
    pub fn of(account: &Account, context: &RequestContext) -> Self {
        Self { subscription: SubscriptionView::of(account, context.now) }
    }
}

/// Takes back the change of plan that waits, has the subscription end with its period where that is said, and records
/// what Stripe answered together with `action` in the audit log. Returns the account as it is then.
///
/// # Errors
/// Stripe's own refusals by their kind, `provider_unavailable`, and what the second batch says.
pub async fn set_renewal(
    context: &RequestContext,
    found: &BatchRows<'_>,
    services: &Services<'_>,
    (account, paid): (&Account, &Paid),
    (action, ends_with_period): (&'static str, Option<bool>),
) -> Result<Account, Refusal> {
    let stripe = stripe(services)?;
    let failed = |error: StripeError| refused(&error, &context.request_id);
    revoke(&stripe, paid.schedule.as_deref()).await.map_err(failed)?;
    let subscription = match ends_with_period {
        Some(ends) => {
            let word = if ends { "cancel" } else { "resume" };
            let key = IdempotencyKey::new(&format!("{word}-{}-{}", paid.subscription, paid.observed_at.0));
            stripe.set_cancel_at_period_end(&paid.subscription, ends, &key).await
        }
        None => stripe.subscription(&paid.subscription).await,
    };
    let change = Change {
        organization: &found.membership()?.organization_id,
        action,
        plan: &account.plan_id,
        interval: account.interval,
        is_pending: false,
    };
    record_change(context, services, &subscription.map_err(failed)?, &change).await
}
