//! `entitlements`: everything that the organization has, for a client's start.

use serde::Serialize;
use tallygate::{
    given_columns, given_joined,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    plan_overrides::Override,
    rules::{
        limit::Limit,
        role::Role,
        subscription::WITHOUT_END,
        time::{Span, Timestamp},
    },
    scoped,
    store::{Row, Statement, StoreError},
    usage::{features, MeterStanding},
};

use crate::feature::{barred, value, FeatureShown};

pub struct Entitlements;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Entitled<'a> {
    organization: Organization<'a>,
    plan: Plan<'a>,
    role: Role,
    seats: Seats,
    features: Vec<FeatureShown>,
    packages: Vec<PackageShown<'a>>,
    /// What the operator has given in place of what the plan says.
    overrides: Vec<Override>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organization<'a> {
    id: &'a str,
    name: &'a str,
    is_personal: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Plan<'a> {
    id: &'a str,
    name: &'a str,
    /// The plan that is paid for: another one where the operator has given what `plan` has.
    paid_plan: &'a str,
    #[cfg_attr(test, schemars(with = "tallygate::rules::subscription::Status"))]
    status: &'a str,
    /// Whether the features may be used now.
    runs: bool,
    /// What the owner should do something about.
    warning: Option<Warning>,
    trial_ends_at: Option<Timestamp>,
    /// When what costs money stops, unless something is paid; `null`: it goes on.
    access_until: Option<Timestamp>,
}

#[derive(Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PlanWarning"))]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Nothing that costs money goes on.
    SubscriptionRequired,
    /// It goes on for the days of grace.
    PaymentFailed,
    /// Within three days.
    TrialEnding,
}

impl Warning {
    fn of(status: &str, access_until: Timestamp, now: Timestamp) -> Option<Self> {
        match status {
            _ if access_until <= now => Some(Self::SubscriptionRequired),
            "past_due" => Some(Self::PaymentFailed),
            "trialing" if access_until <= now + Span::days(3) => Some(Self::TrialEnding),
            _ => None,
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Seats {
    used: i64,
    limit: Limit,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Package"))]
#[serde(rename_all = "camelCase")]
pub struct PackageShown<'a> {
    id: &'a str,
    name: &'a str,
    category: &'a str,
    available: bool,
    minimum_plan: Option<&'a str>,
}

impl Entitlements {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Entitlements {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            features(context),
            Statement::new(
                "packages",
                scoped!(
                    "SELECT package.id, package.name, package.category, package.minimum_plan_id, package.requires_subscription,
  CASE WHEN package.minimum_plan_id IS NULL THEN 1 WHEN least.position <= own.position THEN 1 ELSE 0 END AS is_opened
FROM membership
JOIN plans own ON own.id = membership.plan_id
CROSS JOIN packages package
LEFT JOIN plans least ON least.id = package.minimum_plan_id
WHERE package.retired = 0
ORDER BY package.position"
                ),
            ),
            Statement::new(
                "standing",
                scoped!(
                    "SELECT membership.trial_ends_at, (
  SELECT COUNT(*) FROM organization_members member WHERE member.organization_id = membership.organization_id) AS members,
  ", given_columns!(), "
FROM membership
", given_joined!()
                ),
            ),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let runs = context.now < membership.access_until;
        let features = found.rows("features")?.iter().map(|row| shown(row, runs, membership.role));
        let features = found.stored(features.collect::<Result<Vec<_>, _>>())?;
        let packages = found.rows("packages")?.iter().map(|row| package(row, runs));
        let packages = found.stored(packages.collect::<Result<Vec<_>, _>>())?;
        let standing = found.first("standing")?.ok_or_else(|| found.broken("a membership has no standing"))?;
        let read = || Ok((standing.integer("members")?, standing.optional_timestamp("trial_ends_at")?));
        let (members, trial_ends_at) = found.stored(read())?;
        let reply = Entitled {
            organization: Organization {
                id: membership.organization_id.as_str(),
                name: &membership.organization_name,
                is_personal: membership.is_personal,
            },
            plan: Plan {
                id: &membership.plan_id,
                name: &membership.plan_name,
                paid_plan: &membership.paid_plan_id,
                status: &membership.subscription_status,
                runs,
                warning: Warning::of(&membership.subscription_status, membership.access_until, context.now),
                trial_ends_at,
                access_until: Some(membership.access_until).filter(|until| *until < WITHOUT_END),
            },
            role: membership.role,
            seats: Seats { used: members, limit: membership.seats },
            features,
            packages,
            overrides: Override::list(found, "standing")?,
        };
        Ok(Reply::ok(&format!("{} is on the {} plan.", membership.organization_name, membership.plan_name), &reply))
    }
}

/// A feature of the plan, without what would help.
fn shown(row: &Row, runs: bool, role: Role) -> Result<FeatureShown, StoreError> {
    let (kind, feature) = (row.text("kind")?, row.text("feature")?);
    Ok(match kind {
        "meter" => {
            let standing = MeterStanding::read(row)?;
            let shown = FeatureShown::meter(feature, &standing, 1, barred(runs, role));
            shown.with_warning(row.optional_integer("warns_at")?.is_some_and(|percent| standing.has_used(percent)))
        }
        _ => FeatureShown::valued(feature, kind, value(kind, row.optional_text("value")?), runs),
    })
}

/// A package, open to the plan or not.
fn package(row: &Row, runs: bool) -> Result<PackageShown<'_>, StoreError> {
    let minimum_plan = row.optional_text("minimum_plan_id")?;
    let is_free = minimum_plan.is_none() && !row.flag("requires_subscription")?;
    Ok(PackageShown {
        id: row.text("id")?,
        name: row.text("name")?,
        category: row.text("category")?,
        available: row.flag("is_opened")? && (runs || is_free),
        minimum_plan,
    })
}
