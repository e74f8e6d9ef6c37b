//! `clear_inbox`: messages of other companies that are past the time in which they could come again.

use tallygate::{counting, rules::time::Span, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    page::{in_page, last_of_page},
};

/// Stripe sends a message again for three days by itself, and for 30 days where it is asked to ("Webhooks", "Resend events").
const HANDLED: Span = Span::days(35);
/// How long one that could not be applied waits for the operator.
const KEPT: Span = Span::days(90);
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

pub static CLEAR_INBOX: Clear = Clear {
    name: "clear_inbox",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", old!()),
    cleared: concat!("DELETE ", old!()),
    ago: &[("handled_before", HANDLED), ("kept_before", KEPT)],
    kept: None,
};
