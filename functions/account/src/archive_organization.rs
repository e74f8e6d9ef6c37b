//! `archive-organization`: a team is put away by its owner, for 30 days in which it may be had back. What is still paid for is
//! cancelled first.

use serde_json::json;
use tallygate::{
    audit_event, event_payload,
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    not_told, outbox_event, own_organization,
    rules::{archiving::RESTORABLE, request_ids::Purpose, role::Role, time::Timestamp},
    scoped, session_is_live,
    store::{Lock, Statement},
    subscription_runs,
};

/// The organization that is named, in whose history this request has written that it is archived. Nothing behind that asks for
/// the membership, which an archived organization has not.
macro_rules! of_archived {
    ($($sql:tt)+) => {
        concat!(
            "WITH archived AS (
  SELECT organization_id, actor_id FROM audit_events WHERE organization_id = :organization AND id = :event
)
",
            $($sql)+
        )
    };
}

pub struct Archive;

impl Archive {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Archive {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::FellowMembers, Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let (event, told) = (context.ids.id(Purpose::ArchiveEvent), context.ids.id(Purpose::OutboxEvent));
        vec![
            // Decides: an owner, a team that is named, and nothing that is still charged for.
            Statement::new(
                "decided",
                scoped!(audit_event!(
                    "SELECT membership.organization_id, :event, :caller, 'organization.archived', membership.organization_id, '{}', :request, :now
FROM membership
WHERE :organization IS NOT NULL AND membership.role = 'owner' AND membership.organization_kind = 'team'
  AND NOT EXISTS (
    SELECT 1 FROM billing_subscriptions running WHERE running.organization_id = membership.organization_id AND ",
                    subscription_runs!("running"),
                    ")
  AND ",
                    session_is_live!()
                )),
            ),
            // This and what follows once, before it is told: sent again, it does not take back that somebody has restored it since.
            Statement::new(
                "archived",
                of_archived!(
                    "UPDATE organizations SET archived_at = :now, archived_by = :caller
WHERE id = (SELECT organization_id FROM archived) AND archived_at IS NULL
  AND ",
                    not_told!(":told")
                ),
            )
            .with("told", told.as_str()),
            // Nobody joins what is archived.
            Statement::new(
                "invitations",
                of_archived!(
                    "UPDATE organization_invitations SET status = 'revoked', resolved_at = :now, request_id = :request
WHERE organization_id = (SELECT organization_id FROM archived) AND status = 'pending'
  AND ",
                    not_told!(":told")
                ),
            )
            .with("told", told.as_str()),
            // Whoever worked in it works in their personal organization from now on.
            Statement::new(
                "others",
                of_archived!(
                    "UPDATE users SET current_organization_id = ",
                    own_organization!(),
                    "
WHERE id IN (
    SELECT member.user_id FROM archived JOIN organization_members member ON member.organization_id = archived.organization_id)
  AND current_organization_id = (SELECT organization_id FROM archived)
  AND ",
                    not_told!(":told")
                ),
            )
            .with("told", told.as_str()),
            Statement::new(
                "outbox",
                of_archived!(outbox_event!(
                    "SELECT :told, archived.organization_id, 'organization.archived', archived.organization_id, ",
                    event_payload!(organization("archived.organization_id"), by("archived.actor_id")),
                    ", :now
FROM archived
WHERE 1 = 1"
                )),
            )
            .with("told", told.as_str()),
            // Whether this request has done it.
            Statement::new("done", of_archived!("SELECT organization_id FROM archived")),
            // What stands in its way, for those who may know: until when the longest one runs, where it is cancelled.
            Statement::new(
                "running",
                scoped!(
                    "SELECT running.status, running.cancel_at, running.current_period_end
FROM membership
JOIN billing_subscriptions running ON running.organization_id = membership.organization_id
  AND ",
                    subscription_runs!("running"),
                    "
WHERE membership.role = 'owner'
ORDER BY running.current_period_end DESC LIMIT 1"
                ),
            ),
        ]
        .into_iter()
        .map(|statement| statement.with("event", event.as_str()))
        .collect()
    }

    fn is_done(&self, rows: &BatchRows<'_>) -> Result<bool, Refusal> {
        Ok(rows.first("done")?.is_some())
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if let (Some(_), Some(organization)) = (found.first("done")?, &context.organization) {
            let body = json!({
                "organizationId": organization, "archivedAt": context.now, "restorableUntil": context.now + RESTORABLE,
            });
            return Ok(Reply::ok("The organization is archived.", &body));
        }
        let membership = found.membership()?;
        if context.organization.is_none() {
            return Err(Refusal::invalid("organizationId", "is required"));
        }
        membership.must_be_team()?;
        if membership.role != Role::Owner {
            return Err(Refusal::Forbidden("Only an owner may do this"));
        }
        let row = found.first("running")?.ok_or_else(|| found.broken("what may be archived was not"))?;
        let (cancel_at, period_end) =
            found.stored((|| Ok((row.optional_timestamp("cancel_at")?, row.timestamp("current_period_end")?)))())?;
        Err(still_paid(cancel_at, period_end))
    }
}

fn still_paid(cancel_at: Option<Timestamp>, period_end: Timestamp) -> Refusal {
    let message = match cancel_at {
        Some(end) => format!("Its subscription runs until {}; archive it after that.", end.iso()),
        None => "Its subscription is still paid for; cancel it first.".to_string(),
    };
    Refusal::Conflict {
        code: "subscription_running",
        message,
        details: limit_details(&json!({
            "until": cancel_at.unwrap_or(period_end), "cancellationRequired": cancel_at.is_none(),
        })),
    }
}
