//! What a plan says of something that is counted.

use toml::{Table, Value};

use super::Reset;
use crate::rules::overage::UnitPrice;

/// The most that one of a kind may weigh, and the most that a limit may be: what is bound as a number stays exact, and
/// no sum of a request leaves 64 bits.
/// A day.
pub(super) const LONGEST_CALL_SECONDS: i64 = 86_400;
pub(super) const MOST_WEIGHT: i64 = 1_000_000;
pub(super) const MOST_LIMIT: i64 = 1_000_000_000_000;
/// A cap in cents.
const MOST_CAP: i64 = 100_000_000_000;
/// Alerts of one meter.
const MOST_ALERTS: usize = 10;

/// A meter of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meter {
    /// In units; -1 unlimited.
    pub limit: i64,
    pub reset: Reset,
    pub unit: Unit,
    /// Counts people, each once a period.
    pub is_distinct: bool,
    /// What goes on beyond the limit, for money.
    pub overage: Option<Overage>,
    pub alerts: Vec<Alert>,
    /// Whether the product goes on when the database cannot be asked.
    pub allows_on_outage: bool,
}

/// What is limited and priced: so many of what is counted, the last one begun counting whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// What is counted itself.
    One,
    /// Counted in seconds.
    Minute,
    Hour,
}

impl Unit {
    const NAMED: [(&'static str, Self); 2] = [("minute", Self::Minute), ("hour", Self::Hour)];

    /// How many of what is counted.
    pub fn size(self) -> i64 {
        match self {
            Self::One => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
        }
    }

    /// The unit of so many.
    pub fn of_size(size: i64) -> Option<Self> {
        [Self::One, Self::Minute, Self::Hour].into_iter().find(|unit| unit.size() == size)
    }
}

/// Use beyond the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overage {
    pub unit_price: UnitPrice,
    /// The most that a period's overage costs.
    pub cap_cents: Option<i64>,
    /// At the cap: a refusal, or use that costs nothing more.
    pub stops_at_cap: bool,
}

/// Told once a period, when so many percent of the limit are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub name: String,
    /// 1 to 1000.
    pub percent: i64,
}

impl Alert {
    fn at(percent: i64) -> Self {
        Self { name: format!("{percent}_percent"), percent }
    }
}

impl Meter {
    /// Reads `{ limit = 120, reset = "billing_period", unit = "minute", overage = { … }, … }`.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub(super) fn read(table: &Table) -> Result<Self, String> {
        only(table, &["limit", "reset", "unit", "distinct", "overage", "alerts", "on_outage"])?;
        let limit = match table.get("limit").and_then(Value::as_integer) {
            Some(limit) if limit > MOST_LIMIT => return Err(format!("a limit must be at most {MOST_LIMIT}")),
            Some(limit) if limit >= -1 => limit,
            Some(_) => return Err("a limit must be -1 (unlimited) or more".to_string()),
            None => return Err("a meter needs a `limit`, a whole number".to_string()),
        };
        let resets = Reset::ALL.map(Reset::as_str).join(", ");
        let reset = table.get("reset").ok_or_else(|| format!("a meter needs a `reset`: {resets}"))?;
        let reset = Reset::ALL.into_iter().find(|known| reset.as_str() == Some(known.as_str()));
        let reset = reset.ok_or_else(|| format!("`reset` must be one of: {resets}"))?;
        let unit = match table.get("unit") {
            None => Unit::One,
            Some(unit) => {
                let known = Unit::NAMED.into_iter().find(|(name, _)| unit.as_str() == Some(name));
                known.ok_or("`unit` must be one of: minute, hour")?.1
            }
        };
        let is_distinct = flag(table, "distinct", false)?;
        let overage = match table.get("overage") {
            Some(overage) => Some(overage_of(overage)?),
            None => None,
        };
        if overage.is_some() && (limit < 0 || reset == Reset::Gauge || is_distinct) {
            return Err("overage needs a limit, and no gauge or distinct meter has any".to_string());
        }
        // What a period came to is billed when it ends: what is counted once ever has none.
        if overage.is_some() && reset == Reset::Once {
            return Err(
                "overage is billed by the period, and a meter that resets `once` has none: it needs another `reset`"
                    .to_string(),
            );
        }
        if is_distinct && (reset == Reset::Gauge || unit != Unit::One) {
            return Err("a distinct meter counts people by the period: it is no gauge and has no unit".to_string());
        }
        let allows_on_outage = match table.get("on_outage").map(Value::as_str) {
            None | Some(Some("deny")) => false,
            Some(Some("allow")) => true,
            Some(_) => return Err("`on_outage` must be one of: deny, allow".to_string()),
        };
        Ok(Self { limit, reset, unit, is_distinct, overage, alerts: alerts(table.get("alerts"))?, allows_on_outage })
    }
}

fn overage_of(value: &Value) -> Result<Overage, String> {
    let table = value.as_table().ok_or("`overage` is written as { unit_price = \"0.10\", cap_cents = 2000 }")?;
    only(table, &["unit_price", "cap_cents", "at_cap"])?;
    let price = table.get("unit_price").and_then(Value::as_str).and_then(UnitPrice::parse);
    let unit_price =
        price.ok_or("`unit_price` is a text with a price above nothing of at most six decimals, as \"0.10\"")?;
    let cap_cents = match table.get("cap_cents") {
        None => None,
        Some(cap) => match cap.as_integer() {
            Some(cap) if (1..=MOST_CAP).contains(&cap) => Some(cap),
            _ => return Err(format!("`cap_cents` must be 1 to {MOST_CAP}")),
        },
    };
    let stops_at_cap = match (table.get("at_cap").map(Value::as_str), cap_cents) {
        (None, _) | (Some(Some("stop")), Some(_)) => true,
        (Some(Some("go_on")), Some(_)) => false,
        (Some(_), None) => return Err("`at_cap` needs a `cap_cents`".to_string()),
        _ => return Err("`at_cap` must be one of: stop, go_on".to_string()),
    };
    Ok(Overage { unit_price, cap_cents, stops_at_cap })
}

fn alerts(value: Option<&Value>) -> Result<Vec<Alert>, String> {
    let Some(value) = value else { return Ok([80, 100].map(Alert::at).to_vec()) };
    let expected = "`alerts` are percentages, as [80, 100], or { name = \"nearly_used\", percent = 90 }";
    let mut alerts: Vec<Alert> = Vec::new();
    for entry in value.as_array().ok_or(expected)? {
        let alert = match (entry.as_integer(), entry.as_table()) {
            (Some(percent), _) => Alert::at(percent),
            (_, Some(table)) => {
                only(table, &["name", "percent"])?;
                let name = table.get("name").and_then(Value::as_str).filter(|name| is_name(name));
                let percent = table.get("percent").and_then(Value::as_integer);
                Alert { name: name.ok_or(expected)?.to_string(), percent: percent.ok_or(expected)? }
            }
            _ => return Err(expected.to_string()),
        };
        if !(1..=1_000).contains(&alert.percent) {
            return Err("an alert's percentage must be 1 to 1000".to_string());
        }
        if matches!(alert.name.as_str(), "overage" | "upgrade_prompt")
            || alerts.iter().any(|one| one.name == alert.name)
        {
            return Err(format!("there is an alert `{}` already", alert.name));
        }
        alerts.push(alert);
    }
    match alerts.len() {
        0..=MOST_ALERTS => Ok(alerts),
        _ => Err(format!("a meter has at most {MOST_ALERTS} alerts")),
    }
}

fn flag(table: &Table, key: &str, otherwise: bool) -> Result<bool, String> {
    match table.get(key) {
        None => Ok(otherwise),
        Some(value) => value.as_bool().ok_or_else(|| format!("`{key}` must be true or false")),
    }
}

pub(super) fn only(table: &Table, known: &[&str]) -> Result<(), String> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        Some(unknown) => Err(format!("unknown key `{unknown}`")),
        None => Ok(()),
    }
}

/// a–z, 0–9 and _, up to 40 of them.
pub(super) fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}
