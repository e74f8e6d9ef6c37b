//! What the gateway says when no function answers, in the form of the functions' own refusals.

use worker::{Response, Result};

/// Why a request reached no function.
pub enum Refusal<'a> {
    /// No function of that name is bound.
    UnknownFunction(&'a str),
    /// The function threw before it could answer. The cause stays in the log.
    Unavailable(&'a str),
    /// The path is neither a function nor a file.
    NotFound,
}

impl Refusal<'_> {
    pub fn reply(&self) -> Result<Response> {
        let (status, code, sentence) = match self {
            Self::UnknownFunction(name) => (404, "unknown_function", format!("There is no function \"{name}\".")),
            Self::Unavailable(name) => {
                (503, "function_unavailable", format!("The function \"{name}\" could not answer. Please try again."))
            }
            Self::NotFound => (404, "not_found", "There is nothing at this address.".to_owned()),
        };
        let body = serde_json::json!({ "success": false, "error": sentence, "message": sentence, "code": code });
        crate::own(Response::from_json(&body)?.with_status(status))
    }
}
