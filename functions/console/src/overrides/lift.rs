//! `lift-override`: what was given in place of a plan ends now.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::ids::OrganizationId,
    store::{Lock, Statement},
};

use super::taken_over;
use crate::{
    act::{act_decided, act_is_decided, conflict, outcome, Act},
    target::{organization, organization_acted_on, organization_as_is, organization_row},
};

pub struct LiftOverride {
    act: Act,
    organization: OrganizationId,
    /// As `organization` shows it.
    id: String,
}

impl LiftOverride {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let id = call.fields.required_id("override")?.to_string();
        let act = Act::read(call, "override.lifted", json!({ "override": id, "holds": false }))?;
        Ok(Box::new(Self { act, organization: organization(call)?, id }))
    }
}

impl Operation for LiftOverride {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::OrganizationById(self.organization.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: an override that holds.
        let decided = act_decided!(
            "organization",
            "target.id",
            "target.id",
            "CASE given.kind WHEN 'plan' THEN '{\"plan\":\"' || given.plan_id || '\"'
    ELSE '{\"feature\":\"' || given.feature || '\",\"limit\":' || CAST(given.limit_value AS TEXT) END
    || ',\"endsAt\":' || CAST(given.ends_at AS TEXT) || '}'",
            organization_acted_on!(),
            "
JOIN plan_overrides given ON given.organization_id = target.id AND given.id = :override AND given.ends_at > :now
WHERE 1 = 1"
        );
        let ended = concat!(
            "UPDATE plan_overrides SET ends_at = greatest(:now, starts_at)
WHERE organization_id = :organization_id AND id = :override AND ends_at > :now AND ",
            act_is_decided!()
        );
        let mut follows = vec![Statement::new("ended", ended)];
        follows.extend(taken_over(context));
        let all = self.act.statements(context, Statement::new("decided", decided), follows, vec![organization_as_is()]);
        all.into_iter()
            .map(|one| one.with("organization_id", self.organization.as_str()).with("override", self.id.as_str()))
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The organization has what its plan says.", || {
            organization_row(found)?;
            Ok(conflict("not_overridden", "No override of this organization that holds is called that."))
        })
    }
}
