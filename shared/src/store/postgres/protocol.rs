//! Neon's SQL over HTTP, without the HTTP: what is sent, and what an answer means.
//!
//! Source: the official driver `@neondatabase/serverless`, against which the tests hold this.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::super::{Batch, Dialect, Row, StoreError, Value};

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

/// The body of the request that runs a batch as one transaction. It is put together as text: the statements' own JSON is
/// known already.
pub(super) fn request(batch: &Batch<'_>) -> Result<String, StoreError> {
    let mut body = String::from(r#"{"queries":["#);
    for (place, rendered) in batch.render(Dialect::Postgres)?.iter().enumerate() {
        let values = serde_json::to_string(&rendered.values.iter().map(|value| text(value)).collect::<Vec<_>>());
        let values = values.map_err(|error| StoreError::Broken(error.to_string()))?;
        let between = if place == 0 { "" } else { "," };
        body.extend([between, r#"{"query":"#, rendered.json(), r#","params":"#, &values, "}"]);
    }
    body.push_str("]}");
    Ok(body)
}

/// Everything goes as text: JSON's numbers would lose what lies beyond 2^53.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Integer(value) => value.map(|value| value.to_string().into()),
        Value::Text(value) => value.as_deref().map(Cow::from),
    }
}

/// The rows of each statement, from an answer with this status.
pub(super) fn results(status: u16, body: &str, batch: &Batch<'_>) -> Result<Vec<(&'static str, Vec<Row>)>, StoreError> {
    if status == 400 {
        return Err(failure(body));
    }
    let unavailable = |why: &str| StoreError::Unavailable(format!("HTTP {status}: {why}"));
    if status != 200 {
        return Err(unavailable("the endpoint refused"));
    }
    let reply: Reply = serde_json::from_str(body).map_err(|_| unavailable("the answer is no result"))?;
    let sent = batch.opening(Dialect::Postgres).iter().chain(batch.statements);
    if reply.results.len() != sent.clone().count() {
        return Err(unavailable("the answer has another number of results"));
    }
    let named = sent.zip(reply.results);
    Ok(named.map(|(statement, result)| (statement.name, result.rows.into_iter().map(Row::new).collect())).collect())
}

/// Postgres's error codes: "Appendix A. PostgreSQL Error Codes" of its manual.
fn failure(body: &str) -> StoreError {
    let Ok(error) = serde_json::from_str::<SqlError>(body) else {
        return StoreError::Unavailable("HTTP 400: the answer is no SQL error".to_string());
    };
    let code = error.code.unwrap_or_default();
    let described = format!("{code} {}", error.message);
    match code.as_str() {
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
        results(status, body, &Batch::new(&statements, &[]))
    }

    #[test]
    fn a_batch_is_sent_as_one_transaction_with_typed_text_parameters() {
        let statements = [Statement::new("one", "SELECT :a, :b, :c")
            .with("a", 9_007_199_254_740_993)
            .with("b", "x")
            .with("c", None::<&str>)];
        assert_eq!(
            request(&Batch::new(&statements, &[])).unwrap(),
            r#"{"queries":[{"query":"SELECT $1::bigint, $2::text, $3::text","params":["9007199254740993","x",null]}]}"#
        );
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
