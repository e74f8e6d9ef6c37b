//! The HTTP of Postgres over HTTP: a batch is one request and one transaction.

use worker::Context;

use super::{
    super::{Answer, Batch, Cost, Store, StoreError},
    protocol::{endpoint, keeping, keeping_answered},
    sent::{Isolation, Sent},
    settings::Settings,
};
use crate::{edge::now_ms, fetch, transport::Outgoing};

/// A Postgres database behind an endpoint that speaks Neon's protocol.
pub struct Postgres {
    address: Address,
    settings: Settings,
}

#[derive(Clone)]
struct Address {
    connection_string: String,
    endpoint: String,
}

impl Postgres {
    /// From `POSTGRES_URL`, with `POSTGRES_HTTP_ENDPOINT` where it is set. `None` where the connection string is missing or
    /// names no host.
    pub fn configured(variable: impl Fn(&str) -> Option<String>, background: Option<Context>) -> Option<Self> {
        let connection_string = variable("POSTGRES_URL")?;
        let endpoint = variable("POSTGRES_HTTP_ENDPOINT").or_else(|| endpoint(&connection_string))?;
        let address = Address { connection_string, endpoint };
        Some(Self { address, settings: Settings::read(variable, background) })
    }
}

impl Address {
    async fn send(&self, body: String, isolation: Isolation, time_ms: u32) -> Result<(u16, String), StoreError> {
        let headers = vec![
            ("content-type", "application/json".to_string()),
            ("neon-connection-string", self.connection_string.clone()),
            ("neon-batch-isolation-level", isolation.as_neon().to_string()),
            ("neon-raw-text-output", "true".to_string()),
            ("neon-array-mode", "false".to_string()),
        ];
        let url = self.endpoint.clone();
        let request = Outgoing { method: "POST", url, headers, body: Some(body), timeout_ms: time_ms };
        let answer = fetch::send(&request).await.map_err(StoreError::Unavailable)?;
        Ok((answer.status, answer.body))
    }
}

impl Isolation {
    fn as_neon(self) -> &'static str {
        match self {
            Self::ReadCommitted => "ReadCommitted",
            Self::RepeatableRead => "RepeatableRead",
        }
    }
}

impl Store for Postgres {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let asked = Sent::of(batch)?;
        let body = asked.request()?;
        let statements = u32::try_from(batch.statements.len()).unwrap_or(u32::MAX);
        let sent = now_ms();
        let (status, answer) = self.address.send(body, asked.isolation, self.settings.one_try_ms(batch)).await?;
        let results = asked.results(status, &answer)?;
        let milliseconds = now_ms().saturating_sub(sent) as f64;
        let (address, time_ms) = (self.address.clone(), self.settings.patience_ms);
        self.settings.keep(&asked, |forms| async move {
            let (status, body) = address.send(keeping(&forms)?, Isolation::ReadCommitted, time_ms).await?;
            keeping_answered(status, &body)
        });
        Ok(Answer::new(results, Cost { batches: 1, tries: 1, statements, milliseconds, ..Cost::default() }))
    }

    fn patience_ms(&self) -> u32 {
        self.settings.patience_ms
    }

    fn name(&self) -> Option<&'static str> {
        Some("postgres")
    }
}
