//! Texts that Postgres keeps planned, each as a function.
//!
//! Parsing and planning an upload's statements took Postgres four times as long as running them (`bench/PLANNING.md`). A
//! prepared statement does not help behind a proxy that hands each request another connection, and takes what was prepared
//! from it afterwards; the plans of a function's statements stay with the connection. So a fixed text that a worker sends
//! again and again is handed to `tallygate_keep`, which makes a function of it, under a name that is the text's hash: every
//! version of a worker calls its own texts and no other. Who asks for it is never made to wait: until the function is there,
//! and wherever it can't be made, the text is sent as it is.

use std::cell::{Cell, OnceCell};

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

#[cfg(any(feature = "hyperdrive", test))]
use super::super::hyperdrive::InFlight;
use super::{
    super::{render::Form, Row, StoreError, Value},
    deed::Deed,
    sent::Columns,
};

/// A shorter text is read and planned as fast as a function is called.
const LEAST_LENGTH: usize = 60;
/// What is a call of one of the schema's own functions has its plans already.
const CALLS: &str = "SELECT tallygate_";

/// What a kept text's function is called.
const NAME: &str = "tallygate_kept_";

/// Has a statement kept: its text, its parameters' types, and whether it gives rows.
pub(in crate::store) const KEEP: &str = "SELECT tallygate_keep($1::text, $2::text, $3::bigint)";

/// How far a text is on its way to being kept.
#[derive(Debug, Default, PartialEq)]
pub(in crate::store) struct Kept {
    /// How often it was sent so far.
    uses: Cell<u32>,
    stage: Cell<Stage>,
    call: OnceCell<Call>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// It is sent as it is.
    #[default]
    Text,
    /// Postgres has been asked to keep it; or did not want to, and is not asked again.
    Asked,
    /// It is called by its name.
    Called,
}

/// How a text that is kept is called.
#[derive(Debug, PartialEq)]
pub(super) struct Call {
    /// `SELECT name($1::text, …) AS kept`
    pub sql: String,
    /// The same as a JSON string, made where it is asked for.
    #[cfg(any(feature = "postgres", test))]
    json: OnceCell<String>,
    /// The same as it is sent in a flight, made where it is asked for.
    #[cfg(any(feature = "hyperdrive", test))]
    pub in_flight: OnceCell<InFlight>,
    /// The types of its parameters, as the function has them.
    types: String,
}

#[cfg(any(feature = "postgres", test))]
impl Call {
    /// The text as a JSON string, quotes included.
    pub fn json(&self) -> &str {
        self.json.get_or_init(|| Json::from(self.sql.as_str()).to_string())
    }
}

impl Form {
    /// Whether Postgres keeps it.
    pub(super) fn is_called(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.stage.get() == Stage::Called)
    }

    /// Counts that it was sent, and says whether it is time to have it kept. That is said once.
    pub(super) fn is_to_be_kept(&self, least_uses: u32) -> bool {
        let is_worth_it = |kept: &&Kept| {
            kept.stage.get() == Stage::Text && self.sql.len() > LEAST_LENGTH && !self.sql.starts_with(CALLS)
        };
        let Some(kept) = self.kept.as_ref().filter(is_worth_it) else { return false };
        kept.uses.set(kept.uses.get().saturating_add(1));
        let is_time = kept.uses.get() >= least_uses;
        if is_time {
            kept.stage.set(Stage::Asked);
        }
        is_time
    }

    /// What came of having it kept: `None` is a fault that passes.
    pub(in crate::store) fn was_kept(&self, is_kept: Option<bool>) {
        if let Some(kept) = &self.kept {
            kept.uses.set(0);
            kept.stage.set(match is_kept {
                Some(true) => Stage::Called,
                Some(false) => Stage::Asked,
                None => Stage::Text,
            });
        }
    }

    /// What [`KEEP`] is told of it.
    pub(in crate::store) fn keeping(&self) -> Option<[Value; 3]> {
        let types = self.call()?.types.as_str();
        Some([self.sql.as_str().into(), types.into(), (Deed::of(&self.sql) != Deed::Writes).into()])
    }

    /// How it is called where it is kept; `None`: it never is.
    pub(super) fn call(&self) -> Option<&Call> {
        self.kept.as_ref().map(|kept| kept.call.get_or_init(|| self.new_call()))
    }

    fn new_call(&self) -> Call {
        let hash = Sha256::digest(self.sql.as_bytes());
        let digits: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{NAME}{digits}");
        let types = self.types();
        let numbered: Vec<String> = types.iter().zip(1..).map(|(kind, number)| format!("${number}::{kind}")).collect();
        Call {
            sql: format!("SELECT {name}({}) AS kept", numbered.join(", ")),
            #[cfg(any(feature = "postgres", test))]
            json: OnceCell::new(),
            #[cfg(any(feature = "hyperdrive", test))]
            in_flight: OnceCell::new(),
            types: types.join(", "),
        }
    }
}

/// Whether an answer says that a function is not there (any more): by its name, or by its number where it was taken away while
/// the statement ran.
pub(super) fn is_forgotten(code: &str, message: &str) -> bool {
    let is_missing = code == "42883" && (message.contains(NAME) || message.starts_with("function with OID"));
    is_missing || code == "XX000" && message.starts_with("cache lookup failed for function")
}

/// Whether statements are kept now, by what became of asking for it; `None`: a fault that passes.
pub(in crate::store) fn is_kept<T>(asked: &Result<T, StoreError>) -> Option<bool> {
    match asked {
        Ok(_) => Some(true),
        Err(StoreError::Broken(_)) => Some(false),
        Err(_) => None,
    }
}

/// The row that a kept text's function has made one value of.
///
/// # Errors
/// [`StoreError::Broken`] where it is no row.
pub(super) fn row(columns: &Columns) -> Result<Row, StoreError> {
    let broken = || StoreError::Broken("a kept statement's answer is no row".to_string());
    let text = columns.get("kept").and_then(Json::as_str).ok_or_else(broken)?;
    let mut columns: Columns = serde_json::from_str(text).map_err(|_| broken())?;
    // Of a column that is JSON itself a statement that is sent as it is gives the text.
    for value in columns.values_mut().filter(|value| value.is_object() || value.is_array()) {
        *value = Json::String(value.to_string());
    }
    Ok(Row::new(columns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Batch, Dialect, Statement};

    const LONG: &str = concat!(
        "SELECT :a AS a, :b AS b, '",
        "....................................................................................................",
        "....................................................................................................",
        "....................................................................................................",
        "'"
    );

    fn long(text: &'static str) -> [Statement; 1] {
        [Statement::new("long", text).with("a", 1).with("b", "x")]
    }

    #[test]
    fn a_text_is_kept_once_it_was_sent_often_and_called_once_it_is_kept() {
        // given
        let statements = long(LONG);
        let batch = Batch::new(&statements, &[]);
        let rendered = || batch.render(Dialect::Postgres).unwrap().remove(0).form;
        // when
        let said: Vec<bool> = (0..4).map(|_| rendered().is_to_be_kept(3)).collect();
        // then
        assert_eq!(said, [false, false, true, false]);
        assert!(!rendered().is_called());
        rendered().was_kept(Some(true));
        let rendered = rendered();
        let call = rendered.call().unwrap();
        assert!(rendered.is_called());
        assert_eq!(call.types, "bigint, text");
        let name = call.sql.strip_prefix("SELECT ").and_then(|sql| sql.strip_suffix("($1::bigint, $2::text) AS kept"));
        assert!(name.is_some_and(|name| name.len() == NAME.len() + 32 && name.starts_with(NAME)), "{}", call.sql);
        assert_eq!(call.json(), format!("\"{}\"", call.sql));
    }

    #[test]
    fn what_is_refused_is_not_asked_for_again_and_what_a_fault_met_is() {
        const TEXT: &str = concat!(
            "SELECT :a + 1 AS a, :b AS b, '",
            "                                                  ",
            "                                                                                                    ",
            "                                                                                                    ",
            "                                                                                                    '"
        );
        let statements = long(TEXT);
        let batch = Batch::new(&statements, &[]);
        let rendered = batch.render(Dialect::Postgres).unwrap().remove(0).form;
        assert!(rendered.is_to_be_kept(1));
        rendered.was_kept(None);
        assert!(rendered.is_to_be_kept(1));
        rendered.was_kept(Some(false));
        assert!(!rendered.is_to_be_kept(1) && !rendered.is_called());
    }

    #[test]
    fn short_texts_and_those_of_one_request_are_never_kept() {
        let short = [Statement::new("short", "SELECT 1")];
        let own = [Statement::composed("own", LONG.to_string().into()).with("a", 1).with("b", "x")];
        for statements in [short, own] {
            let batch = Batch::new(&statements, &[]);
            assert!(!batch.render(Dialect::Postgres).unwrap()[0].form.is_to_be_kept(0));
        }
    }

    #[test]
    fn a_row_is_read_as_the_statement_itself_would_give_it() {
        let columns =
            [("kept".to_string(), Json::from(r#"{"n":9007199254740993,"t":null,"s":"x","list":[1,{"a":"b"}]}"#))];
        let row = row(&columns.into_iter().collect()).unwrap();
        assert_eq!(row.integer("n"), Ok(9_007_199_254_740_993));
        assert_eq!(
            (row.optional_text("t"), row.text("s"), row.text("list")),
            (Ok(None), Ok("x"), Ok(r#"[1,{"a":"b"}]"#))
        );
    }
}
