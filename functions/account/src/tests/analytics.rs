use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused_with, Scene},
};

use super::{get, post, refusal};

#[test]
fn sessions_come_to_days_weeks_and_months() {
    // given: it is a Tuesday; two sessions today, one on Sunday, one in February
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let bob = scene.sign_up("bob");
    let record = |body: Json| assert_eq!(post(&scene, &ada, "analytics", body).status, 201);
    record(
        json!({ "seconds": 600, "item": "waves", "completed": true, "stressBefore": 8, "stressAfter": 3, "moodImprovement": 2 }),
    );
    record(json!({ "seconds": 300, "item": "rain", "stressBefore": 7 }));
    record(json!({ "seconds": 1_200, "item": "waves", "completed": true, "occurredAt": "2026-03-08T23:59:59.999Z" }));
    record(json!({ "seconds": 60, "occurredAt": "2026-02-28T08:00:00Z" }));
    post(&scene, &bob, "analytics", json!({ "seconds": 5 }));
    // when
    let days = get(&scene, &ada, "analytics?from=2026-03-01");
    // then
    assert_eq!(days.batches, 1);
    assert_eq!(
        days.body["sums"],
        json!([
            {
                "startsAt": "2026-03-08T00:00:00.000Z", "sessions": 1, "minutes": 20.0, "distinctItems": 1, "averageMinutes": 20.0, "completionRate": 1.0,
                "stressBefore": null, "stressAfter": null, "moodImprovement": null,
            },
            {
                "startsAt": "2026-03-10T00:00:00.000Z", "sessions": 2, "minutes": 15.0, "distinctItems": 2, "averageMinutes": 7.5, "completionRate": 0.5,
                "stressBefore": 7.5, "stressAfter": 3.0, "moodImprovement": 2.0,
            },
        ])
    );
    let sums = |query: &str, what: &str| -> Vec<Json> {
        let reply = get(&scene, &ada, &format!("analytics?{query}"));
        reply.body["sums"].as_array().unwrap().iter().map(|sum| sum[what].clone()).collect()
    };
    assert_eq!(sums("span=week", "sessions"), [1, 1, 2]);
    assert_eq!(sums("span=month", "startsAt"), ["2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"]);
    assert_eq!(sums("span=month", "distinctItems"), [0, 2]);
    assert_eq!(sums("from=2026-03-08&to=2026-03-09", "sessions"), [1]);
}

#[test]
fn a_session_is_recorded_once_a_key() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let record = || post(&scene, &ada, "analytics", json!({ "seconds": 60, "idempotencyKey": "k" }));
    let first = record();
    scene.advance(Span::days(1));
    let again = record();
    assert_eq!((&first.body["replayed"], &again.body["replayed"]), (&json!(false), &json!(true)));
    assert_eq!(first.body["session"], again.body["session"]);
    assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM user_analytics_sessions"), json!([{"n": 1}]));
}

#[test]
fn what_is_no_session_of_these_weeks_is_refused() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let refused = |body: Json| refusal(&scene, || post(&scene, &ada, "analytics", body.clone()));
    let late = invalid("occurredAt", "must be within the last 31 days");
    assert_eq!(refused(json!({ "seconds": 1, "occurredAt": "2026-02-07T11:59:59.999Z" })), late);
    assert_eq!(refused(json!({ "seconds": 1, "occurredAt": "2026-03-10T12:05:00.001Z" })), late);
    assert_eq!(refused(json!({})), invalid("seconds", "is required"));
    assert_eq!(
        refused(json!({ "seconds": 1, "stressBefore": 11 })),
        invalid("stressBefore", "must be a whole number from 1 to 10")
    );
    let query = |query: &str| refusal(&scene, || get(&scene, &ada, &format!("analytics?{query}")));
    let spans = invalid("from", "must not be after `to`, nor more than 100 days before it");
    assert_eq!((query("from=2026-03-11"), query("from=2025-01-01")), (spans.clone(), spans));
    assert_eq!(query("span=year"), invalid("span", "must be one of: day, week, month"));
}

#[test]
fn there_is_an_end_to_a_day() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.execute(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 200)
         INSERT INTO user_analytics_sessions (user_id, id, day, seconds, completed, occurred_at, request_id)
         SELECT 'ada', 'x' || n, 1773100800000, 1, 1, 1773100800000, 'r' FROM n",
    );
    assert_eq!(
        refusal(&scene, || post(&scene, &ada, "analytics", json!({ "seconds": 1 }))),
        refused_with(429, "too_many_sessions", "There may be at most 200 sessions a day.", json!({ "most": 200 }))
    );
    assert_eq!(
        post(&scene, &ada, "analytics", json!({ "seconds": 1, "occurredAt": "2026-03-09T00:00:00Z" })).status,
        201
    );
}

#[test]
fn another_session_under_a_key_is_refused() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let told = json!({ "seconds": 60, "item": "waves", "stressBefore": 7, "occurredAt": "2026-03-09T08:00:00Z", "idempotencyKey": "k" });
    assert_eq!(post(&scene, &ada, "analytics", told.clone()).status, 201);
    // when, then
    for (field, value) in [
        ("seconds", json!(61)),
        ("item", json!("rain")),
        ("item", Json::Null),
        ("completed", json!(true)),
        ("stressBefore", json!(6)),
        ("stressAfter", json!(1)),
        ("moodImprovement", json!(0)),
        ("occurredAt", json!("2026-03-09T08:00:01Z")),
    ] {
        let mut other = told.clone();
        other[field] = value;
        let (status, body) = refusal(&scene, || post(&scene, &ada, "analytics", other.clone()));
        assert_eq!((status, &body["code"]), (409, &json!("idempotency_key_reused")), "{field}");
    }
    assert_eq!(post(&scene, &ada, "analytics", told).body["replayed"], true);
}
