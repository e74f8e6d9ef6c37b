//! Ticks of the scheduler in a test: through a store that sends everything twice, and through one that dies.

use std::cell::Cell;

use super::{twice::SentTwice, Scene};
use crate::{
    schedule::{tick, Asked, Job, Report, TickEnvironment},
    store::{sqlite::Sqlite, Answer, Batch, Store, StoreError},
};

/// A worker that is killed: so many batches are done, and from then on it never hears of any again.
pub struct Killed<'a> {
    store: &'a Sqlite,
    left: Cell<u32>,
    /// Whether the last batch that is sent still takes effect.
    is_done_unheard: bool,
}

impl<'a> Killed<'a> {
    pub fn after(store: &'a Sqlite, batches: u32, is_done_unheard: bool) -> Self {
        Self { store, left: Cell::new(batches), is_done_unheard }
    }
}

impl Store for Killed<'_> {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        match self.left.get() {
            0 => Err(StoreError::Broken("the worker is dead".to_string())),
            1 if self.is_done_unheard => {
                self.left.set(0);
                self.store.batch(batch).await?;
                Err(StoreError::Broken("the worker died before it heard".to_string()))
            }
            left => {
                self.left.set(left - 1);
                self.store.batch(batch).await
            }
        }
    }
}

impl Scene {
    /// A tick, every batch of which is sent twice.
    pub fn tick(&self, jobs: &[&'static dyn Job], asked: Asked<'_>) -> Vec<Report> {
        match self.sends_once() {
            true => self.tick_through(self.store(), jobs, asked),
            false => self.tick_through(&SentTwice(self.store()), jobs, asked),
        }
    }

    /// One job until it is through; gives the rows that it changed.
    pub fn tick_until_done(&self, jobs: &[&'static dyn Job], job: &str) -> i64 {
        let mut changed = 0;
        loop {
            let [report] = self.tick(jobs, Asked::Job(job)).try_into().expect("one report");
            assert_eq!(report.cause, None, "{report:?}");
            changed += report.changed;
            match report.outcome {
                crate::schedule::Outcome::Done => return changed,
                crate::schedule::Outcome::GoesOn => {}
                _ => panic!("{report:?}"),
            }
        }
    }

    /// A tick through another store.
    pub fn tick_through<S: Store>(&self, store: &S, jobs: &[&'static dyn Job], asked: Asked<'_>) -> Vec<Report> {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.count_request().to_be_bytes());
        seed[31] = 2;
        let clock = || self.now();
        let (transport, variable) = (self.transport(), |name: &str| self.variable(name));
        let environment = TickEnvironment::new(store, transport.as_ref(), &clock, seed).with_variables(&variable);
        let (reports, left) = pollster::block_on(tick(&environment, jobs, asked));
        assert!(left.is_ok() || !reports.is_empty(), "{left:?}");
        reports
    }
}
