//! `override-limit`: an organization has another limit of a meter, of seats or of concurrent sessions until an end, whatever its plan.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    plan_overrides::{CONCURRENT_SESSIONS, SEATS},
    rules::{ids::OrganizationId, time::Timestamp},
    staff_scoped,
    store::{Lock, Statement},
};

use super::{charges_differ, ends_at, given};
use crate::{
    act::{act_decided, outcome, Act},
    target::{must_not_be_archived, organization, organization_acted_on, organization_as_is, organization_row},
};

const MOST: i64 = 1_000_000_000;

pub struct OverrideLimit {
    act: Act,
    organization: OrganizationId,
    /// A meter, `seats` or `concurrent_sessions`.
    feature: String,
    limit: i64,
    ends_at: Timestamp,
    /// That use within what is paid may cost something is agreed.
    charges: bool,
}

/// The meter is charged for beyond its limit, and the limit that is given is a lower one.
macro_rules! charges_sooner {
    () => {
        "meter.unit_price_micros IS NOT NULL AND :limit >= 0 AND (meter.limit_value < 0 OR :limit < meter.limit_value)"
    };
}

/// The plan that counts at this moment, and its meter that is named.
macro_rules! plan_and_meter {
    () => {
        "
JOIN plans plan ON plan.id = COALESCE(subscription.override_plan_id, subscription.plan_id)
LEFT JOIN plan_features meter ON meter.plan_id = plan.id AND meter.feature = :feature AND meter.kind = 'meter'"
    };
}

impl OverrideLimit {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let feature = call.fields.required_id("feature")?.to_string();
        let is_of_no_meter = [SEATS, CONCURRENT_SESSIONS].contains(&feature.as_str());
        let limit = call.fields.integer("limit", -1, MOST)?;
        let limit = limit.ok_or_else(|| Refusal::invalid("limit", "is required"))?;
        if is_of_no_meter && limit == 0 {
            return Err(Refusal::invalid("limit", "must be 1 at least, or -1 for no limit"));
        }
        let ends_at = ends_at(call)?;
        let after = json!({ "feature": feature, "limit": limit, "endsAt": ends_at.0 });
        let act = Act::read_once(call, "limit.overridden", after)?;
        let charges = call.fields.flag("charges")?;
        Ok(Box::new(Self { act, organization: organization(call)?, feature, limit, ends_at, charges }))
    }
}

impl Operation for OverrideLimit {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::OrganizationById(self.organization.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a limit that the organization's plan has, an end that is to come, and that use within what is paid costs
        // nothing, unless that is agreed.
        let decided = act_decided!(
            "organization",
            "target.id",
            "target.id",
            "'{\"feature\":\"' || :feature || '\",\"limit\":' || CAST(COALESCE(given.limit_value, CASE :feature
    WHEN 'seats' THEN plan.seats WHEN 'concurrent_sessions' THEN plan.concurrent_sessions ELSE meter.limit_value END) AS TEXT) || '}'",
            organization_acted_on!(),
            plan_and_meter!(),
            "
LEFT JOIN plan_overrides given ON given.organization_id = target.id AND given.kind = 'limit' AND given.feature = :feature
  AND given.ends_at > :now
WHERE target.archived_at IS NULL AND :ends_at > :now
  AND (meter.feature IS NOT NULL OR :feature IN ('seats', 'concurrent_sessions'))
  AND (:charges = 1 OR CASE WHEN ",
            charges_sooner!(),
            " THEN 1 ELSE 0 END = 0)"
        );
        let meter = concat!(
            staff_scoped!("SELECT CASE WHEN "),
            charges_sooner!(),
            " THEN 1 ELSE 0 END AS charges_sooner",
            organization_acted_on!(),
            plan_and_meter!(),
            "
WHERE meter.feature IS NOT NULL OR :feature IN ('seats', 'concurrent_sessions')"
        );
        let explains = vec![organization_as_is(), Statement::new("limited", meter)];
        let all = self.act.statements(context, Statement::new("decided", decided), given(context), explains);
        all.into_iter()
            .map(|one| {
                one.with("organization_id", self.organization.as_str())
                    .with("kind", "limit")
                    .with("feature", self.feature.as_str())
                    .with("plan", None::<&str>)
                    .with("limit", self.limit)
                    .with("charges", self.charges)
                    .with("ends_at", self.ends_at)
            })
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The organization has another limit.", || {
            let target = organization_row(found)?;
            must_not_be_archived(found, target)?;
            let Some(limited) = found.first("limited")? else {
                return Ok(Refusal::invalid(
                    "feature",
                    "must be a meter of the organization's plan, `seats` or `concurrent_sessions`",
                ));
            };
            if !self.charges && found.stored(limited.flag("charges_sooner"))? {
                return Ok(charges_differ("Use between this limit and the plan's would be charged for"));
            }
            Ok(Refusal::invalid("endsAt", "must be a moment to come"))
        })
    }
}
