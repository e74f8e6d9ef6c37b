//! `terminate`: signs a browser out; signing out twice is fine.

use serde::Serialize;
use tallygate::{
    audit_event, event_payload,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    outbox_event,
    rules::{ids::SessionId, request_ids::Purpose},
    scoped, session_is_live,
    store::{Lock, Statement},
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
    fn session(&self) -> SessionRule {
        SessionRule::LiveIfInHeader
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            // Decides: only a session of the caller's own that has not ended yet.
            Statement::new(
                "ended",
                scoped!(
                    "UPDATE active_sessions SET ended_at = :now, end_reason = 'terminated', request_id = :request
WHERE user_id = (SELECT membership.user_id FROM membership) AND id = :session AND ended_at IS NULL
  AND ",
                    session_is_live!()
                ),
            )
            .with("session", self.session.as_str()),
            Statement::new(
                "audit",
                scoped!(audit_event!(
"SELECT membership.organization_id, :event, membership.user_id, 'session.terminated', own.id, '{}', :request, :now
FROM membership
JOIN active_sessions own ON own.user_id = membership.user_id AND own.id = :session AND own.request_id = :request
WHERE 1 = 1")),
            )
            .with("session", self.session.as_str())
            .with("event", context.ids.id(Purpose::AuditEvent)),
            Statement::new(
                "outbox",
                scoped!(outbox_event!(
                    "SELECT :event, membership.organization_id, 'session.terminated', membership.user_id, ",
                    event_payload!(
                        user("membership.user_id"),
                        organization("membership.organization_id"),
                        sessions("membership.user_id", ":request")
                    ),
                    ", :now
FROM membership
JOIN active_sessions own ON own.user_id = membership.user_id AND own.id = :session AND own.request_id = :request
WHERE own.ended_at IS NOT NULL"
                )),
            )
            .with("session", self.session.as_str())
            .with("event", context.ids.id(Purpose::OutboxEvent)),
            // Whether this request has ended it.
            Statement::new(
                "terminated",
                "SELECT id FROM active_sessions
WHERE user_id = :caller AND id = :session AND request_id = :request AND ended_at IS NOT NULL",
            )
            .with("session", self.session.as_str()),
        ]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let terminated = found.rows("terminated")?.len();
        let message = if terminated == 0 { "The session had already ended." } else { "The session was signed out." };
        Ok(Reply::ok(message, &Terminated { terminated }))
    }
}
