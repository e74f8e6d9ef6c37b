//! `pause` and `resume`: an endpoint hears of nothing for a while. `resume` also takes back what nobody asked for: that it was
//! disabled. What happened meanwhile is not sent by itself; `redeliver` sends it.

use serde_json::json;
use tallygate::{
    http::{remembering, BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::request_ids::first_id_of,
    store::{Lock, Statement},
};

use crate::{
    account::{account_is_running, account_scoped, endpoint_is_the_account_s, feature},
    endpoint::{audit, change_endpoint, changed, endpoint_id, named},
};

pub struct Pause {
    endpoint: String,
    is_resumed: bool,
}

impl Pause {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { endpoint: endpoint_id(call)?, is_resumed: false }))
    }

    pub fn read_resume(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { endpoint: endpoint_id(call)?, is_resumed: true }))
    }
}

/// What nobody pays for may be paused all the same.
const PAUSED: &str = change_endpoint!("paused_at = COALESCE(paused_at, :now)", "1 = 1");

/// What waits in line is sent with the next minute. One that has failed is not known to answer, however often it is resumed, until it
/// has.
const RESUMED: &str = change_endpoint!(
    "
  listens_from = CASE WHEN paused_at IS NULL AND disabled_at IS NULL THEN listens_from ELSE :now END,
  listens_from_id = CASE WHEN paused_at IS NULL AND disabled_at IS NULL THEN listens_from_id ELSE :listens_from_id END,
  answered_at = CASE WHEN failing_since IS NULL AND disabled_at IS NULL THEN answered_at END,
  paused_at = NULL, disabled_at = NULL, disabled_reason = NULL, failing_since = NULL, deferred_until = 0",
    account_is_running!()
);

impl Operation for Pause {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let (sql, action) = match self.is_resumed {
            true => (RESUMED, "webhook.endpoint_resumed"),
            false => (PAUSED, "webhook.endpoint_paused"),
        };
        let changed = remembering(context, Statement::new("changed", sql)).with("endpoint", self.endpoint.as_str());
        vec![
            if self.is_resumed { changed.with("listens_from_id", first_id_of(context.now)) } else { changed },
            audit(context, &self.endpoint, action),
            named(&self.endpoint),
            feature(),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let endpoint = changed(context, found, self.is_resumed)?;
        let message = match self.is_resumed {
            true => "The endpoint hears of what happens from now on.",
            false => "The endpoint hears of nothing until it is resumed.",
        };
        Ok(Reply::ok(message, &json!({ "endpoint": endpoint })))
    }
}
