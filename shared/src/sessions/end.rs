//! Signing browsers out: one of the caller's, or all but the one that asks. Signing out twice is fine.

use serde::Serialize;

use crate::{
    audit_event, event_payload,
    http::{BatchRows, Operation, Refusal, Reply, RequestContext, SessionRule},
    not_told, outbox_event,
    rules::{ids::SessionId, request_ids::Purpose},
    scoped, session_is_live,
    store::{Lock, Statement},
};

/// Which of the caller's sessions end.
enum Which {
    One(SessionId),
    /// All but the one that the request says it comes from; where it says none, all.
    Others,
}

/// A sign-out; what reads it says of which browser.
pub struct End {
    which: Which,
    session: SessionRule,
}

#[derive(Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct Terminated {
    terminated: i64,
}

/// The statements of a sign-out: which sessions it is about, as a condition on their `id`, and what the history calls what was
/// acted on.
macro_rules! ending {
    ($which:literal, $target:literal) => {
        [
            // Decides: only sessions of the caller's own that have not ended yet. Once, before it is told: sent again, it does not sign
            // out who has signed in since.
            scoped!(
                "UPDATE active_sessions SET ended_at = :now, end_reason = 'terminated', request_id = :request
WHERE user_id = (SELECT membership.user_id FROM membership) AND ",
                $which,
                " AND ended_at IS NULL
  AND ",
                not_told!(":told"),
                "
  AND ",
                session_is_live!()
            ),
            scoped!(audit_event!(
                "SELECT membership.organization_id, :event, membership.user_id, 'session.terminated', ",
                $target,
                ", '{}', :request, :now
FROM membership
WHERE EXISTS (
  SELECT 1 FROM active_sessions WHERE user_id = membership.user_id AND ",
                $which,
                " AND request_id = :request AND ended_at IS NOT NULL)"
            )),
            scoped!(outbox_event!(
                "SELECT :event, membership.organization_id, 'session.terminated', membership.user_id, ",
                event_payload!(
                    user("membership.user_id"),
                    organization("membership.organization_id"),
                    sessions("membership.user_id", ":request")
                ),
                ", :now
FROM membership
WHERE EXISTS (
  SELECT 1 FROM active_sessions WHERE user_id = membership.user_id AND ",
                $which,
                " AND request_id = :request AND ended_at IS NOT NULL)"
            )),
            // How many this request has ended.
            concat!(
                "SELECT COUNT(*) AS amount FROM active_sessions
WHERE user_id = :caller AND ",
                $which,
                " AND request_id = :request AND ended_at IS NOT NULL"
            ),
        ]
    };
}

const ONE: [&str; 4] = ending!("id = :session", ":session");
const OTHERS: [&str; 4] = ending!("(:browser IS NULL OR id <> :browser)", "membership.user_id");

impl End {
    pub fn one(id: SessionId, session: SessionRule) -> Self {
        Self { which: Which::One(id), session }
    }

    pub fn others(session: SessionRule) -> Self {
        Self { which: Which::Others, session }
    }
}

impl Operation for End {
    fn session(&self) -> SessionRule {
        self.session
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let (texts, session) = match &self.which {
            Which::One(session) => (ONE, Some(session)),
            Which::Others => (OTHERS, None),
        };
        let [ended, audit, outbox, amount] = texts;
        let event = |purpose| context.ids.id(purpose);
        [
            Statement::new("ended", ended).with("told", event(Purpose::OutboxEvent)),
            Statement::new("audit", audit).with("event", event(Purpose::AuditEvent)),
            Statement::new("outbox", outbox).with("event", event(Purpose::OutboxEvent)),
            Statement::new("terminated", amount),
        ]
        .map(|statement| statement.with("session", session.map(SessionId::as_str)))
        .into()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let terminated = found.stored(found.only("terminated")?.integer("amount"))?;
        let message = match (&self.which, terminated) {
            (Which::One(_), 0) => "The session had already ended.".to_string(),
            (Which::One(_), _) => "The session was signed out.".to_string(),
            (Which::Others, 0) => "No other browser was signed in.".to_string(),
            (Which::Others, 1) => "1 other browser was signed out.".to_string(),
            (Which::Others, amount) => format!("{amount} other browsers were signed out."),
        };
        Ok(Reply::ok(&message, &Terminated { terminated }))
    }
}
