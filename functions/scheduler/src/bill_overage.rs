//! `bill_overage`: what periods came to beyond their limits becomes invoice items at Stripe, each once.
//!
//! A step is two transactions with Stripe between them. The first judges what is to be billed and notes that Stripe is about
//! to be asked; the second keeps what it answered. Whatever is lost in between, the line is asked for again: within a day
//! under the same idempotency key, and always after a look whether the customer has an item with the line's mark already,
//! since Stripe forgets keys after a day.
//!
//! An item waits for the customer's next invoice. Where none will come within a month (the subscription has ended, or is paid
//! by the year), an invoice is made of what waits.

mod lines;
mod sending;
mod statements;

use tallygate::{
    schedule::{Job, Rhythm, Sending, Step},
    store::Statement,
};

pub struct BillOverage;

impl Job for BillOverage {
    fn name(&self) -> &'static str {
        "bill_overage"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    fn next(&self, _step: &Step) -> Statement {
        statements::next()
    }

    fn statements(&self, _step: &Step) -> Vec<Statement> {
        statements::asking()
    }

    fn sending(&self) -> Option<&dyn Sending> {
        Some(self)
    }
}
