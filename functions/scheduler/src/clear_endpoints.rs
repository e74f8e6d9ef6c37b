//! `clear_endpoints`: what is left of endpoints that were removed, once their deliveries are cleared.

use tallygate::{counting, rules::time::Span, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    page::{in_page, last_of_page},
};

/// A delivery that was under way when its endpoint was removed is recorded by then.
const RECORDED: Span = Span::minutes(60);

const NEXT: &str = last_of_page!(
    "SELECT id AS first, '' AS second FROM webhook_endpoints WHERE id > :until_first AND removed_at IS NOT NULL
  ORDER BY id LIMIT :most"
);

macro_rules! removed {
    () => {
        concat!(
            "FROM webhook_endpoints
WHERE ",
            in_page!("id"),
            " AND removed_at <= :removed_before
  AND NOT EXISTS (SELECT 1 FROM webhook_deliveries delivery WHERE delivery.endpoint_id = webhook_endpoints.id)
  AND ",
            while_leased!()
        )
    };
}

pub static CLEAR_ENDPOINTS: Clear = Clear {
    name: "clear_endpoints",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", removed!()),
    cleared: concat!("DELETE ", removed!()),
    ago: &[("removed_before", RECORDED)],
    kept: None,
};
