//! A line: what one meter of one period came to, as Stripe is asked about it.

use tallygate::{
    rules::{money::Cents, time::Timestamp},
    store::{Row, StoreError},
    stripe::{IdempotencyKey, NewInvoiceItem},
};

/// The key of a line's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub organization_id: String,
    pub period_start: Timestamp,
    pub feature: String,
    pub correction: i64,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is an item, which may be on an invoice already.
    Billed { item: String, invoice: Option<String> },
    /// Its item is on this invoice.
    Invoiced { invoice: String },
    /// Somebody has deleted its item at Stripe before it was on an invoice: it is not charged.
    Withdrawn,
    /// Stripe will not do it, in its words.
    Refused(String),
    /// The customer is there no more.
    WithoutCustomer(String),
}

pub struct Line {
    pub key: Key,
    pub customer: String,
    /// Its item, where it has one.
    pub item: Option<String>,
    /// The item of the line that this one corrects.
    pub corrected_item: Option<String>,
    /// Stripe was asked for it before, and the answer may have been lost.
    pub is_repeated: bool,
    pub closed_at: Timestamp,
    period_end: Timestamp,
    overage_units: i64,
    amount: Cents,
    pub currency: String,
}

impl Line {
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let optional = |column: &str| Ok(row.optional_text(column)?.map(str::to_string));
        Ok(Self {
            key: Key {
                organization_id: row.text("organization_id")?.to_string(),
                period_start: row.timestamp("period_start")?,
                feature: row.text("feature")?.to_string(),
                correction: row.integer("correction")?,
            },
            customer: row.text("stripe_customer_id")?.to_string(),
            item: optional("stripe_invoice_item_id")?,
            corrected_item: optional("corrected_item")?,
            is_repeated: row.integer("attempts")? > 1,
            closed_at: row.timestamp("closed_at")?,
            period_end: row.timestamp("period_end")?,
            overage_units: row.integer("overage_units")?,
            amount: Cents(row.integer("overage_cents")?),
            currency: row.text("currency")?.to_string(),
        })
    }

    /// By which its item is found again, whatever was lost.
    pub fn mark(&self) -> String {
        let Key { organization_id, period_start, feature, correction } = &self.key;
        format!("{organization_id}:{feature}:{}:{correction}", period_start.0)
    }

    /// The same line is never charged twice, also where it is asked for by two at once.
    pub fn idempotency_key(&self) -> IdempotencyKey {
        IdempotencyKey::new(&format!("overage-{}-{}", self.customer, self.mark()))
    }

    /// One invoice of what waits, for the line whose item was seen waiting.
    pub fn invoice_key(&self) -> IdempotencyKey {
        IdempotencyKey::new(&format!("overage-invoice-{}-{}", self.customer, self.mark()))
    }

    /// What the payer reads.
    pub fn description(&self) -> String {
        let named = self.key.feature.replace('_', " ");
        let units = if self.overage_units > 0 { format!(": {}", self.overage_units) } else { String::new() };
        let correction = if self.key.correction > 0 { "Correction, counted after the period was closed: " } else { "" };
        let (start, end) = (day(self.key.period_start), day(self.period_end));
        format!("{correction}{named} beyond the plan{units} ({start} to {end})")
    }

    pub fn new_item<'a>(&'a self, description: &'a str, mark: &'a str, invoice: Option<&'a str>) -> NewInvoiceItem<'a> {
        NewInvoiceItem {
            customer: &self.customer,
            amount: self.amount,
            currency: &self.currency,
            description,
            mark,
            organization_id: &self.key.organization_id,
            period_start: self.key.period_start,
            period_end: self.period_end,
            invoice,
        }
    }
}

fn day(moment: Timestamp) -> String {
    moment.iso().chars().take(10).collect()
}
