//! Whether a message really is from the company whose name it bears: the signatures of webhooks.
//!
//! `hmac`'s comparison takes the same time wherever two signatures differ. The crates `svix` 2.9.1 and
//! `standardwebhooks` 1.0.1 were read and are not used: both ask the system's clock (`UNIX_EPOCH.elapsed`,
//! `OffsetDateTime::now_utc`), which panics on wasm32-unknown-unknown and cannot be fixed in a test; `svix` brings hyper,
//! tokio and `url`, which no feature leaves out; and neither takes signatures joined with `", "`, as Supabase sends them.

mod secrets;
mod shared_secret;
mod stripe;
mod svix;

use hmac::{Hmac, Mac};
use sha2::Sha256;

pub use secrets::Secrets;
pub use shared_secret::SharedSecret;
pub use stripe::StripeSignature;
pub use svix::SvixSignature;

use crate::rules::time::{Span, Timestamp};

/// Clocks may be this far apart, and a recorded message may be sent again for this long. Stripe's libraries and the
/// specification of Standard Webhooks have the same five minutes.
const TOLERANCE: Span = Span::minutes(5);
/// Longer headers are not looked at; a signature takes some 70 bytes, and a sender that rotates its secret has two.
const LONGEST_HEADER: usize = 8 * 1024;

/// Why a message is not believed. The sender hears the same for all of them; the log hears which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureError {
    /// This header is not there or empty.
    MissingHeader(&'static str),
    /// A header does not have its form, and how.
    Malformed(&'static str),
    /// Rightly signed, more than five minutes ago.
    Stale,
    /// Rightly signed for a time more than five minutes ahead.
    Future,
    /// None of the signatures was made with one of our secrets.
    NoMatch,
    /// There is no secret to compare with, or one that cannot be read, and why: ours to repair, not the sender's.
    NotConfigured(&'static str),
}

impl SignatureError {
    /// What the log says.
    pub fn reason(self) -> String {
        match self {
            Self::MissingHeader(name) => format!("the header {name} is missing"),
            Self::Malformed(why) => why.to_string(),
            Self::Stale => "it was signed more than five minutes ago".to_string(),
            Self::Future => "it was signed for a time more than five minutes ahead".to_string(),
            Self::NoMatch => "no signature was made with one of the secrets".to_string(),
            Self::NotConfigured(why) => format!("the secret is not configured: {why}"),
        }
    }
}

/// The bytes of an HMAC-SHA256.
type Signature = [u8; 32];

/// Whether one of the signatures is that of the parts, put together, under one of the keys.
fn signed(keys: &[Vec<u8>], parts: &[&[u8]], signatures: &[Signature]) -> Result<(), SignatureError> {
    for key in keys {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| SignatureError::NotConfigured("it is no key"))?;
        parts.iter().for_each(|part| mac.update(part));
        if signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok()) {
            return Ok(());
        }
    }
    Err(SignatureError::NoMatch)
}

/// Digits alone: `+1`, ` 1` and `1.0` are not what was signed.
fn seconds(text: &str) -> Result<Timestamp, SignatureError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| text.parse::<i64>().ok()).flatten().and_then(|seconds| seconds.checked_mul(1_000));
    seconds.map(Timestamp).ok_or(SignatureError::Malformed("its time is not in whole seconds"))
}

fn timely(signed_at: Timestamp, now: Timestamp) -> Result<(), SignatureError> {
    // In whole seconds, as the senders' libraries count.
    let now = Timestamp(now.0 - now.0.rem_euclid(1_000));
    if signed_at < now - TOLERANCE {
        return Err(SignatureError::Stale);
    }
    if signed_at > now + TOLERANCE {
        return Err(SignatureError::Future);
    }
    Ok(())
}
