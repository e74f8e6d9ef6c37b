//! Invitations: how long they live and how their token is kept.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use super::{
    request_ids::base64url,
    time::{Span, Timestamp},
};

/// The rules of an invitation's life.
pub struct InvitationPolicy;

impl InvitationPolicy {
    /// An invitation can be accepted before, not at, `created_at` plus this.
    pub const LIFETIME: Span = Span::days(7);

    pub fn expires_at(now: Timestamp) -> Timestamp {
        now + Self::LIFETIME
    }
}

/// What is stored of an invitation's token: the SHA-256 of its text, hexadecimal.
pub fn token_hash(token: &str) -> String {
    hexadecimal(&Sha256::digest(token.as_bytes()))
}

/// The variable with what tokens follow from; without it they are random, and no mail can hold one.
pub const INVITATION_SECRET: &str = "INVITATION_SECRET";

/// A secret that tokens follow from has at least so many bytes: they are to be as hard to guess as random ones.
pub const SHORTEST_SECRET: usize = 32;

/// The token of an invitation with this end, as whoever has the secret can make it again: 32 bytes of an HMAC-SHA-256, in the
/// form that random tokens have. An invitation that is sent again has another end, and with it another token. `None` where
/// the secret is too short for one.
pub fn derived_token(secret: &str, invitation: &str, expires_at: Timestamp) -> Option<String> {
    if secret.len() < SHORTEST_SECRET {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("invitation\n{invitation}\n{}", expires_at.0).as_bytes());
    Some(base64url(&mac.finalize().into_bytes()))
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_as_its_sha_256() {
        // FIPS 180-4's example for "abc".
        assert_eq!(token_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_derived_token_looks_as_a_random_one_and_follows_from_secret_invitation_and_end() {
        let secret = "a secret of at least thirty-two bytes";
        let token = derived_token(secret, "i1", Timestamp(7)).unwrap();
        assert_eq!((token.len(), derived_token(secret, "i1", Timestamp(7))), (43, Some(token.clone())));
        let others = [
            derived_token(secret, "i1", Timestamp(8)),
            derived_token(secret, "i2", Timestamp(7)),
            derived_token("another secret of thirty-two bytes", "i1", Timestamp(7)),
        ];
        assert!(others.iter().all(|other| other.as_ref().is_some_and(|other| *other != token)), "{others:?}");
        assert_eq!(derived_token("too short", "i1", Timestamp(7)), None);
    }

    #[test]
    fn an_invitation_lives_seven_days_to_the_millisecond() {
        assert_eq!(InvitationPolicy::expires_at(Timestamp(1)).0, 1 + 7 * 24 * 60 * 60 * 1000);
    }
}
