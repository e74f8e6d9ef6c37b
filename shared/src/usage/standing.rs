//! How a meter stands: what replies show of it.

use serde::Serialize;

use crate::{
    rules::{
        limit::Limit,
        money::Cents,
        overage::{Allowance, Beyond, UnitPrice},
        time::Timestamp,
    },
    store::{Row, StoreError},
};

/// Why something may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema), schemars(rename = "DenialReason"))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    LimitReached,
    OverageCapReached,
    FeatureNotInPlan,
    SubscriptionRequired,
    Viewer,
}

/// A meter at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterStanding {
    /// With what was granted.
    pub allowance: Allowance,
    /// Units of the limit that were granted beside the plan's.
    pub granted: i64,
    /// In what is counted.
    pub used: i64,
    /// What reservations hold, in what is counted.
    pub reserved: i64,
    /// What the period costs beyond the limit so far.
    pub charged_cents: i64,
    /// `None`: never.
    pub resets_at: Option<Timestamp>,
}

/// What goes on beyond the limit, and what the period costs by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OverageStanding {
    pub allowed: bool,
    /// Of a unit, as `"0.10"`; `null`: nothing goes on by the terms of now, and what is charged was charged by others before.
    pub unit_price: Option<String>,
    pub charged_cents: i64,
    pub cap_cents: Option<i64>,
}

/// A later plan that would allow what was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Upgrade {
    pub plan: String,
    pub name: String,
    pub price_month_cents: Option<i64>,
    pub price_year_cents: Option<i64>,
    /// Of a meter; -1 unlimited.
    pub limit: Option<i64>,
}

/// The columns of a plan's meter as what decides, with so much granted beside.
fn allowance(row: &Row, granted: i64) -> Result<Allowance, StoreError> {
    let limit = Limit::new(row.integer("limit_value")?);
    let beyond = match row.optional_integer("unit_price_micros")?.and_then(UnitPrice::of_micros) {
        Some(unit_price) => Some(Beyond {
            unit_price,
            cap: row.optional_integer("cap_cents")?.map(Cents),
            stops_at_cap: row.flag("stops_at_cap")?,
        }),
        None => None,
    };
    Ok(Allowance {
        limit: if limit.is_unlimited() { limit } else { Limit::new(limit.value().saturating_add(granted)) },
        unit_size: row.integer("unit_size")?.max(1),
        overage: beyond,
    })
}

impl MeterStanding {
    /// Of a row that has the plan's columns beside `used`, `reserved`, `granted`, `charged` and `period_end`.
    ///
    /// # Errors
    /// A fault in reading the row.
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let is_unlimited = Limit::new(row.optional_integer("limit_value")?.unwrap_or_default()).is_unlimited();
        let granted = if is_unlimited { 0 } else { row.integer("granted")? };
        Ok(Self {
            allowance: allowance(row, granted)?,
            granted,
            used: row.integer("used")?,
            reserved: row.integer("reserved")?,
            charged_cents: row.integer("charged")?,
            resets_at: row.optional_timestamp("period_end")?,
        })
    }

    /// As it was at the ledger's row beside it, also where the plan of that day has no such meter any more: then what was counted
    /// is what was limited. What was granted is told by a request that is answered for the first time.
    pub(super) fn then(row: &Row, is_in_plan: bool) -> Result<Self, StoreError> {
        let limit = Limit::new(row.integer("limit_then")?);
        let (allowance, of_plan) = match is_in_plan {
            true => (Allowance { limit, ..allowance(row, 0)? }, row.integer("limit_value")?),
            false => (Allowance { limit, unit_size: 1, overage: None }, limit.value()),
        };
        let tells_granted = !limit.is_unlimited() && !row.flag("is_replayed")?;
        Ok(Self {
            allowance,
            granted: if tells_granted { limit.value().saturating_sub(of_plan).max(0) } else { 0 },
            used: row.integer("period_total")?,
            reserved: row.integer("reserved_then")?,
            charged_cents: row.integer("charged_then")?,
            resets_at: row.optional_timestamp("period_end_then")?,
        })
    }

    /// How much more may be counted or held; `None` without end.
    pub fn room(&self) -> Option<i64> {
        self.allowance.room(self.used, Cents(self.charged_cents)).map(|room| room.saturating_sub(self.reserved))
    }

    /// Whether so many more fit.
    pub fn fits(&self, quantity: i64) -> bool {
        self.room().is_none_or(|room| quantity <= room)
    }

    /// Units begun.
    pub fn used_units(&self) -> i64 {
        self.allowance.units(self.used)
    }

    /// Units that reservations hold, beside those that were begun.
    pub fn reserved_units(&self) -> i64 {
        self.allowance.units(self.used.saturating_add(self.reserved)).saturating_sub(self.used_units())
    }

    /// Units included that are neither used nor held; -1 unlimited.
    pub fn remaining(&self) -> i64 {
        self.allowance.limit.remaining(self.used_units().saturating_add(self.reserved_units()))
    }

    /// Whether so many percent of the limit are used; never of what has none.
    pub fn has_used(&self, percent: i64) -> bool {
        let limit = self.allowance.limit.value();
        limit > 0 && self.used_units().saturating_mul(100) >= percent.saturating_mul(limit)
    }

    /// `None` where nothing goes on beyond the limit and the period costs nothing. What was charged is told also where the plan
    /// of now has no price: it is settled with the period all the same.
    pub fn overage(&self) -> Option<OverageStanding> {
        let beyond = self.allowance.overage;
        (beyond.is_some() || self.charged_cents > 0).then(|| OverageStanding {
            allowed: beyond.is_some() && self.fits(1),
            unit_price: beyond.map(|beyond| beyond.unit_price.decimal()),
            charged_cents: self.charged_cents,
            cap_cents: beyond.and_then(|beyond| beyond.cap).map(|cap| cap.0),
        })
    }

    /// Why no more fits.
    pub fn reason(&self) -> Reason {
        match self.allowance.overage {
            Some(_) => Reason::OverageCapReached,
            None => Reason::LimitReached,
        }
    }
}

impl Upgrade {
    /// The plan of the row, where it would allow so many more of what stands so; `None` where it would not.
    ///
    /// # Errors
    /// A fault in reading the row.
    pub fn read(row: &Row, standing: Option<&MeterStanding>, quantity: i64) -> Result<Option<Self>, StoreError> {
        let is_meter = row.text("kind")? == "meter";
        let allows = if is_meter {
            let used = standing.map_or(0, |standing| standing.used);
            let reserved = standing.map_or(0, |standing| standing.reserved);
            let charged = standing.map_or(0, |standing| standing.charged_cents);
            let wish = quantity.saturating_add(reserved);
            // What was granted stays with whoever it was granted to.
            let granted = standing.map_or(0, |standing| standing.granted);
            allowance(row, granted)?.room(used, Cents(charged)).is_none_or(|room| wish <= room)
        } else {
            !matches!(row.optional_text("value")?, None | Some("0" | "false" | "null"))
        };
        Ok(allows.then_some(Self {
            plan: row.text("id")?.to_string(),
            name: row.text("name")?.to_string(),
            price_month_cents: row.optional_integer("price_month_cents")?,
            price_year_cents: row.optional_integer("price_year_cents")?,
            limit: if is_meter { row.optional_integer("limit_value")? } else { None },
        }))
    }
}
