//! Usernames: what people call each other by.

use super::slug::RESERVED;

/// Further words that say who somebody is, which nobody may say of themselves.
const OFFICIAL: [&str; 5] = ["anonymous", "deleted", "everybody", "nobody", "somebody"];

/// Of the reserved words, those that somebody would be believed by: also where digits stand behind them.
const TITLES: [&str; 14] = [
    "admin",
    "administrator",
    "billing",
    "moderator",
    "official",
    "owner",
    "root",
    "security",
    "staff",
    "superadmin",
    "superuser",
    "support",
    "sysadmin",
    "tallygate",
];

/// 3–30 of A–Z, a–z, 0–9 and underscores, and no word of the product's own, whatever the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// Why a text is no username.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoUsername {
    Invalid,
    Reserved,
}

impl Username {
    pub const EXPECTED: &'static str = "3 to 30 letters (A–Z, a–z), digits and underscores, and no reserved word";
    const LENGTHS: std::ops::RangeInclusive<usize> = 3..=30;
    /// How many [`Username::alternatives`] there are.
    pub const ALTERNATIVES: usize = 8;

    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str) -> Result<Self, NoUsername> {
        let letters_fit = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !letters_fit || !Self::LENGTHS.contains(&text.len()) {
            return Err(NoUsername::Invalid);
        }
        if is_reserved(text) {
            return Err(NoUsername::Reserved);
        }
        Ok(Self(text.to_string()))
    }

    /// Usernames that are like what somebody wanted, whatever that was: the short ones first, which others may have, and
    /// then longer ones, which nobody will. `digits`: at least eight, at random.
    pub fn alternatives(wanted: &str, digits: &str) -> [Self; Self::ALTERNATIVES] {
        let letters: String = wanted.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(21).collect();
        let stem = if letters.len() < 2 || is_title(&letters) { "member" } else { &letters };
        let first = |amount: usize| digits.get(..amount).unwrap_or_default();
        [
            format!("{stem}1"),
            format!("{stem}_2"),
            format!("{stem}{}", first(2)),
            format!("{stem}_{}", first(3)),
            format!("{stem}{}", first(4)),
            format!("{stem}_{}", first(5)),
            format!("{stem}{}", first(7)),
            format!("{stem}_{}", first(8)),
        ]
        .map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is unique by.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// Underscores do not make another word of it: `_Admin_`, `sign__in`.
fn is_reserved(text: &str) -> bool {
    let word = text.to_ascii_lowercase().replace('_', "");
    RESERVED.iter().any(|reserved| reserved.replace('-', "") == word)
        || OFFICIAL.contains(&word.as_str())
        || is_title(text)
}

/// A title, whatever digits stand behind it: `Admin_1`.
fn is_title(text: &str) -> bool {
    let word = text.to_ascii_lowercase().replace('_', "");
    TITLES.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_are_letters_digits_and_underscores() {
        for text in ["ada", "Ada_1", "___", "007", &"a".repeat(30), "administrators", "supporter"] {
            assert!(Username::parse(text).is_ok(), "{text}");
        }
        for text in ["", "ab", "a b", "a-b-c", "adä", "ada.b", "ada\n", &"a".repeat(31)] {
            assert_eq!(Username::parse(text), Err(NoUsername::Invalid), "{text}");
        }
    }

    #[test]
    fn words_of_the_product_s_own_are_nobody_s_whatever_the_case() {
        for text in [
            "admin",
            "ADMIN",
            "_Admin_",
            "sign_in",
            "sign__in",
            "Support",
            "super_admin",
            "superadmin",
            "super__admin",
            "Everyone",
            "staff__",
            "tally_gate",
            "admin_1",
            "Security2026",
        ] {
            assert_eq!(Username::parse(text), Err(NoUsername::Reserved), "{text}");
        }
    }

    #[test]
    fn every_alternative_is_a_username_and_no_two_are_the_same() {
        for wanted in ["ada", "admin", "ADMIN_", "_staff_7", "Ada Lovelace!", "", "日本", "x", &"long_name_".repeat(9)]
        {
            let alternatives = Username::alternatives(wanted, "48151623");
            for one in &alternatives {
                assert!(Username::parse(one.as_str()).is_ok(), "{wanted}: {one:?}");
                assert_eq!(alternatives.iter().filter(|other| other.folded() == one.folded()).count(), 1, "{one:?}");
            }
        }
    }
}
