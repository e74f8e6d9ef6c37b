//! E-mail addresses in one canonical form, so that two spellings of one address are one address.

use serde::Serialize;

use super::{
    punycode,
    text::{is_compatibility_form, lower_case},
};

/// A plausible address. The local part is as it was written but for the case of ASCII letters; the domain is in the form
/// that DNS has (RFC 5890: `xn--…` for a label with other letters). Whether it exists only a message can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Longest address that SMTP carries (RFC 5321, 4.5.3.1.3: a path of 256 with its brackets).
    pub const MAX_LENGTH: usize = 254;

    /// Trims and lower-cases; `None` unless it is one local part and a dotted domain without spaces. Letters that only
    /// look like others are refused: fullwidth ones, the Kelvin sign, ligatures, and marks that combine with the letter
    /// before them (the composed letter is the canonical one, Unicode NFC).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        if text.chars().any(is_compatibility_form) {
            return None;
        }
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, ',' | ';' | '<' | '>' | '"' | '\\');
        let local_fits = !local.is_empty()
            && local.len() <= 64
            && !local.contains('@')
            && local.chars().all(|c| plain(c) && (c.is_ascii() || c.is_alphanumeric()))
            && !local.starts_with('.')
            && !local.ends_with('.');
        let labels = domain.split('.').map(canonical_label).collect::<Option<Vec<_>>>()?;
        let canonical = format!("{}@{}", local.to_ascii_lowercase(), labels.join("."));
        let fits = labels.len() >= 2 && local_fits && canonical.len() <= Self::MAX_LENGTH;
        fits.then_some(Self(canonical))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether the domain is one of those named, or below one: a list of domains, comma-separated, in any spelling.
    pub fn is_of(&self, domains: &str) -> bool {
        let own = self.domain();
        named_domains(domains)
            .any(|domain| own.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
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

/// The domains of a comma-separated list, in the form that DNS has.
pub fn named_domains(list: &str) -> impl Iterator<Item = String> + '_ {
    let plain = |domain: &str| domain.trim().trim_start_matches(['@', '*']).trim_matches('.').to_string();
    list.split(',').filter_map(move |domain| canonical_domain(&plain(domain)))
}

fn canonical_domain(domain: &str) -> Option<String> {
    domain.split('.').map(canonical_label).collect::<Option<Vec<_>>>().map(|labels| labels.join("."))
}

/// A label of a domain as DNS has it.
fn canonical_label(label: &str) -> Option<String> {
    let lower = lower_case(label);
    let spelled = !lower.is_empty() && lower.chars().all(|c| c == '-' || c.is_alphanumeric());
    // Letters whose lower case is two characters, or a mark, have no one form.
    if !spelled || lower.chars().any(is_compatibility_form) || lower.chars().count() != label.chars().count() {
        return None;
    }
    let ascii = if lower.is_ascii() { lower } else { format!("xn--{}", punycode::encode(&lower)?) };
    (ascii.len() <= 63 && !ascii.starts_with('-') && !ascii.ends_with('-')).then_some(ascii)
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
    fn a_domain_and_its_punycode_are_one_address() {
        for (written, canonical) in [
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
            ("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"),
            ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
            ("é@example.com", "é@example.com"),
        ] {
            assert_eq!(Email::parse(written).unwrap().as_str(), canonical, "{written}");
        }
    }

    #[test]
    fn letters_that_only_look_like_others_are_refused() {
        for text in [
            "ada@spam\u{ff0e}example",
            "ada@spam\u{3002}example",
            "ada@\u{ff53}pam.example",
            "\u{ff41}da@example.com",
            "\u{212a}ate@example.com",
            "ada@\u{212a}ate.com",
            "ada@spa\u{ad}m.example",
            "ada@spam\u{200b}.example",
            "e\u{301}@example.com",
            "ada@e\u{301}.example",
            "\u{fb01}@example.com",
            "ada@stra\u{df}e\u{307}.example",
            "\u{1d41a}@example.com",
            "ada@\u{130}.example",
            "ada@\u{17f}pam.example",
            "ada@\u{2e2}pam.example",
            "ada@\u{1d46}pam.example",
            "ada@\u{aa}spam.example",
            "ada@spam\u{b2}.example",
            "ada@\u{1f71}.example",
            "ada@\u{1112}\u{1161}\u{11ab}.example",
        ] {
            assert_eq!(Email::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_banned_domain_is_banned_in_every_spelling_and_below_it() {
        let list = " spam.example, @Trash.Example,bücher.example,*.burner.example,,.dotted.example.";
        for address in
            ["a@spam.example", "a@SPAM.example", "a@mail.spam.example", "a@trash.example", "a@xn--bcher-kva.example"]
        {
            assert!(Email::parse(address).unwrap().is_of(list), "{address}");
        }
        for address in ["a@notspam.example", "a@spam.example.org", "a@example"] {
            assert!(!Email::parse(address).is_some_and(|email| email.is_of(list)), "{address}");
        }
        assert!(!Email::parse("a@spam.example").unwrap().is_of(""));
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
