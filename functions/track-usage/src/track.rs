//! `track`, `set` and `release`: what is used, how a gauge stands, and what is given back.

use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    store::{Lock, Statement},
    usage::{mode, wanted, Amount, Consume, Kind, Mode, Said, Wanted, MOST_AT_ONCE},
};

use crate::verdict::{unverified, Verdict};

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

/// What all requests that change a meter may say.
pub fn consume(call: &Call<'_>, wanted: Wanted, kind: Kind, amount: Amount, mode: Mode) -> Result<Consume, Refusal> {
    let said = Said::read(call.fields)?;
    if kind != Kind::Track && said.occurred_at.is_some() {
        return Err(Refusal::invalid("occurredAt", "is of what was used: this is of now"));
    }
    let request_hash = said.hash(&wanted, kind, amount, mode);
    let Said { occurred_at, subject, attributes } = said;
    let key = call.idempotency_key()?.map(str::to_string);
    Ok(Consume { wanted, kind, amount, mode, is_call: false, key, subject, occurred_at, attributes, request_hash })
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

    fn on_outage(&self, allowed: &[&str]) -> Option<Reply> {
        let name = self.0.wanted.name();
        (self.0.kind == Kind::Track && allowed.contains(&name)).then(|| unverified(name))
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let verdict = Verdict::read(&self.0, context, found)?;
        let event = verdict.accepted()?;
        Ok(Reply::ok(&verdict.message(event)?, &verdict.counted(event)?))
    }
}
