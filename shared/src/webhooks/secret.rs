//! What deliveries are signed with, and the signature ("Standard Webhooks", "Signature scheme": symmetric, version `v1`).

use base64ct::{Base64, Encoding};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::rules::time::Timestamp;

/// What every secret begins with; the rest is base64.
pub const SECRET_PREFIX: &str = "whsec_";

/// The value of `webhook-signature` for a message under each of the secrets; without those that are none.
pub fn signature(secrets: &[&str], id: &str, sent_at: Timestamp, body: &str) -> String {
    let seconds = sent_at.0.div_euclid(1_000).to_string();
    let parts = [id, ".", &seconds, ".", body];
    let signed = secrets.iter().filter_map(|secret| {
        let key = Base64::decode_vec(secret.strip_prefix(SECRET_PREFIX)?).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        parts.iter().for_each(|part| mac.update(part.as_bytes()));
        Some(format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes())))
    });
    signed.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_has_this_signature() {
        // Svix's page "Verifying Webhooks Manually".
        let body = r#"{"event_type":"ping","data":{"success":true}}"#;
        let signed =
            signature(&["whsec_plJ3nmyCDGBKInavdOK15jsl"], "msg_loFOjxBNrRLzqYUf", Timestamp(1_731_705_121_000), body);
        assert_eq!(signed, "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
    }

    #[test]
    fn each_secret_signs_and_what_is_none_does_not() {
        let two = ["whsec_plJ3nmyCDGBKInavdOK15jsl", "whsec_dGhlIG90aGVyIHNlY3JldCBvZiB0aGUgdGVzdA==", "x", "whsec_!"];
        let signed = signature(&two, "m", Timestamp(1_999), "{}");
        assert_eq!(signed.split(' ').count(), 2);
        assert_eq!(signed.split(' ').next(), Some(signature(&two[..1], "m", Timestamp(1_000), "{}").as_str()));
    }
}
