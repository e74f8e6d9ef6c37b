//! `status`: what was uploaded this month and what is left.

use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    store::Statement,
    usage::{standing_of, Answered, Wanted},
};

use crate::tally::{Tally, FEATURE};

pub struct Status;

impl Status {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Status {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![standing_of(&Wanted::feature(FEATURE), context)]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let Some(tally) = Tally::of(&Answered::read(found)?, membership) else {
            return Err(Refusal::feature_not_in_plan(FEATURE, membership));
        };
        let message = match tally.limit.is_unlimited() {
            true => format!("{} uploads this month; the {} plan has no limit.", tally.total, membership.plan_name),
            false => format!("{} of {} uploads used this month.", tally.total, tally.limit.value()),
        };
        Ok(Reply::ok(&message, &tally.counted(None, 0)))
    }
}
