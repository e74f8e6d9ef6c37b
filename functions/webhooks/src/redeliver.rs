//! `redeliver`: an event, or all since a moment, is sent to an endpoint once more, whatever became of it.

use serde_json::json;
use tallygate::{
    endpoint_wants_event, events_meant,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{request_ids::first_id_of, time::Timestamp},
    session_is_live,
    store::{Lock, Statement},
};

use crate::{
    account::{account_is_running, account_scoped, endpoint_is_the_account_s, feature, must_manage},
    endpoint::{endpoint_id, named, row},
};

/// Events that one request looks at; it says where the next one goes on.
const MOST: i64 = 1_000;

enum Wanted {
    Event(String),
    /// All since a moment, behind the event with which the request before has ended.
    Since {
        since: Timestamp,
        cursor: Option<String>,
    },
}

pub struct Redeliver {
    endpoint: String,
    wanted: Wanted,
}

impl Redeliver {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let endpoint = endpoint_id(call)?;
        let since = call.fields.parsed("since", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?;
        let cursor = call.fields.id("cursor")?.map(str::to_string);
        let wanted = match (call.fields.id("event")?, since) {
            (Some(_), None) if cursor.is_some() => {
                return Err(Refusal::invalid("cursor", "and `event` are not for one request"))
            }
            (Some(event), None) => Wanted::Event(event.to_string()),
            (None, Some(since)) => Wanted::Since { since, cursor },
            (Some(_), Some(_)) => return Err(Refusal::invalid("since", "and `event` are not for one request")),
            (None, None) => return Err(Refusal::invalid("since", "or `event` is required")),
        };
        Ok(Box::new(Self { endpoint, wanted }))
    }
}

/// Decides: each stands in line as if it had never been tried.
macro_rules! again {
    ($which:literal) => {
        account_scoped!(
            events_meant!($which),
            "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id)
SELECT endpoint.id, event.id, 'pending', 0, :now, :now, :request
FROM account
JOIN webhook_endpoints endpoint ON endpoint.id = :endpoint AND ",
            endpoint_is_the_account_s!(),
            "
JOIN meant event ON ",
            endpoint_wants_event!(),
            "
WHERE ",
            account_is_running!(),
            " AND ",
            session_is_live!(),
            "
ON CONFLICT (endpoint_id, event_id) DO UPDATE SET
  state = excluded.state, attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at,
  request_id = excluded.request_id
WHERE webhook_deliveries.request_id <> excluded.request_id"
        )
    };
}

/// How many of those that were looked at this request has put in line.
macro_rules! counted {
    ($which:literal) => {
        account_scoped!(
            events_meant!($which),
            "SELECT COUNT(*) AS looked_at, COUNT(delivery.event_id) AS redelivered, MAX(meant.id) AS up_to
FROM meant LEFT JOIN webhook_deliveries delivery
  ON delivery.endpoint_id = :endpoint AND delivery.event_id = meant.id AND delivery.request_id = :request"
        )
    };
}

const EVENT_AGAIN: &str = again!("event.id = :event");
const EVENT_COUNTED: &str = counted!("event.id = :event");
/// Ids begin with the time at which events were written, which is what is asked for: an event's own may be that of a provider who
/// told it late.
const ALL_AGAIN: &str = again!("event.id >= :first_id AND event.id > :after");
const ALL_COUNTED: &str = counted!("event.id >= :first_id AND event.id > :after");

impl Operation for Redeliver {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        let [again, counted] = match &self.wanted {
            Wanted::Event(event) => [("again", EVENT_AGAIN), ("counted", EVENT_COUNTED)]
                .map(|(name, sql)| Statement::new(name, sql).with("event", event.as_str())),
            Wanted::Since { since, cursor } => [("again", ALL_AGAIN), ("counted", ALL_COUNTED)].map(|(name, sql)| {
                let after = cursor.as_deref().unwrap_or_default();
                Statement::new(name, sql).with("first_id", first_id_of(*since)).with("after", after)
            }),
        };
        let about = |statement: Statement| statement.with("endpoint", self.endpoint.as_str()).with("most", MOST);
        vec![about(again), about(counted), named(&self.endpoint), feature()]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        must_manage(context, found, true)?;
        row(found)?;
        let counted = found.only("counted")?;
        let read = || {
            let up_to = counted.optional_text("up_to")?.map(str::to_string);
            Ok((counted.integer("looked_at")?, counted.integer("redelivered")?, up_to))
        };
        let (looked_at, redelivered, up_to) = found.stored(read())?;
        if matches!(self.wanted, Wanted::Event(_)) && redelivered == 0 {
            return Err(Refusal::invalid("event", "names no event of the last 30 days that this endpoint hears of"));
        }
        let message = format!("{redelivered} events are sent once more.");
        let next_cursor = up_to.filter(|_| looked_at >= MOST);
        Ok(Reply::ok(&message, &json!({ "redelivered": redelivered, "nextCursor": next_cursor })))
    }
}
