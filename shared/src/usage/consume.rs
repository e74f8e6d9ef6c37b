//! What a request does to a meter, and to the room that is held of it.

use super::{answer, decide, effects, following, with_meter, Wanted};
use crate::{
    http::RequestContext,
    rules::{
        request_ids::Purpose,
        time::{Span, Timestamp},
    },
    store::Statement,
};

/// How far ahead of the edge's clock a client's may be.
pub const AHEAD: Span = Span::minutes(5);

/// How long after its end a period takes what happened in it.
pub const LATE: Span = Span::days(1);

/// How long after its beginning a person may say that a call failed. Later that is for a service key to say: a call that failed
/// costs nothing.
pub const FAILS_WITHIN: Span = Span::minutes(1);

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// So many are used.
    Track,
    /// A gauge stands at so many.
    Set,
    /// A gauge goes down by so many, and never below nothing.
    Release,
    /// Room for so many is held so long; `None`: as long as a call of its type may last.
    Reserve { lasts: Option<Span> },
    /// So many are used of the room that a reservation holds, the rest of which is given back; and more, as far as there is.
    Confirm,
    /// A reservation is given back.
    GiveBack,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Set => "set",
            Self::Release => "release",
            Self::Reserve { .. } => "reserve",
            Self::Confirm => "confirm",
            Self::GiveBack => "give_back",
        }
    }
}

/// What happens where not all of it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is used.
    Reject,
    /// What fits is used.
    Cap,
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    Given(i64),
    /// All that the reservation holds.
    Held,
    /// A call: its seconds where the meter is limited by a unit of time, else one. `None`: the longest of its type where it
    /// begins, the time since then where it ends.
    Call(Option<i64>),
    /// A call that came to nothing, or room that is given back.
    Nothing,
}

impl Amount {
    fn as_str(self) -> &'static str {
        match self {
            Self::Given(_) => "given",
            Self::Held => "held",
            Self::Call(_) => "call",
            Self::Nothing => "nothing",
        }
    }

    /// The number that was said.
    pub fn given(self) -> Option<i64> {
        match self {
            Self::Given(quantity) => Some(quantity),
            Self::Call(seconds) => seconds,
            Self::Held | Self::Nothing => None,
        }
    }
}

/// A request that changes a meter, or holds room of it.
#[derive(Clone, Debug)]
pub struct Consume {
    pub wanted: Wanted,
    pub kind: Kind,
    pub amount: Amount,
    pub mode: Mode,
    /// It is about a call, which there is only of some event types, and which ends in time or not at all.
    pub is_call: bool,
    pub key: Option<String>,
    /// Of whom it is, as the product calls them.
    pub subject: Option<String>,
    pub occurred_at: Option<Timestamp>,
    /// JSON.
    pub attributes: Option<String>,
    /// SHA-256 of what was asked, by which a repeated request is told from another one under the same key.
    pub request_hash: String,
}

impl Consume {
    /// The ledger's id of this event. With a key a repeated request meets the first one's row; an id of ours never begins
    /// like one.
    pub fn event_id(&self, context: &RequestContext) -> String {
        match &self.key {
            Some(key) => format!("key:{key}"),
            None => context.ids.id(Purpose::UsageEvent),
        }
    }

    /// The id of the reservation or the call that this begins, or is about.
    pub fn work(&self, context: &RequestContext) -> Option<String> {
        let begins = matches!(self.kind, Kind::Reserve { .. }) || self.is_call;
        let own = || begins.then(|| context.ids.id(Purpose::Reservation));
        self.wanted.reservation.clone().or_else(own)
    }

    /// The statements that decide and do it, and those that tell of it.
    pub fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let event = self.event_id(context);
        let mut statements = self.deciding(context);
        statements.push(following::following(&event, &self.wanted, context));
        if matches!(self.kind, Kind::Reserve { .. } | Kind::Confirm | Kind::GiveBack) {
            statements.push(answer::reservation(&event, &self.wanted));
        }
        if matches!(self.kind, Kind::Reserve { .. }) {
            statements.push(answer::open_reservations(&self.wanted, context));
        }
        statements
    }

    /// The same without what only the newer replies tell: the alerts, and the plans that would give more.
    pub fn deciding(&self, context: &RequestContext) -> Vec<Statement> {
        let event = self.event_id(context);
        let about = |name, sql| Statement::new(name, sql).with("event", event.as_str());
        let mut statements = vec![
            self.deciding_event(about("event", self.event()), context),
            about("counter", effects::COUNTER),
            about("person", effects::PERSON),
            about("alerts", effects::ALERTS),
            about("outbox", effects::OUTBOX).with("outbox", context.ids.id(Purpose::OutboxEvent)),
        ];
        match self.kind {
            Kind::Reserve { lasts } => statements.push(
                about("reservation", effects::RESERVATION)
                    .with("expires_at", lasts.map(|lasts| context.now + lasts))
                    .with("event_type", self.wanted.event_type.as_deref()),
            ),
            Kind::Confirm | Kind::GiveBack => statements.push(
                about("settled", effects::SETTLED)
                    .with("kind", self.kind.as_str())
                    .with("reservation", self.wanted.reservation.as_deref()),
            ),
            Kind::Track | Kind::Set | Kind::Release => {}
        }
        statements.push(answer::answer(&event, &self.wanted, self.subject.as_deref(), self.occurred_at, context));
        statements
    }

    /// The statement that decides.
    fn event(&self) -> &'static str {
        let is_plain = matches!(self.kind, Kind::Track | Kind::Set | Kind::Release)
            && matches!(self.amount, Amount::Given(_))
            && self.wanted.reservation.is_none()
            && !self.is_call
            && self.occurred_at.is_none();
        match (is_plain, &self.key) {
            (true, None) => decide::PLAIN_EVENT,
            (true, Some(_)) => decide::PLAIN_EVENT_UNDER_A_KEY,
            (false, _) => decide::EVENT,
        }
    }

    fn deciding_event(&self, statement: Statement, context: &RequestContext) -> Statement {
        with_meter(statement, &self.wanted, context)
            .with("quantity", self.amount.given())
            .with("amount", self.amount.as_str())
            .with("kind", self.kind.as_str())
            .with("is_call", self.is_call)
            .with("partly", self.mode == Mode::Cap)
            .with("keyed", self.key.is_some())
            .with("day", context.now.start_of_day())
            .with("subject", self.subject.as_deref())
            .with("request_hash", self.request_hash.as_str())
            .with("latest", context.now + AHEAD)
            .with("late", LATE.0)
            .with("fails_since", context.now - FAILS_WITHIN)
            .with("work", self.work(context))
            .with("attributes", self.attributes.as_deref())
            .with("occurred_at", self.occurred_at)
    }
}
