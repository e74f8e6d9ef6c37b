//! Customers: one an organization.

use super::{
    client::{IdempotencyKey, Stripe},
    form::Form,
    object::Object,
    StripeError,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCustomer<'a> {
    pub organization_id: &'a str,
    pub name: &'a str,
    pub email: Option<&'a str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    pub id: String,
}

impl Stripe<'_> {
    /// # Errors
    /// See `StripeError`.
    pub async fn create_customer(
        &self,
        customer: &NewCustomer<'_>,
        key: &IdempotencyKey,
    ) -> Result<Customer, StripeError> {
        let form = Form::new()
            .with("name", customer.name)
            .with_some("email", customer.email)
            .with("metadata[organization_id]", customer.organization_id);
        let json = self.post("customers", form, key).await?;
        Ok(Customer { id: Object::new("customer", &json).required_text("id")? })
    }
}
