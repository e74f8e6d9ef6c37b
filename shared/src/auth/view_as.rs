//! Tokens with which the operator's staff sees what a customer sees: for a quarter of an hour, to look and change nothing. They
//! name who looks in the claim `act` (RFC 8693, 4.1), and are signed with a secret of their own and of another type than a
//! session's, so that neither can stand for the other.

use serde_json::json;

use super::{
    claims::subject,
    error::AuthError,
    jwt::{signed, Token},
    Identity,
};
use crate::rules::{
    ids::UserId,
    time::{Span, Timestamp},
};

/// The variable with the secret: without it there are no such tokens.
pub const VIEW_AS_SECRET: &str = "VIEW_AS_SECRET";
/// How long such a token holds.
pub const VIEW_AS_LASTS: Span = Span::minutes(15);
/// Shorter secrets can be guessed from one token (RFC 7518, 3.2).
const SHORTEST_SECRET: usize = 32;
const TYPE: &str = "view-as+jwt";
const ISSUER: &str = "tallygate";

/// The secret, where it is one.
pub fn view_as_secret(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    variable(VIEW_AS_SECRET).filter(|secret| secret.len() >= SHORTEST_SECRET)
}

/// Whether the token says of itself that it is one of these.
pub(super) fn is_meant(token_type: Option<&str>) -> bool {
    token_type == Some(TYPE)
}

/// A token by which `viewer` sees what `user` sees.
pub fn view_as_token(secret: &str, user: &UserId, viewer: &UserId, act: &str, now: Timestamp) -> String {
    let claims = json!({
        "iss": ISSUER,
        "sub": user.as_str(),
        "act": { "sub": viewer.as_str() },
        // The act of the staff's by which it was given.
        "jti": act,
        "iat": now.0 / 1_000,
        "exp": (now + VIEW_AS_LASTS).0 / 1_000,
    });
    signed(TYPE, &claims, secret)
}

/// Whom such a token shows, and to whom.
///
/// # Errors
/// Where there is no secret, the signature does not hold, the token lasts longer than it may, or is over.
pub(super) fn viewed(token: &Token<'_>, secret: Option<&str>, now: Timestamp) -> Result<Identity, AuthError> {
    let invalid = |why| Err(AuthError::Invalid(why));
    let Some(secret) = secret else { return invalid("it is of another type") };
    let claims = token.claims_signed_with(secret)?;
    let (Some(issued_at), Some(expires_at)) = (claims.moment("iat")?, claims.moment("exp")?) else {
        return invalid("it has no expiry");
    };
    if now >= expires_at {
        return Err(AuthError::Expired);
    }
    let is_ours = claims.text("iss")? == Some(ISSUER) && claims.text("jti")?.is_some();
    if expires_at > issued_at + VIEW_AS_LASTS || !is_ours {
        return invalid("it is none of ours");
    }
    let viewer = claims.get("act").and_then(|actor| actor.get("sub")?.as_str());
    let (Some(user), Some(viewer)) = (claims.text("sub")?.and_then(subject), viewer.and_then(subject)) else {
        return invalid("it names no user");
    };
    Ok(Identity { expires_at, viewer: Some(viewer), ..Identity::of(user, issued_at) })
}

#[cfg(test)]
mod tests {
    use jwt_compact::{
        alg::{Hs256, Hs256Key},
        AlgorithmExt, Claims, Header,
    };
    use serde_json::Value as Json;

    use super::*;
    use crate::auth::{authenticate, AuthSettings};

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const SECRET: &str = "the operator's secret for looking on";

    fn settings(view_as: Option<&str>) -> AuthSettings {
        AuthSettings {
            secret: Some("a secret of at least thirty-two bytes".into()),
            view_as_secret: view_as.map(str::to_string),
            issuer: Some("https://issuer.example".into()),
            ..AuthSettings::default()
        }
    }

    fn token(secret: &str) -> String {
        view_as_token(secret, &UserId::new("ada"), &UserId::new("root"), "act", NOW)
    }

    fn told(token: &str, settings: &AuthSettings, now: Timestamp) -> Result<Identity, AuthError> {
        pollster::block_on(authenticate(token, settings, now))
    }

    #[test]
    fn it_shows_one_user_to_one_of_the_staff_for_a_quarter_of_an_hour() {
        let on = settings(Some(SECRET));
        let identity = told(&token(SECRET), &on, NOW).unwrap();
        assert_eq!((identity.user_id.as_str(), identity.viewer), ("ada", Some(UserId::new("root"))));
        let last = NOW + VIEW_AS_LASTS;
        assert!(told(&token(SECRET), &on, Timestamp(last.0 - 1)).is_ok());
        assert_eq!(told(&token(SECRET), &on, last), Err(AuthError::Expired));
    }

    #[test]
    fn it_holds_only_by_its_own_secret() {
        for (secret, of_worker) in [
            ("another secret of thirty-two bytes!!", Some(SECRET)),
            ("a secret of at least thirty-two bytes", Some(SECRET)),
            (SECRET, None),
            ("a secret of at least thirty-two bytes", None),
        ] {
            assert!(told(&token(secret), &settings(of_worker), NOW).is_err(), "{secret} {of_worker:?}");
        }
    }

    /// A token of these claims under the right secret.
    fn made(header: &Header, claims: Json, lasts: Span) -> Result<Identity, AuthError> {
        let mut all = Claims::new(claims);
        all.issued_at = Some(NOW.date_time());
        all.expiration = Some((NOW + lasts).date_time());
        let signed = Hs256.token(header, &all, &Hs256Key::new(SECRET.as_bytes())).unwrap();
        told(&signed, &settings(Some(SECRET)), NOW)
    }

    #[test]
    fn a_session_s_token_under_that_secret_is_none() {
        let claims = json!({ "sub": "ada", "iss": "https://issuer.example", "act": { "sub": "root" }, "jti": "act" });
        assert!(made(&Header::empty(), claims, VIEW_AS_LASTS).is_err());
    }

    #[test]
    fn one_that_lasts_longer_or_names_no_act_is_none_of_ours() {
        let header = Header::empty().with_token_type(TYPE);
        let claims = json!({ "iss": ISSUER, "sub": "ada", "act": { "sub": "root" }, "jti": "act" });
        assert!(made(&header, claims.clone(), VIEW_AS_LASTS).is_ok());
        let without_act = json!({ "iss": ISSUER, "sub": "ada", "act": { "sub": "root" } });
        for (claims, lasts) in [(claims, Span::minutes(16)), (without_act, VIEW_AS_LASTS)] {
            assert_eq!(made(&header, claims, lasts), Err(AuthError::Invalid("it is none of ours")));
        }
    }

    #[test]
    fn a_short_secret_is_none() {
        assert_eq!(view_as_secret(|_| Some("short".into())), None);
        assert!(view_as_secret(|_| Some(SECRET.into())).is_some());
    }
}
