//! `clear_deliveries`: what became of events a month ago, and at endpoints that were removed.

use tallygate::{counting, rules::time::Span, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    page::{in_page, last_of_page},
};

/// So long an event can be sent again.
pub const KEPT: Span = Span::days(30);

/// Endpoint by endpoint what is old, which comes first, and of one that was removed everything: an id begins with a hexadecimal
/// digit. (Cross joins, so that SQLite looks into each endpoint's deliveries and not through all of them.)
macro_rules! old {
    () => {
        "FROM webhook_endpoints endpoint CROSS JOIN webhook_deliveries delivery
  WHERE delivery.endpoint_id = endpoint.id
    AND delivery.event_id < CASE WHEN endpoint.removed_at IS NULL THEN :kept_from ELSE 'g' END"
    };
}

const NEXT: &str = last_of_page!(
    "SELECT delivery.endpoint_id AS first, delivery.event_id AS second ",
    old!(),
    " AND endpoint.id >= :until_first AND (delivery.endpoint_id, delivery.event_id) > (:until_first, :until_second)
  ORDER BY endpoint.id, delivery.event_id LIMIT :most"
);

macro_rules! old_of_page {
    () => {
        concat!(
            old!(),
            " AND endpoint.id >= :after_first AND endpoint.id <= :until_first AND ",
            in_page!("delivery.endpoint_id", "delivery.event_id")
        )
    };
}

pub static CLEAR_DELIVERIES: Clear = Clear {
    name: "clear_deliveries",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", old_of_page!(), " AND ", while_leased!()),
    cleared: concat!(
        "DELETE FROM webhook_deliveries
WHERE (endpoint_id, event_id) IN (SELECT delivery.endpoint_id, delivery.event_id ",
        old_of_page!(),
        ") AND ",
        while_leased!()
    ),
    ago: &[],
    kept: Some(KEPT),
};
