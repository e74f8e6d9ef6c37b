//! `events`: the ledger, newest first, by page.

use serde::Serialize;
use serde_json::{json, Value as Json};
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{
        request_ids::first_id_of,
        time::{Span, Timestamp},
    },
    scoped,
    store::{Row, Statement, StoreError},
};

/// What a page is narrowed to.
macro_rules! filtered {
    () => {
        "(:feature IS NULL OR event.feature = :feature)
    AND (:subject IS NULL OR event.subject = :subject OR event.subject IS NULL AND event.user_id = :subject)
    AND (:before IS NULL OR event.created_at < :before)
    AND (:cursor_at IS NULL OR event.created_at < :cursor_at OR event.created_at = :cursor_at AND event.id < :cursor_id)
    AND (:since IS NULL OR event.created_at >= :since)"
    };
}

const MOST: i64 = 100;
const USUAL: i64 = 50;

pub struct Events {
    feature: Option<String>,
    subject: Option<String>,
    before: Option<Timestamp>,
    /// The last row of the page before.
    after: Option<(Timestamp, String)>,
    since: Option<Timestamp>,
    limit: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventRow {
    id: String,
    feature: String,
    event_type: String,
    kind: String,
    quantity: i64,
    counted: i64,
    accepted: bool,
    cost_cents: i64,
    user_id: Option<String>,
    subject: Option<String>,
    attributes: Option<Json>,
    occurred_at: Timestamp,
    created_at: Timestamp,
}

impl Events {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let moment = |field| call.fields.parsed(field, Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z");
        Ok(Box::new(Self {
            feature: call.fields.id("feature")?.map(str::to_string),
            subject: call.fields.id("userId")?.map(str::to_string),
            before: moment("before")?,
            after: call.fields.parsed("cursor", cursor, "the `nextCursor` of the page before")?,
            since: moment("since")?,
            limit: call.fields.number("limit", 1, MOST)?.unwrap_or(USUAL),
        }))
    }
}

/// `<milliseconds>:<id>`, as a page gives it.
fn cursor(text: &str) -> Option<(Timestamp, String)> {
    let (moment, id) = text.split_once(':')?;
    let moment = moment.parse().ok().filter(|moment| (0..=i64::MAX >> 11).contains(moment))?;
    (!id.is_empty()).then(|| (Timestamp(moment), id.to_string()))
}

impl Operation for Events {
    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        let latest = self.after.as_ref().map(|(moment, _)| *moment).into_iter().chain(self.before).min();
        vec![Statement::new(
            "events",
            scoped!(
                // Ids of our own are in the order of time; those under a key have an index that is. So a page costs the same
                // however long the ledger is.
                ", own AS (
  SELECT event.*
  FROM membership
  JOIN usage_events event ON event.organization_id = membership.organization_id AND event.id < :end_of_own
  WHERE ",
                filtered!(),
                "
  ORDER BY event.id DESC LIMIT :most
), keyed AS (
  SELECT event.*
  FROM membership
  JOIN usage_events event ON event.organization_id = membership.organization_id AND event.keyed_at IS NOT NULL
    AND event.keyed_at <= :latest
  WHERE ",
                filtered!(),
                "
  ORDER BY event.keyed_at DESC, event.id DESC LIMIT :most
)
SELECT id, feature, event_type, kind, quantity, counted, accepted, cost_cents, user_id, subject, attributes, occurred_at, created_at
FROM (SELECT * FROM own UNION ALL SELECT * FROM keyed) event
ORDER BY created_at DESC, id DESC LIMIT :most"
            ),
        )
        .with("end_of_own", latest.map_or_else(|| "key:".to_string(), |moment| first_id_of(moment + Span(1))))
        .with("latest", latest.map_or(i64::MAX >> 11, |moment| moment.0))
        .with("cursor_at", self.after.as_ref().map(|(moment, _)| *moment))
        .with("cursor_id", self.after.as_ref().map(|(_, id)| id.as_str()))
        .with("feature", self.feature.as_deref())
        .with("subject", self.subject.as_deref())
        .with("before", self.before)
        .with("since", self.since)
        .with("most", self.limit + 1)]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?;
        let read = |row: &Row| -> Result<_, StoreError> {
            let (quantity, accepted) = (row.integer("quantity")?, row.flag("accepted")?);
            let created_at = row.timestamp("created_at")?;
            Ok(EventRow {
                id: row.text("id")?.to_string(),
                feature: row.text("feature")?.to_string(),
                event_type: row.text("event_type")?.to_string(),
                kind: row.text("kind")?.to_string(),
                quantity,
                counted: row.optional_integer("counted")?.unwrap_or(if accepted { quantity } else { 0 }),
                accepted,
                cost_cents: row.integer("cost_cents")?,
                user_id: row.optional_text("user_id")?.map(str::to_string),
                subject: row.optional_text("subject")?.map(str::to_string),
                attributes: row.optional_text("attributes")?.and_then(|text| serde_json::from_str(text).ok()),
                occurred_at: row.optional_timestamp("occurred_at")?.unwrap_or(created_at),
                created_at,
            })
        };
        let events = found.rows("events")?.iter().map(read).collect::<Result<Vec<_>, _>>();
        let mut events = found.stored(events)?;
        let has_more = i64::try_from(events.len()).is_ok_and(|length| length > self.limit);
        events.truncate(usize::try_from(self.limit).unwrap_or_default());
        let last = events.last().filter(|_| has_more);
        let next = last.map(|event| format!("{}:{}", event.created_at.0, event.id));
        Ok(Reply::ok(&format!("{} events.", events.len()), &json!({ "events": events, "nextCursor": next })))
    }
}
