//! What `deliver_outbox`, `retry_deliveries` and `probe_endpoints` have in common: sending a page of deliveries, and recording what became of it.
//!
//! It is recorded after it was sent, so that a delivery which succeeds at once is one row written. A run that dies in between
//! sends its last page again, under the same `webhook-id`.

mod delivery;
mod lanes;
mod recipients;
mod record;

use tallygate::{
    http::Services,
    schedule::Step,
    store::{Answer, Statement, StoreError},
};

use delivery::Due;
pub use delivery::Tried;
use lanes::send;

/// The columns that a due delivery is read from, beside its own `attempts` and `queued_by`: of rows `event` and `endpoint`. An
/// endpoint that was not tried for two days has not failed all the time: its days are counted anew.
macro_rules! due_columns {
    () => {
        $crate::deliver::due_columns!(
            "event.organization_id",
            "(SELECT told.payload FROM event_payloads told WHERE told.id = event.id)"
        )
    };
    // Of a row `event` of `operator_events`, which is of no person.
    (operator) => {
        $crate::deliver::due_columns!("CAST(NULL AS TEXT)", "event.payload")
    };
    ($organization:literal, $payload:literal) => {
        concat!("event.id, event.event_type, ", $organization, " AS organization_id, event.target_id,
  ", $payload, " AS payload, event.created_at, event.sequence,
  endpoint.id AS endpoint_id, endpoint.organization_id AS endpoint_organization_id, endpoint.url, endpoint.secret,
  CASE WHEN endpoint.former_secret_ends_at > :now THEN endpoint.former_secret END AS former_secret,
  CASE WHEN endpoint.deferred_until > :now - 172800000 THEN endpoint.failing_since END AS failing_since,
  CASE WHEN endpoint.answered_at IS NOT NULL AND endpoint.failing_since IS NULL THEN 1 ELSE 0 END AS is_known_to_answer")
    };
}
pub(crate) use due_columns;

/// Sends what the step's rows `due` say. Gives the statements that record it, and what follows on them; none where there was
/// nothing to be sent.
///
/// # Errors
/// A fault in reading the rows, or in asking again before anything was sent.
pub async fn deliver(
    step: &Step,
    answer: &Answer,
    services: &Services<'_>,
    then: impl FnOnce(&[Tried]) -> Vec<Statement>,
) -> Result<Vec<Statement>, StoreError> {
    let due = answer.rows("due")?.iter().map(Due::read).collect::<Result<Vec<_>, _>>()?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let sent = send(due, step.now, services).await?;
    Ok(record::statements(step, &sent, services).into_iter().chain(then(&sent.tried)).collect())
}
