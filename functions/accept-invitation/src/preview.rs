//! `preview`: what an invitation is about, before signing in. It changes nothing, however often a link scanner asks.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope, Staleness},
    inviter_may_invite,
    rules::{email::Email, role::Role, time::Timestamp},
    store::Statement,
};

use crate::invitation::{hash, must_be_backed, must_be_live, must_be_unanswered};

pub struct Preview {
    token_hash: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Previewed {
    invitation: Invitation,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    organization_name: String,
    role: Role,
    invited_by: String,
    /// All but its first letter and its domain masked.
    email: String,
    expires_at: Timestamp,
}

impl Preview {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { token_hash: hash(call)? }))
    }
}

impl Operation for Preview {
    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        // Who holds the token may see this much.
        vec![Statement::new(
            "invitation",
            concat!(
                "SELECT invitation.email, invitation.role, invitation.status, invitation.expires_at,
  CASE WHEN ",
                inviter_may_invite!("invitation"),
                " THEN 1 ELSE 0 END AS is_backed, inviter.name AS invited_by, entitlements.organization_name
FROM organization_invitations invitation
JOIN entitlements ON entitlements.organization_id = invitation.organization_id
JOIN users inviter ON inviter.id = invitation.invited_by
WHERE invitation.token_hash = :token_hash"
            ),
        )
        .with("token_hash", self.token_hash.as_str())]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let row = found.first("invitation")?.ok_or(Refusal::InvitationNotFound)?;
        must_be_unanswered(found, row)?;
        must_be_live(found, row, context)?;
        must_be_backed(found, row)?;
        let role = Role::parse(found.stored(row.text("role"))?).ok_or_else(|| found.broken("no role"))?;
        let invitation = Invitation {
            organization_name: found.stored(row.text("organization_name"))?.to_string(),
            role,
            invited_by: found.stored(row.text("invited_by"))?.to_string(),
            email: Email::masked(found.stored(row.text("email"))?),
            expires_at: found.stored(row.timestamp("expires_at"))?,
        };
        let message = format!("{} invites you to {}.", invitation.invited_by, invitation.organization_name);
        Ok(Reply::ok(&message, &Previewed { invitation }))
    }
}
