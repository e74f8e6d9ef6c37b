//! `rotate`: another secret, shown this once. For a day deliveries are signed with the former one, too.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::time::Span,
    store::{Lock, Statement},
};

use crate::{
    account::{account_is_running, account_scoped, endpoint_is_the_account_s, feature},
    endpoint::{audit, change_endpoint, changed, endpoint_id, named},
};

/// How long a receiver has to take the new secret.
const BOTH_SIGN: Span = Span::days(1);

pub struct Rotate {
    endpoint: String,
}

impl Rotate {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { endpoint: endpoint_id(call)? }))
    }
}

impl Operation for Rotate {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            // Decides: that the endpoint is the account's, and its plan runs.
            Statement::new(
                "changed",
                change_endpoint!(
                    "
  former_secret = secret, former_secret_ends_at = :former_ends_at, secret = :secret",
                    account_is_running!()
                ),
            )
            .with("endpoint", self.endpoint.as_str())
            .with("secret", context.ids.webhook_secret())
            .with("former_ends_at", context.now + BOTH_SIGN),
            audit(context, &self.endpoint, "webhook.secret_rotated"),
            named(&self.endpoint),
            feature(),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let endpoint = changed(context, found, true)?;
        let message = "The secret is changed and shown this once; for a day the former one signs, too.";
        Ok(Reply::ok(message, &json!({ "endpoint": endpoint, "secret": context.ids.webhook_secret() })))
    }
}
