//! `redeliver`: an event of the last 30 days is sent to an endpoint once more, whatever became of it.

use serde_json::json;
use tallygate::{
    endpoint_wants_event,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    staff_scoped,
    store::{Lock, Statement},
};

use crate::act::{act_decided, act_is_decided, outcome, Act};

pub struct Redeliver {
    act: Act,
    endpoint: String,
    event: String,
}

impl Redeliver {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let event = call.fields.required_id("event")?.to_string();
        let endpoint = call.fields.required_id("endpoint")?.to_string();
        let act = Act::read(call, "event.redelivered", json!({ "state": "pending", "event": event }))?;
        Ok(Box::new(Self { act, endpoint, event }))
    }
}

impl Operation for Redeliver {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: an event that was given out, and that the endpoint hears of.
        let decided = act_decided!(
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
        let again = concat!(
            "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id)
SELECT :endpoint, :event, 'pending', 0, :now, :now, :request
WHERE ",
            act_is_decided!(),
            "
ON CONFLICT (endpoint_id, event_id) DO UPDATE SET
  state = excluded.state, attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at,
  request_id = excluded.request_id"
        );
        let target = staff_scoped!(
            "SELECT endpoint.id FROM staff
JOIN webhook_endpoints endpoint ON endpoint.id = :endpoint AND endpoint.removed_at IS NULL"
        );
        let follows = vec![Statement::new("again", again)];
        let explains = vec![Statement::new("target", target)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, explains);
        all.into_iter()
            .map(|one| one.with("endpoint", self.endpoint.as_str()).with("event", self.event.as_str()))
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The event is sent once more.", || {
            found.first("target")?.ok_or(Refusal::EndpointNotFound)?;
            Ok(Refusal::invalid("event", "names no event of the last 30 days that this endpoint hears of"))
        })
    }
}
