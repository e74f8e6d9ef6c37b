//! A secret that is sent as it is: the header of Supabase's database webhooks, which are not signed.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Secrets, SignatureError};

/// The value of a header that both sides know.
pub struct SharedSecret;

impl SharedSecret {
    /// # Errors
    /// `MissingHeader` where nothing was sent in the header of that name, `NotConfigured`, or `NoMatch`.
    pub fn verify(name: &'static str, sent: Option<&str>, secrets: &Secrets) -> Result<(), SignatureError> {
        let known = secrets.texts()?;
        let sent = sent.filter(|sent| !sent.is_empty()).ok_or(SignatureError::MissingHeader(name))?;
        // What is compared are two hashes, so that the time tells nothing, not even the length.
        let hash = |text: &[u8]| Hmac::<Sha256>::new_from_slice(b"comparison").map(|mac| mac.chain_update(text));
        let not_hashed = |_| SignatureError::NotConfigured("it is no key");
        let sent = hash(sent.as_bytes()).map_err(not_hashed)?.finalize().into_bytes();
        for secret in known {
            if hash(&secret).map_err(not_hashed)?.verify(&sent).is_ok() {
                return Ok(());
            }
        }
        Err(SignatureError::NoMatch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_and_nothing_like_it_passes() {
        let secrets = Secrets::parse("old-secret|new-secret");
        let verify = |sent| SharedSecret::verify("x-secret", sent, &secrets);
        assert_eq!(verify(Some("old-secret")), Ok(()));
        assert_eq!(verify(Some("new-secret")), Ok(()));
        for sent in ["new-secre", "new-secret ", "NEW-SECRET", "old-secret|new-secret", "\u{fffd}"] {
            assert_eq!(verify(Some(sent)), Err(SignatureError::NoMatch), "{sent}");
        }
        assert_eq!(verify(None), Err(SignatureError::MissingHeader("x-secret")));
        assert_eq!(verify(Some("")), Err(SignatureError::MissingHeader("x-secret")));
    }

    #[test]
    fn without_a_secret_nobody_passes() {
        for sent in [None, Some(""), Some("anything")] {
            let outcome = SharedSecret::verify("x-secret", sent, &Secrets::parse(" "));
            assert!(matches!(outcome, Err(SignatureError::NotConfigured(_))));
        }
    }
}
