//! `batch`: up to 500 events at once, each counted as a `track` is, in their order.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{json, Value as Json};
use tallygate::{
    http::{BatchRows, Call, Fields, Membership, Operation, Refusal, Reply, RequestContext, SessionRule},
    rules::time::Timestamp,
    store::{Lock, Row, Statement, StoreError},
    usage::{
        many::{id_of, statements, Item},
        wanted, Amount, Kind, MeterStanding, Mode, Reason, AHEAD,
    },
};

use crate::{
    entitlements::features,
    feature::FeatureShown,
    track::{mode, Said, MOST_AT_ONCE},
    verdict::EventShown,
};

/// Events of one request.
pub const MOST_EVENTS: usize = 500;

/// Bytes of a request's body.
pub const MOST_BYTES: usize = 1024 * 1024;

pub struct Batch(Vec<Result<Item, Refusal>>);

/// What has become of an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemShown<'a> {
    index: usize,
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EventShown<'a>>,
    replayed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
}

/// An event's row of the answer.
struct Answer<'a> {
    wanted: Option<&'a str>,
    kind: Option<&'a str>,
    is_distinct: bool,
    period_start: Timestamp,
    is_known_person: bool,
    is_elsewhere: bool,
    event: Option<Written<'a>>,
}

struct Written<'a> {
    id: &'a str,
    accepted: bool,
    quantity: i64,
    counted: i64,
    cost_cents: i64,
    request_hash: &'a str,
    is_replayed: bool,
}

impl<'a> Answer<'a> {
    fn read(row: &'a Row) -> Result<Self, StoreError> {
        let event = match row.optional_text("event_id")? {
            Some(id) => Some(Written {
                id,
                accepted: row.flag("accepted")?,
                quantity: row.integer("quantity")?,
                counted: row.optional_integer("counted")?.unwrap_or_default(),
                cost_cents: row.integer("cost_cents")?,
                request_hash: row.text("request_hash")?,
                is_replayed: row.flag("is_replayed")?,
            }),
            None => None,
        };
        Ok(Self {
            wanted: row.optional_text("wanted")?,
            kind: row.optional_text("kind")?,
            is_distinct: row.optional_integer("is_distinct")? == Some(1),
            period_start: row.timestamp("period_start")?,
            is_known_person: row.flag("is_known_person")?,
            is_elsewhere: row.flag("is_elsewhere")?,
            event,
        })
    }
}

impl Batch {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let events = call.fields.objects("events", 1, MOST_EVENTS)?;
        let no_object = || Refusal::invalid("events", "has something in it that is no object");
        Ok(Box::new(Self(events.iter().map(|event| item(event.as_ref().ok_or_else(no_object)?)).collect())))
    }

    /// The events to decide, by their places: of several under one key the first.
    fn sent(&self) -> Vec<(usize, &Item)> {
        let mut keys = BTreeMap::new();
        let items = self.0.iter().enumerate().filter_map(|(place, item)| Some((place, item.as_ref().ok()?)));
        items.filter(|(place, item)| item.key.as_ref().is_none_or(|key| keys.insert(key, *place).is_none())).collect()
    }
}

/// As `track` reads it.
fn item(fields: &Fields) -> Result<Item, Refusal> {
    let wanted = wanted(fields)?;
    let quantity = fields.count("quantity", 1, MOST_AT_ONCE)?.unwrap_or(1);
    let mode = mode(fields, Mode::Reject)?;
    let said = Said::read(fields)?;
    let request_hash = said.hash(&wanted, Kind::Track, Amount::Given(quantity), mode);
    let Said { occurred_at, subject, attributes } = said;
    let key = fields.key("idempotencyKey")?.map(str::to_string);
    Ok(Item { wanted, quantity, mode, key, subject, occurred_at, attributes, request_hash })
}

impl Operation for Batch {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let mut statements = statements(&self.sent(), context);
        statements.push(features(context));
        statements
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let reading = Reading { context, membership: found.membership()?, standings: standings(found)? };
        let answers = found.rows("answers")?.iter().map(Answer::read).collect::<Result<Vec<_>, StoreError>>();
        let sent = self.sent();
        let places = sent.iter().map(|(place, item)| (id_of(item, *place, context), *place));
        let answers: BTreeMap<_, _> =
            places.zip(found.stored(answers)?).map(|((id, place), answer)| (id, (place, answer))).collect();
        let mut results = Vec::new();
        for (place, item) in self.0.iter().enumerate() {
            let verdict = match item {
                Err(refusal) => Err(Refused::of(refusal)),
                Ok(item) => match answers.get(&id_of(item, place, context)) {
                    Some((first, answer)) => reading.verdict(item, answer, *first != place),
                    None => Err(Refused::of(&found.broken("an event has no answer"))),
                },
            };
            results.push(shown(place, verdict));
        }
        // Where nothing could be counted for a reason that has nothing to do with the events, that is the answer.
        if results.iter().all(|result| !result.success) {
            reading.must_use()?;
        }
        let alerts = found.rows("told")?.iter();
        let alerts = alerts.map(|row| Ok(json!({ "feature": row.text("feature")?, "alert": row.text("name")? })));
        let alerts = found.stored(alerts.collect::<Result<Vec<Json>, StoreError>>())?;
        let used: Vec<_> = answers.values().filter_map(|(_, answer)| answer.wanted).collect();
        let meters = reading.standings.iter().filter(|(feature, _)| used.contains(feature));
        let meters: Vec<_> =
            meters.map(|(feature, standing)| FeatureShown::meter(feature, standing, 1, None)).collect();
        let counted = results.iter().filter(|result| result.success).count();
        let refused = results.len() - counted;
        let body =
            json!({ "results": results, "counted": counted, "refused": refused, "meters": meters, "alerts": alerts });
        Ok(Reply::ok(&format!("{counted} of {} events are counted.", results.len()), &body))
    }
}

/// How the plan's meters stand after all.
fn standings<'a>(found: &'a BatchRows<'_>) -> Result<BTreeMap<&'a str, MeterStanding>, Refusal> {
    let rows = found.rows("features")?.iter().filter(|row| row.text("kind").is_ok_and(|kind| kind == "meter"));
    let standings = rows.map(|row| Ok((row.text("feature")?, MeterStanding::read(row)?)));
    found.stored(standings.collect::<Result<BTreeMap<_, _>, StoreError>>())
}

/// Why an event was not counted.
struct Refused {
    code: &'static str,
    error: String,
    field: Option<&'static str>,
    replayed: bool,
}

impl Refused {
    fn of(refusal: &Refusal) -> Self {
        let field = match refusal {
            Refusal::Invalid { field, .. } => Some(*field),
            _ => None,
        };
        Self { code: refusal.code(), error: refusal.sentence(), field, replayed: false }
    }
}

fn shown<'a>(index: usize, verdict: Result<(Option<EventShown<'a>>, bool), Refused>) -> ItemShown<'a> {
    match verdict {
        Ok((event, replayed)) => {
            ItemShown { index, success: true, event, replayed, code: None, error: None, field: None }
        }
        Err(Refused { code, error, field, replayed }) => {
            ItemShown { index, success: false, event: None, replayed, code: Some(code), error: Some(error), field }
        }
    }
}

/// What all events of a request are read with.
struct Reading<'a> {
    context: &'a RequestContext,
    membership: &'a Membership,
    standings: BTreeMap<&'a str, MeterStanding>,
}

impl<'a> Reading<'a> {
    /// What has become of an event; `again`: an earlier one of the same request has its key.
    fn verdict(
        &self,
        item: &Item,
        answer: &Answer<'a>,
        again: bool,
    ) -> Result<(Option<EventShown<'a>>, bool), Refused> {
        let refused = |refusal: Refusal| Refused::of(&refusal);
        if let Some(event) = &answer.event {
            let replayed = event.is_replayed || again;
            if event.request_hash != item.request_hash {
                return Err(refused(Refusal::IdempotencyKeyReused));
            }
            if !event.accepted {
                return Err(Refused { replayed, ..self.at_the_limit(answer) });
            }
            let Written { id, quantity, counted, cost_cents, .. } = *event;
            return Ok((Some(EventShown { id, quantity, counted, cost_cents }), replayed));
        }
        self.must_be_countable(item, answer).map_err(refused)?;
        if answer.is_known_person {
            return Ok((None, false));
        }
        Err(self.at_the_limit(answer))
    }

    /// Whoever asks must be one who may use something, of what is paid for.
    fn must_use(&self) -> Result<(), Refusal> {
        if !self.membership.role.uses() {
            return Err(Refusal::Forbidden("Viewers may look but not use anything"));
        }
        self.membership.must_have_access(self.context.now)
    }

    fn must_be_countable(&self, item: &Item, answer: &Answer<'_>) -> Result<(), Refusal> {
        let field = item.wanted.field();
        match (answer.kind, answer.wanted) {
            (Some("meter"), _) => {}
            (Some(_), _) => return Err(Refusal::invalid(field, "is no meter: nothing of it is counted")),
            (None, Some(feature)) if answer.is_elsewhere => {
                return Err(Refusal::feature_not_in_plan(feature, self.membership));
            }
            (None, _) => {
                let problem = format!("names nothing that is counted here: {}", item.wanted.name());
                return Err(Refusal::invalid(field, problem));
            }
        }
        match item.occurred_at {
            Some(moment) if moment > self.context.now + AHEAD => {
                return Err(Refusal::invalid("occurredAt", "lies in the future"));
            }
            Some(moment) if moment < answer.period_start => {
                return Err(Refusal::invalid("occurredAt", "lies in a period that is closed"));
            }
            _ => {}
        }
        let caller = self.context.identity.as_ref().map(|identity| identity.user_id.as_str());
        let names_another = item.subject.as_deref().is_some_and(|subject| Some(subject) != caller);
        if self.context.service_key.is_none() && names_another {
            return Err(Refusal::Forbidden("Only a service key counts for somebody else"));
        }
        self.must_use()?;
        if answer.is_distinct && item.subject.is_none() && caller.is_none() {
            return Err(Refusal::invalid("userId", "is required: this meter counts people"));
        }
        Ok(())
    }

    /// What has no room has reached its limit, or its cap.
    fn at_the_limit(&self, answer: &Answer<'_>) -> Refused {
        let feature = answer.wanted.unwrap_or_default();
        let (code, error) = match self.standings.get(feature).map(MeterStanding::reason) {
            Some(Reason::OverageCapReached) => {
                ("overage_cap_reached", format!("{feature} has reached what may be spent beyond the limit."))
            }
            _ => ("limit_reached", format!("There is no room for it in {feature}.")),
        };
        Refused { code, error, field: None, replayed: false }
    }
}
