//! `heartbeat`: keeps a session live, and tells a browser that was put out why.

use serde::Serialize;
use tallygate::{
    granted_sessions,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    rules::{ids::SessionId, session::SessionPolicy},
    same_browser, scoped,
    store::{Lock, Statement},
};

use crate::session::{live_elsewhere, presented_secret, session_id};

pub struct Heartbeat {
    session: SessionId,
}

#[derive(Serialize)]
struct Beat {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl Heartbeat {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { session: session_id(call)? }))
    }
}

impl Operation for Heartbeat {
    fn session(&self) -> SessionRule {
        SessionRule::Free
    }

    fn locks(&self, context: &RequestContext) -> Vec<Lock> {
        vec![Lock::CallerOfDueSession {
            session: self.session.clone(),
            due_before: SessionPolicy::heartbeat_due_before(context.now),
        }]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            // Writes only when the last heartbeat is a while ago. A stale session (a laptop that slept) comes back to
            // life while the plan has room for it.
            Statement::new(
                "beat",
                scoped!(
                    "UPDATE active_sessions SET last_heartbeat_at = :now, request_id = :request
WHERE user_id = :caller AND id = :session
  AND ended_at IS NULL AND last_heartbeat_at <= :due_before
  AND ",
                    same_browser!("active_sessions"),
                    "
  AND EXISTS (
    SELECT 1 FROM membership
    WHERE active_sessions.last_heartbeat_at > :live_since
      OR ",
                    granted_sessions!(),
                    " = -1 OR ",
                    granted_sessions!(),
                    " > ",
                    live_elsewhere!(),
                    ")"
                ),
            )
            .with("session", self.session.as_str())
            .with("presented_secret", presented_secret(&self.session, context))
            .with("live_since", SessionPolicy::live_since(context.now))
            .with("due_before", SessionPolicy::heartbeat_due_before(context.now)),
            // The session as it is now.
            Statement::new(
                "session",
                concat!(
                    "SELECT last_heartbeat_at, end_reason, CASE WHEN ",
                    same_browser!("active_sessions"),
                    " THEN 0 ELSE 1 END AS is_anothers
FROM active_sessions WHERE user_id = :caller AND id = :session"
                ),
            )
            .with("presented_secret", presented_secret(&self.session, context))
            .with("session", self.session.as_str()),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let reason = match found.first("session")? {
            None => Some("unknown"),
            Some(row) => match found.stored(row.optional_text("end_reason"))? {
                Some("terminated") => Some("terminated"),
                Some(_) => Some("signed_in_elsewhere"),
                // Another browser has taken the session over.
                None if found.stored(row.flag("is_anothers"))? => Some("signed_in_elsewhere"),
                None => {
                    let last = found.stored(row.timestamp("last_heartbeat_at"))?;
                    (last <= SessionPolicy::live_since(context.now)).then_some("expired")
                }
            },
        };
        let message = match reason {
            None => "The session is live.",
            Some("terminated") => "The session was signed out.",
            Some("signed_in_elsewhere") => "You signed in on another device.",
            Some("expired") => "The session has expired.",
            Some(_) => "There is no such session.",
        };
        Ok(Reply::ok(message, &Beat { valid: reason.is_none(), reason }))
    }
}
