//! How a product's mails look and speak.

use toml::Spanned;

use super::{CatalogError, Head};
use crate::rules::{email::Email, language::Language};

/// What `[catalog]` says of mails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    /// Of people who have chosen none.
    pub language: Language,
    /// `#1a73e8`.
    pub color: Option<String>,
    /// An `https://` address.
    pub logo_url: Option<String>,
    /// Where answers go.
    pub support_email: Option<String>,
}

impl super::Reader<'_> {
    pub(super) fn appearance(&self, head: &Head) -> Result<Appearance, CatalogError> {
        let checked = |value: &Option<Spanned<String>>, is_sound: fn(&str) -> bool, problem: &str| match value {
            Some(value) if !is_sound(value.get_ref()) => Err(self.error(value, problem)),
            value => Ok(value.as_ref().map(|value| value.get_ref().clone())),
        };
        Ok(Appearance {
            language: head.language,
            color: checked(&head.color, is_color, "a color is `#` and six hexadecimal digits")?,
            logo_url: checked(&head.logo_url, is_address, "a logo has an address that begins with https://")?,
            support_email: checked(&head.support_email, |text| Email::parse(text).is_some(), "is no e-mail address")?,
        })
    }
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// Of visible ASCII characters alone, none of which ends an attribute.
fn is_address(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\');
    text.len() <= 500
        && text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(is_plain))
}
