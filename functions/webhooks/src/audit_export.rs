//! `audit-export`: the history as a file, CSV or lines of JSON, 5 000 events a request. Where there are more, the header
//! `x-next-cursor` has what the next request sends as `cursor`.

use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    store::Statement,
};

use crate::audit::{events, AuditEvent, Filter};

const MOST: i64 = 5_000;
const COLUMNS: &str = "id,createdAt,actorId,action,targetId,details\r\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    Ndjson,
}

pub struct Export {
    format: Format,
    filter: Filter,
    page: Page,
}

impl Export {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let format = |text: &str| match text {
            "csv" => Some(Format::Csv),
            "ndjson" => Some(Format::Ndjson),
            _ => None,
        };
        Ok(Box::new(Self {
            format: call.fields.parsed("format", format, "csv or ndjson")?.unwrap_or(Format::Csv),
            filter: Filter::read(call.fields)?,
            page: Page::of_size(call.fields, MOST)?,
        }))
    }
}

impl Operation for Export {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![self.filter.statement(&self.page, MOST)]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let (events, next) = events(found, &self.page, MOST)?;
        let reply = match self.format {
            Format::Csv => {
                let lines = events.iter().map(line);
                Reply::document(
                    "text/csv; charset=utf-8",
                    "audit.csv",
                    COLUMNS.to_string() + &lines.collect::<String>(),
                )
            }
            Format::Ndjson => {
                let lines = events.iter().map(|event| serde_json::to_string(event).unwrap_or_default() + "\n");
                Reply::document("application/x-ndjson", "audit.ndjson", lines.collect())
            }
        };
        Ok(match next {
            Some(next) => reply.with_header("x-next-cursor", next),
            None => reply,
        })
    }
}

/// A line of CSV (RFC 4180).
fn line(event: &AuditEvent) -> String {
    let (at, details) = (event.created_at.iso(), event.details.to_string());
    let cells = [&event.id, &at, &event.actor_id, &event.action, &event.target_id, &details];
    cells.map(|cell| quoted(cell)).join(",") + "\r\n"
}

/// A cell that no spreadsheet reads as a formula (OWASP, "CSV Injection"): one that begins as a formula does is text by the
/// apostrophe before it.
fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_cell_begins_as_a_formula_does_or_ends_where_it_does_not() {
        for (cell, written) in [
            ("ada", "\"ada\""),
            ("", "\"\""),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a\nb", "\"a\nb\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "\"'＝1\""),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("a=1", "\"a=1\""),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }
}
