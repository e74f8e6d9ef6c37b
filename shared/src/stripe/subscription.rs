//! A subscription as Stripe knows it.

use serde_json::Value as Json;

use super::{object::Object, StripeError};
use crate::rules::time::Timestamp;

/// Stripe's subscription with its items. Which of them is a plan's the catalog says by its prices, never their order: an
/// add-on or a metered price may stand first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub id: String,
    pub customer: String,
    /// Stripe's own word for it, `incomplete_expired` included.
    pub status: String,
    /// At least one, in Stripe's order.
    pub items: Vec<SubscriptionItem>,
    pub created: Timestamp,
    /// When it began; before `created` where it was backdated.
    pub start: Timestamp,
    /// The first item's.
    pub current_period_start: Timestamp,
    pub current_period_end: Timestamp,
    pub trial_end: Option<Timestamp>,
    pub cancel_at_period_end: bool,
    pub cancel_at: Option<Timestamp>,
    /// When somebody asked for the end, not the end.
    pub canceled_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// The schedule that will change it.
    pub schedule: Option<String>,
    pub latest_invoice: Option<LatestInvoice>,
    /// Since when nothing was paid of it; where it was asked for ([`Stripe::subscription`](super::Stripe::subscription)).
    pub unpaid_since: Option<Timestamp>,
}

/// One line of a subscription: a plan, an add-on, a metered price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionItem {
    pub id: String,
    pub price: String,
    /// `day`, `week`, `month` or `year`; `None` where the price does not recur.
    pub interval: Option<String>,
    /// What one period costs: the price times the quantity, in the currency's smallest unit. 0 where Stripe has no
    /// single price (tiers, fractions of a cent, use that is metered).
    pub amount_cents: i64,
    /// In lower case, as Stripe writes it.
    pub currency: String,
    pub quantity: i64,
    pub period_start: Timestamp,
    pub period_end: Timestamp,
}

/// A subscription has at most 20 (docs.stripe.com, "Subscriptions with multiple items").
pub const MOST_ITEMS: usize = 20;

/// The subscription's newest invoice. All but the id is known only where it was expanded, as in the answers to our
/// own requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestInvoice {
    pub id: String,
    /// `draft`, `open`, `paid`, `uncollectible` or `void`.
    pub status: Option<String>,
    pub created: Option<Timestamp>,
    pub finalized_at: Option<Timestamp>,
}

impl Subscription {
    /// Reads a subscription of any API version: since 2025-03-31 (`basil`) the period stands on the item, and `price`
    /// was once `plan`.
    ///
    /// # Errors
    /// `Broken` where it lacks what every subscription has, an item included.
    pub fn parse(json: &Json) -> Result<Self, StripeError> {
        let subscription = Object::new("subscription", json);
        let items = subscription.list("items").take(MOST_ITEMS).map(|item| read_item(subscription, item));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        let first = subscription.required("items", items.first().cloned())?;
        let created = subscription.required_time("created")?;
        Ok(Self {
            id: subscription.required_text("id")?,
            customer: subscription.required_id("customer")?,
            status: subscription.required_text("status")?,
            items,
            created,
            start: subscription.time("start_date").or_else(|| subscription.time("start")).unwrap_or(created),
            current_period_start: first.period_start,
            current_period_end: first.period_end,
            trial_end: subscription.time("trial_end"),
            cancel_at_period_end: subscription.flag("cancel_at_period_end"),
            cancel_at: subscription.time("cancel_at"),
            canceled_at: subscription.time("canceled_at"),
            ended_at: subscription.time("ended_at"),
            schedule: subscription.id("schedule"),
            latest_invoice: latest_invoice(subscription),
            unpaid_since: None,
        })
    }

    /// Since when a payment is due: the moment at which the first invoice that was not paid became final. Each period of a
    /// subscription that stays past due has another one. `None` where nothing is past due or no invoice is known.
    pub fn past_due_since(&self) -> Option<Timestamp> {
        let latest = self.latest_invoice.as_ref().and_then(|invoice| invoice.finalized_at.or(invoice.created));
        self.unpaid_since.into_iter().chain(latest).min().filter(|_| self.status == "past_due")
    }
}

fn read_item(subscription: Object<'_>, item: Object<'_>) -> Result<SubscriptionItem, StripeError> {
    let (price, plan) = (item.inner("price"), item.inner("plan"));
    let quantity = item.integer("quantity").or_else(|| subscription.integer("quantity")).unwrap_or(1);
    let unit = price.integer("unit_amount").or_else(|| plan.integer("amount")).unwrap_or_default();
    let is_metered = price.inner("recurring").text("usage_type").as_deref() == Some("metered");
    let period = |name: &str| subscription.required(name, item.time(name).or_else(|| subscription.time(name)));
    let either = |name: &str| price.text(name).or_else(|| plan.text(name));
    Ok(SubscriptionItem {
        id: item.required_text("id")?,
        price: item.required("price", item.id("price").or_else(|| item.id("plan")))?,
        interval: price.inner("recurring").text("interval").or_else(|| plan.text("interval")),
        amount_cents: if is_metered { 0 } else { unit.saturating_mul(quantity) },
        currency: item.required("currency", either("currency").or_else(|| subscription.text("currency")))?,
        quantity,
        period_start: period("current_period_start")?,
        period_end: period("current_period_end")?,
    })
}

fn latest_invoice(subscription: Object<'_>) -> Option<LatestInvoice> {
    let invoice = subscription.inner("latest_invoice");
    Some(LatestInvoice {
        id: subscription.id("latest_invoice")?,
        status: invoice.text("status"),
        created: invoice.time("created"),
        finalized_at: invoice.inner("status_transitions").time("finalized_at"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The shape of the version that we ask for.
    fn newest() -> Json {
        json!({
            "id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "past_due", "currency": "eur",
            "items": {"object": "list", "data": [{
                "id": "si_1", "quantity": 3, "current_period_start": 1_700_000_000, "current_period_end": 1_702_592_000,
                "plan": {"id": "price_1", "amount": 2900, "currency": "eur", "interval": "month"},
                "price": {"id": "price_1", "unit_amount": 2900, "currency": "eur",
                          "recurring": {"interval": "month", "interval_count": 1}},
            }, {
                "id": "si_2", "current_period_start": 1_700_000_000, "current_period_end": 1_702_592_000,
                "price": {"id": "price_2", "unit_amount": 5, "currency": "eur",
                          "recurring": {"interval": "month", "usage_type": "metered"}},
            }]},
            "created": 1_690_000_000, "start_date": 1_689_999_999, "trial_end": null,
            "cancel_at_period_end": false, "cancel_at": 1_702_592_000, "canceled_at": 1_700_000_100, "ended_at": null,
            "schedule": {"id": "sub_sched_1", "object": "subscription_schedule"},
            "metadata": {"organization_id": "org_1"},
            "latest_invoice": {"id": "in_1", "status": "open", "created": 1_700_000_000,
                               "status_transitions": {"finalized_at": 1_700_003_600}},
        })
    }

    #[test]
    fn the_newest_shape_is_read_whole() {
        let expected = Subscription {
            id: "sub_1".into(),
            customer: "cus_1".into(),
            status: "past_due".into(),
            items: vec![
                SubscriptionItem {
                    id: "si_1".into(),
                    price: "price_1".into(),
                    interval: Some("month".into()),
                    amount_cents: 8_700,
                    currency: "eur".into(),
                    quantity: 3,
                    period_start: Timestamp(1_700_000_000_000),
                    period_end: Timestamp(1_702_592_000_000),
                },
                SubscriptionItem {
                    id: "si_2".into(),
                    price: "price_2".into(),
                    interval: Some("month".into()),
                    amount_cents: 0,
                    currency: "eur".into(),
                    quantity: 1,
                    period_start: Timestamp(1_700_000_000_000),
                    period_end: Timestamp(1_702_592_000_000),
                },
            ],
            created: Timestamp(1_690_000_000_000),
            start: Timestamp(1_689_999_999_000),
            current_period_start: Timestamp(1_700_000_000_000),
            current_period_end: Timestamp(1_702_592_000_000),
            trial_end: None,
            cancel_at_period_end: false,
            cancel_at: Some(Timestamp(1_702_592_000_000)),
            canceled_at: Some(Timestamp(1_700_000_100_000)),
            ended_at: None,
            schedule: Some("sub_sched_1".into()),
            latest_invoice: Some(LatestInvoice {
                id: "in_1".into(),
                status: Some("open".into()),
                created: Some(Timestamp(1_700_000_000_000)),
                finalized_at: Some(Timestamp(1_700_003_600_000)),
            }),
            unpaid_since: None,
        };
        assert_eq!(Subscription::parse(&newest()), Ok(expected));
    }

    /// As PyPI's `localstripe` 1.15 answers, which has the shape of 2017 to 2020.
    #[test]
    fn an_older_shape_is_read_too() {
        let json = json!({
            "id": "sub_zHXOsfT5TRvd8X", "object": "subscription", "customer": {"id": "cus_1", "object": "customer"},
            "status": "trialing", "quantity": 2, "start": 1_795_247_700, "created": 1_795_247_780,
            "current_period_start": 1_795_247_780, "current_period_end": 1_797_839_780, "trial_end": 1_797_839_780,
            "cancel_at_period_end": true, "cancel_at": null, "canceled_at": null, "ended_at": null, "metadata": {},
            "latest_invoice": "in_o37IpzggZdXobk",
            "items": {"object": "list", "data": [{"id": "si_1", "quantity": 2, "plan": {
                "id": "pro", "object": "plan", "amount": 2900, "currency": "usd", "interval": "year"}}]},
        });
        let subscription = Subscription::parse(&json).unwrap();
        assert_eq!(subscription.customer, "cus_1");
        let item = &subscription.items[0];
        assert_eq!((&*item.price, item.interval.as_deref()), ("pro", Some("year")));
        assert_eq!((item.amount_cents, &*item.currency, item.quantity), (5_800, "usd", 2));
        assert_eq!(subscription.start, Timestamp(1_795_247_700_000));
        assert_eq!(subscription.current_period_start, Timestamp(1_795_247_780_000));
        assert_eq!(subscription.current_period_end, Timestamp(1_797_839_780_000));
        assert_eq!(subscription.latest_invoice.as_ref().map(|invoice| &*invoice.id), Some("in_o37IpzggZdXobk"));
        assert!(subscription.cancel_at_period_end && subscription.cancel_at.is_none(), "cancelled at the period's end");
        assert_eq!(subscription.current_period_end, Timestamp(1_797_839_780_000));
        assert_eq!(subscription.past_due_since(), None);
        assert_eq!(subscription.schedule, None);
    }

    #[test]
    fn past_due_since_the_invoice_became_final() {
        let mut json = newest();
        assert_eq!(Subscription::parse(&json).unwrap().past_due_since(), Some(Timestamp(1_700_003_600_000)));
        json["latest_invoice"]["status_transitions"] = Json::Null;
        assert_eq!(Subscription::parse(&json).unwrap().past_due_since(), Some(Timestamp(1_700_000_000_000)));
        json["status"] = "active".into();
        assert_eq!(Subscription::parse(&json).unwrap().past_due_since(), None);
    }

    #[test]
    fn a_price_without_one_amount_costs_nothing_we_could_say() {
        let mut json = newest();
        json["items"]["data"][0]["price"]["unit_amount"] = Json::Null;
        json["items"]["data"][0]["plan"] = Json::Null;
        assert_eq!(Subscription::parse(&json).unwrap().items[0].amount_cents, 0);
        json["items"]["data"][0]["price"]["unit_amount"] = i64::MAX.into();
        assert_eq!(Subscription::parse(&json).unwrap().items[0].amount_cents, i64::MAX);
    }

    #[test]
    fn what_every_subscription_has_is_demanded() {
        for (pointer, missing) in [
            ("/id", "id"),
            ("/customer", "customer"),
            ("/status", "status"),
            ("/created", "created"),
            ("/items", "items"),
            ("/items/data", "items"),
            ("/items/data/0/id", "id"),
            ("/items/data/0/current_period_end", "current_period_end"),
        ] {
            for wrong in [Json::Null, json!(true), json!({}), json!([]), json!("")] {
                let mut json = newest();
                *json.pointer_mut(pointer).unwrap() = wrong.clone();
                let broken = StripeError::Broken(format!("subscription without {missing}"));
                assert_eq!(Subscription::parse(&json), Err(broken), "{pointer} {wrong}");
            }
        }
        for json in [Json::Null, json!([]), json!("sub_1"), json!({"created": i64::MAX})] {
            assert!(matches!(Subscription::parse(&json), Err(StripeError::Broken(_))), "{json}");
        }
    }
}
