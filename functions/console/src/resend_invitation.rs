//! `resend-invitation`: a pending invitation gets another token and another week, as its sender could have done it.

use serde_json::json;
use tallygate::{
    event_payload,
    http::{banned_domains, BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    inviter_may_invite, is_of_banned_domain, outbox_event,
    rules::{
        ids::OrganizationId,
        invitation::{derived_token, token_hash, InvitationPolicy},
        request_ids::Purpose,
    },
    seats_to_fill, staff_scoped,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, conflict, Act},
    target::organization,
};

/// Of rows `target` (the invitation) and `plan` (what its organization may do): a seat is left for it, or it has one.
macro_rules! has_a_seat {
    () => {
        concat!(
            "(target.expires_at > :now OR ",
            seats_to_fill!("plan"),
            " = -1 OR ",
            seats_to_fill!("plan"),
            " > (
    SELECT COUNT(*) FROM organization_members member WHERE member.organization_id = target.organization_id
  ) + (
    SELECT COUNT(*) FROM organization_invitations live
    WHERE live.organization_id = target.organization_id AND live.status = 'pending' AND live.expires_at > :now))"
        )
    };
}

pub struct ResendInvitation {
    act: Act,
    organization: OrganizationId,
    invitation: String,
}

impl ResendInvitation {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let act = Act::read(call, "invitation.resent", json!({ "status": "pending" }))?;
        let invitation = call.fields.required_id("invitation")?.to_string();
        Ok(Box::new(Self { act, organization: organization(call)?, invitation }))
    }

    /// One that the scheduler can make again for its mail where both have the secret, else a random one.
    fn token(&self, context: &RequestContext) -> String {
        let secret = context.invitation_secret.as_deref();
        let expires_at = InvitationPolicy::expires_at(context.now);
        let derived = secret.and_then(|secret| derived_token(secret, &self.invitation, expires_at));
        derived.unwrap_or_else(|| context.ids.token())
    }
}

impl Operation for ResendInvitation {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::OrganizationById(self.organization.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a pending invitation of a plan that runs, whose sender may still send it, to no banned domain, and which has a seat.
        let decided = act_decided!(
            "invitation",
            "target.id",
            "target.organization_id",
            "'{\"status\":\"' || CASE WHEN target.expires_at > :now THEN 'pending' ELSE 'expired' END || '\"}'",
            "
FROM staff
JOIN organization_invitations target ON target.organization_id = :organization_id AND target.id = :invitation
  AND target.status = 'pending'
JOIN entitlements plan ON plan.organization_id = target.organization_id AND plan.access_until > :now
WHERE ",
            inviter_may_invite!("target"),
            " AND NOT ",
            is_of_banned_domain!("target.email"),
            " AND ",
            has_a_seat!()
        );
        let resent = concat!(
            "UPDATE organization_invitations SET token_hash = :token_hash, expires_at = :expires_at, request_id = :request,
  resends = CASE WHEN resends_day = :day THEN resends + 1 ELSE 1 END, resends_day = :day
WHERE organization_id = :organization_id AND id = :invitation AND status = 'pending' AND ",
            act_is_decided!()
        );
        let outbox = outbox_event!(
            "SELECT :told, decided.organization_id, 'invitation.resent', decided.target_id, ",
            event_payload!(
                invitation("decided.organization_id", "decided.target_id"),
                organization("decided.organization_id"),
                by("'operator'")
            ),
            ", :now
FROM operator_acts decided WHERE decided.id = :act AND decided.is_applied = 0"
        );
        let target = staff_scoped!(
            "SELECT target.status, CASE WHEN EXISTS (
    SELECT 1 FROM entitlements plan WHERE plan.organization_id = target.organization_id AND plan.access_until > :now)
  THEN 1 ELSE 0 END AS runs, CASE WHEN ",
            inviter_may_invite!("target"),
            " THEN 1 ELSE 0 END AS may_be_sent, CASE WHEN ",
            is_of_banned_domain!("target.email"),
            " THEN 1 ELSE 0 END AS is_banned
FROM staff
JOIN organization_invitations target ON target.organization_id = :organization_id AND target.id = :invitation"
        );
        let follows = vec![
            Statement::new("resent", resent),
            Statement::new("outbox", outbox).with("told", context.ids.id(Purpose::OutboxEvent)),
        ];
        let explains = vec![Statement::new("target", target)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, explains);
        all.into_iter()
            .map(|one| {
                one.with("organization_id", self.organization.as_str())
                    .with("invitation", self.invitation.as_str())
                    .with("token_hash", token_hash(&self.token(context)))
                    .with("expires_at", InvitationPolicy::expires_at(context.now))
                    .with("day", context.now.start_of_day())
                    .with("banned_domains", banned_domains(context))
            })
            .collect()
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if let Some(act) = Act::done(found)? {
            let url = format!("{}/accept-invitation?token={}", context.app_url, self.token(context));
            let body = json!({ "act": act, "inviteUrl": url, "expiresAt": InvitationPolicy::expires_at(context.now) });
            return Ok(Reply::ok("The invitation was sent again.", &body));
        }
        let target = found.first("target")?.ok_or(Refusal::InvitationNotFound)?;
        let is = |column| found.stored(target.flag(column));
        if found.stored(target.text("status"))? != "pending" {
            return Err(conflict("not_pending", "The invitation has been answered or revoked."));
        }
        if !is("may_be_sent")? {
            return Err(Refusal::InvitationWithdrawn);
        }
        if is("is_banned")? {
            return Err(Refusal::EmailDomainBanned);
        }
        Err(match is("runs")? {
            false => conflict("not_running", "The organization's plan does not run."),
            true => conflict("no_seat", "All seats of the organization are taken."),
        })
    }
}
