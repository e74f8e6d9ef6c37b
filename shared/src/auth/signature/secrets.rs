//! The secrets of one sender: one, or two while it is changed for another.

use std::fmt;

use base64ct::{Base64, Base64Unpadded, Encoding};

use super::SignatureError;

/// What a variable such as `STRIPE_WEBHOOK_SECRET` holds.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Several secrets are separated by whitespace or `|`, or by a comma before a further `whsec_` or `v1,whsec_`:
    /// Supabase's own secrets have a comma in them (`v1,whsec_…`).
    pub fn parse(text: &str) -> Self {
        let pieces = text.split(|letter: char| letter.is_whitespace() || letter == '|');
        // A lone `v1` is what is left of `v1, whsec_…`. As a secret of its own anybody could guess it.
        Self(pieces.flat_map(between_commas).filter(|secret| *secret != "v1").map(str::to_string).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The texts themselves as keys, as Stripe uses them.
    ///
    /// # Errors
    /// `NotConfigured` where there are none.
    pub(super) fn texts(&self) -> Result<Vec<Vec<u8>>, SignatureError> {
        if self.is_empty() {
            return Err(SignatureError::NotConfigured("there is none"));
        }
        Ok(self.0.iter().map(|secret| secret.as_bytes().to_vec()).collect())
    }

    /// What stands in base64 after `whsec_`, as Standard Webhooks has it.
    ///
    /// # Errors
    /// `NotConfigured` where there are none, and where one cannot be read, also beside one that can: found out on the
    /// day it is set, not on the day the other one ends.
    pub(super) fn decoded(&self) -> Result<Vec<Vec<u8>>, SignatureError> {
        if self.is_empty() {
            return Err(SignatureError::NotConfigured("there is none"));
        }
        self.0.iter().map(|secret| decoded(secret)).collect()
    }
}

/// A secret never gets into a log.
impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Secrets({} of them)", self.0.len())
    }
}

fn between_commas(piece: &str) -> Vec<&str> {
    let mut secrets = Vec::new();
    let mut rest = piece;
    while let Some((secret, after)) = next_secret(rest) {
        secrets.push(secret);
        rest = after;
    }
    secrets.push(rest);
    secrets.into_iter().map(|secret| secret.trim_matches(',')).filter(|secret| !secret.is_empty()).collect()
}

/// The text before the first comma that separates, and the text after it.
fn next_secret(text: &str) -> Option<(&str, &str)> {
    let separates = |before: &str, after: &str| {
        after.starts_with("v1,whsec_") || (after.starts_with("whsec_") && before.trim_start_matches(',') != "v1")
    };
    let sides = text.match_indices(',').map(|(position, _)| text.split_at(position));
    sides
        .filter_map(|(before, after)| Some((before, after.strip_prefix(',')?)))
        .find(|(before, after)| separates(before, after))
}

fn decoded(secret: &str) -> Result<Vec<u8>, SignatureError> {
    let encoded = secret.strip_prefix("v1,").unwrap_or(secret);
    let encoded = encoded.strip_prefix("whsec_").unwrap_or(encoded);
    let key = Base64::decode_vec(encoded).or_else(|_| Base64Unpadded::decode_vec(encoded));
    let key = key.map_err(|_| SignatureError::NotConfigured("what follows whsec_ is not base64"))?;
    if key.is_empty() {
        return Err(SignatureError::NotConfigured("nothing follows whsec_"));
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_secrets_in_one_variable() {
        for (text, expected) in [
            ("whsec_a", vec!["whsec_a"]),
            ("whsec_a,whsec_b", vec!["whsec_a", "whsec_b"]),
            (" whsec_a, whsec_b\n", vec!["whsec_a", "whsec_b"]),
            ("v1,whsec_a", vec!["v1,whsec_a"]),
            ("v1,whsec_a,v1,whsec_b", vec!["v1,whsec_a", "v1,whsec_b"]),
            ("v1,whsec_a|v1,whsec_b", vec!["v1,whsec_a", "v1,whsec_b"]),
            ("v1,whsec_a v1,whsec_b", vec!["v1,whsec_a", "v1,whsec_b"]),
            ("v1,whsec_a,whsec_b", vec!["v1,whsec_a", "whsec_b"]),
            ("whsec_a,v1,whsec_b", vec!["whsec_a", "v1,whsec_b"]),
            (",v1,whsec_a,,whsec_b,", vec!["v1,whsec_a", "whsec_b"]),
            ("a,comma|in it", vec!["a,comma", "in", "it"]),
            ("v1, whsec_a", vec!["whsec_a"]),
            ("", vec![]),
            (" | , ", vec![]),
        ] {
            assert_eq!(Secrets::parse(text).0, expected, "{text:?}");
        }
    }

    #[test]
    fn a_secret_that_cannot_be_read_is_our_fault_and_no_key() {
        for text in ["", "whsec_", "v1,whsec_", "whsec_äöü", "whsec_not base64!", "whsec_YWJj YWJ", "v1a,whsk_YWJj"]
        {
            let outcome = Secrets::parse(text).decoded();
            assert!(matches!(outcome, Err(SignatureError::NotConfigured(_))), "{text:?}: {outcome:?}");
        }
        for text in ["whsec_YWI=", "whsec_YWI", "YWI=", "v1,whsec_YWI="] {
            assert_eq!(Secrets::parse(text).decoded(), Ok(vec![b"ab".to_vec()]), "{text:?}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secrets::parse("whsec_hidden whsec_too")), "Secrets(2 of them)");
    }
}
