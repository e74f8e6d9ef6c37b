//! What closed periods came to beyond their limits, as the billing history shows it.

use serde::Serialize;
use tallygate::{
    rules::{money::Cents, time::Timestamp},
    scoped,
    store::{Row, Statement, StoreError},
};

/// The newest lines that are shown: of five meters those of three years.
const MOST_LINES: i64 = 180;

/// A period that cost something beyond the plan.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClosedPeriod {
    period_start: Timestamp,
    period_end: Timestamp,
    currency: String,
    total_cents: Cents,
    lines: Vec<OverageLine>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OverageLine {
    feature: String,
    /// Units that were begun, and those of them beyond the limit.
    used: i64,
    overage_units: i64,
    overage_cents: Cents,
    /// It was counted after the period was closed.
    is_correction: bool,
    /// `closed`, `carried`, `billing`, `billed`, `not_billed`.
    state: String,
    /// Why it is carried.
    reason: Option<String>,
    invoice_item: Option<String>,
    invoice: Option<String>,
    invoice_status: Option<String>,
}

pub fn closed_periods() -> Statement {
    Statement::new(
        "periods",
        scoped!(
            "SELECT line.period_start, line.period_end, line.feature, line.correction, line.units, line.overage_units, line.overage_cents,
  line.currency, line.state, line.reason, line.stripe_invoice_item_id, line.stripe_invoice_id, invoice.status AS invoice_status
FROM membership
JOIN usage_summaries line ON line.organization_id = membership.organization_id AND line.overage_cents > 0
LEFT JOIN billing_invoices invoice ON invoice.organization_id = line.organization_id AND invoice.stripe_invoice_id = line.stripe_invoice_id
ORDER BY line.period_start DESC, line.period_end DESC, line.feature, line.correction
LIMIT :most_lines"
        ),
    )
    .with("most_lines", MOST_LINES)
}

impl ClosedPeriod {
    /// From rows in the statement's order.
    ///
    /// # Errors
    /// A fault in reading the rows.
    pub fn read_all(rows: &[Row]) -> Result<Vec<Self>, StoreError> {
        let mut periods: Vec<Self> = Vec::new();
        for row in rows {
            let (start, end) = (row.timestamp("period_start")?, row.timestamp("period_end")?);
            let line = OverageLine::read(row)?;
            match periods.last_mut().filter(|last| (last.period_start, last.period_end) == (start, end)) {
                Some(last) => {
                    last.total_cents = last.total_cents + line.overage_cents;
                    last.lines.push(line);
                }
                None => periods.push(Self {
                    period_start: start,
                    period_end: end,
                    currency: row.text("currency")?.to_string(),
                    total_cents: line.overage_cents,
                    lines: vec![line],
                }),
            }
        }
        Ok(periods)
    }
}

impl OverageLine {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let optional = |column: &str| Ok(row.optional_text(column)?.map(str::to_string));
        Ok(Self {
            feature: row.text("feature")?.to_string(),
            used: row.integer("units")?,
            overage_units: row.integer("overage_units")?,
            overage_cents: Cents(row.integer("overage_cents")?),
            is_correction: row.integer("correction")? > 0,
            state: row.text("state")?.to_string(),
            reason: optional("reason")?,
            invoice_item: optional("stripe_invoice_item_id")?,
            invoice: optional("stripe_invoice_id")?,
            invoice_status: optional("invoice_status")?,
        })
    }
}
