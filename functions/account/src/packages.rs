//! `packages`: the product's content by category, which of it is open, and what would open the rest; `open-package` counts a
//! use.

use serde::Serialize;
use serde_json::{json, Value as Json};
use tallygate::{
    http::{
        limit_details, remembering, BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule, Staleness,
    },
    is_recent_request, recent_requests_with_this,
    rules::time::Timestamp,
    scoped, session_is_proven,
    store::{Lock, Row, Statement, StoreError},
};

/// Of rows `membership`, `package`, `own` (the membership's plan) and `least` (the package's, where it has one): the plan opens
/// it. What needs neither a subscription nor a plan is open for everybody.
macro_rules! plan_opens {
    () => {
        "(package.minimum_plan_id IS NULL OR least.position <= own.position)
    AND (membership.access_until > :now OR package.minimum_plan_id IS NULL AND package.requires_subscription = 0)"
    };
}

/// Of a row `held` of `user_packages`: a grant opens it, for a while yet and once more.
macro_rules! grant_opens {
    () => {
        "held.granted_at IS NOT NULL AND (held.grant_ends_at IS NULL OR held.grant_ends_at > :now)
    AND (held.grant_uses IS NULL OR held.granted_uses < held.grant_uses)"
    };
}

/// Packages as the caller has them: all of them, or one that is named.
macro_rules! packages {
    ($which:literal) => {
        scoped!(
            "SELECT package.id, package.name, package.category, package.requires_subscription, package.minimum_plan_id, least.name AS minimum_plan_name,
  CASE WHEN ",
            plan_opens!(),
            " THEN 1 ELSE 0 END AS is_opened_by_plan,
  CASE WHEN ",
            grant_opens!(),
            " THEN 1 ELSE 0 END AS is_opened_by_grant,
  CASE WHEN membership.access_until > :now THEN 1 ELSE 0 END AS runs,
  CASE WHEN ",
            is_recent_request!("held"),
            " THEN 1 ELSE 0 END AS is_opened_now,
  held.granted_at, held.grant_ends_at, held.grant_uses, held.granted_uses, held.uses, held.last_opened_at
FROM membership
JOIN plans own ON own.id = membership.plan_id
CROSS JOIN packages package
LEFT JOIN plans least ON least.id = package.minimum_plan_id
LEFT JOIN user_packages held ON held.user_id = membership.user_id AND held.package_id = package.id
WHERE package.retired = 0 AND ",
            $which,
            "
ORDER BY package.position, package.id"
        )
    };
}

/// A package as the caller has it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Package {
    id: String,
    name: String,
    category: String,
    open: bool,
    /// `plan` or `grant`.
    #[cfg_attr(test, schemars(extend("enum" = ["plan", "grant", null])))]
    opened_by: Option<&'static str>,
    /// Why it is not: `subscription_required`, or `plan_required`.
    #[cfg_attr(test, schemars(extend("enum" = ["subscription_required", "plan_required", null])))]
    locked_because: Option<&'static str>,
    /// The first plan that opens it, as does every later one; `null`: any.
    minimum_plan: Option<String>,
    minimum_plan_name: Option<String>,
    grant: Option<Grant>,
    uses: i64,
    last_opened_at: Option<Timestamp>,
}

/// What the operator has given to this person alone.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    granted_at: Timestamp,
    ends_at: Option<Timestamp>,
    /// How often it opens the package yet; `null`: always.
    remaining_uses: Option<i64>,
}

impl Package {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| Ok::<_, StoreError>(row.text(column)?.to_string());
        let optional = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_string));
        let opened_by = match (row.flag("is_opened_by_plan")?, row.flag("is_opened_by_grant")?) {
            (true, _) => Some("plan"),
            (false, true) => Some("grant"),
            (false, false) => None,
        };
        let locked = if row.flag("runs")? { "plan_required" } else { "subscription_required" };
        let granted_uses = row.optional_integer("granted_uses")?.unwrap_or_default();
        let remaining = row.optional_integer("grant_uses")?.map(|most| (most - granted_uses).max(0));
        let grant = match row.optional_timestamp("granted_at")? {
            Some(granted_at) => {
                Some(Grant { granted_at, ends_at: row.optional_timestamp("grant_ends_at")?, remaining_uses: remaining })
            }
            None => None,
        };
        Ok(Self {
            id: text("id")?,
            name: text("name")?,
            category: text("category")?,
            open: opened_by.is_some(),
            opened_by,
            locked_because: opened_by.is_none().then_some(locked),
            minimum_plan: optional("minimum_plan_id")?,
            minimum_plan_name: optional("minimum_plan_name")?,
            grant,
            uses: row.optional_integer("uses")?.unwrap_or_default(),
            last_opened_at: row.optional_timestamp("last_opened_at")?,
        })
    }
}

pub struct List {
    category: Option<String>,
}

impl List {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { category: call.fields.text_of_at_most("category", 100)?.map(str::to_string) }))
    }
}

impl Operation for List {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![Statement::new("packages", packages!("(:category IS NULL OR package.category = :category)"))
            .with("category", self.category.as_deref())]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?;
        let packages = found.rows("packages")?.iter().map(Package::read).collect::<Result<Vec<_>, _>>();
        let packages = found.stored(packages)?;
        let open = packages.iter().filter(|package| package.open).count();
        // In the catalog's order, each category where its first package stands.
        let mut categories: Vec<(&str, Vec<&Package>)> = Vec::new();
        for package in &packages {
            match categories.iter_mut().find(|(category, _)| *category == package.category) {
                Some((_, of_it)) => of_it.push(package),
                None => categories.push((&package.category, vec![package])),
            }
        }
        let categories: Vec<Json> = categories
            .into_iter()
            .map(|(category, packages)| json!({ "category": category, "packages": packages }))
            .collect();
        Ok(Reply::ok(&format!("{open} of {} packages are open.", packages.len()), &json!({ "categories": categories })))
    }
}

pub struct Open {
    package: String,
}

impl Open {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { package: call.fields.required_id("package")?.to_string() }))
    }
}

impl Operation for Open {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            // Decides: the plan opens it, else a grant that has a use left. A grant is used up only where the plan does not. Counted once.
            remembering(context, Statement::new(
                "opened",
                scoped!(
                    "INSERT INTO user_packages AS held (user_id, package_id, uses, granted_uses, last_opened_at, request_id, recent_requests)
SELECT membership.user_id, package.id, 1, CASE WHEN ",
                    plan_opens!(),
                    " THEN 0 ELSE 1 END, :now, :request, :request
FROM membership
JOIN plans own ON own.id = membership.plan_id
JOIN packages package ON package.id = :package AND package.retired = 0
LEFT JOIN plans least ON least.id = package.minimum_plan_id
LEFT JOIN user_packages held ON held.user_id = membership.user_id AND held.package_id = package.id
WHERE (",
                    plan_opens!(),
                    " OR ",
                    grant_opens!(),
                    ")
  AND ",
                    session_is_proven!(),
                    "
ON CONFLICT (user_id, package_id) DO UPDATE SET
  uses = held.uses + 1, granted_uses = held.granted_uses + excluded.granted_uses, last_opened_at = excluded.last_opened_at,
  request_id = excluded.request_id,
  ",
                    recent_requests_with_this!("held"),
                    "
WHERE NOT ",
                    is_recent_request!("held")
                ),
            ))
            .with("package", self.package.as_str()),
            Statement::new("package", packages!("package.id = :package")).with("package", self.package.as_str()),
        ]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?;
        let row = found.first("package")?.ok_or(Refusal::PackageNotFound)?;
        let package = found.stored(Package::read(row))?;
        if found.stored(row.flag("is_opened_now"))? {
            return Ok(Reply::ok(&format!("{} is opened.", package.name), &json!({ "package": package })));
        }
        let message = match (package.locked_because, &package.minimum_plan_name) {
            (Some("plan_required"), Some(plan)) => format!("{} is opened by the {plan} plan.", package.name),
            _ => format!("{} needs a subscription.", package.name),
        };
        Err(Refusal::PackageLocked {
            message,
            details: limit_details(&json!({
                "package": package.id, "lockedBecause": package.locked_because, "minimumPlan": package.minimum_plan, "upgradeRequired": true,
            })),
        })
    }
}
