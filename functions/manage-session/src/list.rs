//! `list`: the caller's signed-in browsers.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    rules::{ids::SessionId, session::SessionPolicy},
    store::{Row, Statement, StoreError},
};

use crate::session::Session;

pub struct List {
    /// The browser that asks, if it says so.
    session: Option<SessionId>,
}

#[derive(Serialize)]
struct Listed {
    sessions: Vec<Entry>,
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
        Ok(Box::new(Self { session: call.fields.id("sessionId")?.map(SessionId::new) }))
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
        vec![Statement::new(
            "sessions",
            "SELECT id, created_at, last_heartbeat_at, user_agent, ip_address, browser_info
FROM active_sessions
WHERE user_id = :caller AND ended_at IS NULL AND last_heartbeat_at > :live_since
ORDER BY last_heartbeat_at DESC, id",
        )
        .with("live_since", SessionPolicy::live_since(context.now))]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let entries = found.rows("sessions")?.iter().map(|row| self.entry(row));
        let sessions = found.stored(entries.collect::<Result<Vec<_>, _>>())?;
        let message = match sessions.len() {
            0 => "No browser is signed in.".to_string(),
            1 => "1 browser is signed in.".to_string(),
            amount => format!("{amount} browsers are signed in."),
        };
        Ok(Reply::ok(&message, &Listed { sessions }))
    }
}
