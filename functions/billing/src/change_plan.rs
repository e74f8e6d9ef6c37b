//! `change-plan`: an upgrade at once, a downgrade at the end of the period.

use serde::Serialize;
use serde_json::json;
use tallygate::{
    billing::{proration_moment, refused, revoke, stripe, PriceNow},
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services, SessionRule},
    rules::{ids::RequestId, plan_change::PlanChange, time::Timestamp},
    store::Statement,
    stripe::{IdempotencyKey, Stripe, StripeError, Subscription},
    transport::Pending,
};

use crate::{
    account::{Account, Paid},
    history::SubscriptionView,
    offer::PlanChangeRequest,
    quote::{statements, PlanChangeQuote, Shown},
    record_change::{record_change, Change},
};

pub struct ChangePlan {
    requested: PlanChangeRequest,
    /// The moment that the preview was made for.
    proration_date: Option<i64>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Changed<'a> {
    #[serde(flatten)]
    change: Shown<'a>,
    subscription: SubscriptionView,
}

impl ChangePlan {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let proration_date = call.fields.integer("prorationDate", 0, 99_999_999_999)?;
        Ok(Box::new(Self { requested: PlanChangeRequest::read(call)?, proration_date }))
    }
}

impl Operation for ChangePlan {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        statements(&self.requested, context.now)
    }

    fn asks_others(&self) -> bool {
        true
    }

    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(self.change(context, found, services))
    }
}

impl ChangePlan {
    async fn change(
        &self,
        context: &RequestContext,
        found: &BatchRows<'_>,
        services: &Services<'_>,
    ) -> Result<Reply, Refusal> {
        let at = proration_moment(self.proration_date, context.now)?;
        let quote = PlanChangeQuote::of(&self.requested, found, context.now, Some(at))?;
        Account::of_buyer(found)?;
        let paid = may_change(&quote, found, context.now)?;
        let stripe = stripe(services)?;
        let subscription = match quote.kind {
            PlanChange::Upgrade => upgrade(&stripe, &quote, paid, at, context.now).await,
            PlanChange::Downgrade if quote.offer.is_free => end_later(&stripe, paid).await,
            PlanChange::Downgrade | PlanChange::Same => downgrade(&stripe, &quote, paid).await,
        };
        let subscription = subscription.map_err(|error| error.into_refusal(&context.request_id))?;
        let is_pending = quote.kind != PlanChange::Upgrade;
        let change = Change {
            organization: &found.membership()?.organization_id,
            action: if is_pending { "subscription.change_scheduled" } else { "subscription.changed" },
            plan: &quote.offer.plan_id,
            interval: quote.offer.interval,
            is_pending,
        };
        let account = record_change(context, services, &subscription, &change).await?;
        let message = match is_pending {
            false => format!("The {} plan has begun.", quote.offer.name),
            true => format!(
                "The {} plan begins on {}; until then it may be taken back.",
                quote.offer.name,
                quote.effective_at.iso()
            ),
        };
        let reply = Changed { change: quote.shown(), subscription: SubscriptionView::of(&account, context.now) };
        Ok(Reply::ok(&message, &reply))
    }
}

/// Refuses what cannot be changed now, and says what to do first.
fn may_change<'a>(quote: &'a PlanChangeQuote, found: &BatchRows<'_>, now: Timestamp) -> Result<&'a Paid, Refusal> {
    let (account, offer) = (&quote.account, &quote.offer);
    let conflict =
        |code, message: String, details| Refusal::Conflict { code, message, details: limit_details(&details) };
    let paid = account.must_be_paid()?;
    if quote.kind == PlanChange::Same {
        let message = format!("This is the {} plan by the {} already.", offer.name, offer.interval.as_str());
        return Err(conflict("plan_unchanged", message, json!({ "plan": offer.plan_id })));
    }
    if let Some(at) = account.cancel_at {
        let message = "The subscription is cancelled; take that back first.".to_string();
        return Err(conflict("cancellation_pending", message, json!({ "cancelAt": at })));
    }
    if !account.allows(now).can_change_plan {
        found.membership()?.must_have_access(Timestamp(i64::MAX))?;
    }
    if !(quote.kind == PlanChange::Downgrade && offer.is_free) {
        offer.must_be_for_sale()?;
    }
    if quote.kind == PlanChange::Downgrade {
        quote.must_have_seats()?;
    }
    Ok(paid)
}

/// Why a change did not happen at Stripe.
enum Failure {
    Stripe(StripeError),
    NotForSale(Refusal),
}

impl From<StripeError> for Failure {
    fn from(error: StripeError) -> Self {
        Self::Stripe(error)
    }
}

impl Failure {
    fn into_refusal(self, request_id: &RequestId) -> Refusal {
        match self {
            Self::Stripe(error) => refused(&error, request_id),
            Self::NotForSale(refusal) => refusal,
        }
    }
}

/// The price is changed and the difference is charged now.
async fn upgrade(
    stripe: &Stripe<'_>,
    quote: &PlanChangeQuote,
    paid: &Paid,
    at: Timestamp,
    now: Timestamp,
) -> Result<Subscription, Failure> {
    let change = PriceNow {
        purpose: "upgrade",
        subscription: &paid.subscription,
        item: &paid.item,
        price: quote.offer.must_be_for_sale().map_err(Failure::NotForSale)?,
        observed_at: paid.observed_at,
        seconds: quote.proration.map_or(at.0.div_euclid(1_000), |proration| proration.at_seconds),
        ends_trial: quote.ends_trial(),
    };
    Ok(change.change(stripe, now).await?)
}

/// The price changes with the next period: a schedule of two phases that lets go of the subscription afterwards.
async fn downgrade(stripe: &Stripe<'_>, quote: &PlanChangeQuote, paid: &Paid) -> Result<Subscription, Failure> {
    let price = quote.offer.must_be_for_sale().map_err(Failure::NotForSale)?;
    revoke(stripe, paid.schedule.as_deref()).await?;
    let key = |call: &str| IdempotencyKey::new(&format!("{call}-{}-{}-{price}", paid.subscription, paid.observed_at.0));
    let schedule = stripe.create_schedule(&paid.subscription, &key("schedule")).await?;
    let current = schedule.phases.first();
    let current = current.ok_or_else(|| StripeError::Broken("a subscription schedule without a phase".to_string()))?;
    let phases = current.followed_by(&paid.price, price, quote.offer.interval.as_str());
    stripe.update_schedule(&schedule.id, &phases, &key("phases")).await?;
    Ok(stripe.subscription(&paid.subscription).await?)
}

/// A free plan is what is left when the paid one ends.
async fn end_later(stripe: &Stripe<'_>, paid: &Paid) -> Result<Subscription, Failure> {
    revoke(stripe, paid.schedule.as_deref()).await?;
    let key = IdempotencyKey::new(&format!("cancel-{}-{}", paid.subscription, paid.observed_at.0));
    Ok(stripe.set_cancel_at_period_end(&paid.subscription, true, &key).await?)
}
