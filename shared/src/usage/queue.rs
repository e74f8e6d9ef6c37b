//! Events that come through a queue: what a product's workers send without waiting for an answer.
//!
//! A message is an event as `batch` takes it, with its `organizationId` and always an `idempotencyKey`: a queue delivers at
//! least once and in any order, and the key makes it once. The consumer asks with a service key, so what it may do is what the
//! key is good for, and the ledger names it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::{
    features,
    many::{item, statements, Events, Item, Refused},
};
use crate::{
    auth::{KeyScope, ServiceKey},
    http::{Fields, Refusal, RequestContext, Services},
    rules::{ids::OrganizationId, request_ids::RequestIds, time::Timestamp},
    store::Lock,
};

/// What has become of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the ledger.
    Written,
    /// It will never be, and why: for the queue of those that nobody could write.
    Refused { code: &'static str, error: String },
    /// Not now; it may be delivered again.
    Again { cause: String },
}

/// The line that a run writes for the log.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub queue: String,
    pub messages: usize,
    pub written: usize,
    pub again: usize,
    /// How many were refused, by the code.
    pub refused: BTreeMap<&'static str, usize>,
    /// Why some are to come again.
    pub causes: Vec<String>,
}

impl Report {
    pub fn of(queue: &str, outcomes: &[Outcome]) -> Self {
        let mut report = Self { queue: queue.to_string(), messages: outcomes.len(), ..Self::default() };
        for outcome in outcomes {
            match outcome {
                Outcome::Written => report.written += 1,
                Outcome::Refused { code, .. } => *report.refused.entry(code).or_default() += 1,
                Outcome::Again { cause } => {
                    report.again += 1;
                    if !report.causes.contains(cause) {
                        report.causes.push(cause.clone());
                    }
                }
            }
        }
        report
    }
}

/// Writes messages in bulk: one transaction an organization. `ids` gives each of these a source of ids, of its moment.
///
/// The outcomes are in the order of the messages.
pub async fn write(
    messages: &[Json],
    key: &str,
    clock: &dyn Fn() -> Timestamp,
    mut ids: impl FnMut(Timestamp) -> RequestIds,
    services: &Services<'_>,
) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut of_organization: BTreeMap<String, Vec<(usize, Item)>> = BTreeMap::new();
    for (place, message) in messages.iter().enumerate() {
        let nobody = Outcome::Again { cause: "nobody has looked at it".to_string() };
        outcomes.push(match read(message) {
            Ok((organization, item)) => {
                of_organization.entry(organization).or_default().push((place, item));
                nobody
            }
            Err(refusal) => refused(&refusal),
        });
    }
    for (organization, items) in of_organization {
        let (places, items): (Vec<usize>, Vec<_>) = items.into_iter().map(|(place, item)| (place, Ok(item))).unzip();
        // Each transaction has its own moment: what is written long after its own time would be passed by the roll-ups.
        let now = clock();
        let ids = ids(now);
        let results = match ServiceKey::parse(key, KeyScope::WriteUsage) {
            Ok(key) => of_one(OrganizationId::new(&organization), Events::new(items), key, now, ids, services).await,
            Err(error) => Err(Refusal::Unauthenticated(error)),
        };
        for (nth, place) in places.into_iter().enumerate() {
            let Some(outcome) = outcomes.get_mut(place) else { continue };
            *outcome = match &results {
                Ok(results) => results.get(nth).cloned().unwrap_or_else(|| again("it has no answer")),
                Err(refusal) if is_final(refusal) => refused(refusal),
                Err(refusal) => again(refusal.cause().unwrap_or(refusal.code())),
            };
        }
    }
    outcomes
}

/// The events of one organization.
async fn of_one(
    organization: OrganizationId,
    events: Events,
    key: ServiceKey,
    now: Timestamp,
    ids: RequestIds,
    services: &Services<'_>,
) -> Result<Vec<Outcome>, Refusal> {
    let context = RequestContext::of_key(key, organization, now, ids);
    let mut all = context.key_statements();
    all.extend(statements(&events.sent(), &context));
    all.push(features(&context));
    let answer = services.batch(&context, &[Lock::Organization], &all).await?;
    let found = context.found_by_key(&answer)?;
    let verdicts = events.verdicts(&context, &found)?;
    let outcome = |result| match result {
        Ok(_) => Outcome::Written,
        Err(Refused { code, error, .. }) if code == UNPAID => again(&error),
        Err(Refused { code, error, .. }) => Outcome::Refused { code, error },
    };
    Ok(verdicts.results.into_iter().map(outcome).collect())
}

/// A message's organization and event.
fn read(message: &Json) -> Result<(String, Item), Refusal> {
    let no_object = || Refusal::InvalidJson("The message must be a JSON object.");
    let fields = Fields::of(message).ok_or_else(no_object)?;
    let organization = fields.required_id("organizationId")?.to_string();
    let item = item(&fields)?;
    if item.key.is_none() {
        return Err(Refusal::invalid("idempotencyKey", "is required: a queue delivers more than once"));
    }
    Ok((organization, item))
}

fn refused(refusal: &Refusal) -> Outcome {
    Outcome::Refused { code: refusal.code(), error: refusal.sentence() }
}

fn again(cause: &str) -> Outcome {
    Outcome::Again { cause: cause.to_string() }
}

/// The code of what is not paid for, and may be before the next delivery.
const UNPAID: &str = "subscription_required";

/// Whether another delivery would be refused as well. What is wrong with the key the operator will mend, and what is unpaid
/// may be paid.
fn is_final(refusal: &Refusal) -> bool {
    !matches!(refusal.status(), 401 | 500..)
        && !matches!(refusal, Refusal::ScopeMissing { .. })
        && refusal.code() != UNPAID
}
