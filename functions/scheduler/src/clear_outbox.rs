//! `clear_outbox`: events that were given out a month ago.

use tallygate::{counting, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    clear_deliveries::KEPT,
    page::{in_page, last_of_page},
};

const NEXT: &str = last_of_page!(
    "SELECT id AS first, '' AS second FROM outbox WHERE id > :until_first AND id < :kept_from ORDER BY id LIMIT :most"
);

/// One that is not given out yet is not cleared, however old it is. `send_mails` asks for none that is older than a day.
macro_rules! old {
    () => {
        concat!(
            "FROM outbox
WHERE ",
            in_page!("id"),
            " AND id < :kept_from
  AND NOT EXISTS (SELECT 1 FROM webhook_progress WHERE settled_to < outbox.id)
  AND ",
            while_leased!()
        )
    };
}

pub static CLEAR_OUTBOX: Clear = Clear {
    name: "clear_outbox",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", old!()),
    cleared: concat!("DELETE ", old!()),
    ago: &[],
    kept: Some(KEPT),
};
