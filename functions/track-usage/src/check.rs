//! `check`: may this be used, and how does it stand. It changes nothing.

use serde::Serialize;
use serde_json::Value as Json;
use tallygate::{
    http::{BatchRows, Call, Membership, Operation, Refusal, Reply, RequestContext, Staleness},
    store::{Row, Statement, StoreError},
    usage::{features, wanted, MeterStanding, Upgrade, Wanted, MOST_AT_ONCE},
};

use crate::feature::{barred, says_yes, value, FeatureShown};

/// The most features of one request.
pub const MOST_FEATURES: usize = 50;

pub struct Check {
    asked: Asked,
    quantity: i64,
}

enum Asked {
    One(Wanted),
    Several(Vec<String>),
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Several {
    features: Vec<FeatureShown>,
}

impl Check {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let quantity = call.fields.count("quantity", 1, MOST_AT_ONCE)?.unwrap_or(1);
        let asked = match call.fields.get("features") {
            Some(names) => Asked::Several(several(names)?),
            None => Asked::One(wanted(call.fields)?),
        };
        Ok(Box::new(Self { asked, quantity }))
    }
}

/// The answer where the database cannot be reached, and the operator lets the product go on.
pub fn unverified(name: &str) -> Reply {
    Reply::ok(&format!("{name} is allowed, unverified."), &FeatureShown::unverified(name))
}

fn several(names: &Json) -> Result<Vec<String>, Refusal> {
    let is_name = |name: &str| (1..=255).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic());
    let names: Option<Vec<String>> = names.as_array().and_then(|names| {
        names.iter().map(|name| name.as_str().filter(|name| is_name(name)).map(str::to_string)).collect()
    });
    match names {
        Some(names) if (1..=MOST_FEATURES).contains(&names.len()) => Ok(names),
        _ => Err(Refusal::invalid("features", format!("must be a list of 1 to {MOST_FEATURES} names"))),
    }
}

impl Operation for Check {
    fn staleness(&self, context: &RequestContext) -> Option<Staleness> {
        // Who names a session asks whether it still holds.
        Some(if context.browser.is_some() { Staleness::ActedUpon } else { Staleness::OfOneself })
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let mut statements = vec![features(context), later_plans()];
        if let Asked::One(Wanted { event_type: Some(name), .. }) = &self.asked {
            let named = "SELECT feature, weight FROM event_types WHERE event_type = :event_type";
            statements.push(Statement::new("event_type", named).with("event_type", name.as_str()));
        }
        statements
    }

    fn on_outage(&self, allowed: &[&str]) -> Option<Reply> {
        match &self.asked {
            Asked::One(wanted) => allowed.contains(&wanted.name()).then(|| unverified(wanted.name())),
            // Of several all are allowed, or nobody knows.
            Asked::Several(names) => names.iter().all(|name| allowed.contains(&name.as_str())).then(|| {
                let features: Vec<_> = names.iter().map(|name| FeatureShown::unverified(name)).collect();
                Reply::ok(&format!("{} are allowed, unverified.", features.len()), &Several { features })
            }),
        }
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        match &self.asked {
            Asked::Several(names) => {
                let shown = names.iter().map(|name| self.shown(context, found, membership, name, 1, "features"));
                let features = shown.collect::<Result<Vec<_>, _>>()?;
                let allowed = features.iter().filter(|feature| feature.allowed).count();
                Ok(Reply::ok(&format!("{allowed} of {} are allowed.", features.len()), &Several { features }))
            }
            Asked::One(wanted) => {
                let read = |row: &Row| -> Result<_, StoreError> {
                    Ok((row.text("feature")?.to_string(), row.integer("weight")?))
                };
                let (name, weight) = match &wanted.feature {
                    Some(feature) => (feature.clone(), 1),
                    None => match found.first("event_type")? {
                        Some(row) => found.stored(read(row))?,
                        None => {
                            let problem = format!("names nothing that is counted here: {}", wanted.name());
                            return Err(Refusal::invalid("eventType", problem));
                        }
                    },
                };
                let shown = self.shown(context, found, membership, &name, weight, wanted.field())?;
                let message = match shown.allowed {
                    true => format!("{name} is allowed."),
                    false => format!("{name} is not allowed."),
                };
                Ok(Reply::ok(&message, &shown))
            }
        }
    }
}

/// Every later plan with what it says of each feature: what would allow what is not.
fn later_plans() -> Statement {
    Statement::new(
        "later_plans",
        tallygate::scoped!(
            tallygate::later_plans!(),
            "
ORDER BY plan.position"
        ),
    )
}

impl Check {
    fn shown(
        &self,
        context: &RequestContext,
        found: &BatchRows<'_>,
        membership: &Membership,
        name: &str,
        weight: i64,
        field: &'static str,
    ) -> Result<FeatureShown, Refusal> {
        let quantity = self.quantity.saturating_mul(weight);
        let named = |row: &&Row| row.text("feature").is_ok_and(|feature| feature == name);
        let within = name.split_once('.');
        let config = |row: &&Row| {
            let of = within.is_some_and(|(config, _)| row.text("feature").is_ok_and(|feature| feature == config));
            of && row.text("kind").is_ok_and(|kind| kind == "config")
        };
        let pick = |statement: &str| -> Result<Option<Row>, Refusal> {
            let rows = found.rows(statement)?;
            Ok(rows.iter().find(named).or_else(|| rows.iter().find(config)).cloned())
        };
        let Some(row) = pick("features")? else {
            let later = found.rows("later_plans")?;
            if !later.iter().any(|row| named(&row) || config(&row)) && !self.is_several() {
                return Err(Refusal::invalid(field, format!("names no feature of this catalog: {name}")));
            }
            return Ok(FeatureShown::missing(name).with_upgrade(self.upgrades(found, name, None, quantity)?));
        };
        let kind = found.stored(row.text("kind"))?;
        let runs = context.now < membership.access_until;
        if kind == "meter" {
            let standing = found.stored(MeterStanding::read(&row))?;
            let upgrade = match standing.fits(quantity) {
                true => Vec::new(),
                false => self.upgrades(found, name, Some(&standing), quantity)?,
            };
            let shown = FeatureShown::meter(name, &standing, quantity, barred(runs, membership.role));
            return Ok(shown.with_upgrade(upgrade));
        }
        let whole = value(kind, found.stored(row.optional_text("value"))?);
        let is_whole = found.stored(row.text("feature"))? == name;
        let value = if is_whole { whole } else { inside(&whole, name) };
        let upgrade = match says_yes(&value) {
            true => Vec::new(),
            false => self.upgrades(found, name, None, quantity)?,
        };
        Ok(FeatureShown::valued(name, kind, value, runs).with_upgrade(upgrade))
    }

    fn is_several(&self) -> bool {
        matches!(self.asked, Asked::Several(_))
    }

    /// The later plans that would allow it.
    fn upgrades(
        &self,
        found: &BatchRows<'_>,
        name: &str,
        standing: Option<&MeterStanding>,
        quantity: i64,
    ) -> Result<Vec<Upgrade>, Refusal> {
        let mut upgrades = Vec::new();
        for row in found.rows("later_plans")? {
            let feature = found.stored(row.text("feature"))?;
            let is_config = feature != name && name.split_once('.').is_some_and(|(config, _)| config == feature);
            if feature != name && !is_config {
                continue;
            }
            if is_config {
                let whole = value("config", found.stored(row.optional_text("value"))?);
                if !says_yes(&inside(&whole, name)) {
                    continue;
                }
            }
            upgrades.extend(found.stored(Upgrade::read(row, standing, quantity))?);
        }
        Ok(upgrades)
    }
}

/// What a config holds under the rest of a dotted name: `features.sso` is the member `sso` of the config `features`.
fn inside(whole: &Json, name: &str) -> Json {
    let mut value = whole;
    for part in name.split('.').skip(1) {
        match value.get(part) {
            Some(inner) => value = inner,
            None => return Json::Null,
        }
    }
    value.clone()
}
