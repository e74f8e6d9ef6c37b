//! What a request says of its session, and whom it meets.

use serde::Serialize;
use tallygate::{
    http::{Call, Refusal, RequestContext},
    rules::{ids::SessionId, limit::Limit, time::Timestamp},
    sessions::Session,
    store::{Row, StoreError},
};

/// How many of the caller's other browsers are live, as a number in parentheses.
macro_rules! live_elsewhere {
    () => {
        "(SELECT COUNT(*) FROM active_sessions other
  WHERE other.user_id = membership.user_id AND other.id <> :session
    AND other.ended_at IS NULL AND other.last_heartbeat_at > :live_since)"
    };
}
pub(crate) use live_elsewhere;

/// The request's session id.
pub fn session_id(call: &Call<'_>) -> Result<SessionId, Refusal> {
    call.fields.required_id("sessionId").map(SessionId::new)
}

/// What the request says to prove that it comes from the browser that has the session already.
pub fn presented_secret<'a>(session: &SessionId, context: &'a RequestContext) -> Option<&'a str> {
    let browser = context.browser.as_ref().filter(|browser| browser.session == *session);
    browser.and_then(|browser| browser.secret_hash.as_deref())
}

/// An entry of `conflictDetails.sessions`, in the names that the original product's clients read.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConflictingSession {
    created_at: Timestamp,
    last_seen: Timestamp,
    user_agent: Option<String>,
    ip_address: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConflictDetails {
    pub terminated_sessions: usize,
    pub sessions: Vec<ConflictingSession>,
}

impl ConflictDetails {
    /// The sessions in the rows, of which so many were ended.
    pub fn read(rows: &[&Row], terminated_sessions: usize) -> Result<Self, StoreError> {
        let sessions = rows.iter().map(|row| {
            let session = Session::read(row)?;
            Ok(ConflictingSession {
                created_at: session.created_at,
                last_seen: session.last_heartbeat,
                user_agent: session.user_agent,
                ip_address: session.ip_address,
            })
        });
        Ok(Self { terminated_sessions, sessions: sessions.collect::<Result<Vec<_>, StoreError>>()? })
    }
}

/// Whether a plan lets several browsers be signed in.
pub fn allows_multiple(concurrent_sessions: Limit) -> bool {
    concurrent_sessions.is_unlimited() || concurrent_sessions.value() > 1
}
