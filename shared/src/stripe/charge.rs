//! Charges: given back, or disputed.

use serde_json::Value as Json;

use super::{
    client::{path, Stripe},
    form::Form,
    object::Object,
    StripeError,
};
use crate::rules::time::Timestamp;

/// A charge; amounts in the currency's smallest unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    pub id: String,
    pub customer: Option<String>,
    pub payment_intent: Option<String>,
    /// Only before 2025-03-31 (`basil`); since then the payment intent leads to it (`invoice_of_payment_intent`).
    pub invoice: Option<String>,
    pub amount: i64,
    /// All refunds together.
    pub amount_refunded: i64,
    pub currency: String,
    pub created: Timestamp,
}

impl Charge {
    /// # Errors
    /// `Broken` where it lacks what every charge has.
    pub fn parse(json: &Json) -> Result<Self, StripeError> {
        let charge = Object::new("charge", json);
        Ok(Self {
            id: charge.required_text("id")?,
            customer: charge.id("customer"),
            payment_intent: charge.id("payment_intent"),
            invoice: charge.id("invoice"),
            amount: charge.required_integer("amount")?,
            amount_refunded: charge.required_integer("amount_refunded")?,
            currency: charge.required_text("currency")?,
            created: charge.required_time("created")?,
        })
    }
}

impl Stripe<'_> {
    /// # Errors
    /// See `StripeError`.
    pub async fn charge(&self, id: &str) -> Result<Charge, StripeError> {
        Charge::parse(&self.get(&path("charges", id)?, Form::new()).await?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_shapes_are_read_and_nothing_less() {
        let mut json = json!({
            "id": "ch_1", "customer": {"id": "cus_1"}, "payment_intent": "pi_1", "invoice": "in_1", "amount": 2900,
            "amount_refunded": 1000, "currency": "eur", "created": 1_700_000_000,
        });
        let expected = Charge {
            id: "ch_1".into(),
            customer: Some("cus_1".into()),
            payment_intent: Some("pi_1".into()),
            invoice: Some("in_1".into()),
            amount: 2_900,
            amount_refunded: 1_000,
            currency: "eur".into(),
            created: Timestamp(1_700_000_000_000),
        };
        assert_eq!(Charge::parse(&json), Ok(expected.clone()));
        json["invoice"] = Json::Null;
        assert_eq!(Charge::parse(&json), Ok(Charge { invoice: None, ..expected }));
        json["amount_refunded"] = json!("1000");
        assert_eq!(Charge::parse(&json), Err(StripeError::Broken("charge without amount_refunded".into())));
    }
}
