//! What became of mails.

use serde_json::json;
use tallygate::{
    counting,
    mails::{next_attempt, Sent},
    store::Statement,
    while_leased,
};

use super::send::{Page, Tried};

const COUNTED: &str = counting!("SELECT COUNT(*) FROM json_each(:tried) item");

/// A mail that was recorded as sent stays so, whatever a run says that was overtaken.
const TRIED: &str = concat!(
    "INSERT INTO mail_deliveries
  (event_id, kind, recipient, state, attempts, next_attempt_at, provider_id, failure, created_at, request_id)
SELECT item.value ->> 'e', item.value ->> 'k', item.value ->> 'r', item.value ->> 's', CAST(item.value ->> 'n' AS BIGINT),
  CAST(item.value ->> 'd' AS BIGINT), item.value ->> 'p', item.value ->> 'f', CAST(item.value ->> 't' AS BIGINT), :request
FROM json_each(:tried) item
WHERE ",
    while_leased!(),
    "
ON CONFLICT (event_id, kind, recipient) DO UPDATE SET
  state = excluded.state, attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at,
  provider_id = excluded.provider_id, failure = excluded.failure, request_id = excluded.request_id
WHERE mail_deliveries.state = 'pending'"
);

const DEFERRED: &str = concat!(
    "UPDATE mail_progress SET deferred_until = :deferred_until
WHERE id = 1 AND deferred_until < :deferred_until AND ",
    while_leased!()
);

/// The statements that record what was tried.
pub fn statements(page: &Page) -> Vec<Statement> {
    let rows = serde_json::Value::Array(page.tried.iter().map(row).collect()).to_string();
    let mut statements = vec![
        Statement::new("counted", COUNTED).with("tried", rows.as_str()),
        Statement::new("tried", TRIED).with("tried", rows.as_str()),
    ];
    if let Some(until) = page.deferred_until {
        statements.push(Statement::new("deferred", DEFERRED).with("deferred_until", until));
    }
    statements
}

fn row(one: &Tried) -> serde_json::Value {
    let (state, next, id, failure) = match &one.sent {
        Sent::Taken { id } => ("sent", None, id.as_deref(), None),
        Sent::Refused { reason } => ("failed", None, None, Some(reason)),
        Sent::Later { reason, not_before } => match next_attempt(one.attempts, one.at, *not_before) {
            Some(next) => ("pending", Some(next.0), None, Some(reason)),
            None => ("failed", None, None, Some(reason)),
        },
    };
    json!({
        "e": one.event, "k": one.kind, "r": one.recipient, "s": state, "n": one.attempts, "d": next, "p": id, "f": failure,
        "t": one.at.0,
    })
}
