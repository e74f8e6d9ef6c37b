//! From the header `Authorization` to a verified caller.

use super::{
    claims::identity,
    error::AuthError,
    jwt::{Claims, Token},
    remembered, view_as, AuthSettings, Identity,
};
use crate::rules::time::Timestamp;

/// Longer tokens are not looked at: Cloudflare's own limit for all headers together is 128 KB.
const LONGEST_TOKEN: usize = 16 * 1024;

/// The token of `Authorization: Bearer <token>`; the scheme's case does not matter (RFC 9110, 11.1).
pub fn bearer_token(header: Option<&str>) -> Result<&str, AuthError> {
    let (scheme, token) = header.and_then(|header| header.trim().split_once(' ')).ok_or(AuthError::Missing)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(AuthError::Missing);
    }
    if token.len() > LONGEST_TOKEN {
        return Err(AuthError::Invalid("it is too long"));
    }
    Ok(token)
}

/// Verifies a token with the configured keys.
///
/// The token's header only chooses among the configured keys; each key is used with its own algorithm.
pub async fn authenticate(token: &str, settings: &AuthSettings, now: Timestamp) -> Result<Identity, AuthError> {
    if let Some(problem) = settings.problem {
        return Err(AuthError::Misconfigured(problem));
    }
    if let Some(identity) = remembered::recall(token, settings, now) {
        return Ok(identity);
    }
    let untrusted = Token::read(token).ok_or(AuthError::Invalid("it is no JWT"))?;
    if untrusted.demands_extension() {
        // RFC 7515, 4.1.11: what is critical and not understood makes the token invalid.
        return Err(AuthError::Invalid("its header demands an extension"));
    }
    if view_as::is_meant(untrusted.token_type()) {
        return view_as::viewed(&untrusted, settings.view_as_secret.as_deref(), now);
    }
    if !untrusted.token_type().is_none_or(is_session_type) {
        return Err(AuthError::Invalid("it is of another type"));
    }
    let claims = match (&settings.secret, &settings.jwks_url) {
        (Some(secret), _) if untrusted.algorithm() == "HS256" => untrusted.claims_signed_with(secret)?,
        (_, Some(url)) => published_key_claims(&untrusted, url).await?,
        _ => return Err(AuthError::Invalid("its algorithm is not the configured one")),
    };
    let identity = identity(&claims, settings, now)?;
    remembered::remember(token, settings, &identity, now);
    Ok(identity)
}

/// A session's token or an access token (RFC 9068, 2.1); what is signed for another purpose is no session.
fn is_session_type(name: &str) -> bool {
    ["JWT", "at+jwt", "application/at+jwt"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(target_arch = "wasm32")]
async fn published_key_claims(untrusted: &Token<'_>, url: &str) -> Result<Claims, AuthError> {
    if !super::webcrypto::signature_holds(url, untrusted).await? {
        return Err(AuthError::Invalid("its signature is wrong or its key is unknown"));
    }
    untrusted.claims_or(AuthError::Invalid("its claims are wrong"))
}

/// WebCrypto is the runtime's; native tests have the shared secret.
#[cfg(not(target_arch = "wasm32"))]
async fn published_key_claims(_untrusted: &Token<'_>, _url: &str) -> Result<Claims, AuthError> {
    Err(AuthError::KeysUnavailable)
}

#[cfg(test)]
mod tests {
    use jwt_compact::{
        alg::{Hs256, Hs256Key},
        AlgorithmExt, Claims, Header,
    };

    use super::*;
    use crate::rules::said_email::SaidEmail;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const SECRET: &str = "a secret of at least thirty-two bytes";

    fn settings() -> AuthSettings {
        AuthSettings { secret: Some(SECRET.into()), email_confirmation_required: true, ..AuthSettings::default() }
    }

    fn signed(claims: &str, secret: &str) -> String {
        let custom: serde_json::Value = serde_json::from_str(claims).unwrap();
        Hs256.token(&Header::empty(), &Claims::new(custom), &Hs256Key::new(secret.as_bytes())).unwrap()
    }

    fn outcome(claims: &str, settings: &AuthSettings) -> Result<Identity, AuthError> {
        pollster::block_on(authenticate(&signed(claims, SECRET), settings, NOW))
    }

    #[test]
    fn a_supabase_session_is_a_caller() {
        let identity = outcome(
            r#"{"sub": "u1", "exp": 1800000010, "iat": 1799999000, "role": "authenticated", "aud": "authenticated",
                "email": "Ada@Example.com", "user_metadata": {"full_name": "Ada", "email": "root@example.com"}}"#,
            &settings(),
        )
        .unwrap();
        assert_eq!(identity.user_id.as_str(), "u1");
        assert_eq!(identity.email.stored(), Some("ada@example.com"));
        assert!(identity.email_verified);
        assert_eq!(identity.name.as_deref(), Some("Ada"));
    }

    #[test]
    fn clerks_organization_is_read_from_both_versions() {
        for claims in [
            r#"{"sub": "u1", "exp": 1800000010, "org_id": "org_1"}"#,
            r#"{"sub": "u1", "exp": 1800000010, "v": 2, "o": {"id": "org_1", "rol": "admin"}}"#,
        ] {
            assert_eq!(outcome(claims, &settings()).unwrap().organization_claim.as_deref(), Some("org_1"));
        }
    }

    #[test]
    fn an_address_is_verified_only_by_a_claim_the_user_cannot_write() {
        let lax = AuthSettings { email_confirmation_required: false, ..settings() };
        for (claims, settings, verified) in [
            (r#"{"sub": "u", "exp": 1800000010, "email": "a@b.cd", "email_verified": true}"#, &lax, true),
            (r#"{"sub": "u", "exp": 1800000010, "email": "a@b.cd", "email_verified": "true"}"#, &lax, false),
            (r#"{"sub": "u", "exp": 1800000010, "email": "a@b.cd", "role": "authenticated"}"#, &lax, false),
            (
                r#"{"sub": "u", "exp": 1800000010, "email": "a@b.cd", "role": "authenticated", "email_verified": false}"#,
                &settings(),
                false,
            ),
            (
                r#"{"sub": "u", "exp": 1800000010, "role": "authenticated", "user_metadata": {"email": "a@b.cd", "email_verified": true}}"#,
                &settings(),
                false,
            ),
        ] {
            assert_eq!(outcome(claims, settings).unwrap().email_verified, verified, "{claims}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_read_is_said_and_never_verified() {
        for (email, said) in [
            (r#""a@ok。example""#, SaidEmail::Unreadable),
            (r#""a@b@ok.example""#, SaidEmail::Unreadable),
            (r#""e\u0301@ok.example""#, SaidEmail::Unreadable),
            (r#"["a@ok.example"]"#, SaidEmail::Unreadable),
            (r#""""#, SaidEmail::Nothing),
            ("null", SaidEmail::Nothing),
        ] {
            for verified in [r#""role": "authenticated""#, r#""email_verified": true"#] {
                let claims = format!(r#"{{"sub": "u", "exp": 1800000010, "email": {email}, {verified}}}"#);
                let identity = outcome(&claims, &settings()).unwrap();
                let trial = said.is_nothing();
                assert_eq!((&identity.email, identity.email_verified), (&said, false), "{claims}");
                assert_eq!(identity.may_start_trial(), trial, "{claims}");
            }
        }
    }

    #[test]
    fn ids_from_outside_are_counted_in_characters() {
        for (sub, is_id) in [("日".repeat(255), true), ("日".repeat(256), false), ("a".repeat(256), false)] {
            assert_eq!(outcome(&format!(r#"{{"sub": "{sub}", "exp": 1800000010}}"#), &settings()).is_ok(), is_id);
        }
    }

    #[test]
    fn a_header_that_names_what_is_critical_is_refused_whatever_it_is() {
        for critical in ["null", "[]", r#"["exp"]"#] {
            let token = Hs256
                .token(
                    &Header::new(
                        serde_json::json!({ "crit": serde_json::from_str::<serde_json::Value>(critical).unwrap() }),
                    ),
                    &Claims::new(serde_json::json!({"sub": "u", "exp": 1_800_000_010})),
                    &Hs256Key::new(SECRET.as_bytes()),
                )
                .unwrap();
            let refused = pollster::block_on(authenticate(&token, &settings(), NOW));
            assert_eq!(refused, Err(AuthError::Invalid("its header demands an extension")), "{critical}");
        }
    }

    #[test]
    fn what_is_no_session_is_refused() {
        for claims in [
            r#"{"sub": "u"}"#,
            r#"{"sub": "u", "exp": "1800000010"}"#,
            r#"{"sub": "u", "exp": 1799999990}"#,
            r#"{"sub": "u", "exp": 1800000010, "nbf": 1800000009}"#,
            r#"{"exp": 1800000010}"#,
            r#"{"sub": " ", "exp": 1800000010}"#,
            r#"{"sub": "u", "exp": 1800000010, "role": "anon"}"#,
            r#"{"sub": "u", "exp": 1800000010, "role": "service_role"}"#,
        ] {
            assert!(outcome(claims, &settings()).is_err(), "{claims}");
        }
    }

    #[test]
    fn clocks_may_be_five_seconds_apart() {
        assert!(outcome(r#"{"sub": "u", "exp": 1799999996}"#, &settings()).is_ok());
        assert_eq!(outcome(r#"{"sub": "u", "exp": 1799999995}"#, &settings()), Err(AuthError::Expired));
        assert!(outcome(r#"{"sub": "u", "exp": 1800000010, "nbf": 1800000005}"#, &settings()).is_ok());
    }

    #[test]
    fn a_configured_issuer_audience_or_party_must_be_there() {
        let strict = AuthSettings {
            issuer: Some("https://issuer".into()),
            audience: Some("app".into()),
            authorized_parties: vec!["https://app".into()],
            ..settings()
        };
        let full =
            r#"{"sub": "u", "exp": 1800000010, "iss": "https://issuer", "aud": ["x", "app"], "azp": "https://app"}"#;
        assert!(outcome(full, &strict).is_ok());
        for (claim, other) in
            [("\"https://issuer\"", "\"https://evil\""), ("\"app\"", "\"apps\""), ("\"https://app\"}", "\"x\"}")]
        {
            assert!(outcome(&full.replace(claim, other), &strict).is_err(), "{claim}");
        }
        assert!(outcome(r#"{"sub": "u", "exp": 1800000010}"#, &strict).is_err());
    }

    #[test]
    fn a_forged_token_is_refused_also_when_the_true_one_was_seen() {
        let claims = r#"{"sub": "u", "exp": 1800000010}"#;
        assert!(outcome(claims, &settings()).is_ok());
        let forged = signed(claims, "another secret of thirty-two bytes");
        assert!(pollster::block_on(authenticate(&forged, &settings(), NOW)).is_err());
        let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", signed(claims, SECRET).split('.').nth(1).unwrap());
        assert!(pollster::block_on(authenticate(&unsigned, &settings(), NOW)).is_err());
    }

    #[test]
    fn a_remembered_token_still_runs_out() {
        let token = signed(r#"{"sub": "u", "exp": 1800000010}"#, SECRET);
        assert!(pollster::block_on(authenticate(&token, &settings(), NOW)).is_ok());
        let later = Timestamp(NOW.0 + 15_000);
        assert_eq!(pollster::block_on(authenticate(&token, &settings(), later)), Err(AuthError::Expired));
    }

    #[test]
    fn only_the_bearer_scheme_is_read_and_in_any_case() {
        assert_eq!(bearer_token(Some("bearer abc")), Ok("abc"));
        assert_eq!(bearer_token(Some("BEARER  abc ")), Ok("abc"));
        for header in [None, Some(""), Some("abc"), Some("Basic abc"), Some("Bearer ")] {
            assert_eq!(bearer_token(header), Err(AuthError::Missing), "{header:?}");
        }
    }
}
