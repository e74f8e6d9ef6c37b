//! `heartbeat`: keeps a session live, holds the live ones to the number of the caller's best plan, and tells a browser that was put out why.

use serde::Serialize;
use tallygate::{
    audit_event, event_payload, granted_sessions,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    outbox_event,
    rules::{ids::SessionId, request_ids::Purpose, session::SessionPolicy},
    same_browser, scoped,
    store::{Lock, Statement},
};

use crate::session::{live_elsewhere, presented_secret, session_id};

/// The caller, if this request has beaten and other browsers of theirs are live.
macro_rules! beats_among_others {
    () => {
        "(
    SELECT beaten.user_id FROM active_sessions beaten
    WHERE beaten.user_id = :caller AND beaten.id = :session AND beaten.request_id = :request)"
    };
}

/// How many browsers the caller may be signed in with by the most generous of their organizations, as a number in parentheses;
/// without a limit, more than anybody has. A heartbeat comes unasked from every open page, each of which names the organization
/// that it shows: what the page of a lesser one says must not put out what a better one lets be signed in.
macro_rules! granted_anywhere {
    () => {
        concat!("(SELECT MAX(", granted_of!("held"), ") FROM memberships held WHERE held.user_id = :caller)")
    };
}

/// The same of one organization's row of `memberships`.
macro_rules! granted_of {
    ($row:literal) => {
        concat!("COALESCE(NULLIF(", granted_sessions!($row), ", -1), 1000000)")
    };
}

/// Whether so many, and what the catalog allows, leave room for one more browser.
macro_rules! leaves_room {
    ($granted:expr) => {
        concat!(
            "least(",
            $granted,
            ", (SELECT settings.most_live_sessions FROM catalog_settings settings WHERE settings.id = 1)) > ",
            live_elsewhere!()
        )
    };
}

pub struct Heartbeat {
    session: SessionId,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Beat {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("enum" = ["terminated", "signed_in_elsewhere", "expired", "unknown"])))]
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
        let told = context.ids.id(Purpose::OutboxEvent);
        vec![
            // Writes only when the last heartbeat is a while ago. A stale session (a laptop that slept) comes back to
            // life while the best plan and the catalog have room for it; the plan that is asked about is looked at first. It
            // carries this request's id where it is not the only live one, so that what follows looks no further where it is.
            Statement::new(
                "beat",
                scoped!(
                    "UPDATE active_sessions SET last_heartbeat_at = :now, request_id = CASE WHEN EXISTS (
    SELECT 1 FROM active_sessions other
    WHERE other.user_id = active_sessions.user_id AND other.id <> :session
      AND other.ended_at IS NULL AND other.last_heartbeat_at > :live_since) THEN :request ELSE request_id END
WHERE user_id = :caller AND id = :session
  AND ended_at IS NULL AND last_heartbeat_at <= :due_before
  AND ",
                    same_browser!("active_sessions"),
                    "
  AND EXISTS (
    SELECT 1 FROM membership
    WHERE active_sessions.last_heartbeat_at > :live_since
      OR ",
                    leaves_room!(granted_of!("membership")),
                    "
      OR ",
                    leaves_room!(granted_anywhere!()),
                    ")"
                ),
            )
            .with("session", self.session.as_str())
            .with("presented_secret", presented_secret(&self.session, context))
            .with("live_since", SessionPolicy::live_since(context.now))
            .with("due_before", SessionPolicy::heartbeat_due_before(context.now)),
            // Puts out the oldest over the best plan's number, also the one that beats: a plan that granted more may have ended
            // since they signed in. A session lives on by heartbeats alone, so none outlives its plan by more than the time
            // after which it is stale.
            Statement::new(
                "ended",
                concat!(
                    "UPDATE active_sessions SET ended_at = :now, end_reason = 'signed_in_elsewhere', request_id = :request
WHERE user_id = ",
                    beats_among_others!(),
                    "
  AND ended_at IS NULL AND last_heartbeat_at > :live_since
  AND (created_at, id) < (
    SELECT last.created_at, last.id FROM active_sessions last
    WHERE last.user_id = active_sessions.user_id AND last.ended_at IS NULL AND last.last_heartbeat_at > :live_since
    ORDER BY last.created_at DESC, last.id DESC
    LIMIT 1 OFFSET (",
                    granted_anywhere!(),
                    " - 1))"
                ),
            )
            .with("session", self.session.as_str())
            .with("live_since", SessionPolicy::live_since(context.now)),
            // One event for the product, however many browsers were put out.
            Statement::new(
                "outbox",
                scoped!(outbox_event!(
                    "SELECT :told, (SELECT organization_id FROM membership), 'session.terminated', :caller, ",
                    event_payload!(
                        user(":caller"),
                        organization("(SELECT organization_id FROM membership)"),
                        sessions(":caller", ":request")
                    ),
                    ", :now
FROM active_sessions beaten
WHERE beaten.user_id = :caller AND beaten.id = :session AND beaten.request_id = :request AND EXISTS (
  SELECT 1 FROM active_sessions ended
  WHERE ended.user_id = beaten.user_id AND ended.request_id = beaten.request_id AND ended.ended_at IS NOT NULL)"
                )),
            )
            .with("session", self.session.as_str())
            .with("told", told.as_str()),
            Statement::new(
                "audit",
                audit_event!(
                    "SELECT told.organization_id, :event, :caller, 'session.terminated', told.target_id, '{}', :request, :now
FROM outbox told
WHERE told.id = :told"
                ),
            )
            .with("event", context.ids.id(Purpose::AuditEvent))
            .with("told", told.as_str()),
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
