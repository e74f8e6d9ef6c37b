//! Neon's SQL over HTTP, without the HTTP: what is sent, and what an answer means.
//!
//! Source: the official driver `@neondatabase/serverless`, against which the tests hold this.

use std::{borrow::Cow, rc::Rc};

use serde::Deserialize;
use serde_json::Value as Json;

use super::{
    super::{render::Form, Row, StoreError, Value},
    failure::Failure,
    kept::KEEP,
    sent::{Columns, Sent},
};

#[derive(Deserialize)]
struct Reply {
    results: Vec<QueryResult>,
}

#[derive(Deserialize)]
struct QueryResult {
    rows: Vec<Columns>,
}

#[derive(Deserialize)]
struct SqlError {
    message: String,
    code: Option<String>,
    constraint: Option<String>,
}

impl Sent<'_> {
    /// The body of the request that runs it as one transaction. It is put together as text: the statements' own JSON is
    /// known already.
    ///
    /// # Errors
    /// [`StoreError::Broken`] where a value cannot be written as JSON.
    pub fn request(&self) -> Result<String, StoreError> {
        let queries: Vec<String> = self
            .statements
            .iter()
            .map(|statement| query(statement.json(), statement.values().iter().copied()))
            .collect::<Result<_, _>>()?;
        Ok(transaction(&queries))
    }

    /// The rows of each statement, from an answer with this status.
    ///
    /// # Errors
    /// What the answer means where it has no rows.
    pub fn results(&self, status: u16, body: &str) -> Result<Vec<(&'static str, Vec<Row>)>, StoreError> {
        if status == 400 {
            return Err(self.refused(failure(body)));
        }
        let unavailable = |why: &str| StoreError::Unavailable(format!("HTTP {status}: {why}"));
        if status != 200 {
            return Err(unavailable("the endpoint refused"));
        }
        let reply: Reply = serde_json::from_str(body).map_err(|_| unavailable("the answer is no result"))?;
        if reply.results.len() != self.statements.len() {
            return Err(unavailable("the answer has another number of results"));
        }
        self.named(reply.results.into_iter().map(|result| result.rows))
    }
}

/// The body of the request that has statements kept, as one transaction.
///
/// # Errors
/// [`StoreError::Broken`] where a text cannot be written as JSON.
pub(super) fn keeping(statements: &[Rc<Form>]) -> Result<String, StoreError> {
    let keep = Json::from(KEEP).to_string();
    let values = statements.iter().filter_map(|form| form.keeping());
    let queries: Vec<String> = values.map(|values| query(&keep, values.iter())).collect::<Result<_, _>>()?;
    Ok(transaction(&queries))
}

/// What became of having statements kept.
///
/// # Errors
/// What the answer means where they are not kept.
pub(super) fn keeping_answered(status: u16, body: &str) -> Result<(), StoreError> {
    match status {
        200 => Ok(()),
        400 => Err(failure(body)),
        _ => Err(StoreError::Unavailable(format!("HTTP {status}"))),
    }
}

fn transaction(queries: &[String]) -> String {
    format!(r#"{{"queries":[{}]}}"#, queries.join(","))
}

fn query<'a>(json: &str, values: impl Iterator<Item = &'a Value>) -> Result<String, StoreError> {
    let values = serde_json::to_string(&values.map(text).collect::<Vec<_>>());
    let values = values.map_err(|error| StoreError::Broken(error.to_string()))?;
    Ok(format!(r#"{{"query":{json},"params":{values}}}"#))
}

/// Everything goes as text: JSON's numbers would lose what lies beyond 2^53.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Integer(value) => value.map(|value| value.to_string().into()),
        Value::Text(value) => value.as_deref().map(Cow::from),
    }
}

/// What the body of a 400 means.
fn failure(body: &str) -> StoreError {
    let Ok(error) = serde_json::from_str::<SqlError>(body) else {
        return StoreError::Unavailable("HTTP 400: the answer is no SQL error".to_string());
    };
    let SqlError { message, code, constraint } = &error;
    Failure {
        code: code.as_deref().unwrap_or_default(),
        message,
        constraint: constraint.as_deref().unwrap_or_default(),
    }
    .meaning()
}

/// The endpoint of the database named by a connection string: `https://<host>/sql`.
pub fn endpoint(connection_string: &str) -> Option<String> {
    let rest = ["postgres://", "postgresql://"].iter().find_map(|scheme| connection_string.strip_prefix(scheme))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next().filter(|host| !host.is_empty())?;
    Some(format!("https://{host}/sql"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{postgres::kept::is_kept, Batch, Constraint, Statement};

    fn outcome(status: u16, body: &str) -> Result<Vec<(&'static str, Vec<Row>)>, StoreError> {
        let statements = [Statement::new("one", "SELECT 1")];
        Sent::of(&Batch::new(&statements, &[])).unwrap().results(status, body)
    }

    #[test]
    fn a_batch_is_sent_as_one_transaction_with_typed_text_parameters() {
        let statements = [Statement::new("one", "SELECT :a, :b, :c")
            .with("a", 9_007_199_254_740_993)
            .with("b", "x")
            .with("c", None::<&str>)];
        assert_eq!(
            Sent::of(&Batch::new(&statements, &[])).unwrap().request().unwrap(),
            r#"{"queries":[{"query":"SELECT $1::bigint, $2::text, $3::text","params":["9007199254740993","x",null]}]}"#
        );
    }

    #[test]
    fn what_was_sent_often_is_kept_and_then_called_and_read_as_before() {
        // given
        const TEXT: &str = concat!("SELECT :a AS a", "/* ................................................................ */",
            "/* .................................................................................................... */",
            "/* .................................................................................................... */",
            "/* .................................................................................................... */");
        let statements = [Statement::new("one", TEXT).with("a", 7)];
        let batch = Batch::new(&statements, &[]);
        // when
        let forms = Sent::of(&batch).unwrap().to_be_kept(1);
        let asked = keeping(&forms).unwrap();
        forms.iter().for_each(|form| form.was_kept(Some(true)));
        let sent = Sent::of(&batch).unwrap();
        // then
        assert!(
            asked.starts_with(r#"{"queries":[{"query":"SELECT tallygate_keep($1::text, $2::text, $3::bigint)""#),
            "{asked}"
        );
        assert!(sent.request().unwrap().contains("\"SELECT tallygate_kept_"));
        let answer = r#"{"results":[{"rows":[{"kept":"{\"a\":7}"}]}]}"#;
        assert_eq!(sent.results(200, answer).unwrap()[0].1[0].integer("a"), Ok(7));
        // when it is gone, it is sent as text once more
        let gone = r#"{"code":"42883","message":"function tallygate_kept_00(bigint) does not exist"}"#;
        for gone in [gone, r#"{"code":"XX000","message":"cache lookup failed for function 17"}"#] {
            forms.iter().for_each(|form| form.was_kept(Some(true)));
            assert!(matches!(sent.results(400, gone), Err(StoreError::Conflict(_))), "{gone}");
        }
        assert!(Sent::of(&batch).unwrap().request().unwrap().contains("SELECT $1::bigint AS a"));
        assert_eq!(Sent::of(&batch).unwrap().to_be_kept(1).len(), 1, "it is made again");
        // when it is there and of no use, it is sent as text from then on
        forms.iter().for_each(|form| form.was_kept(Some(true)));
        let sent = Sent::of(&batch).unwrap();
        assert!(matches!(sent.results(400, r#"{"code":"42601","message":"m"}"#), Err(StoreError::Conflict(_))));
        let sent = Sent::of(&batch).unwrap();
        assert_eq!(sent.to_be_kept(1).len(), 0);
        assert!(matches!(sent.results(400, r#"{"code":"42601","message":"m"}"#), Err(StoreError::Broken(_))));
    }

    #[test]
    fn whoever_may_not_keep_is_not_asked_again_and_a_fault_is_no_refusal() {
        let is_kept = |status, body: &str| is_kept(&keeping_answered(status, body));
        let refused = |code| is_kept(400, &format!(r#"{{"message":"m","code":"{code}"}}"#));
        assert_eq!([refused("42883"), refused("42501"), refused("54000")], [Some(false); 3]);
        assert_eq!([refused("57P01"), refused("40P01"), is_kept(502, "")], [None; 3]);
    }

    #[test]
    fn rows_come_as_text_and_are_read_as_what_they_are() {
        let results =
            outcome(200, r#"{"results":[{"fields":[],"rows":[{"n":"9007199254740993","t":null}],"rowCount":1}]}"#);
        let results = results.unwrap();
        assert_eq!(results[0].1[0].integer("n"), Ok(9_007_199_254_740_993));
        assert_eq!(results[0].1[0].optional_text("t"), Ok(None));
    }

    #[test]
    fn an_sql_error_means_what_postgres_says() {
        let body = r#"{"message":"duplicate key","code":"23505","constraint":"organizations_slug"}"#;
        assert_eq!(outcome(400, body).unwrap_err().lasting(), StoreError::Constraint(Constraint::SlugTaken));
        let body = r#"{"message":"m","code":"42601"}"#;
        assert_eq!(outcome(400, body).unwrap_err(), StoreError::Broken("42601 m".to_string()));
    }

    #[test]
    fn what_is_no_answer_is_a_fault_of_the_way() {
        for (status, body) in [
            (500, "oops"),
            (502, ""),
            (200, "<html>"),
            (200, r#"{"results":[]}"#),
            (200, r#"{"results":[{"ro"#),
            (400, "?"),
            (400, r#"{"message":"m","code":null}"#),
            (404, ""),
        ] {
            assert!(matches!(outcome(status, body), Err(StoreError::Unavailable(_))), "{status} {body}");
        }
    }

    #[test]
    fn the_endpoint_is_the_databases_own_host() {
        assert_eq!(
            endpoint("postgres://u:p%40@db.example.com:5432/main?sslmode=require").as_deref(),
            Some("https://db.example.com/sql")
        );
        assert_eq!(endpoint("postgresql://db.example.com/main").as_deref(), Some("https://db.example.com/sql"));
        assert_eq!(endpoint("mysql://db.example.com/main"), None);
        assert_eq!(endpoint("postgres:///main"), None);
    }
}
