//! What a change of plan takes away, and what people can do about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::limit::Limit;

/// What a plan gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTerms {
    /// As people read it.
    pub name: String,
    pub seats: Limit,
    pub concurrent_sessions: Limit,
    pub features: BTreeMap<String, Term>,
}

/// What a plan says of one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    Flag(bool),
    /// JSON of the product's own: whether it is there is all that can be told.
    Config,
    Meter(Limit),
}

impl Term {
    /// From the columns `kind`, `value` and `limit_value` of `plan_features`; `None` for a row that its checks forbid.
    pub fn of_row(kind: &str, value: Option<&str>, limit_value: Option<i64>) -> Option<Self> {
        match kind {
            "flag" => Some(Self::Flag(value? == "1")),
            "config" => Some(Self::Config),
            "meter" => Some(Self::Meter(Limit::new(limit_value?))),
            _ => None,
        }
    }

    /// With another limit in place of a meter's own.
    #[must_use]
    pub fn limited_to(self, limit: Limit) -> Self {
        match self {
            Self::Meter(_) => Self::Meter(limit),
            Self::Flag(_) | Self::Config => self,
        }
    }

    /// With what was granted of a meter beside its plan's limit.
    #[must_use]
    pub fn with(self, granted: i64) -> Self {
        match self {
            Self::Meter(limit) => Self::Meter(limit.with(granted)),
            Self::Flag(_) | Self::Config => self,
        }
    }

    fn is_there(self) -> bool {
        self != Self::Flag(false)
    }
}

/// What an organization has in use that will still count when the change takes effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Members and live invitations.
    pub seats: i64,
    /// By feature.
    pub meters: BTreeMap<String, i64>,
}

/// What the change itself takes: an organization that is over a limit which stays as it is loses nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Losses {
    /// The name of the wanted plan.
    pub plan: String,
    /// Flags that turn off, configs and meters that are not there any more.
    pub features: Vec<String>,
    /// Lower limits, used up or not; `seats` and `concurrent_sessions` among them.
    pub limits: Vec<LimitLoss>,
    /// More seats in use than the wanted plan has.
    pub seats: Option<SeatLoss>,
    /// More used than the wanted plan allows.
    pub usage: Vec<UsageLoss>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LimitLoss {
    pub feature: String,
    /// -1 unlimited.
    pub from: Limit,
    pub to: Limit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SeatLoss {
    pub limit: i64,
    pub in_use: i64,
    pub over: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsageLoss {
    pub feature: String,
    /// 0 where the wanted plan has no such meter.
    pub limit: i64,
    pub used: i64,
    pub over: i64,
}

/// What the catalog says of a downgrade below the seats in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OverSeats {
    /// Refused, with what to do first.
    #[default]
    Refuse,
    /// Accepted for the period's end, with a warning.
    Warn,
}

impl OverSeats {
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Refuse, Self::Warn].into_iter().find(|policy| policy.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Warn => "warn",
        }
    }
}

impl Losses {
    pub fn between(current: &PlanTerms, wanted: &PlanTerms, use_: &Use) -> Self {
        let mut losses =
            Self { plan: wanted.name.clone(), features: vec![], limits: vec![], seats: None, usage: vec![] };
        if losses.lowers("seats", current.seats, wanted.seats) {
            losses.seats = SeatLoss::of(use_.seats, wanted.seats);
        }
        losses.lowers("concurrent_sessions", current.concurrent_sessions, wanted.concurrent_sessions);
        for (feature, term) in current.features.iter().filter(|(_, term)| term.is_there()) {
            let wanted_term = wanted.features.get(feature).copied().unwrap_or(Term::Flag(false));
            if !wanted_term.is_there() {
                losses.features.push(feature.clone());
            }
            let Term::Meter(limit) = *term else { continue };
            let wanted_limit = match wanted_term {
                Term::Meter(limit) => limit,
                Term::Flag(false) => Limit::new(0),
                // No longer counted at all.
                Term::Flag(true) | Term::Config => Limit::UNLIMITED,
            };
            let lowered = match wanted_term {
                Term::Meter(_) => losses.lowers(feature, limit, wanted_limit),
                Term::Flag(_) | Term::Config => is_lower(limit, wanted_limit),
            };
            let used = use_.meters.get(feature).copied().unwrap_or(0);
            if let Some(over) = over(used, wanted_limit).filter(|_| lowered) {
                losses.usage.push(UsageLoss { feature: feature.clone(), limit: wanted_limit.value(), used, over });
            }
        }
        losses
    }

    /// The same for a plan that is bought anew: it must have a seat for everybody who is in, also where the plan before it had no
    /// more seats.
    #[must_use]
    pub fn of_purchase(self, wanted: &PlanTerms, use_: &Use) -> Self {
        Self { seats: SeatLoss::of(use_.seats, wanted.seats), ..self }
    }

    pub fn is_empty(&self) -> bool {
        self.features.is_empty() && self.limits.is_empty() && self.seats.is_none() && self.usage.is_empty()
    }

    /// Whether the change is refused. Only seats refuse one: usage stops at its limit by itself, while members that
    /// are one too many would have to be chosen by somebody.
    pub fn blocks(&self, policy: OverSeats) -> bool {
        policy == OverSeats::Refuse && self.seats.is_some()
    }

    /// A sentence for each thing that people can do before the change.
    pub fn what_to_do(&self) -> Vec<String> {
        let plan = &self.plan;
        let seats = self.seats.iter().map(|SeatLoss { limit, in_use, over }| {
            let (members, invitations) =
                if *over == 1 { ("member", "an invitation") } else { ("members", "invitations") };
            let seats = if *limit == 1 { "seat" } else { "seats" };
            let are = if *in_use == 1 { "is" } else { "are" };
            format!(
                "Remove {over} {members} or revoke {invitations}: the {plan} plan has {limit} {seats} and {in_use} \
                 {are} in use."
            )
        });
        let usage = self.usage.iter().map(|UsageLoss { feature, limit, used, over }| {
            let are = if *used == 1 { "is" } else { "are" };
            format!(
                "Reduce {feature} by {over} or expect no more until it starts anew: the {plan} plan allows {limit} \
                 and {used} {are} used."
            )
        });
        seats.chain(usage).collect()
    }

    /// Notes a limit that becomes lower; whether it does.
    fn lowers(&mut self, feature: &str, from: Limit, to: Limit) -> bool {
        let lowers = is_lower(from, to);
        if lowers {
            self.limits.push(LimitLoss { feature: feature.to_string(), from, to });
        }
        lowers
    }
}

impl SeatLoss {
    /// `None` where the limit has a seat for everybody.
    fn of(in_use: i64, limit: Limit) -> Option<Self> {
        over(in_use, limit).map(|over| Self { limit: limit.value(), in_use, over })
    }
}

fn is_lower(from: Limit, to: Limit) -> bool {
    !to.is_unlimited() && (from.is_unlimited() || to.value() < from.value())
}

/// How much more is in use than the limit allows.
fn over(used: i64, limit: Limit) -> Option<i64> {
    let over = used.saturating_sub(limit.value());
    (!limit.is_unlimited() && over > 0).then_some(over)
}

#[cfg(test)]
mod tests;
