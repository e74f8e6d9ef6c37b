//! `clear_operator_events`: the operator's own events that were given out a month ago.

use tallygate::{counting, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    clear_deliveries::KEPT,
    page::{in_page, last_of_page},
};

const NEXT: &str = last_of_page!(
    "SELECT id AS first, '' AS second FROM operator_events WHERE id > :until_first AND id < :kept_from ORDER BY id LIMIT :most"
);

macro_rules! old {
    () => {
        concat!(
            "FROM operator_events
WHERE ",
            in_page!("id"),
            " AND id < :kept_from AND sequence IS NOT NULL AND ",
            while_leased!()
        )
    };
}

pub static CLEAR_OPERATOR_EVENTS: Clear = Clear {
    name: "clear_operator_events",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", old!()),
    cleared: concat!("DELETE ", old!()),
    ago: &[],
    kept: Some(KEPT),
};
