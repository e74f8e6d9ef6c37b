//! Sends a page of deliveries, so that no endpoint waits for another one, and no organization for another's.

use std::{
    collections::{BTreeMap, VecDeque},
    future::Future,
    pin::Pin,
};

use futures_util::{stream::FuturesUnordered, StreamExt};
use tallygate::{
    http::Services,
    rules::time::{Span, Timestamp},
    store::StoreError,
    webhooks::{attempt, Recipient},
};

use super::{
    delivery::{Due, Tried},
    recipients::{recipients, GOOD_FOR},
};

/// Requests under way at once: a worker has six connections that wait for an answer (Cloudflare, "Simultaneous open
/// connections"), and what waits for a connection would use up its receiver's time.
const CONNECTIONS: usize = 6;
/// Of these, to one endpoint.
const TO_ONE_ENDPOINT: usize = 2;
/// After so many slow answers of an organization's endpoints, those of them that have not answered in this step wait for another
/// one: whoever has twenty endpoints that hang takes no more of a step than whoever has two.
const SLOW_ANSWERS: usize = 2;
/// After so long nothing more is begun; what is under way ends within another ten seconds.
const LONGEST: Span = Span::seconds(15);

/// One endpoint's deliveries of the page, in their order. The first one that fails or is slow ends it; what is left stays due.
struct Lane {
    endpoint: String,
    /// The place of its organization in `Lanes::turns`.
    organization: usize,
    waiting: VecDeque<Due>,
    under_way: usize,
    begun: usize,
    /// Nobody knows whether it answers: it is tried with one delivery at a time until it has.
    is_unknown: bool,
    has_answered: bool,
    is_over: bool,
}

/// What an organization has had of the step.
struct Turns {
    organization: Option<String>,
    begun: usize,
    slow: usize,
}

struct Lanes {
    lanes: Vec<Lane>,
    turns: Vec<Turns>,
}

/// What became of a step's deliveries.
pub struct Sent {
    pub tried: Vec<Tried>,
    /// Endpoints that were not tried because others of their organization take their time.
    pub put_off: Vec<String>,
}

/// A delivery under way, with the place of its lane.
type UnderWay<'a> = Pin<Box<dyn Future<Output = (usize, Tried)> + 'a>>;

/// Tries the deliveries, which were read at a moment: organizations take turns, and within one its endpoints.
///
/// # Errors
/// Where it has to be asked again for whom they are, and nothing was sent yet. Later on what was sent is recorded all the same.
pub async fn send(due: Vec<Due>, mut read_at: Timestamp, services: &Services<'_>) -> Result<Sent, StoreError> {
    let mut ends_at = services.now() + LONGEST;
    let mut lanes = Lanes::of(due);
    let mut tried = Vec::new();
    let mut under_way: FuturesUnordered<UnderWay<'_>> = FuturesUnordered::new();
    loop {
        while under_way.len() < CONNECTIONS && services.now() < ends_at && lanes.next().is_some() {
            let now = services.now();
            if now > read_at + GOOD_FOR {
                match recipients(services, lanes.waiting()).await {
                    Ok(recipients) => {
                        lanes.renew(&recipients);
                        read_at = now;
                    }
                    Err(error) if tried.is_empty() && under_way.is_empty() => return Err(error),
                    Err(error) => {
                        services.note(format!("the rest of a page was not sent: {}", error.cause()));
                        ends_at = now;
                    }
                }
                continue;
            }
            let Some((place, due)) = lanes.begin_next() else { break };
            under_way.push(Box::pin(async move {
                let attempt = attempt(services, &due.message, &due.recipient).await;
                (place, Tried::of(due, attempt))
            }));
        }
        let Some((place, one)) = under_way.next().await else { break };
        lanes.ended(place, &one);
        tried.push(one);
    }
    Ok(Sent { tried, put_off: lanes.put_off() })
}

impl Lanes {
    fn of(due: Vec<Due>) -> Self {
        let (mut lanes, mut turns): (Vec<Lane>, Vec<Turns>) = (Vec::new(), Vec::new());
        for delivery in due {
            if let Some(lane) = lanes.iter_mut().find(|lane| lane.endpoint == delivery.endpoint) {
                lane.waiting.push_back(delivery);
                continue;
            }
            let known = turns.iter().position(|turns| turns.organization == delivery.organization);
            let organization = known.unwrap_or(turns.len());
            if known.is_none() {
                turns.push(Turns { organization: delivery.organization.clone(), begun: 0, slow: 0 });
            }
            lanes.push(Lane {
                endpoint: delivery.endpoint.clone(),
                organization,
                is_unknown: !delivery.is_known_to_answer,
                waiting: VecDeque::from([delivery]),
                under_way: 0,
                begun: 0,
                has_answered: false,
                is_over: false,
            });
        }
        Self { lanes, turns }
    }

    fn is_held_back(&self, lane: &Lane) -> bool {
        let slow = self.turns.get(lane.organization).map_or(0, |turns| turns.slow);
        !lane.has_answered && slow >= SLOW_ANSWERS
    }

    /// The endpoints that wait for anything.
    fn waiting(&self) -> impl Iterator<Item = &str> {
        let is_waiting = |lane: &&Lane| !lane.is_over && !lane.waiting.is_empty();
        self.lanes.iter().filter(is_waiting).map(|lane| lane.endpoint.as_str())
    }

    /// What waits goes to these; whose endpoint is not among them stays where it is.
    fn renew(&mut self, recipients: &BTreeMap<String, Recipient>) {
        for lane in &mut self.lanes {
            match recipients.get(&lane.endpoint) {
                Some(recipient) => lane.waiting.iter_mut().for_each(|due| due.recipient = recipient.clone()),
                None => lane.is_over = true,
            }
        }
    }

    /// The lane of the next delivery: of the organization that has had the fewest, and there of the endpoint that has.
    fn next(&self) -> Option<usize> {
        let is_open = |lane: &Lane| {
            let width = if lane.is_unknown { 1 } else { TO_ONE_ENDPOINT };
            !lane.is_over && !lane.waiting.is_empty() && lane.under_way < width && !self.is_held_back(lane)
        };
        let turn = |lane: &Lane| (self.turns.get(lane.organization).map_or(0, |turns| turns.begun), lane.begun);
        let open = self.lanes.iter().enumerate().filter(|(_, lane)| is_open(lane));
        open.min_by_key(|(_, lane)| turn(lane)).map(|(place, _)| place)
    }

    fn begin_next(&mut self) -> Option<(usize, Due)> {
        let place = self.next()?;
        let lane = self.lanes.get_mut(place)?;
        let due = lane.waiting.pop_front()?;
        lane.under_way += 1;
        lane.begun += 1;
        if let Some(turns) = self.turns.get_mut(lane.organization) {
            turns.begun += 1;
        }
        Some((place, due))
    }

    fn ended(&mut self, place: usize, one: &Tried) {
        let Some(lane) = self.lanes.get_mut(place) else { return };
        lane.under_way -= 1;
        if one.attempt.is_delivered() && !one.was_slow() {
            lane.has_answered = true;
            lane.is_unknown = false;
        } else {
            lane.is_over = true;
        }
        if one.was_slow() {
            if let Some(turns) = self.turns.get_mut(lane.organization) {
                turns.slow += 1;
            }
        }
    }

    fn put_off(&self) -> Vec<String> {
        let untouched = self.lanes.iter().filter(|lane| lane.begun == 0 && !lane.is_over && self.is_held_back(lane));
        untouched.map(|lane| lane.endpoint.clone()).collect()
    }
}
