//! A feature as replies show it.

use serde::Serialize;
use serde_json::Value as Json;
use tallygate::{
    rules::{limit::Limit, role::Role, time::Timestamp},
    usage::{MeterStanding, OverageStanding, Reason, Upgrade},
};

/// The fields that every answer about a feature has; those that its kind does not have are left out.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Feature"))]
#[serde(rename_all = "camelCase")]
pub struct FeatureShown {
    pub feature: String,
    /// `flag`, `config` or `meter`; `null`: the plan does not have it.
    #[cfg_attr(test, schemars(extend("enum" = ["flag", "config", "meter", null])))]
    pub kind: Option<String>,
    pub allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Of a flag or a config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub meter: Option<MeterShown>,
    /// The database could not be reached, and this is what the operator says then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unverified: Option<bool>,
    /// Plans that would allow it; none where it is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upgrade: Option<Vec<Upgrade>>,
}

/// A meter, in units: minutes begun, where seconds are counted.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Meter"))]
#[serde(rename_all = "camelCase")]
pub struct MeterShown {
    /// With what was granted.
    pub limit: Limit,
    /// Of the limit what was granted beside the plan's, where anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted: Option<i64>,
    pub used: i64,
    /// What reservations and calls hold.
    pub reserved: i64,
    /// -1 unlimited.
    pub remaining: i64,
    pub unlimited: bool,
    /// `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("enum" = ["minute", "hour"])))]
    pub unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_quantity: Option<i64>,
    /// `null`: never.
    #[cfg_attr(test, schemars(extend("x-may-be-null" = true)))]
    pub resets_at: Option<Timestamp>,
    #[cfg_attr(test, schemars(extend("x-may-be-null" = true)))]
    pub overage: Option<OverageStanding>,
    /// In `entitlements`: the first of the catalog's alerts was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<bool>,
}

impl MeterShown {
    pub fn of(standing: &MeterStanding) -> Self {
        let unit = match standing.allowance.unit_size {
            60 => Some("minute"),
            3_600 => Some("hour"),
            _ => None,
        };
        Self {
            limit: standing.allowance.limit,
            granted: Some(standing.granted).filter(|granted| *granted > 0 && !standing.allowance.limit.is_unlimited()),
            used: standing.used_units(),
            reserved: standing.reserved_units(),
            remaining: standing.remaining(),
            unlimited: standing.allowance.limit.is_unlimited(),
            unit,
            used_quantity: unit.map(|_| standing.used),
            resets_at: standing.resets_at,
            overage: standing.overage(),
            warning: None,
        }
    }
}

impl FeatureShown {
    /// A meter of the plan, of which so much is asked for; `barred` is a reason that has nothing to do with how it stands.
    pub fn meter(feature: &str, standing: &MeterStanding, quantity: i64, barred: Option<Reason>) -> Self {
        let reason = barred.or_else(|| (!standing.fits(quantity)).then(|| standing.reason()));
        Self { meter: Some(MeterShown::of(standing)), ..Self::of(feature, Some("meter"), reason) }
    }

    /// A flag or a config of the plan.
    pub fn valued(feature: &str, kind: &str, value: Json, runs: bool) -> Self {
        let reason = match (runs, says_yes(&value)) {
            (false, _) => Some(Reason::SubscriptionRequired),
            (true, false) => Some(Reason::FeatureNotInPlan),
            (true, true) => None,
        };
        Self { value: Some(value), ..Self::of(feature, Some(kind), reason) }
    }

    /// What the plan does not have.
    pub fn missing(feature: &str) -> Self {
        Self::of(feature, None, Some(Reason::FeatureNotInPlan))
    }

    /// The same with the plans that would allow it.
    pub fn with_upgrade(self, upgrade: Vec<Upgrade>) -> Self {
        Self { upgrade: Some(upgrade), ..self }
    }

    /// The same of a meter with whether it should warn.
    pub fn with_warning(self, warning: bool) -> Self {
        Self { meter: self.meter.map(|meter| MeterShown { warning: Some(warning), ..meter }), ..self }
    }

    /// What is allowed unseen: nobody knows how it stands.
    pub fn unverified(feature: &str) -> Self {
        Self { unverified: Some(true), ..Self::of(feature, None, None) }
    }

    fn of(feature: &str, kind: Option<&str>, reason: Option<Reason>) -> Self {
        let allowed = reason.is_none();
        Self {
            feature: feature.to_string(),
            kind: kind.map(str::to_string),
            allowed,
            reason,
            value: None,
            meter: None,
            unverified: None,
            upgrade: None,
        }
    }
}

/// Why somebody may use no meter at all.
pub fn barred(runs: bool, role: Role) -> Option<Reason> {
    match (runs, role.uses()) {
        (false, _) => Some(Reason::SubscriptionRequired),
        (true, false) => Some(Reason::Viewer),
        (true, true) => None,
    }
}

/// What the tables hold of a flag or a config, as JSON.
pub fn value(kind: &str, stored: Option<&str>) -> Json {
    match (kind, stored) {
        ("flag", stored) => Json::Bool(stored == Some("1")),
        (_, Some(stored)) => serde_json::from_str(stored).unwrap_or(Json::Null),
        (_, None) => Json::Null,
    }
}

/// Whether a value says yes: anything but `false`, `null` and 0.
pub fn says_yes(value: &Json) -> bool {
    !matches!(value, Json::Null | Json::Bool(false)) && value.as_f64() != Some(0.0)
}
