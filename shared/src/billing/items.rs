//! A subscription's items as a table within a statement, and which of them is the plan's.

use std::fmt::Write as _;

use serde_json::json;

use crate::{
    store::Statement,
    stripe::{Subscription, MOST_ITEMS},
};

macro_rules! names {
    ($($place:ident)+) => {
        [$([
            concat!("item_id_", stringify!($place)),
            concat!("item_price_", stringify!($place)),
            concat!("item_interval_", stringify!($place)),
            concat!("item_amount_", stringify!($place)),
            concat!("item_currency_", stringify!($place)),
            concat!("item_start_", stringify!($place)),
            concat!("item_end_", stringify!($place)),
        ]),+]
    };
}

/// The names of the parameters of each item: its id, price, interval, amount, currency, and its period's start and end.
const NAMES: [[&str; 7]; MOST_ITEMS] = names!(a b c d e f g h i j k l m n o p q r s t);

/// The items as rows: `place, item, price, billing_interval, amount, currency, period_start, period_end`.
fn rows(subscription: &Subscription) -> String {
    let mut sql = String::new();
    for (place, [item, price, interval, amount, currency, start, end]) in
        NAMES.iter().take(subscription.items.len()).enumerate()
    {
        let union = if place == 0 { "" } else { " UNION ALL\n" };
        // Writing to a text cannot fail.
        let _ = write!(
            sql,
            "{union}SELECT {place} AS place, :{item} AS item, :{price} AS price, :{interval} AS billing_interval, \
             :{amount} AS amount, :{currency} AS currency, :{start} AS period_start, :{end} AS period_end"
        );
    }
    sql
}

/// The one item that is the plan's, as a row in parentheses: that of a price of the catalog's; of several the one of the
/// plan that comes later in the catalog. Where none is in the catalog it is Stripe's first.
pub fn plan_item(subscription: &Subscription) -> String {
    format!(
        "(SELECT item.* FROM (
{}
) item
LEFT JOIN plan_prices item_price ON item_price.stripe_price_id = item.price
LEFT JOIN plans item_plan ON item_plan.id = item_price.plan_id
ORDER BY CASE WHEN item_plan.id IS NULL THEN 1 ELSE 0 END, item_plan.position DESC, item.place LIMIT 1)",
        rows(subscription)
    )
}

/// How many of the items are plans, as a number in parentheses.
pub fn plan_items(subscription: &Subscription) -> String {
    format!(
        "(SELECT COUNT(*) FROM (
{}
) item JOIN plan_prices item_price ON item_price.stripe_price_id = item.price)",
        rows(subscription)
    )
}

/// Binds the items.
pub fn with_items(statement: Statement, subscription: &Subscription) -> Statement {
    NAMES.iter().zip(&subscription.items).fold(statement, |statement, (names, item)| {
        let [id, price, interval, amount, currency, start, end] = *names;
        // By the day or the week no catalog sells: such a price is unknown, and its row is only kept.
        let by = item.interval.as_deref().filter(|interval| matches!(*interval, "month" | "year")).unwrap_or("month");
        statement
            .with(id, item.id.as_str())
            .with(price, item.price.as_str())
            .with(interval, by)
            .with(amount, item.amount_cents)
            .with(currency, item.currency.as_str())
            .with(start, item.period_start)
            .with(end, item.period_end)
    })
}

/// All items as they are kept, for the history.
pub fn kept_items(subscription: &Subscription) -> String {
    let items = subscription.items.iter().map(|item| {
        json!({
            "itemId": item.id,
            "priceId": item.price,
            "interval": item.interval,
            "amountCents": item.amount_cents,
            "currency": item.currency,
            "quantity": item.quantity,
        })
    });
    serde_json::Value::from_iter(items).to_string()
}

/// How many there are of an item, of what [`kept_items`] has written; 1 where that says nothing.
pub fn kept_quantity(items: &str, item: &str) -> i64 {
    let items: Vec<serde_json::Value> = serde_json::from_str(items).unwrap_or_default();
    let kept = items.iter().find(|kept| kept.get("itemId").and_then(serde_json::Value::as_str) == Some(item));
    kept.and_then(|kept| kept.get("quantity")?.as_i64()).unwrap_or(1)
}
