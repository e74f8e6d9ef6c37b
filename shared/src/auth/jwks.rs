//! The issuer's published keys (RFC 7517).

use serde_json::{Map, Value as Json};

use crate::rules::json::text_of;

/// A signature algorithm of a published key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyAlgorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl KeyAlgorithm {
    /// Whether a token's `alg` names one that a published key can have.
    #[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "published keys are the runtime's to verify"))]
    pub fn is_known(name: &str) -> bool {
        [Self::Rs256, Self::Es256, Self::EdDsa].iter().any(|known| known.name() == name)
    }

    /// The name in a token's header (RFC 7518, 3.1; RFC 8037).
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// One published key that we can verify with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PublishedKey {
    pub kid: Option<String>,
    pub algorithm: KeyAlgorithm,
    /// What of it makes the key, as JSON.
    pub jwk: String,
}

/// A set larger than this is not one issuer's.
const MOST_KEYS: usize = 100;
/// 2048 bits in base64url: shorter RSA keys are not accepted (RFC 7518, 3.3).
const SHORTEST_RSA_MODULUS: usize = 342;

/// The keys of a published set that are meant for signatures and strong enough; others are passed over.
pub(super) fn keys_of(text: &str) -> Option<Vec<PublishedKey>> {
    let set: Json = serde_json::from_str(text).ok()?;
    Some(set.get("keys")?.as_array()?.iter().take(MOST_KEYS).filter_map(published_key).collect())
}

fn published_key(jwk: &Json) -> Option<PublishedKey> {
    let text = |name: &str| jwk.get(name).and_then(Json::as_str);
    let algorithm = match (text("kty")?, text("crv")) {
        ("RSA", _) if text("n")?.len() >= SHORTEST_RSA_MODULUS => KeyAlgorithm::Rs256,
        ("EC", Some("P-256")) => KeyAlgorithm::Es256,
        ("OKP", Some("Ed25519")) => KeyAlgorithm::EdDsa,
        _ => return None,
    };
    let for_signatures = text("use").is_none_or(|purpose| purpose == "sig");
    let same_algorithm = text("alg").is_none_or(|name| name == algorithm.name() || name == "Ed25519");
    let kid = text("kid").map(str::to_string);
    (for_signatures && same_algorithm).then(|| {
        // WebCrypto checks these members against the use it is asked for; only the key material counts here.
        let mut members = Map::new();
        for name in ["kty", "crv", "n", "e", "x", "y"] {
            if let Some(member) = jwk.get(name) {
                members.insert(name.to_string(), member.clone());
            }
        }
        PublishedKey { kid, algorithm, jwk: text_of(&members.into()) }
    })
}

/// The key for a token's header: the one with its `kid` and algorithm; a token without `kid` needs a set with exactly
/// one key of its algorithm. The algorithm is the key's own, never the token's choice.
pub(super) fn choose<'a>(keys: &'a [PublishedKey], kid: Option<&str>, algorithm: &str) -> Option<&'a PublishedKey> {
    let mut fitting = keys.iter().filter(|key| key.algorithm.name() == algorithm);
    match kid {
        Some(kid) => fitting.find(|key| key.kid.as_deref() == Some(kid)),
        None => fitting.next().filter(|_| fitting.next().is_none()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> Vec<PublishedKey> {
        let modulus = "n".repeat(342);
        let text = format!(
            r#"{{"keys": [
              {{"kty": "RSA", "kid": "r", "n": "{modulus}", "e": "AQAB", "use": "sig", "alg": "RS256"}},
              {{"kty": "RSA", "kid": "short", "n": "nn", "e": "AQAB"}},
              {{"kty": "RSA", "kid": "enc", "n": "{modulus}", "e": "AQAB", "use": "enc"}},
              {{"kty": "EC", "kid": "e", "crv": "P-256", "x": "x", "y": "y", "key_ops": ["verify"]}},
              {{"kty": "OKP", "kid": "o", "crv": "Ed25519", "x": "x"}},
              {{"kty": "oct", "kid": "s", "k": "c2VjcmV0"}}
            ]}}"#
        );
        keys_of(&text).unwrap()
    }

    #[test]
    fn only_strong_signature_keys_are_kept() {
        let kids: Vec<_> = set().into_iter().filter_map(|key| key.kid).collect();
        assert_eq!(kids, ["r", "e", "o"]);
    }

    #[test]
    fn a_key_is_chosen_by_kid_and_its_own_algorithm() {
        let keys = set();
        assert_eq!(choose(&keys, Some("r"), "RS256").unwrap().algorithm, KeyAlgorithm::Rs256);
        assert!(choose(&keys, Some("r"), "HS256").is_none());
        assert!(choose(&keys, Some("r"), "ES256").is_none());
        assert!(choose(&keys, Some("unknown"), "RS256").is_none());
        assert_eq!(choose(&keys, None, "EdDSA").unwrap().kid.as_deref(), Some("o"));
    }

    #[test]
    fn what_is_no_key_set_gives_none() {
        assert!(keys_of("<html>").is_none());
        assert!(keys_of("{}").is_none());
    }
}
