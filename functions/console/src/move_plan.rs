//! `move-plan`: an organization goes on on another plan, at the price that it pays. A super_admin alone may.

use serde_json::json;
use tallygate::{
    event_payload,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    outbox_event,
    rules::{ids::OrganizationId, request_ids::Purpose},
    staff_scoped,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, conflict, outcome, Act},
    target::{must_not_be_archived, organization, organization_acted_on, organization_as_is, organization_row},
};

pub struct MovePlan {
    act: Act,
    organization: OrganizationId,
    plan: String,
}

impl MovePlan {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let plan = call.fields.required_id("plan")?.to_string();
        let act = Act::read(call, "subscription.moved", json!({ "plan": plan }))?;
        Ok(Box::new(Self { act, organization: organization(call)?, plan }))
    }
}

impl Operation for MovePlan {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::OrganizationById(self.organization.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a super_admin, to another plan that is for this kind of organization.
        let decided = act_decided!(
            "organization",
            "target.id",
            "target.id",
            "'{\"plan\":\"' || subscription.plan_id || '\"}'",
            organization_acted_on!(),
            "
JOIN plans plan ON plan.id = :plan AND plan.retired = 0
  AND plan.audience IN ('any', CASE target.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
WHERE staff.account_type = 'super_admin' AND target.archived_at IS NULL AND subscription.plan_id <> plan.id"
        );
        // What Stripe goes on asking is the price of the plan before: its messages must not move them back.
        let moved = concat!(
            "UPDATE org_subscriptions SET
  moved_from_plan_id = CASE WHEN stripe_subscription_id IS NOT NULL
    THEN NULLIF(COALESCE(moved_from_plan_id, plan_id), :plan) END,
  plan_id = :plan, updated_at = :now, request_id = :request
WHERE organization_id = :organization_id AND ",
            act_is_decided!()
        );
        let outbox = outbox_event!(
            "SELECT :told, decided.organization_id, 'subscription.updated', :plan, ",
            event_payload!(
                subscription("decided.organization_id"),
                organization("decided.organization_id"),
                action("'subscription.moved'")
            ),
            ", :now
FROM operator_acts decided WHERE decided.id = :act AND decided.is_applied = 0"
        );
        let plan = staff_scoped!("SELECT plan.audience, plan.retired FROM staff JOIN plans plan ON plan.id = :plan");
        let follows = vec![
            Statement::new("moved", moved),
            Statement::new("outbox", outbox).with("told", context.ids.id(Purpose::OutboxEvent)),
        ];
        let explains = vec![organization_as_is(), Statement::new("plan", plan)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, explains);
        all.into_iter()
            .map(|one| one.with("organization_id", self.organization.as_str()).with("plan", self.plan.as_str()))
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The organization is on the other plan.", || {
            found.must_be_super_admin()?;
            let target = organization_row(found)?;
            must_not_be_archived(found, target)?;
            if found.stored(target.text("plan_id"))? == self.plan {
                return Ok(conflict("unchanged", "The organization is on that plan already."));
            }
            Ok(Refusal::invalid("plan", "must be a plan that is offered, for this kind of organization"))
        })
    }
}
