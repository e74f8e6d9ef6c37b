//! `resume`: takes back a cancellation, or a change of plan that waits.

use serde::Serialize;
use tallygate::{
    billing::{refused, revoke, stripe},
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services},
    store::Statement,
    stripe::{IdempotencyKey, StripeError},
    transport::Pending,
};

use crate::{
    account::{account, Account},
    history::SubscriptionView,
    record_change::{record_change, Change},
};

pub struct Resume;

#[derive(Serialize)]
struct Resumed {
    subscription: SubscriptionView,
}

impl Resume {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }

    async fn resume(
        &self,
        context: &RequestContext,
        found: &BatchRows<'_>,
        services: &Services<'_>,
    ) -> Result<Reply, Refusal> {
        let account = Account::of_biller(found)?;
        let paid = account.must_be_paid()?;
        if account.cancel_at.is_none() && account.pending.is_none() {
            return Err(Refusal::Conflict {
                code: "nothing_to_resume",
                message: "The subscription goes on as it is; there is nothing to take back.".to_string(),
                details: serde_json::Map::new(),
            });
        }
        let stripe = stripe(services)?;
        let failed = |error: StripeError| refused(&error, &context.request_id);
        revoke(&stripe, paid.schedule.as_deref()).await.map_err(failed)?;
        let subscription = match account.cancel_at {
            Some(_) => {
                let key = IdempotencyKey::new(&format!("resume-{}-{}", paid.subscription, paid.observed_at.0));
                stripe.set_cancel_at_period_end(&paid.subscription, false, &key).await
            }
            None => stripe.subscription(&paid.subscription).await,
        };
        let subscription = subscription.map_err(failed)?;
        let change = Change {
            organization: &found.membership()?.organization_id,
            action: "subscription.resumed",
            plan: &account.plan_id,
            interval: account.interval,
            is_pending: false,
        };
        let account = record_change(context, services, &subscription, &change).await?;
        let message = format!("The {} plan goes on.", account.plan_name);
        Ok(Reply::ok(&message, &Resumed { subscription: SubscriptionView::of(&account, context.now) }))
    }
}

impl Operation for Resume {
    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![account()]
    }

    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(self.resume(context, found, services))
    }
}
