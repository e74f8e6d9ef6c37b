//! `history`: what an organization is on, what it paid and what it got back.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    rules::{allowance::Allowance, money::Cents, subscription::Status, time::Timestamp},
    scoped,
    store::{Row, Statement, StoreError},
};

use crate::{
    account::{account, Account},
    closed_periods::{closed_periods, ClosedPeriod},
    disputes::{disputes, Dispute, Disputes},
};

const USUAL_INVOICES: i64 = 20;

pub struct History {
    page: Page,
    /// The last invoice of the page before: what `cursor` was called before every list had one.
    after: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    subscription: SubscriptionView,
    invoices: Vec<Invoice>,
    /// What was given back of charges that paid no invoice.
    other_refunds: Vec<Refund>,
    /// `cursor` of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// Disputes of charges that paid no invoice.
    other_disputes: Vec<Dispute>,
    /// What was used beyond the limits in periods that are closed, the newest first.
    periods: Vec<ClosedPeriod>,
    /// `after` of the next page; `null` on the last one.
    next: Option<String>,
}

/// The subscription as it is now.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Subscription"))]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionView {
    plan: String,
    plan_name: String,
    #[cfg_attr(test, schemars(with = "tallygate::rules::subscription::Status"))]
    status: &'static str,
    #[cfg_attr(test, schemars(with = "tallygate::rules::period::Interval"))]
    interval: &'static str,
    amount_cents: Option<Cents>,
    currency: String,
    current_period_start: Timestamp,
    current_period_end: Timestamp,
    trial_ends_at: Option<Timestamp>,
    past_due_since: Option<Timestamp>,
    cancel_at: Option<Timestamp>,
    pending_change: Option<PendingChange>,
    /// What is paid beside the plan in the same subscription.
    add_ons: Vec<serde_json::Value>,
    is_paid_through_stripe: bool,
    /// What the state lets its payer do next, and what to tell them.
    allows: Allowance,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PendingChange {
    plan: String,
    #[cfg_attr(test, schemars(with = "tallygate::rules::period::Interval"))]
    interval: &'static str,
    at: Timestamp,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Invoice {
    id: String,
    number: Option<String>,
    status: String,
    reason: Option<String>,
    currency: String,
    subtotal_cents: Cents,
    total_cents: Cents,
    due_cents: Cents,
    paid_cents: Cents,
    refunded_cents: Cents,
    attempts: i64,
    hosted_url: Option<String>,
    pdf_url: Option<String>,
    period_start: Timestamp,
    period_end: Timestamp,
    created_at: Timestamp,
    paid_at: Option<Timestamp>,
    /// What of it was disputed, the newest first.
    disputes: Vec<Dispute>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    charge_id: String,
    currency: String,
    charged_cents: Cents,
    refunded_cents: Cents,
    charged_at: Timestamp,
}

impl History {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self {
            page: Page::of_query(call.fields, USUAL_INVOICES)?,
            after: call.fields.id("after")?.map(str::to_string),
        }))
    }
}

impl Operation for History {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![
            account(),
            // An invoice that is not the organization's own is behind nothing.
            self.page
                .bind(Statement::new(
                    "invoices",
                    scoped!(
                        "SELECT invoice.*, COALESCE((
    SELECT SUM(refund.refunded_cents) FROM billing_refunds refund
    WHERE refund.organization_id = invoice.organization_id AND refund.stripe_invoice_id = invoice.stripe_invoice_id
  ), 0) AS refunded_cents
FROM membership
JOIN billing_invoices invoice ON invoice.organization_id = membership.organization_id
LEFT JOIN billing_invoices last_seen
  ON last_seen.organization_id = membership.organization_id AND last_seen.stripe_invoice_id = :after
WHERE (:after_time IS NULL OR invoice.created_at < :after_time
    OR (invoice.created_at = :after_time AND invoice.stripe_invoice_id < :after_id))
  AND (:after IS NULL OR invoice.created_at < last_seen.created_at
    OR (invoice.created_at = last_seen.created_at AND invoice.stripe_invoice_id < last_seen.stripe_invoice_id))
ORDER BY invoice.created_at DESC, invoice.stripe_invoice_id DESC
LIMIT :rows"
                    ),
                ))
                .with("after", self.after.as_deref()),
            self.page.bind(Statement::new(
                "refunds",
                scoped!(
                    "SELECT refund.* FROM membership
JOIN billing_refunds refund ON refund.organization_id = membership.organization_id AND refund.stripe_invoice_id IS NULL
ORDER BY refund.created_at DESC, refund.stripe_charge_id DESC
LIMIT :rows - 1"
                ),
            )),
            disputes(),
            closed_periods(),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let account = Account::of_biller(found)?;
        let cut = self.page.cut(found.rows("invoices")?, "created_at", "stripe_invoice_id");
        let (rows, next_cursor) = found.stored(cut)?;
        let invoices = rows.iter().map(Invoice::read);
        let mut invoices = found.stored(invoices.collect::<Result<Vec<_>, StoreError>>())?;
        let disputes = found.stored(Disputes::read(found.rows("disputes")?))?;
        for invoice in &mut invoices {
            invoice.disputes = disputes.of_invoice(&invoice.id);
        }
        let refunds = found.rows("refunds")?.iter().map(Refund::read);
        let page = Shown {
            subscription: SubscriptionView::of(&account, context.now),
            next: invoices.last().filter(|_| next_cursor.is_some()).map(|invoice| invoice.id.clone()),
            next_cursor,
            other_refunds: found.stored(refunds.collect::<Result<Vec<_>, StoreError>>())?,
            other_disputes: disputes.of_no_invoice(),
            periods: found.stored(ClosedPeriod::read_all(found.rows("periods")?))?,
            invoices,
        };
        Ok(Reply::ok("The billing history, the newest first.", &page))
    }
}

impl SubscriptionView {
    pub fn of(account: &Account, now: Timestamp) -> Self {
        Self {
            plan: account.plan_id.clone(),
            plan_name: account.plan_name.clone(),
            status: Status::as_str(account.status),
            interval: account.interval.as_str(),
            amount_cents: account.amount(),
            currency: account.currency.clone(),
            current_period_start: account.period.start,
            current_period_end: account.period.end,
            trial_ends_at: account.trial_ends_at,
            past_due_since: account.past_due_since,
            cancel_at: account.cancel_at,
            pending_change: account.pending.as_ref().map(|pending| PendingChange {
                plan: pending.plan_id.clone(),
                interval: pending.interval.as_str(),
                at: pending.at,
            }),
            add_ons: account.paid.as_ref().map(|paid| paid.add_ons.clone()).unwrap_or_default(),
            is_paid_through_stripe: account.paid.is_some(),
            allows: account.allows(now),
        }
    }
}

impl Invoice {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let optional = |column: &str| Ok(row.optional_text(column)?.map(str::to_string));
        let cents = |column: &str| row.integer(column).map(Cents);
        Ok(Self {
            id: row.text("stripe_invoice_id")?.to_string(),
            number: optional("number")?,
            status: row.text("status")?.to_string(),
            reason: optional("reason")?,
            currency: row.text("currency")?.to_string(),
            subtotal_cents: cents("subtotal_cents")?,
            total_cents: cents("total_cents")?,
            due_cents: cents("due_cents")?,
            paid_cents: cents("paid_cents")?,
            refunded_cents: cents("refunded_cents")?,
            attempts: row.integer("attempts")?,
            hosted_url: optional("hosted_url")?,
            pdf_url: optional("pdf_url")?,
            period_start: row.timestamp("period_start")?,
            period_end: row.timestamp("period_end")?,
            created_at: row.timestamp("created_at")?,
            paid_at: row.optional_timestamp("paid_at")?,
            disputes: Vec::new(),
        })
    }
}

impl Refund {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            charge_id: row.text("stripe_charge_id")?.to_string(),
            currency: row.text("currency")?.to_string(),
            charged_cents: Cents(row.integer("charged_cents")?),
            refunded_cents: Cents(row.integer("refunded_cents")?),
            charged_at: row.timestamp("created_at")?,
        })
    }
}
