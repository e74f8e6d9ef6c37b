//! `audit`: who did what in an organization, the newest first, by page; for owners and admins.

use serde::Serialize;
use serde_json::{json, Value as Json};
use tallygate::{
    http::{BatchRows, Call, Fields, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    rules::time::Timestamp,
    scoped,
    store::{Row, Statement, StoreError},
};

/// Rows of a page where nobody says how many.
const USUAL: i64 = 50;
/// Events that a page with a filter looks at.
const LOOKED_AT: i64 = 1_000;

pub struct Audit {
    filter: Filter,
    page: Page,
}

/// Which events are asked for; what is left out is any.
pub struct Filter {
    actor: Option<String>,
    action: Option<String>,
    target: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    pub id: String,
    pub created_at: Timestamp,
    /// A user's id, or `system`, `operator`, `stripe` and the like.
    pub actor_id: String,
    pub action: String,
    pub target_id: String,
    pub details: Json,
}

impl AuditEvent {
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| Ok::<_, StoreError>(row.text(column)?.to_string());
        Ok(Self {
            id: text("id")?,
            created_at: row.timestamp("created_at")?,
            actor_id: text("actor_id")?,
            action: text("action")?,
            target_id: text("target_id")?,
            details: serde_json::from_str(row.text("details")?).unwrap_or(Json::Null),
        })
    }
}

impl Filter {
    pub fn read(fields: &Fields) -> Result<Self, Refusal> {
        let text = |field| Ok::<_, Refusal>(fields.text_of_at_most(field, 255)?.map(str::to_string));
        let moment = |field| fields.parsed(field, Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z");
        Ok(Self {
            actor: text("actor")?,
            action: text("action")?,
            target: text("target")?,
            since: moment("since")?,
            until: moment("until")?,
        })
    }

    fn is_for_all(&self) -> bool {
        let Self { actor, action, target, since, until } = self;
        actor.is_none() && action.is_none() && target.is_none() && since.is_none() && until.is_none()
    }

    /// The events of a page, named `events`. Ids are in the order of time, so a page costs the same however long the history is,
    /// and one with a filter looks at so many of the next, whatever it finds there. Where that look has ended is told by its
    /// last event, also if it is none of those that are asked for.
    pub fn statement(&self, page: &Page, looked_at: i64) -> Statement {
        let events = Statement::new(
            "events",
            scoped!(
                ", looked_at AS MATERIALIZED (
  SELECT event.*, ROW_NUMBER() OVER (ORDER BY event.id DESC) AS place,
    CASE WHEN (:actor IS NULL OR event.actor_id = :actor) AND (:action IS NULL OR event.action = :action)
      AND (:target IS NULL OR event.target_id = :target) AND (:since IS NULL OR event.created_at >= :since)
      AND (:until IS NULL OR event.created_at < :until) THEN 1 ELSE 0 END AS is_asked_for
  FROM audit_events event
  WHERE event.organization_id = (
      SELECT membership.organization_id FROM membership WHERE membership.user_id IS NOT NULL AND membership.role_rank >= 3)
    AND (:after_id IS NULL OR event.id < :after_id)
  ORDER BY event.id DESC LIMIT :most
)
SELECT event.id, event.created_at, event.actor_id, event.action, event.target_id, event.details, event.is_asked_for, event.place
FROM looked_at event
WHERE event.is_asked_for = 1 OR event.place = :most
ORDER BY event.id DESC LIMIT :rows"
            ),
        )
        .with("actor", self.actor.as_deref())
        .with("action", self.action.as_deref())
        .with("target", self.target.as_deref())
        .with("since", self.since)
        .with("until", self.until)
        .with("most", if self.is_for_all() { looked_at.min(page.rows()) } else { looked_at });
        page.bind(events)
    }
}

/// The events that were found, and the cursor of the next page.
///
/// # Errors
/// 403 for whoever does not run the organization.
pub fn events(
    found: &BatchRows<'_>,
    page: &Page,
    looked_at: i64,
) -> Result<(Vec<AuditEvent>, Option<String>), Refusal> {
    found.membership()?.must_manage()?;
    let (rows, next) = found.stored(page.cut_of_looked_at(found.rows("events")?, looked_at, "created_at", "id"))?;
    Ok((found.stored(rows.iter().map(AuditEvent::read).collect::<Result<Vec<_>, _>>())?, next))
}

impl Audit {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { filter: Filter::read(call.fields)?, page: Page::of_query(call.fields, USUAL)? }))
    }
}

impl Operation for Audit {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![self.filter.statement(&self.page, LOOKED_AT)]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let (events, next) = events(found, &self.page, LOOKED_AT)?;
        Ok(Reply::ok(&format!("{} events.", events.len()), &json!({ "events": events, "nextCursor": next })))
    }
}
