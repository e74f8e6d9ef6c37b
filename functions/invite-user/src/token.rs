//! The token by which an invitation is accepted.

use tallygate::{
    http::RequestContext,
    rules::invitation::{derived_token, InvitationPolicy},
};

/// Of an invitation that this request makes or sends again: one that the scheduler can make again for its mail where both have
/// the secret, else a random one.
pub fn token(context: &RequestContext, invitation: &str) -> String {
    let secret = context.invitation_secret.as_deref();
    let derived =
        secret.and_then(|secret| derived_token(secret, invitation, InvitationPolicy::expires_at(context.now)));
    derived.unwrap_or_else(|| context.ids.token())
}
