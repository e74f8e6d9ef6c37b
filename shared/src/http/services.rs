//! What lies outside an operation: the database, other companies' systems and the worker's settings.

use std::cell::RefCell;

use super::{Refusal, RequestContext};
use crate::{
    rules::time::Timestamp,
    store::{Answer, Batch, Bookmark, Copy, Cost, Lock, Patience, Retries, Statement, Store, StoreError},
    transport::{Pending, Transport},
};

/// The way out of a request. An operation that needs no more than its one batch never sees it.
pub struct Services<'a> {
    pub transport: &'a dyn Transport,
    variable: &'a dyn Fn(&str) -> Option<String>,
    store: &'a dyn AnyStore,
    /// The time as it goes on.
    clock: &'a dyn Fn() -> Timestamp,
    /// What the batches of this request cost so far.
    cost: RefCell<Option<Cost>>,
    /// The state of the database that the last batch has met, where the engine names states.
    bookmark: RefCell<Option<Bookmark>>,
    /// Why batches were sent again, for the log.
    retried: RefCell<Vec<String>>,
    /// What the operator should know of a job, for its line in the log.
    notes: RefCell<Vec<String>>,
}

impl<'a> Services<'a> {
    pub(crate) fn new(
        store: &'a dyn AnyStore,
        transport: &'a dyn Transport,
        variable: &'a dyn Fn(&str) -> Option<String>,
        clock: &'a dyn Fn() -> Timestamp,
    ) -> Self {
        Self {
            transport,
            variable,
            store,
            clock,
            cost: RefCell::default(),
            bookmark: RefCell::default(),
            retried: RefCell::default(),
            notes: RefCell::default(),
        }
    }

    /// A variable or secret of the worker; an empty one is an unset one.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.trim().is_empty())
    }

    /// The time as it goes on: for what takes its time, and never for what a request decides.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Runs statements as one transaction, in one round trip; none where there are none. Whoever calls it says why the
    /// first batch was not enough. A further trip is made only where a fault or another transaction was met.
    ///
    /// # Errors
    /// What a failed batch means to the caller.
    pub async fn batch(
        &self,
        context: &RequestContext,
        locks: &[Lock],
        statements: &[Statement],
    ) -> Result<Answer, Refusal> {
        if statements.is_empty() {
            return Ok(Answer::default());
        }
        let shared = context.parameters();
        let locks = context.all_locks(locks);
        let batch = Batch::new(statements, &shared).with_locks(&locks);
        let answer = self.sent(&batch).await;
        answer.map_err(|error| Refusal::from_store(error, &context.request_id))
    }

    /// Whether there are copies of the database that may answer what only reads.
    pub(crate) fn has_replicas(&self) -> bool {
        self.store.any_has_replicas()
    }

    /// Asks a copy of the database, once: who gets no answer asks the primary. It may take a fifth of the request's patience.
    ///
    /// # Errors
    /// What the engine says.
    pub(crate) async fn near(
        &self,
        context: &RequestContext,
        copy: Copy,
        statements: &[Statement],
    ) -> Result<Answer, StoreError> {
        let shared = context.parameters();
        let batch = Batch::new(statements, &shared).by(copy).within(self.store.any_patience_ms() / 5);
        let answer = self.store.any_batch(&batch).await;
        self.heard(&answer, 1);
        answer
    }

    /// Asks the database something while a job is under way with what it has read before.
    ///
    /// # Errors
    /// As the job's own batches.
    pub async fn ask(&self, statement: Statement) -> Result<Answer, StoreError> {
        self.sent(&Batch::new(&[statement], &[])).await
    }

    /// Sends a batch until it is answered, the error is final, or the request has no patience left.
    ///
    /// # Errors
    /// The last one, as it is told of.
    pub(crate) async fn sent(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let began = (self.clock)();
        let total_ms = self.store.any_patience_ms();
        let spent_ms = || u32::try_from((self.clock)().0.saturating_sub(began.0)).unwrap_or_default();
        let mut retries = Retries::default();
        let answer = loop {
            let within = batch.clone().within(total_ms.saturating_sub(spent_ms()));
            let error = match self.store.any_batch(&within).await {
                Ok(answer) => break Ok(answer),
                Err(error) => error,
            };
            match retries.after(&error, Patience { total_ms, spent_ms: spent_ms() }) {
                // The random wait lets two that met go one after the other, and a database that is overloaded breathe.
                Some(longest_wait_ms) => self.transport.wait_up_to(longest_wait_ms).await,
                None => break Err(error.lasting()),
            }
        };
        self.heard(&answer, retries.tries());
        self.retried.borrow_mut().append(&mut retries.causes);
        answer
    }

    /// Keeps what a batch has cost, and which state it has met.
    fn heard(&self, answer: &Result<Answer, StoreError>, tries: u32) {
        let once = answer.as_ref().map_or(Cost { batches: 1, ..Cost::default() }, |answer| answer.cost);
        self.cost.borrow_mut().get_or_insert_default().add(Cost { engine: self.store.any_name(), tries, ..once });
        if let Ok(Answer { bookmark: Some(bookmark), .. }) = answer {
            self.bookmark.replace(Some(bookmark.clone()));
        }
    }

    /// Tells the operator something, in the line that a job leaves in the log.
    pub fn note(&self, note: String) {
        self.notes.borrow_mut().push(note);
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        self.notes.take()
    }

    pub(crate) fn cost(&self) -> Option<Cost> {
        *self.cost.borrow()
    }

    pub(crate) fn bookmark(&self) -> Option<Bookmark> {
        self.bookmark.borrow().clone()
    }

    pub(crate) fn retried(&self) -> Vec<String> {
        self.retried.take()
    }
}

/// A store of any engine.
pub trait AnyStore {
    fn any_batch<'a>(&'a self, batch: &'a Batch<'a>) -> Pending<'a, Result<Answer, StoreError>>;
    fn any_patience_ms(&self) -> u32;
    fn any_name(&self) -> Option<&'static str>;
    fn any_has_replicas(&self) -> bool;
}

impl<S: Store> AnyStore for S {
    fn any_batch<'a>(&'a self, batch: &'a Batch<'a>) -> Pending<'a, Result<Answer, StoreError>> {
        Box::pin(self.batch(batch))
    }

    fn any_patience_ms(&self) -> u32 {
        self.patience_ms()
    }

    fn any_name(&self) -> Option<&'static str> {
        self.name()
    }

    fn any_has_replicas(&self) -> bool {
        self.has_replicas()
    }
}
