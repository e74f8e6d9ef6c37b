//! One run of a job: the lease, page after page, and the lease given back.

use serde::Serialize;

use super::{
    job::{Job, Place, Step},
    lease::{held, hold, release, take, Taken},
    tick::TickEnvironment,
};
use crate::{
    http::Services,
    rules::request_ids::Purpose,
    rules::time::Span,
    store::{Answer, Batch, Lock, Statement, Store, StoreError, Value},
};

/// After so long a run stops between two pages.
const LONGEST_RUN: Span = Span::seconds(20);

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It went through to the end.
    Done,
    /// It stopped at its budget, and the next minute goes on.
    GoesOn,
    /// Another run has the lease.
    Busy,
    /// The worker's settings do not switch it on.
    Off,
    Failed,
}

/// What a run did, for the log.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub job: &'static str,
    pub outcome: Outcome,
    pub steps: u32,
    /// How many rows it changed, by its own count.
    pub changed: i64,
    pub cause: Option<String>,
    /// What the operator should know, of what a job did in other systems.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    milliseconds: i64,
    db_milliseconds: f64,
    batches: u32,
    tries: u32,
    retried: Vec<String>,
    pub rows_read: Option<u64>,
    pub rows_written: Option<u64>,
}

impl Report {
    /// Of a job that is not switched on.
    pub(super) fn off(job: &'static str) -> Self {
        Self {
            job,
            outcome: Outcome::Off,
            steps: 0,
            changed: 0,
            cause: None,
            notes: Vec::new(),
            milliseconds: 0,
            db_milliseconds: 0.0,
            batches: 0,
            tries: 0,
            retried: Vec::new(),
            rows_read: None,
            rows_written: None,
        }
    }
}

/// Where a run is.
#[derive(Default)]
struct Progress {
    steps: u32,
    changed: i64,
    after: Place,
    until: Place,
}

/// Runs a job until it is through or has used its budget. Never fails: what goes wrong is in the report.
pub(super) async fn run<S: Store>(job: &dyn Job, environment: &TickEnvironment<'_, S>) -> Report {
    let began = (environment.clock)();
    let services = Services::new(environment.store, environment.transport, environment.variable, environment.clock);
    let mut progress = Progress::default();
    let ran = Run { job, environment, services: &services, holder: environment.ids().id(Purpose::Request) }
        .through(&mut progress)
        .await;
    let (outcome, cause) = match ran {
        Ok(outcome) => (outcome, None),
        Err(error) => (Outcome::Failed, Some(error.cause())),
    };
    let cost = services.cost().unwrap_or_default();
    Report {
        job: job.name(),
        outcome,
        steps: progress.steps,
        changed: progress.changed,
        cause,
        notes: services.notes(),
        milliseconds: (environment.clock)().0.saturating_sub(began.0),
        db_milliseconds: cost.milliseconds,
        batches: cost.batches,
        tries: cost.tries,
        retried: services.retried(),
        rows_read: cost.rows.map(|rows| rows.read),
        rows_written: cost.rows.map(|rows| rows.written),
    }
}

struct Run<'a, S> {
    job: &'a dyn Job,
    environment: &'a TickEnvironment<'a, S>,
    services: &'a Services<'a>,
    /// This run's name on the lease.
    holder: String,
}

impl<S: Store> Run<'_, S> {
    async fn through(&self, progress: &mut Progress) -> Result<Outcome, StoreError> {
        let step = self.step();
        let taken = self.sent(&step, progress, take(step.now)).await?;
        let taken = Taken::read(taken.only("taken")?)?;
        if !taken.is_ours {
            return Ok(Outcome::Busy);
        }
        // The first page's end is not known yet: its first step only looks it up.
        progress.after = taken.after.clone();
        progress.until = taken.after;
        let worked = self.pages(progress).await;
        let (is_unfinished, failure) = match &worked {
            Ok(outcome) => (*outcome != Outcome::Done, None),
            Err(error) => (true, Some(error.cause())),
        };
        let released = self.sent(&self.step(), progress, release(is_unfinished, failure.as_deref())).await;
        let outcome = worked?;
        if let Some(row) = released?.first("held")? {
            progress.changed = row.integer("changed")?;
        }
        Ok(outcome)
    }

    async fn pages(&self, progress: &mut Progress) -> Result<Outcome, StoreError> {
        let began = (self.environment.clock)();
        loop {
            let step = self.step();
            let statements = self.page(&step);
            let answer = self.sent(&step, progress, statements).await?;
            progress.steps += 1;
            if answer.first("held")?.is_none() {
                // The lease ran out, and another run has it.
                return Ok(Outcome::Busy);
            }
            let (recorded, locks) = match self.job.sending() {
                Some(sending) => (sending.send(&step, &answer, self.services).await?, sending.locks(&answer)?),
                None => (Vec::new(), Vec::new()),
            };
            let mut is_through = answer.rows("again").map_or(true, <[_]>::is_empty);
            if !recorded.is_empty() {
                let step = self.step();
                let recorded = self.sent_locking(&step, progress, held_while(&step, recorded), locks).await?;
                if recorded.first("held")?.is_none() {
                    return Ok(Outcome::Busy);
                }
                is_through = recorded.rows("again").map_or(is_through, <[_]>::is_empty);
            }
            if is_through {
                progress.after = std::mem::take(&mut progress.until);
                match answer.first("next")? {
                    Some(row) => progress.until = Place::read(row)?,
                    None => {
                        progress.after = Place::default();
                        return Ok(Outcome::Done);
                    }
                }
            }
            let spent = (self.environment.clock)().0.saturating_sub(began.0);
            if progress.steps >= self.job.most_steps() || spent >= LONGEST_RUN.0 {
                return Ok(Outcome::GoesOn);
            }
        }
    }

    /// One page's work, and where the page behind it ends.
    fn page(&self, step: &Step) -> Vec<Statement> {
        let mut statements = self.job.statements(step);
        statements.push(self.job.next(step));
        held_while(step, statements)
    }

    fn step(&self) -> Step {
        Step { now: (self.environment.clock)(), ids: self.environment.ids() }
    }

    async fn sent(&self, step: &Step, progress: &Progress, statements: Vec<Statement>) -> Result<Answer, StoreError> {
        self.sent_locking(step, progress, statements, Vec::new()).await
    }

    /// The rows of `locks` are locked before the lease's.
    async fn sent_locking(
        &self,
        step: &Step,
        progress: &Progress,
        statements: Vec<Statement>,
        mut locks: Vec<Lock>,
    ) -> Result<Answer, StoreError> {
        locks.push(Lock::Lease);
        let shared: [(&'static str, Value); 8] = [
            ("job", self.job.name().into()),
            ("holder", self.holder.as_str().into()),
            ("now", step.now.into()),
            ("request", step.ids.request_id().as_str().into()),
            ("after_first", progress.after.first.as_str().into()),
            ("after_second", progress.after.second.as_str().into()),
            ("until_first", progress.until.first.as_str().into()),
            ("until_second", progress.until.second.as_str().into()),
        ];
        self.services.sent(&Batch::new(&statements, &shared).with_locks(&locks)).await
    }
}

/// Statements between the renewal of the lease and the look whether it was still there.
fn held_while(step: &Step, statements: Vec<Statement>) -> Vec<Statement> {
    let mut all = vec![hold(step.now)];
    all.extend(statements);
    all.push(held());
    all
}
