//! `invite`: a seat offered to an address.

use tallygate::{
    audit_event, event_payload,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    outbox_event,
    rules::{
        email::Email,
        invitation::{token_hash, InvitationPolicy},
        request_ids::Purpose,
        role::Role,
    },
    scoped, session_is_proven,
    store::{Lock, Statement},
    tenant_scoped,
};

use crate::{
    seats::{has_a_seat, seats, Invited, SeatInfo, ShownOnce},
    sending::{may_send_to, must_be_within, on_the_day, sent},
    token::token,
};

pub struct Invite {
    email: Email,
    role: Role,
}

impl Invite {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let role = call.fields.parsed("role", Role::parse, "one of: owner, admin, member, viewer")?;
        Ok(Box::new(Self {
            email: call.fields.required("email", Email::parse, "an e-mail address")?,
            role: role.unwrap_or(Role::Member),
        }))
    }
}

impl Operation for Invite {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let id = context.ids.id(Purpose::Invitation);
        let banned = self.email.is_of(&context.banned_email_domains);
        let dated = |statement: Statement| on_the_day(statement, context).with("banned", banned);
        vec![
            // An invitation that ran out makes room for a new one to the same address, under all conditions of the new
            // one: where that is refused, the old one can still be declined or resent.
            dated(Statement::new(
                "expired",
                scoped!(
                    "UPDATE organization_invitations SET status = 'expired', resolved_at = :now, request_id = :request
WHERE organization_id = (
    SELECT membership.organization_id FROM membership
    WHERE membership.organization_kind = 'team'
      AND membership.role_rank >= 3 AND membership.role_rank >= :role_rank AND membership.access_until > :now)
  AND email = :email AND status = 'pending' AND expires_at <= :now AND :banned = 0
  AND NOT EXISTS (
    SELECT 1 FROM users invitee JOIN organization_members member ON member.user_id = invitee.id
      AND member.organization_id = organization_invitations.organization_id
    WHERE invitee.email = :email AND invitee.email_verified = 1 AND invitee.deleted_at IS NULL)
  AND EXISTS (
    SELECT 1 FROM membership
    WHERE ",
                    has_a_seat!(),
                    ")
  AND EXISTS (SELECT 1 FROM membership WHERE ",
                    may_send_to!(":email"),
                    "
      AND ",
                    session_is_proven!(),
                    ")"
                ),
            ))
            .with("email", self.email.as_str())
            .with("role_rank", self.role.rank()),
            // Decides: who may invite to which role, that nobody is invited twice, and that a seat is left when members
            // and live invitations are counted.
            dated(Statement::new(
                "inserted",
                scoped!(
                    "INSERT INTO organization_invitations
  (organization_id, id, email, role, token_hash, status, invited_by, created_at, expires_at, request_id)
SELECT membership.organization_id, :id, :email, :role, :token_hash, 'pending', membership.user_id, :now, :expires_at, :request
FROM membership
WHERE membership.organization_kind = 'team'
  AND membership.role_rank >= 3 AND membership.role_rank >= :role_rank
  AND membership.access_until > :now AND :banned = 0
  AND NOT EXISTS (
    SELECT 1 FROM users invitee JOIN organization_members member ON member.user_id = invitee.id
      AND member.organization_id = membership.organization_id
    WHERE invitee.email = :email AND invitee.email_verified = 1 AND invitee.deleted_at IS NULL)
  AND NOT EXISTS (
    SELECT 1 FROM organization_invitations live
    WHERE live.organization_id = membership.organization_id AND live.email = :email AND live.status = 'pending')
  AND ",
                    has_a_seat!(),
                    "
  AND (SELECT settings.most_pending_invitations FROM catalog_settings settings WHERE settings.id = 1) > (
    SELECT COUNT(*) FROM organization_invitations waiting
    WHERE waiting.organization_id = membership.organization_id AND waiting.status = 'pending')
  AND ",
                    may_send_to!(":email"),
                    "
  AND ",
                    session_is_proven!(),
                    "
ON CONFLICT (organization_id, id) DO NOTHING"
                ),
            ))
            .with("id", id.as_str())
            .with("email", self.email.as_str())
            .with("role", self.role.as_str())
            .with("role_rank", self.role.rank())
            .with("token_hash", token_hash(&token(context, &id)))
            .with("expires_at", InvitationPolicy::expires_at(context.now)),
            Statement::new(
                "audit",
                tenant_scoped!(
                    audit_event!(
"SELECT tenant.organization_id, :event, tenant.user_id, 'invitation.created', made.id, '{}', :request, :now
FROM tenant JOIN organization_invitations made
  ON made.organization_id = tenant.organization_id AND made.id = :id
WHERE 1 = 1")
                ),
            )
            .with("id", id.as_str())
            .with("event", context.ids.id(Purpose::AuditEvent)),
            Statement::new(
                "outbox",
                tenant_scoped!(
                    outbox_event!(
"SELECT :event, tenant.organization_id, 'invitation.created', made.id, ",
                        event_payload!(invitation("made.organization_id", "made.id"), organization("made.organization_id"), by("tenant.user_id")),
                        ", :now
FROM tenant JOIN organization_invitations made
  ON made.organization_id = tenant.organization_id AND made.id = :id
WHERE 1 = 1")
                ),
            )
            .with("id", id.as_str())
            .with("event", context.ids.id(Purpose::OutboxEvent)),
            // The answer: the invitation, if this request has made it.
            Statement::new(
                "invitation",
                tenant_scoped!(
                    "SELECT made.id, made.email, made.role, made.expires_at
FROM tenant JOIN organization_invitations made
  ON made.organization_id = tenant.organization_id AND made.id = :id"
                ),
            )
            .with("id", id.as_str()),
            seats(),
            // What explains a refusal: is the address a member's, or invited already?
            Statement::new(
                "address",
                scoped!(
                    "SELECT
  (SELECT COUNT(*) FROM users invitee JOIN organization_members member ON member.user_id = invitee.id
      AND member.organization_id = membership.organization_id
    WHERE invitee.email = :email AND invitee.email_verified = 1 AND invitee.deleted_at IS NULL) AS member,
  (SELECT COUNT(*) FROM organization_invitations live WHERE live.organization_id = membership.organization_id
    AND live.email = :email AND live.status = 'pending' AND live.expires_at > :now) AS invited
FROM membership"
                ),
            )
            .with("email", self.email.as_str()),
            sent(self.email.as_str(), context),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let seat_info = SeatInfo::read(found)?;
        if let Some(row) = found.first("invitation")? {
            let invitation = found.stored(ShownOnce::read(row, context, membership))?;
            let message = format!("{} is invited to {}.", invitation.email, invitation.organization_name);
            return Ok(Reply::created(&message, &Invited { invitation, seat_info }));
        }
        membership.must_be_team()?;
        membership.must_manage()?;
        if self.role > membership.role {
            return Err(Refusal::Forbidden("Nobody invites to a role above their own"));
        }
        membership.must_have_access(context.now)?;
        if self.email.is_of(&context.banned_email_domains) {
            return Err(Refusal::EmailDomainBanned);
        }
        let address = found.only("address")?;
        if found.stored(address.flag("member"))? {
            return Err(Refusal::AlreadyMember);
        }
        if found.stored(address.flag("invited"))? {
            return Err(Refusal::InvitationPending);
        }
        must_be_within(found, context, true)?;
        Err(seat_info.exceeded(membership))
    }
}
