//! `leave`: the caller gives up their seat; an owner only while there is another one.

use serde::Serialize;
use tallygate::{
    http::{Asking, Call, Found, Operation, Refusal, Reply},
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
    fn statements(&self, asking: &Asking) -> Vec<Statement> {
        let caller = asking.identity.as_ref().map_or_else(|| UserId::new(""), |identity| identity.user_id.clone());
        departure(asking, &caller, "member.left")
    }

    fn outcome(&self, _asking: &Asking, found: &Found<'_>) -> Result<Reply, Refusal> {
        let standing = found.standing()?;
        if found.first("gone")?.is_some() {
            let message = format!("You left {}.", standing.organization_name);
            return Ok(Reply::ok(&message, &Left { organization_id: standing.organization_id.clone() }));
        }
        standing.must_be_team()?;
        Err(Target::read(found)?.last_owner(found))
    }
}
