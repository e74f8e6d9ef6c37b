//! `forget_customers`: whoever deletes their account is forgotten at Stripe, too, and pays first for what they used beyond their
//! plan. A customer who owes nothing is deleted with the account; this deletes the others, once their last invoice is through.

use tallygate::{
    account_deletion::COLLECTED_WITHIN,
    billing::let_customer_go,
    counting,
    http::Services,
    overage_is_owed,
    schedule::{Job, Rhythm, Sending, Step},
    store::{Answer, Lock, Statement, StoreError},
    stripe::StripeError,
    transport::Pending,
};

use crate::{
    nobody::is_nobodys,
    page::in_page,
    stripe::{lock_of_customer, stripe},
};

pub struct ForgetCustomers;

/// Of rows `organization`, which is nobody's, and its `customer`: nothing is owed of it. (By the customer's row, so that SQLite looks at
/// nothing else of organizations that have none any more.)
macro_rules! may_be_forgotten {
    () => {
        concat!(is_nobodys!("customer.organization_id"), " AND NOT ", overage_is_owed!("customer.organization_id"))
    };
}

/// A page is one organization, in the order of the index by whom it was archived.
const NEXT: &str = concat!(
    "SELECT organization.archived_by AS first, organization.id AS second
FROM organizations organization
JOIN billing_customers customer ON customer.organization_id = organization.id
WHERE (organization.archived_by, organization.id) > (:until_first, :until_second) AND ",
    may_be_forgotten!(),
    "
ORDER BY organization.archived_by, organization.id LIMIT 1"
);

const CUSTOMER: &str = concat!(
    "SELECT customer.stripe_customer_id
FROM organizations organization
JOIN billing_customers customer ON customer.organization_id = organization.id
WHERE ",
    in_page!("organization.archived_by", "organization.id"),
    " AND ",
    may_be_forgotten!()
);

impl Job for ForgetCustomers {
    fn name(&self) -> &'static str {
        "forget_customers"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Day
    }

    fn next(&self, step: &Step) -> Statement {
        Statement::new("next", NEXT).with("owed_since", step.now - COLLECTED_WITHIN)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        vec![Statement::new("customer", CUSTOMER).with("owed_since", step.now - COLLECTED_WITHIN)]
    }

    fn sending(&self) -> Option<&dyn Sending> {
        Some(self)
    }
}

impl Sending for ForgetCustomers {
    fn send<'a>(
        &'a self,
        step: &'a Step,
        answer: &'a Answer,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Vec<Statement>, StoreError>> {
        Box::pin(async move {
            let Some(row) = answer.first("customer")? else { return Ok(Vec::new()) };
            let customer = row.text("stripe_customer_id")?;
            match stripe(services)?.delete_customer(customer).await {
                Ok(()) => {}
                // Stripe says so of this one alone.
                Err(refused @ StripeError::Refused(_)) => {
                    let cause = refused.cause();
                    services.note(format!("the customer {customer} was not deleted: {cause}"));
                    return Ok(Vec::new());
                }
                Err(error) => return Err(StoreError::Unavailable(error.cause())),
            }
            let counted = Statement::new("counted", counting!("SELECT 1"));
            Ok(std::iter::once(counted).chain(let_customer_go(customer, step.now, step.now, None)).collect())
        })
    }

    fn locks(&self, answer: &Answer) -> Result<Vec<Lock>, StoreError> {
        lock_of_customer(answer, "customer")
    }
}
