//! `clear_reservations`: room that was held and is held no more.

use tallygate::{
    counting,
    rules::time::Span,
    schedule::{Job, Rhythm, Step},
    store::Statement,
    while_leased,
};

use crate::page::{in_page, last_of_page};

/// How long whoever confirms once more is told what became of it.
const TOLD: Span = Span::days(30);
/// Rows read a step, and deleted at most.
const PAGE: i64 = 1_000;

pub struct ClearReservations;

const NEXT: &str = last_of_page!(
    "SELECT organization_id AS first, id AS second FROM usage_reservations
  WHERE (organization_id, id) > (:until_first, :until_second) ORDER BY organization_id, id LIMIT :most"
);

/// The reservations of the page that were settled or have expired long ago. What was counted of them is in the ledger.
macro_rules! over {
    () => {
        concat!(
            "FROM usage_reservations
WHERE ",
            in_page!("organization_id", "id"),
            " AND expires_at <= :told_before AND COALESCE(settled_at, 0) <= :told_before AND ",
            while_leased!()
        )
    };
}

const COUNTED: &str = counting!("SELECT COUNT(*) ", over!());
const DELETED: &str = concat!("DELETE ", over!());

impl Job for ClearReservations {
    fn name(&self) -> &'static str {
        "clear_reservations"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Day
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        let about = |name, sql| Statement::new(name, sql).with("told_before", step.now - TOLD);
        vec![about("counted", COUNTED), about("deleted", DELETED)]
    }
}
