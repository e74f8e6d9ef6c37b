//! The HTTP of Postgres over HTTP.

use worker::{Context, Date, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

use super::{
    super::{Answer, Batch, Cost, Store, StoreError},
    protocol::{endpoint, is_kept, keeping, Sent},
};
use crate::timeout::abort_after;

/// The answer is waited for this long at most, over all tries.
const DEFAULT_PATIENCE_MS: u32 = 10_000;

/// How often a worker sends a text before it has it kept: a plan takes room on every connection, which is well spent on what
/// comes again and again.
const USUAL_USES: u32 = 10;

/// A Postgres database behind an endpoint that speaks Neon's protocol.
pub struct Postgres {
    address: Address,
    patience_ms: u32,
    /// How often a text is sent before it is kept (`kept.rs`).
    least_uses: u32,
    /// Where what nobody waits for goes on; without one nothing is kept.
    background: Option<Context>,
}

#[derive(Clone)]
struct Address {
    connection_string: String,
    endpoint: String,
}

impl Postgres {
    /// From `POSTGRES_URL`, with `POSTGRES_HTTP_ENDPOINT`, `POSTGRES_TIMEOUT_MS` and `POSTGRES_KEEP_AFTER` where they are
    /// set. `None` where the connection string is missing or names no host.
    pub fn configured(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let connection_string = variable("POSTGRES_URL")?;
        let endpoint = variable("POSTGRES_HTTP_ENDPOINT").or_else(|| endpoint(&connection_string))?;
        let number = |name| variable(name).and_then(|text| text.trim().parse().ok());
        Some(Self {
            address: Address { connection_string, endpoint },
            patience_ms: number("POSTGRES_TIMEOUT_MS").unwrap_or(DEFAULT_PATIENCE_MS),
            least_uses: number("POSTGRES_KEEP_AFTER").unwrap_or(USUAL_USES),
            background: None,
        })
    }

    /// The same, which has statements kept while nobody waits.
    #[must_use]
    pub fn with_background(self, background: Context) -> Self {
        Self { background: Some(background), ..self }
    }

    /// Has kept what it is time to keep. A fault here is nobody's: the text goes on being sent as it is.
    fn keep(&self, sent: &Sent<'_>) {
        let Some(background) = self.background.as_ref().filter(|_| self.least_uses > 0) else { return };
        let forms = sent.to_be_kept(self.least_uses);
        if forms.is_empty() {
            return;
        }
        let (address, time_ms) = (self.address.clone(), self.patience_ms);
        background.wait_until(async move {
            let answer = address.send(&keeping(&forms), "ReadCommitted", time_ms).await;
            let is_kept = answer.ok().and_then(|(status, body)| is_kept(status, &body));
            forms.iter().for_each(|form| form.was_kept(is_kept));
        });
    }
}

impl Address {
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
        let asked = Sent::of(batch)?;
        let body = asked.request()?;
        let statements = u32::try_from(batch.statements.len()).unwrap_or(u32::MAX);
        let sent = Date::now().as_millis();
        // What decides is locked first (`store/lock.rs`), and each statement must see what the one before the lock has
        // committed. What only reads sees one moment instead.
        let isolation = if batch.locks().is_empty() { "RepeatableRead" } else { "ReadCommitted" };
        // A try may spend most of the patience in line behind others that want the same row.
        let time_ms = batch.time_ms(self.patience_ms / 4 * 3);
        let answer = self.address.send(&body, isolation, time_ms).await;
        let (status, answer) = answer.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let results = asked.results(status, &answer)?;
        let milliseconds = Date::now().as_millis().saturating_sub(sent) as f64;
        self.keep(&asked);
        Ok(Answer::new(results, Cost { batches: 1, tries: 1, statements, rows: None, milliseconds }))
    }

    fn patience_ms(&self) -> u32 {
        self.patience_ms
    }
}
