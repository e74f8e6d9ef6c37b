//! `change-plan`: an upgrade at once, a downgrade at the end of the period.

use serde::Serialize;
use serde_json::json;
use tallygate::{
    billing::{proration_moment, refused, revoke, stripe, PriceNow},
    http::{limit_details, Asking, Call, Found, Operation, Outside, Refusal, Reply},
    rules::{ids::RequestId, plan_change::PlanChange, time::Timestamp},
    store::Statement,
    stripe::{IdempotencyKey, Stripe, StripeError, Subscription},
    transport::Pending,
};

use crate::{
    account::Paid,
    history::Held,
    judgement::{statements, Judgement, Shown},
    keep::{keep, Change},
    offer::Wish,
};

pub struct ChangePlan {
    wish: Wish,
    /// The moment that the preview was made for.
    proration_date: Option<i64>,
}

#[derive(Serialize)]
struct Changed<'a> {
    #[serde(flatten)]
    change: Shown<'a>,
    subscription: Held,
}

impl ChangePlan {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let proration_date = call.fields.integer("prorationDate", 0, 99_999_999_999)?;
        Ok(Box::new(Self { wish: Wish::read(call)?, proration_date }))
    }
}

impl Operation for ChangePlan {
    fn statements(&self, asking: &Asking) -> Vec<Statement> {
        statements(&self.wish, asking.now)
    }

    fn follow<'a>(
        &'a self,
        asking: &'a Asking,
        found: &'a Found<'a>,
        outside: &'a Outside<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(self.change(asking, found, outside))
    }
}

impl ChangePlan {
    async fn change(&self, asking: &Asking, found: &Found<'_>, outside: &Outside<'_>) -> Result<Reply, Refusal> {
        let at = proration_moment(self.proration_date, asking.now)?;
        let judgement = Judgement::of(&self.wish, found, asking.now, Some(at))?;
        let paid = may_change(&judgement, found, asking.now)?;
        let stripe = stripe(outside)?;
        let subscription = match judgement.kind {
            PlanChange::Upgrade => upgrade(&stripe, &judgement, paid, at, asking.now).await,
            PlanChange::Downgrade if judgement.offer.is_free() => end_later(&stripe, paid).await,
            PlanChange::Downgrade | PlanChange::Same => downgrade(&stripe, &judgement, paid).await,
        };
        let subscription = subscription.map_err(|error| error.into_refusal(&asking.request_id))?;
        let is_pending = judgement.kind != PlanChange::Upgrade;
        let change = Change {
            organization: &found.standing()?.organization_id,
            action: if is_pending { "subscription.change_scheduled" } else { "subscription.changed" },
            plan: &judgement.offer.plan_id,
            interval: judgement.offer.interval,
            is_pending,
        };
        let account = keep(asking, outside, &subscription, &change).await?;
        let message = match is_pending {
            false => format!("The {} plan has begun.", judgement.offer.name),
            true => format!(
                "The {} plan begins on {}; until then it may be taken back.",
                judgement.offer.name,
                judgement.effective_at.iso()
            ),
        };
        let reply = Changed { change: judgement.shown(), subscription: Held::of(&account, asking.now) };
        Ok(Reply::ok(&message, &reply))
    }
}

/// Refuses what cannot be changed now, and says what to do first.
fn may_change<'a>(judgement: &'a Judgement, found: &Found<'_>, now: Timestamp) -> Result<&'a Paid, Refusal> {
    let (account, offer) = (&judgement.account, &judgement.offer);
    let conflict =
        |code, message: String, details| Refusal::Conflict { code, message, details: limit_details(&details) };
    let paid = account.must_be_paid()?;
    if judgement.kind == PlanChange::Same {
        let message = format!("This is the {} plan by the {} already.", offer.name, offer.interval.as_str());
        return Err(conflict("plan_unchanged", message, json!({ "plan": offer.plan_id })));
    }
    if let Some(at) = account.cancel_at {
        let message = "The subscription is cancelled; take that back first.".to_string();
        return Err(conflict("cancellation_pending", message, json!({ "cancelAt": at })));
    }
    if !account.allows(now).can_change_plan {
        found.standing()?.must_have_access(Timestamp(i64::MAX))?;
    }
    if !(judgement.kind == PlanChange::Downgrade && offer.is_free()) {
        offer.must_be_for_sale()?;
    }
    if judgement.kind == PlanChange::Downgrade && judgement.is_blocked() {
        let message = format!("The {} plan has too few seats for everybody who is in.", offer.name);
        let details = json!({ "losses": judgement.losses, "whatToDo": judgement.losses.what_to_do() });
        return Err(conflict("seats_in_use", message, details));
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
    judgement: &Judgement,
    paid: &Paid,
    at: Timestamp,
    now: Timestamp,
) -> Result<Subscription, Failure> {
    let change = PriceNow {
        purpose: "upgrade",
        subscription: &paid.subscription,
        item: &paid.item,
        schedule: paid.schedule.as_deref(),
        price: judgement.offer.must_be_for_sale().map_err(Failure::NotForSale)?,
        known_at: paid.known_at,
        seconds: judgement.proration.map_or(at.0.div_euclid(1_000), |proration| proration.at_seconds),
        ends_trial: judgement.ends_trial(),
    };
    Ok(change.change(stripe, now).await?)
}

/// The price changes with the next period: a schedule of two phases that lets go of the subscription afterwards.
async fn downgrade(stripe: &Stripe<'_>, judgement: &Judgement, paid: &Paid) -> Result<Subscription, Failure> {
    let price = judgement.offer.must_be_for_sale().map_err(Failure::NotForSale)?;
    revoke(stripe, paid.schedule.as_deref()).await?;
    let key = |call: &str| IdempotencyKey::new(&format!("{call}-{}-{}-{price}", paid.subscription, paid.known_at.0));
    let schedule = stripe.create_schedule(&paid.subscription, &key("schedule")).await?;
    let current = schedule.phases.first();
    let current = current.ok_or_else(|| StripeError::Broken("a subscription schedule without a phase".to_string()))?;
    let phases = current.followed_by(price, judgement.offer.interval.as_str());
    stripe.update_schedule(&schedule.id, &phases, &key("phases")).await?;
    Ok(stripe.subscription(&paid.subscription).await?)
}

/// A free plan is what is left when the paid one ends.
async fn end_later(stripe: &Stripe<'_>, paid: &Paid) -> Result<Subscription, Failure> {
    revoke(stripe, paid.schedule.as_deref()).await?;
    let key = IdempotencyKey::new(&format!("cancel-{}-{}", paid.subscription, paid.known_at.0));
    Ok(stripe.set_cancel_at_period_end(&paid.subscription, true, &key).await?)
}
