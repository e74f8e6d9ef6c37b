//! A job's row: who runs it, how far it is, what became of it.

use super::job::Place;
use crate::{
    rules::time::{Span, Timestamp},
    store::{Row, Statement, StoreError},
};

/// A run that died holds others up for as long. It is renewed with every step.
const LEASE: Span = Span::seconds(60);

/// Taken where nobody has it. A run begins where the one before stopped.
const TAKE: &str = "INSERT INTO scheduled_jobs (job, holder, leased_until, started_at)
SELECT :job, :holder, :leased_until, :now
WHERE 1 = 1
ON CONFLICT (job) DO UPDATE SET
  holder = excluded.holder, leased_until = excluded.leased_until, started_at = excluded.started_at, changed = 0, is_unfinished = 1
WHERE scheduled_jobs.leased_until <= :now";

const TAKEN: &str = "SELECT after_first AS first, after_second AS second,
  CASE WHEN holder = :holder THEN 1 ELSE 0 END AS is_ours
FROM scheduled_jobs WHERE job = :job";

/// Renewed, with what is done so far: a run that goes on after this one died does no page twice but the last.
const HOLD: &str =
    "UPDATE scheduled_jobs SET leased_until = :leased_until, after_first = :after_first, after_second = :after_second
WHERE job = :job AND holder = :holder";

const HELD: &str = "SELECT changed FROM scheduled_jobs WHERE job = :job AND holder = :holder";

/// Given back.
const RELEASE: &str = "UPDATE scheduled_jobs SET
  leased_until = 0, after_first = :after_first, after_second = :after_second, is_unfinished = :is_unfinished,
  finished_at = CASE WHEN :is_unfinished = 1 THEN finished_at ELSE :now END, failure = :failure
WHERE job = :job AND holder = :holder";

const UNFINISHED: &str = "SELECT job FROM scheduled_jobs WHERE is_unfinished = 1 AND leased_until <= :now ORDER BY job";

/// What the taking of a lease says.
pub(super) struct Taken {
    /// False: another run has it.
    pub is_ours: bool,
    /// Behind which row the work goes on.
    pub after: Place,
}

impl Taken {
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { is_ours: row.flag("is_ours")?, after: Place::read(row)? })
    }
}

pub(super) fn take(now: Timestamp) -> Vec<Statement> {
    vec![Statement::new("lease", TAKE).with("leased_until", now + LEASE), Statement::new("taken", TAKEN)]
}

pub(super) fn hold(now: Timestamp) -> Statement {
    Statement::new("hold", HOLD).with("leased_until", now + LEASE)
}

/// Gives a row while the run has the lease.
pub(super) fn held() -> Statement {
    Statement::new("held", HELD)
}

pub(super) fn release(is_unfinished: bool, failure: Option<&str>) -> Vec<Statement> {
    let release = Statement::new("release", RELEASE).with("is_unfinished", is_unfinished).with("failure", failure);
    vec![held(), release]
}

/// Jobs that a run has left in the middle and nobody has taken since.
pub(super) fn unfinished() -> Statement {
    Statement::new("unfinished", UNFINISHED)
}
