//! `rotate`: another secret, shown this once. For a day deliveries are signed with the former one, too, and until then there is no
//! further one: it would take away the one that the receiver has. A secret that others know (`compromised`) signs no more at
//! once, nor does the one before it.

use serde_json::json;
use tallygate::{
    http::{limit_details, remembering, BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::time::Span,
    store::{Lock, Row, Statement, StoreError},
};

use crate::{
    account::{account_is_running, account_scoped, endpoint_is_the_account_s, feature, must_manage},
    endpoint::{audit, change_endpoint, changed, endpoint_id, named, row},
};

/// How long a receiver has to take the new secret.
const BOTH_SIGN: Span = Span::days(1);

pub struct Rotate {
    endpoint: String,
    is_compromised: bool,
}

impl Rotate {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { endpoint: endpoint_id(call)?, is_compromised: call.fields.flag("compromised")? }))
    }
}

impl Operation for Rotate {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            // Decides: that the endpoint is the account's, its plan runs, and no former secret signs that a receiver may have. (It is
            // asked of the row that is changed: on Postgres that is the newest one, also where another request was first.)
            remembering(context, Statement::new(
                "changed",
                change_endpoint!(
                    "
  former_secret = CASE :compromised WHEN 1 THEN NULL ELSE secret END,
  former_secret_ends_at = CASE :compromised WHEN 1 THEN NULL ELSE CAST(:former_ends_at AS BIGINT) END, secret = :secret",
                    "(:compromised = 1 OR webhook_endpoints.former_secret_ends_at IS NULL OR webhook_endpoints.former_secret_ends_at <= :now)
      AND ",
                    account_is_running!()
                ),
            ))
            .with("endpoint", self.endpoint.as_str())
            .with("compromised", self.is_compromised)
            .with("secret", context.ids.webhook_secret())
            .with("former_ends_at", context.now + BOTH_SIGN),
            audit(context, &self.endpoint, "webhook.secret_rotated"),
            named(&self.endpoint),
            feature(),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        must_manage(context, found, true)?;
        if let Some(refusal) = found.stored(still_signing(row(found)?))? {
            return Err(refusal);
        }
        let endpoint = changed(context, found, true)?;
        let message = match self.is_compromised {
            true => "The secret is changed and shown this once; no former one signs any more.",
            false => "The secret is changed and shown this once; for a day the former one signs, too.",
        };
        Ok(Reply::ok(message, &json!({ "endpoint": endpoint, "secret": context.ids.webhook_secret() })))
    }
}

/// Why there is no further secret yet, where another request has made the newest one.
fn still_signing(endpoint: &Row) -> Result<Option<Refusal>, StoreError> {
    let ends_at = endpoint.optional_timestamp("former_secret_ends_at")?;
    let is_ours = endpoint.flag("is_changed")?;
    Ok(ends_at.filter(|_| !is_ours).map(|ends_at| Refusal::Conflict {
        code: "secret_rotated_lately",
        message: "The secret was changed within the last day, and the one before it still signs; with `compromised` neither does any more."
            .to_string(),
        details: limit_details(&json!({ "formerSecretEndsAt": ends_at })),
    }))
}
