//! Statements that write nothing outside of the transaction that their flight has begun.
//!
//! All of a flight is under way before its `BEGIN` is answered, and each statement ends with a message of its own that Postgres
//! answers. Where the `BEGIN` alone fails (a query that is canceled, a pooler that had no connection just then), those behind it
//! would run one by one, each a transaction of its own. So a transaction carries a mark, which ends with it, and what writes a row
//! asks for the mark.

use super::super::postgres::deed::Deed;

/// Sets the mark. It is sent with the `BEGIN`, which fails or succeeds together with it.
pub(super) const MARK: &str = "SET LOCAL tallygate.flight = 1";

/// Fails where there is no mark: the setting is not known then, or it is empty, which is no number.
const PROOF: &str = "CAST(current_setting('tallygate.flight') AS bigint) AS in_flight";

/// Decided once, before the function is called: without the mark it is not.
const IF_MARKED: &str = "WHERE current_setting('tallygate.flight', true) = '1'";

/// A statement as a flight has it.
#[derive(Debug, PartialEq)]
pub(in crate::store) struct InFlight {
    pub sql: String,
    /// Whether anybody reads what it answers.
    pub gives_rows: bool,
}

impl InFlight {
    /// A statement that is sent as it is. What follows `RETURNING` is asked of each row that was written, and one failure undoes the
    /// statement.
    pub fn text(sql: &str) -> Self {
        match Deed::of(sql) {
            Deed::Reads => Self { sql: sql.to_string(), gives_rows: true },
            Deed::Writes => Self { sql: format!("{sql}\nRETURNING {PROOF}"), gives_rows: false },
            Deed::WritesAndTells => Self { sql: format!("{sql}, {PROOF}"), gives_rows: true },
        }
    }

    /// The call of a function that Postgres keeps of this text.
    pub fn call(call: &str, text: &str) -> Self {
        let sql = match Deed::of(text) {
            Deed::Reads => call.to_string(),
            Deed::Writes | Deed::WritesAndTells => format!("{call} {IF_MARKED}"),
        };
        Self { sql, gives_rows: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{postgres::sent::Sent, Batch, Statement};

    #[test]
    fn what_writes_proves_that_it_is_in_its_flight_and_tells_what_it_told_before() {
        for (sql, sent, gives_rows) in [
            ("SELECT 1", "SELECT 1".to_string(), true),
            ("UPDATE a SET b = 1\nWHERE c = 2", format!("UPDATE a SET b = 1\nWHERE c = 2\nRETURNING {PROOF}"), false),
            (
                "WITH a AS (SELECT 1)\nINSERT INTO b SELECT * FROM a\nRETURNING c",
                format!("WITH a AS (SELECT 1)\nINSERT INTO b SELECT * FROM a\nRETURNING c, {PROOF}"),
                true,
            ),
        ] {
            assert_eq!(InFlight::text(sql), InFlight { sql: sent, gives_rows });
        }
    }

    #[test]
    fn what_writes_and_is_kept_is_called_in_its_flight_alone() {
        // given
        const TEXT: &str =
            "UPDATE organizations SET updated_at = :now WHERE id = :id AND updated_at < :now AND archived_at IS NULL";
        let statements = [Statement::new("touch", TEXT).with("now", 7).with("id", "x")];
        let batch = Batch::new(&statements, &[]);
        let sent = || Sent::of(&batch).unwrap();
        let in_flight =
            |sent: Sent<'_>| (sent.statements[0].in_flight().sql.clone(), sent.statements[0].in_flight().gives_rows);
        // then
        let (sql, gives_rows) = in_flight(sent());
        assert!(sql.starts_with("UPDATE organizations") && sql.ends_with(PROOF) && !gives_rows, "{sql}");
        // when
        sent().to_be_kept(1).iter().for_each(|form| form.was_kept(Some(true)));
        // then
        let (sql, gives_rows) = in_flight(sent());
        assert!(sql.starts_with("SELECT tallygate_kept_") && gives_rows, "{sql}");
        assert!(sql.ends_with(&format!(" AS kept {IF_MARKED}")), "{sql}");
    }

    #[test]
    fn what_only_reads_is_called_as_it_is() {
        let call = "SELECT tallygate_kept_00() AS kept";
        assert_eq!(InFlight::call(call, "SELECT 1").sql, call);
    }

    #[test]
    fn the_mark_that_is_set_is_the_one_that_is_asked_for() {
        let setting = MARK.strip_prefix("SET LOCAL ").and_then(|rest| rest.strip_suffix(" = 1")).unwrap();
        for asks in [PROOF, IF_MARKED] {
            assert!(asks.contains(&format!("current_setting('{setting}'")), "{asks}");
        }
    }
}
