//! `subscription`: what the organization is on, for its member's own page; `billing/history` has what was paid.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    store::Statement,
};

use crate::current::{current, Current};

pub struct Look;

impl Look {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Look {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![current()]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let current =
            Current::read(context, found)?.ok_or_else(|| found.broken("an organization without a subscription"))?;
        let message = format!("{} is on the {} plan.", membership.organization_name, membership.plan_name);
        Ok(Reply::ok(&message, &json!({ "subscription": current })))
    }
}
