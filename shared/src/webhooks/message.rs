//! An event as it is sent.

use serde::Serialize;
use serde_json::Value as Json;

use super::{secret::signature, EndpointAddress};
use crate::{
    rules::time::Timestamp,
    store::{Row, StoreError},
    transport::Outgoing,
};

/// To whom: where, and what to sign with.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    pub url: String,
    pub secret: String,
    /// While the secret is being changed for another.
    pub former_secret: Option<String>,
}

impl Recipient {
    /// Of a row with the columns `url`, `secret` and `former_secret`, the last one where it still signs.
    ///
    /// # Errors
    /// A row without them.
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            url: row.text("url")?.to_string(),
            secret: row.text("secret")?.to_string(),
            former_secret: row.optional_text("former_secret")?.map(str::to_string),
        })
    }
}

/// What is sent: the same bytes however often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The header `webhook-id`, by which a receiver knows a repeated one.
    pub id: String,
    body: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    /// When it happened.
    timestamp: Timestamp,
    /// Larger than that of what was given out before; nothing else promises an order.
    sequence: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_id: Option<&'a str>,
    data: Json,
}

impl Message {
    /// Of a row of `outbox`, or of `operator_events`, which have no organization, with the columns `id`, `event_type`, `organization_id`, `target_id`, `payload`, `created_at` and
    /// `sequence`.
    ///
    /// # Errors
    /// A row without them.
    pub fn of_event(row: &Row) -> Result<Self, StoreError> {
        let body = Body {
            event_type: row.text("event_type")?,
            timestamp: row.timestamp("created_at")?,
            sequence: row.optional_integer("sequence")?,
            organization_id: row.optional_text("organization_id")?,
            target_id: Some(row.text("target_id")?),
            data: serde_json::from_str(row.text("payload")?).unwrap_or_else(|_| Json::Object(serde_json::Map::new())),
        };
        Ok(Self::new(row.text("id")?, &body))
    }

    /// What an endpoint is tried out with.
    pub fn ping(id: &str, now: Timestamp, endpoint: &str) -> Self {
        let data = serde_json::json!({ "endpoint": endpoint });
        let body =
            Body { event_type: "ping", timestamp: now, sequence: None, organization_id: None, target_id: None, data };
        Self::new(id, &body)
    }

    fn new(id: &str, body: &Body<'_>) -> Self {
        // Our own struct has string keys and finite numbers: serializing it cannot fail.
        Self { id: id.to_string(), body: serde_json::to_string(body).unwrap_or_default() }
    }

    /// The request that carries it.
    ///
    /// # Errors
    /// Why the address is none that anything is sent to, where the rules have changed since it was given.
    pub fn to(
        &self,
        recipient: &Recipient,
        now: Timestamp,
        allow_local: bool,
        timeout_ms: u32,
    ) -> Result<Outgoing, &'static str> {
        let address = EndpointAddress::parse(&recipient.url, allow_local)?;
        let secrets: Vec<&str> =
            [Some(recipient.secret.as_str()), recipient.former_secret.as_deref()].into_iter().flatten().collect();
        Ok(Outgoing {
            method: "POST",
            url: address.as_str().to_string(),
            headers: vec![
                ("content-type", "application/json".to_string()),
                ("user-agent", "Tallygate-Webhooks/1".to_string()),
                ("webhook-id", self.id.clone()),
                ("webhook-timestamp", now.0.div_euclid(1_000).to_string()),
                ("webhook-signature", signature(&secrets, &self.id, now, &self.body)),
            ],
            body: Some(self.body.clone()),
            timeout_ms,
        })
    }
}
