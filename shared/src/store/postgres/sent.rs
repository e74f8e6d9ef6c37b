//! A batch as it is sent to Postgres, whichever way it goes.

use std::rc::Rc;

use serde_json::{Map, Value as Json};

#[cfg(any(feature = "hyperdrive", test))]
use super::super::hyperdrive::InFlight;
use super::{
    super::{
        render::{Form, Rendered},
        Batch, Dialect, Row, StoreError, Value,
    },
    kept::{self, Call},
};

/// The columns of a row by their names.
pub(in crate::store) type Columns = Map<String, Json>;

/// A batch's statements, those that lock before the others.
pub(in crate::store) struct Sent<'a> {
    pub statements: Vec<SentStatement<'a>>,
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "natively nothing is sent"))]
    pub isolation: Isolation,
}

pub(in crate::store) struct SentStatement<'a> {
    pub name: &'static str,
    pub rendered: Rendered<'a>,
    /// It is called as a function that Postgres keeps (`kept.rs`).
    is_called: bool,
}

/// What a batch sees of others that are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Isolation {
    /// What decides is locked first (`store/lock.rs`), and each statement must see what the one before the lock has committed.
    ReadCommitted,
    /// What only reads sees one moment.
    RepeatableRead,
}

impl<'a> Sent<'a> {
    /// What is kept is called.
    ///
    /// # Errors
    /// [`StoreError::Broken`] names a parameter that nobody bound.
    pub fn of(batch: &'a Batch<'a>) -> Result<Self, StoreError> {
        let named = batch.sent(Dialect::Postgres).zip(batch.render(Dialect::Postgres)?);
        let statements = named.map(|(statement, rendered)| {
            let is_called = rendered.form.is_called();
            SentStatement { name: statement.name, rendered, is_called }
        });
        let isolation = if batch.locks().is_empty() { Isolation::RepeatableRead } else { Isolation::ReadCommitted };
        Ok(Self { statements: statements.collect(), isolation })
    }

    /// The statements that it is time to have kept, after this batch.
    pub fn to_be_kept(&self, least_uses: u32) -> Vec<Rc<Form>> {
        let forms = self.statements.iter().map(|statement| &statement.rendered.form);
        forms.filter(|form| form.is_to_be_kept(least_uses)).cloned().collect()
    }

    /// The rows of each statement under its name.
    ///
    /// # Errors
    /// [`StoreError::Broken`] where what is kept answered no row.
    pub fn named(
        &self,
        answers: impl IntoIterator<Item = Vec<Columns>>,
    ) -> Result<Vec<(&'static str, Vec<Row>)>, StoreError> {
        let answered = self.statements.iter().zip(answers);
        let read = answered.map(|(statement, rows)| {
            let rows =
                rows.into_iter().map(|row| if statement.is_called { kept::row(&row) } else { Ok(Row::new(row)) });
            Ok((statement.name, rows.collect::<Result<_, _>>()?))
        });
        read.collect()
    }

    /// What an error of Postgres's means to this batch. Where a function is not there any more (`npm run migrate` takes those of
    /// earlier versions away), or is of no use, the batch has had no effect: it is sent once more, as text.
    pub fn refused(&self, error: StoreError) -> StoreError {
        let is_to_be_kept_again = match error {
            StoreError::Busy(_) => None,
            StoreError::Broken(_) => Some(false),
            other => return other,
        };
        let called = || self.statements.iter().filter(|statement| statement.is_called);
        if called().next().is_none() {
            return error;
        }
        called().for_each(|statement| statement.rendered.form.was_kept(is_to_be_kept_again));
        StoreError::Conflict(Box::new(error))
    }
}

impl SentStatement<'_> {
    /// The text, or the call of the function that it is kept as, as a flight has them.
    #[cfg(any(feature = "hyperdrive", test))]
    pub fn in_flight(&self) -> &InFlight {
        match self.call() {
            Some(call) => call.in_flight.get_or_init(|| InFlight::call(&call.sql, self.rendered.sql())),
            None => self.rendered.form.in_flight.get_or_init(|| InFlight::text(self.rendered.sql())),
        }
    }

    /// The text, or that call, as a JSON string.
    #[cfg(any(feature = "postgres", test))]
    pub fn json(&self) -> &str {
        self.call().map_or_else(|| self.rendered.json(), Call::json)
    }

    /// As it was when the batch was put together: meanwhile others may have had it kept, or forgotten.
    fn call(&self) -> Option<&Call> {
        self.rendered.form.call().filter(|_| self.is_called)
    }

    pub fn values(&self) -> &[&Value] {
        &self.rendered.values
    }
}
