//! `transfer-ownership`: a team gets another owner, where nobody of its own can give it away any more.

use serde_json::json;
use tallygate::{
    event_payload,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    outbox_event,
    rules::{
        ids::{OrganizationId, UserId},
        request_ids::Purpose,
    },
    staff_scoped,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, conflict, outcome, Act},
    target::{
        is_owned, must_not_be_archived, organization, organization_acted_on, organization_as_is, organization_row, user,
    },
};

pub struct TransferOwnership {
    act: Act,
    organization: OrganizationId,
    user: UserId,
}

impl TransferOwnership {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let user = user(call)?;
        let act = Act::read(call, "ownership.transferred", json!({ "owner": user }))?;
        Ok(Box::new(Self { act, organization: organization(call)?, user }))
    }
}

impl Operation for TransferOwnership {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        let organization = Lock::OrganizationById(self.organization.clone());
        vec![Lock::Caller, Lock::User(self.user.clone()), organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a team, and a member of it who can act and does not own it. To one of the staff a super_admin alone gives it.
        // An archived team is given away only where nobody owns it, so that it can be restored.
        let decided = act_decided!(
            "organization",
            "target.id",
            "target.id",
            "'{\"role\":\"' || heir.role || '\"}'",
            organization_acted_on!(),
            "
JOIN organization_members heir ON heir.organization_id = target.id AND heir.user_id = :user AND heir.role <> 'owner'
JOIN users acting ON acting.id = heir.user_id AND acting.banned_at IS NULL AND acting.deleted_at IS NULL
  AND (acting.account_type = 'user' OR staff.account_type = 'super_admin')
WHERE target.kind = 'team' AND (target.archived_at IS NULL OR NOT ",
            is_owned!(),
            ")"
        );
        // All change in one statement: there is an owner at every moment. (The statement names the request in each row, by which
        // they are told of.)
        let changed = concat!(
            "UPDATE organization_members
SET role = CASE user_id WHEN :user THEN 'owner' ELSE 'admin' END, request_id = :request
WHERE organization_id = :organization_id AND (user_id = :user OR role = 'owner') AND ",
            act_is_decided!()
        );
        let outbox = outbox_event!(
            "SELECT :told || ':' || member.user_id, decided.organization_id, 'member.role_changed', member.user_id, ",
            event_payload!(
                member("member.organization_id", "member.user_id"),
                organization("member.organization_id"),
                roles("CASE member.role
    WHEN 'owner' THEN '{\"oldRole\":' || substr(decided.state_before, 9, length(decided.state_before) - 9) || ',\"newRole\":\"owner\"}'
    ELSE '{\"oldRole\":\"owner\",\"newRole\":\"admin\"}' END"),
                by("'operator'")
            ),
            ", :now
FROM operator_acts decided
JOIN organization_members member ON member.organization_id = decided.organization_id AND member.request_id = :request
WHERE decided.id = :act AND decided.is_applied = 0"
        );
        let heir = staff_scoped!(
            "SELECT heir.role, acting.account_type, CASE WHEN acting.banned_at IS NULL AND acting.deleted_at IS NULL THEN 1 ELSE 0 END AS can_act
FROM staff
JOIN organization_members heir ON heir.organization_id = :organization_id AND heir.user_id = :user
JOIN users acting ON acting.id = heir.user_id"
        );
        let follows = vec![
            Statement::new("changed", changed),
            Statement::new("outbox", outbox).with("told", context.ids.id(Purpose::OutboxEvent)),
        ];
        let explains = vec![organization_as_is(), Statement::new("heir", heir)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, explains);
        all.into_iter()
            .map(|one| one.with("organization_id", self.organization.as_str()).with("user", self.user.as_str()))
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The organization has another owner.", || {
            let target = organization_row(found)?;
            if found.stored(target.text("kind"))? == "personal" {
                return Ok(Refusal::PersonalOrganization);
            }
            if found.stored(target.flag("is_owned"))? {
                must_not_be_archived(found, target)?;
            }
            let heir = found.first("heir")?.ok_or(Refusal::MemberNotFound)?;
            if found.stored(heir.text("account_type"))? != "user" {
                found.must_be_super_admin()?;
            }
            Ok(match found.stored(heir.flag("can_act"))? {
                false => Refusal::invalid("user", "must be a member whose account is active"),
                true => conflict("already_owner", "This member is an owner already."),
            })
        })
    }
}
