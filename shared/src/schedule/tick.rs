//! A tick of the clock: which jobs it runs, one after another.

use std::cell::Cell;

use sha2::{Digest, Sha256};

use super::{
    job::{Job, Rhythm},
    lease::unfinished,
    run::{run, Report},
};
use crate::{
    http::Services,
    rules::{request_ids::RequestIds, time::Timestamp},
    store::{Batch, Store, StoreError},
    transport::Transport,
};

/// What a tick works with.
pub struct TickEnvironment<'a, S> {
    pub store: &'a S,
    pub transport: &'a dyn Transport,
    /// The time as it goes on.
    pub clock: &'a dyn Fn() -> Timestamp,
    /// A variable or secret of the worker.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    seed: [u8; 32],
    /// How many sources of ids were made of the seed.
    made: Cell<u64>,
}

/// What a tick is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// The jobs of a rhythm, and what slower ones have left in the middle where it is the fastest.
    Rhythm(Rhythm),
    /// One job by its name, now.
    Job(&'a str),
}

impl<'a, S: Store> TickEnvironment<'a, S> {
    /// `seed`: 32 random bytes, from which all ids of the tick follow.
    pub fn new(store: &'a S, transport: &'a dyn Transport, clock: &'a dyn Fn() -> Timestamp, seed: [u8; 32]) -> Self {
        Self { store, transport, clock, variable: &|_| None, seed, made: Cell::new(0) }
    }

    /// The same with the worker's settings, for jobs that ask other systems.
    pub fn with_variables(self, variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { variable, ..self }
    }

    /// A new source of ids.
    pub(super) fn ids(&self) -> RequestIds {
        let number = self.made.get();
        self.made.set(number + 1);
        let seed = Sha256::new().chain_update(self.seed).chain_update(number.to_be_bytes()).finalize();
        RequestIds::new((self.clock)(), seed.into(), [0; 32])
    }
}

/// Runs the jobs and reports of each; one that fails does not hold up the others.
///
/// # Errors
/// Where the database does not say which jobs were left in the middle; the jobs of the rhythm have run by then.
pub async fn tick<S: Store>(
    environment: &TickEnvironment<'_, S>,
    jobs: &[&'static dyn Job],
    asked: Asked<'_>,
) -> (Vec<Report>, Result<(), StoreError>) {
    let mut reports = Vec::new();
    let is_asked = |job: &&&dyn Job| match asked {
        Asked::Rhythm(rhythm) => job.rhythm() == rhythm,
        Asked::Job(name) => job.name() == name,
    };
    let is_on = |job: &&&dyn Job| job.is_on(environment.variable);
    for job in jobs.iter().filter(is_asked) {
        match (is_on(&job), asked) {
            (true, _) => reports.push(run(*job, environment).await),
            // Nobody waits for a line about it.
            (false, Asked::Rhythm(_)) => {}
            (false, Asked::Job(_)) => reports.push(Report::off(job.name())),
        }
    }
    if asked != Asked::Rhythm(Rhythm::Minute) {
        return (reports, Ok(()));
    }
    let left = match left_in_the_middle(environment).await {
        Ok(left) => left,
        Err(error) => return (reports, Err(error)),
    };
    let is_left = |job: &&&dyn Job| job.rhythm() > Rhythm::Minute && left.iter().any(|name| name == job.name());
    for job in jobs.iter().filter(is_left).filter(is_on) {
        reports.push(run(*job, environment).await);
    }
    (reports, Ok(()))
}

async fn left_in_the_middle<S: Store>(environment: &TickEnvironment<'_, S>) -> Result<Vec<String>, StoreError> {
    let services = Services::new(environment.store, environment.transport, &|_| None, environment.clock);
    let (statements, shared) = ([unfinished()], [("now", (environment.clock)().into())]);
    let answer = services.sent(&Batch::new(&statements, &shared)).await?;
    answer.rows("unfinished")?.iter().map(|row| row.text("job").map(str::to_string)).collect()
}
