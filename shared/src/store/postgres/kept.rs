//! Texts that Postgres keeps planned, each as a function.
//!
//! Parsing and planning an upload's statements took Postgres four times as long as running them (`bench/PLANNING.md`). A
//! prepared statement does not help behind a proxy that hands each request another connection, and takes what was prepared
//! from it afterwards; the plans of a function's statements stay with the connection. So a fixed text that a worker sends
//! again and again is handed to `tallygate_keep`, which makes a function of it, under a name that is the text's hash: every
//! version of a worker calls its own texts and no other. Who asks for it is never made to wait: until the function is there,
//! and wherever it can't be made, the text is sent as it is.

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use super::super::{
    render::{Call, Form, Kept, Stage},
    Row, StoreError,
};

/// A shorter text is read and planned as fast as a function is called.
const LEAST_LENGTH: usize = 60;
/// What is a call of one of the schema's own functions has its plans already.
const CALLS: &str = "SELECT tallygate_";

/// What a kept text's function is called.
const NAME: &str = "tallygate_kept_";

impl Form {
    /// How it is called, where Postgres keeps it.
    pub(super) fn called(&self) -> Option<&Call> {
        self.kept.as_ref().filter(|kept| kept.stage.get() == Stage::Called).map(|kept| self.call(kept))
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
    pub(super) fn was_kept(&self, is_kept: Option<bool>) {
        if let Some(kept) = &self.kept {
            kept.uses.set(0);
            kept.stage.set(match is_kept {
                Some(true) => Stage::Called,
                Some(false) => Stage::Asked,
                None => Stage::Text,
            });
        }
    }

    /// The query that has it kept, as JSON.
    pub(super) fn keeping(&self) -> Option<String> {
        let call = self.call(self.kept.as_ref()?);
        let gives_rows = if gives_rows(&self.sql) { "1" } else { "0" };
        let values = Json::from(vec![self.sql.as_str(), &call.types, gives_rows]);
        Some(format!(r#"{{"query":"SELECT tallygate_keep($1::text, $2::text, $3::bigint)","params":{values}}}"#))
    }

    fn call<'a>(&'a self, kept: &'a Kept) -> &'a Call {
        kept.call.get_or_init(|| {
            let hash = Sha256::digest(self.sql.as_bytes());
            let digits: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            let name = format!("{NAME}{digits}");
            let types = self.types();
            let numbered: Vec<String> =
                types.iter().zip(1..).map(|(kind, number)| format!("${number}::{kind}")).collect();
            let json = Json::from(format!("SELECT {name}({}) AS kept", numbered.join(", "))).to_string();
            Call { name, json, types: types.join(", ") }
        })
    }
}

/// Whether a statement has an answer. A verb that writes stands at the beginning of a line, and what it writes is answered
/// only where it says so.
fn gives_rows(sql: &str) -> bool {
    let written = ["INSERT ", "UPDATE ", "DELETE "].iter().filter_map(|verb| {
        let at_once = sql.starts_with(verb).then_some(0);
        sql.rfind(&format!("\n{verb}")).or(at_once)
    });
    written.max().is_none_or(|at| sql.get(at..).is_some_and(|rest| rest.contains("RETURNING")))
}

/// Whether an answer says that a function is not there (any more): by its name, or by its number where it was taken away while
/// the statement ran.
pub(super) fn is_forgotten(code: &str, message: &str) -> bool {
    let is_missing = code == "42883" && (message.contains(NAME) || message.starts_with("function with OID"));
    is_missing || code == "XX000" && message.starts_with("cache lookup failed for function")
}

/// The row that a kept text's function has made one value of.
///
/// # Errors
/// [`StoreError::Broken`] where it is no row.
pub(super) fn row(columns: &Map<String, Json>) -> Result<Row, StoreError> {
    let broken = || StoreError::Broken("a kept statement's answer is no row".to_string());
    let text = columns.get("kept").and_then(Json::as_str).ok_or_else(broken)?;
    let mut columns: Map<String, Json> = serde_json::from_str(text).map_err(|_| broken())?;
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
        assert_eq!(rendered().called(), None);
        rendered().was_kept(Some(true));
        let rendered = rendered();
        let call = rendered.called().unwrap();
        assert_eq!(call.types, "bigint, text");
        assert_eq!(call.json, format!("\"SELECT {}($1::bigint, $2::text) AS kept\"", call.name));
        assert_eq!(call.name.len(), NAME.len() + 32);
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
        assert!(!rendered.is_to_be_kept(1) && rendered.called().is_none());
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
    fn what_a_statement_gives_is_told_by_what_it_does_last() {
        for (sql, gives) in [
            ("SELECT 1", true),
            ("WITH a AS (SELECT 1)\nSELECT * FROM a", true),
            ("INSERT INTO a VALUES (1)", false),
            ("WITH a AS (SELECT 1)\nINSERT INTO b SELECT * FROM a\nON CONFLICT (x) DO UPDATE SET y = 1", false),
            ("WITH a AS (SELECT 1)\nUPDATE b SET c = 1\nRETURNING c", true),
        ] {
            assert_eq!(gives_rows(sql), gives, "{sql}");
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
