//! What has failed, or waits in line because its endpoint had, is sent when it is due: `retry_deliveries` and `probe_endpoints`.
//!
//! Endpoint by endpoint, so that one with many deliveries in line takes nobody's turn. Those that answer are one job, and those
//! of which nobody knows (they fail, or have not answered yet) are another one, since these may take all the time of their
//! runs. A failing one is tried with a single delivery a minute; when that succeeds, the other job sends the rest.

use tallygate::{
    endpoint_hears_the_last, endpoint_is_paid_for,
    http::Services,
    schedule::{Job, Rhythm, Sending, Step},
    store::{Answer, Statement, StoreError},
    transport::Pending,
    while_leased,
};

use crate::{
    deliver::{deliver, due_columns, Tried},
    page::in_page,
};

/// Endpoints of a page.
const PAGE: i64 = 100;
/// Deliveries of a step.
const MOST_SENT: i64 = 100;

pub struct SendInLine {
    pub name: &'static str,
    pub to_those_that_answer: bool,
}

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

/// The due deliveries of the page: of an endpoint the first 50, and of one that fails the first; those of each organization are
/// numbered.
macro_rules! due {
    () => {
        concat!(
            "WITH endpoint AS MATERIALIZED (
  SELECT endpoint.id, endpoint.organization_id, endpoint.deferred_until, CASE WHEN endpoint.failing_since IS NULL THEN (
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
    AND CASE WHEN endpoint.answered_at IS NOT NULL AND endpoint.failing_since IS NULL THEN 1 ELSE 0 END = :answers
    AND (:answers = 1 OR endpoint.deferred_until <= :now)
    AND (",
            endpoint_is_paid_for!(),
            "
      OR ",
            endpoint_hears_the_last!(),
            ")
), due AS MATERIALIZED (
  SELECT endpoint.id AS endpoint_id, endpoint.deferred_until, delivery.event_id, delivery.attempts, delivery.next_attempt_at,
    delivery.request_id AS queued_by,
    ROW_NUMBER() OVER (PARTITION BY endpoint.organization_id ORDER BY endpoint.deferred_until, delivery.next_attempt_at, endpoint.id, delivery.event_id) AS turn
  FROM endpoint
  JOIN webhook_deliveries delivery ON delivery.endpoint_id = endpoint.id
    AND delivery.next_attempt_at <= COALESCE(endpoint.due_up_to, :now)
  WHERE ",
            while_leased!(),
            "
)
"
        )
    };
}

/// What `due_columns` does not have, of a table of events, and what is put in order by.
macro_rules! of_turn {
    ($events:literal) => {
        concat!(
            "  due.attempts, due.queued_by, due.turn AS turn, due.deferred_until AS deferred_until, due.next_attempt_at AS next_attempt_at,
  due.event_id AS event_id
FROM turns due CROSS JOIN ",
            $events,
            " event CROSS JOIN webhook_endpoints endpoint
WHERE event.id = due.event_id AND endpoint.id = due.endpoint_id"
        )
    };
}

/// Organizations take turns, and those whose endpoints were tried longest ago come first. (Cross joins as in `deliver_outbox`.) An event
/// is of one of the two tables.
const DUE: &str = concat!(
    due!(),
    ", turns AS MATERIALIZED (
  SELECT due.* FROM due ORDER BY due.turn, due.deferred_until, due.next_attempt_at, due.endpoint_id, due.event_id LIMIT :most
)
SELECT ",
    due_columns!(),
    ",
",
    of_turn!("outbox"),
    "
UNION ALL
SELECT ",
    due_columns!(operator),
    ",
",
    of_turn!("operator_events"),
    "
ORDER BY turn, deferred_until, next_attempt_at, endpoint_id, event_id"
);

const AGAIN: &str = concat!(due!(), "SELECT 1 AS more FROM due LIMIT 1");

impl Job for SendInLine {
    fn name(&self) -> &'static str {
        self.name
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Minute
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, _step: &Step) -> Vec<Statement> {
        vec![Statement::new("due", DUE).with("answers", self.to_those_that_answer).with("most", MOST_SENT)]
    }

    fn sending(&self) -> Option<&dyn Sending> {
        Some(self)
    }

    fn most_steps(&self) -> u32 {
        40
    }
}

impl Sending for SendInLine {
    /// The page is worked on once more where that gets on: of endpoints that hang the next pages wait no longer than once.
    fn send<'a>(
        &'a self,
        step: &'a Step,
        answer: &'a Answer,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Vec<Statement>, StoreError>> {
        let again = || Statement::new("again", AGAIN).with("answers", self.to_those_that_answer);
        Box::pin(deliver(step, answer, services, move |tried| {
            let is_worth_while =
                tried.iter().any(|one| one.attempt.is_delivered()) && !tried.iter().any(Tried::has_hung);
            if is_worth_while {
                vec![again()]
            } else {
                Vec::new()
            }
        }))
    }
}
