//! Another price for a running subscription, at once: an upgrade, and a personal organization that becomes a team.

use crate::{
    http::{Refusal, Services},
    rules::{
        subscription::Status,
        time::{Span, Timestamp},
    },
    stripe::{Charged, IdempotencyKey, PriceChange, Stripe, StripeError, Subscription},
};

/// For so long a preview's price holds.
const PREVIEW_HOLDS: Span = Span::minutes(60);
/// Pressed twice within this time is meant once.
const SAME_ATTEMPT: Span = Span::seconds(20);

/// The way to Stripe.
///
/// # Errors
/// [`Refusal::NotConfigured`] without `STRIPE_SECRET_KEY`.
pub fn stripe<'a>(services: &'a Services<'a>) -> Result<Stripe<'a>, Refusal> {
    let stripe = Stripe::configured(|name| services.variable(name), services.transport);
    stripe.ok_or(Refusal::NotConfigured { variable: "STRIPE_SECRET_KEY" })
}

/// The second by which a change is prorated: the preview's (`prorationDate`, seconds since the epoch), within its hour. A
/// later one would be cheaper.
///
/// # Errors
/// 400 for any other second.
pub fn proration_moment(proration_date: Option<i64>, now: Timestamp) -> Result<Timestamp, Refusal> {
    let Some(seconds) = proration_date else { return Ok(now) };
    let moment = Timestamp(seconds * 1_000);
    if moment <= now && moment + PREVIEW_HOLDS >= now {
        return Ok(moment);
    }
    Err(Refusal::invalid("prorationDate", "is not of a preview of the last hour: ask for a new one"))
}

/// A change of price at once.
pub struct PriceNow<'a> {
    /// What it is done for: the beginning of its idempotency key.
    pub purpose: &'static str,
    pub subscription: &'a str,
    pub item: &'a str,
    pub price: &'a str,
    /// The state that it was decided on.
    pub observed_at: Timestamp,
    /// Prorated by this second.
    pub seconds: i64,
    /// A trial, if there is one, was of another plan and ends.
    pub ends_trial: bool,
}

impl PriceNow<'_> {
    /// The price is changed and the difference is charged now; if the card says no, nothing has changed: a change that waits is
    /// let go of afterwards alone, unless Stripe does not change what a schedule manages.
    ///
    /// What is on trial is looked at first: ending a trial that has ended already, by a request whose answer was lost,
    /// would charge a whole period once more, where changing the price to itself costs nothing.
    ///
    /// # Errors
    /// As of each call of Stripe's.
    pub async fn change(&self, stripe: &Stripe<'_>, now: Timestamp) -> Result<Subscription, StripeError> {
        let Self { purpose, subscription, item, price, seconds, .. } = *self;
        let asked_for = Timestamp(seconds * 1_000);
        let known = match self.ends_trial {
            true => Some(stripe.subscription(subscription).await?),
            false => None,
        };
        // A trial ends whatever the second. Where it has ended already a new period has begun, perhaps after that second.
        let (charged, moment) = match known {
            Some(known) if known.status == Status::Trialing.as_str() => (Charged::EndingTrial, "trial".to_string()),
            Some(known) => (Charged::Prorated(asked_for.max(known.current_period_start)), seconds.to_string()),
            None => (Charged::Prorated(asked_for), seconds.to_string()),
        };
        let change = PriceChange { subscription, item, price, charged, metadata: &[] };
        // A declined card is remembered under its key as well: some seconds later it is another attempt.
        let attempt = now.0.div_euclid(SAME_ATTEMPT.0);
        let key = format!("{purpose}-{subscription}-{}-{price}-{moment}-{attempt}", self.observed_at.0);
        let changed = match stripe.change_price(&change, &IdempotencyKey::new(&key)).await {
            Err(StripeError::Refused(refused)) => {
                unscheduled(stripe, &change, &key, StripeError::Refused(refused)).await?
            }
            answered => answered?,
        };
        if changed.schedule.is_none() {
            return Ok(changed);
        }
        // A change that waits, which this one takes the place of.
        revoke(stripe, changed.schedule.as_deref()).await?;
        stripe.subscription(subscription).await
    }
}

/// The same change once more where it was not the card that refused it and a schedule manages the subscription: it is let go of
/// first then, since it may be what Stripe takes exception to.
///
/// # Errors
/// `refused` where there is no such schedule; else as of each call of Stripe's.
async fn unscheduled(
    stripe: &Stripe<'_>,
    change: &PriceChange<'_>,
    key: &str,
    refused: StripeError,
) -> Result<Subscription, StripeError> {
    if refused.for_payer().is_some() {
        return Err(refused);
    }
    let schedule = stripe.subscription(change.subscription).await.ok().and_then(|known| known.schedule);
    let schedule = schedule.ok_or(refused)?;
    revoke(stripe, Some(&schedule)).await?;
    stripe.change_price(change, &IdempotencyKey::new(&format!("{key}-released"))).await
}

/// Lets go of a change that waits, if one does.
///
/// # Errors
/// As of the call of Stripe's.
pub async fn revoke(stripe: &Stripe<'_>, schedule: Option<&str>) -> Result<(), StripeError> {
    match schedule {
        Some(schedule) => {
            let key = IdempotencyKey::new(&format!("release-{schedule}"));
            stripe.release_schedule(schedule, &key).await.map(|_| ())
        }
        None => Ok(()),
    }
}
