//! A transaction in one flight: everything leaves before any answer is waited for.

use std::{
    error::Error,
    future::{poll_fn, Future},
    pin::Pin,
    task::Poll,
};

use serde_json::Value as Json;
use tokio_postgres::{
    types::{FromSql, ToSql, Type},
    Client, Row,
};

use super::{
    super::{
        postgres::{
            failure::Failure,
            sent::{Columns, Isolation},
        },
        StoreError, Value,
    },
    column,
    in_flight::MARK,
};

/// A statement with the values of its parameters in their order.
pub(super) struct Query<'a> {
    pub sql: &'a str,
    pub values: Vec<&'a Value>,
    /// Whether anybody reads what it answers.
    pub gives_rows: bool,
}

/// The rows of each statement of a transaction. After one that fails Postgres refuses those behind it, and makes a rollback of
/// the `COMMIT`; where the transaction could not be begun, they write nothing (`in_flight.rs`).
///
/// # Errors
/// What the first failure means.
pub(super) async fn transaction<'a>(
    client: &'a Client,
    isolation: Isolation,
    queries: impl Iterator<Item = Query<'a>>,
) -> Result<Vec<Vec<Columns>>, StoreError> {
    let begin = format!("{}; {MARK}", isolation.as_begin());
    let mut steps: Vec<Step<'_>> = vec![command(client, &begin)];
    steps.extend(queries.map(|query| rows(client, query)));
    steps.push(command(client, "COMMIT"));
    let mut answers = all_at_once(steps).await.into_iter();
    // No statement of ours is in it: whatever it fails by comes from outside, and passes.
    if let Some(Err(error)) = answers.next() {
        return Err(StoreError::Unavailable(format!("no transaction was begun: {}", meaning(&error).cause())));
    }
    let mut answers: Vec<Vec<Row>> = answers.collect::<Result<_, _>>().map_err(|error| meaning(&error))?;
    // The last answer is that of `COMMIT`.
    answers.pop();
    answers.iter().map(|rows| rows.iter().map(columns).collect::<Result<Vec<_>, _>>()).collect()
}

/// What an error means, whether it is Postgres's own or of the way there.
pub(super) fn meaning(error: &tokio_postgres::Error) -> StoreError {
    match error.as_db_error() {
        Some(said) => Failure {
            code: said.code().code(),
            message: said.message(),
            constraint: said.constraint().unwrap_or_default(),
        }
        .meaning(),
        None => StoreError::Unavailable(error.to_string()),
    }
}

impl Isolation {
    /// `NOT DEFERRABLE` changes nothing, but Postgres takes it of a transaction that has done nothing yet: on a connection on which
    /// somebody else's was left open it fails, and that one's work does not become a part of ours.
    fn as_begin(self) -> &'static str {
        match self {
            Self::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED, NOT DEFERRABLE",
            Self::RepeatableRead => "BEGIN ISOLATION LEVEL REPEATABLE READ, NOT DEFERRABLE",
        }
    }
}

type Step<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>, tokio_postgres::Error>> + 'a>>;

fn command<'a>(client: &'a Client, sql: &'a str) -> Step<'a> {
    Box::pin(async move { client.batch_execute(sql).await.map(|()| Vec::new()) })
}

/// The types of the parameters are told, so that nothing has to be asked first.
fn rows<'a>(client: &'a Client, Query { sql, values, gives_rows }: Query<'a>) -> Step<'a> {
    Box::pin(async move {
        let typed: Vec<(&(dyn ToSql + Sync), Type)> = values
            .into_iter()
            .map(|value| match value {
                Value::Integer(integer) => (integer as &(dyn ToSql + Sync), Type::INT8),
                Value::Text(text) => (text as &(dyn ToSql + Sync), Type::TEXT),
            })
            .collect();
        if gives_rows {
            client.query_typed(sql, &typed).await
        } else {
            client.execute_typed(sql, &typed).await.map(|_| Vec::new())
        }
    })
}

/// The client sends a statement when its future is polled for the first time: in one round all of them leave, in their order.
/// (`join_all` promises no order where there are many.)
async fn all_at_once<T>(mut steps: Vec<Pin<Box<dyn Future<Output = T> + '_>>>) -> Vec<T> {
    let mut outputs: Vec<Option<T>> = steps.iter().map(|_| None).collect();
    poll_fn(move |context| {
        for (step, output) in steps.iter_mut().zip(&mut outputs).filter(|(_, output)| output.is_none()) {
            if let Poll::Ready(ready) = step.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        if outputs.iter().all(Option::is_some) {
            Poll::Ready(outputs.drain(..).flatten().collect())
        } else {
            Poll::Pending
        }
    })
    .await
}

fn columns(row: &Row) -> Result<Columns, StoreError> {
    let named = row.columns().iter().enumerate().map(|(place, column)| {
        let unread = || {
            StoreError::Broken(format!(
                "column {} is {}, which no statement answers",
                column.name(),
                column.type_().oid()
            ))
        };
        let value = row.try_get::<_, Option<Binary>>(place).map_err(|error| meaning(&error))?;
        let value = value.map_or(Some(Json::Null), |Binary(bytes)| column::json(column.type_().oid(), bytes));
        Ok((column.name().to_string(), value.ok_or_else(unread)?))
    });
    named.collect()
}

/// A value of any type, as it came.
struct Binary<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Binary<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
