//! `override-plan`: an organization has the entitlements of another plan until an end. What it pays stays as it is.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{ids::OrganizationId, time::Timestamp},
    staff_scoped,
    store::{Lock, Statement},
};

use super::{ends_at, given};
use crate::{
    act::{act_decided, conflict, outcome, Act},
    target::{organization, organization_acted_on, organization_as_is, organization_row},
};

pub struct OverridePlan {
    act: Act,
    organization: OrganizationId,
    plan: String,
    ends_at: Timestamp,
}

impl OverridePlan {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let plan = call.fields.required_id("plan")?.to_string();
        let ends_at = ends_at(call)?;
        let act = Act::read_once(call, "plan.overridden", json!({ "plan": plan, "endsAt": ends_at.0 }))?;
        Ok(Box::new(Self { act, organization: organization(call)?, plan, ends_at }))
    }
}

impl Operation for OverridePlan {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::OrganizationById(self.organization.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a plan that is for this kind of organization, and an end that is to come. (Of a plan that is offered no longer
        // it may be an earlier version.)
        let decided = act_decided!(
            "organization",
            "target.id",
            "target.id",
            "'{\"plan\":\"' || COALESCE(subscription.override_plan_id, subscription.plan_id) || '\"}'",
            organization_acted_on!(),
            "
JOIN plans plan ON plan.id = :plan
  AND plan.audience IN ('any', CASE target.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
WHERE target.archived_at IS NULL AND :ends_at > :now"
        );
        let plan = staff_scoped!(
            "SELECT plan.id FROM staff
JOIN organizations target ON target.id = :organization_id
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
                    .with("ends_at", self.ends_at)
            })
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The organization has what the other plan gives.", || {
            let target = organization_row(found)?;
            if found.stored(target.optional_timestamp("archived_at"))?.is_some() {
                return Ok(conflict("archived", "This organization is archived."));
            }
            Ok(match found.first("plan")? {
                None => Refusal::invalid("plan", "must be a plan for this kind of organization"),
                Some(_) => Refusal::invalid("endsAt", "must be a moment to come"),
            })
        })
    }
}
