//! `redeliver`: an event of the last 30 days, or all since a moment, is sent to an endpoint once more, whatever became of it.

use serde_json::{json, Value as Json};
use tallygate::{
    endpoint_wants_event, events_meant,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{request_ids::first_id_of, time::Timestamp},
    staff_scoped,
    store::{Lock, Statement},
};

use crate::act::{act_decided, act_is_decided, outcome, Act};

/// Events that one request looks at; it says where the next one goes on.
const MOST: i64 = 1_000;

pub struct Redeliver {
    act: Act,
    endpoint: String,
    wanted: Wanted,
}

enum Wanted {
    Event(String),
    /// All since a moment, behind the event with which the request before has ended.
    Since {
        since: Timestamp,
        cursor: Option<String>,
    },
}

impl Wanted {
    fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let since = call.fields.parsed("since", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?;
        let cursor = call.fields.id("cursor")?.map(str::to_string);
        match (call.fields.id("event")?, since) {
            (Some(_), Some(_)) => Err(Refusal::invalid("since", "and `event` are not for one request")),
            (Some(_), None) if cursor.is_some() => {
                Err(Refusal::invalid("cursor", "and `event` are not for one request"))
            }
            (Some(event), None) => Ok(Self::Event(event.to_string())),
            (None, Some(since)) => Ok(Self::Since { since, cursor }),
            (None, None) => Err(Refusal::invalid("event", "or `since` is required")),
        }
    }

    /// What the act leads to.
    fn after(&self) -> Json {
        match self {
            Self::Event(event) => json!({ "state": "pending", "event": event }),
            Self::Since { since, .. } => json!({ "state": "pending", "since": since.0 }),
        }
    }
}

impl Redeliver {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let endpoint = call.fields.required_id("endpoint")?.to_string();
        let wanted = Wanted::read(call)?;
        Ok(Box::new(Self { act: Act::read(call, "event.redelivered", wanted.after())?, endpoint, wanted }))
    }
}

/// The endpoint's organization, as the row `account`, and the events that are meant; on a condition on the act.
macro_rules! meant_since {
    ($condition:expr) => {
        concat!(
            "WITH account AS MATERIALIZED (
  SELECT endpoint.organization_id FROM webhook_endpoints endpoint WHERE endpoint.id = :endpoint AND ",
            $condition,
            "
)
",
            events_meant!("event.id >= :first_id AND event.id > :after_id")
        )
    };
}

/// An event stands in line as if it had never been tried.
macro_rules! put_in_line {
    () => {
        "
ON CONFLICT (endpoint_id, event_id) DO UPDATE SET
  state = excluded.state, attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at,
  request_id = excluded.request_id
WHERE webhook_deliveries.request_id <> excluded.request_id"
    };
}

/// Decides: an event that was given out, and that the endpoint hears of.
const ONE_DECIDED: &str = act_decided!(
    "endpoint",
    "endpoint.id",
    "endpoint.organization_id",
    "'{\"state\":\"' || COALESCE(delivery.state, 'none') || '\"}'",
    "
FROM staff
JOIN webhook_endpoints endpoint ON endpoint.id = :endpoint AND endpoint.removed_at IS NULL
JOIN outbox event ON event.id = :event AND event.sequence IS NOT NULL AND ",
    endpoint_wants_event!(),
    "
LEFT JOIN webhook_deliveries delivery ON delivery.endpoint_id = endpoint.id AND delivery.event_id = event.id
WHERE 1 = 1"
);
const ONE_AGAIN: &str = concat!(
    "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id)
SELECT :endpoint, :event, 'pending', 0, :now, :now, :request
WHERE ",
    act_is_decided!(),
    put_in_line!()
);
/// Decides: an endpoint that is there.
const ALL_DECIDED: &str = act_decided!(
    "endpoint",
    "endpoint.id",
    "endpoint.organization_id",
    "'null'",
    "
FROM staff
JOIN webhook_endpoints endpoint ON endpoint.id = :endpoint AND endpoint.removed_at IS NULL
WHERE 1 = 1"
);
const ALL_AGAIN: &str = concat!(
    meant_since!(act_is_decided!()),
    "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id)
SELECT endpoint.id, event.id, 'pending', 0, :now, :now, :request
FROM webhook_endpoints endpoint
JOIN meant event ON ",
    endpoint_wants_event!(),
    "
WHERE endpoint.id = :endpoint",
    put_in_line!()
);
/// How many of those that were looked at this request has put in line.
const ALL_COUNTED: &str = concat!(
    meant_since!("EXISTS (SELECT 1 FROM operator_acts decided WHERE decided.id = :act)"),
    "SELECT COUNT(*) AS looked_at, COUNT(delivery.event_id) AS redelivered, MAX(meant.id) AS up_to
FROM meant LEFT JOIN webhook_deliveries delivery
  ON delivery.endpoint_id = :endpoint AND delivery.event_id = meant.id AND delivery.request_id = :request"
);

impl Operation for Redeliver {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let target = staff_scoped!(
            "SELECT endpoint.id FROM staff
JOIN webhook_endpoints endpoint ON endpoint.id = :endpoint AND endpoint.removed_at IS NULL"
        );
        let mut explains = vec![Statement::new("target", target)];
        let (decided, again) = match &self.wanted {
            Wanted::Event(_) => (ONE_DECIDED, ONE_AGAIN),
            Wanted::Since { .. } => {
                explains.push(Statement::new("counted", ALL_COUNTED));
                (ALL_DECIDED, ALL_AGAIN)
            }
        };
        let follows = vec![Statement::new("again", again)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, explains);
        all.into_iter()
            .map(|one| match &self.wanted {
                Wanted::Event(event) => one.with("event", event.as_str()),
                Wanted::Since { since, cursor } => one
                    .with("first_id", first_id_of(*since))
                    .with("after_id", cursor.as_deref().unwrap_or_default())
                    .with("most", MOST),
            })
            .map(|one| one.with("endpoint", self.endpoint.as_str()))
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let why_not = || {
            found.first("target")?.ok_or(Refusal::EndpointNotFound)?;
            Ok(Refusal::invalid("event", "names no event of the last 30 days that this endpoint hears of"))
        };
        if matches!(self.wanted, Wanted::Event(_)) {
            return outcome(found, "The event is sent once more.", why_not);
        }
        let Some(act) = Act::done(found)? else { return Err(why_not()?) };
        let counted = found.only("counted")?;
        let read = || {
            let up_to = counted.optional_text("up_to")?.map(str::to_string);
            Ok((counted.integer("looked_at")?, counted.integer("redelivered")?, up_to))
        };
        let (looked_at, redelivered, up_to) = found.stored(read())?;
        let next_cursor = up_to.filter(|_| looked_at >= MOST);
        let message = format!("{redelivered} events are sent once more.");
        Ok(Reply::ok(&message, &json!({ "act": act, "redelivered": redelivered, "nextCursor": next_cursor })))
    }
}
