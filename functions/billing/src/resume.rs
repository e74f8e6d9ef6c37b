//! `resume`: takes back a cancellation, or a change of plan that waits.

use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services, SessionRule},
    store::Statement,
    transport::Pending,
};

use crate::{
    account::{account, Account},
    renewal::{set_renewal, RenewalReply},
};

pub struct Resume;

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
        let account = Account::of_buyer(found)?;
        let paid = account.must_be_paid()?;
        if account.cancel_at.is_none() && account.pending.is_none() {
            return Err(Refusal::Conflict {
                code: "nothing_to_resume",
                message: "The subscription goes on as it is; there is nothing to take back.".to_string(),
                details: serde_json::Map::new(),
            });
        }
        let renewal = ("subscription.resumed", account.cancel_at.map(|_| false));
        let account = set_renewal(context, found, services, (&account, paid), renewal).await?;
        let message = format!("The {} plan goes on.", account.plan_name);
        Ok(Reply::ok(&message, &RenewalReply::of(&account, context)))
    }
}

impl Operation for Resume {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

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
        Box::pin(self.resume(context, found, services))
    }
}
