//! Invoices.

use serde_json::Value as Json;

use super::{
    client::{path, Stripe},
    form::Form,
    object::Object,
    StripeError,
};
use crate::rules::time::Timestamp;

/// An invoice; amounts in the currency's smallest unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    pub id: String,
    pub customer: Option<String>,
    pub subscription: Option<String>,
    /// `None` while it is a draft.
    pub number: Option<String>,
    /// `draft`, `open`, `paid`, `uncollectible` or `void`.
    pub status: String,
    /// `subscription_create`, `subscription_cycle`, `subscription_update`, `manual` and others.
    pub billing_reason: Option<String>,
    pub currency: String,
    pub subtotal: i64,
    pub total: i64,
    pub amount_due: i64,
    pub amount_paid: i64,
    /// How often it was tried to collect it.
    pub attempt_count: i64,
    /// Stripe's pages: to be paid at, and to be kept.
    pub hosted_invoice_url: Option<String>,
    pub invoice_pdf: Option<String>,
    /// What is paid for: of the line that reaches furthest. The invoice's own period, which looks back, is taken only
    /// where it has no lines.
    pub period_start: Timestamp,
    pub period_end: Timestamp,
    /// The invoice items on it, as far as Stripe lists them with it: its first lines.
    pub items: Vec<String>,
    pub created: Timestamp,
    pub finalized_at: Option<Timestamp>,
    pub paid_at: Option<Timestamp>,
    pub voided_at: Option<Timestamp>,
}

impl Invoice {
    /// Reads an invoice of any API version: since 2025-03-31 (`basil`) its subscription stands under `parent`.
    ///
    /// # Errors
    /// `Broken` where it lacks what every invoice has.
    pub fn parse(json: &Json) -> Result<Self, StripeError> {
        let invoice = Object::new("invoice", json);
        let moments = invoice.inner("status_transitions");
        let created = invoice.required("created", invoice.time("created").or_else(|| invoice.time("date")))?;
        let (period_start, period_end) = period(invoice).unwrap_or((created, created));
        Ok(Self {
            id: invoice.required_text("id")?,
            customer: invoice.id("customer"),
            subscription: subscription(invoice),
            number: invoice.text("number"),
            status: invoice.required_text("status")?,
            billing_reason: invoice.text("billing_reason"),
            currency: invoice.required_text("currency")?,
            subtotal: invoice.required_integer("subtotal")?,
            total: invoice.required_integer("total")?,
            amount_due: invoice.required_integer("amount_due")?,
            amount_paid: invoice.integer("amount_paid").unwrap_or_default(),
            attempt_count: invoice.integer("attempt_count").unwrap_or_default(),
            hosted_invoice_url: invoice.text("hosted_invoice_url"),
            invoice_pdf: invoice.text("invoice_pdf"),
            period_start,
            period_end,
            items: invoice.list("lines").filter_map(item).collect(),
            created,
            finalized_at: moments.time("finalized_at"),
            paid_at: moments.time("paid_at"),
            voided_at: moments.time("voided_at"),
        })
    }
}

/// The subscription that an invoice is for, in both shapes.
pub(super) fn subscription(invoice: Object<'_>) -> Option<String> {
    let details = invoice.inner("parent").inner("subscription_details");
    details.id("subscription").or_else(|| invoice.id("subscription"))
}

/// The invoice item of a line, in both shapes.
fn item(line: Object<'_>) -> Option<String> {
    line.inner("parent").inner("invoice_item_details").id("invoice_item").or_else(|| line.id("invoice_item"))
}

fn period(invoice: Object<'_>) -> Option<(Timestamp, Timestamp)> {
    let lines = invoice.list("lines").map(|line| line.inner("period"));
    let periods = lines.filter_map(|period| Some((period.time("start")?, period.time("end")?)));
    let furthest = periods.max_by_key(|(_, end)| *end);
    furthest.or_else(|| Some((invoice.time("period_start")?, invoice.time("period_end")?)))
}

impl Stripe<'_> {
    /// # Errors
    /// See `StripeError`.
    pub async fn invoice(&self, id: &str) -> Result<Invoice, StripeError> {
        Invoice::parse(&self.get(&path("invoices", id)?, Form::new()).await?)
    }

    /// A subscription's invoices, the newest first: as many as Stripe lists at once, which are those of eight years by the month.
    ///
    /// # Errors
    /// See `StripeError`.
    pub async fn invoices_of(&self, subscription: &str) -> Result<Vec<Invoice>, StripeError> {
        let query = Form::new().with("subscription", subscription).with("limit", 100);
        let json = self.get("invoices", query).await?;
        let invoices = json.get("data").and_then(Json::as_array);
        invoices.into_iter().flatten().map(Invoice::parse).collect()
    }

    /// The id of the invoice that a payment was for: since `basil` no charge says it.
    ///
    /// # Errors
    /// See `StripeError`.
    pub async fn invoice_of_payment_intent(&self, payment_intent: &str) -> Result<Option<String>, StripeError> {
        let query = Form::new()
            .with("payment[type]", "payment_intent")
            .with("payment[payment_intent]", payment_intent)
            .with("limit", 1);
        let json = self.get("invoice_payments", query).await?;
        let payment = Object::new("list of invoice payments", &json).list("data").next();
        Ok(payment.and_then(|payment| payment.id("invoice")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn newest() -> Json {
        json!({
            "id": "in_1", "object": "invoice", "customer": "cus_1", "number": "A-0001", "status": "paid",
            "billing_reason": "subscription_cycle", "currency": "eur", "subtotal": 2900, "total": 3451,
            "amount_due": 3451, "amount_paid": 3451, "attempt_count": 2,
            "hosted_invoice_url": "https://invoice.stripe.com/i/1", "invoice_pdf": "https://pay.stripe.com/1/pdf",
            "period_start": 1_697_408_000, "period_end": 1_700_000_000, "created": 1_700_000_000,
            "parent": {"type": "subscription_details", "quote_details": null,
                       "subscription_details": {"subscription": "sub_1", "metadata": {"organization_id": "org_1"}}},
            "lines": {"object": "list", "data": [
                {"id": "il_0", "period": {"start": 1_699_000_000, "end": 1_700_000_000}},
                {"id": "il_1", "period": {"start": 1_700_000_000, "end": 1_702_592_000},
                 "parent": {"type": "invoice_item_details", "invoice_item_details": {"invoice_item": "ii_1"}}},
            ]},
            "status_transitions": {"finalized_at": 1_700_003_600, "marked_uncollectible_at": null,
                                   "paid_at": 1_700_003_700, "voided_at": null},
        })
    }

    #[test]
    fn the_newest_shape_is_read_whole() {
        let expected = Invoice {
            id: "in_1".into(),
            customer: Some("cus_1".into()),
            subscription: Some("sub_1".into()),
            number: Some("A-0001".into()),
            status: "paid".into(),
            billing_reason: Some("subscription_cycle".into()),
            currency: "eur".into(),
            subtotal: 2_900,
            total: 3_451,
            amount_due: 3_451,
            amount_paid: 3_451,
            attempt_count: 2,
            hosted_invoice_url: Some("https://invoice.stripe.com/i/1".into()),
            invoice_pdf: Some("https://pay.stripe.com/1/pdf".into()),
            period_start: Timestamp(1_700_000_000_000),
            period_end: Timestamp(1_702_592_000_000),
            items: vec!["ii_1".into()],
            created: Timestamp(1_700_000_000_000),
            finalized_at: Some(Timestamp(1_700_003_600_000)),
            paid_at: Some(Timestamp(1_700_003_700_000)),
            voided_at: None,
        };
        assert_eq!(Invoice::parse(&newest()), Ok(expected));
    }

    #[test]
    fn an_older_shape_is_read_too() {
        let json = json!({
            "id": "in_1", "customer": {"id": "cus_1"}, "subscription": {"id": "sub_1"}, "status": "open",
            "billing_reason": null, "currency": "usd", "subtotal": -100, "total": -100, "amount_due": 0,
            "date": 1_700_000_000, "period_start": 1_700_000_000, "period_end": 1_702_592_000,
            "lines": {"data": [{"id": "il_1", "type": "invoiceitem", "invoice_item": "ii_1"}]},
        });
        let invoice = Invoice::parse(&json).unwrap();
        assert_eq!((invoice.customer.as_deref(), invoice.subscription.as_deref()), (Some("cus_1"), Some("sub_1")));
        assert_eq!((invoice.total, invoice.amount_paid, invoice.attempt_count), (-100, 0, 0));
        assert_eq!(invoice.period_end, Timestamp(1_702_592_000_000));
        assert_eq!(invoice.items, ["ii_1"]);
        assert_eq!((invoice.number, invoice.finalized_at, invoice.hosted_invoice_url), (None, None, None));
    }

    #[test]
    fn an_invoice_by_hand_has_no_subscription() {
        let mut json = newest();
        json["parent"] = Json::Null;
        json["lines"] = json!({"data": []});
        let invoice = Invoice::parse(&json).unwrap();
        assert_eq!(invoice.subscription, None);
        assert_eq!(
            (invoice.period_start, invoice.period_end),
            (Timestamp(1_697_408_000_000), Timestamp(1_700_000_000_000))
        );
    }

    #[test]
    fn what_every_invoice_has_is_demanded() {
        for name in ["id", "status", "currency", "subtotal", "total", "amount_due", "created"] {
            let mut json = newest();
            json[name] = json!({"a": 1.5});
            assert_eq!(Invoice::parse(&json), Err(StripeError::Broken(format!("invoice without {name}"))));
        }
    }
}
