//! `update`: another address, or other event types.

use serde_json::json;
use tallygate::{
    http::{remembering, BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    store::{Lock, Statement},
};

use crate::{
    account::{account_is_running, account_scoped, endpoint_is_the_account_s, feature},
    endpoint::{audit, change_endpoint, changed, endpoint_id, event_types, is_reachable, named, url},
};

pub struct Update {
    endpoint: String,
    url: Option<String>,
    /// `None`: as they are. `Some(None)`: all.
    event_types: Option<Option<String>>,
}

impl Update {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let endpoint = endpoint_id(call)?;
        let url = url(call.fields)?;
        let event_types = match (event_types(call.fields)?, call.fields.flag("allEventTypes")?) {
            (Some(_), true) => {
                return Err(Refusal::invalid("allEventTypes", "and `eventTypes` are not for one request"))
            }
            (Some(types), false) => Some(Some(types)),
            (None, true) => Some(None),
            (None, false) => None,
        };
        if url.is_none() && event_types.is_none() {
            return Err(Refusal::invalid("url", "or `eventTypes` is required"));
        }
        Ok(Box::new(Self { endpoint, url, event_types }))
    }
}

impl Operation for Update {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let is_reachable = self.url.as_ref().is_none_or(|url| is_reachable(context, url).is_ok());
        vec![
            // Decides: that the endpoint is the account's, and its plan runs.
            remembering(
                context,
                Statement::new(
                    "changed",
                    change_endpoint!(
                        "
  answered_at = CASE WHEN COALESCE(:url, url) = url THEN answered_at END, url = COALESCE(:url, url),
  event_types = CASE :changes_types WHEN 1 THEN :event_types ELSE event_types END",
                        ":is_reachable = 1 AND ",
                        account_is_running!()
                    ),
                ),
            )
            .with("endpoint", self.endpoint.as_str())
            .with("url", self.url.as_deref())
            .with("changes_types", self.event_types.is_some())
            .with("event_types", self.event_types.clone().flatten())
            .with("is_reachable", is_reachable),
            audit(context, &self.endpoint, "webhook.endpoint_updated"),
            named(&self.endpoint),
            feature(),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if let Some(url) = &self.url {
            is_reachable(context, url)?;
        }
        let endpoint = changed(context, found, true)?;
        Ok(Reply::ok("The endpoint is changed.", &json!({ "endpoint": endpoint })))
    }
}
