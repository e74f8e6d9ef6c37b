//! Invitations: how long they live and how their token is kept.

use sha2::{Digest, Sha256};

use super::time::{Span, Timestamp};

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
    fn an_invitation_lives_seven_days_to_the_millisecond() {
        assert_eq!(InvitationPolicy::expires_at(Timestamp(1)).0, 1 + 7 * 24 * 60 * 60 * 1000);
    }
}
