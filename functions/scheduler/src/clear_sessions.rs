//! `clear_sessions`: sessions that are over for good.

use tallygate::{
    counting,
    rules::time::Span,
    schedule::{Job, Rhythm, Step},
    store::Statement,
    while_leased,
};

use crate::page::{in_page, last_of_page};

/// How long a browser that was put out is told why.
const ENDED: Span = Span::days(30);
/// A browser that slept comes back to life with its next heartbeat; after so long it validates anew.
const SILENT: Span = Span::days(90);
/// Rows read a step, and deleted at most.
const PAGE: i64 = 1_000;

pub struct ClearSessions;

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

const COUNTED: &str = counting!("SELECT COUNT(*) ", dead!());
const DELETED: &str = concat!("DELETE ", dead!());

impl Job for ClearSessions {
    fn name(&self) -> &'static str {
        "clear_sessions"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        let about = |name, sql| {
            Statement::new(name, sql).with("ended_before", step.now - ENDED).with("silent_since", step.now - SILENT)
        };
        vec![about("counted", COUNTED), about("deleted", DELETED)]
    }
}
