//! `clear_inbox`: messages of other companies that are past the time in which they could come again.

use tallygate::{
    counting,
    rules::time::Span,
    schedule::{Job, Rhythm, Step},
    store::Statement,
    while_leased,
};

use crate::page::{in_page, last_of_page};

/// Stripe sends a message again for three days by itself, and for 30 days where it is asked to ("Webhooks", "Resend events").
const HANDLED: Span = Span::days(35);
/// How long one that could not be applied waits for the operator.
const KEPT: Span = Span::days(90);
const PAGE: i64 = 1_000;

pub struct ClearInbox;

const NEXT: &str = last_of_page!(
    "SELECT provider AS first, event_id AS second FROM webhook_inbox WHERE (provider, event_id) > (:until_first, :until_second)
  ORDER BY provider, event_id LIMIT :most"
);

macro_rules! old {
    () => {
        concat!(
            "FROM webhook_inbox
WHERE ",
            in_page!("provider", "event_id"),
            " AND received_at <= CASE WHEN payload IS NULL THEN :handled_before ELSE :kept_before END AND ",
            while_leased!()
        )
    };
}

const COUNTED: &str = counting!("SELECT COUNT(*) ", old!());
const DELETED: &str = concat!("DELETE ", old!());

impl Job for ClearInbox {
    fn name(&self) -> &'static str {
        "clear_inbox"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Day
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        let about = |name, sql| {
            Statement::new(name, sql).with("handled_before", step.now - HANDLED).with("kept_before", step.now - KEPT)
        };
        vec![about("counted", COUNTED), about("deleted", DELETED)]
    }
}
