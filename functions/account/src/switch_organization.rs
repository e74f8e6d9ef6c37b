//! `switch-organization`: where the caller works from now on, unless a request says otherwise.

use serde_json::json;
use tallygate::{
    http::{remembering, BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    is_recent_request, recent_requests_with_this, scoped, session_is_live,
    store::{Lock, Statement},
};

pub struct Switch;

impl Switch {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Switch {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            // Decides: only to one of the caller's own, only where it is named, and once.
            remembering(
                context,
                Statement::new(
                "switched",
                scoped!(
                    "UPDATE users SET current_organization_id = (SELECT membership.organization_id FROM membership), request_id = :request,
  ",
                    recent_requests_with_this!("users"),
                    "
WHERE id = :caller AND :organization IS NOT NULL AND NOT ",
                    is_recent_request!("users"),
                    "
  AND current_organization_id IS DISTINCT FROM (SELECT membership.organization_id FROM membership)
  AND EXISTS (SELECT 1 FROM membership)
  AND ",
                    session_is_live!()
                ),
            )),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        if context.organization.is_none() {
            return Err(Refusal::invalid("organizationId", "is required"));
        }
        let name = &membership.organization_name;
        let organization = json!({
            "id": membership.organization_id,
            "name": name,
            "slug": membership.organization_slug,
            "kind": if membership.is_personal { "personal" } else { "team" },
            "role": membership.role,
        });
        Ok(Reply::ok(&format!("You work in {name} now."), &json!({ "organization": organization })))
    }
}
