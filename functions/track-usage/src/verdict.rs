//! What has become of a request that changes a meter or holds room of it: the answer, or the refusal that says why not.

use serde::Serialize;
use serde_json::json;
use tallygate::{
    http::{limit_details, BatchRows, Membership, Refusal, Reply, RequestContext},
    rules::time::Timestamp,
    store::{Row, StoreError},
    usage::{alerts, full, Answered, Asked, Consume, EventSeen, Kind, MeterStanding, FAILS_WITHIN},
};

use crate::feature::FeatureShown;

/// The answer where the database cannot be reached, and the operator lets the product go on: nothing was counted.
pub fn unverified(name: &str) -> Reply {
    let shown = Counted { feature: FeatureShown::unverified(name), event: None, alerts: Vec::new(), replayed: false };
    Reply::ok(&format!("{name} is allowed, unverified."), &shown)
}

/// A request beside what the batch has answered.
pub struct Verdict<'a> {
    consume: &'a Consume,
    context: &'a RequestContext,
    found: &'a BatchRows<'a>,
    membership: &'a Membership,
    pub answered: Answered,
}

/// The answer: the fields of a `check` as they are after it, and what it did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Counted<'a> {
    #[serde(flatten)]
    feature: FeatureShown,
    /// `null`: a person whom a distinct meter had counted before.
    event: Option<EventShown<'a>>,
    alerts: Vec<&'a str>,
    replayed: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CountedEvent"))]
#[serde(rename_all = "camelCase")]
pub struct EventShown<'a> {
    pub id: &'a str,
    pub quantity: i64,
    /// What it did to the meter.
    pub counted: i64,
    pub cost_cents: i64,
}

/// A reservation, as the tables have it by now.
pub struct Reservation {
    pub id: String,
    /// In what is counted.
    pub quantity: i64,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// `confirmed` or `released`.
    settled_as: Option<String>,
    counted: Option<i64>,
    is_theirs: bool,
    is_call: bool,
}

impl Reservation {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?.to_string(),
            quantity: row.integer("quantity")?,
            created_at: row.timestamp("created_at")?,
            expires_at: row.timestamp("expires_at")?,
            settled_as: row.optional_text("settled_as")?.map(str::to_string),
            counted: row.optional_integer("counted")?,
            is_theirs: row.flag("is_theirs")?,
            is_call: row.flag("is_call")?,
        })
    }
}

impl<'a> Verdict<'a> {
    /// # Errors
    /// 404 for an organization that is not the caller's; a fault in reading the rows.
    pub fn read(consume: &'a Consume, context: &'a RequestContext, found: &'a BatchRows<'a>) -> Result<Self, Refusal> {
        let membership = found.membership()?;
        Ok(Self { consume, context, found, membership, answered: Answered::read(found)? })
    }

    /// The ledger's row, where the request was accepted, now or under its key before; `None` for a person whom a distinct
    /// meter has counted already.
    ///
    /// # Errors
    /// Why it was not.
    pub fn accepted(&self) -> Result<Option<&EventSeen>, Refusal> {
        match &self.answered.event {
            Some(event) if event.request_hash != self.consume.request_hash => Err(Refusal::IdempotencyKeyReused),
            Some(event) if event.accepted => Ok(Some(event)),
            Some(event) => Err(self.at_the_limit(event.is_replayed)?),
            None => self.unwritten(),
        }
    }

    pub fn counted(&self, event: Option<&'a EventSeen>) -> Result<Counted<'a>, Refusal> {
        let (feature, standing) = self.meter()?;
        Ok(Counted {
            feature: FeatureShown::meter(feature, standing, 1, None),
            event: event.map(|event| EventShown {
                id: &event.id,
                quantity: event.quantity,
                counted: event.counted,
                cost_cents: event.cost_cents,
            }),
            alerts: alerts(self.found)?,
            replayed: event.is_some_and(|event| event.is_replayed),
        })
    }

    /// What was done, for people.
    pub fn message(&self, event: Option<&EventSeen>) -> Result<String, Refusal> {
        let (feature, standing) = self.meter()?;
        Ok(match (event, standing.remaining()) {
            (None, _) => format!("This person was counted in {feature} before."),
            (Some(_), -1) => format!("Counted in {feature}; there is no limit."),
            (Some(_), left) => format!("Counted in {feature}; {left} left."),
        })
    }

    /// The reservation that the request has made or is about.
    pub fn reservation(&self) -> Result<Option<Reservation>, Refusal> {
        let row = self.found.first("held")?;
        self.found.stored(row.map(Reservation::read).transpose())
    }

    /// The meter's name, and how it stands.
    pub fn meter(&self) -> Result<(&str, &MeterStanding), Refusal> {
        let meter = self.answered.wanted.as_deref().zip(self.answered.standing.as_ref());
        meter.ok_or_else(|| self.found.broken("what is counted has no meter"))
    }

    /// Why there is no row of the ledger.
    fn unwritten(&self) -> Result<Option<&EventSeen>, Refusal> {
        self.must_hold()?;
        let asked = Asked {
            wanted: &self.consume.wanted,
            subject: self.consume.subject.as_deref(),
            occurred_at: self.consume.occurred_at,
            feature: self.answered.wanted.as_deref(),
            kind: self.answered.kind.as_deref(),
            is_elsewhere: self.answered.is_elsewhere,
            is_distinct: self.answered.is_distinct,
            period_start: self.answered.period_start,
        };
        match asked.must_be_meter(self.membership) {
            Err(Refusal::FeatureNotInPlan { feature, plan, .. }) => {
                let details = limit_details(&json!({ "upgrade": self.answered.upgrades(self.found, 1)? }));
                return Err(Refusal::FeatureNotInPlan { feature, plan, details });
            }
            checked => checked?,
        }
        self.must_be_of_its_kind()?;
        let field = if self.consume.is_call { "startedAt" } else { "occurredAt" };
        asked.must_be_in_time(field, self.context.now)?;
        asked.must_be_of(self.context, self.membership)?;
        if self.answered.is_known_person {
            return Ok(None);
        }
        self.must_be_one_more_reservation()?;
        if self.consume.key.is_some() {
            return Err(self.answered.no_more_keys(self.context.now));
        }
        Err(self.at_the_limit(false)?)
    }

    /// A reservation that is named must be there, be theirs, and hold something yet.
    fn must_hold(&self) -> Result<(), Refusal> {
        if self.consume.wanted.reservation.is_none() {
            return Ok(());
        }
        let missing = if self.consume.is_call { Refusal::CallNotFound } else { Refusal::ReservationNotFound };
        let is_it = |held: &Reservation| held.is_theirs && held.is_call == self.consume.is_call;
        let Some(held) = self.reservation()?.filter(is_it) else { return Err(missing) };
        let fails_late = |held: &Reservation| {
            let is_over = held.created_at <= self.context.now - FAILS_WITHIN;
            is_over && self.consume.is_call && self.consume.kind == Kind::GiveBack && self.context.service_key.is_none()
        };
        let conflict = |code, message, status: &str| {
            let details =
                limit_details(&json!({ "status": status, "quantity": held.quantity, "counted": held.counted }));
            Err(Refusal::Conflict { code, message, details })
        };
        match held.settled_as.as_deref() {
            Some(_) if self.consume.is_call => {
                conflict("call_ended", "This call has ended already.".to_string(), "ended")
            }
            Some(how) => conflict("reservation_settled", format!("This reservation was {how} already."), how),
            None if self.is_over_for_a_person(&held) => conflict(
                "call_ended",
                "This call has lasted longer than one may, and counts as failed.".to_string(),
                "failed",
            ),
            None if fails_late(&held) => {
                Err(Refusal::Forbidden("After its first minute only a service key says that a call failed"))
            }
            None => Ok(()),
        }
    }

    /// A person ends a call while it lasts; a service key also afterwards.
    fn is_over_for_a_person(&self, held: &Reservation) -> bool {
        self.consume.is_call && held.expires_at <= self.context.now && self.context.service_key.is_none()
    }

    /// The meter must be of the kind that this can be done to.
    fn must_be_of_its_kind(&self) -> Result<(), Refusal> {
        let field = self.consume.wanted.field();
        let is_gauge = self.answered.reset.as_deref() == Some("gauge");
        match self.consume.kind {
            Kind::Set | Kind::Release if !is_gauge => {
                Err(Refusal::invalid(field, "is no gauge: it is only counted up"))
            }
            Kind::Reserve { .. } if self.answered.is_distinct => {
                Err(Refusal::invalid(field, "counts people: there is no room to hold of it"))
            }
            _ => Ok(()),
        }
    }

    /// As many reservations of a meter may hold room at once as the catalog lets.
    fn must_be_one_more_reservation(&self) -> Result<(), Refusal> {
        let Kind::Reserve { .. } = self.consume.kind else { return Ok(()) };
        let row = self.found.only("open")?;
        let (open, most) = self.found.stored(row.integer("open").and_then(|open| Ok((open, row.integer("most")?))))?;
        if open < most {
            return Ok(());
        }
        Err(Refusal::catalog_limit("open_reservations", most, None, "reservations of a meter at once"))
    }

    /// The refusal where it does not fit.
    fn at_the_limit(&self, replayed: bool) -> Result<Refusal, Refusal> {
        let (feature, standing) = self.meter()?;
        let asked = match (self.consume.amount.given(), &self.answered.event) {
            (Some(quantity), _) => quantity,
            (None, Some(event)) => event.quantity,
            (None, None) => 1,
        };
        let wish = match self.consume.kind {
            Kind::Set => asked.saturating_sub(standing.used),
            _ => asked.saturating_mul(self.answered.weight),
        };
        let upgrade = self.answered.upgrades(self.found, wish)?;
        let reason = standing.reason();
        let (code, message) = full(feature, Some(reason), || {
            let limit = standing.allowance.limit.value();
            match standing.remaining() {
                -1 => format!("{feature} has counted as much as can be counted in one period."),
                0 => format!("All {limit} of {feature} are used; upgrade the plan to go on."),
                left => format!("{asked} do not fit: {left} of {limit} are left of {feature}."),
            }
        });
        let shown = FeatureShown::meter(feature, standing, wish, Some(reason)).with_upgrade(upgrade);
        let mut details = limit_details(&shown);
        details.insert("upgradeRequired".to_string(), json!(true));
        if replayed {
            details.insert("replayed".to_string(), json!(true));
        }
        Ok(Refusal::LimitReached { code, message, details })
    }
}
