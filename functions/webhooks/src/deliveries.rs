//! `deliveries`: what became of events at an endpoint, the newest event first, by page.

use serde::Serialize;
use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    rules::time::Timestamp,
    store::{Row, Statement, StoreError},
};

use crate::{
    account::{account_scoped, endpoint_is_the_account_s, must_manage},
    endpoint::{endpoint_id, named, row},
};

/// Rows of a page where nobody says how many.
const USUAL: i64 = 50;
/// Deliveries that a page of some state looks at.
const LOOKED_AT: i64 = 500;

pub struct Deliveries {
    endpoint: String,
    state: Option<&'static str>,
    page: Page,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The event's id, which is also the header `webhook-id`.
    event: String,
    /// `null` for an event that is not kept any more, as the two below.
    event_type: Option<String>,
    /// Nor has one of the operator's own any.
    organization_id: Option<String>,
    sequence: Option<i64>,
    /// `pending`, `delivered`, or `dead` after the last attempt has failed.
    #[cfg_attr(test, schemars(extend("enum" = ["pending", "delivered", "dead"])))]
    state: String,
    attempts: i64,
    next_attempt_at: Option<Timestamp>,
    last_attempt_at: Option<Timestamp>,
    response_status: Option<i64>,
    /// The first 1 000 characters of the answer.
    response: Option<String>,
    /// Why nobody answered.
    failure: Option<String>,
    created_at: Timestamp,
}

impl Delivery {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_string));
        Ok(Self {
            event: row.text("event_id")?.to_string(),
            event_type: text("event_type")?,
            organization_id: text("organization_id")?,
            sequence: row.optional_integer("sequence")?,
            state: row.text("state")?.to_string(),
            attempts: row.integer("attempts")?,
            next_attempt_at: row.optional_timestamp("next_attempt_at")?,
            last_attempt_at: row.optional_timestamp("last_attempt_at")?,
            response_status: row.optional_integer("response_status")?,
            response: text("response")?,
            failure: text("failure")?,
            created_at: row.timestamp("created_at")?,
        })
    }
}

impl Deliveries {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let known = ["pending", "delivered", "dead"];
        let state = |text: &str| known.into_iter().find(|known| *known == text);
        Ok(Box::new(Self {
            endpoint: endpoint_id(call)?,
            state: call.fields.parsed("state", state, "one of: pending, delivered, dead")?,
            page: Page::of_query(call.fields, USUAL)?,
        }))
    }
}

impl Operation for Deliveries {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        let deliveries = Statement::new(
            "deliveries",
            account_scoped!(
                // Where a look for a state has ended is told by its last delivery, also if it is none of those asked for.
                ", looked_at AS MATERIALIZED (
  SELECT delivery.*, ROW_NUMBER() OVER (ORDER BY delivery.event_id DESC) AS place,
    CASE WHEN :state IS NULL OR delivery.state = :state THEN 1 ELSE 0 END AS is_asked_for
  FROM webhook_deliveries delivery
  WHERE delivery.endpoint_id = (
      SELECT endpoint.id FROM account JOIN webhook_endpoints endpoint ON endpoint.id = :endpoint AND ",
                endpoint_is_the_account_s!(),
                ")
    AND (:after_id IS NULL OR delivery.event_id < :after_id)
  ORDER BY delivery.event_id DESC LIMIT :most
)
SELECT delivery.event_id, delivery.state, delivery.attempts, delivery.next_attempt_at, delivery.last_attempt_at,
  delivery.response_status, delivery.response, delivery.failure, delivery.created_at, delivery.is_asked_for, delivery.place,
  COALESCE(event.event_type, own.event_type) AS event_type, event.organization_id, COALESCE(event.sequence, own.sequence) AS sequence
FROM looked_at delivery
LEFT JOIN outbox event ON event.id = delivery.event_id
LEFT JOIN operator_events own ON own.id = delivery.event_id
WHERE delivery.is_asked_for = 1 OR delivery.place = :most
ORDER BY delivery.event_id DESC LIMIT :rows"
            ),
        )
        .with("endpoint", self.endpoint.as_str())
        .with("state", self.state)
        .with("most", if self.state.is_some() { LOOKED_AT } else { self.page.rows() });
        vec![named(&self.endpoint), self.page.bind(deliveries)]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        must_manage(context, found, false)?;
        row(found)?;
        let (rows, next_cursor) =
            found.stored(self.page.cut_of_looked_at(found.rows("deliveries")?, LOOKED_AT, "created_at", "event_id"))?;
        let deliveries = found.stored(rows.iter().map(Delivery::read).collect::<Result<Vec<_>, _>>())?;
        let message = format!("{} deliveries.", deliveries.len());
        Ok(Reply::ok(&message, &json!({ "deliveries": deliveries, "nextCursor": next_cursor })))
    }
}
