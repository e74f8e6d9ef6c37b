//! What `deliver_outbox` and `retry_deliveries` have in common: sending a page of deliveries, and recording what became of it.
//!
//! It is recorded after it was sent, so that a delivery which succeeds at once is one row written. A run that dies in between
//! sends its last page again, under the same `webhook-id`.

mod lanes;
mod record;

use tallygate::{
    http::Services,
    schedule::Step,
    store::{Answer, Statement, StoreError},
};

use lanes::{send, Due};

/// Sends what the step's rows `due` say. Gives the statements that record it, and what follows on them; none where there was
/// nothing to be sent.
///
/// # Errors
/// A fault in reading the rows.
pub async fn deliver<const N: usize>(
    step: &Step,
    answer: &Answer,
    services: &Services<'_>,
    then: [Statement; N],
) -> Result<Vec<Statement>, StoreError> {
    let due = answer.rows("due")?.iter().map(Due::read).collect::<Result<Vec<_>, _>>()?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let tried = send(due, services).await;
    Ok(record::statements(step, &tried, services).into_iter().chain(then).collect())
}
