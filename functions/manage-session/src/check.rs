//! `check`: what `validate` would meet, changing nothing.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule, Staleness},
    rules::{ids::SessionId, session::SessionPolicy},
    sessions::Session,
    store::Statement,
};

use crate::session::session_id;

pub struct Check {
    session: SessionId,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    has_conflict: bool,
    /// The session that `validate` would end first.
    existing_session: Option<Session>,
}

impl Check {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { session: session_id(call)? }))
    }
}

impl Operation for Check {
    fn session(&self) -> SessionRule {
        SessionRule::LiveIfInHeader
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ActedUpon)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // The live sessions of the caller's other browsers, oldest first.
        vec![Statement::new(
            "others",
            "SELECT id, created_at, last_heartbeat_at, user_agent, ip_address, browser_info
FROM active_sessions
WHERE user_id = :caller AND id <> :session AND ended_at IS NULL AND last_heartbeat_at > :live_since
ORDER BY created_at, id",
        )
        .with("session", self.session.as_str())
        .with("live_since", SessionPolicy::live_since(context.now))]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let others = found.rows("others")?;
        let most = found.membership()?.granted_sessions(context.now);
        let live = i64::try_from(others.len()).unwrap_or(i64::MAX);
        let has_conflict = most.remaining(live) == 0;
        let oldest = others.first().filter(|_| has_conflict);
        let reply = Checked { has_conflict, existing_session: found.stored(oldest.map(Session::read).transpose())? };
        let message = if has_conflict { "You are signed in on another device." } else { "There is no conflict." };
        Ok(Reply::ok(message, &reply))
    }
}
