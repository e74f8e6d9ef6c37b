//! `test`: sends a `ping` to an endpoint now, and says what it answered. Nothing of it is kept, and a failure says nothing of
//! the endpoint's deliveries.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services},
    rules::request_ids::Purpose,
    store::Statement,
    transport::Pending,
    webhooks::{attempt, Message, Recipient},
};

use crate::{
    account::{account_is_running, account_scoped, endpoint_is_the_account_s, feature, must_manage},
    endpoint::endpoint_id,
};

pub struct Test {
    endpoint: String,
}

impl Test {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { endpoint: endpoint_id(call)? }))
    }

    async fn sent(
        &self,
        context: &RequestContext,
        found: &BatchRows<'_>,
        services: &Services<'_>,
    ) -> Result<Reply, Refusal> {
        must_manage(context, found, true)?;
        let row = found.first("recipient")?.ok_or(Refusal::EndpointNotFound)?;
        let recipient = found.stored(Recipient::read(row))?;
        let message = Message::ping(&context.ids.id(Purpose::OutboxEvent), context.now, &self.endpoint);
        let attempt = attempt(services, &message, &recipient).await;
        let is_delivered = attempt.is_delivered();
        let said = if is_delivered { "The endpoint answered well." } else { "The endpoint did not answer well." };
        let body = json!({
            "delivered": is_delivered, "event": message.id, "responseStatus": attempt.status, "response": attempt.response,
            "failure": attempt.failure,
        });
        Ok(Reply::ok(said, &body))
    }
}

impl Operation for Test {
    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![
            Statement::new(
                "recipient",
                account_scoped!(
                    "SELECT endpoint.url, endpoint.secret,
  CASE WHEN endpoint.former_secret_ends_at > :now THEN endpoint.former_secret END AS former_secret
FROM account JOIN webhook_endpoints endpoint ON endpoint.id = :endpoint AND ",
                    endpoint_is_the_account_s!(),
                    "
WHERE ",
                    account_is_running!()
                ),
            )
            .with("endpoint", self.endpoint.as_str()),
            feature(),
        ]
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
        Box::pin(self.sent(context, found, services))
    }
}
