//! `cancel`: the subscription ends with the period that is paid for.

use tallygate::{
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services},
    store::Statement,
    transport::Pending,
};

use crate::{
    account::{account, Account},
    renewal::{set_renewal, RenewalReply},
};

pub struct Cancel;

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
        let renewal = ("subscription.cancel_scheduled", Some(true));
        let account = set_renewal(context, found, services, (&account, paid), renewal).await?;
        let end = account.cancel_at.unwrap_or(account.period.end).iso();
        let message = format!("The subscription ends on {end}; until then it may be resumed.");
        Ok(Reply::ok(&message, &RenewalReply::of(&account, context)))
    }
}

impl Operation for Cancel {
    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![account()]
    }

    fn asks_others(&self) -> bool {
        true
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
