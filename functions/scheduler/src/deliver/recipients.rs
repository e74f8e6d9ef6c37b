//! Where endpoints are and what signs for them, asked again while a page is being sent.
//!
//! A page takes up to 25 seconds. Somebody may pause or remove an endpoint meanwhile, give it another address, or drop a secret
//! that others know, and their reply says that this holds.

use std::collections::BTreeMap;

use serde_json::json;
use tallygate::{
    http::Services,
    rules::time::Span,
    store::{Statement, StoreError},
    webhooks::Recipient,
};

/// So long what was read is good for: nothing is begun later than this after it was asked for.
pub const GOOD_FOR: Span = Span::seconds(1);

/// Those that are to get anything.
const RECIPIENTS: &str = "SELECT endpoint.id AS endpoint_id, endpoint.url, endpoint.secret,
  CASE WHEN endpoint.former_secret_ends_at > :now THEN endpoint.former_secret END AS former_secret
FROM json_each(:endpoints) item CROSS JOIN webhook_endpoints endpoint
WHERE endpoint.id = item.value ->> 'e' AND endpoint.paused_at IS NULL AND endpoint.disabled_at IS NULL
  AND endpoint.removed_at IS NULL";

/// The recipients behind some endpoints, by these; one that is not there gets nothing.
///
/// # Errors
/// Where the database does not answer.
pub async fn recipients(
    services: &Services<'_>,
    endpoints: impl Iterator<Item = &str>,
) -> Result<BTreeMap<String, Recipient>, StoreError> {
    let endpoints = serde_json::Value::Array(endpoints.map(|id| json!({ "e": id })).collect()).to_string();
    let asked = Statement::new("recipients", RECIPIENTS).with("endpoints", endpoints).with("now", services.now());
    let answer = services.ask(asked).await?;
    let rows = answer.rows("recipients")?.iter();
    rows.map(|row| Ok((row.text("endpoint_id")?.to_string(), Recipient::read(row)?))).collect()
}
