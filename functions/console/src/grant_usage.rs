//! `grant-usage`: more of a meter than the plan gives, for one organization and until a moment.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{ids::OrganizationId, subscription::WITHOUT_END, time::Timestamp},
    staff_scoped,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, outcome, Act},
    target::{must_not_be_archived, organization, organization_acted_on, organization_as_is, organization_row},
};

const MOST: i64 = 1_000_000_000;

pub struct GrantUsage {
    act: Act,
    organization: OrganizationId,
    feature: String,
    quantity: i64,
    ends_at: Timestamp,
}

impl GrantUsage {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let feature = call.fields.required_id("feature")?.to_string();
        let quantity = call.fields.count("quantity", 1, MOST)?;
        let quantity = quantity.ok_or_else(|| Refusal::invalid("quantity", "is required"))?;
        let ends_at = call.fields.parsed("endsAt", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?;
        let after = json!({ "feature": feature, "quantity": quantity, "endsAt": ends_at.map(|at| at.0) });
        let act = Act::read_once(call, "usage.granted", after)?;
        let ends_at = ends_at.unwrap_or(WITHOUT_END);
        Ok(Box::new(Self { act, organization: organization(call)?, feature, quantity, ends_at }))
    }
}

impl Operation for GrantUsage {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::OrganizationById(self.organization.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a meter of the organization's plan, and an end that is to come.
        let decided = act_decided!(
            "organization",
            "target.id",
            "target.id",
            "'{\"feature\":\"' || meter.feature || '\",\"limit\":' || CAST(meter.limit_value AS TEXT) || '}'",
            organization_acted_on!(),
            "
JOIN plan_features meter ON meter.plan_id = COALESCE(subscription.override_plan_id, subscription.plan_id) AND meter.feature = :feature AND meter.kind = 'meter'
WHERE target.archived_at IS NULL AND :ends_at > :now"
        );
        let granted = concat!(
            "INSERT INTO usage_grants (organization_id, id, feature, quantity, reason, starts_at, ends_at, created_at, request_id)
SELECT :organization_id, :act, :feature, :quantity, :reason, :now, :ends_at, :now, :request
WHERE ",
            act_is_decided!()
        );
        let meter = staff_scoped!(
            "SELECT meter.feature
FROM staff
JOIN org_subscriptions subscription ON subscription.organization_id = :organization_id
JOIN plan_features meter ON meter.plan_id = COALESCE(subscription.override_plan_id, subscription.plan_id) AND meter.feature = :feature AND meter.kind = 'meter'"
        );
        let follows = vec![Statement::new("granted", granted)];
        let explains = vec![organization_as_is(), Statement::new("meter", meter)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, explains);
        all.into_iter()
            .map(|one| {
                one.with("organization_id", self.organization.as_str())
                    .with("feature", self.feature.as_str())
                    .with("quantity", self.quantity)
                    .with("ends_at", self.ends_at)
            })
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The organization has more of the meter.", || {
            let target = organization_row(found)?;
            must_not_be_archived(found, target)?;
            Ok(match found.first("meter")? {
                None => Refusal::invalid("feature", "must be a meter of the organization's plan"),
                Some(_) => Refusal::invalid("endsAt", "must be a moment to come"),
            })
        })
    }
}
