//! What is paid at Stripe for an individual goes on as a team's.

use tallygate::{
    billing::{keep_subscription, refused},
    http::{Asking, Found, Outside, Refusal, Reply},
    rules::{
        fresh::Purpose,
        proration::{Paying, Proration, Trial},
        subscription::Status,
        time::{Span, Timestamp},
    },
    scoped,
    store::Statement,
    stripe::{Charged, IdempotencyKey, PriceChange, Stripe, StripeError, Subscription},
};

use super::{
    answer,
    offer::{not_personal, Offer, Paid, Route},
    statements::{conversion, made, Money},
    wish::Wish,
};

/// For so long a preview's price holds.
const PREVIEW_HOLDS: Span = Span::minutes(60);
/// Pressed twice within this time is meant once.
const SAME_ATTEMPT: Span = Span::seconds(20);

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
    let at = moment(proration_date, asking.now)?;
    let seconds = proration(offer, at).map_or(at.0.div_euclid(1_000), |proration| proration.at_seconds);
    let stripe = Stripe::configured(|name| outside.variable(name), outside.transport)
        .ok_or(Refusal::NotConfigured { variable: "STRIPE_SECRET_KEY" })?;
    let changed = change(&stripe, paid, price, seconds, offer.status == Status::Trialing, asking.now).await;
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

/// The price is changed and the difference is charged now. A change that waited for the end of the period is given up.
///
/// What is on trial is looked at first: ending a trial that has ended already, by a request whose answer was lost, would
/// charge a whole period once more, where changing the price to itself costs nothing.
async fn change(
    stripe: &Stripe<'_>,
    paid: &Paid,
    price: &str,
    seconds: i64,
    is_on_trial: bool,
    now: Timestamp,
) -> Result<Subscription, StripeError> {
    if let Some(schedule) = &paid.schedule {
        stripe.release_schedule(schedule, &IdempotencyKey::new(&format!("release-{schedule}"))).await?;
    }
    let ends_trial = is_on_trial && stripe.subscription(&paid.subscription).await?.status == "trialing";
    let change = PriceChange {
        subscription: &paid.subscription,
        item: &paid.item,
        price,
        charged: match ends_trial {
            true => Charged::EndingTrial,
            false => Charged::Prorated(Timestamp(seconds * 1_000)),
        },
        metadata: &[],
    };
    // A declined card is remembered under its key as well: some seconds later it is another attempt. A trial ends whatever
    // the second.
    let attempt = now.0.div_euclid(SAME_ATTEMPT.0);
    let moment = if ends_trial { "trial".to_string() } else { seconds.to_string() };
    let key = format!("convert-{}-{}-{price}-{moment}-{attempt}", paid.subscription, paid.known_at.0);
    stripe.change_price(&change, &IdempotencyKey::new(&key)).await
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

/// The second by which the change is prorated: the preview's, within its hour. A later one would be cheaper.
fn moment(proration_date: Option<i64>, now: Timestamp) -> Result<Timestamp, Refusal> {
    let Some(seconds) = proration_date else { return Ok(now) };
    let moment = Timestamp(seconds * 1_000);
    if moment <= now && moment + PREVIEW_HOLDS >= now {
        return Ok(moment);
    }
    Err(Refusal::invalid("prorationDate", "is not of a preview of the last hour: ask for a new one"))
}
