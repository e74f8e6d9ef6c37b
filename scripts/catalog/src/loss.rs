//! Whether a change takes something away: what was allowed is refused, or costs more.

use serde_json::Value as Json;
use tallygate::rules::{
    catalog::{Feature, Meter, Overage, Reset},
    limit::Limit,
};

/// Whether a lower amount replaces a higher one; -1 is unlimited.
pub fn lowers(now: i64, then: i64) -> bool {
    let (now, then) = (Limit::new(now), Limit::new(then));
    !then.is_unlimited() && (now.is_unlimited() || then.value() < now.value())
}

/// Whether a feature allows less than it did.
pub fn takes(now: Option<&Feature>, then: Option<&Feature>) -> bool {
    match (now, then) {
        (None | Some(Feature::Flag(false)), _) => false,
        (_, None | Some(Feature::Flag(false))) => true,
        (Some(Feature::Flag(true)), Some(Feature::Flag(true) | Feature::Config(_))) => false,
        (Some(Feature::Meter(_)), Some(Feature::Flag(true) | Feature::Config(_))) => false,
        (Some(Feature::Flag(true)), Some(Feature::Meter(meter))) => meter.limit >= 0,
        (Some(Feature::Config(_)), Some(Feature::Flag(_) | Feature::Meter(_))) => true,
        (Some(Feature::Config(now)), Some(Feature::Config(then))) => {
            let read = |json: &String| serde_json::from_str(json).unwrap_or(Json::Null);
            config_takes(&read(now), &read(then))
        }
        (Some(Feature::Meter(now)), Some(Feature::Meter(then))) => {
            ["", "overage", "on_outage"].into_iter().any(|part| meter_takes(part, now, then))
        }
    }
}

/// The same of a part of a meter, as [`crate::shown::meter_parts`] names it.
pub fn meter_takes(part: &str, now: &Meter, then: &Meter) -> bool {
    match part {
        "" => allowance_takes(now, then),
        "overage" => overage_takes(now, then),
        "on_outage" => now.allows_on_outage && !then.allows_on_outage,
        _ => false,
    }
}

/// What a product means by its config only it knows. More of the same is a gain: a flag that is set, a higher number, one
/// more member. Whatever else is different may be a loss.
fn config_takes(now: &Json, then: &Json) -> bool {
    match (now, then) {
        (Json::Null | Json::Bool(false), _) => false,
        (Json::Bool(true), then) => *then == Json::Bool(false) || then.is_null(),
        (Json::Number(now), Json::Number(then)) => match now.as_i64().zip(then.as_i64()) {
            Some((now, then)) => lowers(now, then),
            None => now.as_f64() > then.as_f64(),
        },
        (Json::Object(now), Json::Object(then)) => {
            now.iter().any(|(name, value)| config_takes(value, then.get(name).unwrap_or(&Json::Null)))
        }
        (Json::Array(now), Json::Array(then)) => now.iter().any(|entry| !then.contains(entry)),
        (now, then) => now != then,
    }
}

fn allowance_takes(now: &Meter, then: &Meter) -> bool {
    let counted = |meter: &Meter| if meter.limit < 0 { -1 } else { meter.limit.saturating_mul(meter.unit.size()) };
    let renews = |reset: Reset| matches!(reset, Reset::CalendarMonth | Reset::BillingPeriod);
    let renews_as_before = now.reset == then.reset || renews(then.reset) && now.reset != Reset::Gauge;
    let is_unlimited = then.limit < 0;
    lowers(counted(now), counted(then)) || !is_unlimited && (!renews_as_before || now.is_distinct != then.is_distinct)
}

/// Use beyond the limit that stops earlier, or is dearer.
fn overage_takes(now: &Meter, then: &Meter) -> bool {
    let Some(before) = now.overage else { return false };
    let Some(after) = then.overage else { return then.limit >= 0 };
    // A price is of a unit: the same for a smaller unit is dearer.
    let is_dearer = i128::from(after.unit_price.micros()) * i128::from(now.unit.size())
        > i128::from(before.unit_price.micros()) * i128::from(then.unit.size());
    let stop = |overage: Overage| overage.cap_cents.filter(|_| overage.stops_at_cap).unwrap_or(-1);
    let free = |overage: Overage| overage.cap_cents.filter(|_| !overage.stops_at_cap);
    let is_free_later = match (free(before), free(after)) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(before), Some(after)) => after > before,
    };
    is_dearer || lowers(stop(before), stop(after)) || is_free_later
}
