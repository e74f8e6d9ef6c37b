//! `archive`, `restore`: a team is put away, or had back, also after the days in which its owners could have done so.

use serde_json::json;
use tallygate::{
    event_payload,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    outbox_event, own_organization,
    rules::{ids::OrganizationId, request_ids::Purpose},
    staff_scoped,
    store::{Lock, Statement},
    subscription_runs,
};

use crate::{
    act::{act_decided, act_is_decided, conflict, outcome, Act},
    target::{is_owned, organization, organization_acted_on, organization_as_is, organization_row},
};

/// Of a row `running` of `billing_subscriptions`: it is charged for yet.
macro_rules! is_charged {
    () => {
        concat!(subscription_runs!("running"), " AND running.ended_at IS NULL")
    };
}

const ARCHIVING: &str = act_decided!(
    "organization",
    "target.id",
    "target.id",
    "'{\"archived\":false}'",
    organization_acted_on!(),
    "
WHERE target.kind = 'team' AND target.archived_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM billing_subscriptions running WHERE running.organization_id = target.id AND ",
    is_charged!(),
    ")"
);
const RESTORING: &str = act_decided!(
    "organization",
    "target.id",
    "target.id",
    "'{\"archived\":true}'",
    organization_acted_on!(),
    "
WHERE target.kind = 'team' AND target.archived_at IS NOT NULL AND ",
    is_owned!()
);

pub struct Archive {
    act: Act,
    organization: OrganizationId,
    archives: bool,
}

impl Archive {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let act = Act::read(call, "organization.archived", json!({ "archived": true }))?;
        Ok(Box::new(Self { act, organization: organization(call)?, archives: true }))
    }

    pub fn read_restore(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let act = Act::read(call, "organization.restored", json!({ "archived": false }))?;
        Ok(Box::new(Self { act, organization: organization(call)?, archives: false }))
    }

    /// What follows, for those who worked in it.
    fn follows() -> [Statement; 3] {
        [
            Statement::new(
                "organization_changed",
                concat!(
                    "UPDATE organizations SET archived_at = CASE :archives WHEN 1 THEN :now END, archived_by = NULL
WHERE id = :organization_id AND ",
                    act_is_decided!()
                ),
            ),
            // Nobody joins what is archived.
            Statement::new(
                "invitations",
                concat!(
                    "UPDATE organization_invitations SET status = 'revoked', resolved_at = :now, request_id = :request
WHERE :archives = 1 AND organization_id = :organization_id AND status = 'pending' AND ",
                    act_is_decided!()
                ),
            ),
            // Whoever worked in it works in their personal organization from now on.
            Statement::new(
                "members",
                concat!(
                    "UPDATE users SET current_organization_id = ",
                    own_organization!(),
                    "
WHERE :archives = 1 AND current_organization_id = :organization_id
  AND id IN (SELECT member.user_id FROM organization_members member WHERE member.organization_id = :organization_id) AND ",
                    act_is_decided!()
                ),
            ),
        ]
    }
}

impl Operation for Archive {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![
            Lock::Caller,
            Lock::MembersOf(self.organization.clone()),
            Lock::OrganizationById(self.organization.clone()),
        ]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a team that is as it must be: one that nobody is charged for any more, or one that has an owner to run it.
        let decided = Statement::new("decided", if self.archives { ARCHIVING } else { RESTORING });
        let outbox = outbox_event!(
            "SELECT :told, decided.organization_id, decided.action, decided.organization_id, ",
            event_payload!(organization("decided.organization_id"), by("'operator'")),
            ", :now
FROM operator_acts decided WHERE decided.id = :act AND decided.is_applied = 0"
        );
        let running = staff_scoped!(concat!(
            "SELECT running.current_period_end
FROM billing_subscriptions running
WHERE running.organization_id = :organization_id AND EXISTS (SELECT 1 FROM staff) AND ",
            is_charged!(),
            "
LIMIT 1"
        ));
        let mut follows = Self::follows().to_vec();
        follows.push(Statement::new("outbox", outbox).with("told", context.ids.id(Purpose::OutboxEvent)));
        let explains = vec![organization_as_is(), Statement::new("running", running)];
        let all = self.act.statements(context, decided, follows, explains);
        all.into_iter()
            .map(|one| one.with("organization_id", self.organization.as_str()).with("archives", self.archives))
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let message = if self.archives { "The organization is archived." } else { "The organization is back." };
        outcome(found, message, || {
            let target = organization_row(found)?;
            if found.stored(target.text("kind"))? == "personal" {
                return Ok(Refusal::PersonalOrganization);
            }
            let is_archived = found.stored(target.optional_timestamp("archived_at"))?.is_some();
            Ok(match (self.archives, is_archived) {
                (true, true) => conflict("archived", "This organization is archived."),
                (false, false) => conflict("not_archived", "This organization is not archived."),
                (false, true) if !found.stored(target.flag("is_owned"))? => conflict(
                    "no_owner",
                    "Nobody owns this organization any more: make one of its members the owner first.",
                ),
                (true, false) if found.first("running")?.is_some() => {
                    conflict("subscription_running", "Its subscription is still paid for; cancel it first.")
                }
                _ => found.broken("what may be archived or restored was not"),
            })
        })
    }
}
