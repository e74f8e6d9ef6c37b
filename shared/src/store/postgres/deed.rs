//! What a statement does, told by its text.

/// What a statement does last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Deed {
    Reads,
    /// It answers nothing.
    Writes,
    /// It answers what it has written.
    WritesAndTells,
}

impl Deed {
    /// A verb that writes stands at the beginning of a line, and what it writes is answered only where it says so.
    pub fn of(sql: &str) -> Self {
        let written = ["INSERT ", "UPDATE ", "DELETE "].iter().filter_map(|verb| {
            let at_once = sql.starts_with(verb).then_some(0);
            sql.rfind(&format!("\n{verb}")).or(at_once)
        });
        match written.max().and_then(|at| sql.get(at..)) {
            None => Self::Reads,
            Some(rest) if rest.contains("RETURNING") => Self::WritesAndTells,
            Some(_) => Self::Writes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_statement_does_is_told_by_what_it_does_last() {
        for (sql, does) in [
            ("SELECT 1", Deed::Reads),
            ("WITH a AS (SELECT 1)\nSELECT * FROM a", Deed::Reads),
            ("INSERT INTO a VALUES (1)", Deed::Writes),
            ("WITH a AS (SELECT 1)\nINSERT INTO b SELECT * FROM a\nON CONFLICT (x) DO UPDATE SET y = 1", Deed::Writes),
            ("WITH a AS (SELECT 1)\nUPDATE b SET c = 1\nRETURNING c", Deed::WritesAndTells),
        ] {
            assert_eq!(Deed::of(sql), does, "{sql}");
        }
    }
}
