//! The days that a summary shows: from roll-ups and from the ledger alike.

use tallygate::rules::time::Span;

use super::*;

fn trained(scene: &Scene, person: &Person, score: Json, occurred_at: Option<&str>) {
    let mut body = json!({"eventType": "training_session", "attributes": {"score": score}});
    if let Some(moment) = occurred_at {
        body["occurredAt"] = json!(moment);
    }
    let reply = post(scene, person, "track", body);
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// The meter's days as the summary shows them.
fn shown_days(scene: &Scene, person: &Person, query: &str) -> Json {
    let reply = get(scene, person, &format!("/summary{query}"));
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let meters = reply.body["meters"].as_array().unwrap();
    let meter = meters.iter().find(|meter| meter["feature"] == "training_sessions").unwrap();
    json!({"series": meter["series"], "streak": meter["streak"], "score": meter["score"]})
}

fn day(date: &str, count: i64, average_score: Json) -> Json {
    json!({"day": format!("{date}T00:00:00.000Z"), "count": count, "quantity": count, "averageScore": average_score})
}

/// What the scheduler does to everything that was written so far.
fn roll_up(scene: &Scene) {
    let to = scene.now().0;
    scene.execute(&format!(
        "INSERT INTO usage_aggregations (organization_id, span, feature, starts_at, events, quantity, scored, score_sum, request_id)
         SELECT organization_id, 'day', feature, day, COUNT(*), SUM(counted), COUNT(score), COALESCE(SUM(score), 0), 'r'
         FROM counted_events GROUP BY organization_id, feature, day;
         INSERT INTO usage_rollups (organization_id, own_from, own_to, keyed_from, keyed_to, rolled_up_to, request_id)
         SELECT DISTINCT organization_id, '', '{}', -1, {to}, {to}, 'r' FROM usage_events;
         DELETE FROM usage_events WHERE created_at <= {to}",
        tallygate::rules::request_ids::first_id_of(scene.now() + Span(1))
    ));
}

#[test]
fn each_day_has_its_count_and_its_average_and_days_without_any_are_left_out() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = on_plan(&scene, "ada", "individual_pro");
    let nothing = json!({"series": [], "streak": {"current": 0, "longest": 0},
        "score": {"average": null, "before": null, "trend": null}});
    assert_eq!(shown_days(&scene, &ada, ""), nothing);
    // March 10, two days later twice, and one that was on the 9th
    trained(&scene, &ada, json!(70), None);
    scene.advance(Span::days(2));
    for score in [json!(80.5), json!("none")] {
        trained(&scene, &ada, score, None);
    }
    trained(&scene, &ada, json!(90), Some("2026-03-09T23:59:59.999Z"));
    let expected = json!({
        "series": [day("2026-03-09", 1, json!(90.0)), day("2026-03-10", 1, json!(70.0)), day("2026-03-12", 2, json!(80.5))],
        "streak": {"current": 1, "longest": 2},
        "score": {"average": 80.17, "before": null, "trend": null},
    });
    assert_eq!(shown_days(&scene, &ada, ""), expected);
    // from roll-ups it is the same, and what comes later is added to them
    scene.send_once();
    roll_up(&scene);
    assert_eq!(shown_days(&scene, &ada, ""), expected);
    scene.advance(Span(1));
    trained(&scene, &ada, json!(60), Some("2026-03-11T10:00:00Z"));
    assert_eq!(shown_days(&scene, &ada, "")["streak"], json!({"current": 4, "longest": 4}));
    let window = shown_days(&scene, &ada, "?days=2");
    let expected = json!({
        "series": [day("2026-03-11", 1, json!(60.0)), day("2026-03-12", 2, json!(80.5))],
        "streak": {"current": 4, "longest": 4},
        "score": {"average": 70.25, "before": 80.0, "trend": -9.75},
    });
    assert_eq!(window, expected);
}

#[test]
fn a_streak_lives_through_a_day_that_is_not_over_and_not_through_one_that_is() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = on_plan(&scene, "ada", "individual_pro");
    let streak = || shown_days(&scene, &ada, "")["streak"].clone();
    for moment in ["2026-03-10T23:59:59.999Z", "2026-03-11T00:00:00.000Z", "2026-03-12T12:00:00.000Z"] {
        scene.set_clock(moment);
        trained(&scene, &ada, json!(50), None);
    }
    assert_eq!(streak(), json!({"current": 3, "longest": 3}));
    scene.set_clock("2026-03-13T23:59:59.999Z");
    assert_eq!(streak(), json!({"current": 3, "longest": 3}));
    scene.set_clock("2026-03-14T00:00:00.000Z");
    assert_eq!(streak(), json!({"current": 0, "longest": 3}));
}

#[test]
fn the_reply_says_how_recent_it_is_and_for_how_many_days_one_may_ask() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = on_plan(&scene, "ada", "individual_pro");
    let fresh = || shown(&get(&scene, &ada, "/summary"), &["rolledUpTo", "upTo"]);
    assert_eq!(fresh(), json!({"rolledUpTo": null, "upTo": "2026-03-10T12:00:00.000Z"}));
    trained(&scene, &ada, json!(50), None);
    scene.send_once();
    roll_up(&scene);
    scene.advance(Span::minutes(30));
    assert_eq!(fresh(), json!({"rolledUpTo": "2026-03-10T12:00:00.000Z", "upTo": "2026-03-10T12:30:00.000Z"}));
    // More waits than is read: the first thousand of each kind are.
    for keyed in [0, 1] {
        scene.execute(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1500)
             INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value,
               period_start, period_total, lifetime_total, request_hash, request_id, created_at, counted, keyed_at)
             SELECT '{organization}', CASE {keyed} WHEN 1 THEN 'key:' || n ELSE '019cd7b9-{keyed}' || printf('%08d', n) END, 'ada',
               'training_sessions', 's', 1, 1, 'p', 1, 1, 1, 1, 'h', 'r', {now} + n, 1, CASE {keyed} WHEN 1 THEN {now} + n END FROM numbers",
            organization = ada.personal,
            now = scene.now().0
        ));
        let reply = shown_days(&scene, &ada, "");
        assert_eq!(reply["series"][0]["count"], 1_001 + keyed * 1_000);
        scene.advance(Span::minutes(1));
    }
    assert_eq!(fresh()["upTo"], "2026-03-10T12:30:01.000Z");
    for wrong in ["0", "367", "-1", "1.5", "x"] {
        let reply = get(&scene, &ada, &format!("/summary?days={wrong}"));
        assert_eq!((reply.status, &reply.body["field"]), (400, &json!("days")), "{wrong}");
    }
    assert_eq!(get(&scene, &ada, "/summary?days=366").status, 200);
}
