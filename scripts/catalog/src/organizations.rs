//! How many organizations a change meets.

use std::{collections::BTreeMap, ops::AddAssign};

use tallygate::store::{Row, StoreError};

/// Who pays: through Stripe, or on a plan that costs something and runs without it (an invoice written by hand). A trial pays
/// nothing yet, unless its card is at Stripe.
macro_rules! pays {
    () => {
        "(held.status IN ('active', 'past_due', 'trialing') AND held.stripe_subscription_id IS NOT NULL
    OR held.status IN ('active', 'past_due') AND COALESCE(plan.price_month_cents, plan.price_year_cents, 1) > 0)"
    };
}

/// Those of a plan that are there and pay, as a condition over `held` and `plan`.
pub const PAYS: &str = pays!();

macro_rules! counted {
    ($($and:literal)?) => {
        concat!(
            "SELECT held.plan_id, organization.kind, COUNT(*) AS organizations,
  CAST(SUM(CASE WHEN ",
            pays!(),
            " THEN 1 ELSE 0 END) AS BIGINT) AS paying,
  CAST(SUM(CASE WHEN held.stripe_subscription_id IS NULL OR held.status = 'canceled' THEN 0 ELSE 1 END) AS BIGINT) AS at_stripe
FROM org_subscriptions held
JOIN organizations organization ON organization.id = held.organization_id AND organization.archived_at IS NULL
JOIN plans plan ON plan.id = held.plan_id",
            $($and,)?
            "
GROUP BY held.plan_id, organization.kind ORDER BY held.plan_id, organization.kind"
        )
    };
}

/// All organizations that are there, by plan and kind.
pub const QUESTION: &str = counted!();

/// The same of those whose ids stand in place of `{these}`.
pub const QUESTION_OF_THESE: &str = counted!("\nWHERE organization.id IN ({these})");

/// So many organizations, and so many of them that pay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met {
    pub organizations: i64,
    pub paying: i64,
    /// Those that Stripe has a subscription of.
    pub at_stripe: i64,
}

impl AddAssign for Met {
    fn add_assign(&mut self, more: Self) {
        self.organizations += more.organizations;
        self.paying += more.paying;
        self.at_stripe += more.at_stripe;
    }
}

/// Whom each plan has.
#[derive(Clone, Debug, Default)]
pub struct Organizations(BTreeMap<String, [Met; 2]>);

impl Organizations {
    /// Reads the rows of [`QUESTION`].
    ///
    /// # Errors
    /// A column that is missing.
    pub fn read(rows: &[Row]) -> Result<Self, StoreError> {
        let mut plans: BTreeMap<String, [Met; 2]> = BTreeMap::new();
        for row in rows {
            let met = Met {
                organizations: row.integer("organizations")?,
                paying: row.integer("paying")?,
                at_stripe: row.integer("at_stripe")?,
            };
            let [personal, teams] = plans.entry(row.text("plan_id")?.to_string()).or_default();
            *(if row.text("kind")? == "personal" { personal } else { teams }) += met;
        }
        Ok(Self(plans))
    }

    /// All on these plans.
    pub fn on<'a>(&self, plans: impl IntoIterator<Item = &'a str>) -> Met {
        let mut met = Met::default();
        for [personal, teams] in plans.into_iter().filter_map(|plan| self.0.get(plan)) {
            met += *personal;
            met += *teams;
        }
        met
    }

    pub fn personal_on(&self, plan: &str) -> i64 {
        self.0.get(plan).map_or(0, |[personal, _]| personal.organizations)
    }

    pub fn teams_on(&self, plan: &str) -> i64 {
        self.0.get(plan).map_or(0, |[_, teams]| teams.organizations)
    }

    pub fn everywhere(&self) -> Met {
        self.on(self.0.keys().map(String::as_str))
    }
}
