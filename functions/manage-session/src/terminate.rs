//! `terminate`: signs a browser out; signing out twice is fine.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{ids::SessionId, request_ids::Purpose},
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
    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            // Decides: only a session of the caller's own that has not ended yet.
            Statement::new(
                "terminated",
                scoped!(
                    "UPDATE active_sessions SET ended_at = :now, end_reason = 'terminated', request_id = :request
WHERE user_id = (SELECT membership.user_id FROM membership) AND id = :session AND ended_at IS NULL
RETURNING id"
                ),
            )
            .with("session", self.session.as_str()),
            Statement::new(
                "audit",
                scoped!(
                    "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
SELECT membership.organization_id, :event, membership.user_id, 'session.terminated', own.id, :request, :now
FROM membership
JOIN active_sessions own ON own.user_id = membership.user_id AND own.id = :session AND own.request_id = :request"
                ),
            )
            .with("session", self.session.as_str())
            .with("event", context.ids.id(Purpose::AuditEvent)),
        ]
    }

    fn outcome(&self, _asking: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let terminated = found.rows("terminated")?.len();
        let message = if terminated == 0 { "The session had already ended." } else { "The session was signed out." };
        Ok(Reply::ok(message, &Terminated { terminated }))
    }
}
