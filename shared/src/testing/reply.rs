//! What a function answered, and the whole answers that tests compare it with.

use std::collections::BTreeMap;

use serde_json::{json, Value as Json};

/// What a function answered.
#[derive(Clone, Debug)]
pub struct TestReply {
    pub status: u16,
    /// `null` where the response has none.
    pub body: Json,
    pub headers: BTreeMap<&'static str, String>,
    /// As `Server-Timing` says; 0 where the database was not asked.
    pub batches: u32,
    /// The line for the log.
    pub log: Json,
}

impl TestReply {
    /// The whole answer, to be compared at once.
    pub fn answer(&self) -> (u16, Json) {
        (self.status, self.body.clone())
    }
}

/// The whole answer of a refusal without details.
pub fn refused(status: u16, code: &str, sentence: &str) -> (u16, Json) {
    refused_with(status, code, sentence, json!({}))
}

/// The whole answer of a refusal with its details.
pub fn refused_with(status: u16, code: &str, sentence: &str, details: Json) -> (u16, Json) {
    let mut body = details;
    body["success"] = false.into();
    body["error"] = sentence.into();
    body["message"] = sentence.into();
    body["code"] = code.into();
    (status, body)
}

/// The refusal of a field.
pub fn invalid(field: &str, problem: &str) -> (u16, Json) {
    refused_with(400, "invalid_field", &format!("`{field}` {problem}."), json!({ "field": field }))
}
