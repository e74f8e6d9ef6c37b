//! `terminate`: signs a browser out; signing out twice is fine.

use serde::Serialize;
use tallygate::{
    http::{Asking, Call, Found, Operation, Refusal, Reply},
    rules::{fresh::Purpose, ids::SessionId},
    scoped,
    store::Statement,
};

use crate::session::session_id;

pub struct Terminate {
    session: SessionId,
}

#[derive(Serialize)]
struct Terminated {
    terminated: usize,
}

impl Terminate {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { session: session_id(call)? }))
    }
}

impl Operation for Terminate {
    fn statements(&self, asking: &Asking) -> Vec<Statement> {
        vec![
            // Decides: only a session of the caller's own that has not ended yet.
            Statement::new(
                "terminated",
                scoped!(
                    "UPDATE active_sessions SET ended_at = :now, end_reason = 'terminated', request_id = :request
WHERE user_id = (SELECT asking.user_id FROM asking) AND id = :session AND ended_at IS NULL
RETURNING id"
                ),
            )
            .with("session", self.session.as_str()),
            Statement::new(
                "audit",
                scoped!(
                    "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
SELECT asking.organization_id, :event, asking.user_id, 'session.terminated', own.id, :request, :now
FROM asking
JOIN active_sessions own ON own.user_id = asking.user_id AND own.id = :session AND own.request_id = :request"
                ),
            )
            .with("session", self.session.as_str())
            .with("event", asking.fresh.id(Purpose::AuditEvent)),
        ]
    }

    fn outcome(&self, _asking: &Asking, found: &Found<'_>) -> Result<Reply, Refusal> {
        let terminated = found.rows("terminated")?.len();
        let message = if terminated == 0 { "The session had already ended." } else { "The session was signed out." };
        Ok(Reply::ok(message, &Terminated { terminated }))
    }
}
