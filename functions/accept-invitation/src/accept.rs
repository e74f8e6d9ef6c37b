//! `accept`: the invitee takes the seat.

use serde::Serialize;
use tallygate::{
    audit_event, event_payload,
    http::{
        refreshed_address, trial_of_verified, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope,
        SessionRule,
    },
    inviter_may_invite, outbox_event,
    rules::{ids::OrganizationId, json::object, limit::Limit, request_ids::Purpose, role::Role},
    session_is_proven,
    store::{Lock, Row, Statement, StoreError},
};

use crate::invitation::{
    answered, answered_now, for_recipient, hash, invitation, is_recipient, locks, must_be_backed, must_be_live,
    must_be_unanswered,
};

pub struct Accept {
    token_hash: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Accepted {
    organization: Organization,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    id: OrganizationId,
    name: String,
    slug: String,
    role: Role,
    seat_limit: Limit,
    current_seats: i64,
    is_admin: bool,
}

impl Organization {
    /// As it is with the new member.
    fn read(row: &Row) -> Result<Self, StoreError> {
        let role = Role::parse(row.text("role")?).ok_or_else(|| StoreError::Broken("no role".to_string()))?;
        Ok(Self {
            id: OrganizationId::new(row.text("organization_id")?),
            name: row.text("organization_name")?.to_string(),
            slug: row.text("organization_slug")?.to_string(),
            role,
            seat_limit: Limit::new(row.integer("seats")?),
            current_seats: row.integer("members")?,
            is_admin: role.manages(),
        })
    }
}

impl Accept {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { token_hash: hash(call)? }))
    }
}

impl Operation for Accept {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        locks(&self.token_hash)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let hashed = |statement: Statement| statement.with("token_hash", self.token_hash.as_str());
        vec![
            refreshed_address(context),
            // Decides: a pending invitation that has not run out and whose sender may still send it, by its verified
            // recipient who is no member yet, to an organization in good standing with a seat left. Members alone are counted: the invitee's own pending
            // seat never blocks them.
            hashed(Statement::new(
                "accepted",
                concat!(
                    "UPDATE organization_invitations SET
  status = 'accepted', resolved_at = :now, answered_by = :caller, request_id = :request
WHERE token_hash = :token_hash AND status = 'pending' AND expires_at > :now
  AND ",
                    inviter_may_invite!("organization_invitations"),
                    "
  AND ",
                    is_recipient!(),
                    "
  AND NOT EXISTS (
    SELECT 1 FROM organization_members member
    WHERE member.organization_id = organization_invitations.organization_id AND member.user_id = :caller)
  AND EXISTS (
    SELECT 1 FROM entitlements
    WHERE entitlements.organization_id = organization_invitations.organization_id
      AND entitlements.organization_kind = 'team' AND entitlements.access_until > :now
      AND (entitlements.seats = -1 OR entitlements.seats > (
        SELECT COUNT(*) FROM organization_members member
        WHERE member.organization_id = entitlements.organization_id))
      AND ",
                    session_is_proven!("entitlements.sessions_enforced"),
                    ")"
                ),
            )),
            // The membership and where the caller works, once: whoever is removed before this batch is sent a second time stays
            // removed, and whoever has gone elsewhere stays there.
            hashed(Statement::new(
                "member",
                concat!(
                    "INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id)
SELECT answered.organization_id, :caller, answered.role, :now, :request
",
                    answered!("accepted"),
                    "
  AND NOT EXISTS (
    SELECT 1 FROM audit_events done WHERE done.organization_id = answered.organization_id AND done.id = :event)
ON CONFLICT (organization_id, user_id) DO NOTHING"
                ),
            ))
            .with("event", context.ids.id(Purpose::AuditEvent)),
            hashed(Statement::new(
                "current",
                concat!(
                    "UPDATE users SET current_organization_id = (SELECT answered.organization_id
",
                    answered!("accepted"),
                    ")
WHERE id = :caller AND EXISTS (SELECT 1
",
                    answered!("accepted"),
                    "
  AND NOT EXISTS (
    SELECT 1 FROM audit_events done WHERE done.organization_id = answered.organization_id AND done.id = :event))"
                ),
            ))
            .with("event", context.ids.id(Purpose::AuditEvent)),
            hashed(Statement::new(
                "audit",
                audit_event!(
                    "SELECT answered.organization_id, :event, :caller, 'invitation.accepted', answered.id, '{}', :request, :now
",
                    answered!("accepted")
                ),
            ))
            .with("event", context.ids.id(Purpose::AuditEvent)),
            hashed(Statement::new(
                "outbox",
                outbox_event!(
                    "SELECT :event || ':' || told.name, answered.organization_id, told.name,
  CASE told.name WHEN 'member.added' THEN :caller ELSE answered.id END, CASE told.name WHEN 'member.added' THEN ",
                    event_payload!(
                        member("answered.organization_id", ":caller"),
                        organization("answered.organization_id"),
                        by(":caller")
                    ),
                    " ELSE ",
                    event_payload!(
                        invitation("answered.organization_id", "answered.id"),
                        organization("answered.organization_id"),
                        by(":caller")
                    ),
                    " END, :now
",
                    answered!("accepted", "(SELECT 'invitation.accepted' AS name UNION ALL SELECT 'member.added') told CROSS JOIN ")
                ),
            ))
            .with("event", context.ids.id(Purpose::OutboxEvent)),
            // Who is verified by this has the trial that they did not get without it.
            trial_of_verified(),
            invitation(&self.token_hash),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let row = for_recipient(found)?;
        if answered_now(found, row, "accepted")? {
            let organization = found.stored(Organization::read(row))?;
            let message = format!("Welcome to {}.", organization.name);
            return Ok(Reply::ok(&message, &Accepted { organization }));
        }
        must_be_unanswered(found, row)?;
        must_be_live(found, row, context)?;
        must_be_backed(found, row)?;
        if found.stored(row.flag("is_member"))? {
            return Err(Refusal::AlreadyMember);
        }
        if found.stored(row.timestamp("access_until"))? <= context.now {
            return Err(Refusal::SubscriptionRequired {
                plan: found.stored(row.text("plan_name"))?.to_string(),
                status: found.stored(row.text("subscription_status"))?.to_string(),
            });
        }
        Err(found.stored(full(row))?)
    }
}

/// The refusal when the house is full: seats shrank, or others were quicker after an invitation had run out.
fn full(row: &Row) -> Result<Refusal, StoreError> {
    let (name, seats) = (row.text("organization_name")?, row.integer("seats")?);
    Ok(Refusal::LimitReached {
        code: "seat_limit_exceeded",
        message: format!(
            "All {seats} seats of {name} are taken; ask its owner for a seat. Your invitation stays open."
        ),
        details: object(vec![
            ("seatLimitExceeded", true.into()),
            ("currentSeats", row.integer("members")?.into()),
            ("seatLimit", seats.into()),
            ("upgradeRequired", true.into()),
        ]),
    })
}
