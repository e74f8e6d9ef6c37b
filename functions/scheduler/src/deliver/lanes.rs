//! Sends a page of deliveries, so that no endpoint waits for another one.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
};

use futures_util::{stream, StreamExt};
use tallygate::{
    http::Services,
    rules::time::{Span, Timestamp},
    store::{Row, StoreError},
    webhooks::{attempt, Attempt, Message, Recipient, FAILING_FOR},
};

/// Requests under way at once: a worker has six connections that wait for an answer (Cloudflare, "Simultaneous open
/// connections"), and what waits for a connection would use up its receiver's time.
const CONNECTIONS: usize = 6;
/// Of these, to one endpoint.
const TO_ONE_ENDPOINT: usize = 2;
/// An endpoint that takes longer than this gets nothing more in the same step.
const SLOW: Span = Span::seconds(3);
/// After so long nothing more is begun; what is under way ends within another ten seconds.
const LONGEST: Span = Span::seconds(15);

/// A delivery that is due.
pub struct Due {
    pub endpoint: String,
    pub message: Message,
    pub recipient: Recipient,
    /// How often it was tried before.
    pub attempts: i64,
    /// Since when its endpoint fails: such a one is tried with one delivery alone.
    pub failing_since: Option<Timestamp>,
}

impl Due {
    /// Of a row with the columns of an event and a recipient, `endpoint_id`, `attempts` and `failing_since`.
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            endpoint: row.text("endpoint_id")?.to_string(),
            message: Message::of_event(row)?,
            recipient: Recipient::read(row)?,
            attempts: row.integer("attempts")?,
            failing_since: row.optional_timestamp("failing_since")?,
        })
    }
}

/// A delivery that was tried.
pub struct Tried {
    pub endpoint: String,
    pub event: String,
    /// This one included.
    pub attempts: i64,
    pub attempt: Attempt,
    /// Since when the endpoint had failed before.
    pub failing_since: Option<Timestamp>,
}

impl Tried {
    /// Why the endpoint is disabled by it, if it is.
    pub fn disables(&self) -> Option<&'static str> {
        let has_failed = self.failing_since.is_some_and(|since| since <= self.attempt.began_at - FAILING_FOR);
        match (self.attempt.is_gone(), self.attempt.is_delivered()) {
            (true, _) => Some("gone"),
            (false, false) if has_failed => Some("failing"),
            _ => None,
        }
    }

    pub fn was_slow(&self) -> bool {
        self.attempt.took > SLOW
    }
}

/// One endpoint's deliveries of the page, in their order. The first one that fails or is slow ends it; what is left stays due.
struct Lane {
    waiting: RefCell<VecDeque<Due>>,
    is_over: Cell<bool>,
    width: usize,
}

/// Tries the deliveries, those of different endpoints beside each other.
pub async fn send(due: Vec<Due>, services: &Services<'_>) -> Vec<Tried> {
    let ends_at = services.now() + LONGEST;
    let mut lanes: BTreeMap<String, Lane> = BTreeMap::new();
    for delivery in due {
        let width = if delivery.failing_since.is_some() { 1 } else { TO_ONE_ENDPOINT };
        let lane = lanes.entry(delivery.endpoint.clone()).or_insert_with(|| Lane {
            waiting: RefCell::default(),
            is_over: Cell::new(false),
            width,
        });
        lane.waiting.borrow_mut().push_back(delivery);
    }
    // Endpoints that answered the last time come first, each with one connection before any has two.
    let mut places: Vec<(bool, usize, &Lane)> =
        lanes.values().flat_map(|lane| (0..lane.width).map(move |place| (lane.width == 1, place, lane))).collect();
    places.sort_by_key(|(is_probe, place, _)| (*is_probe, *place));
    let sent = places.into_iter().map(|(_, _, lane)| through(lane, ends_at, services));
    stream::iter(sent).buffer_unordered(CONNECTIONS).concat().await
}

async fn through(lane: &Lane, ends_at: Timestamp, services: &Services<'_>) -> Vec<Tried> {
    let mut tried = Vec::new();
    while !lane.is_over.get() && services.now() < ends_at {
        let Some(due) = lane.waiting.borrow_mut().pop_front() else { break };
        let attempt = attempt(services, &due.message, &due.recipient).await;
        let attempts = due.attempts + 1;
        let one = Tried {
            endpoint: due.endpoint,
            event: due.message.id,
            attempts,
            attempt,
            failing_since: due.failing_since,
        };
        if !one.attempt.is_delivered() || one.was_slow() {
            lane.is_over.set(true);
        }
        tried.push(one);
    }
    tried
}
