//! The engine that a worker runs on (`chosen.rs`).

use worker::{Context, Env};

#[cfg(feature = "d1")]
use super::d1::D1;
#[cfg(feature = "hyperdrive")]
use super::hyperdrive::Hyperdrive;
#[cfg(feature = "postgres")]
use super::postgres::Postgres;
use super::{
    chosen::{EngineName, BUILT},
    Answer, Batch, Store, StoreError,
};

#[cfg(feature = "d1")]
use crate::edge::binding;

#[cfg(not(any(feature = "d1", feature = "postgres", feature = "hyperdrive")))]
compile_error!(
    "A worker needs an engine: one of the features `d1`, `postgres` and `hyperdrive` (`npm run build` names them)."
);

/// The engine of this worker, by `DATABASE`.
pub enum Engine {
    #[cfg(feature = "d1")]
    D1(D1),
    #[cfg(feature = "postgres")]
    Postgres(Postgres),
    #[cfg(feature = "hyperdrive")]
    Hyperdrive(Hyperdrive),
}

impl Engine {
    /// `background`: where it may go on while nobody waits.
    ///
    /// # Errors
    /// A sentence for the log that says what is missing.
    #[cfg_attr(
        not(all(feature = "d1", feature = "postgres", feature = "hyperdrive")),
        allow(unused_variables, reason = "Postgres over HTTP has no binding, and D1 does nothing in the background")
    )]
    pub fn configured(
        env: &Env,
        variable: impl Fn(&str) -> Option<String>,
        background: Option<Context>,
    ) -> Result<Self, String> {
        match EngineName::chosen(variable("DATABASE").as_deref(), BUILT)? {
            #[cfg(feature = "d1")]
            EngineName::D1 => {
                let database = binding(env, "DB").and_then(|bound| D1::configured(bound, variable));
                database.map(Self::D1).ok_or_else(|| "the D1 binding `DB` is missing".to_string())
            }
            #[cfg(feature = "postgres")]
            EngineName::Postgres => Postgres::configured(variable, background)
                .map(Self::Postgres)
                .ok_or_else(|| "the secret POSTGRES_URL is missing or names no host".to_string()),
            #[cfg(feature = "hyperdrive")]
            EngineName::Hyperdrive => {
                let binding = env
                    .hyperdrive("HYPERDRIVE")
                    .map_err(|error| format!("the Hyperdrive binding `HYPERDRIVE` is missing: {error}"))?;
                Ok(Self::Hyperdrive(Hyperdrive::configured(binding, variable, background)))
            }
            #[cfg(not(all(feature = "d1", feature = "postgres", feature = "hyperdrive")))]
            missing => Err(missing.is_missing()),
        }
    }
}

impl Store for Engine {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        match self {
            #[cfg(feature = "d1")]
            Self::D1(d1) => d1.batch(batch).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.batch(batch).await,
            #[cfg(feature = "hyperdrive")]
            Self::Hyperdrive(hyperdrive) => hyperdrive.batch(batch).await,
        }
    }

    fn patience_ms(&self) -> u32 {
        match self {
            #[cfg(feature = "d1")]
            Self::D1(d1) => d1.patience_ms(),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.patience_ms(),
            #[cfg(feature = "hyperdrive")]
            Self::Hyperdrive(hyperdrive) => hyperdrive.patience_ms(),
        }
    }

    fn name(&self) -> Option<&'static str> {
        match self {
            #[cfg(feature = "d1")]
            Self::D1(d1) => d1.name(),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.name(),
            #[cfg(feature = "hyperdrive")]
            Self::Hyperdrive(hyperdrive) => hyperdrive.name(),
        }
    }

    fn has_replicas(&self) -> bool {
        match self {
            #[cfg(feature = "d1")]
            Self::D1(d1) => d1.has_replicas(),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.has_replicas(),
            #[cfg(feature = "hyperdrive")]
            Self::Hyperdrive(hyperdrive) => hyperdrive.has_replicas(),
        }
    }
}
