//! What closed periods came to beyond their limits, as the billing history shows it.

use serde::Serialize;
use tallygate::{
    rules::{money::Cents, time::Timestamp},
    scoped,
    store::{Row, Statement, StoreError},
};

/// The newest lines that are shown: of five meters those of three years.
const MOST_LINES: i64 = 180;

/// Of all lines, also those that cost nothing, the newest that are looked at: of five meters those of twelve years, and of five
/// that begin anew each day those of five months.
const LOOKED_AT: i64 = 750;

/// A period that cost something beyond the plan.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClosedPeriod {
    period_start: Timestamp,
    period_end: Timestamp,
    currency: String,
    total_cents: Cents,
    lines: Vec<OverageLine>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OverageLine {
    feature: String,
    /// Units that were begun, and those of them beyond the limit.
    used: i64,
    overage_units: i64,
    overage_cents: Cents,
    /// It was counted after the period was closed.
    is_correction: bool,
    /// `closed`, `carried`, `billing`, `billed`, `withdrawn` (its item was deleted at Stripe), `not_billed`.
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
  line.currency, CASE WHEN line.withdrawn_at IS NULL THEN line.state ELSE 'withdrawn' END AS state, line.reason, line.stripe_invoice_item_id, line.stripe_invoice_id, invoice.status AS invoice_status
FROM (
  SELECT summary.* FROM usage_summaries summary
  WHERE summary.organization_id = (SELECT membership.organization_id FROM membership)
  ORDER BY summary.period_start DESC, summary.feature DESC, summary.correction DESC LIMIT :looked_at
) line
LEFT JOIN billing_invoices invoice ON invoice.organization_id = line.organization_id AND invoice.stripe_invoice_id = line.stripe_invoice_id
WHERE line.overage_cents > 0
ORDER BY line.period_start DESC, line.period_end DESC, line.feature, line.correction
LIMIT :most_lines"
        ),
    )
    .with("looked_at", LOOKED_AT)
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
