//! What an answer to an invitation has in common: the token, the recipient, the state.

use tallygate::{
    http::{BatchRows, Call, Refusal, RequestContext},
    inviter_may_invite,
    rules::invitation::token_hash,
    store::{Lock, Row, Statement},
};

/// Of an update of `organization_invitations`: the caller is the verified recipient, and may use the product.
macro_rules! is_recipient {
    () => {
        "email = (
    SELECT recipient.email FROM users recipient
    WHERE recipient.id = :caller AND recipient.email_verified = 1
      AND recipient.banned_at IS NULL AND recipient.deleted_at IS NULL)"
    };
}
pub(crate) use is_recipient;

/// The invitation that this request has answered so, or nothing: what follows from an answer hangs on it.
macro_rules! answered {
    ($status:literal) => {
        $crate::invitation::answered!($status, "")
    };
    ($status:literal, $beside:literal) => {
        concat!(
            "FROM ",
            $beside,
            "organization_invitations answered
WHERE answered.token_hash = :token_hash AND answered.request_id = :request AND answered.status = '",
            $status,
            "'"
        )
    };
}
pub(crate) use answered;

/// What both answers may be raced for: the caller's seats, and the organization's.
pub fn locks(token_hash: &str) -> Vec<Lock> {
    vec![Lock::Caller, Lock::OrganizationOfInvitation(token_hash.to_string())]
}

/// The hash by which the request's token is looked up.
pub fn hash(call: &Call<'_>) -> Result<String, Refusal> {
    call.fields.required_text("token").map(token_hash)
}

/// The invitation with its organization, as they are after the decision: a refusal changes nothing, so what explains it
/// is the same before and after.
pub fn invitation(token_hash: &str) -> Statement {
    Statement::new(
        "invitation",
        concat!(
            "SELECT invitation.id, invitation.organization_id, invitation.email, invitation.role, invitation.status,
  CASE WHEN invitation.request_id = :request THEN 1 ELSE 0 END AS is_changed, invitation.expires_at, inviter.name AS invited_by, entitlements.organization_name, entitlements.organization_slug,
  entitlements.seats, entitlements.access_until, entitlements.plan_name, entitlements.subscription_status,
  entitlements.sales_contact,
  CASE WHEN ",
            inviter_may_invite!("invitation"),
            " THEN 1 ELSE 0 END AS is_backed,
  (SELECT COUNT(*) FROM organization_members member
    WHERE member.organization_id = invitation.organization_id) AS members,
  (SELECT COUNT(*) FROM organization_members member
    WHERE member.organization_id = invitation.organization_id AND member.user_id = :caller) AS is_member,
  (SELECT COUNT(*) FROM users recipient
    WHERE recipient.id = :caller AND recipient.email_verified = 1) AS caller_verified,
  (SELECT COUNT(*) FROM users recipient
    WHERE recipient.id = :caller AND recipient.email = invitation.email) AS addressed_to_caller
FROM organization_invitations invitation
JOIN entitlements ON entitlements.organization_id = invitation.organization_id
JOIN users inviter ON inviter.id = invitation.invited_by
WHERE invitation.token_hash = :token_hash"
        ),
    )
    .with("token_hash", token_hash)
}

/// The invitation's row, for whom the token was sent to.
pub fn for_recipient<'a>(found: &'a BatchRows<'_>) -> Result<&'a Row, Refusal> {
    let row = found.first("invitation")?.ok_or(Refusal::InvitationNotFound)?;
    if !found.stored(row.flag("addressed_to_caller"))? {
        return Err(Refusal::WrongRecipient);
    }
    if !found.stored(row.flag("caller_verified"))? {
        return Err(Refusal::EmailNotVerified);
    }
    Ok(row)
}

/// Whether this request has given the invitation that status.
pub fn answered_now(found: &BatchRows<'_>, row: &Row, status: &str) -> Result<bool, Refusal> {
    let changed = found.stored(row.flag("is_changed"))?;
    Ok(changed && found.stored(row.text("status"))? == status)
}

/// Refuses an invitation that was answered or taken back.
pub fn must_be_unanswered(found: &BatchRows<'_>, row: &Row) -> Result<(), Refusal> {
    match found.stored(row.text("status"))? {
        "accepted" => Err(Refusal::InvitationUsed),
        "revoked" => Err(Refusal::InvitationRevoked),
        "declined" => Err(Refusal::InvitationDeclined),
        _ => Ok(()),
    }
}

/// Refuses an invitation whose sender may not send it any more.
pub fn must_be_backed(found: &BatchRows<'_>, row: &Row) -> Result<(), Refusal> {
    match found.stored(row.flag("is_backed"))? {
        true => Ok(()),
        false => Err(Refusal::InvitationWithdrawn),
    }
}

/// Refuses an invitation whose week is over.
pub fn must_be_live(found: &BatchRows<'_>, row: &Row, context: &RequestContext) -> Result<(), Refusal> {
    let replaced = found.stored(row.text("status"))? == "expired";
    let expired = found.stored(row.timestamp("expires_at"))? <= context.now;
    if replaced || expired {
        Err(Refusal::InvitationExpired)
    } else {
        Ok(())
    }
}
