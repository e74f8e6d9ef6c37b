//! `start-call`, `end-call` and `log-call`: a call holds room while it lasts, and is counted when it ends.

use serde::Serialize;
use tallygate::{
    counted_event,
    http::{BatchRows, Call as Request, Operation, Refusal, Reply, RequestContext, SessionRule},
    rules::{
        invitation::token_hash,
        time::{Span, Timestamp},
    },
    store::{Lock, Statement},
    tenant_scoped,
    usage::{mode, Amount, Consume, Kind, Mode, Wanted},
};

use crate::{
    call::{call_statement, CallRow},
    track::consume,
    verdict::{Counted, Verdict},
};

/// A day.
const MOST_SECONDS: i64 = 86_400;

pub struct Start(Consume);

pub struct End {
    consume: Consume,
    seconds: Option<i64>,
}

pub struct Log {
    consume: Consume,
    seconds: i64,
    started_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Shown<'a, C> {
    #[serde(flatten)]
    counted: Counted<'a>,
    call: C,
}

const STARTED: &str = tenant_scoped!(
    "INSERT INTO call_logs
  (organization_id, id, user_id, subject, call_type, feature, status, started_at, deadline_at, attributes, request_id)
SELECT held.organization_id, held.id, held.user_id, held.subject, held.event_type, held.feature, 'in_progress', held.created_at,
  held.expires_at, event.attributes, event.request_id
",
    counted_event!(),
    "
JOIN usage_reservations held ON held.organization_id = event.organization_id AND held.id = event.reservation_id
WHERE 1 = 1
ON CONFLICT (organization_id, id) DO NOTHING"
);

const ENDED: &str = tenant_scoped!(
    "UPDATE call_logs SET status = :status, ended_at = :now, request_id = :request,
  seconds = CASE WHEN :seconds IS NOT NULL THEN :seconds WHEN deadline_at < :now THEN (deadline_at - started_at) / 1000 WHEN started_at < :now THEN (:now - started_at + 999) / 1000 ELSE 0 END,
  counted = (SELECT event.counted ",
    counted_event!(),
    "), cost_cents = (SELECT event.cost_cents ",
    counted_event!(),
    ")
WHERE organization_id = (SELECT organization_id FROM tenant) AND id = :call AND status = 'in_progress'
  AND EXISTS (SELECT 1 ",
    counted_event!(),
    " AND event.reservation_id = :call)"
);

const LOGGED: &str = tenant_scoped!(
    "INSERT INTO call_logs
  (organization_id, id, user_id, subject, call_type, feature, status, started_at, deadline_at, ended_at, seconds, counted,
   cost_cents, attributes, request_id)
SELECT event.organization_id, event.reservation_id, event.user_id, event.subject, event.event_type, event.feature, :status,
  :started_at, :started_at + :seconds * 1000, :started_at + :seconds * 1000, :seconds, event.counted, event.cost_cents,
  event.attributes, event.request_id
",
    counted_event!(),
    "
WHERE 1 = 1
ON CONFLICT (organization_id, id) DO NOTHING"
);

/// `completed` or `failed`.
fn completed(call: &Request<'_>) -> Result<bool, Refusal> {
    let status = |text: &str| match text {
        "completed" => Some(true),
        "failed" => Some(false),
        _ => None,
    };
    Ok(call.fields.parsed("status", status, "one of: completed, failed")?.unwrap_or(true))
}

fn status(is_completed: bool) -> &'static str {
    if is_completed {
        "completed"
    } else {
        "failed"
    }
}

fn of_type(call: &Request<'_>) -> Result<Wanted, Refusal> {
    Ok(Wanted::event_type(call.fields.required_id("type")?))
}

/// Whether there are calls of the type.
fn type_statement(consume: &Consume) -> Statement {
    const TYPE: &str =
        "SELECT longest_call_seconds FROM event_types WHERE event_type = :type AND longest_call_seconds IS NOT NULL";
    Statement::new("call_type", TYPE).with("type", consume.wanted.event_type.as_deref())
}

/// Refuses what is no call, where the request was not answered before.
fn must_be_call(verdict: &Verdict<'_>, found: &BatchRows<'_>) -> Result<(), Refusal> {
    if verdict.answered.event.is_some() || found.first("call_type")?.is_some() {
        return Ok(());
    }
    Err(Refusal::invalid("type", "names no kind of call of this catalog"))
}

fn is_completed(consume: &Consume) -> bool {
    consume.amount != Amount::Nothing
}

impl Start {
    pub fn read(call: &Request<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let seconds = call.fields.count("seconds", 1, MOST_SECONDS)?;
        let kind = Kind::Reserve { lasts: None };
        let consume = consume(call, of_type(call)?, kind, Amount::Call(seconds), Mode::Cap)?;
        Ok(Box::new(Self(Consume { is_call: true, occurred_at: None, ..consume })))
    }
}

impl End {
    pub fn read(call: &Request<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let wanted = Wanted::reservation(call.fields.required_id("call")?);
        let seconds = call.fields.count("seconds", 0, MOST_SECONDS)?;
        let (kind, amount) = match completed(call)? {
            true => (Kind::Confirm, Amount::Call(seconds)),
            false => (Kind::GiveBack, Amount::Nothing),
        };
        // What was said has happened: where less than all of it fits, that is what is counted.
        let consume = consume(call, wanted, kind, amount, Mode::Cap)?;
        Ok(Box::new(Self { consume: Consume { is_call: true, occurred_at: None, ..consume }, seconds }))
    }
}

impl End {
    /// A person's own browser is not asked how long a call lasted: it would say what it likes to pay.
    fn says_too_much(&self, context: &RequestContext) -> bool {
        self.seconds.is_some() && context.service_key.is_none()
    }
}

impl Log {
    pub fn read(call: &Request<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let seconds = call.fields.count("seconds", 0, MOST_SECONDS)?;
        let seconds = seconds.ok_or_else(|| Refusal::invalid("seconds", "is required"))?;
        let started_at = call.fields.parsed("startedAt", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?;
        let amount = if completed(call)? { Amount::Call(Some(seconds)) } else { Amount::Nothing };
        let consume = consume(call, of_type(call)?, Kind::Track, amount, mode(call.fields, Mode::Cap)?)?;
        // A call is counted when it has ended.
        let occurred_at = started_at.map(|moment| moment + Span::seconds(seconds));
        let request_hash = token_hash(&format!("{} {seconds} {occurred_at:?}", consume.request_hash));
        let consume = Consume { is_call: true, occurred_at, request_hash, ..consume };
        Ok(Box::new(Self { consume, seconds, started_at }))
    }
}

impl Operation for Start {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let event = self.0.event_id(context);
        let started = Statement::new("started", STARTED).with("event", event.as_str());
        let mut statements = self.0.statements(context);
        statements.extend([started, call_statement(&event, None), type_statement(&self.0)]);
        statements
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let verdict = Verdict::read(&self.0, context, found)?;
        must_be_call(&verdict, found)?;
        let event = verdict.accepted()?;
        let call = CallRow::of_request(found)?;
        let held = event.and_then(|event| event.reserved_quantity).unwrap_or_default();
        let shown = call.started(held);
        let message = format!("The call may last {} seconds.", shown.most_seconds);
        Ok(Reply::ok(&message, &Shown { counted: verdict.counted(event)?, call: shown }))
    }
}

impl Operation for End {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        if self.says_too_much(context) {
            return Vec::new();
        }
        let event = self.consume.event_id(context);
        let call = self.consume.wanted.reservation.as_deref();
        let ended = Statement::new("ended", ENDED)
            .with("event", event.as_str())
            .with("status", status(is_completed(&self.consume)))
            .with("seconds", self.seconds)
            .with("call", call);
        let mut statements = self.consume.statements(context);
        statements.extend([ended, call_statement(&event, call)]);
        statements
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?;
        if self.says_too_much(context) {
            return Err(Refusal::Forbidden("Only a service key says how long a call lasted; leave `seconds` out"));
        }
        ended(&Verdict::read(&self.consume, context, found)?, context, found)
    }
}

impl Operation for Log {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let event = self.consume.event_id(context);
        let started_at = self.started_at.unwrap_or(context.now - Span::seconds(self.seconds));
        let logged = Statement::new("logged", LOGGED)
            .with("event", event.as_str())
            .with("status", status(is_completed(&self.consume)))
            .with("seconds", self.seconds)
            .with("started_at", started_at);
        let mut statements = self.consume.statements(context);
        statements.extend([logged, call_statement(&event, None), type_statement(&self.consume)]);
        statements
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let verdict = Verdict::read(&self.consume, context, found)?;
        must_be_call(&verdict, found)?;
        ended(&verdict, context, found)
    }
}

/// The answer to a call that is over.
fn ended(verdict: &Verdict<'_>, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
    let event = verdict.accepted()?;
    let call = CallRow::of_request(found)?.shown(context.now);
    let message = match call.status {
        "failed" => "The call failed and costs nothing.".to_string(),
        _ => format!(
            "The call of {} seconds is counted; it costs {} cents.",
            call.seconds.unwrap_or_default(),
            call.cost_cents
        ),
    };
    Ok(Reply::ok(&message, &Shown { counted: verdict.counted(event)?, call }))
}
