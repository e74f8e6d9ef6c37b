//! What is kept of a message that could not be applied: enough to see what it was about and to send it again from Stripe, and
//! nothing that names a person, their address or their card.

use serde_json::{Map, Value as Json};
use tallygate::stripe::message;

/// The members whose texts are Stripe's ids and words. All other texts may be somebody's.
const KEPT: [&str; 24] = [
    "api_version",
    "billing_reason",
    "charge",
    "collection_method",
    "currency",
    "customer",
    "id",
    "interval",
    "invoice",
    "latest_invoice",
    "mode",
    "object",
    "payment_intent",
    "payment_status",
    "plan",
    "price",
    "product",
    "reason",
    "schedule",
    "source",
    "status",
    "subscription",
    "type",
    "usage_type",
];
/// Members that may hold anything, under any name.
const DROPPED: [&str; 8] = [
    "billing_details",
    "card",
    "custom_fields",
    "evidence",
    "metadata",
    "payment_method_details",
    "previous_attributes",
    "shipping",
];

/// The message as JSON text; `{}` of what is none.
pub fn without_persons(body: &[u8]) -> String {
    let kept = message(body).ok().and_then(|json| kept("", json));
    kept.unwrap_or_else(|| Json::Object(Map::new())).to_string()
}

fn kept(name: &str, json: Json) -> Option<Json> {
    match json {
        Json::String(text) => KEPT.contains(&name).then_some(Json::String(text)),
        Json::Array(items) => Some(Json::Array(items.into_iter().filter_map(|item| kept(name, item)).collect())),
        Json::Object(members) => {
            let members = members.into_iter().filter(|(name, _)| !DROPPED.contains(&name.as_str()));
            Some(Json::Object(members.filter_map(|(name, json)| Some((name.clone(), kept(&name, json)?))).collect()))
        }
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_amounts_and_states_stay_and_persons_go() {
        let message = json!({
            "id": "evt_1", "type": "invoice.paid", "created": 1, "livemode": false,
            "data": {
                "object": {
                    "id": "in_1", "customer": "cus_1", "customer_email": "ada@example.com", "customer_name": "Ada",
                    "customer_address": {"line1": "12 St James", "postal_code": "SW1"}, "customer_phone": "+44",
                    "receipt_email": "ada@example.com", "billing_details": {"name": "Ada", "email": "ada@example.com"},
                    "metadata": {"id": "Ada"}, "custom_fields": [{"id": "Ada"}], "preferred_locales": ["en-GB"],
                    "lines": {"data": [{"id": "il_1", "description": "Ada's plan", "amount": 5, "price": {"id": "price_1"}}]},
                },
                "previous_attributes": {"id": "ada@example.com"},
            },
        });
        assert_eq!(
            without_persons(message.to_string().as_bytes()),
            json!({
                "id": "evt_1", "type": "invoice.paid", "created": 1, "livemode": false,
                "data": {"object": {
                    "id": "in_1", "customer": "cus_1", "customer_address": {},
                    "preferred_locales": [],
                    "lines": {"data": [{"id": "il_1", "amount": 5, "price": {"id": "price_1"}}]},
                }},
            })
            .to_string()
        );
        assert_eq!(without_persons(b"no JSON"), "{}");
    }
}
