//! `leave`: the caller gives up their seat; an owner only while there is another one.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::ids::{OrganizationId, UserId},
    store::Statement,
};

use crate::{departure::departure, target::Target};

pub struct Leave;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Left {
    organization_id: OrganizationId,
}

impl Leave {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Leave {
    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let caller = context.identity.as_ref().map_or_else(|| UserId::new(""), |identity| identity.user_id.clone());
        departure(context, &caller, "member.left")
    }

    fn outcome(&self, _asking: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        if found.first("gone")?.is_some() {
            let message = format!("You left {}.", membership.organization_name);
            return Ok(Reply::ok(&message, &Left { organization_id: membership.organization_id.clone() }));
        }
        membership.must_be_team()?;
        Err(Target::read(found)?.last_owner(found))
    }
}
