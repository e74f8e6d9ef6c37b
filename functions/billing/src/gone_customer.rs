//! A customer that somebody has deleted at Stripe: the mapping is let go, so that the next purchase makes a new one.

use tallygate::{
    audit_event,
    billing::let_customer_go,
    http::{BatchRows, Refusal, RequestContext, Services},
    rules::request_ids::Purpose,
    store::{Lock, Statement},
};

/// Lets go of the mapping, and records that. A second batch: Stripe alone knows that the customer is gone, and says so when
/// it is asked for a page.
///
/// # Errors
/// Those of a batch.
pub async fn let_go(
    context: &RequestContext,
    found: &BatchRows<'_>,
    services: &Services<'_>,
    customer: &str,
) -> Result<(), Refusal> {
    let organization = &found.membership()?.organization_id;
    let mut statements = vec![Statement::new(
        "audit",
        audit_event!(
            "SELECT organization_id, :audit, 'stripe', 'billing.customer_deleted', stripe_customer_id, '{}', :request, :now
FROM billing_customers WHERE organization_id = :billed AND stripe_customer_id = :customer"
        ),
    )
    .with("audit", context.ids.id(Purpose::AuditEvent))
    .with("billed", organization.as_str())
    .with("customer", customer)];
    statements.extend(let_customer_go(customer, context.now, context.now, None));
    services.batch(context, &[Lock::OrganizationById(organization.clone())], &statements).await?;
    Ok(())
}
