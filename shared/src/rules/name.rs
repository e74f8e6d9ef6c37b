//! Names that people give: to organizations and to themselves.

use super::{
    email::Email,
    text::{has_address, is_invisible, is_singleton, turns_direction},
};

/// A trimmed organization name of 2–100 Unicode characters without control characters. It is shown to people who are invited,
/// so it holds no address and nothing that turns the direction of what stands behind it, and something of it is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationName(String);

impl OrganizationName {
    /// What a field must be, in words.
    pub const EXPECTED: &'static str = "2 to 100 characters long, without addresses or direction marks";
    pub const MIN_LENGTH: usize = 2;
    pub const MAX_LENGTH: usize = 100;

    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let length = text.chars().count();
        let fits = (Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&length)
            && !text.chars().any(|c| c.is_control() || turns_direction(c) || is_singleton(c))
            && !text.chars().all(is_invisible)
            && !has_address(text);
        fits.then(|| Self(text.to_string()))
    }

    /// The name of a user's personal organization: `"{FirstName}'s Workspace"`.
    pub fn personal(user: &DisplayName) -> Self {
        let first = user.0.split_whitespace().next().unwrap_or("My");
        let first: String = first.chars().take(Self::MAX_LENGTH - "'s Workspace".len()).collect();
        Self(format!("{first}'s Workspace"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a user is shown to others; never empty, at most 100 characters, no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    pub const MAX_LENGTH: usize = 100;

    /// The name given, else the local part of the address, else `User`.
    pub fn choose(given: Option<&str>, email: Option<&Email>) -> Self {
        let local = email.and_then(|email| email.as_str().split('@').next());
        let chosen = [given, local].into_iter().flatten().map(cleaned).find(|name| !name.is_empty());
        Self(chosen.unwrap_or_else(|| "User".to_string()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn cleaned(text: &str) -> String {
    let visible: String =
        text.chars().filter(|c| !c.is_control() && !turns_direction(*c) && !is_singleton(*c)).collect();
    if visible.chars().all(is_invisible) || has_address(&visible) {
        return String::new();
    }
    visible.trim().chars().take(DisplayName::MAX_LENGTH).collect::<String>().trim_end().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organization_names_are_counted_in_characters_after_trimming() {
        assert!(OrganizationName::parse("é").is_none());
        assert!(OrganizationName::parse(" ab ").is_some());
        assert!(OrganizationName::parse(&"é".repeat(100)).is_some());
        assert!(OrganizationName::parse(&"é".repeat(101)).is_none());
        assert!(OrganizationName::parse("a\nb").is_none());
    }

    #[test]
    fn names_that_mislead_are_none() {
        for name in [
            "Acme \u{202e}gnp.exe",
            "\u{2066}Acme\u{2069}",
            "\u{200b}\u{200b}\u{200b}",
            "\u{3164}\u{3164}",
            "Win at https://evil.example",
            "www.evil.example",
            "write to ada@example.com",
            "\u{2126}\u{212a}\u{212b}",
        ] {
            assert!(OrganizationName::parse(name).is_none(), "{name:?}");
            let email = Email::parse("grace@example.com");
            let shown = DisplayName::choose(Some(name), email.as_ref());
            assert!(["grace", "Acme gnp.exe", "Acme"].contains(&shown.as_str()), "{shown:?}");
        }
        for name in ["Node.js People", "Acme Inc.", "👩\u{200d}💻 Studio", "مؤسسة"] {
            assert!(OrganizationName::parse(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_workspace_is_named_after_the_first_name_or_the_address() {
        let email = Email::parse("grace@example.com");
        let named = DisplayName::choose(Some(" Ada Lovelace "), email.as_ref());
        assert_eq!(OrganizationName::personal(&named).as_str(), "Ada's Workspace");
        let unnamed = DisplayName::choose(Some(" \u{7} "), email.as_ref());
        assert_eq!(OrganizationName::personal(&unnamed).as_str(), "grace's Workspace");
        assert_eq!(DisplayName::choose(None, None).as_str(), "User");
        let long = DisplayName::choose(Some(&"x".repeat(500)), None);
        assert!(OrganizationName::parse(OrganizationName::personal(&long).as_str()).is_some());
    }
}
