//! `clear_mails`: what became of mails a month ago.

use tallygate::{counting, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    clear_deliveries::KEPT,
    page::{in_page, last_of_page},
};

const NEXT: &str = last_of_page!(
    "SELECT event_id AS first, kind AS second FROM mail_deliveries
  WHERE (event_id, kind) > (:until_first, :until_second) ORDER BY event_id, kind LIMIT :most"
);

macro_rules! old {
    () => {
        concat!(
            "FROM mail_deliveries
WHERE ",
            in_page!("event_id", "kind"),
            " AND created_at <= :kept_since AND ",
            while_leased!()
        )
    };
}

pub static CLEAR_MAILS: Clear = Clear {
    name: "clear_mails",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", old!()),
    deleted: concat!("DELETE ", old!()),
    ago: &[("kept_since", KEPT)],
    kept: None,
};
