//! The description of the API (OpenAPI 3.1), written from what the functions themselves read and answer. Each function says
//! in its `described.rs` what only it knows: of what types its replies are, and what it refuses. What its actions read is asked
//! of their parsers.
//!
//! Native tests alone are compiled with it: one of each function holds its part of the checked-in documents, or, with
//! `OPENAPI=write` (`npm run openapi`), writes it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests are compiled with this module, and a test fails by panicking"
)]

mod asked;
mod document;
mod examples;
mod operation;
mod refused;
mod requested;
mod shape;
mod staleness;
mod types;

pub(crate) use asked::{asked, taken, Form};
pub use document::hold;
pub use requested::or_null;
pub use shape::{field, nothing, of, Shape};

use requested::Given;
use serde_json::Value as Json;

/// What only the function itself knows of one of its actions.
pub struct Described {
    name: &'static str,
    /// Where several actions have the name.
    method: Option<&'static str>,
    summary: &'static str,
    replies: Vec<(u16, Answer)>,
    refusals: Vec<&'static str>,
    own_refusals: Vec<(u16, &'static str, Shape)>,
    given: Vec<Given>,
    query: &'static [&'static str],
    /// Fields that the parser looks for to refuse them.
    refused_fields: Vec<&'static str>,
}

/// A body of a success.
enum Answer {
    /// Beside `success` and `message`.
    Reply(Shape),
    /// In another company's own form.
    Plain(Shape),
    /// No JSON: of these media types.
    Text(&'static [&'static str]),
}

/// Describes an action: its name, and what it is for.
pub fn action(name: &'static str, summary: &'static str) -> Described {
    Described {
        name,
        method: None,
        summary,
        replies: Vec::new(),
        refusals: Vec::new(),
        own_refusals: Vec::new(),
        given: Vec::new(),
        query: &[],
        refused_fields: Vec::new(),
    }
}

impl Described {
    /// The one of that method, where several actions have the name.
    #[must_use]
    pub fn by(self, method: &'static str) -> Self {
        Self { method: Some(method), ..self }
    }

    /// A success with that status and these members beside `success` and `message`.
    #[must_use]
    pub fn replies(self, status: u16, shape: Shape) -> Self {
        self.answers(status, Answer::Reply(shape))
    }

    /// A success in another company's form.
    #[must_use]
    pub fn replies_plainly(self, status: u16, shape: Shape) -> Self {
        self.answers(status, Answer::Plain(shape))
    }

    /// A success that is no JSON.
    #[must_use]
    pub fn replies_text(self, status: u16, media_types: &'static [&'static str]) -> Self {
        self.answers(status, Answer::Text(media_types))
    }

    fn answers(mut self, status: u16, answer: Answer) -> Self {
        self.replies.push((status, answer));
        self
    }

    /// The codes that it refuses with beside those of every action.
    #[must_use]
    pub fn refuses(mut self, codes: &[&'static str]) -> Self {
        self.refusals.extend(codes);
        self
    }

    /// A refusal that is this function's own, with its details.
    #[must_use]
    pub fn refuses_with(mut self, status: u16, code: &'static str, details: Shape) -> Self {
        self.own_refusals.push((status, code, details));
        self
    }

    /// A field that the parser reads by hand: its schema, and something that is taken.
    #[must_use]
    pub fn takes(mut self, field: &'static str, schema: Json, sample: Json) -> Self {
        self.given.push(Given { field, schema: Some(schema), sample });
        self
    }

    /// Something that is taken of a field, where that cannot be found by trying.
    #[must_use]
    pub fn takes_as(mut self, field: &'static str, sample: Json) -> Self {
        self.given.push(Given { field, schema: None, sample });
        self
    }

    /// A field that the parser looks for to refuse it.
    #[must_use]
    pub fn never_takes(mut self, field: &'static str) -> Self {
        self.refused_fields.push(field);
        self
    }

    /// What a signed link has in its query.
    #[must_use]
    pub fn with_query(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }
}
