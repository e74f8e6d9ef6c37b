//! `plans`: the catalog as a pricing page needs it, for anybody.

use serde::Serialize;
use serde_json::Value as Json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope, Staleness},
    rules::{limit::Limit, money::Cents, plan_change::annual_savings},
    store::{Row, Statement, StoreError},
};

pub struct Plans;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Catalog {
    name: String,
    currency: String,
    /// In the order of upgrades.
    plans: Vec<Plan>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    id: String,
    name: String,
    audience: String,
    /// A later one is an upgrade.
    position: i64,
    price_month_cents: Option<Cents>,
    price_year_cents: Option<Cents>,
    /// What a year costs less than twelve months.
    annual_savings_cents: Option<Cents>,
    can_be_bought_by: Vec<String>,
    sales_contact: Option<String>,
    seats: Limit,
    concurrent_sessions: Limit,
    trial_days: i64,
    /// New organizations start on it.
    is_start: bool,
    features: Vec<Feature>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Feature {
    Flag { feature: String, included: bool },
    Config { feature: String, value: Json },
    Meter { feature: String, limit: Limit, reset: String },
}

impl Plans {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Plans {
    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfEverybody)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![
            Statement::new("catalog", "SELECT name, currency FROM catalog_settings WHERE id = 1"),
            // Every plan that is offered, with whether Stripe sells it by the month and by the year.
            Statement::new(
                "plans",
                "SELECT plans.id, plans.name, plans.audience, plans.position, plans.price_month_cents,
  plans.price_year_cents, plans.sales_contact, plans.seats, plans.concurrent_sessions, plans.trial_days,
  CASE WHEN plans.starts IS NULL THEN 0 ELSE 1 END AS is_start,
  (SELECT COUNT(*) FROM plan_prices WHERE plan_id = plans.id AND billing_interval = 'month' AND offered = 1) AS by_month,
  (SELECT COUNT(*) FROM plan_prices WHERE plan_id = plans.id AND billing_interval = 'year' AND offered = 1) AS by_year
FROM plans WHERE plans.retired = 0 ORDER BY plans.position, plans.id",
            ),
            Statement::new(
                "features",
                "SELECT plan_features.plan_id, plan_features.feature, plan_features.kind, plan_features.value,
  plan_features.limit_value, plan_features.reset
FROM plan_features JOIN plans ON plans.id = plan_features.plan_id AND plans.retired = 0
ORDER BY plan_features.plan_id, plan_features.feature",
            ),
        ]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let settings = found.first("catalog")?;
        let features = found.rows("features")?;
        let catalog = found.stored((|| {
            Ok(Catalog {
                name: settings.map(|row| row.text("name")).transpose()?.unwrap_or_default().to_string(),
                currency: settings.map(|row| row.text("currency")).transpose()?.unwrap_or("usd").to_string(),
                plans: Vec::new(),
            })
        })())?;
        let plans = found.rows("plans")?.iter().map(|row| Plan::read(row, features));
        let plans = found.stored(plans.collect::<Result<Vec<_>, StoreError>>())?;
        let message = format!("{} plans, in the order of upgrades.", plans.len());
        Ok(Reply::ok(&message, &Catalog { plans, ..catalog }))
    }
}

impl Plan {
    fn read(row: &Row, features: &[Row]) -> Result<Self, StoreError> {
        let id = row.text("id")?;
        let price = |column: &str| Ok(row.optional_integer(column)?.map(Cents));
        let (month, year) = (price("price_month_cents")?, price("price_year_cents")?);
        let mut can_be_bought_by = Vec::new();
        for (column, interval) in [("by_month", "month"), ("by_year", "year")] {
            if row.flag(column)? {
                can_be_bought_by.push(interval.to_string());
            }
        }
        let mut own = Vec::new();
        for feature in features {
            if feature.text("plan_id")? == id {
                own.push(Feature::read(feature)?);
            }
        }
        Ok(Self {
            id: id.to_string(),
            name: row.text("name")?.to_string(),
            audience: row.text("audience")?.to_string(),
            position: row.integer("position")?,
            price_month_cents: month,
            price_year_cents: year,
            annual_savings_cents: annual_savings(month, year),
            can_be_bought_by,
            sales_contact: row.optional_text("sales_contact")?.map(str::to_string),
            seats: Limit::new(row.integer("seats")?),
            concurrent_sessions: Limit::new(row.integer("concurrent_sessions")?),
            trial_days: row.integer("trial_days")?,
            is_start: row.flag("is_start")?,
            features: own,
        })
    }
}

impl Feature {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let feature = row.text("feature")?.to_string();
        match row.text("kind")? {
            "flag" => Ok(Self::Flag { feature, included: row.text("value")? == "1" }),
            "config" => {
                let value = serde_json::from_str(row.text("value")?);
                let value = value.map_err(|error| StoreError::Broken(format!("{feature}: {error}")))?;
                Ok(Self::Config { feature, value })
            }
            "meter" => Ok(Self::Meter {
                feature,
                limit: Limit::new(row.integer("limit_value")?),
                reset: row.text("reset")?.to_string(),
            }),
            other => Err(StoreError::Broken(format!("no kind of feature: {other}"))),
        }
    }
}
