//! `preview`: what a change of plan would cost and take away, changing nothing.

use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    rules::plan_change::PlanChange,
    store::Statement,
};

use crate::{
    offer::PlanChangeRequest,
    quote::{statements, PlanChangeQuote},
};

pub struct Preview {
    requested: PlanChangeRequest,
}

impl Preview {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { requested: PlanChangeRequest::read(call)? }))
    }
}

impl Operation for Preview {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ActedUpon)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        statements(&self.requested, context.now)
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let quote = PlanChangeQuote::of(&self.requested, found, context.now, None)?;
        let (plan, interval) = (&quote.offer.name, quote.offer.interval.as_str());
        let message = match quote.kind {
            PlanChange::Same => format!("This is the {plan} plan by the {interval} already."),
            _ if quote.account.paid.is_none() => format!("The {plan} plan begins with a checkout."),
            PlanChange::Upgrade => format!("The {plan} plan by the {interval} would begin at once."),
            PlanChange::Downgrade => format!("The {plan} plan by the {interval} would begin with the next period."),
        };
        Ok(Reply::ok(&message, &quote.shown()))
    }
}
