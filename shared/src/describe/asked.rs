//! What a parser asks of a request's fields, noted while it reads.

use std::cell::RefCell;

/// What a field must be to be taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// Nothing is said: the parser looks at the JSON itself.
    Json,
    Text {
        least: usize,
        most: usize,
    },
    /// Any JSON of the client's own, of at most so many characters.
    Document {
        most: usize,
    },
    Id,
    OutsideId,
    Flag,
    Whole {
        least: i64,
        most: i64,
    },
    Objects {
        least: usize,
        most: usize,
    },
    Key,
    /// Parsed by a rule, which takes these of the candidates.
    Parsed {
        taken: Vec<String>,
        expected: String,
    },
}

/// One field that was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The list whose objects have it; `None`: the request itself.
    pub within: Option<&'static str>,
    pub field: String,
    pub form: Form,
}

thread_local! {
    static NOTED: RefCell<Option<Vec<Asked>>> = const { RefCell::new(None) };
}

/// Notes that a field was asked for, where somebody listens.
pub fn asked(within: Option<&'static str>, field: &str, form: impl FnOnce() -> Form) {
    NOTED.with_borrow_mut(|noted| {
        if let Some(noted) = noted {
            noted.push(Asked { within, field: field.to_string(), form: form() });
        }
    });
}

/// What is asked for while something is done.
pub fn listen<T>(doing: impl FnOnce() -> T) -> (T, Vec<Asked>) {
    NOTED.with_borrow_mut(|noted| *noted = Some(Vec::new()));
    let done = doing();
    let noted = NOTED.with_borrow_mut(Option::take);
    (done, noted.unwrap_or_default())
}

/// A word that nothing is called: what takes it takes any word.
pub const ANYTHING: &str = "zzzzz";

/// Texts of every form that some rule takes. Of the words that a rule names itself each is a candidate, too.
const CANDIDATES: [&str; 11] = [
    "ada@example.com",
    "2026-03-10T12:00:00Z",
    "2026-03-10",
    "https://example.com/a.png",
    "/somewhere",
    "+49",
    "3012345",
    "Europe/Berlin",
    "DE",
    "some-text",
    ANYTHING,
];

/// What a rule takes of the candidates and of the words that its expectation names.
pub fn taken(expected: &str, parses: impl Fn(&str) -> bool) -> Form {
    let words = expected.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    let all = CANDIDATES.into_iter().chain(words);
    let taken = all.filter(|text| parses(text)).map(str::to_string).collect();
    Form::Parsed { taken, expected: expected.to_string() }
}
