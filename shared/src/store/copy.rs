//! Which copy of the database answers a batch, and how the state that a reply was read from is named.
//!
//! D1 keeps read replicas in other places of the world, which follow the primary after a while that nobody knows. Its bookmarks
//! name states: a copy answers a request that brings one once it has that state.

/// The most characters that a bookmark may have: D1's have 60.
const LONGEST_BOOKMARK: usize = 128;

/// A state of the database, as D1 names it. A newer one sorts behind an older one.
///
/// It only ever asks for a newer state, so that whoever makes one up is served no older one than without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark(String);

impl Bookmark {
    /// `None` where it can be no bookmark of D1's, which are hexadecimal numbers joined by hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        let is_bookmark = |byte: u8| byte == b'-' || byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        let fits = (1..=LONGEST_BOOKMARK).contains(&text.len()) && text.bytes().all(is_bookmark);
        fits.then(|| Self(text.to_string()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The copy of the database that a batch is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Copy {
    /// The one that takes writes: it has every state.
    #[default]
    Primary,
    /// The nearest one that has this state; without a bookmark the nearest one, however far it is behind. For what only reads.
    Nearest(Option<Bookmark>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_bookmark_of_d1_s_is_one() {
        let real = "00000085-0000024c-00004c6d-8e61117bf38d7adb71b934ebbf891683";
        assert_eq!(Bookmark::parse(real).map(|bookmark| bookmark.as_str().to_string()), Some(real.to_string()));
        for text in ["", "first-primary", "first-unconstrained", "0000 0085", "00000085\n", &"0".repeat(129), "ÄÖ"] {
            assert_eq!(Bookmark::parse(text), None, "{text}");
        }
    }
}
