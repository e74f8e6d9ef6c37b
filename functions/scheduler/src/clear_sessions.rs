//! `clear_sessions`: sessions that are over for good.

use tallygate::{counting, rules::time::Span, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    page::{in_page, last_of_page},
};

/// How long a browser that was put out is told why.
const ENDED: Span = Span::days(30);
/// A browser that slept comes back to life with its next heartbeat; after so long it validates anew.
const SILENT: Span = Span::days(90);
const NEXT: &str = last_of_page!(
    "SELECT user_id AS first, id AS second FROM active_sessions WHERE (user_id, id) > (:until_first, :until_second)
  ORDER BY user_id, id LIMIT :most"
);

/// The sessions of the page that are over for good.
macro_rules! dead {
    () => {
        concat!(
            "FROM active_sessions
WHERE ",
            in_page!("user_id", "id"),
            " AND (ended_at <= :ended_before OR last_heartbeat_at <= :silent_since) AND ",
            while_leased!()
        )
    };
}

pub static CLEAR_SESSIONS: Clear = Clear {
    name: "clear_sessions",
    rhythm: Rhythm::Hour,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", dead!()),
    cleared: concat!("DELETE ", dead!()),
    ago: &[("ended_before", ENDED), ("silent_since", SILENT)],
    kept: None,
};
