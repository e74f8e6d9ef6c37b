//! `cancel`: the subscription ends with the period that is paid for.

use serde::Serialize;
use tallygate::{
    billing::{refused, revoke, stripe},
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services},
    store::Statement,
    stripe::{IdempotencyKey, StripeError},
    transport::Pending,
};

use crate::{
    account::{account, Account},
    history::SubscriptionView,
    record_change::{record_change, Change},
};

pub struct Cancel;

#[derive(Serialize)]
struct Cancelled {
    subscription: SubscriptionView,
}

impl Cancel {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }

    async fn cancel(
        &self,
        context: &RequestContext,
        found: &BatchRows<'_>,
        services: &Services<'_>,
    ) -> Result<Reply, Refusal> {
        let account = Account::of_biller(found)?;
        let paid = account.must_be_paid()?;
        if let Some(at) = account.cancel_at {
            return Err(Refusal::Conflict {
                code: "cancellation_pending",
                message: format!("The subscription is cancelled already; it ends on {}.", at.iso()),
                details: limit_details(&serde_json::json!({ "cancelAt": at })),
            });
        }
        let stripe = stripe(services)?;
        let failed = |error: StripeError| refused(&error, &context.request_id);
        // What ends cannot become something else afterwards.
        revoke(&stripe, paid.schedule.as_deref()).await.map_err(failed)?;
        let key = IdempotencyKey::new(&format!("cancel-{}-{}", paid.subscription, paid.observed_at.0));
        let subscription = stripe.set_cancel_at_period_end(&paid.subscription, true, &key).await.map_err(failed)?;
        let change = Change {
            organization: &found.membership()?.organization_id,
            action: "subscription.cancel_scheduled",
            plan: &account.plan_id,
            interval: account.interval,
            is_pending: false,
        };
        let account = record_change(context, services, &subscription, &change).await?;
        let end = account.cancel_at.unwrap_or(account.period.end).iso();
        let message = format!("The subscription ends on {end}; until then it may be resumed.");
        Ok(Reply::ok(&message, &Cancelled { subscription: SubscriptionView::of(&account, context.now) }))
    }
}

impl Operation for Cancel {
    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![account()]
    }

    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(self.cancel(context, found, services))
    }
}
