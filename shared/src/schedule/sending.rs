//! What a job does between two batches: it tells another system something, and keeps what was answered.

use super::job::Step;
use crate::{
    http::Services,
    store::{Answer, Statement, StoreError},
    transport::Pending,
};

/// The part of a job that is not pure. A step of such a job is two transactions: its statements, which say what is to be
/// sent, and those that record what became of it. A run that dies in between sends again what it has not recorded, so each
/// sending goes under a key by which the receiver knows a repeated one.
pub trait Sending: Sync {
    /// Sends what the step's statements gave, and returns the statements that record the answers; none where nothing is to be
    /// recorded. They hold to the lease as the step's own do, have an id of their own under `:request`, and may have `again`
    /// in place of the one before: where it gives a row, the page is worked on once more.
    ///
    /// It has to be back within 40 seconds, since the lease is only renewed before and after.
    ///
    /// # Errors
    /// Ends the run; what was sent and not recorded is sent again.
    fn send<'a>(
        &'a self,
        step: &'a Step,
        answer: &'a Answer,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Vec<Statement>, StoreError>>;
}
