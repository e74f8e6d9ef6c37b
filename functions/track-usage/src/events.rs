//! `events`: the ledger, newest first, by page.

use serde::Serialize;
use serde_json::{json, Value as Json};
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    rules::{
        request_ids::first_id_of,
        subscription::WITHOUT_END,
        time::{Span, Timestamp},
    },
    scoped,
    store::{Row, Statement, StoreError},
};

/// Behind the last event of the page before, and before a moment. The times are those of the order: an event under a key stands
/// at `keyed_at`.
macro_rules! goes_on {
    () => {
        "(:before IS NULL OR COALESCE(event.keyed_at, event.created_at) < :before)
    AND (:after_time IS NULL OR COALESCE(event.keyed_at, event.created_at) < :after_time OR COALESCE(event.keyed_at, event.created_at) = :after_time AND event.id < :after_id)"
    };
}

/// Rows of a page where nobody says how many.
const USUAL: i64 = 50;
/// Events that a page with a filter looks at.
const LOOKED_AT: i64 = 500;

pub struct Events {
    feature: Option<String>,
    subject: Option<String>,
    before: Option<Timestamp>,
    since: Option<Timestamp>,
    page: Page,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "UsageEvent"))]
#[serde(rename_all = "camelCase")]
pub struct EventRow {
    id: String,
    feature: String,
    event_type: String,
    kind: String,
    /// The reservation or the call that it belongs to.
    reservation_id: Option<String>,
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
            since: moment("since")?,
            page: Page::of_query(call.fields, USUAL)?,
        }))
    }
}

/// A page of the events `own`, whose ids are in the order of time, and `keyed`, which have an index that is: so it costs the same
/// however long the ledger is.
macro_rules! page {
    ($($listed:tt)+) => {
        scoped!(
            ", own AS (
  SELECT event.*
  FROM membership
  JOIN usage_events event ON event.organization_id = membership.organization_id AND event.id < :end_of_own
    AND event.id >= :first_of_own
  WHERE ",
            goes_on!(),
            "
  ORDER BY event.id DESC LIMIT :most
), keyed AS (
  SELECT event.*
  FROM membership
  JOIN usage_events event ON event.organization_id = membership.organization_id AND event.keyed_at IS NOT NULL
    AND event.keyed_at <= :latest AND event.keyed_at >= :earliest
  WHERE ",
            goes_on!(),
            "
  ORDER BY event.keyed_at DESC, event.id DESC LIMIT :most
)",
            $($listed)+,
            "
ORDER BY listed_at DESC, id DESC LIMIT :rows"
        )
    };
}

/// What is shown of an event.
macro_rules! columns {
    () => {
        "id, feature, event_type, COALESCE(reservation_step, kind) AS kind, reservation_id, quantity, COALESCE(counted, quantity * accepted) AS counted, accepted, cost_cents, user_id, subject, attributes, occurred_at, created_at"
    };
}

const ALL: &str = page!(
    "
SELECT ",
    columns!(),
    ",
  COALESCE(keyed_at, created_at) AS listed_at, 1 AS is_asked_for, 0 AS place
FROM (SELECT * FROM own UNION ALL SELECT * FROM keyed) event"
);

/// Of the events that a page looks at those that are asked for. Where the look has ended is told by its last event, also if it is
/// none of them.
const SOME: &str = page!(
    ", looked_at AS (
  SELECT event.*, ROW_NUMBER() OVER (ORDER BY event.listed_at DESC, event.id DESC) AS place, CASE
      WHEN (:feature IS NULL OR event.feature = :feature)
        AND (:subject IS NULL OR event.subject = :subject OR event.subject IS NULL AND event.user_id = :subject)
      THEN 1 ELSE 0 END AS is_asked_for
  FROM (
    SELECT event.*, COALESCE(keyed_at, created_at) AS listed_at
    FROM (SELECT * FROM own UNION ALL SELECT * FROM keyed) event
    ORDER BY listed_at DESC, id DESC LIMIT :most
  ) event
)
SELECT ",
    columns!(),
    ", listed_at, is_asked_for, place
FROM looked_at
WHERE is_asked_for = 1 OR place = :most"
);

impl Operation for Events {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        let latest = self.page.after_time().into_iter().chain(self.before).min().unwrap_or(WITHOUT_END);
        let earliest = self.since.unwrap_or(Timestamp(0));
        // An index for each filter would be written with each event.
        let (text, most) = match (&self.feature, &self.subject) {
            (None, None) => (ALL, self.page.rows()),
            _ => (SOME, LOOKED_AT),
        };
        let events = Statement::new("events", text)
            .with("end_of_own", first_id_of(latest + Span(1)))
            .with("first_of_own", first_id_of(earliest))
            .with("latest", latest)
            .with("earliest", earliest)
            .with("most", most)
            .with("feature", self.feature.as_deref())
            .with("subject", self.subject.as_deref())
            .with("before", self.before);
        vec![self.page.bind(events)]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?;
        let read = |row: &Row| -> Result<_, StoreError> {
            let created_at = row.timestamp("created_at")?;
            Ok(EventRow {
                id: row.text("id")?.to_string(),
                feature: row.text("feature")?.to_string(),
                event_type: row.text("event_type")?.to_string(),
                kind: row.text("kind")?.to_string(),
                reservation_id: row.optional_text("reservation_id")?.map(str::to_string),
                quantity: row.integer("quantity")?,
                counted: row.integer("counted")?,
                accepted: row.flag("accepted")?,
                cost_cents: row.integer("cost_cents")?,
                user_id: row.optional_text("user_id")?.map(str::to_string),
                subject: row.optional_text("subject")?.map(str::to_string),
                attributes: row.optional_text("attributes")?.and_then(|text| serde_json::from_str(text).ok()),
                occurred_at: row.optional_timestamp("occurred_at")?.unwrap_or(created_at),
                created_at,
            })
        };
        let (rows, next) =
            found.stored(self.page.cut_of_looked_at(found.rows("events")?, LOOKED_AT, "listed_at", "id"))?;
        let events = found.stored(rows.iter().map(read).collect::<Result<Vec<_>, _>>())?;
        Ok(Reply::ok(&format!("{} events.", events.len()), &json!({ "events": events, "nextCursor": next })))
    }
}
