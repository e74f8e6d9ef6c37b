//! `remove`: an endpoint is gone for good, with its address and secrets at once, and with the history of its deliveries, which
//! the scheduler clears (`clear_deliveries`). The organization's history says who has removed it.

use serde_json::json;
use tallygate::{
    http::{remembering, BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    store::{Lock, Statement},
};

use crate::{
    account::{account_scoped, endpoint_is_the_account_s, must_manage},
    endpoint::{audit, change_endpoint, endpoint_id},
};

pub struct Remove {
    endpoint: String,
}

impl Remove {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { endpoint: endpoint_id(call)? }))
    }
}

/// What nobody pays for may be removed all the same.
const REMOVED: &str = change_endpoint!(tallygate::endpoint_without_address!(), "1 = 1");

impl Operation for Remove {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            // Decides: that the endpoint is the account's.
            remembering(context, Statement::new("changed", REMOVED)).with("endpoint", self.endpoint.as_str()),
            audit(context, &self.endpoint, "webhook.endpoint_removed"),
            // What this request has removed, also where it is sent twice.
            Statement::new(
                "removed",
                account_scoped!(
                    "SELECT endpoint.id FROM account JOIN webhook_endpoints endpoint
  ON endpoint.id = :endpoint AND ",
                    tallygate::is_recent_request!("endpoint"),
                    " AND endpoint.removed_at IS NOT NULL"
                ),
            )
            .with("endpoint", self.endpoint.as_str()),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        must_manage(context, found, false)?;
        found.first("removed")?.ok_or(Refusal::EndpointNotFound)?;
        Ok(Reply::ok("The endpoint is removed.", &json!({ "endpoint": { "id": self.endpoint } })))
    }
}
