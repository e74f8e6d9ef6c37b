//! Invoice items: amounts that wait for a customer's next invoice.

use serde_json::Value as Json;

use super::{
    client::{path, IdempotencyKey, Stripe},
    form::Form,
    object::Object,
    Invoice, StripeError,
};
use crate::rules::{money::Cents, time::Timestamp};

/// The name in an item's metadata of what it is for: found by it when Stripe has forgotten the idempotency key, which it
/// does after a day.
const MARK: &str = "tallygate_line";
/// Stripe's own most.
const PAGE: usize = 100;
/// Pages that are looked through for one item.
const MOST_PAGES: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvoiceItem<'a> {
    pub customer: &'a str,
    pub amount: Cents,
    pub currency: &'a str,
    /// What the payer reads.
    pub description: &'a str,
    /// What it is for: one item has it and no other.
    pub mark: &'a str,
    pub organization_id: &'a str,
    pub period_start: Timestamp,
    pub period_end: Timestamp,
    /// A draft that it goes on; `None`: it waits for the next invoice of the customer's.
    pub invoice: Option<&'a str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceItem {
    pub id: String,
    /// `None` while it waits.
    pub invoice: Option<String>,
    mark: Option<String>,
    created: Option<Timestamp>,
}

impl InvoiceItem {
    fn parse(json: &Json) -> Result<Self, StripeError> {
        Self::of(Object::new("invoice item", json))
    }

    fn of(item: Object<'_>) -> Result<Self, StripeError> {
        Ok(Self {
            id: item.required_text("id")?,
            invoice: item.id("invoice"),
            mark: item.inner("metadata").text(MARK),
            created: item.time("date"),
        })
    }
}

impl Stripe<'_> {
    /// Discounts of the plan are not of what is used beyond it.
    ///
    /// # Errors
    /// See `StripeError`.
    pub async fn create_invoice_item(
        &self,
        item: &NewInvoiceItem<'_>,
        key: &IdempotencyKey,
    ) -> Result<InvoiceItem, StripeError> {
        let form = Form::new()
            .with("customer", item.customer)
            .with("amount", item.amount.0)
            .with("currency", item.currency)
            .with("description", item.description)
            .with("discountable", false)
            .with_time("period[start]", Some(item.period_start))
            .with_time("period[end]", Some(item.period_end))
            .with(&format!("metadata[{MARK}]"), item.mark)
            .with("metadata[organization_id]", item.organization_id)
            .with_some("invoice", item.invoice);
        InvoiceItem::parse(&self.post("invoiceitems", form, key).await?)
    }

    /// # Errors
    /// See `StripeError`.
    pub async fn invoice_item(&self, id: &str) -> Result<InvoiceItem, StripeError> {
        InvoiceItem::parse(&self.get(&path("invoiceitems", id)?, Form::new()).await?)
    }

    /// The customer's item with this mark, among those that were made at `since` or later. Stripe lists the newest first,
    /// and lists what was made a moment ago, which its search does not.
    ///
    /// # Errors
    /// See `StripeError`; `Broken` where the customer has more items than can be looked through.
    pub async fn invoice_item_marked(
        &self,
        customer: &str,
        mark: &str,
        since: Timestamp,
    ) -> Result<Option<InvoiceItem>, StripeError> {
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let query = Form::new().with("customer", customer).with("limit", PAGE);
            let json = self.get("invoiceitems", query.with_some("starting_after", after.as_deref())).await?;
            let list = Object::new("list of invoice items", &json);
            let items = list.list("data").map(InvoiceItem::of).collect::<Result<Vec<_>, _>>()?;
            if let Some(found) = items.iter().find(|item| item.mark.as_deref() == Some(mark)) {
                return Ok(Some(found.clone()));
            }
            let Some(last) = items.last().filter(|_| list.flag("has_more")) else { return Ok(None) };
            if last.created.is_some_and(|created| created < since) {
                return Ok(None);
            }
            after = Some(last.id.clone());
        }
        Err(StripeError::Broken(format!("{customer} has too many invoice items to look through")))
    }

    /// An invoice of all that waits for one in a currency, which Stripe finalizes within the hour and collects. Without a
    /// currency it would be in the customer's, and what waits in another one would not be on it
    /// (docs.stripe.com/invoicing/multi-currency-customers).
    ///
    /// # Errors
    /// See `StripeError`.
    pub async fn invoice_what_waits(
        &self,
        customer: &str,
        currency: &str,
        key: &IdempotencyKey,
    ) -> Result<Invoice, StripeError> {
        let form = Form::new()
            .with("customer", customer)
            .with("currency", currency)
            .with("auto_advance", true)
            .with("collection_method", "charge_automatically")
            .with("pending_invoice_items_behavior", "include");
        Invoice::parse(&self.post("invoices", form, key).await?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_that_waits_has_no_invoice() {
        let mut json = json!({"id": "ii_1", "object": "invoiceitem", "invoice": null, "date": 1_700_000_000,
                              "metadata": {"tallygate_line": "a:b:1:0"}});
        let expected = InvoiceItem {
            id: "ii_1".into(),
            invoice: None,
            mark: Some("a:b:1:0".into()),
            created: Some(Timestamp(1_700_000_000_000)),
        };
        assert_eq!(InvoiceItem::parse(&json), Ok(expected.clone()));
        json["invoice"] = json!({"id": "in_1"});
        assert_eq!(InvoiceItem::parse(&json), Ok(InvoiceItem { invoice: Some("in_1".into()), ..expected }));
        json["id"] = Json::Null;
        assert_eq!(InvoiceItem::parse(&json), Err(StripeError::Broken("invoice item without id".into())));
    }
}
