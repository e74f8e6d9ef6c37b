//! Resend (resend.com/docs, "Send Email", "Idempotency Keys", "Errors").

use serde_json::{json, Map, Value as Json};

use super::{Mail, MailProvider, Sent};
use crate::{
    rules::time::{Span, Timestamp},
    transport::{Incoming, Outgoing, Pending, Transport},
};

/// The variable with the key; without it mails are off.
pub const API_KEY: &str = "RESEND_API_KEY";

const DEFAULT_ADDRESS: &str = "https://api.resend.com";
const TIMEOUT_MS: u32 = 10_000;
/// Characters of an answer that are kept.
const KEPT: usize = 300;
/// What an answer asks for beyond this is not granted.
const LONGEST_RETRY_AFTER: Span = Span::minutes(60);

/// Resend under one key.
pub struct Resend<'a> {
    key: String,
    address: String,
    transport: &'a dyn Transport,
}

impl<'a> Resend<'a> {
    /// From `RESEND_API_KEY`, and `RESEND_API_BASE` where it is set. `None` without a key.
    pub fn configured(variable: impl Fn(&str) -> Option<String>, transport: &'a dyn Transport) -> Option<Self> {
        let set = |name| variable(name).map(|value| value.trim().to_string()).filter(|value| !value.is_empty());
        let address = set("RESEND_API_BASE").unwrap_or_else(|| DEFAULT_ADDRESS.to_string());
        Some(Self { key: set(API_KEY)?, address: address.trim_end_matches('/').to_string(), transport })
    }

    fn request(&self, mail: &Mail, key: &str) -> Outgoing {
        let mut body = Map::from_iter([
            ("from".to_string(), json!(mail.from)),
            ("to".to_string(), json!([mail.to])),
            ("subject".to_string(), json!(mail.subject)),
            ("html".to_string(), json!(mail.html)),
            ("text".to_string(), json!(mail.text)),
        ]);
        if let Some(address) = &mail.reply_to {
            body.insert("reply_to".to_string(), json!(address));
        }
        if !mail.headers.is_empty() {
            let headers = mail.headers.iter().map(|(name, value)| ((*name).to_string(), json!(value)));
            body.insert("headers".to_string(), Json::Object(headers.collect()));
        }
        Outgoing {
            method: "POST",
            url: format!("{}/emails", self.address),
            headers: vec![
                ("authorization", format!("Bearer {}", self.key)),
                ("content-type", "application/json".to_string()),
                // Resend refuses requests without one.
                ("user-agent", "Tallygate-Mails/1".to_string()),
                ("idempotency-key", key.to_string()),
            ],
            body: Some(Json::Object(body).to_string()),
            timeout_ms: TIMEOUT_MS,
        }
    }
}

impl MailProvider for Resend<'_> {
    fn send<'a>(&'a self, mail: &'a Mail, key: &'a str, now: Timestamp) -> Pending<'a, Sent> {
        Box::pin(async move {
            let request = self.request(mail, key);
            match self.transport.send(&request).await {
                Ok(answer) => judged(&answer, &mail.to, now),
                Err(cause) => Sent::Later { reason: cut(&cause, &mail.to), not_before: None },
            }
        })
    }
}

/// A key that is wrong or may not send from the address yet (401, 403) is the operator's to repair, so the mail waits; what the
/// mail itself is refused for (the other 4xx) does not change.
fn judged(answer: &Incoming, to: &str, now: Timestamp) -> Sent {
    let body: Json = serde_json::from_str(&answer.body).unwrap_or_default();
    let said = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default();
    let reason = || cut(&format!("{} {} {}", answer.status, said("name"), said("message")), to);
    match answer.status {
        200..=299 => Sent::Taken { id: body.get("id").and_then(Json::as_str).map(|id| id.chars().take(100).collect()) },
        // The key was used by a mail with other words, which a name has changed since: that one was taken.
        409 if said("name") == "invalid_idempotent_request" => Sent::Taken { id: None },
        401 | 403 | 408 | 409 | 425 | 429 | 500..=599 => {
            let seconds = answer.header("retry-after").and_then(|text| text.trim().parse::<u32>().ok());
            let wait = seconds.map(|seconds| Span::seconds(seconds.into()).min(LONGEST_RETRY_AFTER));
            Sent::Later { reason: reason(), not_before: wait.map(|wait| now + wait) }
        }
        _ => Sent::Refused { reason: reason() },
    }
}

/// What is kept of an answer: its beginning, without the address that it may repeat.
fn cut(text: &str, to: &str) -> String {
    text.replace(to, "<the address>").chars().filter(|letter| !letter.is_control()).take(KEPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> Sent {
        let headers = headers.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
        judged(&Incoming { status, headers, body: body.to_string() }, "ada@example.com", NOW)
    }

    #[test]
    fn an_answer_says_whether_the_mail_went_goes_later_or_never_will() {
        assert_eq!(answered(200, &[], r#"{"id":"49a3"}"#), Sent::Taken { id: Some("49a3".to_string()) });
        assert_eq!(answered(200, &[], "what"), Sent::Taken { id: None });
        let used = r#"{"statusCode":409,"name":"invalid_idempotent_request","message":"m"}"#;
        assert_eq!(answered(409, &[], used), Sent::Taken { id: None });
        for status in [401, 403, 408, 409, 429, 500, 502, 503] {
            assert!(matches!(answered(status, &[], "{}"), Sent::Later { not_before: None, .. }), "{status}");
        }
        for status in [300, 400, 404, 405, 413, 422, 451] {
            assert!(matches!(answered(status, &[], "{}"), Sent::Refused { .. }), "{status}");
        }
    }

    #[test]
    fn a_wait_is_heard_up_to_an_hour() {
        let not_before = |value| match answered(429, &[("retry-after", value)], "") {
            Sent::Later { not_before, .. } => not_before,
            other => panic!("{other:?}"),
        };
        assert_eq!(not_before("2"), Some(NOW + Span::seconds(2)));
        assert_eq!(not_before("999999"), Some(NOW + Span::minutes(60)));
        assert_eq!(not_before("soon"), None);
    }

    #[test]
    fn a_reason_holds_no_address() {
        let body = r#"{"name":"validation_error","message":"Invalid `to`: ada@example.com\u0000"}"#;
        let reason = "422 validation_error Invalid `to`: <the address>".to_string();
        assert_eq!(answered(422, &[], body), Sent::Refused { reason });
    }
}
