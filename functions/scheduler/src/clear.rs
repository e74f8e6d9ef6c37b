//! What the jobs have in common that delete what nobody needs, or erase it.

use tallygate::{
    rules::{request_ids::first_id_of, time::Span},
    schedule::{Job, Rhythm, Step},
    store::Statement,
};

/// Clears rows of a table, page by page.
pub struct Clear {
    pub name: &'static str,
    pub rhythm: Rhythm,
    /// The last row of the next page.
    pub next: &'static str,
    /// Counts the rows of the page that are cleared, and deletes them, or erases what is in them.
    pub counted: &'static str,
    pub cleared: &'static str,
    /// The moments that these two name, by how long ago they are.
    pub ago: &'static [(&'static str, Span)],
    /// Of a table whose keys begin with the time at which rows were written: how long those are kept. `:kept_from` is the first
    /// id of what is kept, so that what is younger is not looked at.
    pub kept: Option<Span>,
}

/// Rows read a step, and cleared at most.
const PAGE: i64 = 1_000;

impl Job for Clear {
    fn name(&self) -> &'static str {
        self.name
    }

    fn rhythm(&self) -> Rhythm {
        self.rhythm
    }

    fn next(&self, step: &Step) -> Statement {
        self.with_ids(step, Statement::new("next", self.next).with("most", PAGE))
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        let statements = [("counted", self.counted), ("cleared", self.cleared)];
        let about = |(name, sql)| {
            let statement = Statement::new(name, sql);
            let statement =
                self.ago.iter().fold(statement, |statement, (moment, span)| statement.with(moment, step.now - *span));
            self.with_ids(step, statement)
        };
        statements.map(about).into()
    }
}

impl Clear {
    fn with_ids(&self, step: &Step, statement: Statement) -> Statement {
        match self.kept {
            Some(span) => statement.with("kept_from", first_id_of(step.now - span)),
            None => statement,
        }
    }
}
