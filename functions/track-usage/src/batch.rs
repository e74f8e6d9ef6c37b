//! `batch`: up to 500 events at once, each counted as a `track` is, in their order.

use serde::Serialize;
use serde_json::{json, Value as Json};
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    store::{Lock, Statement, StoreError},
    usage::{
        features,
        many::{item, statements, Counted, Events, Refused},
    },
};

use crate::{feature::FeatureShown, verdict::EventShown};

/// Events of one request.
pub const MOST_EVENTS: usize = 500;

/// Bytes of a request's body: as the one text that D1 is given it is at most twice as long, and may have 2 MB.
pub const MOST_BYTES: usize = 512 * 1024;

pub struct Batch(Events);

/// What has become of an event.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "BatchItem"))]
#[serde(rename_all = "camelCase")]
pub struct ItemShown<'a> {
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

impl Batch {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let events = call.fields.objects("events", 1, MOST_EVENTS)?;
        let no_object = || Refusal::invalid("events", "has something in it that is no object");
        let items = events.iter().map(|event| item(event.as_ref().ok_or_else(no_object)?));
        Ok(Box::new(Self(Events::new(items.collect()))))
    }
}

impl Operation for Batch {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let mut statements = statements(&self.0.sent(), context);
        statements.push(features(context));
        statements
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let verdicts = self.0.verdicts(context, found)?;
        let alerts = found.rows("told")?.iter();
        let alerts = alerts.map(|row| Ok(json!({ "feature": row.text("feature")?, "alert": row.text("name")? })));
        let alerts = found.stored(alerts.collect::<Result<Vec<Json>, StoreError>>())?;
        let meters = verdicts.standings.iter();
        let meters: Vec<_> =
            meters.map(|(feature, standing)| FeatureShown::meter(feature, standing, 1, None)).collect();
        let results: Vec<_> =
            verdicts.results.into_iter().enumerate().map(|(index, result)| shown(index, result)).collect();
        let counted = results.iter().filter(|result| result.success).count();
        let refused = results.len() - counted;
        let body =
            json!({ "results": results, "counted": counted, "refused": refused, "meters": meters, "alerts": alerts });
        Ok(Reply::ok(&format!("{counted} of {} events are counted.", results.len()), &body))
    }
}

fn shown<'a>(index: usize, result: Result<Counted<'a>, Refused>) -> ItemShown<'a> {
    match result {
        Ok(Counted { event, replayed }) => {
            let event = event.map(|event| EventShown {
                id: event.id,
                quantity: event.quantity,
                counted: event.counted,
                cost_cents: event.cost_cents,
            });
            ItemShown { index, success: true, event, replayed, code: None, error: None, field: None }
        }
        Err(Refused { code, error, field, replayed }) => {
            ItemShown { index, success: false, event: None, replayed, code: Some(code), error: Some(error), field }
        }
    }
}
