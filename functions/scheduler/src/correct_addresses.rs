//! `correct_addresses`: where Stripe sends invoices to an address that somebody has left, or had before their account was deleted, it is
//! told the next one. A deletion tells it by itself, where Stripe answers; this is for all others.

use tallygate::{
    account_deletion::StaleAddress,
    counting, customer_is_stale,
    http::Services,
    rules::archiving::RESTORABLE,
    schedule::{Job, Rhythm, Sending, Step},
    store::{Answer, Lock, Statement, StoreError},
    stripe::StripeError,
    transport::Pending,
};

use crate::{
    page::in_page,
    stripe::{lock_of_customer, stripe},
};

pub struct CorrectAddresses;

macro_rules! stale {
    () => {
        concat!(
            "FROM billing_customers
JOIN organizations ON organizations.id = billing_customers.organization_id
WHERE ",
            customer_is_stale!(),
            " AND "
        )
    };
}

/// A page is one customer, in the order of the index of those that are stale.
const NEXT: &str = concat!(
    "SELECT billing_customers.stripe_customer_id AS first, '' AS second
",
    stale!(),
    "billing_customers.stripe_customer_id > :until_first
ORDER BY billing_customers.stripe_customer_id LIMIT 1"
);

const ADDRESS: &str = concat!(
    "SELECT billing_customers.stripe_customer_id, organizations.billing_email
",
    stale!(),
    in_page!("billing_customers.stripe_customer_id")
);

impl Job for CorrectAddresses {
    fn name(&self) -> &'static str {
        "correct_addresses"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    fn next(&self, step: &Step) -> Statement {
        Statement::new("next", NEXT).with("restorable_since", step.now - RESTORABLE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        vec![Statement::new("address", ADDRESS).with("restorable_since", step.now - RESTORABLE)]
    }

    fn sending(&self) -> Option<&dyn Sending> {
        Some(self)
    }
}

impl Sending for CorrectAddresses {
    fn send<'a>(
        &'a self,
        step: &'a Step,
        answer: &'a Answer,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Vec<Statement>, StoreError>> {
        Box::pin(async move {
            let Some(row) = answer.first("address")? else { return Ok(Vec::new()) };
            let address = StaleAddress::read(row)?;
            match address.correct(&stripe(services)?, &step.ids.request_id()).await {
                Ok(corrected) => Ok(vec![Statement::new("counted", counting!("SELECT 1")), corrected]),
                // Stripe says so of this one alone, and repeats the address, which the log is not to have.
                Err(StripeError::Refused(_)) => {
                    services.note(format!("the customer {} was not given its next address", address.customer()));
                    Ok(Vec::new())
                }
                Err(error) => Err(StoreError::Unavailable(error.cause())),
            }
        })
    }

    fn locks(&self, answer: &Answer) -> Result<Vec<Lock>, StoreError> {
        lock_of_customer(answer, "address")
    }
}
