//! What lies outside an operation: the database, other companies' systems and the worker's settings.

use std::cell::RefCell;

use super::{Refusal, RequestContext};
use crate::{
    store::{Answer, Batch, Cost, Statement, Store, StoreError},
    transport::{Pending, Transport},
};

/// The way out of a request. An operation that needs no more than its one batch never sees it.
pub struct Services<'a> {
    pub transport: &'a dyn Transport,
    variable: &'a dyn Fn(&str) -> Option<String>,
    store: &'a dyn AnyStore,
    /// What the batches of this request cost so far.
    cost: RefCell<Option<Cost>>,
}

impl<'a> Services<'a> {
    pub(super) fn new(
        store: &'a dyn AnyStore,
        transport: &'a dyn Transport,
        variable: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self { transport, variable, store, cost: RefCell::default() }
    }

    /// A variable or secret of the worker; an empty one is an unset one.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.trim().is_empty())
    }

    /// Runs statements as one transaction, in one round trip; none where there are none. Whoever calls it says why the
    /// first batch was not enough.
    ///
    /// # Errors
    /// What a failed batch means to the caller.
    pub async fn batch(&self, context: &RequestContext, statements: &[Statement]) -> Result<Answer, Refusal> {
        if statements.is_empty() {
            return Ok(Answer::default());
        }
        let shared = context.parameters();
        let answer = self.store.any_batch(&Batch::new(statements, &shared)).await;
        let cost = answer.as_ref().map_or(Cost { batches: 1, ..Cost::default() }, |answer| answer.cost);
        self.cost.borrow_mut().get_or_insert_default().add(cost);
        answer.map_err(|error| Refusal::from_store(error, &context.request_id))
    }

    pub(super) fn cost(&self) -> Option<Cost> {
        *self.cost.borrow()
    }
}

/// A store of any engine.
pub(super) trait AnyStore {
    fn any_batch<'a>(&'a self, batch: &'a Batch<'a>) -> Pending<'a, Result<Answer, StoreError>>;
}

impl<S: Store> AnyStore for S {
    fn any_batch<'a>(&'a self, batch: &'a Batch<'a>) -> Pending<'a, Result<Answer, StoreError>> {
        Box::pin(self.batch(batch))
    }
}
