//! `preview`: what a change of plan would cost and take away, changing nothing.

use tallygate::{
    http::{Asking, Call, Found, Operation, Refusal, Reply},
    rules::plan_change::PlanChange,
    store::Statement,
};

use crate::{
    judgement::{statements, Judgement},
    offer::Wish,
};

pub struct Preview {
    wish: Wish,
}

impl Preview {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { wish: Wish::read(call)? }))
    }
}

impl Operation for Preview {
    fn statements(&self, asking: &Asking) -> Vec<Statement> {
        statements(&self.wish, asking.now)
    }

    fn outcome(&self, asking: &Asking, found: &Found<'_>) -> Result<Reply, Refusal> {
        let judgement = Judgement::of(&self.wish, found, asking.now, None)?;
        let (plan, interval) = (&judgement.offer.name, judgement.offer.interval.as_str());
        let message = match judgement.kind {
            PlanChange::Same => format!("This is the {plan} plan by the {interval} already."),
            _ if judgement.account.paid.is_none() => format!("The {plan} plan begins with a checkout."),
            PlanChange::Upgrade => format!("The {plan} plan by the {interval} would begin at once."),
            PlanChange::Downgrade => format!("The {plan} plan by the {interval} would begin with the next period."),
        };
        Ok(Reply::ok(&message, &judgement.shown()))
    }
}
