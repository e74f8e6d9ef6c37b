//! What a verified token says.

use jwt_compact::Claims;
use serde::Deserialize;
use serde_json::Value as Json;

use super::{error::AuthError, AuthSettings};
use crate::rules::{
    ids::UserId,
    said_email::SaidEmail,
    time::{Span, Timestamp},
};

/// Clocks of issuer and edge may be this far apart.
const LEEWAY: Span = Span::seconds(5);
const LONGEST_SUBJECT: usize = 255;

/// A caller whose token was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub user_id: UserId,
    pub email: SaidEmail,
    /// Said by the issuer in a claim that the user cannot write, or concluded from there being a session at all.
    pub email_verified: bool,
    /// The issuer said so itself, one way or the other: a conclusion does not outweigh what was said (see [`super`]).
    pub email_is_said: bool,
    /// Supabase's anonymous sign-in: somebody without an address who may come again as somebody else.
    pub is_anonymous: bool,
    /// A name to be shown, believed because it is the user's own to choose.
    pub name: Option<String>,
    /// The organization that the token is about: our id, or the provider's own.
    pub organization_claim: Option<String>,
    /// The provider's own session that the token belongs to: Supabase's `session_id`, Clerk's `sid`.
    pub provider_session: Option<String>,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// Who of the operator's staff looks at what this user sees (the claim `act`): they change nothing.
    pub viewer: Option<UserId>,
}

impl Identity {
    /// A user of whom somebody else than a token says something, at a moment; of whom nothing more is known.
    pub fn of(user_id: UserId, said_at: Timestamp) -> Self {
        Self {
            user_id,
            email: SaidEmail::Nothing,
            email_verified: false,
            email_is_said: false,
            is_anonymous: false,
            name: None,
            organization_claim: None,
            provider_session: None,
            issued_at: said_at,
            expires_at: said_at,
            viewer: None,
        }
    }

    /// Whether the token alone is reason enough for a free trial: not that of somebody anonymous, who comes again as somebody
    /// else, nor of an address that nobody has confirmed or can read.
    pub fn may_start_trial(&self) -> bool {
        !self.is_anonymous && (self.email.is_nothing() || self.email_verified)
    }

    /// The issuer itself says that the address is not, or not yet, the user's.
    pub fn denies_email(&self) -> bool {
        !self.email.is_nothing() && self.email_is_said && !self.email_verified
    }

    /// The token says whose the address is, or lets it be concluded.
    pub fn tells_of_email(&self) -> bool {
        self.email_verified || self.denies_email()
    }

    /// When that was told. 0 is the time of a row that has been told nothing, so a token without its time is older than
    /// any other, and still newer than nothing.
    pub fn told_at(&self) -> Timestamp {
        self.issued_at.max(Timestamp(1))
    }

    /// Whether the token has run out since it was verified.
    pub fn expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at + LEEWAY
    }
}

/// The claims of Supabase's and Clerk's tokens (versions 1 and 2) that we read. What is not listed is not believed,
/// above all Supabase's `user_metadata.email` and `user_metadata.email_verified`, which their user can write.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct KnownClaims {
    sub: Option<String>,
    iss: Option<String>,
    aud: Option<Json>,
    azp: Option<String>,
    role: Option<Json>,
    email: Option<Json>,
    email_verified: Option<Json>,
    name: Option<Json>,
    user_metadata: Option<Json>,
    /// Supabase.
    is_anonymous: Option<Json>,
    session_id: Option<Json>,
    /// Clerk.
    sid: Option<Json>,
    /// Clerk, version 1.
    org_id: Option<Json>,
    /// Clerk, version 2.
    o: Option<Json>,
}

/// Checks the claims of a token whose signature holds.
pub(super) fn identity(
    claims: &Claims<KnownClaims>,
    settings: &AuthSettings,
    now: Timestamp,
) -> Result<Identity, AuthError> {
    let expires_at = claims.expiration.ok_or(AuthError::Invalid("it has no expiry"))?;
    let expires_at = Timestamp(expires_at.timestamp_millis());
    if now >= expires_at + LEEWAY {
        return Err(AuthError::Expired);
    }
    if claims.not_before.is_some_and(|start| now + LEEWAY < Timestamp(start.timestamp_millis())) {
        return Err(AuthError::Invalid("it is not valid yet"));
    }
    let custom = &claims.custom;
    if settings.issuer.is_some() && custom.iss != settings.issuer {
        return Err(AuthError::Invalid("it is from another issuer"));
    }
    if settings.audience.as_ref().is_some_and(|expected| !names_audience(custom.aud.as_ref(), expected)) {
        return Err(AuthError::Invalid("it is for another audience"));
    }
    let parties = &settings.authorized_parties;
    if !parties.is_empty() && !custom.azp.as_ref().is_some_and(|azp| parties.contains(azp)) {
        return Err(AuthError::Invalid("it was issued to another application"));
    }
    // Supabase's API keys are tokens too, signed with the same secret; they are nobody's session.
    let role = text(custom.role.as_ref());
    if matches!(role, Some("anon" | "service_role" | "supabase_admin")) {
        return Err(AuthError::Invalid("it is an API key, not a person's session"));
    }
    let user_id = custom.sub.as_deref().and_then(subject).ok_or(AuthError::Invalid("it names no user"))?;

    let email = match &custom.email {
        Some(Json::String(said)) => SaidEmail::read(Some(said)),
        Some(Json::Null) | None => SaidEmail::Nothing,
        Some(_) => SaidEmail::Unreadable,
    };
    let email_verified = email.address().is_some()
        && match custom.email_verified {
            Some(Json::Bool(said)) => said,
            Some(_) => false,
            None => settings.email_confirmation_required && role == Some("authenticated"),
        };
    let metadata = custom.user_metadata.as_ref();
    let names = [custom.name.as_ref(), metadata.and_then(|m| m.get("full_name")), metadata.and_then(|m| m.get("name"))];
    let organization = [custom.o.as_ref().and_then(|o| o.get("id")), custom.org_id.as_ref()];
    let sessions = [custom.session_id.as_ref(), custom.sid.as_ref()];
    Ok(Identity {
        user_id,
        email,
        email_verified,
        email_is_said: custom.email_verified.is_some(),
        is_anonymous: custom.is_anonymous == Some(Json::Bool(true)),
        name: names.into_iter().find_map(text).map(str::to_string),
        organization_claim: organization.into_iter().find_map(text).filter(|id| is_outside_id(id)).map(str::to_string),
        provider_session: sessions.into_iter().find_map(text).filter(|id| is_outside_id(id)).map(str::to_string),
        issued_at: claims.issued_at.map_or(Timestamp(0), |moment| Timestamp(moment.timestamp_millis())),
        expires_at,
        viewer: None,
    })
}

/// A provider's id of a user: 1 to 255 characters that are not blank and have no control characters.
pub fn subject(text: &str) -> Option<UserId> {
    is_outside_id(text).then(|| UserId::new(text))
}

fn is_outside_id(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST_SUBJECT && !text.chars().any(char::is_control)
}

fn names_audience(claim: Option<&Json>, expected: &str) -> bool {
    match claim {
        Some(Json::String(one)) => one == expected,
        Some(Json::Array(several)) => several.iter().any(|one| one.as_str() == Some(expected)),
        _ => false,
    }
}

fn text(claim: Option<&Json>) -> Option<&str> {
    claim.and_then(Json::as_str).filter(|text| !text.is_empty())
}
