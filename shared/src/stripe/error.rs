//! Why a call to Stripe came to nothing.

use serde_json::Value as Json;

use super::object::Object;
use crate::transport::Incoming;

/// What of an answer that nobody understands gets into the log, in characters.
const LONGEST_EXCERPT: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StripeError {
    /// No answer, or none but "later", however often it was asked for. What was asked for may have happened all the
    /// same: asked again under the same idempotency key, it happens once.
    Unavailable(String),
    /// Stripe will not do it: the card was declined, or the request is wrong.
    Refused(Box<Refused>),
    /// What the call is about does not exist, or does no longer.
    NotFound,
    /// Our key is not taken, or is not for this.
    Unauthorized(String),
    /// The answer is not one of Stripe's, or lacks what we need.
    Broken(String),
}

/// A refusal in Stripe's words (docs.stripe.com/api/errors).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub status: u16,
    /// Stripe's `type`: `card_error`, `invalid_request_error`, `idempotency_error`, `api_error`.
    pub kind: String,
    pub code: Option<String>,
    /// What the card's bank said.
    pub decline_code: Option<String>,
    pub message: String,
    /// The parameter that it is about.
    pub param: Option<String>,
}

impl StripeError {
    /// The sentence that the payer may read. Stripe writes only those of card errors for them.
    pub fn for_payer(&self) -> Option<&str> {
        match self {
            Self::Refused(refused) if refused.kind == "card_error" => Some(&refused.message),
            _ => None,
        }
    }

    /// The customer that the call names was deleted, or never was.
    pub fn is_about_gone_customer(&self) -> bool {
        match self {
            Self::Refused(refused) => {
                refused.code.as_deref() == Some("resource_missing") && refused.param.as_deref() == Some("customer")
            }
            _ => false,
        }
    }

    /// What the log says.
    pub fn cause(&self) -> String {
        match self {
            Self::Unavailable(cause) => format!("Stripe gives no answer: {cause}"),
            Self::Refused(refused) => {
                let Refused { status, kind, code, decline_code, message, param } = &**refused;
                let details = [Some(kind), code.as_ref(), decline_code.as_ref(), param.as_ref()];
                let details = details.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ");
                format!("Stripe refuses: {status} {message} ({details})")
            }
            Self::NotFound => "Stripe does not know it".to_string(),
            Self::Unauthorized(cause) => format!("Stripe does not take STRIPE_SECRET_KEY: {cause}"),
            Self::Broken(cause) => format!("Stripe's answer is not understood: {cause}"),
        }
    }

    /// From an answer that is final and no success.
    pub(super) fn of(answer: &Incoming) -> Self {
        if answer.status >= 500 || matches!(answer.status, 409 | 429) {
            return Self::Unavailable(excerpt(answer));
        }
        // What is not Stripe's own refusal is something in between: a redirect, which is not followed, or a page. A 404 of
        // that kind is no proof that something is gone.
        let Ok(body) = serde_json::from_str::<Json>(&answer.body) else { return Self::Unavailable(excerpt(answer)) };
        let error = Object::new("error", &body).inner("error");
        if answer.status < 400 || !error.is_there() {
            return Self::Unavailable(excerpt(answer));
        }
        match answer.status {
            401 | 403 => Self::Unauthorized(excerpt(answer)),
            404 => Self::NotFound,
            status => Self::Refused(Box::new(Refused {
                status,
                kind: error.text("type").unwrap_or_default(),
                code: error.text("code"),
                decline_code: error.text("decline_code"),
                message: error.text("message").unwrap_or_default(),
                param: error.text("param"),
            })),
        }
    }
}

/// An answer as the log has it: its status, Stripe's name for the request, and what it said.
pub(super) fn excerpt(answer: &Incoming) -> String {
    let body = serde_json::from_str::<Json>(&answer.body).ok();
    let message = body.as_ref().and_then(|body| Object::new("error", body).inner("error").text("message"));
    let said = message.as_deref().unwrap_or(&answer.body).split_whitespace().collect::<Vec<_>>().join(" ");
    let said = said.chars().take(LONGEST_EXCERPT).collect::<String>();
    match answer.header("request-id") {
        Some(request) => format!("{} ({request}) {said}", answer.status),
        None => format!("{} {said}", answer.status),
    }
}
