//! E-mail addresses, compared case-insensitively.

use serde::Serialize;

/// A plausible address in lower case. Whether it exists only a message can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Longest address that SMTP carries (RFC 5321, 4.5.3.1.3: a path of 256 with its brackets).
    pub const MAX_LENGTH: usize = 254;

    /// Trims and lower-cases; `None` unless it is one local part and a dotted domain without spaces.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, ',' | ';' | '<' | '>' | '"' | '\\');
        let local_fits = !local.is_empty()
            && local.len() <= 64
            && !local.contains('@')
            && local.chars().all(plain)
            && !local.starts_with('.')
            && !local.ends_with('.');
        let label_fits = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c == '-' || c.is_alphanumeric())
        };
        let domain_fits = domain.contains('.') && domain.split('.').all(label_fits);
        let fits = text.len() <= Self::MAX_LENGTH && local_fits && domain_fits;
        fits.then(|| Self(text.to_lowercase()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a person sees who may not see the whole address: `a***@example.com`.
    pub fn masked(address: &str) -> String {
        match address.rsplit_once('@') {
            Some((local, domain)) => {
                let first: String = local.chars().take(1).collect();
                format!("{first}***@{domain}")
            }
            None => "***".to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_trimmed_and_lower_cased() {
        assert_eq!(Email::parse(" Ada.Lovelace@Example.COM ").unwrap().as_str(), "ada.lovelace@example.com");
        assert_eq!(Email::parse("a+b@ex-ample.co.uk").unwrap().as_str(), "a+b@ex-ample.co.uk");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for text in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a b@c.de",
            "a@b..c",
            "a@-b.c",
            "a@b.c,d@e.f",
            "a@b@c.de",
            ".a@b.cd",
            "a\u{0}@b.cd",
            "<a@b.cd>",
            &long,
        ] {
            assert_eq!(Email::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_masked_address_keeps_its_first_letter_and_domain() {
        assert_eq!(Email::masked("ada@example.com"), "a***@example.com");
        assert_eq!(Email::masked("é@example.com"), "é***@example.com");
    }
}
