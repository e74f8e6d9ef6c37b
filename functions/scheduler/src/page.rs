//! The spans of a key that jobs go through.

use tallygate::store::Statement;

/// A `SELECT` of the key's two parts as `first` and `second`, in their order and limited to a page: its last row.
macro_rules! last_of_page {
    ($($select:tt)+) => {
        concat!("SELECT first, second FROM (", $($select)+, ") page ORDER BY first DESC, second DESC LIMIT 1")
    };
}
pub(crate) use last_of_page;

/// Whether a row's key of two parts is in the step's page.
macro_rules! in_page {
    ($first:literal, $second:literal) => {
        concat!(
            "(",
            $first,
            ", ",
            $second,
            ") > (:after_first, :after_second) AND (",
            $first,
            ", ",
            $second,
            ") <= (:until_first, :until_second)"
        )
    };
    ($key:literal) => {
        concat!($key, " > :after_first AND ", $key, " <= :until_first")
    };
}
pub(crate) use in_page;

/// The next page of organizations.
pub fn organizations(most: i64) -> Statement {
    const NEXT: &str = last_of_page!(
        "SELECT id AS first, '' AS second FROM organizations WHERE id > :until_first ORDER BY id LIMIT :most"
    );
    Statement::new("next", NEXT).with("most", most)
}
