//! Whether a delivery is really from whom it says, before a byte of it is read.

use tallygate::{
    auth::{Secrets, SharedSecret, SignatureError, SvixSignature},
    http::{Delivery, Refusal},
};

/// Clerk's deliveries, and Supabase's auth hooks: signed, within five minutes.
///
/// # Errors
/// [`Refusal::InvalidSignature`], or [`Refusal::NotConfigured`] where the variable has no secret that can be used.
pub fn signature(delivery: &Delivery<'_>, variable: &'static str) -> Result<(), Refusal> {
    let secrets = secrets(delivery, variable)?;
    let signature = SvixSignature::read(|name| delivery.header(name));
    let verified = signature.and_then(|signature| signature.verify(delivery.body, &secrets, delivery.now));
    verified.map_err(|error| refused(error, variable))
}

/// Supabase's database webhooks are not signed: they send a secret in a header of the operator's choice, which is
/// `x-webhook-secret` or `Authorization: Bearer`.
///
/// # Errors
/// As [`signature`].
pub fn shared_secret(delivery: &Delivery<'_>, variable: &'static str) -> Result<(), Refusal> {
    let secrets = secrets(delivery, variable)?;
    let bearer = || {
        let (scheme, secret) = delivery.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
    };
    let sent = delivery.header("x-webhook-secret").or_else(bearer);
    SharedSecret::verify("x-webhook-secret", sent, &secrets).map_err(|error| refused(error, variable))
}

fn secrets(delivery: &Delivery<'_>, variable: &'static str) -> Result<Secrets, Refusal> {
    let text = delivery.services.variable(variable).ok_or(Refusal::NotConfigured { variable })?;
    Ok(Secrets::parse(&text))
}

fn refused(error: SignatureError, variable: &'static str) -> Refusal {
    match error {
        SignatureError::NotConfigured(_) => Refusal::NotConfigured { variable },
        other => Refusal::InvalidSignature { cause: other.reason() },
    }
}
