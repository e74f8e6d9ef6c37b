//! Asking Stripe, and asking again where that may help.

use std::fmt::Write;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{error::excerpt, form::Form, StripeError};
use crate::transport::{Incoming, Outgoing, Transport};

/// The version that the official package `stripe` 23.1.0 pins (its `apiVersion.js`). It decides the shape of answers;
/// events have the version of their webhook endpoint.
pub const API_VERSION: &str = "2026-10-28.endive";

const DEFAULT_ADDRESS: &str = "https://api.stripe.com";
const TIMEOUT_MS: u32 = 10_000;
const MOST_ATTEMPTS: u32 = 4;
/// The first wait is up to this long, each further one up to twice the last.
const FIRST_WAIT_MS: u32 = 500;
/// Somebody waits for us: what `Retry-After` asks beyond this is not granted.
const LONGEST_WAIT_MS: u32 = 5_000;
/// "Idempotent requests": longer keys are refused.
const LONGEST_KEY: usize = 255;

/// Stripe under one secret key.
pub struct Stripe<'a> {
    key: String,
    address: String,
    transport: &'a dyn Transport,
}

/// What makes a call that is sent twice happen once. Stripe remembers it, with the parameters and the answer, for a day
/// at least; other parameters under the same key are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes any text: one that no header can carry, or that is too long, is hashed.
    pub fn new(text: &str) -> Self {
        if !text.is_empty() && text.len() <= LONGEST_KEY && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Self(text.to_string());
        }
        let digest = Sha256::digest(text.as_bytes());
        let mut hashed = "sha256-".to_string();
        for byte in digest {
            // Writing to a string does not fail.
            let _ = write!(hashed, "{byte:02x}");
        }
        Self(hashed)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an attempt came to.
enum Attempt {
    Done(Result<Json, StripeError>),
    Again { cause: String, not_before_ms: u32 },
}

impl<'a> Stripe<'a> {
    /// From `STRIPE_SECRET_KEY`, and `STRIPE_API_URL` where it is set. `None` without a key.
    pub fn configured(variable: impl Fn(&str) -> Option<String>, transport: &'a dyn Transport) -> Option<Self> {
        let set = |name| variable(name).map(|value| value.trim().to_string()).filter(|value| !value.is_empty());
        let address = set("STRIPE_API_URL").unwrap_or_else(|| DEFAULT_ADDRESS.to_string());
        Some(Self { key: set("STRIPE_SECRET_KEY")?, address: address.trim_end_matches('/').to_string(), transport })
    }

    pub(super) async fn get(&self, path: &str, query: Form) -> Result<Json, StripeError> {
        let query = query.encoded();
        let separator = if query.is_empty() { "" } else { "?" };
        self.ask(self.request("GET", &format!("{path}{separator}{query}"))).await
    }

    pub(super) async fn post(&self, path: &str, form: Form, key: &IdempotencyKey) -> Result<Json, StripeError> {
        let mut request = self.request("POST", path);
        request.headers.push(("content-type", "application/x-www-form-urlencoded".to_string()));
        request.headers.push(("idempotency-key", key.0.clone()));
        request.body = Some(form.encoded());
        self.ask(request).await
    }

    /// Needs no idempotency key: what is gone cannot go again ("Idempotent requests").
    pub(super) async fn delete(&self, path: &str) -> Result<Json, StripeError> {
        self.ask(self.request("DELETE", path)).await
    }

    fn request(&self, method: &'static str, path: &str) -> Outgoing {
        Outgoing {
            method,
            url: format!("{}/v1/{path}", self.address),
            headers: vec![
                ("authorization", format!("Bearer {}", self.key)),
                ("stripe-version", API_VERSION.to_string()),
            ],
            body: None,
            timeout_ms: TIMEOUT_MS,
        }
    }

    async fn ask(&self, request: Outgoing) -> Result<Json, StripeError> {
        let mut longest_wait = FIRST_WAIT_MS;
        let mut attempt = 1;
        loop {
            match judged(self.transport.send(&request).await) {
                Attempt::Done(answer) => return answer,
                Attempt::Again { cause, .. } if attempt == MOST_ATTEMPTS => {
                    return Err(StripeError::Unavailable(cause))
                }
                Attempt::Again { not_before_ms, .. } => {
                    self.transport.wait_up_to(longest_wait.max(not_before_ms).min(LONGEST_WAIT_MS)).await;
                }
            }
            longest_wait = longest_wait.saturating_mul(2);
            attempt += 1;
        }
    }
}

/// What Stripe's own libraries repeat: no connection, a key still in use or a lock (409), too much at once (429),
/// Stripe's faults (5xx), unless the header `Stripe-Should-Retry` knows better.
fn judged(sent: Result<Incoming, String>) -> Attempt {
    let answer = match sent {
        Ok(answer) => answer,
        Err(cause) => return Attempt::Again { cause, not_before_ms: 0 },
    };
    if (200..300).contains(&answer.status) {
        let body = serde_json::from_str::<Json>(&answer.body).ok().filter(Json::is_object);
        return Attempt::Done(body.ok_or_else(|| StripeError::Broken(excerpt(&answer))));
    }
    let again = match answer.header("stripe-should-retry") {
        Some("true") => true,
        Some("false") => false,
        _ => answer.status >= 500 || matches!(answer.status, 409 | 429),
    };
    if !again {
        return Attempt::Done(Err(StripeError::of(&answer)));
    }
    let seconds = answer.header("retry-after").and_then(|text| text.trim().parse::<u32>().ok());
    Attempt::Again { cause: excerpt(&answer), not_before_ms: seconds.unwrap_or_default().saturating_mul(1_000) }
}

/// A path with an id in it. Ids come from outside, and `../customers` is none.
///
/// # Errors
/// `NotFound` where the text can be no id of Stripe's: Stripe has nothing of it, and is not asked.
pub(super) fn path(collection: &str, id: &str) -> Result<String, StripeError> {
    let letters = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if id.is_empty() || id.len() > LONGEST_KEY || !letters {
        return Err(StripeError::NotFound);
    }
    Ok(format!("{collection}/{id}"))
}
