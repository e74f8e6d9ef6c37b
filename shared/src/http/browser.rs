//! The browser that a request comes from. Where a request names its session, the session must be one of the caller's and
//! live; where the catalog enforces sessions, what costs money or adds people must name one and prove it by its secret.
//! The statements that decide hold to it themselves (`session_is_live!`, `session_is_proven!`); here is what explains a
//! refusal.

use super::{
    fields::is_id,
    operation::{Scope, SessionRule},
    request::Request,
    BatchRows, Fields, Refusal, RequestContext,
};
use crate::{
    rules::{ids::SessionId, invitation::token_hash, session::SessionPolicy},
    store::Value,
};

/// What a request says of its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    pub session: SessionId,
    /// SHA-256 of the secret that `validate` gave, hexadecimal.
    pub secret_hash: Option<String>,
    /// Whose it is, where a service key asks: the body's `userId`.
    pub user: Option<String>,
}

impl Browser {
    /// From `x-session-id` and `x-session-secret`; else the body's `sessionId`, unless that is what the action is about.
    ///
    /// # Errors
    /// `session_ended` for a header that can be no id, `invalid_field` for a field that is none.
    pub(super) fn read(request: &Request, fields: &Fields, rule: SessionRule) -> Result<Option<Self>, Refusal> {
        let secret_hash = request.header("x-session-secret").map(token_hash);
        let session = match request.header("x-session-id") {
            Some(id) if is_id(id) => Some(id),
            Some(_) => return Err(Refusal::SessionEnded { reason: "unknown" }),
            None if matches!(rule, SessionRule::LiveIfSent | SessionRule::Enforced) => fields.id("sessionId")?,
            None => None,
        };
        // Where it is no id, the action that reads it says so.
        let user = fields.id("userId").ok().flatten().map(str::to_string);
        Ok(session.map(|id| Self { session: SessionId::new(id), secret_hash, user }))
    }
}

impl RequestContext {
    /// The parameters of `session_is_live!` and `session_is_proven!`.
    pub(super) fn browser_parameters(&self) -> [(&'static str, Value); 5] {
        let browser = self.browser.as_ref();
        let user = match (&self.identity, browser) {
            (Some(identity), _) => Some(identity.user_id.as_str()),
            (None, browser) => browser.and_then(|browser| browser.user.as_deref()),
        };
        [
            ("browser_user", user.into()),
            ("browser", browser.map(|browser| browser.session.as_str()).into()),
            ("browser_secret", browser.and_then(|browser| browser.secret_hash.as_deref()).into()),
            ("browser_live_since", SessionPolicy::live_since(self.now).into()),
            ("provider_session", self.provider_session().into()),
        ]
    }

    /// The provider's own session that the token belongs to.
    pub fn provider_session(&self) -> Option<&str> {
        self.identity.as_ref().and_then(|identity| identity.provider_session.as_deref())
    }

    fn proves_its_session(&self) -> bool {
        self.browser.as_ref().is_some_and(|browser| browser.secret_hash.is_some())
    }
}

/// What the statement `caller` reads beside the caller, of the session that they name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionRead {
    /// Nothing: nothing depends on it.
    Nothing,
    /// The session.
    Session,
    /// The same; and whether the catalog enforces sessions, where no membership says so.
    Enforced,
}

impl SessionRead {
    /// The session as it is before the operation. Whether sessions are enforced the membership says; where an operation needs
    /// none, it is asked, and only where that matters.
    pub(super) fn of(context: &RequestContext, rule: SessionRule, scope: Scope) -> Self {
        match rule {
            SessionRule::Free => Self::Nothing,
            SessionRule::Enforced
                if scope == Scope::User && !context.proves_its_session() && context.service_key.is_none() =>
            {
                Self::Enforced
            }
            _ if context.browser.is_some() => Self::Session,
            _ => Self::Nothing,
        }
    }
}

/// Columns that explain a refusal, of a row `browser` that may be missing.
macro_rules! session_columns {
    () => {
        concat!(
            ",
  CASE WHEN browser.id IS NULL THEN 0 ELSE 1 END AS is_known, browser.end_reason,
  CASE WHEN ",
            $crate::browser_is_live!(),
            " THEN 1 ELSE 0 END AS is_live,
  CASE WHEN browser.ended_at IS NULL AND browser.last_heartbeat_at > :browser_live_since THEN 1 ELSE 0 END AS is_anothers"
        )
    };
}

/// The row `browser` beside whoever asks.
macro_rules! session_joined {
    () => {
        concat!("LEFT JOIN active_sessions browser ON ", $crate::browser_is_named!(), "\n")
    };
}

/// Whether the catalog enforces sessions, beside a `membership` that may be missing.
macro_rules! catalog_enforces {
    () => {
        ",
  COALESCE(membership.sessions_enforced, (
    SELECT settings.sessions_enforced FROM catalog_settings settings WHERE settings.id = 1)) AS is_enforced"
    };
}

pub(super) use {catalog_enforces, session_columns, session_joined};

impl BatchRows<'_> {
    /// Refuses a request whose session has ended, is another browser's, or is missing where it is needed.
    pub(super) fn must_be_signed_in(
        &self,
        context: &RequestContext,
        rule: SessionRule,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let ended = |reason| Err(Refusal::SessionEnded { reason });
        let Some(row) = self.first("caller")? else { return Ok(()) };
        let must_prove = rule == SessionRule::Enforced && context.service_key.is_none();
        if must_prove && !context.proves_its_session() {
            let is_enforced = match (&self.membership, SessionRead::of(context, rule, scope)) {
                (Some(membership), _) => membership.sessions_enforced,
                (None, SessionRead::Enforced) => self.stored(row.flag("is_enforced"))?,
                (None, _) => false,
            };
            if is_enforced {
                return ended("missing");
            }
        }
        if context.browser.is_none() || rule == SessionRule::Free || self.stored(row.flag("is_live"))? {
            return Ok(());
        }
        if !self.stored(row.flag("is_known"))? {
            return ended("unknown");
        }
        match self.stored(row.optional_text("end_reason"))? {
            Some("terminated") => ended("terminated"),
            Some(_) => ended("signed_in_elsewhere"),
            // Live, but under another secret or another of the provider's sessions.
            None if self.stored(row.flag("is_anothers"))? => ended("signed_in_elsewhere"),
            None => ended("expired"),
        }
    }
}
