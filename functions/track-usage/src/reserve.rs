//! `reserve`, `confirm`, and `release` of a reservation: room that is held while work goes on, and what of it was used.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    rules::{
        invitation::token_hash,
        time::{Span, Timestamp},
    },
    store::{Lock, Statement},
    usage::{mode, wanted, Amount, Consume, Kind, Mode, Wanted, MOST_AT_ONCE},
};

use crate::{
    track::consume,
    verdict::{Counted, Reservation, Verdict},
};

/// How long room is held where nobody says, and the longest, in seconds.
const USUAL_SECONDS: i64 = 900;
const MOST_SECONDS: i64 = 86_400;

/// Holds room.
pub struct Reserve(Consume);

/// Confirms or releases it.
pub struct Settle(Consume);

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Settled<'a> {
    #[serde(flatten)]
    counted: Counted<'a>,
    reservation: ReservationShown,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Reservation"))]
#[serde(rename_all = "camelCase")]
pub struct ReservationShown {
    id: String,
    /// What it held, in what is counted.
    quantity: i64,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl From<Reservation> for ReservationShown {
    fn from(held: Reservation) -> Self {
        let Reservation { id, quantity, created_at, expires_at, .. } = held;
        Self { id, quantity, created_at, expires_at }
    }
}

impl Reserve {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let quantity = call.fields.count("quantity", 1, MOST_AT_ONCE)?.unwrap_or(1);
        let seconds = call.fields.count("expiresIn", 1, MOST_SECONDS)?.unwrap_or(USUAL_SECONDS);
        let kind = Kind::Reserve { lasts: Some(Span::seconds(seconds)) };
        let mode = mode(call.fields, Mode::Reject)?;
        let mut consume = consume(call, wanted(call.fields)?, kind, Amount::Given(quantity), mode)?;
        consume.request_hash = token_hash(&format!("{} for {seconds}", consume.request_hash));
        Ok(Box::new(Self(consume)))
    }
}

impl Settle {
    pub fn read_confirm(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let amount = match call.fields.count("quantity", 0, MOST_AT_ONCE)? {
            Some(quantity) => Amount::Given(quantity),
            None => Amount::Held,
        };
        Self::of(call, Kind::Confirm, amount, mode(call.fields, Mode::Reject)?)
    }

    pub fn read_release(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Self::of(call, Kind::GiveBack, Amount::Nothing, Mode::Reject)
    }

    fn of(call: &Call<'_>, kind: Kind, amount: Amount, mode: Mode) -> Result<Box<dyn Operation>, Refusal> {
        let wanted = Wanted::reservation(call.fields.required_id("reservation")?);
        Ok(Box::new(Self(consume(call, wanted, kind, amount, mode)?)))
    }
}

impl Operation for Reserve {
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
        let reservation = verdict.reservation()?.ok_or(Refusal::ReservationNotFound)?;
        let (feature, _) = verdict.meter()?;
        let message = format!("{} of {feature} are held until {}.", reservation.quantity, reservation.expires_at.iso());
        Ok(Reply::ok(&message, &Settled { counted: verdict.counted(event)?, reservation: reservation.into() }))
    }
}

impl Operation for Settle {
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
        let reservation = verdict.reservation()?.ok_or(Refusal::ReservationNotFound)?;
        let message = match self.0.kind {
            Kind::GiveBack => format!("The reservation of {} was given back.", verdict.meter()?.0),
            _ => verdict.message(event)?,
        };
        Ok(Reply::ok(&message, &Settled { counted: verdict.counted(event)?, reservation: reservation.into() }))
    }
}
