//! What has become of each of many events.

use std::collections::BTreeMap;

use super::{id_of, Item};
use crate::{
    http::{BatchRows, Fields, Membership, Refusal, RequestContext},
    rules::time::Timestamp,
    store::{Row, StoreError},
    usage::{
        answer::too_many_keys,
        asked::{full, must_use, Asked},
        mode, wanted, Amount, Kind, MeterStanding, Mode, Reason, Said, MOST_AT_ONCE,
    },
};

/// The events of a request, in their order; those that could not be read with what is wrong with them.
pub struct Events(Vec<Result<Item, Refusal>>);

impl Events {
    pub fn new(items: Vec<Result<Item, Refusal>>) -> Self {
        Self(items)
    }

    /// Those to decide, by their places: of several under one key the first.
    pub fn sent(&self) -> Vec<(usize, &Item)> {
        let mut keys = BTreeMap::new();
        let items = self.0.iter().enumerate().filter_map(|(place, item)| Some((place, item.as_ref().ok()?)));
        items.filter(|(place, item)| item.key.as_ref().is_none_or(|key| keys.insert(key, *place).is_none())).collect()
    }

    /// What has become of each, by the rows of [`super::statements`] and of the plan's `features`.
    ///
    /// # Errors
    /// Where nothing could be counted for a reason that has nothing to do with the events, and for faults in reading.
    pub fn verdicts<'a>(&self, context: &'a RequestContext, found: &'a BatchRows<'_>) -> Result<Verdicts<'a>, Refusal> {
        let reading = Reading { context, membership: found.membership()?, standings: standings(found)? };
        let answers = found.rows("answers")?.iter().map(Answer::read).collect::<Result<Vec<_>, StoreError>>();
        let sent = self.sent();
        let places = sent.iter().map(|(place, item)| (id_of(item, *place, context), *place));
        let answers: BTreeMap<_, _> =
            places.zip(found.stored(answers)?).map(|((id, place), answer)| (id, (place, answer))).collect();
        let mut results = Vec::new();
        for (place, item) in self.0.iter().enumerate() {
            results.push(match item {
                Err(refusal) => Err(Refused::of(refusal)),
                Ok(item) => match answers.get(&id_of(item, place, context)) {
                    Some((first, answer)) => reading.verdict(item, answer, *first != place),
                    None => Err(Refused::of(&found.broken("an event has no answer"))),
                },
            });
        }
        if results.iter().all(Result::is_err) {
            must_use(reading.context, reading.membership)?;
        }
        let mut standings = reading.standings;
        let used: Vec<_> = answers.values().filter_map(|(_, answer)| answer.wanted).collect();
        standings.retain(|feature, _| used.contains(feature));
        Ok(Verdicts { results, standings })
    }
}

/// What has become of each, and how the meters stand that they were about.
pub struct Verdicts<'a> {
    pub results: Vec<Result<Counted<'a>, Refused>>,
    pub standings: BTreeMap<&'a str, MeterStanding>,
}

/// An event that counts.
pub struct Counted<'a> {
    /// `None`: of a person whom a distinct meter had counted before.
    pub event: Option<Written<'a>>,
    /// It was written before, under its key.
    pub replayed: bool,
}

/// An event, as `track` reads it.
///
/// # Errors
/// [`Refusal::Invalid`] with the field.
pub fn item(fields: &Fields) -> Result<Item, Refusal> {
    let wanted = wanted(fields)?;
    let quantity = fields.count("quantity", 1, MOST_AT_ONCE)?.unwrap_or(1);
    let mode = mode(fields, Mode::Reject)?;
    let said = Said::read(fields)?;
    let request_hash = said.hash(&wanted, Kind::Track, Amount::Given(quantity), mode);
    let Said { occurred_at, subject, attributes } = said;
    let key = fields.key("idempotencyKey")?.map(str::to_string);
    Ok(Item { wanted, quantity, mode, key, subject, occurred_at, attributes, request_hash })
}

/// An event's row of the answer.
struct Answer<'a> {
    wanted: Option<&'a str>,
    kind: Option<&'a str>,
    is_distinct: bool,
    /// It goes on beyond the limit, for money.
    is_priced: bool,
    period_start: Timestamp,
    is_known_person: bool,
    is_elsewhere: bool,
    /// The catalog's limit of keys a day, where it is reached.
    most_keys: Option<i64>,
    event: Option<Written<'a>>,
}

/// An event's row of the ledger.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    pub id: &'a str,
    accepted: bool,
    pub quantity: i64,
    /// What it did to the meter.
    pub counted: i64,
    pub cost_cents: i64,
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
            is_priced: row.flag("is_priced")?,
            period_start: row.timestamp("period_start")?,
            is_known_person: row.flag("is_known_person")?,
            is_elsewhere: row.flag("is_elsewhere")?,
            most_keys: row.optional_integer("most_keys")?,
            event,
        })
    }
}

/// How the plan's meters stand after all.
fn standings<'a>(found: &'a BatchRows<'_>) -> Result<BTreeMap<&'a str, MeterStanding>, Refusal> {
    let rows = found.rows("features")?.iter().filter(|row| row.text("kind").is_ok_and(|kind| kind == "meter"));
    let standings = rows.map(|row| Ok((row.text("feature")?, MeterStanding::read(row)?)));
    found.stored(standings.collect::<Result<BTreeMap<_, _>, StoreError>>())
}

/// Why an event was not counted.
pub struct Refused {
    pub code: &'static str,
    /// For people.
    pub error: String,
    pub field: Option<&'static str>,
    /// It was refused before, under its key.
    pub replayed: bool,
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

/// What all events of a request are read with.
struct Reading<'a> {
    context: &'a RequestContext,
    membership: &'a Membership,
    standings: BTreeMap<&'a str, MeterStanding>,
}

impl<'a> Reading<'a> {
    /// What has become of an event; `again`: an earlier one of the same request has its key.
    fn verdict(&self, item: &Item, answer: &Answer<'a>, again: bool) -> Result<Counted<'a>, Refused> {
        let refused = |refusal: Refusal| Refused::of(&refusal);
        if let Some(event) = &answer.event {
            let replayed = event.is_replayed || again;
            if event.request_hash != item.request_hash {
                return Err(refused(Refusal::IdempotencyKeyReused));
            }
            if !event.accepted {
                return Err(Refused { replayed, ..at_the_limit(answer) });
            }
            return Ok(Counted { event: Some(*event), replayed });
        }
        self.must_be_countable(item, answer).map_err(refused)?;
        if answer.is_known_person {
            return Ok(Counted { event: None, replayed: false });
        }
        if let (Some(most), Some(_)) = (answer.most_keys, &item.key) {
            return Err(refused(too_many_keys(most, self.context.now)));
        }
        Err(at_the_limit(answer))
    }

    fn must_be_countable(&self, item: &Item, answer: &Answer<'_>) -> Result<(), Refusal> {
        let asked = Asked {
            wanted: &item.wanted,
            subject: item.subject.as_deref(),
            occurred_at: item.occurred_at,
            feature: answer.wanted,
            kind: answer.kind,
            is_elsewhere: answer.is_elsewhere,
            is_distinct: answer.is_distinct,
            period_start: answer.period_start,
        };
        asked.must_be_meter(self.membership)?;
        asked.must_be_in_time("occurredAt", self.context.now)?;
        asked.must_be_of(self.context, self.membership)
    }
}

/// What has no room has reached its limit, or its cap.
fn at_the_limit(answer: &Answer<'_>) -> Refused {
    let feature = answer.wanted.unwrap_or_default();
    let reason = if answer.is_priced { Reason::OverageCapReached } else { Reason::LimitReached };
    let (code, error) = full(feature, Some(reason), || format!("There is no room for it in {feature}."));
    Refused { code, error, field: None, replayed: false }
}
