//! HS256 with the issuer's shared secret, by `jwt-compact`.

use jwt_compact::{
    alg::{Hs256, Hs256Key},
    AlgorithmExt, Claims, UntrustedToken,
};

use super::{
    claims::KnownClaims,
    error::{AuthError, ExtraHeader},
};

/// The claims of a token whose HMAC holds (compared in constant time).
pub(super) fn verified_claims(
    token: &UntrustedToken<'_, ExtraHeader>,
    secret: &str,
) -> Result<Claims<KnownClaims>, AuthError> {
    let key = Hs256Key::new(secret.as_bytes());
    let verified = Hs256.validator::<KnownClaims>(&key).validate(token);
    let verified = verified.map_err(|_| AuthError::Invalid("its signature or its claims are wrong"))?;
    Ok(verified.claims().clone())
}
