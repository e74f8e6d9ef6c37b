//! Which engine a worker runs on, by its configuration.

use worker::{Context, Env};

use super::{d1::D1, postgres::Postgres, Answer, Batch, Store, StoreError};

/// The engine of this worker: `DATABASE = "d1"` (the default, binding `DB`) or `"postgres"`.
pub enum Engine {
    D1(D1),
    Postgres(Postgres),
}

impl Engine {
    /// # Errors
    /// A sentence for the log that says what is missing.
    pub fn configured(env: &Env, variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        match variable("DATABASE").as_deref() {
            None | Some("" | "d1") => {
                let database = env.d1("DB").map_err(|error| format!("the D1 binding `DB` is missing: {error}"))?;
                Ok(Self::D1(D1::configured(database, variable)))
            }
            Some("postgres") => {
                let postgres = Postgres::configured(variable);
                postgres
                    .map(Self::Postgres)
                    .ok_or_else(|| "the secret POSTGRES_URL is missing or names no host".to_string())
            }
            Some(other) => Err(format!("DATABASE must be `d1` or `postgres`, not `{other}`")),
        }
    }

    /// The same, with a place where it may go on while nobody waits.
    #[must_use]
    pub fn with_background(self, background: Context) -> Self {
        match self {
            Self::Postgres(postgres) => Self::Postgres(postgres.with_background(background)),
            Self::D1(d1) => Self::D1(d1),
        }
    }
}

impl Store for Engine {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        match self {
            Self::D1(d1) => d1.batch(batch).await,
            Self::Postgres(postgres) => postgres.batch(batch).await,
        }
    }

    fn patience_ms(&self) -> u32 {
        match self {
            Self::D1(d1) => d1.patience_ms(),
            Self::Postgres(postgres) => postgres.patience_ms(),
        }
    }

    fn has_replicas(&self) -> bool {
        match self {
            Self::D1(d1) => d1.has_replicas(),
            Self::Postgres(postgres) => postgres.has_replicas(),
        }
    }
}
