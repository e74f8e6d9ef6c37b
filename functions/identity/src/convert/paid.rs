//! What is paid at Stripe for an individual goes on as a team's.

use tallygate::{
    billing::{proration_moment, record_subscription, refused, stripe, PriceNow},
    http::{BatchRows, Refusal, Reply, RequestContext, Services},
    rules::{
        proration::{Paying, Proration, Trial},
        request_ids::Purpose,
        subscription::Status,
        time::Timestamp,
    },
    scoped,
    store::{Lock, Statement},
    stripe::Subscription,
};

use super::{
    answer,
    offer::{not_personal, Offer, Route},
    request::ConversionRequest,
    statements::{conversion, made, Money},
};

/// What the change of price costs at once; `None` where nothing is paid at Stripe. A trial ends: it was of another plan.
pub fn proration(offer: &Offer, at: Timestamp) -> Option<Proration> {
    let paid = offer.paid.as_ref().filter(|_| offer.route == Route::Stripe)?;
    let price = offer.price?;
    let trial = Trial::at_change(offer.status == Status::Trialing, false);
    let from = Paying { price: paid.amount, interval: offer.interval, period: offer.period, trial };
    Some(Proration::of_change(from, price, offer.wanted_interval, at))
}

/// Changes the price and converts. If the card says no, nothing was changed; if the database cannot be reached
/// afterwards, whoever tries again meets the changed price, and goes on from there.
pub async fn convert(
    requested: &ConversionRequest,
    offer: &Offer,
    proration_date: Option<i64>,
    context: &RequestContext,
    services: &Services<'_>,
) -> Result<Reply, Refusal> {
    let (price, paid) = offer.must_be_for_sale()?;
    let at = proration_moment(proration_date, context.now)?;
    let seconds = proration(offer, at).map_or(at.0.div_euclid(1_000), |proration| proration.at_seconds);
    let change = PriceNow {
        purpose: "convert",
        subscription: &paid.subscription,
        item: &paid.item,
        price,
        observed_at: paid.observed_at,
        seconds,
        ends_trial: offer.status == Status::Trialing,
    };
    let changed = change.change(&stripe(services)?, context.now).await;
    let subscription = changed.map_err(|error| refused(&error, &context.request_id))?;

    // The second batch: see `Convert::follow`.
    let mut statements = conversion(context, requested, Money::Changed);
    statements.push(marked(context, &subscription));
    statements.extend(record_subscription(&subscription, context.now, None));
    statements.push(made(context));
    let answer = services.batch(context, &[Lock::Caller, Lock::Organization], &statements).await?;
    let second = BatchRows::public(&answer, &context.request_id);
    match second.first("made")? {
        Some(_) => answer::converted(&second),
        // Another request was faster; the price is the same.
        None => Err(not_personal()),
    }
}

/// The subscription as changed by this request, whoever has kept its newest state: Stripe's own message may have been
/// faster, and could not say which plan follows while the organization was a personal one.
fn marked(context: &RequestContext, subscription: &Subscription) -> Statement {
    Statement::new(
        "marked",
        scoped!(
            "UPDATE billing_subscriptions SET request_id = :request
WHERE stripe_subscription_id = :subscription AND organization_id = (
  SELECT decided.organization_id FROM membership JOIN audit_events decided
    ON decided.organization_id = membership.organization_id AND decided.id = :event)"
        ),
    )
    .with("subscription", subscription.id.as_str())
    .with("event", context.ids.id(Purpose::AuditEvent))
}
