//! What the two plans hold, and so what is gained and lost.

use std::collections::BTreeMap;

use serde::Serialize;
use tallygate::{
    http::{founded_teams, BatchRows, Refusal},
    rules::{
        limit::Limit,
        losses::{Losses, PlanTerms, Term, Use},
    },
    store::{Statement, StoreError},
};

use super::{
    offer::{choices, offer, offered, Offer, Plan},
    request::ConversionRequest,
};

/// The statements that read what a conversion is judged by, before anything is changed.
pub fn statements(requested: &ConversionRequest) -> Vec<Statement> {
    vec![offer(requested), choices(), terms(requested), founded_teams()]
}

/// The statement that reads the features of both plans.
pub fn terms(requested: &ConversionRequest) -> Statement {
    requested.bind(Statement::new(
        "terms",
        offered!(
            "SELECT plan_features.plan_id, plan_features.feature, plan_features.kind, plan_features.value,
  plan_features.limit_value
FROM offer JOIN plan_features ON plan_features.plan_id IN (offer.plan_id, offer.from_plan_id)
ORDER BY plan_features.feature"
        ),
    ))
}

/// What the new plan has that the present one has not.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Gains {
    features: Vec<String>,
    /// Higher limits; `seats` and `concurrent_sessions` among them.
    limits: Vec<LimitGain>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LimitGain {
    feature: String,
    from: Limit,
    /// -1 unlimited.
    to: Limit,
}

impl Gains {
    /// What the way back would lose.
    fn of(way_back: Losses) -> Self {
        let limits = way_back.limits.into_iter();
        let limits = limits.map(|loss| LimitGain { feature: loss.feature, from: loss.to, to: loss.from });
        Self { features: way_back.features, limits: limits.collect() }
    }
}

/// What is gained and what is lost.
pub fn gains_and_losses(offer: &Offer, found: &BatchRows<'_>) -> Result<(Gains, Losses), Refusal> {
    changes(&offer.from, &offer.to, found)
}

/// The same from one plan to another, of the rows `terms`.
pub fn changes(from: &Plan, to: &Plan, found: &BatchRows<'_>) -> Result<(Gains, Losses), Refusal> {
    let rows = found.rows("terms")?;
    let features = |plan: &Plan| -> Result<_, StoreError> {
        let mut features = BTreeMap::new();
        for row in rows {
            if row.text("plan_id")? != plan.id {
                continue;
            }
            let (feature, value) = (row.text("feature")?, row.optional_text("value")?);
            let term = Term::of_row(row.text("kind")?, value, row.optional_integer("limit_value")?);
            let term = term.ok_or_else(|| StoreError::Broken(format!("no term: {feature}")))?;
            features.insert(feature.to_string(), term);
        }
        let (seats, concurrent_sessions) = (plan.seats, plan.concurrent_sessions);
        Ok(PlanTerms { name: plan.name.clone(), seats, concurrent_sessions, features })
    };
    let (from, to) = (found.stored(features(from))?, found.stored(features(to))?);
    let alone = Use { seats: 1, ..Use::default() };
    Ok((Gains::of(Losses::between(&to, &from, &alone)), Losses::between(&from, &to, &alone)))
}
