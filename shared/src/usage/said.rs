//! What a request may say of an event, read from its fields.

use serde_json::Value as Json;

use super::{Amount, Kind, Mode, Wanted};
use crate::{
    http::{Fields, Refusal},
    rules::{invitation::token_hash, time::Timestamp},
};

/// The most that one event counts, and the most that a gauge is set to.
pub const MOST_AT_ONCE: i64 = 1_000_000_000;
const LONGEST_ATTRIBUTES: usize = 2_000;

/// What happens where not all fits.
pub fn mode(fields: &Fields, usual: Mode) -> Result<Mode, Refusal> {
    let mode = |text: &str| match text {
        "reject" => Some(Mode::Reject),
        "cap" => Some(Mode::Cap),
        _ => None,
    };
    Ok(fields.parsed("mode", mode, "one of: reject, cap")?.unwrap_or(usual))
}

/// What may be said of every event.
pub struct Said {
    pub occurred_at: Option<Timestamp>,
    /// The person, as the product calls them.
    pub subject: Option<String>,
    /// JSON.
    pub attributes: Option<String>,
}

impl Said {
    pub fn read(fields: &Fields) -> Result<Self, Refusal> {
        let occurred_at = fields.parsed("occurredAt", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?;
        let subject = fields.id("userId")?.map(str::to_string);
        let attributes = attributes(fields.get("attributes"), fields.document("attributes", LONGEST_ATTRIBUTES)?)?;
        Ok(Self { occurred_at, subject, attributes })
    }

    /// By which a repeated request is told from another one under the same key.
    pub fn hash(&self, wanted: &Wanted, kind: Kind, amount: Amount, mode: Mode) -> String {
        let Self { occurred_at, subject, attributes } = self;
        let moment = occurred_at.map(|moment| moment.0);
        let asked = format!("{wanted:?} {} {amount:?} {mode:?} {subject:?} {moment:?} {attributes:?}", kind.as_str());
        token_hash(&asked)
    }
}

/// A flat object, as the client wrote it.
fn attributes(value: Option<&Json>, text: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let is_flat = |value: &Json| !value.is_object() && !value.is_array();
    match value.as_object() {
        Some(members) if members.values().all(is_flat) => Ok(text),
        _ => Err(Refusal::invalid("attributes", "must be an object without objects or lists in it")),
    }
}
