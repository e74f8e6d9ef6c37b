//! Statements: SQL as plain text with named parameters, written once for all engines.

use std::borrow::Cow;

use super::{
    scope::{BEGIN_KEY_REQUEST, BEGIN_REQUEST, KEY_PREFIXES, PREFIXES, SERVICE_KEY},
    Lock, StoreError,
};

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
    sql: Cow<'static, str>,
    /// What Postgres takes instead, for the few statements that only one engine can say.
    postgres: Option<&'static str>,
    parameters: Vec<(&'static str, Value)>,
}

impl Statement {
    /// SQL that both SQLite and Postgres take: `ON CONFLICT`, `RETURNING`, no function of one engine only.
    pub fn new(name: &'static str, sql: &'static str) -> Self {
        Self::composed(name, Cow::Borrowed(sql))
    }

    /// A statement whose text was put together from fixed pieces.
    pub fn composed(name: &'static str, sql: Cow<'static, str>) -> Self {
        Self { name, sql, postgres: None, parameters: Vec::new() }
    }

    /// The same, in Postgres's own words.
    pub(crate) fn on_postgres(self, sql: &'static str) -> Self {
        Self { postgres: Some(sql), ..self }
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

    /// The text for an engine, with what stands before it there.
    fn text(&self, dialect: Dialect, by_key: bool) -> (&str, &str) {
        let sql = self.sql.as_ref();
        if dialect == Dialect::Sqlite {
            let mut prefixes = PREFIXES.iter().zip(KEY_PREFIXES).filter(|_| by_key);
            let of_key = prefixes.find_map(|((person, _), key)| Some((key, sql.strip_prefix(person)?)));
            return of_key.unwrap_or(("", sql));
        }
        if let Some(own) = self.postgres {
            return ("", own);
        }
        let scoped = PREFIXES.iter().find_map(|(sqlite, postgres)| Some((*postgres, sql.strip_prefix(sqlite)?)));
        scoped.unwrap_or(("", sql))
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
    shared: &'a [(&'static str, Value)],
    /// What Postgres runs first: the locks, and the statement that keeps the caller's membership.
    opening: Vec<Statement>,
    locks: &'a [Lock],
    /// How long its answer may take, in milliseconds; `None`: as long as the engine waits by itself.
    time_ms: Option<u32>,
}

/// How an engine writes a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `?1`; integers are cast, since D1 binds every number as a double.
    Sqlite,
    /// `$1::bigint`, `$1::text`: no type is ever guessed.
    Postgres,
}

/// A statement as an engine takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered<'a> {
    pub sql: String,
    pub values: Vec<&'a Value>,
}

impl<'a> Batch<'a> {
    pub fn new(statements: &'a [Statement], shared: &'a [(&'static str, Value)]) -> Self {
        let asks = statements.iter().any(Statement::is_scoped);
        let begins = [BEGIN_REQUEST, BEGIN_KEY_REQUEST];
        let begins = statements.iter().any(|statement| statement.postgres.is_some_and(|own| begins.contains(&own)));
        let opening = (asks && !begins).then(|| Statement::new("begin", BEGIN_REQUEST)).into_iter().collect();
        Self { statements, shared, opening, locks: &[], time_ms: None }
    }

    /// The same, for which two batches may race.
    pub fn with_locks(self, locks: &'a [Lock]) -> Self {
        let opening = Lock::statements(locks).into_iter().chain(self.opening).collect();
        Self { opening, locks, ..self }
    }

    /// The same, to be answered within so many milliseconds.
    pub(crate) fn within(self, time_ms: u32) -> Self {
        Self { time_ms: Some(time_ms), ..self }
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

    /// What an engine runs before the batch's own statements.
    pub(super) fn opening(&self, dialect: Dialect) -> &[Statement] {
        match dialect {
            Dialect::Sqlite => &[],
            Dialect::Postgres => &self.opening,
        }
    }

    /// All statements in an engine's own form, those that lock before the batch's own.
    ///
    /// # Errors
    /// [`StoreError::Broken`] names a parameter that nobody bound.
    pub fn render(&self, dialect: Dialect) -> Result<Vec<Rendered<'_>>, StoreError> {
        let statements = self.opening(dialect).iter().chain(self.statements);
        statements.map(|statement| render(statement, self.shared, dialect)).collect()
    }
}

fn render<'a>(
    statement: &'a Statement,
    shared: &'a [(&'static str, Value)],
    dialect: Dialect,
) -> Result<Rendered<'a>, StoreError> {
    let by_key = shared.iter().any(|(name, value)| *name == SERVICE_KEY && matches!(value, Value::Text(Some(_))));
    let (before, own) = statement.text(dialect, by_key);
    // What stands before a statement of a key has parameters of its own.
    let joined = (dialect == Dialect::Sqlite && !before.is_empty()).then(|| format!("{before}{own}"));
    let (before, own) = joined.as_deref().map_or((before, own), |joined| ("", joined));
    let mut sql = String::with_capacity(before.len() + own.len() + 64);
    sql.push_str(before);
    let mut names: Vec<&str> = Vec::new();
    let mut values: Vec<&'a Value> = Vec::new();
    let mut rest = own;
    while let Some((before, quote, after)) = next_mark(rest) {
        sql.push_str(before);
        if quote {
            // A string literal is copied as it is, colons included.
            let end = after.find('\'').map_or(after.len(), |end| end + 1);
            let (literal, tail) = after.split_at(end);
            sql.push('\'');
            sql.push_str(literal);
            rest = tail;
            continue;
        }
        let end = after.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(after.len());
        let (name, tail) = after.split_at(end);
        let mut bound = statement.parameters.iter().chain(shared);
        let Some((_, value)) = bound.find(|(candidate, _)| *candidate == name) else {
            return Err(StoreError::Broken(format!("{}: nothing is bound to :{name}", statement.name)));
        };
        let position = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            values.push(value);
            names.len() - 1
        });
        let number = position + 1;
        // Rows out of a list of JSON objects: the engines agree on what can be asked of an object (`->>`), and not on this.
        let is_list = dialect == Dialect::Postgres && sql.ends_with(LIST_ON_SQLITE);
        if is_list {
            sql.truncate(sql.len() - LIST_ON_SQLITE.len());
            sql.push_str("jsonb_array_elements(");
        }
        sql.push_str(&match (dialect, value) {
            _ if is_list => format!("${number}::text::jsonb"),
            (Dialect::Sqlite, Value::Integer(_)) => format!("CAST(?{number} AS INTEGER)"),
            (Dialect::Sqlite, Value::Text(_)) => format!("?{number}"),
            (Dialect::Postgres, Value::Integer(_)) => format!("${number}::bigint"),
            (Dialect::Postgres, Value::Text(_)) => format!("${number}::text"),
        });
        rest = tail;
    }
    sql.push_str(rest);
    Ok(Rendered { sql, values })
}

/// Its argument is a parameter, whose text is a list.
const LIST_ON_SQLITE: &str = "json_each(";

/// The text before the next quote or colon, whether it is a quote, and the text after it.
fn next_mark(text: &str) -> Option<(&str, bool, &str)> {
    let at = text.find([':', '\''])?;
    let (before, rest) = text.split_at(at);
    Some((before, rest.starts_with('\''), rest.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(dialect: Dialect) -> (String, usize) {
        let statement = Statement::new(
            "test",
            "SELECT ':kept', :email, 'it''s :kept' FROM t WHERE a = :email AND b < :now AND c IS :none",
        )
        .with("email", "a@b.cd")
        .with("none", None::<&str>);
        let shared = [("now", Value::from(5))];
        let statements = [statement];
        let batch = Batch::new(&statements, &shared);
        let rendered = batch.render(dialect).unwrap();
        (rendered[0].sql.clone(), rendered[0].values.len())
    }

    #[test]
    fn parameters_are_numbered_once_each_and_literals_are_left_alone() {
        assert_eq!(
            rendered(Dialect::Sqlite),
            ("SELECT ':kept', ?1, 'it''s :kept' FROM t WHERE a = ?1 AND b < CAST(?2 AS INTEGER) AND c IS ?3".into(), 3)
        );
        assert_eq!(
            rendered(Dialect::Postgres),
            ("SELECT ':kept', $1::text, 'it''s :kept' FROM t WHERE a = $1::text AND b < $2::bigint AND c IS $3::text".into(), 3)
        );
    }

    #[test]
    fn a_list_is_taken_apart_by_each_engine_s_own_function() {
        let statements =
            [Statement::new("test", "SELECT item.value ->> 'a' FROM json_each(:list) item, json_each(:list) other")
                .with("list", "[]")];
        let batch = Batch::new(&statements, &[]);
        let sql = |dialect| batch.render(dialect).unwrap()[0].sql.clone();
        assert_eq!(sql(Dialect::Sqlite), "SELECT item.value ->> 'a' FROM json_each(?1) item, json_each(?1) other");
        assert_eq!(
            sql(Dialect::Postgres),
            "SELECT item.value ->> 'a' FROM jsonb_array_elements($1::text::jsonb) item, jsonb_array_elements($1::text::jsonb) other"
        );
    }

    #[test]
    fn an_unbound_parameter_is_named() {
        let statements = [Statement::new("lookup", "SELECT :missing")];
        let error = Batch::new(&statements, &[]).render(Dialect::Sqlite).unwrap_err();
        assert_eq!(error, StoreError::Broken("lookup: nothing is bound to :missing".into()));
    }
}
