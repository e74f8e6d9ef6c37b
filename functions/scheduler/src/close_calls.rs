//! `close_calls`: calls that nobody has ended. From its deadline on a call counts as failed, and costs nothing; a product's server
//! may still say how it ended, for a day. Then it is closed, and the room that it held is given back for good.

use tallygate::{
    counting,
    rules::time::Span,
    schedule::{Job, Rhythm, Step},
    store::Statement,
    while_leased,
};

use crate::page::{in_page, last_of_page};

/// How long after its deadline a call may be ended.
const ENDED_LATE: Span = Span::days(1);
/// Organizations of a page, of those with room that is not settled.
const PAGE: i64 = 50;

pub struct CloseCalls;

/// In the order of the index `usage_reservations_open`.
const NEXT: &str = last_of_page!(
    "SELECT DISTINCT organization_id AS first, '' AS second FROM usage_reservations
  WHERE settled_at IS NULL AND organization_id > :until_first ORDER BY organization_id LIMIT :most"
);

/// The calls of the page that nobody has ended in time, each with the `held` room.
macro_rules! forgotten {
    () => {
        concat!(
            "FROM usage_reservations held
JOIN call_logs call ON call.organization_id = held.organization_id AND call.id = held.id AND call.status = 'in_progress'
WHERE ",
            in_page!("held.organization_id"),
            " AND held.settled_at IS NULL AND held.expires_at <= :ended_before AND call.deadline_at <= :ended_before"
        )
    };
}

/// Whoever ends a call locks its organization's row: written without a change, it is locked here as well, and what follows sees
/// what they have done.
const LOCKED: &str = concat!(
    "UPDATE organizations SET archived_at = archived_at
WHERE id IN (SELECT held.organization_id ",
    forgotten!(),
    ") AND ",
    while_leased!()
);

const COUNTED: &str = counting!("SELECT COUNT(*) ", forgotten!());

/// Decides which calls are given up.
const SETTLED: &str = concat!(
    "UPDATE usage_reservations SET settled_at = :now, settled_as = 'released', counted = 0, request_id = :request
WHERE settled_at IS NULL AND (organization_id, id) IN (SELECT held.organization_id, held.id ",
    forgotten!(),
    ") AND ",
    while_leased!()
);

const CLOSED: &str = concat!(
    "UPDATE call_logs SET status = 'failed', ended_at = deadline_at, seconds = (deadline_at - started_at) / 1000, request_id = :request
WHERE status = 'in_progress' AND (organization_id, id) IN (
  SELECT held.organization_id, held.id FROM usage_reservations held
  WHERE ",
    in_page!("held.organization_id"),
    " AND held.settled_as = 'released' AND held.request_id = :request) AND ",
    while_leased!()
);

impl Job for CloseCalls {
    fn name(&self) -> &'static str {
        "close_calls"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        let about = |name, sql| Statement::new(name, sql).with("ended_before", step.now - ENDED_LATE);
        vec![
            about("locked", LOCKED),
            about("counted", COUNTED),
            about("settled", SETTLED),
            Statement::new("closed", CLOSED),
        ]
    }
}
