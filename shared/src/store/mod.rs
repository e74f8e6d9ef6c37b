//! The database: a batch of statements goes there in one round trip and runs as one transaction.
//!
//! An operation knows statements and rows, never the engine. The engines are D1, Postgres over HTTP, Postgres over
//! Hyperdrive's sockets, and SQLite in memory for native tests. Each is a feature of this crate, so that a worker carries
//! the code of those alone that it was built for.

mod asking;
#[cfg(any(test, target_arch = "wasm32"))]
mod chosen;
mod copy;
mod lock;
mod record;
mod render;
mod retry;
mod rows;
pub(crate) mod scope;
mod statement;

#[cfg(all(target_arch = "wasm32", feature = "d1"))]
pub mod d1;
#[cfg(target_arch = "wasm32")]
pub mod engine;
#[cfg(any(test, all(target_arch = "wasm32", feature = "hyperdrive")))]
pub mod hyperdrive;
#[cfg(any(test, all(target_arch = "wasm32", feature = "statements-for-postgres")))]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use copy::{Bookmark, Copy};
pub use lock::Lock;
pub use render::Dialect;
pub(crate) use retry::{Patience, Retries};
pub use rows::{Answer, Cost, Row, RowCost};
pub use statement::{Batch, Statement, Value};

/// Whether statements are also there in Postgres's words: a worker that is built for D1 alone carries none of them.
const FOR_POSTGRES: bool = cfg!(feature = "statements-for-postgres");

/// One of the engines.
///
/// Futures here are not `Send`: a worker has one thread.
#[allow(async_fn_in_trait)]
pub trait Store {
    /// Runs all statements in order as one transaction: either all of them took effect, or none.
    ///
    /// Sends it once. A batch is made so that sending it again has the effect and the answer of sending it once: every
    /// write of it is guarded by ids that were made beforehand.
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError>;

    /// How long a request may wait for its batch altogether, in milliseconds.
    fn patience_ms(&self) -> u32 {
        10_000
    }

    /// As `Server-Timing` names it, where it is not D1 (or what stands in for it natively).
    fn name(&self) -> Option<&'static str> {
        None
    }

    /// Whether there are copies of the database that a batch which only reads may go to.
    fn has_replicas(&self) -> bool {
        false
    }
}

/// Why a batch had no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The database could not be reached or gave no sensible answer.
    Unavailable(String),
    /// It was reached but gave up on conflicting transactions; the same request may succeed later.
    Busy(String),
    /// Two transactions met, and this one left nothing behind. The same batch may succeed when it is sent again; the error
    /// within is what it means if it does not.
    Conflict(Box<StoreError>),
    /// The schema refused a row.
    Constraint(Constraint),
    /// A fault of ours: a statement that the engine does not take, or a row without an expected column.
    Broken(String),
}

/// The rules that the schema itself keeps, under one name for all engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    SlugTaken,
    InvitationPending,
    PersonalOrganization,
    PlanAudience,
    /// Any other: an operation that runs into it has a fault.
    Other,
}

impl StoreError {
    /// What is told of it when it is not tried again.
    #[must_use]
    pub fn lasting(self) -> Self {
        match self {
            Self::Conflict(error) => *error,
            other => other,
        }
    }

    /// For the log.
    pub fn cause(&self) -> String {
        match self {
            Self::Unavailable(cause) | Self::Busy(cause) | Self::Broken(cause) => cause.clone(),
            Self::Conflict(error) => error.cause(),
            Self::Constraint(constraint) => format!("constraint: {constraint:?}"),
        }
    }

    /// A row that the schema refused, by what the engine says of it. A rule that no operation expects to meet is a
    /// fault of ours.
    #[cfg(any(feature = "sqlite", target_arch = "wasm32"))]
    fn refused_row(said: String) -> Self {
        match Constraint::recognise(&said) {
            Constraint::Other => Self::Broken(said),
            known => Self::Constraint(known),
        }
    }
}

impl Constraint {
    /// Recognises a constraint by what SQLite says of it, or by its name in Postgres.
    pub fn recognise(message: &str) -> Self {
        let known = [
            (Self::SlugTaken, ["organizations.slug", "organizations_slug"]),
            (
                Self::InvitationPending,
                [
                    "organization_invitations.organization_id, organization_invitations.email",
                    "organization_invitations_pending",
                ],
            ),
            (
                Self::PersonalOrganization,
                ["personal_organization_has_one_member", "personal_organization_has_one_member"],
            ),
            (Self::PlanAudience, ["plan_audience_mismatch", "plan_audience_mismatch"]),
        ];
        let found = known.into_iter().find(|(_, marks)| marks.iter().any(|mark| message.contains(mark)));
        found.map_or(Self::Other, |(constraint, _)| constraint)
    }
}
