//! `list`: the caller's signed-in browsers.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, SessionRule},
    rules::{ids::SessionId, session::SessionPolicy},
    store::{Row, Statement, StoreError},
};

use crate::session::Session;

pub struct List {
    /// The browser that asks, if it says so.
    session: Option<SessionId>,
    page: Page,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    sessions: Vec<Entry>,
    /// `cursor` of the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    session: Session,
    /// The browser that asks.
    current: bool,
}

impl List {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let session = call.fields.id("sessionId")?.map(SessionId::new);
        Ok(Box::new(Self { session, page: Page::read(call.fields)? }))
    }

    fn entry(&self, row: &Row) -> Result<Entry, StoreError> {
        let session = Session::read(row)?;
        let current = self.session.as_ref() == Some(&session.session_id);
        Ok(Entry { session, current })
    }
}

impl Operation for List {
    fn session(&self) -> SessionRule {
        SessionRule::LiveIfInHeader
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // What counts: live sessions, the one used last first.
        let sessions = Statement::new(
            "sessions",
            "SELECT id, created_at, last_heartbeat_at, user_agent, ip_address, browser_info
FROM active_sessions
WHERE user_id = :caller AND ended_at IS NULL AND last_heartbeat_at > :live_since
  AND (:after_id IS NULL OR last_heartbeat_at < :after_time OR last_heartbeat_at = :after_time AND id > :after_id)
ORDER BY last_heartbeat_at DESC, id LIMIT :rows",
        );
        vec![self.page.bind(sessions).with("live_since", SessionPolicy::live_since(context.now))]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let page = self.page.cut(found.rows("sessions")?, "last_heartbeat_at", "id");
        let (rows, next_cursor) = found.stored(page)?;
        let entries = rows.iter().map(|row| self.entry(row));
        let sessions = found.stored(entries.collect::<Result<Vec<_>, _>>())?;
        let message = match sessions.len() {
            0 => "No browser is signed in.".to_string(),
            1 => "1 browser is signed in.".to_string(),
            amount => format!("{amount} browsers are signed in."),
        };
        Ok(Reply::ok(&message, &Listed { sessions, next_cursor }))
    }
}
