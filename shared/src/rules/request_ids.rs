//! New ids and secrets: randomness is handed in once a request, everything else follows from it.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

use super::{ids::RequestId, time::Timestamp};

/// The source of one request's new ids and secret. The same source gives the same ids, so an operation that is asked
/// twice for its statements gives the same ones.
#[derive(Clone)]
pub struct RequestIds {
    now: Timestamp,
    seed: [u8; 32],
    secret: [u8; 32],
}

/// What a new id is for; one request makes at most one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Request,
    Organization,
    Invitation,
    UsageEvent,
    AuditEvent,
    OutboxEvent,
    PersonalOrganization,
    SignUpAuditEvent,
    SignUpOutboxEvent,
    OpeningEvent,
    TransferEvent,
    ArchiveEvent,
    Reservation,
    WebhookEndpoint,
    OperatorAct,
}

impl RequestIds {
    pub fn new(now: Timestamp, seed: [u8; 32], secret: [u8; 32]) -> Self {
        Self { now, seed, secret }
    }

    /// A UUID version 7 (RFC 9562, 5.7): ids grow with time, so new rows land at the end of their table.
    pub fn id(&self, purpose: Purpose) -> String {
        self.uuid(&[purpose as u8])
    }

    /// One of several for the same purpose, by its place.
    pub fn nth_id(&self, purpose: Purpose, place: usize) -> String {
        let mut name = vec![purpose as u8];
        name.extend(place.to_be_bytes());
        self.uuid(&name)
    }

    fn uuid(&self, name: &[u8]) -> String {
        let digest = Sha256::new().chain_update(self.seed).chain_update(name).finalize();
        let mut bytes = [0_u8; 16];
        let millis = self.now.0.to_be_bytes();
        for (target, source) in bytes.iter_mut().zip(millis.iter().skip(2).chain(digest.iter())) {
            *target = *source;
        }
        let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
        *version = (*version & 0x0f) | 0x70;
        *variant = (*variant & 0x3f) | 0x80;
        let hex = super::invitation::hexadecimal(&bytes);
        let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default());
        groups.join("-")
    }

    pub fn request_id(&self) -> RequestId {
        RequestId::new(self.id(Purpose::Request))
    }

    /// Eight decimal digits, for a name that nobody else will have.
    pub fn digits(&self) -> String {
        let digest = Sha256::new().chain_update(self.seed).chain_update(b"digits").finalize();
        digest.iter().take(8).map(|byte| char::from(b'0' + byte % 10)).collect()
    }

    /// 32 random bytes as base64url without padding: an invitation's token.
    pub fn token(&self) -> String {
        base64url(&self.secret)
    }

    /// 16 random bytes as base64url without padding: a session's secret.
    pub fn session_secret(&self) -> String {
        let digest = Sha256::new().chain_update(self.secret).chain_update(b"session").finalize();
        base64url(digest.get(..16).unwrap_or_default())
    }

    /// What an endpoint's deliveries are signed with: `whsec_` and 24 random bytes as base64.
    pub fn webhook_secret(&self) -> String {
        let digest = Sha256::new().chain_update(self.secret).chain_update(b"webhook").finalize();
        format!("whsec_{}", Base64::encode_string(digest.get(..24).unwrap_or_default()))
    }
}

/// What every id of that moment or later is not below, compared as text: ids begin with their time, in 48 bits.
pub fn first_id_of(moment: Timestamp) -> String {
    let hex = format!("{:012x}", moment.0.clamp(0, (1 << 48) - 1));
    let (first, second) = hex.split_at(8);
    format!("{first}-{second}-7")
}

/// RFC 4648, 5, without padding.
pub fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..=chunk.len() {
            let index = (bits >> (18 - 6 * position)) & 0x3f;
            text.extend(ALPHABET.get(index as usize).map(|letter| char::from(*letter)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::subscription::WITHOUT_END;

    fn ids(seed: u8) -> RequestIds {
        RequestIds::new(Timestamp(0x0190_a1b2_c3d4), [seed; 32], [0xfb; 32])
    }

    #[test]
    fn ids_are_uuids_of_version_7_that_begin_with_the_time() {
        let id = ids(1).id(Purpose::Organization);
        assert!(id.starts_with("0190a1b2-c3d4-7"), "{id}");
        assert_eq!(id.len(), 36);
        assert!(matches!(id.chars().nth(19), Some('8' | '9' | 'a' | 'b')), "{id}");
    }

    #[test]
    fn the_first_id_of_a_moment_is_between_those_before_and_those_of_it() {
        let now = ids(1).now;
        let earlier = RequestIds::new(Timestamp(now.0 - 1), [255; 32], [0; 32]).id(Purpose::Invitation);
        assert!(earlier < first_id_of(now) && first_id_of(now) <= ids(1).id(Purpose::Invitation));
        assert_eq!(first_id_of(WITHOUT_END), "ffffffff-ffff-7", "a moment of more than 48 bits is after all of them");
    }

    #[test]
    fn purposes_and_seeds_give_different_ids_and_the_same_pair_the_same() {
        assert_ne!(ids(1).id(Purpose::AuditEvent), ids(1).id(Purpose::OutboxEvent));
        assert_ne!(ids(1).id(Purpose::AuditEvent), ids(2).id(Purpose::AuditEvent));
        assert_eq!(ids(1).id(Purpose::AuditEvent), ids(1).id(Purpose::AuditEvent));
    }

    #[test]
    fn digits_are_eight_of_the_request_s_own() {
        assert!(ids(1).digits().len() == 8 && ids(1).digits().bytes().all(|byte| byte.is_ascii_digit()));
        assert_ne!(ids(1).digits(), ids(2).digits());
    }

    #[test]
    fn a_token_is_32_bytes_of_base64url() {
        // 0xfb repeated: 11111011 11111011 11111011 -> "-_v7".
        assert_eq!(ids(1).token(), format!("{}-_s", "-_v7".repeat(10)));
    }

    #[test]
    fn a_session_s_secret_is_16_bytes_that_tell_nothing_of_the_token() {
        let secret = ids(1).session_secret();
        assert_eq!(secret.len(), 22);
        assert!(!ids(1).token().contains(&secret));
        assert_eq!(secret, ids(2).session_secret());
    }

    #[test]
    fn a_webhook_s_secret_is_24_bytes_that_tell_nothing_of_the_token() {
        let secret = ids(1).webhook_secret();
        assert!(secret.starts_with("whsec_") && secret.len() == "whsec_".len() + 32, "{secret}");
        assert!(!ids(1).token().contains(&secret[6..]));
    }
}
