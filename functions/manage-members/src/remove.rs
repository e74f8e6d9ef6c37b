//! `remove`: an owner or admin takes a member's seat.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::ids::UserId,
    store::{Lock, Statement},
};

use crate::{
    departure::departure,
    target::{member_id, Target},
};

pub struct Remove {
    member: UserId,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    member_id: UserId,
}

impl Remove {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { member: member_id(call)? }))
    }
}

impl Operation for Remove {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::User(self.member.clone()), Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        departure(context, &self.member, "member.removed")
    }

    /// An owner may remove themselves.
    fn is_done(&self, found: &BatchRows<'_>) -> Result<bool, Refusal> {
        Ok(found.first("gone")?.is_some())
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if found.first("gone")?.is_some() {
            return Ok(Reply::ok("The member was removed.", &Removed { member_id: self.member.clone() }));
        }
        let membership = found.membership()?;
        membership.must_be_team()?;
        membership.must_manage()?;
        let target = Target::read(found)?;
        if target.role > membership.role {
            return Err(Refusal::Forbidden("Nobody removes a member with a role above their own"));
        }
        Err(target.last_owner(found))
    }
}
