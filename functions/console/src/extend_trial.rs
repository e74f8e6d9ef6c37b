//! `extend-trial`: a trial of ours ends later. What Stripe knows of, Stripe ends.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{
        ids::OrganizationId,
        time::{Span, Timestamp},
    },
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, conflict, outcome, Act},
    target::{must_not_be_archived, organization, organization_acted_on, organization_as_is, organization_row},
};

/// How far ahead a trial may end.
const LONGEST: Span = Span::days(365);

pub struct ExtendTrial {
    act: Act,
    organization: OrganizationId,
    ends_at: Timestamp,
}

impl ExtendTrial {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let ends_at = call.fields.required("endsAt", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?;
        let act = Act::read(call, "trial.extended", json!({ "trialEndsAt": ends_at.0 }))?;
        Ok(Box::new(Self { act, organization: organization(call)?, ends_at }))
    }
}

impl Operation for ExtendTrial {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::OrganizationById(self.organization.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a trial that Stripe does not know of, also one whose end has passed unnoticed, to a later end within a year.
        let decided = act_decided!(
            "organization",
            "target.id",
            "target.id",
            "'{\"trialEndsAt\":' || CAST(subscription.trial_ends_at AS TEXT) || '}'",
            organization_acted_on!(),
            "
WHERE target.archived_at IS NULL AND subscription.status = 'trialing' AND subscription.stripe_subscription_id IS NULL
  AND :ends_at > subscription.trial_ends_at AND :ends_at > :now AND :ends_at <= :latest"
        );
        let extended = concat!(
            "UPDATE org_subscriptions SET trial_ends_at = :ends_at, updated_at = :now, request_id = :request,
  current_period_end = CASE WHEN current_period_end < :ends_at THEN :ends_at ELSE current_period_end END
WHERE organization_id = :organization_id AND ",
            act_is_decided!()
        );
        let follows = vec![Statement::new("extended", extended)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, vec![organization_as_is()]);
        all.into_iter()
            .map(|one| {
                one.with("organization_id", self.organization.as_str())
                    .with("ends_at", self.ends_at)
                    .with("latest", context.now + LONGEST)
            })
            .collect()
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The trial ends later.", || {
            let target = organization_row(found)?;
            let is_trial = found.stored(target.text("status"))? == "trialing";
            if !is_trial || found.stored(target.optional_text("stripe_subscription_id"))?.is_some() {
                return Ok(conflict("not_trialing", "This organization is on no trial that could be extended here."));
            }
            must_not_be_archived(found, target)?;
            let latest = (context.now + LONGEST).iso();
            Ok(Refusal::invalid("endsAt", format!("must be later than the trial ends now, and at most {latest}")))
        })
    }
}
