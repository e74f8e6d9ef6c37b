//! A request's connection to Hyperdrive, and what is sent on it.

use std::{cell::RefCell, pin::pin, rc::Rc, time::Duration};

use futures_util::future::{abortable, select, AbortHandle, Either};
use tokio_postgres::{config::SslMode, Client, Config, NoTls};
use worker::{Context, Delay};

use super::{
    super::{
        postgres::{
            kept::KEEP,
            sent::{Columns, Isolation, Sent},
            settings::Settings,
        },
        Answer, Batch, Cost, Store, StoreError, Value,
    },
    flight::{meaning, transaction, Query},
    in_flight::InFlight,
};
use crate::edge::now_ms;

/// The Postgres database behind a binding of Hyperdrive's.
pub struct Hyperdrive {
    binding: worker::Hyperdrive,
    settings: Settings,
    /// It is opened by the first batch. No other request may use it: the platform ends it with its own.
    connection: RefCell<Option<Connection>>,
}

struct Connection {
    client: Rc<Client>,
    /// Ends what reads and writes the socket.
    abort: AbortHandle,
}

impl Hyperdrive {
    pub fn configured(
        binding: worker::Hyperdrive,
        variable: impl Fn(&str) -> Option<String>,
        background: Option<Context>,
    ) -> Self {
        Self { binding, settings: Settings::read(variable, background), connection: RefCell::new(None) }
    }

    async fn client(&self) -> Result<Rc<Client>, StoreError> {
        let open = self.connection.borrow().as_ref().map(|connection| Rc::clone(&connection.client));
        if let Some(client) = open.filter(|client| !client.is_closed()) {
            return Ok(client);
        }
        let connection = self.connect().await?;
        let client = Rc::clone(&connection.client);
        self.connection.replace(Some(connection));
        Ok(client)
    }

    async fn connect(&self) -> Result<Connection, StoreError> {
        let socket = self.binding.connect().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let mut config = Config::new();
        config.user(self.binding.user()).password(self.binding.password()).dbname(self.binding.database());
        // The way to Hyperdrive is within the platform; Hyperdrive itself speaks TLS with the database.
        config.ssl_mode(SslMode::Disable);
        let (client, connection) = config.connect_raw(socket, NoTls).await.map_err(|error| meaning(&error))?;
        let (connection, abort) = abortable(connection);
        // It says goodbye when the last one that holds the client has gone; what it met until then its batches have been told.
        self.settings.in_background(async move { drop(connection.await) });
        Ok(Connection { client: Rc::new(client), abort })
    }

    async fn answers(&self, sent: &Sent<'_>) -> Result<Vec<Vec<Columns>>, StoreError> {
        let client = self.client().await?;
        let queries = sent.statements.iter().map(|statement| {
            let InFlight { sql, gives_rows } = statement.in_flight();
            Query { sql, values: statement.values().to_vec(), gives_rows: *gives_rows }
        });
        let answers = transaction(&client, sent.isolation, queries).await?;
        self.settings.keep(sent, |forms| async move {
            let values: Vec<[Value; 3]> = forms.iter().filter_map(|form| form.keeping()).collect();
            let queries =
                values.iter().map(|values| Query { sql: KEEP, values: values.iter().collect(), gives_rows: true });
            transaction(&client, Isolation::ReadCommitted, queries).await.map(drop)
        });
        Ok(answers)
    }

    /// The next try opens another connection: on this one an answer may still come to what was given up.
    fn hang_up(&self) {
        if let Some(connection) = self.connection.take() {
            connection.abort.abort();
        }
    }
}

impl Store for Hyperdrive {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let asked = Sent::of(batch)?;
        let statements = u32::try_from(batch.statements.len()).unwrap_or(u32::MAX);
        let sent = now_ms();
        let late = Delay::from(Duration::from_millis(u64::from(self.settings.one_try_ms(batch))));
        let answers = match select(pin!(self.answers(&asked)), pin!(late)).await {
            Either::Left((answers, _)) => answers,
            Either::Right(_) => Err(StoreError::Unavailable("Postgres gave no answer in time".to_string())),
        };
        let answers = answers.map_err(|error| {
            if matches!(error, StoreError::Unavailable(_)) {
                self.hang_up();
            }
            asked.refused(error)
        })?;
        let results = asked.named(answers)?;
        let milliseconds = now_ms().saturating_sub(sent) as f64;
        Ok(Answer::new(results, Cost { batches: 1, tries: 1, statements, milliseconds, ..Cost::default() }))
    }

    fn patience_ms(&self) -> u32 {
        self.settings.patience_ms
    }

    fn name(&self) -> Option<&'static str> {
        Some("hyperdrive")
    }
}
