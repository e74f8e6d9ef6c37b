//! One attempt to deliver: what was answered, or why nothing was.

use chrono::DateTime;

use super::{
    message::{Message, Recipient},
    ALLOW_LOCAL,
};
use crate::{
    http::Services,
    rules::time::{Span, Timestamp},
};

/// A receiver that has not answered by then has not answered; the operator may have less patience (`WEBHOOKS_TIMEOUT_MS`).
const TIMEOUT_MS: u32 = 10_000;
/// Characters of an answer that are kept, and bytes of it that are read for them.
const KEPT: usize = 1_000;
const READ: usize = 4_096;
/// A `Retry-After` is heard up to the longest wait of our own.
const LONGEST_RETRY_AFTER: Span = Span::days(1);

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub began_at: Timestamp,
    pub took: Span,
    /// `None`: nobody answered.
    pub status: Option<u16>,
    /// The first 1 000 characters of the answer.
    pub response: Option<String>,
    /// Why nobody did.
    pub failure: Option<String>,
    /// Before then the receiver wants no other attempt.
    pub retry_after: Option<Timestamp>,
}

impl Attempt {
    pub fn is_delivered(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// The receiver says that it is gone for good (RFC 9110, 410).
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

/// Sends a message once. Never fails: what goes wrong is what became of it.
pub async fn attempt(services: &Services<'_>, message: &Message, recipient: &Recipient) -> Attempt {
    let began_at = services.now();
    let allow_local = services.variable(ALLOW_LOCAL).as_deref() == Some("1");
    let patience = services.variable("WEBHOOKS_TIMEOUT_MS").and_then(|text| text.parse().ok()).unwrap_or(TIMEOUT_MS);
    let answer = match message.to(recipient, began_at, allow_local, patience.min(TIMEOUT_MS)) {
        Ok(request) => services.transport.send_reading_at_most(&request, READ).await,
        Err(why) => Err(format!("the address {why}")),
    };
    let ended_at = services.now();
    let took = Span(ended_at.0.saturating_sub(began_at.0));
    let nothing = Attempt { began_at, took, status: None, response: None, failure: None, retry_after: None };
    match answer {
        Ok(answer) => Attempt {
            status: Some(answer.status),
            retry_after: answer.header("retry-after").and_then(|value| retry_after(value, ended_at)),
            response: Some(answer.body.chars().filter(|letter| *letter != '\0').take(KEPT).collect()),
            ..nothing
        },
        Err(failure) => Attempt { failure: Some(failure.chars().take(KEPT).collect()), ..nothing },
    }
}

/// `Retry-After` as RFC 9110 has it (10.2.3): seconds, or a date.
fn retry_after(value: &str, now: Timestamp) -> Option<Timestamp> {
    let until = match value.parse::<i64>() {
        Ok(seconds) if seconds >= 0 => now + Span(seconds.saturating_mul(1_000)),
        Ok(_) => return None,
        Err(_) => Timestamp(DateTime::parse_from_rfc2822(value).ok()?.timestamp_millis()),
    };
    Some(until.min(now + LONGEST_RETRY_AFTER)).filter(|until| *until > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_773_144_000_000);

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date() {
        assert_eq!(retry_after("120", NOW), Some(NOW + Span::minutes(2)));
        assert_eq!(retry_after("Tue, 10 Mar 2026 12:02:00 GMT", NOW), Some(NOW + Span::minutes(2)));
        assert_eq!(retry_after("99999999999999999", NOW), Some(NOW + Span::days(1)));
        for nothing in ["", "soon", "-1", "0", "1.5", "Tue, 10 Mar 2026 11:00:00 GMT"] {
            assert_eq!(retry_after(nothing, NOW), None, "{nothing}");
        }
    }
}
