//! Which requests have set something of a row lately. A batch whose answer was lost is sent again, and somebody may have set
//! another value in between, who was told so: what sets a value is therefore done once, as long as the row remembers its request.
//! (What belongs to an organization needs no memory: its line in the history, or its event in the outbox, is the request's own.)

use super::RequestContext;
use crate::{
    rules::{request_ids::first_id_of, time::Span},
    store::Statement,
};

/// After which nobody sends a request again, by far: it is tried for ten seconds.
const REMEMBERED: Span = Span::minutes(1);
/// Requests that a row remembers: more than one person may send in the time in which a lost one is sent again (1 200 a minute).
const MOST_REMEMBERED: i64 = 200;
/// A UUID and the space behind it.
const REQUEST_ID_CHARACTERS: i64 = 37;

/// Of a row with `recent_requests`, by its name: this request has set already what it asks for.
#[macro_export]
macro_rules! is_recent_request {
    ($row:literal) => {
        concat!("(", $row, ".recent_requests LIKE '%' || :request || '%')")
    };
}

/// The assignment by which an `UPDATE` that sets a value remembers its request ([`remembering`](crate::http::remembering) binds
/// it). Ids begin with their time, so the first one tells whether those behind it matter any more.
#[macro_export]
macro_rules! recent_requests_with_this {
    ($row:literal) => {
        concat!(
            "recent_requests = CASE WHEN ",
            $row,
            ".recent_requests > :remembered_from
    THEN substr(:request || ' ' || ",
            $row,
            ".recent_requests, 1, CAST(:longest_memory AS INTEGER)) ELSE :request END"
        )
    };
}

/// The statement by which a person's row remembers what this request has set beside it: whose (SQL for the id), and the condition
/// on which it has.
#[macro_export]
macro_rules! remember_request {
    ($person:literal, $($has_set:tt)+) => {
        concat!(
            "UPDATE users SET ",
            $crate::recent_requests_with_this!("users"),
            "
WHERE id = ",
            $person,
            " AND NOT ",
            $crate::is_recent_request!("users"),
            "
  AND ",
            $($has_set)+
        )
    };
}

/// Binds what `recent_requests_with_this!` and `remember_request!` ask for.
pub fn remembering(context: &RequestContext, statement: Statement) -> Statement {
    statement
        .with("remembered_from", first_id_of(context.now - REMEMBERED))
        .with("longest_memory", MOST_REMEMBERED * REQUEST_ID_CHARACTERS)
}
