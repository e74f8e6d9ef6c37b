//! `convert`: a personal organization becomes a team, under the same id and with its history.

pub mod answer;
mod offer;
mod paid;
pub mod preview;
mod request;
mod statements;
mod terms;

use tallygate::{
    http::{must_found_another, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services, SessionRule},
    store::{Lock, Statement},
    transport::Pending,
};

pub use offer::Plan;
pub use preview::{Named, Preview, Reason, Sides};
pub use terms::{changes, Gains};

use offer::{Offer, Route};
use request::ConversionRequest;
use statements::{conversion, made, Money};

/// The most that `prorationDate` may be, in seconds since the epoch.
const LATEST_SECOND: i64 = 99_999_999_999;

pub struct Convert {
    requested: ConversionRequest,
    /// The moment that the preview was made for, in seconds.
    proration_date: Option<i64>,
}

impl Convert {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let proration_date = call.fields.integer("prorationDate", 0, LATEST_SECOND)?;
        Ok(Box::new(Self { requested: ConversionRequest::read(call)?, proration_date }))
    }
}

impl Operation for Convert {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let mut statements = terms::statements(&self.requested);
        statements.extend(conversion(context, &self.requested, Money::NotAsked));
        statements.push(made(context));
        statements
    }

    /// Where a subscription at Stripe goes on as a team's, Stripe is asked first, since the card may say no; the
    /// conversion is then a second batch, together with what Stripe answered. All else is done in the first one.
    fn asks_others(&self) -> bool {
        true
    }

    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(async move {
            if found.first("made")?.is_some() {
                return answer::converted(found);
            }
            let offer = Offer::read(&self.requested, found)?;
            offer.must_be_allowed()?;
            must_found_another(found)?;
            if offer.route != Route::Stripe {
                return Err(found.broken("a conversion that is allowed did not happen"));
            }
            paid::convert(&self.requested, &offer, self.proration_date, context, services).await
        })
    }
}
