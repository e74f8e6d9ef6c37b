//! `clear_reservations`: room that was held and is held no more.

use tallygate::{counting, rules::time::Span, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    page::{in_page, last_of_page},
};

/// How long whoever confirms once more is told what became of it.
const TOLD: Span = Span::days(30);
const NEXT: &str = last_of_page!(
    "SELECT organization_id AS first, id AS second FROM usage_reservations
  WHERE (organization_id, id) > (:until_first, :until_second) ORDER BY organization_id, id LIMIT :most"
);

/// The reservations of the page that were settled or have expired long ago. What was counted of them is in the ledger. A call that
/// goes on is found by its reservation (`close_calls`), also where that job has not run for as long.
macro_rules! over {
    () => {
        concat!(
            "FROM usage_reservations
WHERE ",
            in_page!("organization_id", "id"),
            " AND expires_at <= :told_before AND COALESCE(settled_at, 0) <= :told_before
  AND NOT EXISTS (
    SELECT 1 FROM call_logs call
    WHERE call.organization_id = usage_reservations.organization_id AND call.id = usage_reservations.id
      AND call.status = 'in_progress')
  AND ",
            while_leased!()
        )
    };
}

pub static CLEAR_RESERVATIONS: Clear = Clear {
    name: "clear_reservations",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", over!()),
    cleared: concat!("DELETE ", over!()),
    ago: &[("told_before", TOLD)],
    kept: None,
};
