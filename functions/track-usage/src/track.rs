//! `track`, `set` and `release`: what is used, how a gauge stands, and what is given back.

use serde::Serialize;
use serde_json::{json, Value as Json};
use tallygate::{
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    rules::{invitation::token_hash, time::Timestamp},
    store::{Lock, Statement},
    usage::{wanted, Answered, Consume, EventSeen, Kind, MeterStanding, Mode, Reason, Upgrade, AHEAD},
};

use crate::feature::FeatureShown;

/// The most that one request counts, and the most that a gauge is set to.
pub const MOST_AT_ONCE: i64 = 1_000_000_000;
const LONGEST_ATTRIBUTES: usize = 2_000;

pub struct Track(Consume);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tracked<'a> {
    #[serde(flatten)]
    feature: FeatureShown,
    /// `null`: a person whom a distinct meter had counted before.
    event: Option<EventShown<'a>>,
    alerts: Vec<&'a str>,
    replayed: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventShown<'a> {
    id: &'a str,
    quantity: i64,
    /// What it did to the meter.
    counted: i64,
    cost_cents: i64,
}

impl Track {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let mode = |text: &str| match text {
            "reject" => Some(Mode::Reject),
            "cap" => Some(Mode::Cap),
            _ => None,
        };
        let mode = call.fields.parsed("mode", mode, "one of: reject, cap")?.unwrap_or(Mode::Reject);
        let quantity = call.fields.count("quantity", 1, MOST_AT_ONCE)?.unwrap_or(1);
        Self::consume(call, Kind::Track, quantity, mode)
    }

    pub fn read_set(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let value = call.fields.count("value", 0, MOST_AT_ONCE)?;
        let value = value.ok_or_else(|| Refusal::invalid("value", "is required"))?;
        Self::consume(call, Kind::Set, value, Mode::Reject)
    }

    pub fn read_release(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let quantity = call.fields.count("quantity", 1, MOST_AT_ONCE)?.unwrap_or(1);
        Self::consume(call, Kind::Release, quantity, Mode::Reject)
    }

    fn consume(call: &Call<'_>, kind: Kind, quantity: i64, mode: Mode) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        let occurred_at = fields.parsed("occurredAt", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?;
        let wanted = wanted(call)?;
        let subject = fields.id("userId")?.map(str::to_string);
        let attributes = attributes(fields.get("attributes"), fields.document("attributes", LONGEST_ATTRIBUTES)?)?;
        let moment = occurred_at.map(|moment| moment.0);
        let asked = format!("{wanted:?} {kind:?} {quantity} {mode:?} {subject:?} {moment:?} {attributes:?}");
        let key = call.idempotency_key()?.map(str::to_string);
        let request_hash = token_hash(&asked);
        Ok(Box::new(Self(Consume {
            wanted,
            kind,
            quantity,
            mode,
            key,
            subject,
            occurred_at,
            attributes,
            request_hash,
        })))
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
        let membership = found.membership()?;
        let answered = Answered::read(found)?;
        if let Some(event) = &answered.event {
            if event.request_hash != self.0.request_hash {
                return Err(Refusal::IdempotencyKeyReused);
            }
            return match event.accepted {
                true => self.counted(found, &answered, Some(event)),
                false => Err(self.refused(found, &answered, event.is_replayed)?),
            };
        }
        let field = self.0.wanted.field();
        let Some(kind) = &answered.kind else {
            let Some(feature) = answered.wanted.as_deref().filter(|_| answered.is_elsewhere) else {
                let problem = format!("names nothing that is counted here: {}", self.0.wanted.name());
                return Err(Refusal::invalid(field, problem));
            };
            let upgrade = answered.upgrades(found, 1)?;
            let plan = membership.plan_name.clone();
            return Err(Refusal::FeatureNotInPlan { feature: feature.to_string(), plan, details: upgrades(&upgrade) });
        };
        if kind != "meter" {
            return Err(Refusal::invalid(field, "is no meter: nothing of it is counted"));
        }
        if self.0.kind != Kind::Track && answered.reset.as_deref() != Some("gauge") {
            return Err(Refusal::invalid(field, "is no gauge: it is only counted up"));
        }
        let ahead = |moment: Timestamp| moment > context.now + AHEAD;
        match self.0.occurred_at {
            Some(moment) if ahead(moment) => {
                return Err(Refusal::invalid("occurredAt", "lies in the future"));
            }
            Some(moment) if moment < answered.period_start => {
                return Err(Refusal::invalid("occurredAt", "lies in a period that is closed"));
            }
            _ => {}
        }
        let caller = context.identity.as_ref().map(|identity| identity.user_id.as_str());
        if context.service_key.is_none() && self.0.subject.as_deref().is_some_and(|subject| Some(subject) != caller) {
            return Err(Refusal::Forbidden("Only a service key counts for somebody else"));
        }
        if !membership.role.uses() {
            return Err(Refusal::Forbidden("Viewers may look but not use anything"));
        }
        membership.must_have_access(context.now)?;
        if answered.is_distinct && self.0.subject.is_none() && caller.is_none() {
            return Err(Refusal::invalid("userId", "is required: this meter counts people"));
        }
        if answered.is_known_person {
            return self.counted(found, &answered, None);
        }
        if self.0.key.is_some() {
            return Err(answered.too_many_refused(context.now));
        }
        Err(self.refused(found, &answered, false)?)
    }
}

impl Track {
    fn counted(&self, found: &BatchRows<'_>, answered: &Answered, event: Option<&EventSeen>) -> Result<Reply, Refusal> {
        let (feature, standing) = meter(found, answered)?;
        let alerts = found.rows("told")?.iter().map(|row| row.text("name"));
        let alerts = found.stored(alerts.collect::<Result<Vec<_>, _>>())?;
        let message = match (event, standing.remaining()) {
            (None, _) => format!("This person was counted in {feature} before."),
            (Some(_), -1) => format!("Counted in {feature}; there is no limit."),
            (Some(_), left) => format!("Counted in {feature}; {left} left."),
        };
        let reply = Tracked {
            feature: FeatureShown::meter(&feature, &standing, 1, None),
            event: event.map(|event| EventShown {
                id: &event.id,
                quantity: event.quantity,
                counted: event.counted,
                cost_cents: event.cost_cents,
            }),
            alerts,
            replayed: event.is_some_and(|event| event.is_replayed),
        };
        Ok(Reply::ok(&message, &reply))
    }

    fn refused(&self, found: &BatchRows<'_>, answered: &Answered, replayed: bool) -> Result<Refusal, Refusal> {
        let (feature, standing) = meter(found, answered)?;
        let wish = match self.0.kind {
            Kind::Set => self.0.quantity.saturating_sub(standing.used),
            Kind::Track | Kind::Release => self.0.quantity,
        };
        let upgrade = answered.upgrades(found, wish)?;
        let reason = standing.reason();
        let (code, message) = match reason {
            Reason::OverageCapReached => {
                ("overage_cap_reached", format!("{feature} has reached what may be spent beyond the limit."))
            }
            _ => {
                let limit = standing.allowance.limit.value();
                let message = match standing.remaining() {
                    -1 => format!("{feature} has counted as much as can be counted in one period."),
                    0 => format!("All {limit} of {feature} are used; upgrade the plan to go on."),
                    left => format!("{} do not fit: {left} of {limit} are left of {feature}.", self.0.quantity),
                };
                ("limit_reached", message)
            }
        };
        let shown = FeatureShown::meter(&feature, &standing, wish, Some(reason)).with_upgrade(upgrade);
        let mut details = limit_details(&shown);
        details.insert("upgradeRequired".to_string(), json!(true));
        if replayed {
            details.insert("replayed".to_string(), json!(true));
        }
        Ok(Refusal::LimitReached { code, message, details })
    }
}

/// The meter's name, and how it stands.
fn meter(found: &BatchRows<'_>, answered: &Answered) -> Result<(String, MeterStanding), Refusal> {
    let meter = answered.wanted.clone().zip(answered.standing.clone());
    meter.ok_or_else(|| found.broken("what is counted has no meter"))
}

/// The plans that would allow it, as details of a refusal.
fn upgrades(upgrade: &[Upgrade]) -> serde_json::Map<String, Json> {
    limit_details(&json!({ "upgrade": upgrade }))
}
