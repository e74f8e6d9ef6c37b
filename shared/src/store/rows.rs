//! What a batch answered.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{Bookmark, StoreError};
use crate::rules::time::Timestamp;

/// One row, by column name.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Row(Map<String, Json>);

impl Row {
    pub fn new(columns: Map<String, Json>) -> Self {
        Self(columns)
    }

    /// # Errors
    /// [`StoreError::Broken`] where the column is missing, NULL or no text.
    pub fn text(&self, column: &str) -> Result<&str, StoreError> {
        self.optional_text(column)?.ok_or_else(|| missing(column))
    }

    pub fn optional_text(&self, column: &str) -> Result<Option<&str>, StoreError> {
        match self.column(column)? {
            Json::Null => Ok(None),
            Json::String(text) => Ok(Some(text)),
            _ => Err(StoreError::Broken(format!("column {column} is no text"))),
        }
    }

    /// # Errors
    /// [`StoreError::Broken`] where the column is missing, NULL or no whole number.
    pub fn integer(&self, column: &str) -> Result<i64, StoreError> {
        self.optional_integer(column)?.ok_or_else(|| missing(column))
    }

    /// A whole number, however the engine hands it over: D1 as a double, Postgres as text.
    pub fn optional_integer(&self, column: &str) -> Result<Option<i64>, StoreError> {
        let no_integer = || StoreError::Broken(format!("column {column} is no whole number"));
        match self.column(column)? {
            Json::Null => Ok(None),
            Json::String(text) => text.parse().map(Some).map_err(|_| no_integer()),
            Json::Number(number) => {
                number.as_i64().or_else(|| whole(number.as_f64()?)).map(Some).ok_or_else(no_integer)
            }
            _ => Err(no_integer()),
        }
    }

    /// A 0/1 column.
    pub fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.integer(column)? != 0)
    }

    pub fn timestamp(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.integer(column).map(Timestamp)
    }

    pub fn optional_timestamp(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.optional_integer(column)?.map(Timestamp))
    }

    fn column(&self, column: &str) -> Result<&Json, StoreError> {
        self.0.get(column).ok_or_else(|| missing(column))
    }
}

fn missing(column: &str) -> StoreError {
    StoreError::Broken(format!("column {column} is missing"))
}

#[allow(clippy::cast_possible_truncation)]
fn whole(number: f64) -> Option<i64> {
    let exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0;
    exact.then_some(number as i64)
}

/// The rows of each statement of a batch, in order, and what the batch cost.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    results: Vec<(&'static str, Vec<Row>)>,
    pub cost: Cost,
    /// The state that it was read from, or that it left behind, where the engine names states.
    pub bookmark: Option<Bookmark>,
}

impl Answer {
    pub fn new(results: Vec<(&'static str, Vec<Row>)>, cost: Cost) -> Self {
        Self { results, cost, bookmark: None }
    }

    /// The rows of the statement with this name.
    ///
    /// # Errors
    /// [`StoreError::Broken`] where the batch had no such statement.
    pub fn rows(&self, statement: &str) -> Result<&[Row], StoreError> {
        let found = self.results.iter().find(|(name, _)| *name == statement);
        found.map(|(_, rows)| rows.as_slice()).ok_or_else(|| StoreError::Broken(format!("no statement {statement}")))
    }

    /// The first row of that statement, if it gave any.
    pub fn first(&self, statement: &str) -> Result<Option<&Row>, StoreError> {
        Ok(self.rows(statement)?.first())
    }

    /// The one row of a statement that always gives one.
    pub fn only(&self, statement: &str) -> Result<&Row, StoreError> {
        self.first(statement)?.ok_or_else(|| StoreError::Broken(format!("{statement} gave no row")))
    }
}

/// What the database was asked to do, as it says itself. `Server-Timing` shows it to the client.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// The engine's name, where it is not D1.
    pub engine: Option<&'static str>,
    pub batches: u32,
    /// How often these batches were sent: more often than there are batches after a fault or a conflict.
    pub tries: u32,
    pub statements: u32,
    /// Rows read and written by the engine's own count, indexes included. Postgres does not report them.
    pub rows: Option<RowCost>,
    /// Milliseconds from sending to having the answer, network included.
    pub milliseconds: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowCost {
    pub read: u64,
    pub written: u64,
}

impl Cost {
    /// Adds the cost of a further batch of the same request.
    pub fn add(&mut self, other: Self) {
        self.engine = other.engine;
        self.batches += other.batches;
        self.tries += other.tries;
        self.statements += other.statements;
        self.milliseconds += other.milliseconds;
        self.rows = match (self.rows, other.rows) {
            (Some(one), Some(two)) => Some(RowCost { read: one.read + two.read, written: one.written + two.written }),
            (one, two) => one.or(two),
        };
    }

    /// The value of the header `Server-Timing`. How many rows were read can tell whether something is there that the
    /// caller may not know of, so rows and statements are said only where the operator wants them in replies.
    pub fn server_timing(&self, with_rows: bool) -> String {
        let tries = if self.tries > self.batches { format!(" tries={}", self.tries) } else { String::new() };
        let rows = self.rows.map_or_else(String::new, |rows| format!(" read={} written={}", rows.read, rows.written));
        let work = if with_rows { format!(" statements={}{tries}{rows}", self.statements) } else { tries };
        let engine = self.engine.map_or_else(String::new, |name| format!(" engine={name}"));
        // By whole tenths: to write fractions takes two kilobytes of a worker that has no others.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let tenths = (self.milliseconds * 10.0).round() as u64;
        format!("db;dur={}.{};desc=\"batches={}{work}{engine}\"", tenths / 10, tenths % 10, self.batches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_from_doubles_and_from_text() {
        let row = Row::new(serde_json::from_str(r#"{"a": 5, "b": 5.0, "c": "5", "d": 5.5, "e": null}"#).unwrap());
        assert_eq!((row.integer("a"), row.integer("b"), row.integer("c")), (Ok(5), Ok(5), Ok(5)));
        assert!(row.integer("d").is_err() && row.integer("e").is_err() && row.integer("f").is_err());
        assert_eq!(row.optional_integer("e"), Ok(None));
    }

    #[test]
    fn a_request_of_two_batches_says_what_both_cost() {
        let mut cost = Cost {
            engine: None,
            batches: 1,
            tries: 1,
            statements: 3,
            rows: Some(RowCost { read: 4, written: 2 }),
            milliseconds: 1.26,
        };
        assert_eq!(cost.server_timing(true), "db;dur=1.3;desc=\"batches=1 statements=3 read=4 written=2\"");
        cost.add(Cost { tries: 3, ..cost });
        assert_eq!(cost.server_timing(true), "db;dur=2.5;desc=\"batches=2 statements=6 tries=4 read=8 written=4\"");
        assert_eq!(cost.server_timing(false), "db;dur=2.5;desc=\"batches=2 tries=4\"");
    }

    #[test]
    fn another_engine_than_d1_is_named() {
        let mut cost = Cost::default();
        cost.add(Cost {
            engine: Some("hyperdrive"),
            batches: 1,
            tries: 1,
            statements: 3,
            rows: None,
            milliseconds: 2.0,
        });
        assert_eq!(cost.server_timing(true), "db;dur=2.0;desc=\"batches=1 statements=3 engine=hyperdrive\"");
        assert_eq!(cost.server_timing(false), "db;dur=2.0;desc=\"batches=1 engine=hyperdrive\"");
    }
}
