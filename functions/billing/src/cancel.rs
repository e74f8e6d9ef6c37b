//! `cancel`: the subscription ends with the period that is paid for.

use serde::Serialize;
use tallygate::{
    billing::{refused, revoke, stripe},
    http::{limit_details, Asking, Call, Found, Operation, Outside, Refusal, Reply},
    store::Statement,
    stripe::{IdempotencyKey, StripeError},
    transport::Pending,
};

use crate::{
    account::{account, Account},
    history::Held,
    keep::{keep, Change},
};

pub struct Cancel;

#[derive(Serialize)]
struct Cancelled {
    subscription: Held,
}

impl Cancel {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }

    async fn cancel(&self, asking: &Asking, found: &Found<'_>, outside: &Outside<'_>) -> Result<Reply, Refusal> {
        let account = Account::of_biller(found)?;
        let paid = account.must_be_paid()?;
        if let Some(at) = account.cancel_at {
            return Err(Refusal::Conflict {
                code: "cancellation_pending",
                message: format!("The subscription is cancelled already; it ends on {}.", at.iso()),
                details: limit_details(&serde_json::json!({ "cancelAt": at })),
            });
        }
        let stripe = stripe(outside)?;
        let failed = |error: StripeError| refused(&error, &asking.request_id);
        // What ends cannot become something else afterwards.
        revoke(&stripe, paid.schedule.as_deref()).await.map_err(failed)?;
        let key = IdempotencyKey::new(&format!("cancel-{}-{}", paid.subscription, paid.known_at.0));
        let subscription = stripe.set_cancel_at_period_end(&paid.subscription, true, &key).await.map_err(failed)?;
        let change = Change {
            organization: &found.standing()?.organization_id,
            action: "subscription.cancel_scheduled",
            plan: &account.plan_id,
            interval: account.interval,
            is_pending: false,
        };
        let account = keep(asking, outside, &subscription, &change).await?;
        let end = account.cancel_at.unwrap_or(account.period.end).iso();
        let message = format!("The subscription ends on {end}; until then it may be resumed.");
        Ok(Reply::ok(&message, &Cancelled { subscription: Held::of(&account, asking.now) }))
    }
}

impl Operation for Cancel {
    fn statements(&self, _asking: &Asking) -> Vec<Statement> {
        vec![account()]
    }

    fn follow<'a>(
        &'a self,
        asking: &'a Asking,
        found: &'a Found<'a>,
        outside: &'a Outside<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(self.cancel(asking, found, outside))
    }
}
