//! Nobody's endpoints take the time of another's: what hangs, what is not known to answer, and what was asked for meanwhile.

use std::cell::Cell;

use serde_json::json;
use tallygate::{rules::time::Span, schedule::Asked, transport::Incoming};

use super::delivering::{event, House};
use crate::JOBS;

/// Two organizations with twenty endpoints each that never answer, made before the one of a third.
struct Crowd {
    house: House,
    hanging: Vec<String>,
}

impl Crowd {
    fn new() -> Self {
        let house = House::new();
        house.scene.send_once();
        let mut hanging = Vec::new();
        for organization in ["first", "second"] {
            house.scene.team(organization, &house.scene.sign_up(organization));
            for number in 0..20 {
                let name = format!("a-{organization}-{number:02}");
                house.endpoint(&name, Some(organization));
                let scene = house.scene.clone();
                house.receivers.answers(&name, move || {
                    scene.advance(Span::seconds(10));
                    Err("no answer within 10 s".to_string())
                });
                hanging.push(name);
            }
        }
        house.endpoint("z-victim", Some("acme"));
        house.scene.execute("DELETE FROM outbox");
        Self { house, hanging }
    }

    /// An event of each organization.
    fn events(&self, name: &str) -> String {
        for organization in ["first", "second"] {
            event(&self.house.scene, organization, &format!("a{organization}{name}"), "member.removed");
        }
        self.house.event(&format!("z{name}"))
    }

    fn are_unknown(&self, more: &str) {
        self.house
            .scene
            .execute(&format!("UPDATE webhook_endpoints SET answered_at = NULL WHERE id LIKE 'a-%' {more}"));
    }

    fn tried_of(&self, organization: &str) -> usize {
        let of = |name: &&String| name.contains(organization);
        self.hanging.iter().filter(of).map(|name| self.house.receivers.got(name).len()).sum()
    }
}

#[test]
fn endpoints_that_begin_to_hang_hold_up_no_other_organization() {
    let crowd = Crowd::new();
    let sent = crowd.events("1");
    crowd.house.scene.tick(&JOBS, Asked::Job("deliver_outbox"));
    assert_eq!(crowd.house.receivers.got("z-victim"), [sent]);
    for organization in ["first", "second"] {
        let tried = crowd.tried_of(organization);
        assert!((2..=4).contains(&tried), "{organization}: {tried}");
    }
}

#[test]
fn endpoints_that_hang_and_are_resumed_each_minute_hold_up_nobody() {
    let crowd = Crowd::new();
    crowd.are_unknown("");
    let mut sent = Vec::new();
    for minute in 0..4 {
        sent.push(crowd.events(&minute.to_string()));
        let before: Vec<usize> = ["first", "second"].map(|name| crowd.tried_of(name)).into();
        crowd.house.scene.advance(Span::minutes(1));
        crowd.house.tick();
        assert_eq!(crowd.house.receivers.got("z-victim"), sent);
        for (organization, before) in ["first", "second"].iter().zip(before) {
            let tried = crowd.tried_of(organization) - before;
            assert!((1..=6).contains(&tried), "{organization}: {tried} in a minute");
        }
        // As `resume` does it.
        crowd.are_unknown("");
        crowd
            .house
            .scene
            .execute("UPDATE webhook_endpoints SET failing_since = NULL, deferred_until = 0 WHERE id LIKE 'a-%'");
    }
}

#[test]
fn a_new_endpoint_has_its_turn_among_many_that_hang() {
    let crowd = Crowd::new();
    crowd.are_unknown("OR id = 'z-victim'");
    let sent = crowd.events("1");
    crowd.house.minute();
    assert_eq!(crowd.house.receivers.got("z-victim"), [sent]);
    // and is one that answers from then on
    let known = "SELECT answered_at IS NOT NULL AS is_known FROM webhook_endpoints WHERE id = 'z-victim'";
    assert_eq!(crowd.house.scene.rows(known), json!([{"is_known": 1}]));
    let next = crowd.events("2");
    crowd.house.scene.tick(&JOBS, Asked::Job("deliver_outbox"));
    assert_eq!(crowd.house.receivers.got("z-victim").last(), Some(&next));
}

#[test]
fn everybody_who_hangs_is_tried_some_time() {
    let crowd = Crowd::new();
    crowd.are_unknown("");
    crowd.events("1");
    for _ in 0..30 {
        crowd.house.minute();
    }
    for name in &crowd.hanging {
        assert!(!crowd.house.receivers.got(name).is_empty(), "{name}");
    }
}

#[test]
fn what_is_asked_for_once_more_while_it_is_under_way_is_sent_once_more() {
    for (status, job) in
        [(200, "deliver_outbox"), (500, "deliver_outbox"), (200, "retry_deliveries"), (500, "retry_deliveries")]
    {
        // given: an event that is sent at once, or stands in line for its last attempt
        let house = House::new();
        house.scene.send_once();
        house.endpoint("acme", Some("acme"));
        let sent = house.event("a");
        if job == "retry_deliveries" {
            house.scene.execute(&format!(
                "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id)
                 VALUES ('acme', '{sent}', 'pending', 9, 1, 1, 'before'); UPDATE outbox SET sequence = 1"
            ));
        }
        // when: it is asked for during the attempt
        let (scene, asked) = (house.scene.clone(), sent.clone());
        let is_asked = Cell::new(false);
        house.receivers.answers("acme", move || {
            if is_asked.replace(true) {
                return Ok(Incoming { status: 200, ..Incoming::default() });
            }
            scene.execute(&format!(
                "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id)
                 VALUES ('acme', '{asked}', 'pending', 0, {now}, {now}, 'asked') ON CONFLICT (endpoint_id, event_id) DO UPDATE SET
                   state = 'pending', attempts = 0, next_attempt_at = {now}, request_id = 'asked'",
                now = scene.now().0
            ));
            Ok(Incoming { status, ..Incoming::default() })
        });
        house.scene.tick(&JOBS, Asked::Job(job));
        // then
        house.minute();
        assert_eq!(house.receivers.got("acme").len(), 2, "{job} {status}");
        assert_eq!(
            house.deliveries(),
            json!([{"endpoint": "acme", "state": "delivered", "attempts": 1, "status": 200}])
        );
    }
}

#[test]
fn days_in_which_nothing_was_tried_are_no_failing_days() {
    let house = House::new();
    house.endpoint("acme", Some("acme"));
    house.receivers.answers_status("acme", 500);
    house.event("a");
    house.minute();
    house.scene.execute("UPDATE webhook_deliveries SET state = 'dead', next_attempt_at = NULL");
    house.scene.advance(Span::days(6));
    house.event("b");
    house.minute();
    let now = house.scene.now().0;
    let endpoint = "SELECT failing_since, disabled_at FROM webhook_endpoints";
    assert_eq!(house.receivers.got("acme").len(), 2);
    assert_eq!(house.scene.rows(endpoint), json!([{"failing_since": now, "disabled_at": null}]));
}

#[test]
fn an_endpoint_hears_of_what_happened_after_it_was_made_whatever_time_it_bears() {
    // given: a provider's message that was told late
    let house = House::new();
    house.endpoint("acme", Some("acme"));
    let from = tallygate::rules::request_ids::first_id_of(house.scene.now());
    house.endpoint_is("acme", &format!("listens_from_id = '{from}'"));
    let told = house.event("a");
    house.scene.execute(&format!("UPDATE outbox SET created_at = {}", house.scene.now().0 - 600_000));
    // when
    house.minute();
    // then
    assert_eq!(house.receivers.got("acme"), [told]);
}
