//! What Stripe is asked between the two transactions of a step.

use tallygate::{
    http::Services,
    rules::time::Span,
    schedule::{Sending, Step},
    store::{Answer, Statement, StoreError},
    stripe::{Stripe, StripeError},
    transport::Pending,
};

use super::{
    lines::{Key, Line, Settled},
    statements::recorded,
    BillOverage,
};
use crate::stripe::stripe;

/// Stripe's clock and ours.
const APART: Span = Span::minutes(60);

/// So many calls of a step may get no answer, each of which is waited for: the step must end within its lease.
const MOST_UNANSWERED: usize = 2;

impl Sending for BillOverage {
    /// What was answered is kept also where another call gets no answer; the run ends where none gets one, after two.
    fn send<'a>(
        &'a self,
        step: &'a Step,
        answer: &'a Answer,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Vec<Statement>, StoreError>> {
        Box::pin(async move {
            let lines = answer.rows("lines")?.iter().map(Line::read).collect::<Result<Vec<_>, _>>()?;
            if lines.is_empty() {
                return Ok(Vec::new());
            }
            let stripe = stripe(services)?;
            let mut settled: Vec<(Key, Settled)> = Vec::new();
            let mut unanswered = Vec::new();
            for line in lines {
                match settle(&stripe, &line).await {
                    Ok(outcome) => settled.push((line.key, outcome)),
                    Err(error) => unanswered.push(error.cause()),
                }
                if unanswered.len() == MOST_UNANSWERED {
                    break;
                }
            }
            match unanswered.into_iter().next() {
                Some(cause) if settled.is_empty() => Err(StoreError::Unavailable(cause)),
                _ => Ok(recorded(&settled, step.now)),
            }
        })
    }
}

/// What becomes of a line.
///
/// # Errors
/// Where Stripe gave no answer, or takes our key for nothing: that is not the line's fault.
async fn settle(stripe: &Stripe<'_>, line: &Line) -> Result<Settled, StripeError> {
    let asked = match &line.item {
        Some(item) => invoiced(stripe, line, item).await,
        None => billed(stripe, line).await,
    };
    match asked {
        Err(error @ (StripeError::Unavailable(_) | StripeError::Unauthorized(_))) => Err(error),
        Err(error) if error.is_about_gone_customer() => Ok(Settled::WithoutCustomer(error.cause())),
        Err(error) => Ok(Settled::Refused(error.cause())),
        settled => settled,
    }
}

/// The line's item: the one that an earlier attempt has made, else a new one.
async fn billed(stripe: &Stripe<'_>, line: &Line) -> Result<Settled, StripeError> {
    let mark = line.mark();
    if line.is_repeated {
        let known = stripe.invoice_item_marked(&line.customer, &mark, line.closed_at - APART).await;
        match known {
            Ok(Some(item)) => return Ok(Settled::Billed { item: item.id, invoice: item.invoice }),
            Ok(None) => {}
            Err(StripeError::NotFound) => return Ok(Settled::WithoutCustomer(StripeError::NotFound.cause())),
            Err(error) => return Err(error),
        }
    }
    let draft = draft_of_corrected(stripe, line).await?;
    let description = line.description();
    let item = line.new_item(&description, &mark, draft.as_deref());
    let item = stripe.create_invoice_item(&item, &line.idempotency_key()).await?;
    Ok(Settled::Billed { item: item.id, invoice: item.invoice })
}

/// A correction belongs on the invoice of what it corrects, as long as that is a draft. (Where that waits for an invoice, both
/// will be on the same.)
async fn draft_of_corrected(stripe: &Stripe<'_>, line: &Line) -> Result<Option<String>, StripeError> {
    let Some(corrected) = &line.corrected_item else { return Ok(None) };
    let invoice = match stripe.invoice_item(corrected).await {
        Ok(item) => item.invoice,
        Err(StripeError::NotFound) => None,
        Err(error) => return Err(error),
    };
    let Some(invoice) = invoice else { return Ok(None) };
    let is_draft = stripe.invoice(&invoice).await?.status == "draft";
    Ok(is_draft.then_some(invoice))
}

/// The invoice of an item: the one that it is on, else a new one of all that waits.
async fn invoiced(stripe: &Stripe<'_>, line: &Line, item: &str) -> Result<Settled, StripeError> {
    let known = match stripe.invoice_item(item).await {
        Err(StripeError::NotFound) => return without_item(stripe, line).await,
        known => known?,
    };
    if let Some(invoice) = known.invoice {
        return Ok(Settled::Invoiced { invoice });
    }
    let made = stripe.invoice_what_waits(&line.customer, &line.currency, &line.invoice_key()).await?;
    if made.items.iter().any(|invoiced| invoiced == item) {
        return Ok(Settled::Invoiced { invoice: made.id });
    }
    // Stripe lists an invoice's first lines with it, and the item may be a later one.
    let invoice = stripe.invoice_item(item).await?.invoice;
    let invoice = invoice.ok_or_else(|| StripeError::Broken(format!("{} is without {item}, which waits", made.id)))?;
    Ok(Settled::Invoiced { invoice })
}

/// An item that is there no more was deleted where its customer still is, and went with a customer that was deleted. Where
/// Stripe does not know the customer at all, the key is likelier another account's than both are gone.
async fn without_item(stripe: &Stripe<'_>, line: &Line) -> Result<Settled, StripeError> {
    Ok(match stripe.customer_or_deleted(&line.customer).await? {
        Some(_) => Settled::Withdrawn,
        None => Settled::WithoutCustomer(format!("Stripe has deleted {}", line.customer)),
    })
}
