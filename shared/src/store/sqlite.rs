//! SQLite in memory with the real schema: what native tests run on.

use std::{
    cell::RefCell,
    sync::{Mutex, PoisonError},
};

use rusqlite::{params_from_iter, types::ValueRef, Connection, OptionalExtension};
use serde_json::{Map, Value as Json};

use super::{Answer, Batch, Cost, Dialect, Row, Store, StoreError, Value};

/// More than a test has: preparing them anew each time took two fifths of the native tests' time.
const STATEMENTS_KEPT: usize = 512;

/// Databases as `schema.sql` makes them, with the statements that tests have prepared: making one took a fifth of a test's time,
/// and preparing a third.
static UNUSED: Mutex<Vec<Connection>> = Mutex::new(Vec::new());

/// A database of its own for one test. All that is done to it stands within one savepoint and is undone at the end, so that the next
/// test finds the schema alone.
pub struct Sqlite(RefCell<Connection>);

impl Sqlite {
    /// # Errors
    /// What SQLite says of `schema.sql`.
    pub fn with_schema() -> Result<Self, StoreError> {
        let unused = UNUSED.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = unused.map_or_else(|| made().map_err(store_error), Ok)?;
        let database = Self(RefCell::new(connection));
        database.mark()?;
        Ok(database)
    }

    /// From here on what is done can be undone. Marks are set and taken away like brackets.
    ///
    /// # Errors
    /// What SQLite says of it.
    pub fn mark(&self) -> Result<(), StoreError> {
        self.run("SAVEPOINT mark")
    }

    /// Undoes all that was done since the last mark, which stays.
    ///
    /// # Errors
    /// What SQLite says of it.
    pub fn undo(&self) -> Result<(), StoreError> {
        self.run("ROLLBACK TO mark")
    }

    /// Takes the last mark away.
    ///
    /// # Errors
    /// What SQLite says of it.
    pub fn unmark(&self) -> Result<(), StoreError> {
        self.run("RELEASE mark")
    }

    fn run(&self, sql: &str) -> Result<(), StoreError> {
        self.0.borrow().execute_batch(sql).map_err(store_error)
    }

    /// Runs SQL of a test's own: fixtures, and ageing rows.
    ///
    /// # Errors
    /// What SQLite says of it.
    pub fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.mark()?;
        let done = self.run(sql);
        let referred_to = must_be_referred_to(&self.0.borrow()).map_err(store_error);
        if referred_to.is_err() {
            self.undo()?;
        }
        self.unmark()?;
        done.and(referred_to)
    }

    /// The rows of a query of a test's own.
    ///
    /// # Errors
    /// What SQLite says of it.
    pub fn query(&self, sql: &str) -> Result<Vec<Row>, StoreError> {
        rows_of(&self.0.borrow(), sql, &[]).map_err(store_error)
    }

    /// How many rows were ever written, also to what they were before.
    pub fn written(&self) -> u64 {
        self.0.borrow().total_changes()
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        if self.undo().and_then(|()| self.unmark()).is_err() {
            return;
        }
        if let Ok(another) = Connection::open_in_memory() {
            let connection = self.0.replace(another);
            UNUSED.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

fn made() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.execute_batch("PRAGMA foreign_keys = ON")?;
    connection.execute_batch(include_str!("../../../schema.sql"))?;
    Ok(connection)
}

/// What a transaction's end sees to, which there is none of within a savepoint: the one reference that is checked that late.
fn must_be_referred_to(connection: &Connection) -> rusqlite::Result<()> {
    let astray = "SELECT 1 FROM users WHERE current_organization_id IS NOT NULL AND current_organization_id NOT IN (SELECT id FROM organizations)";
    let found = connection.prepare_cached(astray)?.query_row([], |_| Ok(())).optional()?;
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY);
    let refused = || rusqlite::Error::SqliteFailure(code, Some("FOREIGN KEY constraint failed".to_string()));
    found.map_or(Ok(()), |()| Err(refused()))
}

impl Store for Sqlite {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let rendered = batch.render(Dialect::Sqlite)?;
        let mut connection = self.0.borrow_mut();
        let transaction = connection.savepoint().map_err(store_error)?;
        let mut results = Vec::new();
        for (statement, rendered) in batch.sent(Dialect::Sqlite).zip(&rendered) {
            let rows = rows_of(&transaction, rendered.sql(), &rendered.values);
            results.push((statement.name, rows.map_err(|error| named(statement.name, store_error(error)))?));
        }
        must_be_referred_to(&transaction).and_then(|()| transaction.commit()).map_err(store_error)?;
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
