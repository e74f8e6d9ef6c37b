//! `convert`: a personal organization becomes a team, under the same id and with its history.

mod answer;
mod offer;
mod paid;
mod preview;
mod statements;
mod terms;
mod wish;

use tallygate::{
    http::{Asking, Call, Found, Operation, Outside, Refusal, Reply},
    store::Statement,
    transport::Pending,
};

pub use preview::Preview;

use offer::{Offer, Route};
use statements::{conversion, made, Money};
use wish::Wish;

/// The most that `prorationDate` may be, in seconds since the epoch.
const LATEST_SECOND: i64 = 99_999_999_999;

pub struct Convert {
    wish: Wish,
    /// The moment that the preview was made for, in seconds.
    proration_date: Option<i64>,
}

impl Convert {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let proration_date = call.fields.integer("prorationDate", 0, LATEST_SECOND)?;
        Ok(Box::new(Self { wish: Wish::read(call)?, proration_date }))
    }
}

impl Operation for Convert {
    fn statements(&self, asking: &Asking) -> Vec<Statement> {
        let mut statements = self.wish.statements();
        statements.extend(conversion(asking, &self.wish, Money::NotAsked));
        statements.push(made(asking));
        statements
    }

    /// Where a subscription at Stripe goes on as a team's, Stripe is asked first, since the card may say no; the
    /// conversion is then a second batch, together with what Stripe answered. All else is done in the first one.
    fn follow<'a>(
        &'a self,
        asking: &'a Asking,
        found: &'a Found<'a>,
        outside: &'a Outside<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(async move {
            if found.first("made")?.is_some() {
                return answer::converted(found);
            }
            let offer = Offer::read(&self.wish, found)?;
            offer.must_be_allowed()?;
            if offer.route != Route::Stripe {
                return Err(found.broken("a conversion that is allowed did not happen"));
            }
            paid::convert(&self.wish, &offer, self.proration_date, asking, outside).await
        })
    }
}
