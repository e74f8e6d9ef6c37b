//! Where an organization's invoices are sent, as its payer has set it in Stripe's portal.

use crate::{
    audit_event,
    rules::{email::Email, time::Timestamp},
    store::Statement,
};

/// A row `customer`: no later answer was taken in; and where an address of ours is on its way to Stripe, since a deleted
/// user's stands there, the payer has chosen this one after that. Stripe tells of a change in whole seconds.
macro_rules! counts {
    () => {
        "customer.observed_at <= :observed_at AND (customer.email_is_stale = 0 OR customer.observed_at < :chosen_at)"
    };
}

/// The organization of the customer, where Stripe has another address for it than we have, and it [counts](counts).
macro_rules! elsewhere {
    () => {
        concat!(
            "organizations.archived_at IS NULL
  AND COALESCE(organizations.billing_email, (SELECT email FROM users WHERE users.id = organizations.founded_by))
    IS DISTINCT FROM :email
  AND organizations.id = (
    SELECT customer.organization_id FROM billing_customers customer
    JOIN webhook_inbox taken ON taken.provider = 'stripe' AND taken.event_id = :event AND taken.request_id = :request
    WHERE customer.stripe_customer_id = :customer AND ",
            counts!(),
            ")"
        )
    };
}

/// The statements that follow Stripe's answer about a customer: of two answers the one that was asked for later counts.
/// `chosen_at` is when the address was changed, where the message is about that.
pub fn record_billing_email(
    customer: &str,
    email: &Email,
    observed_at: Timestamp,
    chosen_at: Option<Timestamp>,
    event: &str,
    audit: &str,
) -> [Statement; 3] {
    let about = |statement: Statement| {
        statement
            .with("customer", customer)
            .with("event", event)
            .with("observed_at", observed_at)
            .with("chosen_at", chosen_at.unwrap_or(Timestamp(0)))
    };
    [
        about(Statement::new(
            "email_audit",
            audit_event!(
                "SELECT organizations.id, :audit, 'stripe', 'organization.billing_email_changed', organizations.id, '{}', :request, :now
FROM organizations WHERE ",
                elsewhere!()
            ),
        ))
        .with("email", email.as_str())
        .with("audit", audit),
        about(Statement::new(
            "email",
            concat!("UPDATE organizations SET billing_email = :email WHERE ", elsewhere!()),
        ))
        .with("email", email.as_str()),
        about(Statement::new(
            "heard",
            concat!(
                "UPDATE billing_customers AS customer SET observed_at = :observed_at, email_is_stale = 0
WHERE stripe_customer_id = :customer AND (observed_at < :observed_at OR email_is_stale = 1) AND ",
                counts!(),
                " AND EXISTS (
  SELECT 1 FROM webhook_inbox taken
  WHERE taken.provider = 'stripe' AND taken.event_id = :event AND taken.request_id = :request)"
            ),
        )),
    ]
}
