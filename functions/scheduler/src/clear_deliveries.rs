//! `clear_deliveries`: what became of events a month ago.

use tallygate::{counting, rules::time::Span, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    page::{in_page, last_of_page},
};

/// So long an event can be sent again.
pub const KEPT: Span = Span::days(30);

const NEXT: &str = last_of_page!(
    "SELECT endpoint_id AS first, event_id AS second FROM webhook_deliveries
  WHERE (endpoint_id, event_id) > (:until_first, :until_second) ORDER BY endpoint_id, event_id LIMIT :most"
);

macro_rules! old {
    () => {
        concat!(
            "FROM webhook_deliveries
WHERE ",
            in_page!("endpoint_id", "event_id"),
            " AND created_at <= :kept_since AND ",
            while_leased!()
        )
    };
}

pub static CLEAR_DELIVERIES: Clear = Clear {
    name: "clear_deliveries",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", old!()),
    deleted: concat!("DELETE ", old!()),
    ago: &[("kept_since", KEPT)],
};
