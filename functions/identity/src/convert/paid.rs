//! What is paid at Stripe for an individual goes on as a team's.

use tallygate::{
    billing::{keep_subscription, proration_moment, refused, stripe, PriceNow},
    http::{Asking, Found, Outside, Refusal, Reply},
    rules::{
        fresh::Purpose,
        proration::{Paying, Proration, Trial},
        subscription::Status,
        time::Timestamp,
    },
    scoped,
    store::Statement,
    stripe::Subscription,
};

use super::{
    answer,
    offer::{not_personal, Offer, Route},
    statements::{conversion, made, Money},
    wish::Wish,
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
    wish: &Wish,
    offer: &Offer,
    proration_date: Option<i64>,
    asking: &Asking,
    outside: &Outside<'_>,
) -> Result<Reply, Refusal> {
    let (price, paid) = offer.must_be_for_sale()?;
    let at = proration_moment(proration_date, asking.now)?;
    let seconds = proration(offer, at).map_or(at.0.div_euclid(1_000), |proration| proration.at_seconds);
    let change = PriceNow {
        purpose: "convert",
        subscription: &paid.subscription,
        item: &paid.item,
        schedule: paid.schedule.as_deref(),
        price,
        known_at: paid.known_at,
        seconds,
        ends_trial: offer.status == Status::Trialing,
    };
    let changed = change.change(&stripe(outside)?, asking.now).await;
    let subscription = changed.map_err(|error| refused(&error, &asking.request_id))?;

    // The second batch: see `Convert::follow`.
    let mut statements = conversion(asking, wish, Money::Changed);
    statements.push(marked(asking, &subscription));
    statements.extend(keep_subscription(&subscription, asking.now, None));
    statements.push(made(asking));
    let answer = outside.batch(asking, &statements).await?;
    let second = Found::public(&answer, &asking.request_id);
    match second.first("made")? {
        Some(_) => answer::converted(&second),
        // Another request was faster; the price is the same.
        None => Err(not_personal()),
    }
}

/// The subscription as changed by this request, whoever has kept its newest state: Stripe's own message may have been
/// faster, and could not say which plan follows while the organization was a personal one.
fn marked(asking: &Asking, subscription: &Subscription) -> Statement {
    Statement::new(
        "marked",
        scoped!(
            "UPDATE billing_subscriptions SET request_id = :request
WHERE stripe_subscription_id = :subscription AND organization_id = (
  SELECT decided.organization_id FROM asking JOIN audit_events decided
    ON decided.organization_id = asking.organization_id AND decided.id = :event)"
        ),
    )
    .with("subscription", subscription.id.as_str())
    .with("event", asking.fresh.id(Purpose::AuditEvent))
}
