//! `validate`: registers a session and ends the oldest others over the plan's number.

use serde::Serialize;
use tallygate::{
    audit_event, event_payload, granted_sessions,
    http::{
        limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule, LONGEST_USER_AGENT,
    },
    outbox_event,
    rules::{
        ids::SessionId, invitation::token_hash, json::object, plan_version::PlanVersion, request_ids::Purpose,
        session::SessionPolicy,
    },
    same_browser, scoped,
    store::{Lock, Row, Statement},
};

use crate::session::{allows_multiple, live_elsewhere, presented_secret, session_id, ConflictDetails};

/// The most characters of `browserInfo`, written as JSON.
const LONGEST_BROWSER_INFO: usize = 1_000;
/// So many sessions that have ended or gone stale are remembered of a person; the oldest go first.
const MOST_REMEMBERED: i64 = 20;

pub struct Validate {
    session: SessionId,
    user_agent: Option<String>,
    browser_info: Option<String>,
    on_conflict: OnConflict,
}

/// Of a row of `active_sessions`, by its name: it is live, and another browser's than the one that asks.
macro_rules! is_anothers {
    ($row:literal) => {
        concat!(
            $row,
            ".ended_at IS NULL AND ",
            $row,
            ".last_heartbeat_at > :live_since
    AND CASE WHEN ",
            same_browser!($row),
            " THEN 0 ELSE 1 END = 1"
        )
    };
}

/// What becomes of a sign-in over the plan's number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OnConflict {
    /// The oldest other sessions are ended.
    Terminate,
    /// The sign-in is refused.
    Reject,
}

impl OnConflict {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "terminate" => Some(Self::Terminate),
            "reject" => Some(Self::Reject),
            _ => None,
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Validated {
    session_conflict: bool,
    is_enterprise: bool,
    allow_multiple_sessions: bool,
    conflict_details: ConflictDetails,
    /// Shown once: what proves the session from now on, in the header `x-session-secret`. Missing where the request proved
    /// it already.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_secret: Option<String>,
}

impl Validate {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        let on_conflict = fields.parsed("onConflict", OnConflict::parse, "`terminate` or `reject`")?;
        Ok(Box::new(Self {
            session: session_id(call)?,
            user_agent: fields.text_of_at_most("userAgent", LONGEST_USER_AGENT)?.map(str::to_string),
            browser_info: fields.document("browserInfo", LONGEST_BROWSER_INFO)?,
            on_conflict: on_conflict.unwrap_or(OnConflict::Terminate),
        }))
    }
}

impl Operation for Validate {
    fn session(&self) -> SessionRule {
        SessionRule::Free
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let with_session = |statement: Statement| {
            statement.with("session", self.session.as_str()).with("live_since", SessionPolicy::live_since(context.now))
        };
        let new_secret = token_hash(&context.ids.session_secret());
        vec![
            // Decides: registers this browser, or wakes it, unless it must not put another one out and would, be that one that
            // has the same id. A session
            // that was ended after this very moment had been written into it was registered by this batch before, and
            // another browser has put it out since: sent twice, the batch does not take the place back. Who names a live
            // session under another of the provider's sessions, or with a wrong secret, is another browser: it takes the
            // session over, and the secret of the one before proves nothing any more.
            with_session(Statement::new(
                "registered",
                scoped!(
                    "INSERT INTO active_sessions
  (user_id, id, user_agent, browser_info, ip_address, created_at, last_heartbeat_at, request_id, provider_session, secret_hash)
SELECT membership.user_id, :session, :user_agent, :browser_info, :ip_address, :now, :now, :request, :provider_session, :new_secret
FROM membership
WHERE (:rejecting = 0 OR (",
                    granted_sessions!(),
                    " = -1 OR ",
                    granted_sessions!(),
                    " > ",
                    live_elsewhere!(),
                    ") AND NOT EXISTS (
      SELECT 1 FROM active_sessions taken
      WHERE taken.user_id = membership.user_id AND taken.id = :session AND ",
                    is_anothers!("taken"),
                    "))
  AND EXISTS (
    SELECT 1 FROM catalog_settings settings
    WHERE settings.id = 1 AND ((",
                    granted_sessions!(),
                    ") BETWEEN 1 AND settings.most_live_sessions OR settings.most_live_sessions > ",
                    live_elsewhere!(),
                    "))
ON CONFLICT (user_id, id) DO UPDATE SET
  user_agent = excluded.user_agent,
  browser_info = excluded.browser_info,
  ip_address = excluded.ip_address,
  created_at = CASE WHEN active_sessions.ended_at IS NULL
      AND (active_sessions.provider_session = :provider_session OR ",
                    same_browser!("active_sessions"),
                    ")
    THEN active_sessions.created_at ELSE excluded.created_at END,
  secret_hash = CASE WHEN active_sessions.ended_at IS NULL AND :presented_secret IS NOT NULL AND ",
                    same_browser!("active_sessions"),
                    "
    THEN active_sessions.secret_hash ELSE excluded.secret_hash END,
  provider_session = COALESCE(excluded.provider_session, active_sessions.provider_session),
  last_heartbeat_at = excluded.last_heartbeat_at,
  ended_at = NULL,
  end_reason = NULL,
  request_id = excluded.request_id
WHERE active_sessions.ended_at IS NULL OR active_sessions.last_heartbeat_at <> excluded.last_heartbeat_at"
                ),
            ))
            .with("user_agent", self.user_agent.as_deref().or(context.user_agent.as_deref()))
            .with("browser_info", self.browser_info.as_deref())
            .with("ip_address", context.ip_address.as_deref())
            .with("rejecting", self.on_conflict == OnConflict::Reject)
            .with("presented_secret", presented_secret(&self.session, context))
            .with("new_secret", new_secret.as_str()),
            // Puts out the oldest others, so that with this one no more than the plan's number are live.
            with_session(Statement::new(
                "ended",
                scoped!(
                    "UPDATE active_sessions SET ended_at = :now, end_reason = 'signed_in_elsewhere', request_id = :request
WHERE user_id = :caller
  AND EXISTS (
    SELECT 1 FROM active_sessions own
    WHERE own.user_id = :caller AND own.id = :session AND own.request_id = :request)
  AND id IN (
    SELECT ranked.id FROM (
      SELECT other.id, ",
                    granted_sessions!(),
                    " AS most,
        ROW_NUMBER() OVER (ORDER BY other.created_at DESC, other.id DESC) AS place
      FROM membership JOIN active_sessions other ON other.user_id = membership.user_id
      WHERE other.id <> :session AND other.ended_at IS NULL AND other.last_heartbeat_at > :live_since
    ) ranked
    WHERE ranked.most <> -1 AND ranked.place >= ranked.most)"
                ),
            )),
            // A sign-in that is new, or that put another browser out, is recorded; a reload of the page is not, also where
            // it has lost its secret: what the provider calls one session has signed in once.
            with_session(Statement::new(
                "audit",
                scoped!(
                    audit_event!(
"SELECT membership.organization_id, :event, membership.user_id, 'session.started', own.id,
  '{\"terminatedSessions\":' || CAST(ended.amount AS TEXT) || '}', :request, :now
FROM membership
JOIN active_sessions own ON own.user_id = membership.user_id AND own.id = :session AND own.request_id = :request
CROSS JOIN (
  SELECT COUNT(*) AS amount FROM active_sessions
  WHERE user_id = :caller AND request_id = :request AND ended_at IS NOT NULL) ended
WHERE own.created_at = :now OR ended.amount > 0")
                ),
            ))
            .with("event", context.ids.id(Purpose::AuditEvent)),
            // One event for the product, however many browsers were put out.
            Statement::new(
                "outbox",
                scoped!(
                    outbox_event!(
"SELECT :event, membership.organization_id, 'session.terminated', membership.user_id, ",
                    event_payload!(
                        user("membership.user_id"),
                        organization("membership.organization_id"),
                        sessions("membership.user_id", ":request")
                    ),
                    ", :now
FROM membership
WHERE EXISTS (
  SELECT 1 FROM active_sessions ended
  WHERE ended.user_id = membership.user_id AND ended.request_id = :request AND ended.ended_at IS NOT NULL)")
                ),
            )
            .with("event", context.ids.id(Purpose::OutboxEvent)),
            // What this request has registered and ended; and the live sessions of the caller's other browsers, which
            // explain a refusal. The newest first.
            with_session(Statement::new(
                "sessions",
                concat!(
                    "SELECT id, created_at, last_heartbeat_at, user_agent, ip_address, browser_info,
  CASE WHEN id <> :session THEN 0 WHEN request_id = :request THEN 1 WHEN ",
                    is_anothers!("active_sessions"),
                    " THEN 0 ELSE 1 END AS is_own, CASE WHEN id = :session THEN 1 ELSE 0 END AS is_named,
  CASE WHEN secret_hash = :new_secret THEN 1 ELSE 0 END AS has_new_secret, CASE WHEN request_id = :request THEN 1 ELSE 0 END AS is_changed
FROM active_sessions
WHERE user_id = :caller AND (request_id = :request OR id = :session AND (last_heartbeat_at = :now OR ",
                    is_anothers!("active_sessions"),
                    ")
  OR id <> :session AND ended_at IS NULL AND last_heartbeat_at > :live_since)
ORDER BY created_at DESC, id DESC"
                ),
            ))
            .with("presented_secret", presented_secret(&self.session, context))
            .with("new_secret", new_secret),
            // Forgets the oldest that are over, so that nobody fills the table by signing in; not what this request ended.
            with_session(Statement::new(
                "forgotten",
                "DELETE FROM active_sessions
WHERE user_id = :caller AND id IN (
  SELECT over.id FROM (
    SELECT past.id, past.request_id, ROW_NUMBER() OVER (
      ORDER BY CASE past.request_id WHEN :request THEN 0 ELSE 1 END, COALESCE(past.ended_at, past.last_heartbeat_at) DESC, past.created_at DESC, past.id DESC) AS place
    FROM active_sessions past
    WHERE past.user_id = :caller AND past.id <> :session
      AND (past.ended_at IS NOT NULL OR past.last_heartbeat_at <= :live_since)
  ) over
  WHERE over.place > :most_remembered AND over.request_id <> :request)",
            ))
            .with("most_remembered", MOST_REMEMBERED),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let sessions = Sessions::read(found)?;
        let granted = membership.granted_sessions(context.now);
        if !sessions.is_registered {
            let live = i64::try_from(sessions.others.len()).unwrap_or(i64::MAX);
            if granted.remaining(live) != 0 && !sessions.is_anothers {
                // The plan has room: it is the catalog that has not.
                let what = "browsers of one person signed in at once";
                return Err(Refusal::catalog_limit("live_sessions", live, None, what));
            }
            let details = found.stored(ConflictDetails::read(&sessions.others, 0))?;
            let details = object(vec![
                ("sessionConflict", true.into()),
                ("isEnterprise", (PlanVersion::family_of(&membership.plan_id) == "enterprise").into()),
                ("allowMultipleSessions", allows_multiple(granted).into()),
                ("conflictDetails", limit_details(&details).into()),
            ]);
            return Err(Refusal::SessionConflict { details });
        }
        let ended = sessions.ended;
        let message = match ended.len() {
            0 => "You are signed in.".to_string(),
            1 => "You are signed in; your session on another device was ended.".to_string(),
            amount => format!("You are signed in; your sessions on {amount} other devices were ended."),
        };
        let reply = Validated {
            session_conflict: !ended.is_empty(),
            is_enterprise: PlanVersion::family_of(&membership.plan_id) == "enterprise",
            allow_multiple_sessions: allows_multiple(granted),
            conflict_details: found.stored(ConflictDetails::read(&ended, ended.len()))?,
            session_secret: sessions.has_new_secret.then(|| context.ids.session_secret()),
        };
        Ok(Reply::ok(&message, &reply))
    }
}

/// The caller's sessions after the decision.
struct Sessions<'a> {
    /// This request has registered its own.
    is_registered: bool,
    /// Its secret is this request's.
    has_new_secret: bool,
    /// Those that it has put out.
    ended: Vec<&'a Row>,
    /// The live ones of other browsers.
    others: Vec<&'a Row>,
    /// One of them has the id that was named.
    is_anothers: bool,
}

impl<'a> Sessions<'a> {
    fn read(found: &'a BatchRows<'_>) -> Result<Self, Refusal> {
        let mut sessions = Self {
            is_registered: false,
            has_new_secret: false,
            ended: Vec::new(),
            others: Vec::new(),
            is_anothers: false,
        };
        for row in found.rows("sessions")? {
            let (is_own, is_changed) =
                found.stored(row.flag("is_own").and_then(|own| Ok((own, row.flag("is_changed")?))))?;
            match (is_own, is_changed) {
                (true, _) => {
                    sessions.is_registered = true;
                    sessions.has_new_secret = found.stored(row.flag("has_new_secret"))?;
                }
                (false, true) => sessions.ended.push(row),
                (false, false) => {
                    sessions.is_anothers |= found.stored(row.flag("is_named"))?;
                    sessions.others.push(row);
                }
            }
        }
        Ok(sessions)
    }
}
