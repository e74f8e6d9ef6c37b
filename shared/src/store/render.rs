//! Statements as an engine takes them: with its own marks for parameters, and its own words where they differ.
//!
//! What a function sends is tens of kilobytes of fixed text, and reading through it took longer than running it. So each text
//! is read through once in the life of a worker.

#[cfg(any(test, target_arch = "wasm32"))]
use std::cell::OnceCell;
use std::{borrow::Cow, cell::RefCell, rc::Rc};

#[cfg(any(test, all(target_arch = "wasm32", feature = "hyperdrive")))]
use super::hyperdrive::InFlight;
#[cfg(any(test, all(target_arch = "wasm32", feature = "statements-for-postgres")))]
use super::postgres::kept::Kept;
use super::{
    asking::Asking,
    scope::{KEY_PREFIXES, PREFIXES},
    Batch, Statement, StoreError, Value,
};
use crate::organization_by_claim;

/// How an engine writes a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `?1`; integers are cast, since D1 binds every number as a double.
    Sqlite,
    /// `$1::bigint`, `$1::text`: no type is ever guessed.
    Postgres,
}

impl Dialect {
    /// Adds text without literals. D1 is sent each statement anew as JSON, in which a line break is two letters and keeps the rest from
    /// being copied as it is: there it has single spaces in place of breaks and indents.
    fn push(self, sql: &mut String, text: &str) {
        match self {
            Self::Postgres => sql.push_str(text),
            Self::Sqlite => {
                for letter in text.chars() {
                    match letter.is_ascii_whitespace() {
                        true if sql.ends_with(' ') => {}
                        true => sql.push(' '),
                        false => sql.push(letter),
                    }
                }
            }
        }
    }
}

/// A statement as an engine takes it, with the values of its parameters in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered<'a> {
    pub(super) form: Rc<Form>,
    pub values: Vec<&'a Value>,
}

/// What a text is to an engine, whatever the values are.
#[derive(Debug, PartialEq)]
pub(super) struct Form {
    pub sql: String,
    /// The same as JSON, made where it is asked for.
    #[cfg(any(test, all(target_arch = "wasm32", feature = "postgres")))]
    json: OnceCell<String>,
    /// The same as it is sent in a flight, made where it is asked for.
    #[cfg(any(test, all(target_arch = "wasm32", feature = "hyperdrive")))]
    pub in_flight: OnceCell<InFlight>,
    /// The same as JavaScript has it: handing the text over costs more than what is bound to it.
    #[cfg(all(target_arch = "wasm32", feature = "d1"))]
    in_javascript: OnceCell<js_sys::JsString>,
    /// The parameters in the order of their numbers.
    parameters: Vec<(String, Kind)>,
    /// How far Postgres is with keeping it planned; `None`: it is put together for each request.
    #[cfg(any(test, all(target_arch = "wasm32", feature = "statements-for-postgres")))]
    pub kept: Option<Kept>,
}

/// What a value is, also where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Text,
}

impl Kind {
    fn of(value: &Value) -> Self {
        match value {
            Value::Integer(_) => Self::Integer,
            Value::Text(_) => Self::Text,
        }
    }

    fn on_postgres(self) -> &'static str {
        match self {
            Self::Integer => "bigint",
            Self::Text => "text",
        }
    }
}

/// A fixed text by its place and length, the engine, and who asks.
type Place = (usize, usize, Dialect, Asking);

thread_local! {
    /// There are no more than a function has statements: to look through them costs less than to hash a place.
    static FORMS: RefCell<Vec<(Place, Rc<Form>)>> = RefCell::default();
}

#[cfg(any(test, all(target_arch = "wasm32", feature = "statements-for-postgres")))]
impl Form {
    /// The types of its parameters in Postgres, in the order of their numbers.
    pub fn types(&self) -> Vec<&'static str> {
        self.parameters.iter().map(|(_, kind)| kind.on_postgres()).collect()
    }
}

impl Rendered<'_> {
    pub fn sql(&self) -> &str {
        &self.form.sql
    }

    /// The text as JavaScript has it.
    #[cfg(all(target_arch = "wasm32", feature = "d1"))]
    pub fn in_javascript(&self) -> &js_sys::JsString {
        self.form.in_javascript.get_or_init(|| self.sql().into())
    }

    /// The text as a JSON string, quotes included.
    #[cfg(any(test, all(target_arch = "wasm32", feature = "postgres")))]
    pub fn json(&self) -> &str {
        self.form.json.get_or_init(|| serde_json::Value::from(self.sql()).to_string())
    }
}

impl Batch<'_> {
    /// All statements in an engine's own form, those that lock before the batch's own.
    ///
    /// # Errors
    /// [`StoreError::Broken`] names a parameter that nobody bound.
    pub fn render(&self, dialect: Dialect) -> Result<Vec<Rendered<'_>>, StoreError> {
        let asking = Asking::of(self.shared);
        self.sent(dialect).map(|statement| Bound { statement, shared: self.shared }.render(dialect, asking)).collect()
    }
}

/// A statement beside all that is bound for it.
#[derive(Clone, Copy)]
struct Bound<'a> {
    statement: &'a Statement,
    shared: &'a [(&'static str, Value)],
}

impl<'a> Bound<'a> {
    fn value(self, name: &str) -> Result<&'a Value, StoreError> {
        let mut bound = self.statement.parameters.iter().chain(self.shared);
        let found = bound.find(|(candidate, _)| *candidate == name).map(|(_, value)| value);
        found.ok_or_else(|| StoreError::Broken(format!("{}: nothing is bound to :{name}", self.statement.name)))
    }

    fn render(self, dialect: Dialect, asking: Asking) -> Result<Rendered<'a>, StoreError> {
        let place =
            self.statement.fixed_text(dialect).map(|text| (text.as_ptr() as usize, text.len(), dialect, asking));
        let known = place.and_then(|place| {
            FORMS.with_borrow(|forms| forms.iter().find(|(known, _)| *known == place).map(|(_, form)| Rc::clone(form)))
        });
        if let Some(form) = known {
            let values = form.parameters.iter().map(|(name, _)| self.value(name)).collect::<Result<Vec<_>, _>>()?;
            let kinds = form.parameters.iter().map(|(_, kind)| *kind);
            if kinds.eq(values.iter().map(|value| Kind::of(value))) {
                return Ok(Rendered { form, values });
            }
        }
        let (form, values) = self.take_apart(dialect, asking)?;
        #[cfg(any(test, all(target_arch = "wasm32", feature = "statements-for-postgres")))]
        let form = Form { kept: place.map(|_| Kept::default()), ..form };
        let form = Rc::new(form);
        if let Some(place) = place {
            FORMS.with_borrow_mut(|forms| {
                forms.retain(|(known, _)| *known != place);
                forms.push((place, Rc::clone(&form)));
            });
        }
        Ok(Rendered { form, values })
    }

    fn take_apart(self, dialect: Dialect, asking: Asking) -> Result<(Form, Vec<&'a Value>), StoreError> {
        let (before, text) = self.statement.text(dialect, asking);
        let text = match asking {
            Asking::Person => text.replace(organization_by_claim!(), "").into(),
            Asking::PersonByClaim | Asking::ServiceKey => text,
        };
        let mut sql = String::with_capacity(before.len() + text.len() + 64);
        sql.push_str(before);
        let mut parameters: Vec<(String, Kind)> = Vec::new();
        let mut values: Vec<&'a Value> = Vec::new();
        let mut rest = text.as_ref();
        while let Some((before, quote, after)) = next_mark(rest) {
            dialect.push(&mut sql, before);
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
            let value = self.value(name)?;
            let position = parameters.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                parameters.push((name.to_string(), Kind::of(value)));
                values.push(value);
                values.len() - 1
            });
            let number = position + 1;
            // Rows out of a list of JSON objects: the engines agree on what can be asked of an object (`->>`), and not on
            // this.
            let is_list = dialect == Dialect::Postgres && sql.ends_with(LIST_ON_SQLITE);
            if is_list {
                sql.truncate(sql.len() - LIST_ON_SQLITE.len());
                sql.push_str("jsonb_array_elements(");
            }
            sql.push_str(&match (dialect, Kind::of(value)) {
                _ if is_list => format!("${number}::text::jsonb"),
                (Dialect::Sqlite, Kind::Integer) => format!("CAST(?{number} AS INTEGER)"),
                (Dialect::Sqlite, Kind::Text) => format!("?{number}"),
                (Dialect::Postgres, kind) => format!("${number}::{}", kind.on_postgres()),
            });
            rest = tail;
        }
        dialect.push(&mut sql, rest);
        if dialect == Dialect::Sqlite {
            for (name, own) in NAMES_ON_SQLITE {
                sql = sql.replace(name, own);
            }
        }
        let form = Form {
            sql,
            #[cfg(any(test, all(target_arch = "wasm32", feature = "postgres")))]
            json: OnceCell::new(),
            #[cfg(any(test, all(target_arch = "wasm32", feature = "hyperdrive")))]
            in_flight: OnceCell::new(),
            #[cfg(all(target_arch = "wasm32", feature = "d1"))]
            in_javascript: OnceCell::new(),
            parameters,
            #[cfg(any(test, all(target_arch = "wasm32", feature = "statements-for-postgres")))]
            kept: None,
        };
        Ok((form, values))
    }
}

impl Statement {
    /// The text that it is made of, where that was there when the worker was built.
    fn fixed_text(&self, dialect: Dialect) -> Option<&'static str> {
        match (dialect, self.postgres, &self.sql) {
            (Dialect::Postgres, Some(own), _) => Some(own),
            (_, _, Cow::Borrowed(sql)) => Some(sql),
            (_, _, Cow::Owned(_)) => None,
        }
    }

    /// The text for an engine: what stands before it there, which has no parameters, and the rest.
    fn text(&self, dialect: Dialect, asking: Asking) -> (&'static str, Cow<'_, str>) {
        let sql = self.sql.as_ref();
        let mut prefixes = PREFIXES.iter().zip(KEY_PREFIXES);
        let prefixed = prefixes.find_map(|((person, postgres), key)| Some((sql.strip_prefix(person)?, *postgres, key)));
        match (dialect, self.postgres, prefixed) {
            (Dialect::Postgres, Some(own), _) => ("", own.into()),
            (Dialect::Postgres, None, Some((own, before, _))) => (before, own.into()),
            (Dialect::Sqlite, _, Some((own, _, key))) if asking == Asking::ServiceKey => {
                ("", format!("{key}{own}").into())
            }
            _ => ("", sql.into()),
        }
    }
}

/// What SQLite calls the functions of Postgres that take the least and the greatest of some values.
const NAMES_ON_SQLITE: [(&str, &str); 2] = [("least(", "min("), ("greatest(", "max(")];
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
        (rendered[0].sql().to_string(), rendered[0].values.len())
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
    fn d1_is_sent_single_spaces_and_what_is_in_literals_as_it_is() {
        let statements = [Statement::new("test", "SELECT 'a\n  b',\n  :a\n  FROM t").with("a", 3)];
        let batch = Batch::new(&statements, &[]);
        let sql = |dialect| batch.render(dialect).unwrap()[0].sql().to_string();
        assert_eq!(sql(Dialect::Sqlite), "SELECT 'a\n  b', CAST(?1 AS INTEGER) FROM t");
        assert_eq!(sql(Dialect::Postgres), "SELECT 'a\n  b',\n  $1::bigint\n  FROM t");
    }

    #[test]
    fn a_list_is_taken_apart_by_each_engine_s_own_function() {
        let statements =
            [Statement::new("test", "SELECT item.value ->> 'a' FROM json_each(:list) item, json_each(:list) other")
                .with("list", "[]")];
        let batch = Batch::new(&statements, &[]);
        let sql = |dialect| batch.render(dialect).unwrap()[0].sql().to_string();
        assert_eq!(sql(Dialect::Sqlite), "SELECT item.value ->> 'a' FROM json_each(?1) item, json_each(?1) other");
        assert_eq!(
            sql(Dialect::Postgres),
            "SELECT item.value ->> 'a' FROM jsonb_array_elements($1::text::jsonb) item, jsonb_array_elements($1::text::jsonb) other"
        );
    }

    #[test]
    fn what_is_kept_on_postgres_stands_before_a_statement_as_it_is() {
        let statement = Statement::new("test", crate::scoped!("SELECT :a FROM membership")).with("a", 3);
        let rendered = Bound { statement: &statement, shared: &[] }.render(Dialect::Postgres, Asking::Person).unwrap();
        let sql = rendered.sql();
        assert!(sql.contains("'') AS memberships)") && sql.ends_with("SELECT $1::bigint FROM membership"), "{sql}");
    }

    #[test]
    fn the_organization_of_a_claim_is_looked_up_only_where_there_is_a_claim() {
        const TEXT: &str = crate::tenant_scoped!("SELECT organization_id FROM tenant");
        for (claim, looks) in [(None, false), (Some("org_1"), true), (None, false)] {
            // given
            let shared = [("caller", Value::from("ada")), ("organization", Value::Text(None)), ("claim", claim.into())];
            let statements = [Statement::new("test", TEXT)];
            // when
            let batch = Batch::new(&statements, &shared);
            let rendered = batch.render(Dialect::Sqlite).unwrap();
            // then
            let sql = rendered[0].sql();
            assert_eq!(sql.contains("external_id"), looks, "{sql}");
            assert!(looks || sql.contains("COALESCE( ?1, users.current_organization_id)"), "{sql}");
        }
    }

    #[test]
    fn the_least_and_the_greatest_are_called_as_each_engine_calls_them() {
        let statements = [Statement::new("test", "SELECT least(1, greatest(2, :a))").with("a", 3)];
        let batch = Batch::new(&statements, &[]);
        let sql = |dialect| batch.render(dialect).unwrap()[0].sql().to_string();
        assert_eq!(sql(Dialect::Sqlite), "SELECT min(1, max(2, CAST(?1 AS INTEGER)))");
        assert_eq!(sql(Dialect::Postgres), "SELECT least(1, greatest(2, $1::bigint))");
    }

    #[test]
    fn a_text_that_is_known_takes_the_values_of_each_time_also_of_another_kind() {
        const TEXT: &str = "SELECT :a, :b";
        let values = |a: Value, b: Value| {
            let statements = [Statement::new("test", TEXT).with("a", a).with("b", b)];
            let batch = Batch::new(&statements, &[]);
            let rendered = batch.render(Dialect::Postgres).unwrap();
            (
                rendered[0].sql().to_string(),
                rendered[0].json().to_string(),
                rendered[0].values.clone().into_iter().cloned().collect::<Vec<_>>(),
            )
        };
        for (a, b) in [(1, "x"), (2, "y")] {
            let expected = "SELECT $1::bigint, $2::text".to_string();
            assert_eq!(
                values(a.into(), b.into()),
                (expected.clone(), format!("\"{expected}\""), vec![a.into(), b.into()])
            );
        }
        assert_eq!(values("z".into(), 3.into()).0, "SELECT $1::text, $2::bigint");
    }

    #[test]
    fn an_unbound_parameter_is_named() {
        let statements = [Statement::new("lookup", "SELECT :missing")];
        let error = Batch::new(&statements, &[]).render(Dialect::Sqlite).unwrap_err();
        assert_eq!(error, StoreError::Broken("lookup: nothing is bound to :missing".into()));
    }
}
