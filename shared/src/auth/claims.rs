//! What a verified token says.

use serde_json::Value as Json;

use super::{error::AuthError, jwt::Claims, AuthSettings};
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

/// Checks the claims of a token whose signature holds. They are those of Supabase's and Clerk's tokens (versions 1 and 2). What is not
/// read here is not believed, above all Supabase's `user_metadata.email` and `user_metadata.email_verified`, which their user can
/// write.
pub(super) fn identity(claims: &Claims, settings: &AuthSettings, now: Timestamp) -> Result<Identity, AuthError> {
    let [expires_at, not_before, issued_at] = ["exp", "nbf", "iat"].map(|name| claims.moment(name));
    let [user, issuer, party] = ["sub", "iss", "azp"].map(|name| claims.text(name));
    let (not_before, issued_at, user, issuer, party) = (not_before?, issued_at?, user?, issuer?, party?);
    let expires_at = expires_at?.ok_or(AuthError::Invalid("it has no expiry"))?;
    if now >= expires_at + LEEWAY {
        return Err(AuthError::Expired);
    }
    if not_before.is_some_and(|start| now + LEEWAY < start) {
        return Err(AuthError::Invalid("it is not valid yet"));
    }
    if settings.issuer.is_some() && issuer != settings.issuer.as_deref() {
        return Err(AuthError::Invalid("it is from another issuer"));
    }
    if settings.audience.as_ref().is_some_and(|expected| !names_audience(claims.get("aud"), expected)) {
        return Err(AuthError::Invalid("it is for another audience"));
    }
    let parties = &settings.authorized_parties;
    if !parties.is_empty() && !party.is_some_and(|party| parties.iter().any(|known| known == party)) {
        return Err(AuthError::Invalid("it was issued to another application"));
    }
    // Supabase's API keys are tokens too, signed with the same secret; they are nobody's session.
    let role = text(claims.get("role"));
    if matches!(role, Some("anon" | "service_role" | "supabase_admin")) {
        return Err(AuthError::Invalid("it is an API key, not a person's session"));
    }
    let user_id = user.and_then(subject).ok_or(AuthError::Invalid("it names no user"))?;

    let email = match claims.get("email") {
        Some(Json::String(said)) => SaidEmail::read(Some(said)),
        None => SaidEmail::Nothing,
        Some(_) => SaidEmail::Unreadable,
    };
    let said = claims.get("email_verified");
    let email_verified = email.address().is_some()
        && match said {
            Some(Json::Bool(said)) => *said,
            Some(_) => false,
            None => settings.email_confirmation_required && role == Some("authenticated"),
        };
    let within = |claim: &str, name: &str| claims.get(claim).and_then(|claim| claim.get(name));
    let names = [claims.get("name"), within("user_metadata", "full_name"), within("user_metadata", "name")];
    // Clerk's, version 2 and version 1.
    let organization = [within("o", "id"), claims.get("org_id")];
    // Supabase's and Clerk's.
    let sessions = [claims.get("session_id"), claims.get("sid")];
    let first = |claims: &[Option<&Json>]| claims.iter().find_map(|claim| text(*claim)).map(str::to_string);
    Ok(Identity {
        user_id,
        email,
        email_verified,
        email_is_said: said.is_some(),
        is_anonymous: claims.get("is_anonymous") == Some(&Json::Bool(true)),
        name: first(&names),
        organization_claim: first(&organization).filter(|id| is_outside_id(id)),
        provider_session: first(&sessions).filter(|id| is_outside_id(id)),
        issued_at: issued_at.unwrap_or(Timestamp(0)),
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
