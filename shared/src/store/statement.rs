//! Statements: SQL as plain text with named parameters, written once for all engines.

use std::borrow::Cow;

use super::{
    copy::Copy,
    scope::{BEGIN_REQUEST, PREFIXES},
    Dialect, Lock, FOR_POSTGRES,
};
use crate::plan_overrides;

/// A value that goes into a statement. The type is known even where there is no value, since Postgres asks for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(Some(value.into()))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::from(value.to_string())
    }
}

impl From<String> for Value {
    /// Without zero bytes: Postgres has none in its texts, and refuses the whole batch for one. Fields with one are refused
    /// before; what a token or another company says is not ours to refuse.
    fn from(value: String) -> Self {
        Self::Text(Some(if value.contains('\0') { value.replace('\0', "") } else { value }))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        value.map_or(Self::Text(None), Self::from)
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Text(None), Self::from)
    }
}

impl From<Option<crate::rules::time::Timestamp>> for Value {
    fn from(value: Option<crate::rules::time::Timestamp>) -> Self {
        Self::Integer(value.map(|moment| moment.0))
    }
}

impl From<crate::rules::time::Timestamp> for Value {
    fn from(value: crate::rules::time::Timestamp) -> Self {
        Self::Integer(Some(value.0))
    }
}

/// One SQL statement with named parameters (`:email`), and the name under which its rows are found again.
#[derive(Clone, Debug)]
pub struct Statement {
    pub(super) name: &'static str,
    pub(super) sql: Cow<'static, str>,
    /// What Postgres takes instead, for the few statements that only one engine can say.
    pub(super) postgres: Option<&'static str>,
    /// It settles what is over before anything else is read, as [`Statement::beginning`] says.
    begins: bool,
    pub(super) parameters: Vec<(&'static str, Value)>,
}

impl Statement {
    /// SQL that both SQLite and Postgres take: `ON CONFLICT`, `RETURNING`, no function of one engine only.
    pub fn new(name: &'static str, sql: &'static str) -> Self {
        Self::composed(name, Cow::Borrowed(sql))
    }

    /// A statement whose text was put together from fixed pieces.
    pub fn composed(name: &'static str, sql: Cow<'static, str>) -> Self {
        Self { name, sql, postgres: None, begins: false, parameters: Vec::new() }
    }

    /// The same, in Postgres's own words.
    pub fn on_postgres(self, sql: &'static str) -> Self {
        Self { postgres: FOR_POSTGRES.then_some(sql), ..self }
    }

    /// The same as the first of a request, which on Postgres also keeps the caller's membership for the statements behind it.
    pub(crate) fn beginning(self, on_postgres: &'static str) -> Self {
        Self { begins: true, ..self.on_postgres(on_postgres) }
    }

    /// Under which its rows are found.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it may write. A statement that writes begins with the word, or has it on a line of its own behind `WITH`.
    pub fn writes(&self) -> bool {
        self.sql.lines().any(|line| ["INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| line.starts_with(verb)))
    }

    /// Whether it asks for the caller's membership.
    fn is_scoped(&self) -> bool {
        PREFIXES.iter().any(|(sqlite, _)| self.sql.starts_with(sqlite))
    }

    /// Binds a named parameter.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }
}

/// Statements that go to the database together, with the parameters that all of them share (who asks, when, which
/// organization).
#[derive(Clone)]
pub struct Batch<'a> {
    pub(super) statements: &'a [Statement],
    pub(super) shared: &'a [(&'static str, Value)],
    /// What SQLite runs first: what takes out the overrides that have ended, before somebody's membership is read.
    on_sqlite: Vec<Statement>,
    /// What Postgres runs first: the locks, and the statement that keeps the caller's membership.
    on_postgres: Vec<Statement>,
    locks: &'a [Lock],
    /// How long its answer may take, in milliseconds; `None`: as long as the engine waits by itself.
    time_ms: Option<u32>,
    copy: Copy,
}

impl<'a> Batch<'a> {
    pub fn new(statements: &'a [Statement], shared: &'a [(&'static str, Value)]) -> Self {
        let asks = statements.iter().any(Statement::is_scoped);
        let begins = statements.iter().any(|statement| statement.begins);
        let on_sqlite = begins.then(plan_overrides::settled).into_iter().collect();
        let is_opened = FOR_POSTGRES && asks && !begins;
        let on_postgres = is_opened.then(|| Statement::new("begin", BEGIN_REQUEST)).into_iter().collect();
        Self { statements, shared, on_sqlite, on_postgres, locks: &[], time_ms: None, copy: Copy::Primary }
    }

    /// The same, for which two batches may race.
    pub fn with_locks(self, locks: &'a [Lock]) -> Self {
        let taken = if FOR_POSTGRES { Lock::statements(locks) } else { Vec::new() };
        let on_postgres = taken.into_iter().chain(self.on_postgres).collect();
        Self { on_postgres, locks, ..self }
    }

    /// The same, to be answered within so many milliseconds.
    pub(crate) fn within(self, time_ms: u32) -> Self {
        Self { time_ms: Some(time_ms), ..self }
    }

    /// The same, to be answered by that copy of the database.
    pub(crate) fn by(self, copy: Copy) -> Self {
        Self { copy, ..self }
    }

    pub fn copy(&self) -> &Copy {
        &self.copy
    }

    /// How long to wait for its answer: no longer than the engine waits for one try.
    pub fn time_ms(&self, one_try_ms: u32) -> u32 {
        self.time_ms.map_or(one_try_ms, |time| time.min(one_try_ms))
    }

    pub fn statements(&self) -> &'a [Statement] {
        self.statements
    }

    pub fn locks(&self) -> &'a [Lock] {
        self.locks
    }

    /// What an engine runs: what it needs before the batch's own statements, and these.
    pub(super) fn sent(&self, dialect: Dialect) -> impl Iterator<Item = &Statement> {
        let opening = match dialect {
            Dialect::Sqlite => &self.on_sqlite,
            Dialect::Postgres => &self.on_postgres,
        };
        opening.iter().chain(self.statements)
    }
}
