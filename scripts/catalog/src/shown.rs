//! What a plan says, in words for a table.

use tallygate::rules::catalog::{Audience, Feature, Meter, Reset, StripePrice, Unit};

/// One thing that a plan says of a feature.
pub struct Part {
    /// Empty for what the feature is, else what of it.
    pub name: &'static str,
    pub text: String,
}

/// A feature, taken apart into what can change by itself.
pub fn parts(feature: &Feature) -> Vec<Part> {
    match feature {
        Feature::Flag(flag) => vec![Part { name: "", text: yes(*flag) }],
        Feature::Config(json) => vec![Part { name: "", text: json.clone() }],
        Feature::Meter(meter) => meter_parts(meter),
    }
}

/// The same of a meter: as many of every one.
pub fn meter_parts(meter: &Meter) -> Vec<Part> {
    vec![
        Part { name: "", text: allowance(meter) },
        Part { name: "overage", text: overage(meter) },
        Part { name: "alerts", text: alerts(meter) },
        Part { name: "on_outage", text: if meter.allows_on_outage { "allow" } else { "deny" }.to_string() },
    ]
}

/// `120 minutes a billing period`.
fn allowance(meter: &Meter) -> String {
    let unit = match (meter.unit, meter.is_distinct) {
        (Unit::One, false) => "",
        (Unit::One, true) => " people",
        (Unit::Minute, _) => " minutes",
        (Unit::Hour, _) => " hours",
    };
    let span = match meter.reset {
        Reset::CalendarMonth => "a calendar month",
        Reset::BillingPeriod => "a billing period",
        Reset::Once => "once",
        Reset::Gauge => "at a time",
    };
    format!("{}{unit} {span}", amount(meter.limit))
}

/// `0.10 each, at most 20.00, then stop`.
fn overage(meter: &Meter) -> String {
    let Some(overage) = meter.overage else { return "none".to_string() };
    let each = match meter.unit {
        Unit::One => "each",
        Unit::Minute => "a minute",
        Unit::Hour => "an hour",
    };
    let cap = match (overage.cap_cents, overage.stops_at_cap) {
        (None, _) => "no cap".to_string(),
        (Some(cap), true) => format!("at most {}, then stop", money(cap)),
        (Some(cap), false) => format!("at most {}, then free", money(cap)),
    };
    format!("{} {each}, {cap}", overage.unit_price.decimal())
}

fn alerts(meter: &Meter) -> String {
    let shown = meter.alerts.iter().map(|alert| match alert.name == format!("{}_percent", alert.percent) {
        true => format!("{} %", alert.percent),
        false => format!("{} at {} %", alert.name, alert.percent),
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    if shown.is_empty() {
        "none".to_string()
    } else {
        shown
    }
}

/// A limit: -1 is unlimited.
pub fn amount(limit: i64) -> String {
    if limit < 0 {
        "unlimited".to_string()
    } else {
        limit.to_string()
    }
}

pub fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// A price; without one a plan is not sold by itself.
pub fn price(cents: Option<i64>) -> String {
    cents.map_or_else(|| "not sold".to_string(), money)
}

pub fn yes(flag: bool) -> String {
    if flag { "yes" } else { "no" }.to_string()
}

pub fn audience(audience: Option<Audience>) -> String {
    audience.map_or("nobody", Audience::as_str).to_string()
}

pub fn days(days: Option<i64>) -> String {
    match days {
        None => "as the operator says".to_string(),
        Some(-1) => "for ever".to_string(),
        Some(days) => format!("{days} days"),
    }
}

/// The Stripe price by which a plan is sold.
pub fn sold_by(prices: &[StripePrice], interval: &str) -> String {
    let offered = prices.iter().find(|price| !price.former && price.interval == interval);
    offered.map_or_else(|| "none".to_string(), |price| price.id.clone())
}
