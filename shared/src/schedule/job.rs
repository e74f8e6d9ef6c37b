//! What a job is.

use super::sending::Sending;
use crate::{
    rules::{request_ids::RequestIds, time::Timestamp},
    store::{Row, Statement, StoreError},
};

/// How often a job is begun. What is not through by then goes on with the next minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rhythm {
    Minute,
    Hour,
    Day,
}

/// A row of the table that a job goes through, by its key; a key of one part has an empty second one. The empty place is
/// before all rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub first: String,
    pub second: String,
}

impl Place {
    /// Of a row with the columns `first` and `second`.
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { first: row.text("first")?.to_string(), second: row.text("second")?.to_string() })
    }
}

/// One transaction of a run.
pub struct Step {
    pub now: Timestamp,
    /// This step's own ids: sent again, it makes the same ones.
    pub ids: RequestIds,
}

/// A piece of work without end, done page by page. Its statements may name, beside their own parameters:
///
/// - `:now`, and `:request`, the id of the step;
/// - `:after_first`, `:after_second`, the place behind which the page begins, and `:until_first`, `:until_second`, its last
///   row (a key in the table's order: `(first, second) > (…) AND (first, second) <= (…)`);
/// - `:job` and `:holder`, by which `while_leased!()` asks whether the run still has the lease. Every statement that decides
///   holds to it.
pub trait Job: Sync {
    /// As operators name it, and its row's key.
    fn name(&self) -> &'static str;

    fn rhythm(&self) -> Rhythm;

    /// Whether the worker's settings switch it on; one that is off writes nothing, not even its lease.
    fn is_on(&self, _variable: &dyn Fn(&str) -> Option<String>) -> bool {
        true
    }

    /// Gives the last row of the page behind `:until_first`, `:until_second`, as `first` and `second`; no row where nothing
    /// is left. Named `next`.
    fn next(&self, step: &Step) -> Statement;

    /// What is done to a page. One of these statements may be named `again`: where it gives a row, the page is not through
    /// and is worked on once more.
    fn statements(&self, step: &Step) -> Vec<Statement>;

    /// What is told to another system between the step's statements and those that record it; `None`: nothing is.
    fn sending(&self) -> Option<&dyn Sending> {
        None
    }

    /// Steps of a run at most. Each is one call of the database, of which a worker has a limited number.
    fn most_steps(&self) -> u32 {
        20
    }
}

/// Whether the run still has its lease: a condition in every statement of a job that decides.
#[macro_export]
macro_rules! while_leased {
    () => {
        "EXISTS (SELECT 1 FROM scheduled_jobs leased WHERE leased.job = :job AND leased.holder = :holder)"
    };
}

/// A statement that counts what the step is about to change, given a `SELECT` of one number; it counts once, however often it
/// is sent. It comes before the change.
#[macro_export]
macro_rules! counting {
    ($($select:tt)+) => {
        concat!(
            "UPDATE scheduled_jobs SET changed = changed + (",
            $($select)+,
            "), counted_by = :request
WHERE job = :job AND holder = :holder AND counted_by <> :request"
        )
    };
}
