//! `roll_up_figures`: the operator's figures of each day that is over, and of its month (`console`, `figures`).
//!
//! A day is gone through in parts, a page at a time: the organizations, then the people; then it is over. How far it is stands in
//! a row of its own (`figure_progress`) that moves in the transaction that adds the page, so each page is added once, whatever
//! is repeated or lost. Days that were missed are made up for one after another.
//!
//! What is told by dates (sign-ups, subscriptions that began or ended, sessions, closed periods) is of its day however late the
//! job runs. All else that changes of an organization is told by comparing it with what the figures hold of it (`figure_states`):
//! two changes between two looks are one, and one that came after the day is left to its own day.

/// Columns of `figures`, each with what the row `page` or `excluded` adds to it.
macro_rules! adding {
    ($row:ident: $first:ident $($column:ident)*) => {
        concat!(
            stringify!($first), " = figures.", stringify!($first), " + ", stringify!($row), ".", stringify!($first)
            $(, ", ", stringify!($column), " = figures.", stringify!($column), " + ", stringify!($row), ".", stringify!($column))*
        )
    };
}

mod closing;
mod meters;
mod organizations;
mod people;
mod progress;

use tallygate::{
    rules::time::{Span, Timestamp},
    schedule::{Job, Rhythm, Step},
    store::Statement,
};

/// So long after its end a day is complete: what happened in it is written, and the sums of what was used the day before, which
/// take events for a day and hold them an hour later at the most (`aggregate_usage`).
const SETTLED: Span = Span::minutes(120);
const DAY: Span = Span::days(1);
/// Organizations or people that a step goes through.
const PAGE: i64 = 500;

pub struct RollUpFigures;

/// The last day that is complete.
fn last_day(now: Timestamp) -> Timestamp {
    (now - SETTLED).start_of_day() - DAY
}

impl Job for RollUpFigures {
    fn name(&self) -> &'static str {
        "roll_up_figures"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    /// Its pages are of its own keeping: `again` leads from one to the next.
    fn next(&self, _step: &Step) -> Statement {
        progress::none()
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        let last_day = last_day(step.now);
        let mut statements = progress::moved(last_day);
        statements.extend(organizations::added());
        statements.push(meters::added());
        statements.push(people::added());
        statements.extend(closing::closed());
        statements.push(progress::again(last_day));
        statements
    }
}
