//! Neon's SQL over HTTP, without the HTTP: what is sent, and what an answer means.
//!
//! Source: the official driver `@neondatabase/serverless`, against which the tests hold this.

use std::{borrow::Cow, rc::Rc};

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{
    super::{
        render::{Form, Rendered},
        Batch, Dialect, Row, StoreError, Value,
    },
    kept,
};

#[derive(Deserialize)]
struct Reply {
    results: Vec<QueryResult>,
}

#[derive(Deserialize)]
struct QueryResult {
    rows: Vec<Map<String, Json>>,
}

#[derive(Deserialize)]
struct SqlError {
    message: String,
    code: Option<String>,
    constraint: Option<String>,
}

/// A batch as it is sent.
pub(super) struct Sent<'a> {
    /// Each statement under its name, and whether it is called as a function that is kept.
    statements: Vec<(&'static str, Rendered<'a>, bool)>,
}

impl<'a> Sent<'a> {
    /// What is kept is called.
    ///
    /// # Errors
    /// [`StoreError::Broken`] names a parameter that nobody bound.
    pub fn of(batch: &'a Batch<'a>) -> Result<Self, StoreError> {
        let rendered = batch.render(Dialect::Postgres)?.into_iter().map(|rendered| {
            let is_called = rendered.form.called().is_some();
            (rendered, is_called)
        });
        let named = batch
            .sent(Dialect::Postgres)
            .zip(rendered)
            .map(|(statement, (rendered, is_called))| (statement.name, rendered, is_called));
        Ok(Self { statements: named.collect() })
    }

    /// The body of the request that runs it as one transaction. It is put together as text: the statements' own JSON is
    /// known already.
    pub fn request(&self) -> Result<String, StoreError> {
        let mut body = String::from(r#"{"queries":["#);
        for (place, (_, rendered, _)) in self.statements.iter().enumerate() {
            let values = serde_json::to_string(&rendered.values.iter().map(|value| text(value)).collect::<Vec<_>>());
            let values = values.map_err(|error| StoreError::Broken(error.to_string()))?;
            let between = if place == 0 { "" } else { "," };
            let query = rendered.form.called().map_or_else(|| rendered.json(), |call| &call.json);
            body.extend([between, r#"{"query":"#, query, r#","params":"#, &values, "}"]);
        }
        body.push_str("]}");
        Ok(body)
    }

    /// The statements that it is time to have kept, after this batch.
    pub fn to_be_kept(&self, least_uses: u32) -> Vec<Rc<Form>> {
        let forms = self.statements.iter().map(|(_, rendered, _)| &rendered.form);
        forms.filter(|form| form.is_to_be_kept(least_uses)).cloned().collect()
    }

    /// The rows of each statement, from an answer with this status.
    pub fn results(&self, status: u16, body: &str) -> Result<Vec<(&'static str, Vec<Row>)>, StoreError> {
        if status == 400 {
            return Err(self.failure(body));
        }
        let unavailable = |why: &str| StoreError::Unavailable(format!("HTTP {status}: {why}"));
        if status != 200 {
            return Err(unavailable("the endpoint refused"));
        }
        let reply: Reply = serde_json::from_str(body).map_err(|_| unavailable("the answer is no result"))?;
        if reply.results.len() != self.statements.len() {
            return Err(unavailable("the answer has another number of results"));
        }
        let answered = self.statements.iter().zip(reply.results);
        let read = answered.map(|((name, _, is_called), QueryResult { rows })| {
            let rows = rows.into_iter().map(|row| if *is_called { kept::row(&row) } else { Ok(Row::new(row)) });
            Ok((*name, rows.collect::<Result<_, _>>()?))
        });
        read.collect()
    }

    /// Where a function is not there any more (`npm run migrate` takes those of earlier versions away), or is of no use, the batch
    /// has had no effect: it is sent once more, as text.
    fn failure(&self, body: &str) -> StoreError {
        let error = failure(body);
        let is_to_be_kept_again = match error {
            StoreError::Busy(_) => None,
            StoreError::Broken(_) => Some(false),
            other => return other,
        };
        let called = || self.statements.iter().filter(|(_, _, is_called)| *is_called);
        if called().next().is_none() {
            return error;
        }
        called().for_each(|(_, kept, _)| kept.form.was_kept(is_to_be_kept_again));
        StoreError::Conflict(Box::new(error))
    }
}

/// The body of the request that has statements kept, as one transaction.
pub(super) fn keeping(statements: &[Rc<Form>]) -> String {
    let queries: Vec<String> = statements.iter().filter_map(|form| form.keeping()).collect();
    format!(r#"{{"queries":[{}]}}"#, queries.join(","))
}

/// Whether they are kept now, by what was answered; `None`: a fault that passes.
pub(super) fn is_kept(status: u16, body: &str) -> Option<bool> {
    match (status, body) {
        (200, _) => Some(true),
        (400, body) => matches!(failure(body), StoreError::Broken(_)).then_some(false),
        _ => None,
    }
}

/// Everything goes as text: JSON's numbers would lose what lies beyond 2^53.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Integer(value) => value.map(|value| value.to_string().into()),
        Value::Text(value) => value.as_deref().map(Cow::from),
    }
}

/// Postgres's error codes: "Appendix A. PostgreSQL Error Codes" of its manual.
fn failure(body: &str) -> StoreError {
    let Ok(error) = serde_json::from_str::<SqlError>(body) else {
        return StoreError::Unavailable("HTTP 400: the answer is no SQL error".to_string());
    };
    let code = error.code.unwrap_or_default();
    let described = format!("{code} {}", error.message);
    match code.as_str() {
        code if kept::is_forgotten(code, &error.message) => StoreError::Busy(described),
        "40001" | "40P01" => StoreError::Conflict(Box::new(StoreError::Busy(described))),
        // Whoever was faster has written what a constraint forbids a second time. Sent again, the batch sees it, and its
        // guards give the answer; only a constraint that no guard stands before is met once more.
        _ if code.starts_with("23") || code == "P0001" => {
            let constraint = error.constraint.unwrap_or_default();
            StoreError::Conflict(Box::new(StoreError::refused_row(format!("{described} {constraint}"))))
        }
        // Connections, resources, an operator's intervention, the system itself; no code: the proxy's own errors.
        _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) || code.is_empty() => {
            StoreError::Unavailable(described)
        }
        _ => StoreError::Broken(described),
    }
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
    use crate::store::{Constraint, Statement};

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
        let asked = keeping(&forms);
        forms.iter().for_each(|form| form.was_kept(is_kept(200, "")));
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
    fn conflicts_may_be_run_again_and_nothing_else() {
        for code in ["40001", "40P01", "23505"] {
            let body = format!(r#"{{"message":"m","code":"{code}"}}"#);
            assert!(matches!(outcome(400, &body), Err(StoreError::Conflict(_))), "{code}");
        }
        for (status, body) in [
            (500, "oops"),
            (502, ""),
            (200, "<html>"),
            (200, r#"{"results":[]}"#),
            (200, r#"{"results":[{"ro"#),
            (400, "?"),
            (404, ""),
        ] {
            assert!(matches!(outcome(status, body), Err(StoreError::Unavailable(_))), "{status} {body}");
        }
        for (code, ours) in [("42601", true), ("22P02", true), ("57P01", false), ("53300", false), ("08006", false)] {
            let body = format!(r#"{{"message":"m","code":"{code}"}}"#);
            let broken = matches!(outcome(400, &body), Err(StoreError::Broken(_)));
            assert_eq!(broken, ours, "{code}");
        }
    }

    #[test]
    fn constraints_have_the_same_names_as_on_d1() {
        for (body, constraint) in [
            (r#"{"message":"duplicate key","code":"23505","constraint":"organizations_slug"}"#, Constraint::SlugTaken),
            (
                r#"{"message":"duplicate key","code":"23505","constraint":"organization_invitations_pending"}"#,
                Constraint::InvitationPending,
            ),
            (r#"{"message":"plan_audience_mismatch","code":"P0001"}"#, Constraint::PlanAudience),
            (
                r#"{"message":"personal_organization_has_one_member","code":"P0001","constraint":null}"#,
                Constraint::PersonalOrganization,
            ),
        ] {
            assert_eq!(outcome(400, body).unwrap_err().lasting(), StoreError::Constraint(constraint), "{body}");
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
