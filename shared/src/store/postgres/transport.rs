//! The HTTP of Postgres over HTTP.

use worker::{Date, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

use super::{
    super::{Answer, Batch, Cost, Store, StoreError},
    protocol::{endpoint, request, results},
};
use crate::timeout::abort_after;

/// The answer is waited for this long at most, over all tries.
const DEFAULT_PATIENCE_MS: u32 = 10_000;

/// A Postgres database behind an endpoint that speaks Neon's protocol.
pub struct Postgres {
    connection_string: String,
    endpoint: String,
    patience_ms: u32,
}

impl Postgres {
    /// From `POSTGRES_URL`, with `POSTGRES_HTTP_ENDPOINT` and `POSTGRES_TIMEOUT_MS` where they are set. `None` where
    /// the connection string is missing or names no host.
    pub fn configured(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let connection_string = variable("POSTGRES_URL")?;
        let endpoint = variable("POSTGRES_HTTP_ENDPOINT").or_else(|| endpoint(&connection_string))?;
        let patience_ms = variable("POSTGRES_TIMEOUT_MS").and_then(|text| text.parse().ok());
        Some(Self { connection_string, endpoint, patience_ms: patience_ms.unwrap_or(DEFAULT_PATIENCE_MS) })
    }

    async fn send(&self, body: &str, isolation: &str, time_ms: u32) -> worker::Result<(u16, String)> {
        let headers = Headers::new();
        headers.set("content-type", "application/json")?;
        headers.set("neon-connection-string", &self.connection_string)?;
        headers.set("neon-batch-isolation-level", isolation)?;
        headers.set("neon-raw-text-output", "true")?;
        headers.set("neon-array-mode", "false")?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_headers(headers).with_body(Some(body.into()));
        // Whoever it would be sent on to would get the connection string with its password.
        init.with_redirect(RequestRedirect::Manual);
        let request = Request::new_with_init(&self.endpoint, &init)?;
        let signal = abort_after(time_ms).ok_or("no AbortSignal")?;
        let mut response = Fetch::Request(request).send_with_signal(&signal).await?;
        let status = response.status_code();
        Ok((status, response.text().await?))
    }
}

impl Store for Postgres {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let body = request(batch)?;
        let statements = u32::try_from(batch.statements.len()).unwrap_or(u32::MAX);
        let sent = Date::now().as_millis();
        // What decides is locked first (`store/lock.rs`), and each statement must see what the one before the lock has
        // committed. What only reads sees one moment instead.
        let isolation = if batch.locks().is_empty() { "RepeatableRead" } else { "ReadCommitted" };
        // A try may spend most of the patience in line behind others that want the same row.
        let time_ms = batch.time_ms(self.patience_ms / 4 * 3);
        let (status, answer) =
            self.send(&body, isolation, time_ms).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let results = results(status, &answer, batch)?;
        let milliseconds = Date::now().as_millis().saturating_sub(sent) as f64;
        Ok(Answer::new(results, Cost { batches: 1, tries: 1, statements, rows: None, milliseconds }))
    }

    fn patience_ms(&self) -> u32 {
        self.patience_ms
    }
}
