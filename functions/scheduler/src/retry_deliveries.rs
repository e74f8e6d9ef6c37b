//! `retry_deliveries`: what has failed, or waits in line because its endpoint had, is sent when it is due.
//!
//! Endpoint by endpoint, so that one with many deliveries in line takes nobody's turn. One whose last attempt failed is tried
//! with a single delivery a minute; when that succeeds, the others follow in the same run.

use tallygate::{
    endpoint_is_paid_for,
    http::Services,
    schedule::{Job, Rhythm, Sending, Step},
    store::{Answer, Statement, StoreError},
    transport::Pending,
    while_leased,
};

use crate::{deliver::deliver, page::in_page};

/// Endpoints of a page.
const PAGE: i64 = 100;
/// Deliveries of a step.
const MOST_SENT: i64 = 100;

pub struct RetryDeliveries;

/// The next endpoints that have anything in line, each found by one look into the index.
const NEXT: &str = "WITH RECURSIVE waiting (endpoint_id, place) AS (
  SELECT MIN(first.endpoint_id), CAST(1 AS BIGINT) FROM webhook_deliveries first
  WHERE first.next_attempt_at IS NOT NULL AND first.endpoint_id > :until_first
  UNION ALL
  SELECT (
      SELECT MIN(later.endpoint_id) FROM webhook_deliveries later
      WHERE later.next_attempt_at IS NOT NULL AND later.endpoint_id > waiting.endpoint_id),
    waiting.place + 1
  FROM waiting WHERE waiting.endpoint_id IS NOT NULL AND waiting.place < :most
)
SELECT endpoint_id AS first, '' AS second FROM waiting WHERE endpoint_id IS NOT NULL ORDER BY endpoint_id DESC LIMIT 1";

/// The due deliveries of the page: of an endpoint the first 50, and of one that fails the first.
macro_rules! due {
    () => {
        concat!(
            "WITH endpoint AS MATERIALIZED (
  SELECT endpoint.*, CASE WHEN endpoint.failing_since IS NULL THEN (
      SELECT later.next_attempt_at FROM webhook_deliveries later
      WHERE later.endpoint_id = endpoint.id AND later.next_attempt_at <= :now
      ORDER BY later.next_attempt_at LIMIT 1 OFFSET 49)
    ELSE (
      SELECT MIN(later.next_attempt_at) FROM webhook_deliveries later
      WHERE later.endpoint_id = endpoint.id AND later.next_attempt_at <= :now) END AS due_up_to
  FROM webhook_endpoints endpoint
  WHERE ",
            in_page!("endpoint.id"),
            " AND endpoint.paused_at IS NULL AND endpoint.disabled_at IS NULL
    AND (endpoint.failing_since IS NULL OR endpoint.deferred_until <= :now)
    AND ",
            endpoint_is_paid_for!(),
            "
)
"
        )
    };
}

macro_rules! of_due {
    () => {
        concat!(
            "FROM endpoint
JOIN webhook_deliveries delivery ON delivery.endpoint_id = endpoint.id
  AND delivery.next_attempt_at <= COALESCE(endpoint.due_up_to, :now)
JOIN outbox event ON event.id = delivery.event_id
WHERE ",
            while_leased!()
        )
    };
}

const DUE: &str = concat!(
    due!(),
    "SELECT event.id, event.event_type, event.organization_id, event.target_id,
  (SELECT told.payload FROM event_payloads told WHERE told.id = event.id) AS payload, event.created_at, event.sequence,
  endpoint.id AS endpoint_id, endpoint.url, endpoint.secret, endpoint.failing_since, delivery.attempts,
  CASE WHEN endpoint.former_secret_ends_at > :now THEN endpoint.former_secret END AS former_secret
",
    of_due!(),
    "
ORDER BY CASE WHEN endpoint.failing_since IS NULL THEN 0 ELSE 1 END, delivery.next_attempt_at, endpoint.id, event.id LIMIT :most"
);

const AGAIN: &str = concat!(due!(), "SELECT 1 AS more ", of_due!(), " LIMIT 1");

impl Job for RetryDeliveries {
    fn name(&self) -> &'static str {
        "retry_deliveries"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Minute
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, _step: &Step) -> Vec<Statement> {
        vec![Statement::new("due", DUE).with("most", MOST_SENT)]
    }

    fn sending(&self) -> Option<&dyn Sending> {
        Some(self)
    }

    fn most_steps(&self) -> u32 {
        40
    }
}

impl Sending for RetryDeliveries {
    fn send<'a>(
        &'a self,
        step: &'a Step,
        answer: &'a Answer,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Vec<Statement>, StoreError>> {
        Box::pin(deliver(step, answer, services, [Statement::new("again", AGAIN)]))
    }
}
