//! Invoices, refunds and disputes: an organization's billing history.

use serde_json::json;

use crate::{
    rules::time::Timestamp,
    store::Statement,
    stripe::{Charge, Dispute, Invoice},
};

/// The statement that keeps an invoice: of two answers the one that was asked for later.
pub fn record_invoice(invoice: &Invoice, observed_at: Timestamp, event: &str) -> Statement {
    Statement::new(
        "invoice",
        "INSERT INTO billing_invoices
  (organization_id, stripe_invoice_id, stripe_subscription_id, number, status, reason, currency, subtotal_cents,
   total_cents, due_cents, paid_cents, attempts, hosted_url, pdf_url, period_start, period_end, created_at,
   finalized_at, paid_at, voided_at, observed_at, request_id)
SELECT customer.organization_id, :invoice, :subscription, :number, :status, :reason, :currency, :subtotal,
  :total, :due, :paid, :attempts, :hosted_url, :pdf_url, :period_start, :period_end, :created_at,
  :finalized_at, :paid_at, :voided_at, :observed_at, :request
FROM billing_customers customer
JOIN webhook_inbox taken ON taken.provider = 'stripe' AND taken.event_id = :event AND taken.request_id = :request
WHERE customer.stripe_customer_id = :customer
ON CONFLICT (organization_id, stripe_invoice_id) DO UPDATE SET
  stripe_subscription_id = excluded.stripe_subscription_id, number = excluded.number, status = excluded.status,
  reason = excluded.reason, currency = excluded.currency, subtotal_cents = excluded.subtotal_cents,
  total_cents = excluded.total_cents, due_cents = excluded.due_cents, paid_cents = excluded.paid_cents,
  attempts = excluded.attempts, hosted_url = excluded.hosted_url, pdf_url = excluded.pdf_url,
  period_start = excluded.period_start, period_end = excluded.period_end, created_at = excluded.created_at,
  finalized_at = excluded.finalized_at, paid_at = excluded.paid_at, voided_at = excluded.voided_at,
  observed_at = excluded.observed_at, request_id = excluded.request_id
WHERE excluded.observed_at >= billing_invoices.observed_at",
    )
    .with("customer", invoice.customer.as_deref())
    .with("event", event)
    .with("invoice", invoice.id.as_str())
    .with("subscription", invoice.subscription.as_deref())
    .with("number", invoice.number.as_deref())
    .with("status", invoice.status.as_str())
    .with("reason", invoice.billing_reason.as_deref())
    .with("currency", invoice.currency.as_str())
    .with("subtotal", invoice.subtotal)
    .with("total", invoice.total)
    .with("due", invoice.amount_due)
    .with("paid", invoice.amount_paid)
    .with("attempts", invoice.attempt_count)
    .with("hosted_url", invoice.hosted_invoice_url.as_deref())
    .with("pdf_url", invoice.invoice_pdf.as_deref())
    .with("period_start", invoice.period_start)
    .with("period_end", invoice.period_end)
    .with("created_at", invoice.created)
    .with("finalized_at", invoice.finalized_at)
    .with("paid_at", invoice.paid_at)
    .with("voided_at", invoice.voided_at)
    .with("observed_at", observed_at)
}

/// The statement that notes on which invoice the overage of periods is that waited for one.
pub fn record_invoiced_overage(invoice: &Invoice, event: &str) -> Statement {
    let items = serde_json::Value::from_iter(invoice.items.iter().map(|item| json!({ "id": item })));
    Statement::new(
        "invoiced_overage",
        "UPDATE usage_summaries SET stripe_invoice_id = :invoice, is_open = 0, request_id = :request
WHERE organization_id = (
  SELECT customer.organization_id FROM billing_customers customer
  JOIN webhook_inbox taken ON taken.provider = 'stripe' AND taken.event_id = :event AND taken.request_id = :request
  WHERE customer.stripe_customer_id = :customer)
  AND state = 'billed' AND stripe_invoice_id IS DISTINCT FROM :invoice
  AND stripe_invoice_item_id IN (SELECT item.value ->> 'id' FROM json_each(:items) item)",
    )
    .with("customer", invoice.customer.as_deref())
    .with("event", event)
    .with("invoice", invoice.id.as_str())
    .with("items", items.to_string())
}

/// The statement that keeps how a dispute stands, as the message of `said_at` says: of two the later one counts.
pub fn record_dispute(dispute: &Dispute, invoice: Option<&str>, said_at: Timestamp, event: &str) -> Statement {
    Statement::new(
        "dispute",
        "INSERT INTO billing_disputes
  (organization_id, stripe_dispute_id, stripe_charge_id, stripe_invoice_id, currency, disputed_cents, reason, status,
   created_at, said_at)
SELECT customer.organization_id, :dispute, :charge, :invoice, :currency, :disputed, :reason, :status, :created_at, :said_at
FROM billing_customers customer
JOIN webhook_inbox taken ON taken.provider = 'stripe' AND taken.event_id = :event AND taken.request_id = :request
WHERE customer.stripe_customer_id = :customer
ON CONFLICT (organization_id, stripe_dispute_id) DO UPDATE SET
  stripe_invoice_id = COALESCE(excluded.stripe_invoice_id, billing_disputes.stripe_invoice_id),
  disputed_cents = excluded.disputed_cents, reason = excluded.reason, status = excluded.status, said_at = excluded.said_at
WHERE excluded.said_at >= billing_disputes.said_at",
    )
    .with("customer", dispute.customer.as_deref())
    .with("event", event)
    .with("dispute", dispute.id.as_str())
    .with("charge", dispute.charge.as_str())
    .with("invoice", invoice)
    .with("currency", dispute.currency.as_str())
    .with("disputed", dispute.amount)
    .with("reason", dispute.reason.as_deref())
    .with("status", dispute.status.as_str())
    .with("created_at", dispute.created)
    .with("said_at", said_at)
}

/// The statement that keeps what was given back of a charge: the sum only grows, so the larger one is the newer one.
pub fn record_refund(charge: &Charge, invoice: Option<&str>, event: &str) -> Statement {
    Statement::new(
        "refund",
        "INSERT INTO billing_refunds
  (organization_id, stripe_charge_id, stripe_invoice_id, currency, charged_cents, refunded_cents, created_at)
SELECT customer.organization_id, :charge, :invoice, :currency, :charged, :refunded, :created_at
FROM billing_customers customer
JOIN webhook_inbox taken ON taken.provider = 'stripe' AND taken.event_id = :event AND taken.request_id = :request
WHERE customer.stripe_customer_id = :customer
ON CONFLICT (organization_id, stripe_charge_id) DO UPDATE SET
  stripe_invoice_id = COALESCE(excluded.stripe_invoice_id, billing_refunds.stripe_invoice_id),
  refunded_cents = excluded.refunded_cents
WHERE excluded.refunded_cents > billing_refunds.refunded_cents",
    )
    .with("customer", charge.customer.as_deref())
    .with("event", event)
    .with("charge", charge.id.as_str())
    .with("invoice", invoice)
    .with("currency", charge.currency.as_str())
    .with("charged", charge.amount)
    .with("refunded", charge.amount_refunded)
    .with("created_at", charge.created)
}
