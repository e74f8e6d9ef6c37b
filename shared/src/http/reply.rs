//! Replies: what a caller gets when it was done.

use serde::Serialize;

use super::request::Response;

/// A success: 200, or 201 for what was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    body: String,
    /// Beside those that every reply has.
    headers: Vec<(&'static str, String)>,
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
        Self { status, body: serde_json::to_string(body).unwrap_or_default(), headers: Vec::new(), note: None }
    }

    /// A document to be saved as a file.
    pub fn document(media_type: &str, name: &str, body: String) -> Self {
        let headers = vec![
            ("content-type", media_type.to_string()),
            ("content-disposition", format!("attachment; filename=\"{name}\"")),
        ];
        Self { status: 200, body, headers, note: None }
    }

    /// A page for people, which loads nothing and runs nothing, and whose forms lead nowhere else.
    pub fn page(status: u16, html: String) -> Self {
        let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        let headers = vec![
            ("content-type", "text/html; charset=utf-8".to_string()),
            ("content-security-policy", policy.to_string()),
            ("referrer-policy", "no-referrer".to_string()),
        ];
        Self { status, body: html, headers, note: None }
    }

    /// The same for somebody who has its body already.
    pub(super) fn not_modified(self) -> Self {
        Self { status: 304, body: String::new(), ..self }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn body(&self) -> &str {
        &self.body
    }

    /// The same with a further header.
    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    fn with_status(status: u16, message: &str, body: &impl Serialize) -> Self {
        // Our own structs have string keys and finite numbers: serializing them cannot fail.
        let body = serde_json::to_string(&Success { success: true, message, body }).unwrap_or_default();
        Self { status, body, headers: Vec::new(), note: None }
    }

    /// The same, with something for the log.
    pub fn noted(self, note: String) -> Self {
        Self { note: Some(note), ..self }
    }

    pub(super) fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    pub fn response(self) -> Response {
        Response { status: self.status, headers: self.headers, body: self.body }
    }

    pub fn status(&self) -> u16 {
        self.status
    }
}
