//! `leave`: the caller gives up their seat; an owner only while there is another one.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::ids::{OrganizationId, UserId},
    store::{Lock, Statement},
};

use crate::{departure::departure, target::Target};

pub struct Leave;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Left {
    organization_id: OrganizationId,
}

impl Leave {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Leave {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let caller = context.identity.as_ref().map_or_else(|| UserId::new(""), |identity| identity.user_id.clone());
        departure(context, &caller, "member.left")
    }

    fn is_done(&self, found: &BatchRows<'_>) -> Result<bool, Refusal> {
        Ok(found.first("gone")?.is_some())
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if let Some(row) = found.first("gone")? {
            let message = format!("You left {}.", found.stored(row.text("name"))?);
            let organization_id = OrganizationId::new(found.stored(row.text("id"))?);
            return Ok(Reply::ok(&message, &Left { organization_id }));
        }
        found.membership()?.must_be_team()?;
        Err(Target::read(found)?.last_owner(found))
    }
}
