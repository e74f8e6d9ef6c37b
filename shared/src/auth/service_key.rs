//! Service keys: what a product's own servers ask with, in place of a person's token.

use super::AuthError;
use crate::rules::invitation::token_hash;

/// What every key begins with, so that a scanner for leaked secrets knows one.
const PREFIX: &str = "tg_";
/// 32 bytes as base64url without padding.
const LENGTH: usize = 43;

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyScope {
    ReadUsage,
    WriteUsage,
    /// The operator's own endpoints for events, which hear of all organizations.
    ManageWebhooks,
}

impl KeyScope {
    /// As `npm run key` and replies call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadUsage => "usage:read",
            Self::WriteUsage => "usage:write",
            Self::ManageWebhooks => "webhooks:manage",
        }
    }
}

/// A key that a request was made with, and what for. Whether there is such a key the batch says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceKey {
    /// SHA-256, hexadecimal.
    pub hash: String,
    pub scope: KeyScope,
}

impl ServiceKey {
    /// Whether a bearer token means to be a key.
    pub fn is_meant(token: &str) -> bool {
        token.starts_with(PREFIX)
    }

    /// # Errors
    /// [`AuthError::Invalid`] for what can be no key, without asking anybody.
    pub fn parse(token: &str, scope: KeyScope) -> Result<Self, AuthError> {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        match token.strip_prefix(PREFIX) {
            Some(rest) if rest.len() == LENGTH && rest.bytes().all(letter) => {
                Ok(Self { hash: token_hash(token), scope })
            }
            _ => Err(AuthError::Invalid("it is no service key")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_prefix_and_32_bytes_and_nothing_else() {
        let key = format!("tg_{}", "a-_Z".repeat(10) + "abc");
        let parsed = ServiceKey::parse(&key, KeyScope::ReadUsage).unwrap();
        assert_eq!(parsed, ServiceKey { hash: token_hash(&key), scope: KeyScope::ReadUsage });
        for wrong in
            ["tg_", "tg_short", &key[..45], &format!("{key}x"), &key.replace('-', "+"), &key.replace("tg_", "TG_")]
        {
            assert!(ServiceKey::parse(wrong, KeyScope::ReadUsage).is_err(), "{wrong}");
        }
    }
}
