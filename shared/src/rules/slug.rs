//! Slugs: an organization's name in an address.

/// What an address of the product itself may be called: nobody's organization is, and nobody.
pub(super) const RESERVED: [&str; 88] = [
    "about",
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "assets",
    "auth",
    "billing",
    "blog",
    "cdn",
    "console",
    "cookies",
    "copyright",
    "dashboard",
    "docs",
    "email",
    "enterprise",
    "everyone",
    "faq",
    "feedback",
    "ftp",
    "functions",
    "graphql",
    "guest",
    "help",
    "hostmaster",
    "imap",
    "info",
    "invite",
    "invoice",
    "invoices",
    "jobs",
    "legal",
    "login",
    "logout",
    "mail",
    "me",
    "moderator",
    "new",
    "no-reply",
    "noreply",
    "null",
    "oauth",
    "official",
    "owner",
    "partners",
    "password",
    "payments",
    "postmaster",
    "press",
    "pricing",
    "privacy",
    "public",
    "root",
    "sales",
    "secure",
    "security",
    "settings",
    "sign-in",
    "sign-up",
    "signin",
    "signup",
    "smtp",
    "sso",
    "staff",
    "static",
    "status",
    "super-admin",
    "superadmin",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "tallygate",
    "terms",
    "test",
    "trust",
    "undefined",
    "user",
    "users",
    "verify",
    "webhook",
    "webhooks",
    "webmaster",
    "www",
];

/// 3–48 of a–z, 0–9 and single inner hyphens, and no word that the product's own addresses are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// What a field must be, in words.
    pub const EXPECTED: &'static str = "3 to 48 of a–z, 0–9 and single inner hyphens, and no reserved word";
    pub const MIN_LENGTH: usize = 3;
    pub const MAX_LENGTH: usize = 48;

    pub fn parse(text: &str) -> Option<Self> {
        let length_fits = (Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&text.len());
        let letters_fit = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let hyphens_fit = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
        let is_free = !RESERVED.contains(&text);
        (length_fits && letters_fit && hyphens_fit && is_free).then(|| Self(text.to_string()))
    }

    /// From a name: letters and digits kept, everything between them one hyphen. A name without any of either
    /// gives `team`. Leaves room for the suffix of [`Slug::with_suffix`].
    pub fn derive(name: &str) -> Self {
        let room = Self::MAX_LENGTH - SUFFIX_LENGTH - 1;
        let mut slug = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
            if slug.len() >= room {
                break;
            }
        }
        let slug = slug.trim_matches('-');
        if slug.len() < Self::MIN_LENGTH || RESERVED.contains(&slug) {
            return Self(if slug.is_empty() { "team".to_string() } else { format!("team-{slug}") });
        }
        Self(slug.to_string())
    }

    /// The slug of a user's personal organization: `personal-` and the first 8 letters or digits of the user's id
    /// (without a provider's prefix such as `user_`).
    pub fn personal(user_id: &str) -> Self {
        let own = user_id.rsplit_once('_').map_or(user_id, |(_, own)| own);
        let start: String =
            own.chars().flat_map(char::to_lowercase).filter(char::is_ascii_alphanumeric).take(8).collect();
        Self(if start.is_empty() { "personal".to_string() } else { format!("personal-{start}") })
    }

    /// The same slug made unique by part of a new id.
    pub fn with_suffix(&self, id: &str) -> Self {
        let letters: Vec<char> = id.chars().filter(char::is_ascii_alphanumeric).collect();
        let suffix: String = letters.iter().skip(letters.len().saturating_sub(SUFFIX_LENGTH)).collect();
        Self(format!("{}-{}", self.0, suffix.to_ascii_lowercase()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 48 random bits: thousands of teams of one name never meet.
const SUFFIX_LENGTH: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_lower_case_letters_digits_and_single_inner_hyphens() {
        for text in ["abc", "a-b", "acme-telecom-2", &"a".repeat(48)] {
            assert!(Slug::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "ab",
            "Abc",
            "a--b",
            "-ab",
            "ab-",
            "a b",
            "ä-b",
            "a_b",
            "admin",
            "www",
            "superadmin",
            "no-reply",
            "staff",
            &"a".repeat(49),
        ] {
            assert!(Slug::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn every_derived_slug_is_a_slug_with_and_without_its_suffix() {
        for name in [
            "Acme Telecom",
            "  ACME — Ltd. ",
            "日本",
            "x",
            "a!",
            "ÄÖÜ ab",
            "Admin",
            "WWW",
            "Super Admin",
            "No Reply!",
            &"long name ".repeat(20),
        ] {
            let slug = Slug::derive(name);
            assert!(Slug::parse(slug.as_str()).is_some(), "{name}: {slug:?}");
            let unique = slug.with_suffix("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
            assert!(Slug::parse(unique.as_str()).is_some(), "{name}: {unique:?}");
        }
        assert_eq!(Slug::derive("Acme  Telecom, Inc.").as_str(), "acme-telecom-inc");
    }

    #[test]
    fn a_personal_slug_comes_from_the_users_id() {
        assert_eq!(Slug::personal("0190a1b2-c3d4-7e5f").as_str(), "personal-0190a1b2");
        assert_eq!(Slug::personal("user_2AbCdEfGhIj").as_str(), "personal-2abcdefg");
        assert_eq!(Slug::personal("auth0|é").as_str(), "personal-auth0");
    }
}
