//! What became of events, and sending them once more.

use tallygate::{
    rules::{request_ids::first_id_of, time::Span},
    testing::invalid,
};

use super::*;

/// Events of the team's that were given out, one a minute, with a delivery each.
fn given_out(house: &House, endpoint: &str, states: &[&str]) -> Vec<String> {
    let mut events = Vec::new();
    for (number, state) in states.iter().enumerate() {
        house.scene.advance(Span::minutes(1));
        let (now, id) = (house.scene.now().0, format!("{}e{number}", first_id_of(house.scene.now())));
        let next = if *state == "pending" { now.to_string() } else { "NULL".to_string() };
        house.scene.execute(&format!(
            "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at, sequence)
             VALUES ('{id}', 'acme', 'member.removed', 'm', {now}, {number} + 1)"
        ));
        if *state != "missing" {
            house.scene.execute(&format!(
                "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, last_attempt_at,
                   response_status, response, created_at, request_id)
                 VALUES ('{endpoint}', '{id}', '{state}', 1, {next}, {now}, 500, 'no', {now}, 'r')"
            ));
        }
        events.push(id);
    }
    events
}

#[test]
fn deliveries_are_listed_newest_first_by_page_and_state() {
    let house = House::new();
    let id = house.endpoint();
    let events = given_out(&house, &id, &["delivered", "dead", "pending"]);
    let first = house.get(&house.owner, &format!("deliveries?endpoint={id}&limit=2"));
    assert_eq!((first.status, first.batches), (200, 1));
    let shown = |reply: &TestReply| {
        let list = reply.body["deliveries"].as_array().unwrap().clone();
        list.iter().map(|one| one["event"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&first), [&*events[2], &*events[1]]);
    assert_eq!(
        first.body["deliveries"][0],
        json!({
            "event": events[2], "eventType": "member.removed", "organizationId": "acme", "sequence": 3, "state": "pending",
            "attempts": 1, "nextAttemptAt": "2026-03-10T12:03:00.000Z", "lastAttemptAt": "2026-03-10T12:03:00.000Z",
            "responseStatus": 500, "response": "no", "failure": null, "createdAt": "2026-03-10T12:03:00.000Z",
        })
    );
    let cursor = first.body["nextCursor"].as_str().unwrap().to_string();
    let second = house.get(&house.owner, &format!("deliveries?endpoint={id}&limit=2&cursor={cursor}"));
    assert_eq!((shown(&second), &second.body["nextCursor"]), (vec![events[0].clone()], &json!(null)));
    let dead = house.get(&house.owner, &format!("deliveries?endpoint={id}&state=dead"));
    assert_eq!(shown(&dead), [&*events[1]]);
    let wrong = house.get(&house.owner, &format!("deliveries?endpoint={id}&state=lost"));
    assert_eq!(wrong.answer(), invalid("state", "must be one of: pending, delivered, dead"));
    assert_eq!(house.get(&house.owner, "deliveries?endpoint=nowhere").status, 404);
}

#[test]
fn an_event_is_sent_once_more_whatever_became_of_it() {
    let house = House::new();
    let id = house.endpoint();
    let events = given_out(&house, &id, &["delivered", "dead", "missing", "delivered"]);
    let reply = house.post(&house.owner, "redeliver", json!({"endpoint": id, "event": events[0]}));
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({"success": true, "message": "1 events are sent once more.", "redelivered": 1, "nextCursor": null})
        )
    );
    let rows = || house.scene.rows("SELECT state, attempts, next_attempt_at FROM webhook_deliveries ORDER BY event_id");
    let again = json!({"state": "pending", "attempts": 0, "next_attempt_at": house.scene.now().0});
    assert_eq!(rows()[0], again);
    // All since a moment, that which it never heard of included.
    let reply = house.post(&house.owner, "redeliver", json!({"endpoint": id, "since": "2026-03-10T12:02:00Z"}));
    assert_eq!(reply.body["redelivered"], 3);
    assert_eq!(rows(), json!([again, again, again, again]));
}

#[test]
fn nobody_is_sent_another_s_events() {
    let house = House::new();
    let id = house.endpoint();
    house.scene.execute(
        "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at, sequence) VALUES
           ('theirs', 'other', 'x.y', 't', 1773144000000, 1), ('waiting', 'acme', 'x.y', 't', 1773144000000, NULL)",
    );
    let problem = "names no event of the last 30 days that this endpoint hears of";
    for event in ["theirs", "waiting", "nothing"] {
        let reply = house.post(&house.owner, "redeliver", json!({"endpoint": id, "event": event}));
        assert_eq!(reply.answer(), invalid("event", problem), "{event}");
    }
    let all = house.post(&house.owner, "redeliver", json!({"endpoint": id, "since": "2026-01-01T00:00:00Z"}));
    assert_eq!((all.status, &all.body["redelivered"]), (200, &json!(0)));
    for (body, field, problem) in [
        (json!({"endpoint": id}), "since", "or `event` is required"),
        (
            json!({"endpoint": id, "event": "e", "since": "2026-01-01T00:00:00Z"}),
            "since",
            "and `event` are not for one request",
        ),
        (json!({"endpoint": id, "since": "yesterday"}), "since", "must be a moment, as 2026-03-10T12:00:00Z"),
        (json!({"event": "e"}), "endpoint", "is required"),
    ] {
        assert_eq!(house.post(&house.owner, "redeliver", body).answer(), invalid(field, problem));
    }
}

#[test]
fn many_are_sent_once_more_a_thousand_at_a_time_whatever_others_have() {
    // given: 2 500 events of one millisecond, of which every fifth is another organization's
    let house = House::new();
    house.scene.send_once();
    let id = house.endpoint();
    house.scene.execute(&format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500)
         INSERT INTO outbox (id, organization_id, event_type, target_id, created_at, sequence)
         SELECT '{}' || substr('0000' || n, -4), CASE WHEN n % 5 = 0 THEN 'other' ELSE 'acme' END, 'x.y', 't', {}, n FROM numbers",
        first_id_of(house.scene.now()),
        house.scene.now().0
    ));
    // when
    let mut body = json!({"endpoint": id, "since": "2026-03-10T12:00:00Z"});
    let mut redelivered = Vec::new();
    loop {
        let reply = house.post(&house.owner, "redeliver", body.clone());
        redelivered.push(reply.body["redelivered"].as_i64().unwrap());
        body["cursor"] = reply.body["nextCursor"].clone();
        let Some(cursor) = body["cursor"].as_str() else { break };
        // It is an event of one's own, and says nothing of another's.
        let whose = house.scene.rows(&format!("SELECT organization_id FROM outbox WHERE id = '{cursor}'"));
        assert_eq!(whose, json!([{"organization_id": "acme"}]));
    }
    // then
    assert_eq!(redelivered, [1_000, 1_000, 0]);
    let waiting = "SELECT COUNT(*) AS waiting, COUNT(DISTINCT event_id) AS events FROM webhook_deliveries WHERE state = 'pending'";
    assert_eq!(house.scene.rows(waiting), json!([{"waiting": 2_000, "events": 2_000}]));
    let both = house.post(&house.owner, "redeliver", json!({"endpoint": id, "event": "e", "cursor": "c"}));
    assert_eq!(both.answer(), invalid("cursor", "and `event` are not for one request"));
}

#[test]
fn what_a_provider_told_late_is_sent_once_more_by_when_it_was_told() {
    let house = House::new();
    let id = house.endpoint();
    let events = given_out(&house, &id, &["missing"]);
    house.scene.execute(&format!("UPDATE outbox SET created_at = created_at - 600000 WHERE id = '{}'", events[0]));
    let reply = house.post(&house.owner, "redeliver", json!({"endpoint": id, "since": "2026-03-10T12:01:00Z"}));
    assert_eq!(reply.body["redelivered"], 1);
}
