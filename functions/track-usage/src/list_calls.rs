//! `list-calls`: the calls, newest first, by page. Owners, admins and service keys see all of them, others their own.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call as Request, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    rules::time::Timestamp,
    scoped,
    store::Statement,
};

use crate::{call::CallRow, call_columns};

/// Rows of a page where nobody says how many.
const USUAL: i64 = 50;
/// Calls that a page looks at.
const LOOKED_AT: i64 = 500;

pub struct ListCalls {
    call_type: Option<String>,
    status: Option<&'static str>,
    subject: Option<String>,
    since: Option<Timestamp>,
    page: Page,
}

impl ListCalls {
    pub fn read(call: &Request<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        let known = ["in_progress", "completed", "failed"];
        let status = |text: &str| known.into_iter().find(|known| *known == text);
        Ok(Box::new(Self {
            call_type: fields.id("type")?.map(str::to_string),
            status: fields.parsed("status", status, "one of: in_progress, completed, failed")?,
            subject: fields.id("userId")?.map(str::to_string),
            since: fields.parsed("since", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?,
            page: Page::of_query(fields, USUAL)?,
        }))
    }
}

impl Operation for ListCalls {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        let calls = Statement::new(
            "calls",
            scoped!(
                // Ids are in the order in which the calls were written, so a page costs the same however many there are; and
                // one with a filter looks at so many of the next, whatever it finds there. Where that look has ended is told
                // by its last call, also if it is none of those that are asked for.
                ", looked_at AS MATERIALIZED (
  SELECT call.*, ROW_NUMBER() OVER (ORDER BY call.id DESC) - :skip AS place
  FROM membership
  JOIN call_logs call ON call.organization_id = membership.organization_id
  WHERE :after_id IS NULL OR call.id < :after_id
  ORDER BY call.id DESC LIMIT :most OFFSET :skip
), sorted AS MATERIALIZED (
  SELECT call.*, CASE
      WHEN (membership.user_id IS NULL OR membership.role_rank >= 3 OR call.user_id = membership.user_id)
        AND (:type IS NULL OR call.call_type = :type)
        AND (:status IS NULL OR :status = CASE WHEN call.status = 'in_progress' AND call.deadline_at <= :now THEN 'failed' ELSE call.status END)
        AND (:subject IS NULL OR call.subject = :subject OR call.subject IS NULL AND call.user_id = :subject)
        AND (:since IS NULL OR call.started_at >= :since)
      THEN 1 ELSE 0 END AS is_asked_for
  FROM membership CROSS JOIN looked_at call
)
SELECT ",
                call_columns!(),
                ", call.is_asked_for, call.place
FROM membership CROSS JOIN sorted call
WHERE call.is_asked_for = 1 OR call.place = :most
ORDER BY call.id DESC LIMIT :rows"
            ),
        )
        .with("type", self.call_type.as_deref())
        .with("status", self.status)
        .with("subject", self.subject.as_deref())
        .with("since", self.since)
        .with("most", LOOKED_AT);
        vec![self.page.bind(calls)]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?;
        let rows = found.rows("calls")?;
        let (rows, next) = found.stored(self.page.cut_of_seen(rows, LOOKED_AT, "started_at", "id"))?;
        let calls = rows.iter().map(|row| CallRow::read(row).map(|call| call.shown(context.now)));
        let calls = found.stored(calls.collect::<Result<Vec<_>, _>>())?;
        Ok(Reply::ok(&format!("{} calls.", calls.len()), &json!({ "calls": calls, "nextCursor": next })))
    }
}
