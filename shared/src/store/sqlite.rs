//! SQLite in memory with the real schema: what native tests run on.

use std::cell::RefCell;

use rusqlite::{params_from_iter, types::ValueRef, Connection};
use serde_json::{Map, Value as Json};

use super::{Answer, Batch, Cost, Dialect, Row, Store, StoreError, Value};

/// More than a test has: preparing them anew each time took two fifths of the native tests' time.
const STATEMENTS_KEPT: usize = 512;

/// A database of its own for one test.
pub struct Sqlite(RefCell<Connection>);

impl Sqlite {
    /// # Errors
    /// What SQLite says of `schema.sql`.
    pub fn with_schema() -> Result<Self, StoreError> {
        let connection = Connection::open_in_memory().map_err(store_error)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        connection.execute_batch("PRAGMA foreign_keys = ON").map_err(store_error)?;
        connection.execute_batch(include_str!("../../../schema.sql")).map_err(store_error)?;
        Ok(Self(RefCell::new(connection)))
    }

    /// Runs SQL of a test's own: fixtures, and ageing rows.
    ///
    /// # Errors
    /// What SQLite says of it.
    pub fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.0.borrow().execute_batch(sql).map_err(store_error)
    }

    /// The rows of a query of a test's own.
    ///
    /// # Errors
    /// What SQLite says of it.
    pub fn query(&self, sql: &str) -> Result<Vec<Row>, StoreError> {
        rows_of(&self.0.borrow(), sql, &[]).map_err(store_error)
    }
}

impl Store for Sqlite {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let rendered = batch.render(Dialect::Sqlite)?;
        let mut connection = self.0.borrow_mut();
        let transaction = connection.transaction().map_err(store_error)?;
        let mut results = Vec::new();
        for (statement, rendered) in batch.sent(Dialect::Sqlite).zip(&rendered) {
            let rows = rows_of(&transaction, rendered.sql(), &rendered.values);
            results.push((statement.name, rows.map_err(|error| named(statement.name, store_error(error)))?));
        }
        transaction.commit().map_err(store_error)?;
        let statements = u32::try_from(rendered.len()).unwrap_or(u32::MAX);
        Ok(Answer::new(results, Cost { batches: 1, statements, tries: 1, ..Cost::default() }))
    }
}

fn rows_of(connection: &Connection, sql: &str, values: &[&Value]) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_string).collect();
    let bound = values.iter().map(|value| match value {
        Value::Integer(value) => rusqlite::types::Value::from(*value),
        Value::Text(value) => rusqlite::types::Value::from(value.clone()),
    });
    let mut rows = statement.query(params_from_iter(bound))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut map = Map::new();
        for (index, column) in columns.iter().enumerate() {
            map.insert(column.clone(), json(row.get_ref(index)?));
        }
        found.push(Row::new(map));
    }
    Ok(found)
}

fn json(value: ValueRef<'_>) -> Json {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => Json::Null,
        ValueRef::Integer(value) => value.into(),
        ValueRef::Real(value) => value.into(),
        ValueRef::Text(value) => String::from_utf8_lossy(value).into(),
    }
}

fn store_error(error: rusqlite::Error) -> StoreError {
    if let rusqlite::Error::SqliteFailure(failure, Some(message)) = &error {
        if failure.code == rusqlite::ErrorCode::ConstraintViolation {
            return StoreError::refused_row(message.clone());
        }
    }
    StoreError::Broken(error.to_string())
}

fn named(statement: &str, error: StoreError) -> StoreError {
    match error {
        StoreError::Broken(cause) => StoreError::Broken(format!("{statement}: {cause}")),
        other => other,
    }
}
