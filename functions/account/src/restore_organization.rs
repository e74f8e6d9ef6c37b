//! `restore-organization`: an owner has back what was archived within the last 30 days.

use serde_json::json;
use tallygate::{
    audit_event, event_payload,
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope},
    not_told, outbox_event,
    rules::{archiving::RESTORABLE, request_ids::Purpose},
    session_is_live,
    store::{Lock, Row, Statement},
};

use crate::organization::is_its_owners_to_restore;

pub struct Restore;

impl Restore {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

/// The team that is named, as its member, archived or not, knows it.
macro_rules! of_member {
    ($columns:expr, $($where:tt)+) => {
        concat!(
            "SELECT ",
            $columns,
            "
FROM users caller
JOIN organization_members own ON own.user_id = caller.id AND own.organization_id = :organization
JOIN organizations organization ON organization.id = own.organization_id
WHERE caller.id = :caller AND caller.banned_at IS NULL AND caller.deleted_at IS NULL",
            $($where)+
        )
    };
}

impl Operation for Restore {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn locks(&self, context: &RequestContext) -> Vec<Lock> {
        let named = context.organization.clone().map(Lock::OrganizationById);
        [Lock::Caller].into_iter().chain(named).collect()
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let [event, told] = [Purpose::AuditEvent, Purpose::OutboxEvent].map(|purpose| context.ids.id(purpose));
        vec![
            // Decides: an owner, in time. It has counted among its founder's teams all the while (`founded_teams!`).
            Statement::new(
                "decided",
                audit_event!(of_member!(
                    "organization.id, :event, caller.id, 'organization.restored', organization.id, '{}', :request, :now",
                    "
  AND own.role = 'owner' AND organization.kind = 'team' AND organization.archived_at > :since
  AND ",
                    is_its_owners_to_restore!(),
                    "
  AND ",
                    session_is_live!()
                )),
            )
            .with("since", context.now - RESTORABLE),
            // Once, before it is told: sent again, it does not take back that somebody has archived it since.
            Statement::new(
                "restored",
                concat!(
                    "UPDATE organizations SET archived_at = NULL, archived_by = NULL
WHERE id = :organization
  AND EXISTS (SELECT 1 FROM audit_events decided WHERE decided.organization_id = :organization AND decided.id = :event)
  AND ",
                    not_told!(":told")
                ),
            )
            .with("told", told.as_str()),
            Statement::new(
                "outbox",
                outbox_event!(
                    "SELECT :told, decided.organization_id, 'organization.restored', decided.organization_id, ",
                    event_payload!(organization("decided.organization_id"), by("decided.actor_id")),
                    ", :now
FROM audit_events decided WHERE decided.organization_id = :organization AND decided.id = :event"
                ),
            )
            .with("told", told.as_str()),
            Statement::new(
                "standing",
                of_member!(
                    concat!(
                        "organization.name, organization.archived_at, CASE own.role WHEN 'owner' THEN 1 ELSE 0 END AS is_owner,
  CASE WHEN ",
                        is_its_owners_to_restore!(),
                        " THEN 1 ELSE 0 END AS is_its_owners,
  (SELECT COUNT(*) FROM audit_events decided WHERE decided.organization_id = organization.id AND decided.id = :event) AS is_done"
                    ),
                    ""
                ),
            ),
        ]
        .into_iter()
        .map(|statement| statement.with("event", event.as_str()))
        .collect()
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let Some(organization) = &context.organization else {
            return Err(Refusal::invalid("organizationId", "is required"));
        };
        let row = found.first("standing")?.ok_or(Refusal::OrganizationNotFound)?;
        if found.stored(row.flag("is_done"))? {
            let name = found.stored(row.text("name"))?;
            return Ok(Reply::ok(&format!("{name} is back."), &json!({ "organizationId": organization })));
        }
        refusal(context, found, row)
    }
}

fn refusal(context: &RequestContext, found: &BatchRows<'_>, row: &Row) -> Result<Reply, Refusal> {
    let is = |column| found.stored(row.flag(column));
    let conflict =
        |code, message: &str, details| Err(Refusal::Conflict { code, message: message.to_string(), details });
    if !is("is_owner")? {
        return Err(Refusal::Forbidden("Only an owner may do this"));
    }
    let Some(archived_at) = found.stored(row.optional_timestamp("archived_at"))? else {
        return conflict("not_archived", "This organization is not archived.", serde_json::Map::new());
    };
    if !is("is_its_owners")? {
        return Err(Refusal::Forbidden("Only the operator restores what the operator has archived"));
    }
    if archived_at <= context.now - RESTORABLE {
        let details = limit_details(&json!({ "archivedAt": archived_at, "restorableUntil": archived_at + RESTORABLE }));
        return conflict(
            "restore_expired",
            "The 30 days in which this organization could be had back are over.",
            details,
        );
    }
    Err(found.broken("what may be restored was not"))
}
