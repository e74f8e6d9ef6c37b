//! `inbox`, `retire-message`, `redeliver-message`: what other companies have told that could not be applied. It is kept until they tell it again, or
//! somebody of the staff puts it away.

mod redeliver;

pub use redeliver::RedeliverMessage;

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    staff_scoped,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, outcome, Act},
    columns::{
        object,
        Column::{self, Document, Moment, Text},
    },
};

/// Messages of a page where nobody says how many.
const USUAL: i64 = 50;

pub const MESSAGE: [Column; 8] = [
    Text("provider"),
    Text("event_id"),
    Text("event_type"),
    Text("outcome"),
    Text("organization_id"),
    Document("payload"),
    Moment("happened_at"),
    Moment("received_at"),
];

pub struct Inbox {
    page: Page,
}

impl Inbox {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { page: Page::of_query(call.fields, USUAL)? }))
    }
}

impl Operation for Inbox {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        let messages = staff_scoped!(
            "SELECT kept.provider, kept.event_id, kept.event_type, kept.outcome, kept.organization_id, kept.payload, kept.happened_at,
  kept.received_at
FROM webhook_inbox kept
WHERE kept.payload IS NOT NULL AND EXISTS (SELECT 1 FROM staff)
  AND (:after_time IS NULL OR kept.received_at > :after_time OR kept.received_at = :after_time AND kept.event_id > :after_id)
ORDER BY kept.received_at, kept.event_id LIMIT :rows"
        );
        vec![self.page.bind(Statement::new("messages", messages))]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let (rows, next) = found.stored(self.page.cut(found.rows("messages")?, "received_at", "event_id"))?;
        let messages: Result<Vec<_>, _> = rows.iter().map(|row| found.stored(object(&MESSAGE, row))).collect();
        let messages = messages?;
        Ok(Reply::ok(&format!("{} messages.", messages.len()), &json!({ "messages": messages, "nextCursor": next })))
    }
}

pub struct RetireMessage {
    act: Act,
    provider: String,
    message: String,
}

impl RetireMessage {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let act = Act::read(call, "message.retired", json!({ "kept": false }))?;
        let provider = call.fields.id("provider")?.unwrap_or("stripe").to_string();
        Ok(Box::new(Self { act, provider, message: call.fields.required_id("message")?.to_string() }))
    }
}

impl Operation for RetireMessage {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a message that is kept. Where it is known whose it is, it stands in no history of theirs: it was never theirs
        // to see.
        let decided = act_decided!(
            "message",
            "target.event_id",
            "CAST(NULL AS TEXT)",
            "'{\"kept\":true,\"outcome\":\"' || target.outcome || '\"}'",
            "
FROM staff
JOIN webhook_inbox target ON target.provider = :provider AND target.event_id = :message AND target.payload IS NOT NULL
WHERE 1 = 1"
        );
        let retired = concat!(
            "UPDATE webhook_inbox SET payload = NULL
WHERE provider = :provider AND event_id = :message AND ",
            act_is_decided!()
        );
        let follows = vec![Statement::new("retired", retired)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, Vec::new());
        all.into_iter()
            .map(|one| one.with("provider", self.provider.as_str()).with("message", self.message.as_str()))
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The message is put away.", || Ok(Refusal::MessageNotFound))
    }
}
