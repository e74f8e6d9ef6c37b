//! What an organization has disputed at its bank, as the billing history shows it.

use serde::Serialize;
use tallygate::{
    rules::{money::Cents, time::Timestamp},
    scoped,
    store::{Row, Statement, StoreError},
};

/// The newest ones that are shown.
const MOST: i64 = 100;

#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Dispute {
    id: String,
    charge_id: String,
    status: String,
    reason: Option<String>,
    currency: String,
    disputed_cents: Cents,
    disputed_at: Timestamp,
}

/// All of them, each with the invoice that the charge paid.
pub struct Disputes(Vec<(Option<String>, Dispute)>);

pub fn disputes() -> Statement {
    Statement::new(
        "disputes",
        scoped!(
            "SELECT dispute.* FROM membership
JOIN billing_disputes dispute ON dispute.organization_id = membership.organization_id
ORDER BY dispute.created_at DESC, dispute.stripe_dispute_id DESC
LIMIT :most"
        ),
    )
    .with("most", MOST)
}

impl Disputes {
    pub fn read(rows: &[Row]) -> Result<Self, StoreError> {
        let read = |row: &Row| {
            let invoice = row.optional_text("stripe_invoice_id")?.map(str::to_string);
            Ok((invoice, Dispute::read(row)?))
        };
        rows.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    pub fn of_invoice(&self, id: &str) -> Vec<Dispute> {
        let of = self.0.iter().filter(|(invoice, _)| invoice.as_deref() == Some(id));
        of.map(|(_, dispute)| dispute.clone()).collect()
    }

    pub fn of_no_invoice(&self) -> Vec<Dispute> {
        self.0.iter().filter(|(invoice, _)| invoice.is_none()).map(|(_, dispute)| dispute.clone()).collect()
    }
}

impl Dispute {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("stripe_dispute_id")?.to_string(),
            charge_id: row.text("stripe_charge_id")?.to_string(),
            status: row.text("status")?.to_string(),
            reason: row.optional_text("reason")?.map(str::to_string),
            currency: row.text("currency")?.to_string(),
            disputed_cents: Cents(row.integer("disputed_cents")?),
            disputed_at: row.timestamp("created_at")?,
        })
    }
}
