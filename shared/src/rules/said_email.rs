//! What somebody says that an address is: also one that cannot be read has been said.

use super::email::Email;

/// An address as an issuer or a provider tells it. One without a canonical form ([`Email::parse`]) is nobody's, and still
/// it is not as if none had been told: it could be another spelling of any other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SaidEmail {
    #[default]
    Nothing,
    Unreadable,
    Address(Email),
}

impl SaidEmail {
    /// Stands in a user's row for an address that cannot be read, so that the row knows of one that nobody has confirmed.
    /// Nobody can have it: no mail goes to `.invalid` (RFC 6761, 6.4), and [`Email::parse`] refuses a domain of one label.
    pub const UNREADABLE: &'static str = "unreadable@invalid";

    /// An empty text says nothing.
    pub fn read(text: Option<&str>) -> Self {
        match text {
            None | Some("") => Self::Nothing,
            Some(text) => Email::parse(text).map_or(Self::Unreadable, Self::Address),
        }
    }

    pub fn address(&self) -> Option<&Email> {
        match self {
            Self::Address(email) => Some(email),
            Self::Nothing | Self::Unreadable => None,
        }
    }

    pub fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }

    /// What a user's row keeps of it.
    pub fn stored(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Unreadable => Some(Self::UNREADABLE),
            Self::Address(email) => Some(email.as_str()),
        }
    }

    /// Whether the address is of one of the domains ([`Email::is_of`]), or could be: what cannot be read may be another
    /// spelling of any of them, where there are any.
    pub fn may_be_of(&self, domains: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Unreadable => domains.split(',').any(|domain| !domain.trim().is_empty()),
            Self::Address(email) => email.is_of(domains),
        }
    }
}

impl From<Option<Email>> for SaidEmail {
    fn from(email: Option<Email>) -> Self {
        email.map_or(Self::Nothing, Self::Address)
    }
}

/// The address of a user's row, where it is one that mail could go to.
#[macro_export]
macro_rules! readable_email {
    ($email:literal) => {
        concat!("NULLIF(", $email, ", 'unreadable@invalid')")
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_not_nothing() {
        for text in [None, Some("")] {
            let said = SaidEmail::read(text);
            assert_eq!((said.is_nothing(), said.stored(), said.may_be_of("spam.example")), (true, None, false));
        }
        let long = format!("{}@ok.example", "a".repeat(65));
        for text in ["a@spam\u{3002}example", "a@spam.example.", "e\u{301}@ok.example", "a@b@ok.example", " ", &long] {
            let said = SaidEmail::read(Some(text));
            assert_eq!(said, SaidEmail::Unreadable, "{text:?}");
            assert_eq!((said.address(), said.stored()), (None, Some(SaidEmail::UNREADABLE)));
        }
    }

    #[test]
    fn what_cannot_be_read_may_be_of_any_domain_that_is_banned() {
        for (domains, may_be) in [("spam.example", true), (" ,x.example", true), ("", false), (" , ", false)] {
            assert_eq!(SaidEmail::Unreadable.may_be_of(domains), may_be, "{domains:?}");
        }
        let read = SaidEmail::read(Some("a@spam.example"));
        assert!(read.may_be_of("spam.example"));
        assert!(!read.may_be_of("other.example"));
    }

    #[test]
    fn what_stands_for_it_can_be_nobodys_address() {
        assert_eq!(Email::parse(SaidEmail::UNREADABLE), None);
        assert_eq!(readable_email!("users.email"), format!("NULLIF(users.email, '{}')", SaidEmail::UNREADABLE));
    }
}
