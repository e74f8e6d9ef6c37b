//! The caller's signed-in browsers, by page.

use serde::Serialize;

use super::Session;
use crate::{
    http::{BatchRows, Operation, Page, Refusal, Reply, RequestContext, SessionRule, Staleness},
    rules::{ids::SessionId, session::SessionPolicy},
    store::{Row, Statement, StoreError},
};

/// A list of sessions; what reads it says which page, and which browser asks.
pub struct List {
    pub page: Page,
    /// The browser that asks, if the body says so.
    pub current: Option<SessionId>,
    pub session: SessionRule,
}

#[derive(Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    sessions: Vec<Entry>,
    /// `cursor` of the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema), schemars(rename = "ListedSession"))]
pub struct Entry {
    #[serde(flatten)]
    session: Session,
    /// The browser that asks.
    current: bool,
}

impl List {
    fn entry(&self, row: &Row, context: &RequestContext) -> Result<Entry, StoreError> {
        let session = Session::read(row)?;
        let said = context.browser.as_ref().map(|browser| &browser.session);
        let current = self.current.as_ref().or(said) == Some(&session.session_id);
        Ok(Entry { session, current })
    }
}

impl Operation for List {
    fn session(&self) -> SessionRule {
        self.session
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ActedUpon)
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

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let page = self.page.cut(found.rows("sessions")?, "last_heartbeat_at", "id");
        let (rows, next_cursor) = found.stored(page)?;
        let entries = rows.iter().map(|row| self.entry(row, context));
        let sessions = found.stored(entries.collect::<Result<Vec<_>, _>>())?;
        let message = match sessions.len() {
            0 => "No browser is signed in.".to_string(),
            1 => "1 browser is signed in.".to_string(),
            amount => format!("{amount} browsers are signed in."),
        };
        Ok(Reply::ok(&message, &Listed { sessions, next_cursor }))
    }
}
