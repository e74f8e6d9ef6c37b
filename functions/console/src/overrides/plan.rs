//! `override-plan`: an organization has the entitlements of another plan until an end. What it pays stays as it is.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{ids::OrganizationId, time::Timestamp},
    staff_scoped,
    store::{Lock, Statement},
};

use super::{charges_differ, ends_at, given};
use crate::{
    act::{act_decided, outcome, Act},
    target::{must_not_be_archived, organization, organization_acted_on, organization_as_is, organization_row},
};

pub struct OverridePlan {
    act: Act,
    organization: OrganizationId,
    plan: String,
    ends_at: Timestamp,
    /// That use beyond the limits may cost other than by what is paid is agreed.
    charges: bool,
}

/// A meter that the other plan charges for in another way, or sooner, than the plan that is paid.
macro_rules! charges_otherwise {
    () => {
        "EXISTS (
  SELECT 1 FROM plan_features other
  WHERE other.plan_id = plan.id AND other.kind = 'meter' AND other.unit_price_micros IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM plan_features paid
    WHERE paid.plan_id = subscription.plan_id AND paid.feature = other.feature AND paid.kind = 'meter'
      AND paid.unit_price_micros = other.unit_price_micros AND paid.unit_size = other.unit_size
      AND COALESCE(paid.cap_cents, -1) = COALESCE(other.cap_cents, -1) AND paid.stops_at_cap = other.stops_at_cap
      AND (other.limit_value = -1 OR paid.limit_value BETWEEN 0 AND other.limit_value)))"
    };
}

impl OverridePlan {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let plan = call.fields.required_id("plan")?.to_string();
        let ends_at = ends_at(call)?;
        let act = Act::read_once(call, "plan.overridden", json!({ "plan": plan, "endsAt": ends_at.0 }))?;
        Ok(Box::new(Self {
            act,
            organization: organization(call)?,
            plan,
            ends_at,
            charges: call.fields.flag("charges")?,
        }))
    }
}

impl Operation for OverridePlan {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::OrganizationById(self.organization.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a plan that is for this kind of organization, an end that is to come, and that nobody is charged for what they
        // have not paid for so far, unless that is agreed. (Of a plan that is offered no longer it may be an earlier version.)
        let decided = act_decided!(
            "organization",
            "target.id",
            "target.id",
            "'{\"plan\":\"' || COALESCE(subscription.override_plan_id, subscription.plan_id) || '\"}'",
            organization_acted_on!(),
            "
JOIN plans plan ON plan.id = :plan
  AND plan.audience IN ('any', CASE target.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
WHERE target.archived_at IS NULL AND :ends_at > :now AND (:charges = 1 OR NOT ",
            charges_otherwise!(),
            ")"
        );
        let plan = concat!(
            staff_scoped!("SELECT CASE WHEN "),
            charges_otherwise!(),
            " THEN 1 ELSE 0 END AS charges_otherwise",
            organization_acted_on!(),
            "
JOIN plans plan ON plan.id = :plan
  AND plan.audience IN ('any', CASE target.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)"
        );
        let explains = vec![organization_as_is(), Statement::new("plan", plan)];
        let all = self.act.statements(context, Statement::new("decided", decided), given(context), explains);
        all.into_iter()
            .map(|one| {
                one.with("organization_id", self.organization.as_str())
                    .with("kind", "plan")
                    .with("feature", "")
                    .with("plan", self.plan.as_str())
                    .with("limit", None::<i64>)
                    .with("charges", self.charges)
                    .with("ends_at", self.ends_at)
            })
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The organization has what the other plan gives.", || {
            let target = organization_row(found)?;
            must_not_be_archived(found, target)?;
            let Some(plan) = found.first("plan")? else {
                return Ok(Refusal::invalid("plan", "must be a plan for this kind of organization"));
            };
            if !self.charges && found.stored(plan.flag("charges_otherwise"))? {
                return Ok(charges_differ(
                    "The other plan charges for use beyond its limits otherwise than what is paid",
                ));
            }
            Ok(Refusal::invalid("endsAt", "must be a moment to come"))
        })
    }
}
