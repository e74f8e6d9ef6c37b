//! `deliver_outbox`: each new event goes to the endpoints that want it.
//!
//! Events are given out in the order of their ids, which begin with their time, and get their numbers then. A request's clock
//! is read before its batch is sent, so an event may come to stand before others that are given out already: the last two
//! minutes are looked through again each time, for events without a number.

use tallygate::{
    endpoint_hears_the_last, endpoint_is_paid_for, endpoint_wants_event,
    http::Services,
    rules::{request_ids::first_id_of, time::Span},
    schedule::{Job, Rhythm, Sending, Step},
    store::{Answer, Statement, StoreError},
    transport::Pending,
    while_leased,
};

use crate::{
    deliver::{deliver, due_columns},
    page::last_of_page,
};

/// What is younger may still be joined by an event before it: as in `aggregate_usage`.
const SETTLED: Span = Span::minutes(2);
/// Events of a page.
const PAGE: i64 = 100;
/// Deliveries of a step; a page that has more is worked on again.
const MOST_SENT: i64 = 100;

pub struct DeliverOutbox;

/// The next events that are not given out.
const NEXT: &str = last_of_page!(
    "SELECT event.id AS first, '' AS second
  FROM webhook_progress progress CROSS JOIN outbox event
  WHERE event.id > CASE WHEN progress.settled_to > :until_first THEN progress.settled_to ELSE :until_first END
    AND (event.sequence IS NULL OR event.sequence > progress.delivered_sequence)
  ORDER BY event.id LIMIT :most"
);

/// The page's events beside `progress`. What is settled is passed over: the first page of a run begins before it. (A cross
/// join, so that SQLite looks at the one row first.)
macro_rules! page {
    () => {
        "FROM webhook_progress progress CROSS JOIN outbox event
WHERE event.id > CASE WHEN progress.settled_to > :after_first THEN progress.settled_to ELSE :after_first END
  AND event.id <= :until_first"
    };
}

/// Gives each event of the page its number. (SQLite may go through the table that is written: through no more than the page.)
const NUMBERED: &str = concat!(
    "UPDATE outbox SET sequence = numbered.sequence
FROM (
  SELECT event.id, progress.last_sequence + ROW_NUMBER() OVER (ORDER BY event.id) AS sequence
  ",
    page!(),
    " AND event.sequence IS NULL
) numbered
WHERE outbox.id = numbered.id AND outbox.id > (SELECT settled_to FROM webhook_progress) AND outbox.id <= :until_first AND ",
    while_leased!()
);

const COUNTED_ON: &str = concat!(
    "UPDATE webhook_progress SET last_sequence = (SELECT MAX(event.sequence) ",
    page!(),
    ")
WHERE last_sequence < (SELECT MAX(event.sequence) ",
    page!(),
    ") AND ",
    while_leased!()
);

/// The operator's own events stand in line for their endpoints, but for the one that an event is about; there are few. Then they
/// have their numbers, behind those of the page: once they have, they are given out.
const OPERATOR_S_QUEUED: &str = concat!(
    "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id)
SELECT endpoint.id, event.id, 'pending', 0, :now, :now, :request
FROM operator_events event CROSS JOIN webhook_endpoints endpoint
WHERE event.sequence IS NULL AND endpoint.organization_id IS NULL AND endpoint.id <> event.target_id
  AND (endpoint.event_types IS NULL OR endpoint.event_types LIKE '% ' || event.event_type || ' %')
  AND endpoint.paused_at IS NULL AND endpoint.disabled_at IS NULL
  AND (event.id >= endpoint.listens_from_id OR endpoint.listens_from_id IS NULL AND endpoint.listens_from <= event.created_at)
  AND ",
    while_leased!(),
    "
ON CONFLICT (endpoint_id, event_id) DO NOTHING"
);

const OPERATOR_S_NUMBERED: &str = concat!(
    "UPDATE operator_events SET sequence = numbered.sequence
FROM (
  SELECT event.id, progress.last_sequence + ROW_NUMBER() OVER (ORDER BY event.id) AS sequence
  FROM webhook_progress progress CROSS JOIN operator_events event
  WHERE event.sequence IS NULL
) numbered
WHERE operator_events.id = numbered.id AND operator_events.sequence IS NULL AND ",
    while_leased!()
);

const OPERATOR_S_COUNTED_ON: &str = concat!(
    "UPDATE webhook_progress SET last_sequence = (SELECT MAX(event.sequence) FROM operator_events event)
WHERE last_sequence < (SELECT MAX(event.sequence) FROM operator_events event) AND ",
    while_leased!()
);

/// Each event of the page with each endpoint that has to hear of it and has not.
macro_rules! not_given_out {
    () => {
        concat!(
            "FROM (SELECT event.* ",
            page!(),
            " AND event.sequence > progress.delivered_sequence) event
JOIN webhook_endpoints endpoint ON ",
            endpoint_wants_event!(),
            "
  AND endpoint.paused_at IS NULL AND endpoint.disabled_at IS NULL
  AND (event.id >= endpoint.listens_from_id OR endpoint.listens_from_id IS NULL AND endpoint.listens_from <= event.created_at)
WHERE (",
            endpoint_is_paid_for!(),
            "
    OR ",
            endpoint_hears_the_last!(" AND event.created_at <= archived.archived_at"),
            ")
  AND NOT EXISTS (
    SELECT 1 FROM webhook_deliveries had WHERE had.endpoint_id = endpoint.id AND had.event_id = event.id)
  AND ",
            while_leased!()
        )
    };
}

/// What goes to an endpoint that fails, was slow, or is not known to answer yet stands in line instead, behind what it has missed,
/// and holds nobody up.
const QUEUED: &str = concat!(
    "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id)
SELECT endpoint.id, event.id, 'pending', 0, :now, :now, :request
",
    not_given_out!(),
    " AND (endpoint.answered_at IS NULL OR endpoint.failing_since IS NOT NULL OR endpoint.deferred_until > :now)
ON CONFLICT (endpoint_id, event_id) DO NOTHING"
);

/// Organizations take turns: of each endpoint's owner the first one, then of each the second one. (Cross joins, so that SQLite looks
/// up what is due and does not go through all events for it.)
const DUE: &str = concat!(
    "WITH due AS MATERIALIZED (
  SELECT event.id AS event_id, endpoint.id AS endpoint_id,
    ROW_NUMBER() OVER (PARTITION BY endpoint.organization_id ORDER BY event.sequence, endpoint.id) AS turn
  ",
    not_given_out!(),
    "
  ORDER BY turn, event.sequence, endpoint.id LIMIT :most
)
SELECT ",
    due_columns!(),
    ", 0 AS attempts, CAST(NULL AS TEXT) AS queued_by
FROM due CROSS JOIN outbox event CROSS JOIN webhook_endpoints endpoint
WHERE event.id = due.event_id AND endpoint.id = due.endpoint_id
ORDER BY due.turn, event.sequence, endpoint.id"
);

/// Up to which number everything is given out once the page is. Numbers are given without gaps, so where the page has as many
/// of the open ones as there are, it has them all. Else a late event has a larger number than others behind the page, or an
/// event is gone, and what lies behind is looked through. (The operator's own events are given out with their numbers.)
macro_rules! given_out_to {
    () => {
        concat!(
            "(
  SELECT CASE WHEN moved.last_sequence - moved.delivered_sequence = (SELECT COUNT(*) ",
            page!(),
            " AND event.sequence > progress.delivered_sequence)
    + (SELECT COUNT(*) FROM operator_events own WHERE own.sequence > moved.delivered_sequence) THEN moved.last_sequence
  ELSE COALESCE((
    SELECT MIN(event.sequence) - 1 FROM webhook_progress progress CROSS JOIN outbox event
    WHERE event.id > CASE WHEN progress.settled_to > :until_first THEN progress.settled_to ELSE :until_first END
      AND event.sequence > progress.delivered_sequence), (SELECT MAX(event.sequence) ",
            page!(),
            ")) END
  FROM webhook_progress moved)"
        )
    };
}

/// The page is given out where nothing of it is left.
const PASSED: &str = concat!(
    "UPDATE webhook_progress SET delivered_sequence = ",
    given_out_to!(),
    "
WHERE delivered_sequence < ",
    given_out_to!(),
    "
  AND NOT EXISTS (SELECT 1 ",
    not_given_out!(),
    ") AND ",
    while_leased!()
);

/// What is settled is looked through no more: no event can come before one that is old enough, and those that there are were
/// all given out. Once a run, before its first page.
const SETTLED_UP_TO: &str = concat!(
    "UPDATE webhook_progress SET settled_to = (
  SELECT MAX(event.id) FROM outbox event WHERE event.id > webhook_progress.settled_to AND event.id < :settled_before)
WHERE :until_first = ''
  AND EXISTS (SELECT 1 FROM outbox event WHERE event.id > webhook_progress.settled_to AND event.id < :settled_before)
  AND NOT EXISTS (
    SELECT 1 FROM outbox event WHERE event.id > webhook_progress.settled_to AND event.id < :settled_before
      AND (event.sequence IS NULL OR event.sequence > webhook_progress.delivered_sequence))
  AND ",
    while_leased!()
);

const AGAIN: &str = concat!("SELECT 1 AS more ", not_given_out!(), " LIMIT 1");

impl Job for DeliverOutbox {
    fn name(&self) -> &'static str {
        "deliver_outbox"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Minute
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        vec![
            Statement::new("settled", SETTLED_UP_TO).with("settled_before", first_id_of(step.now - SETTLED)),
            Statement::new("numbered", NUMBERED),
            Statement::new("counted_on", COUNTED_ON),
            Statement::new("operator_s_queued", OPERATOR_S_QUEUED),
            Statement::new("operator_s_numbered", OPERATOR_S_NUMBERED),
            Statement::new("operator_s_counted_on", OPERATOR_S_COUNTED_ON),
            Statement::new("queued", QUEUED),
            Statement::new("due", DUE).with("most", MOST_SENT),
            Statement::new("passed", PASSED),
        ]
    }

    fn sending(&self) -> Option<&dyn Sending> {
        Some(self)
    }

    fn most_steps(&self) -> u32 {
        40
    }
}

impl Sending for DeliverOutbox {
    fn send<'a>(
        &'a self,
        step: &'a Step,
        answer: &'a Answer,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Vec<Statement>, StoreError>> {
        Box::pin(deliver(step, answer, services, |_| {
            vec![Statement::new("passed", PASSED), Statement::new("again", AGAIN)]
        }))
    }
}
