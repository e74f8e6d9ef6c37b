//! Replies: what a caller gets when it was done.

use serde::Serialize;

use super::request::Response;

/// A success: 200, or 201 for what was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    body: String,
    /// What the operator should know, for the log.
    note: Option<String>,
}

#[derive(Serialize)]
struct Success<'a, T> {
    success: bool,
    message: &'a str,
    #[serde(flatten)]
    body: &'a T,
}

impl Reply {
    /// A 200 with a message for people and the fields of `body`.
    pub fn ok(message: &str, body: &impl Serialize) -> Self {
        Self::with_status(200, message, body)
    }

    /// A 201 for what was made.
    pub fn created(message: &str, body: &impl Serialize) -> Self {
        Self::with_status(201, message, body)
    }

    /// A reply in another company's own form.
    pub fn plain(status: u16, body: &impl Serialize) -> Self {
        Self { status, body: serde_json::to_string(body).unwrap_or_default(), note: None }
    }

    fn with_status(status: u16, message: &str, body: &impl Serialize) -> Self {
        // Our own structs have string keys and finite numbers: serializing them cannot fail.
        let body = serde_json::to_string(&Success { success: true, message, body }).unwrap_or_default();
        Self { status, body, note: None }
    }

    /// The same, with something for the log.
    pub fn noted(self, note: String) -> Self {
        Self { note: Some(note), ..self }
    }

    pub(super) fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    pub fn response(self) -> Response {
        Response { status: self.status, headers: Vec::new(), body: self.body }
    }

    pub fn status(&self) -> u16 {
        self.status
    }
}
