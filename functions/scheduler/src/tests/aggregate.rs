use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::{Span, Timestamp},
    testing::{at, Person, Scene},
};

use super::{Event, VOICE_TRAINING};
use crate::JOBS;

fn rolled_up(scene: &Scene) -> i64 {
    scene.tick_until_done(&JOBS, "aggregate_usage")
}

fn sums(scene: &Scene, span: &str) -> Json {
    scene.rows(&format!(
        "SELECT feature, starts_at, events, quantity, scored, score_sum FROM usage_aggregations WHERE span = '{span}'
         ORDER BY organization_id, feature, starts_at"
    ))
}

fn sum(feature: &str, day: &str, figures: [i64; 4]) -> Json {
    let [events, quantity, scored, score_sum] = figures;
    json!({"feature": feature, "starts_at": at(&format!("{day}T00:00:00Z")).0, "events": events, "quantity": quantity,
        "scored": scored, "score_sum": score_sum})
}

/// The sums and the ledger say the same, as far as the ledger is rolled up.
fn assert_sums_agree(scene: &Scene) {
    let differing = scene.rows(
        "WITH expected AS (
           SELECT event.organization_id, event.feature, event.day AS starts_at, COUNT(*) AS events, SUM(event.counted) AS quantity,
             COUNT(event.score) AS scored, COALESCE(SUM(event.score), 0) AS score_sum
           FROM counted_events event JOIN usage_rollups rollup ON rollup.organization_id = event.organization_id
           WHERE event.keyed_at IS NULL AND event.id <= rollup.own_to OR event.keyed_at <= rollup.keyed_to
           GROUP BY 1, 2, 3), had AS (
           SELECT organization_id, feature, starts_at, events, quantity, scored, score_sum FROM usage_aggregations WHERE span = 'day')
         SELECT * FROM (SELECT * FROM expected EXCEPT SELECT * FROM had)
         UNION ALL SELECT * FROM (SELECT * FROM had EXCEPT SELECT * FROM expected)",
    );
    assert_eq!(differing, json!([]));
    let months = scene.rows(
        "SELECT organization_id, feature, SUM(events) AS events, SUM(quantity) AS quantity, SUM(scored) AS scored, SUM(score_sum) AS score_sum
         FROM usage_aggregations WHERE span = 'day' GROUP BY 1, 2
         EXCEPT SELECT organization_id, feature, SUM(events), SUM(quantity), SUM(scored), SUM(score_sum)
         FROM usage_aggregations WHERE span = 'month' GROUP BY 1, 2",
    );
    assert_eq!(months, json!([]));
    let by_person = scene.rows(
        "WITH expected AS (
           SELECT event.organization_id, event.feature, event.period_start, event.person AS user_id, SUM(event.counted) AS quantity
           FROM counted_events event JOIN usage_rollups rollup ON rollup.organization_id = event.organization_id
           JOIN users ON users.id = event.person
           WHERE event.keyed_at IS NULL AND event.id <= rollup.own_to OR event.keyed_at <= rollup.keyed_to
           GROUP BY 1, 2, 3, 4), had AS (
           SELECT organization_id, feature, period_start, user_id, quantity FROM usage_by_person)
         SELECT * FROM (SELECT * FROM expected EXCEPT SELECT * FROM had)
         UNION ALL SELECT * FROM (SELECT * FROM had EXCEPT SELECT * FROM expected)",
    );
    assert_eq!(by_person, json!([]));
}

fn ada() -> (Scene, Person) {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    (scene, ada)
}

#[test]
fn sums_are_by_the_day_and_the_month_of_what_happened() {
    // given
    let (scene, ada) = ada();
    let event = |written: &str, name: u32| Event::at(at(written), name);
    event("2026-03-08T23:59:59.999Z", 1).write(&scene, &ada);
    Event { attributes: Some(r#"{"score":80}"#), ..event("2026-03-09T00:00:00Z", 2) }.write(&scene, &ada);
    Event { attributes: Some(r#"{"score":87.5,"scenario":"cold call"}"#), ..event("2026-03-09T10:00:00Z", 3) }
        .write(&scene, &ada);
    // late, and of the month before
    Event { occurred_at: Some(at("2026-02-28T22:00:00Z")), counted: 3, ..event("2026-03-09T10:00:00Z", 4) }
        .write(&scene, &ada);
    // refused; no score that could be summed; less than before
    Event { accepted: false, ..event("2026-03-09T11:00:00Z", 6) }.write(&scene, &ada);
    for (name, attributes) in [
        (7, r#"{"score":"90"}"#),
        (8, r#"{"score":1e300}"#),
        (9, r#"{"score":null}"#),
        (40, r#"{"score":-9223372036854775808}"#),
    ] {
        Event { attributes: Some(attributes), feature: "scenarios", counted: 5, ..event("2026-03-09T12:00:00Z", name) }
            .write(&scene, &ada);
    }
    Event { feature: "scenarios", counted: -4, ..event("2026-03-09T13:00:00Z", 10) }.write(&scene, &ada);
    // when
    assert_eq!(rolled_up(&scene), 1);
    // then
    let days = json!([
        sum("scenarios", "2026-03-09", [5, 16, 0, 0]),
        sum("training_sessions", "2026-02-28", [1, 3, 0, 0]),
        sum("training_sessions", "2026-03-08", [1, 1, 0, 0]),
        sum("training_sessions", "2026-03-09", [2, 2, 2, 167_500]),
    ]);
    assert_eq!(sums(&scene, "day"), days);
    let months = json!([
        sum("scenarios", "2026-03-01", [5, 16, 0, 0]),
        sum("training_sessions", "2026-02-01", [1, 3, 0, 0]),
        sum("training_sessions", "2026-03-01", [3, 3, 2, 167_500]),
    ]);
    assert_eq!(sums(&scene, "month"), months);
    // and again, nothing is added
    scene.advance(Span::days(1));
    assert_eq!(rolled_up(&scene), 0);
    assert_eq!((sums(&scene, "day"), sums(&scene, "month")), (days, months));
    // but what is told late
    Event { occurred_at: Some(at("2026-03-09T01:00:00Z")), ..event("2026-03-11T09:00:00Z", 11) }.write(&scene, &ada);
    assert_eq!(rolled_up(&scene), 1);
    assert_eq!(sums(&scene, "day")[3], sum("training_sessions", "2026-03-09", [3, 3, 2, 167_500]));
    assert_sums_agree(&scene);
}

#[test]
fn few_events_wait_for_an_hour_many_for_two_minutes_and_none_for_less() {
    let (scene, ada) = ada();
    let began = scene.now();
    for name in 0..10 {
        Event::at(began, name).write(&scene, &ada);
    }
    scene.advance(Span::minutes(60));
    assert_eq!(rolled_up(&scene), 0, "at an hour to the millisecond they wait");
    scene.advance(Span(1));
    assert_eq!((rolled_up(&scene), sums(&scene, "day")[0]["events"].clone()), (1, json!(10)));
    let later = scene.now();
    for name in 10..1_010 {
        Event::at(later, name).write(&scene, &ada);
    }
    scene.advance(Span::minutes(2));
    assert_eq!(rolled_up(&scene), 0, "what is of this moment may still be under way");
    scene.advance(Span(1));
    assert_eq!((rolled_up(&scene), sums(&scene, "day")[0]["events"].clone()), (1, json!(1_010)));
    assert_sums_agree(&scene);
    let marks = scene.rows("SELECT rolled_up_to FROM usage_rollups");
    assert_eq!(marks, json!([{"rolled_up_to": (scene.now() - Span::minutes(2)).0}]));
}

/// Many events at once; every other one under a key, many of one millisecond.
fn fill(scene: &Scene, person: &Person, from: u32, to: u32, written_at: Timestamp) {
    scene.execute(&format!(
        "WITH RECURSIVE numbers (n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM numbers WHERE n < {to})
         INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value,
           period_start, period_total, lifetime_total, request_hash, request_id, created_at, counted, keyed_at, attributes)
         SELECT '{}', CASE n % 2 WHEN 0 THEN 'key:' || n ELSE '00000000-' || printf('%08d', n) END, '{}', 'training_sessions', 's', 1, 1,
           'individual_free', 10, 1, 1, 1, 'h', 'fill', {at} + n / 500, 1, CASE n % 2 WHEN 0 THEN {at} + n / 500 END,
           '{{\"score\":' || (n % 101) || '}}'
         FROM numbers",
        person.personal,
        person.id,
        at = written_at.0
    ));
}

#[test]
fn a_long_ledger_is_rolled_up_page_by_page_and_each_event_once() {
    let (scene, ada) = ada();
    let bob = scene.sign_up("bob");
    fill(&scene, &ada, 1, 9_001, scene.now());
    fill(&scene, &bob, 20_001, 20_003, scene.now());
    scene.advance(Span::minutes(61));
    let changed = rolled_up(&scene);
    assert!(changed > 2, "{changed} steps of organizations are more than one page");
    let total =
        scene.rows("SELECT CAST(SUM(events) AS INTEGER) AS events FROM usage_aggregations WHERE span = 'month'");
    assert_eq!(total, json!([{"events": 9_004}]));
    assert_sums_agree(&scene);
}

#[test]
fn a_ledger_that_was_rolled_up_before_there_were_sums_by_person_is_gone_through_for_them() {
    // given: what a version without them has left behind, and an event of somebody who is nobody here
    let (scene, ada) = ada();
    fill(&scene, &ada, 1, 5_001, scene.now());
    scene.execute("UPDATE usage_events SET subject = 'end-user-7' WHERE id = 'key:2'");
    scene.advance(Span::minutes(61));
    rolled_up(&scene);
    scene.execute(
        "DELETE FROM usage_by_person;
         UPDATE usage_rollups SET people_from = '', people_to = '', people_keyed_from = 0, people_keyed_to = 0, people_request_id = ''",
    );
    // when: nothing of it is new
    assert_eq!(rolled_up(&scene), 0);
    // then
    assert_eq!(
        scene.rows("SELECT user_id, period_start, quantity FROM usage_by_person"),
        json!([{"user_id": "ada", "period_start": 1, "quantity": 5_000}])
    );
    assert_sums_agree(&scene);
}

#[test]
fn ticks_in_any_order_with_what_is_written_give_the_sums_of_the_ledger() {
    let (scene, ada) = ada();
    let bob = scene.sign_up("bob");
    // A generator of its own, so that the same runs come each time.
    let mut state = 20_261_129_u32;
    let mut next = |most: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % most
    };
    for name in 0..1_200 {
        let person = if next(3) == 0 { &bob } else { &ada };
        let event = Event {
            feature: ["training_sessions", "scenarios"][next(2) as usize],
            keyed: next(2) == 0,
            accepted: next(10) > 0,
            counted: i64::from(next(9)) - 2,
            occurred_at: (next(4) == 0).then(|| scene.now() - Span::minutes(i64::from(next(4_000)))),
            attributes: [None, Some(r#"{"score":50}"#), Some(r#"{"score":61.25}"#)][next(3) as usize],
            ..Event::at(scene.now(), name)
        };
        Event { keyed: event.keyed || !event.accepted, ..event }.write(&scene, person);
        scene.advance(Span(i64::from(next(600_000))));
        if next(20) == 0 {
            rolled_up(&scene);
            assert_sums_agree(&scene);
        }
    }
    scene.advance(Span::minutes(61));
    rolled_up(&scene);
    assert_sums_agree(&scene);
    let left = scene.rows(
        "SELECT COUNT(*) AS events FROM usage_events event JOIN usage_rollups rollup USING (organization_id)
         WHERE event.keyed_at IS NULL AND event.id > rollup.own_to OR event.keyed_at > rollup.keyed_to",
    );
    assert_eq!(left, json!([{"events": 0}]));
}
