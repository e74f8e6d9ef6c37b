//! `track`, `set` and `release`: what is used, how a gauge stands, and what is given back.

use serde_json::Value as Json;
use tallygate::{
    http::{BatchRows, Call, Fields, Operation, Refusal, Reply, RequestContext, SessionRule},
    rules::{invitation::token_hash, time::Timestamp},
    store::{Lock, Statement},
    usage::{wanted, Amount, Consume, Kind, Mode, Wanted},
};

use crate::verdict::Verdict;

/// The most that one request counts, and the most that a gauge is set to.
pub const MOST_AT_ONCE: i64 = 1_000_000_000;
const LONGEST_ATTRIBUTES: usize = 2_000;

pub struct Track(Consume);

impl Track {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let quantity = call.fields.count("quantity", 1, MOST_AT_ONCE)?.unwrap_or(1);
        Self::of(call, Kind::Track, quantity, mode(call.fields, Mode::Reject)?)
    }

    pub fn read_set(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let value = call.fields.count("value", 0, MOST_AT_ONCE)?;
        let value = value.ok_or_else(|| Refusal::invalid("value", "is required"))?;
        Self::of(call, Kind::Set, value, Mode::Reject)
    }

    pub fn read_release(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let quantity = call.fields.count("quantity", 1, MOST_AT_ONCE)?.unwrap_or(1);
        Self::of(call, Kind::Release, quantity, Mode::Reject)
    }

    fn of(call: &Call<'_>, kind: Kind, quantity: i64, mode: Mode) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self(consume(call, wanted(call.fields)?, kind, Amount::Given(quantity), mode)?)))
    }
}

/// What happens where not all fits.
pub fn mode(fields: &Fields, usual: Mode) -> Result<Mode, Refusal> {
    let mode = |text: &str| match text {
        "reject" => Some(Mode::Reject),
        "cap" => Some(Mode::Cap),
        _ => None,
    };
    Ok(fields.parsed("mode", mode, "one of: reject, cap")?.unwrap_or(usual))
}

/// What all requests that change a meter may say.
pub fn consume(call: &Call<'_>, wanted: Wanted, kind: Kind, amount: Amount, mode: Mode) -> Result<Consume, Refusal> {
    let said = Said::read(call.fields)?;
    let request_hash = said.hash(&wanted, kind, amount, mode);
    let Said { occurred_at, subject, attributes } = said;
    let key = call.idempotency_key()?.map(str::to_string);
    Ok(Consume { wanted, kind, amount, mode, is_call: false, key, subject, occurred_at, attributes, request_hash })
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

impl Operation for Track {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        self.0.statements(context)
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let verdict = Verdict::read(&self.0, context, found)?;
        let event = verdict.accepted()?;
        Ok(Reply::ok(&verdict.message(event)?, &verdict.counted(event)?))
    }
}
