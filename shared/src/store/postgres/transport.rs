//! The HTTP of Postgres over HTTP: sending a batch, and sending it again where two transactions met.

use std::time::Duration;

use worker::{Date, Delay, Fetch, Headers, Method, Request, RequestInit};

use super::{
    super::{Answer, Batch, Cost, Store, StoreError},
    protocol::{endpoint, request, results, Failure},
};
use crate::timeout::abort_after;

/// How often a batch is sent at most. With the waits below, fifty requests for one row all get their turn, and a
/// request that does not is told so after some seconds.
const MOST_ATTEMPTS: u32 = 16;
/// The first wait is up to this long; each further one up to twice the last, never over the longest.
const FIRST_WAIT_MS: f64 = 15.0;
const LONGEST_WAIT_MS: f64 = 600.0;
/// An attempt without an answer is given up after this.
const DEFAULT_TIMEOUT_MS: u32 = 10_000;

/// A Postgres database behind an endpoint that speaks Neon's protocol.
pub struct Postgres {
    connection_string: String,
    endpoint: String,
    timeout_ms: u32,
}

impl Postgres {
    /// From `POSTGRES_URL`, with `POSTGRES_HTTP_ENDPOINT` and `POSTGRES_TIMEOUT_MS` where they are set. `None` where
    /// the connection string is missing or names no host.
    pub fn configured(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let connection_string = variable("POSTGRES_URL")?;
        let endpoint = variable("POSTGRES_HTTP_ENDPOINT").or_else(|| endpoint(&connection_string))?;
        let timeout_ms = variable("POSTGRES_TIMEOUT_MS").and_then(|text| text.parse().ok());
        Some(Self { connection_string, endpoint, timeout_ms: timeout_ms.unwrap_or(DEFAULT_TIMEOUT_MS) })
    }

    async fn send(&self, body: &str) -> worker::Result<(u16, String)> {
        let headers = Headers::new();
        headers.set("content-type", "application/json")?;
        headers.set("neon-connection-string", &self.connection_string)?;
        headers.set("neon-batch-isolation-level", "Serializable")?;
        headers.set("neon-raw-text-output", "true")?;
        headers.set("neon-array-mode", "false")?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_headers(headers).with_body(Some(body.into()));
        let request = Request::new_with_init(&self.endpoint, &init)?;
        let signal = abort_after(self.timeout_ms).ok_or("no AbortSignal")?;
        let mut response = Fetch::Request(request).send_with_signal(&signal).await?;
        let status = response.status_code();
        Ok((status, response.text().await?))
    }
}

impl Store for Postgres {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let body = request(batch)?;
        let statements = u32::try_from(batch.statements.len()).unwrap_or(u32::MAX);
        let started = Date::now().as_millis();
        let mut longest_wait = FIRST_WAIT_MS;
        for attempt in 1..=MOST_ATTEMPTS {
            let answered = self.send(&body).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
            match results(answered.0, &answered.1, batch) {
                Ok(results) => {
                    let milliseconds = Date::now().as_millis().saturating_sub(started) as f64;
                    return Ok(Answer::new(results, Cost { batches: attempt, statements, rows: None, milliseconds }));
                }
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Conflict(cause)) if attempt == MOST_ATTEMPTS => return Err(StoreError::Busy(cause)),
                // A second trip: the transaction met another one and left nothing behind. Waiting for a random time
                // lets the two go one after the other.
                Err(Failure::Conflict(_)) => {
                    let wait = js_sys::Math::random() * longest_wait;
                    Delay::from(Duration::from_micros((wait * 1_000.0) as u64)).await;
                    longest_wait = (longest_wait * 2.0).min(LONGEST_WAIT_MS);
                }
            }
        }
        Err(StoreError::Busy("no attempt was made".to_string()))
    }
}
