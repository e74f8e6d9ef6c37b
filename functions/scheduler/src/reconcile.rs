//! `reconcile`: subscriptions whose period ended a day ago and of which Stripe has told nothing since. Stripe is asked, and its
//! answer is taken in as if it had come with a message: the same statements decide, once a day and subscription.

use serde_json::json;
use tallygate::{
    billing::{Facts, Message},
    counting,
    http::Services,
    rules::{
        subscription::{Status, StripeStatus},
        time::{Span, Timestamp},
    },
    schedule::{Job, Rhythm, Sending, Step},
    store::{Answer, Lock, Row, Statement, StoreError},
    stripe::{Event, Stripe, StripeError, Subscription},
    subscription_runs,
    transport::Pending,
    while_leased,
};

use crate::{
    page::in_page,
    stripe::{lock_of_customer, stripe},
};

/// After a period's end Stripe tells of the next one within minutes, and repeats a message for three days.
const SILENT: Span = Span::days(1);
/// What Stripe has no more has ended. So long the operator has to see that it is not the key that is another account's.
const DOUBTED: Span = Span::days(7);

pub struct Reconcile;

/// Of a `subscription` that runs: its period is over, and Stripe has been silent for a day.
macro_rules! is_silent {
    () => {
        concat!(
            subscription_runs!("subscription"),
            " AND subscription.current_period_end <= :silent_since
    AND subscription.observed_at <= :silent_since AND COALESCE(subscription.reconciled_at, 0) <= :silent_since"
        )
    };
}

/// A page is one subscription: the next one that is to be asked for.
const NEXT: &str = concat!(
    "SELECT subscription.organization_id AS first, subscription.stripe_subscription_id AS second FROM billing_subscriptions subscription
WHERE (subscription.organization_id, subscription.stripe_subscription_id) > (:until_first, :until_second) AND ",
    is_silent!(),
    "
ORDER BY subscription.organization_id, subscription.stripe_subscription_id LIMIT 1"
);

const SILENT_ONE: &str = concat!(
    "SELECT subscription.stripe_subscription_id, customer.stripe_customer_id, subscription.status, subscription.current_period_end, subscription.cancel_at,
  (SELECT COUNT(*) FROM organizations WHERE organizations.id = subscription.organization_id AND archived_at IS NOT NULL) AS is_archived
FROM billing_subscriptions subscription
JOIN billing_customers customer ON customer.organization_id = subscription.organization_id
WHERE ",
    in_page!("subscription.organization_id", "subscription.stripe_subscription_id"),
    " AND ",
    is_silent!()
);

/// It is asked for once a day, whatever was answered.
const ASKED: &str = concat!(
    "UPDATE billing_subscriptions SET reconciled_at = :now
WHERE ",
    in_page!("organization_id", "stripe_subscription_id"),
    " AND ",
    while_leased!()
);

impl Job for Reconcile {
    fn name(&self) -> &'static str {
        "reconcile"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    fn next(&self, step: &Step) -> Statement {
        Statement::new("next", NEXT).with("silent_since", step.now - SILENT)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        vec![Statement::new("silent", SILENT_ONE).with("silent_since", step.now - SILENT)]
    }

    fn sending(&self) -> Option<&dyn Sending> {
        Some(self)
    }
}

impl Sending for Reconcile {
    fn send<'a>(
        &'a self,
        step: &'a Step,
        answer: &'a Answer,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Vec<Statement>, StoreError>> {
        Box::pin(async move {
            let Some(row) = answer.first("silent")? else { return Ok(Vec::new()) };
            let known = Known::read(row)?;
            let stripe = stripe(services)?;
            let message = match known.asked(&stripe).await {
                Ok(subscription) if known.is_still(&subscription) => None,
                Ok(subscription) => Some(told(&known, Some(subscription), step.now)),
                Err(StripeError::NotFound) => {
                    services.note(format!("Stripe does not know the subscription {}", known.id));
                    Some(told(&known, None, step.now))
                }
                // That says nothing of the subscription.
                Err(refused @ StripeError::Refused(_)) => {
                    let cause = refused.cause();
                    services.note(format!("the subscription {} was not looked at: {cause}", known.id));
                    None
                }
                Err(error) => return Err(StoreError::Unavailable(error.cause())),
            };
            let changed = i64::from(message.is_some());
            let mut statements = match message {
                Some(message) => message.map_err(|error| StoreError::Broken(error.cause()))?.statements(&step.ids),
                None => Vec::new(),
            };
            let counted =
                Statement::new("counted", counting!("SELECT CAST(:changed AS BIGINT)")).with("changed", changed);
            statements.extend([Statement::new("asked", ASKED), counted]);
            Ok(statements)
        })
    }

    fn locks(&self, answer: &Answer) -> Result<Vec<Lock>, StoreError> {
        lock_of_customer(answer, "silent")
    }
}

/// A subscription as the database has it.
struct Known {
    id: String,
    customer: String,
    status: String,
    current_period_end: Timestamp,
    cancel_at: Option<Timestamp>,
    /// Its organization is there no more.
    is_archived: bool,
}

impl Known {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("stripe_subscription_id")?.to_string(),
            customer: row.text("stripe_customer_id")?.to_string(),
            status: row.text("status")?.to_string(),
            current_period_end: row.timestamp("current_period_end")?,
            cancel_at: row.optional_timestamp("cancel_at")?,
            is_archived: row.flag("is_archived")?,
        })
    }

    /// As Stripe has it. What nobody can use any more is not paid for: it is cancelled, as after a message.
    async fn asked(&self, stripe: &Stripe<'_>) -> Result<Subscription, StripeError> {
        let subscription = stripe.subscription(&self.id).await?;
        if !self.is_archived || !Status::of_stripe(&subscription.status).is_some_and(StripeStatus::is_live) {
            return Ok(subscription);
        }
        stripe.cancel_now(&self.id).await?;
        stripe.subscription(&self.id).await
    }

    /// Nothing has happened to it: there was nothing to tell.
    fn is_still(&self, subscription: &Subscription) -> bool {
        let ends = subscription.items.iter().any(|item| item.period_end == self.current_period_end);
        let cancel_at =
            subscription.cancel_at.or(subscription.cancel_at_period_end.then_some(subscription.current_period_end));
        self.status == subscription.status && ends && self.cancel_at == cancel_at
    }
}

/// The message that should have come, of which there is one a day. `None`: Stripe has the subscription no more, so that it has
/// ended.
fn told(known: &Known, subscription: Option<Subscription>, now: Timestamp) -> Result<Message, StripeError> {
    let is_missing = subscription.is_none();
    let is_gone = is_missing && known.current_period_end > now - DOUBTED;
    let ended = (is_missing && !is_gone).then(|| known.id.clone());
    let has_ended = subscription.as_ref().map_or(ended.is_some(), |subscription| subscription.status == "canceled");
    let kind = if has_ended { "customer.subscription.deleted" } else { "customer.subscription.updated" };
    // Nobody knows when what is missing ended: with the day of the message, whichever run of the day writes it.
    let created = if ended.is_some() { now.start_of_day() } else { now };
    let event = json!({
        "id": format!("reconcile:{}:{}", known.id, now.start_of_day().0 / 1_000), "object": "event", "type": kind, "created": created.0 / 1_000,
        "data": {"object": {"id": known.id, "object": "subscription", "customer": known.customer}},
    });
    let payload = event.to_string();
    let customer = subscription.as_ref().map_or(&known.customer, |subscription| &subscription.customer).clone();
    Ok(Message {
        event: Event::parse(payload.as_bytes())?,
        facts: Facts { customer: Some(customer), subscription, ended, is_gone, ..Facts::default() },
        payload,
        observed_at: now,
    })
}
