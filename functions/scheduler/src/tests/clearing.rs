use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    schedule::{Asked, Outcome, Rhythm},
    testing::{at, Person, Scene},
};

use super::{Event, VOICE_TRAINING};
use crate::JOBS;

fn ids(scene: &Scene, table: &str) -> Json {
    let rows = scene.rows(&format!("SELECT id FROM {table} ORDER BY id"));
    rows.as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
}

#[test]
fn sessions_go_a_month_after_their_end_and_a_quarter_after_their_last_heartbeat() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let now = scene.now();
    let session = |id: &str, heartbeat: Span, ended: Option<Span>| {
        let ended_at = ended.map_or("NULL".to_string(), |ago| (now - ago).0.to_string());
        let reason = ended.map_or("NULL", |_| "'terminated'");
        scene.execute(&format!(
            "INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, ended_at, end_reason, request_id)
             VALUES ('{}', '{id}', 1, {}, {ended_at}, {reason}, 'r')",
            ada.id,
            (now - heartbeat).0
        ));
    };
    let just = |days: i64| Span(Span::days(days).0 - 1);
    session("live", Span::minutes(1), None);
    session("stale", just(90), None);
    session("silent", Span::days(90), None);
    session("ended", just(31), Some(just(30)));
    session("long-ended", Span::days(31), Some(Span::days(30)));
    assert_eq!(scene.tick_until_done(&JOBS, "clear_sessions"), 2);
    assert_eq!(ids(&scene, "active_sessions"), json!(["ended", "live", "stale"]));
}

#[test]
fn reservations_go_a_month_after_they_held_anything() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let now = scene.now();
    let reservation = |id: &str, expired: Span, settled: Option<Span>| {
        let settled_at = settled.map_or("NULL, NULL".to_string(), |ago| format!("{}, 'confirmed'", (now - ago).0));
        scene.execute(&format!(
            "INSERT INTO usage_reservations (organization_id, id, user_id, feature, event_type, weight, quantity, created_at,
               expires_at, settled_at, settled_as, request_id)
             VALUES ('{}', '{id}', 'ada', 'training_sessions', 'training_sessions', 1, 1, 1, {}, {settled_at}, 'r')",
            ada.personal,
            (now - expired).0
        ));
    };
    reservation("open", Span(-1), None);
    reservation("expired", Span(Span::days(30).0 - 1), None);
    reservation("long-expired", Span::days(30), None);
    reservation("settled", Span::days(30), Some(Span(Span::days(30).0 - 1)));
    reservation("long-settled", Span::days(40), Some(Span::days(30)));
    assert_eq!(scene.tick_until_done(&JOBS, "clear_reservations"), 2);
    assert_eq!(ids(&scene, "usage_reservations"), json!(["expired", "open", "settled"]));
}

#[test]
fn a_run_stays_within_its_budget_and_the_next_minutes_go_on() {
    // given: dead sessions of three users, some live ones between them
    let scene = Scene::new();
    for user in ["ada", "bob", "cid"] {
        scene.sign_up(user);
        scene.execute(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
             INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, request_id)
             SELECT '{user}', printf('s%06d', n), 1, CASE n % 1000 WHEN 0 THEN {} ELSE 1 END, 'r' FROM numbers",
            scene.now().0
        ));
    }
    let left = || scene.rows("SELECT COUNT(*) AS rows FROM active_sessions")[0]["rows"].as_i64().unwrap();
    scene.send_once();
    // when: the hour's tick, then those of the minutes
    let reports = scene.tick(&JOBS, Asked::Rhythm(Rhythm::Hour));
    let report = reports.iter().find(|report| report.job == "clear_sessions").unwrap();
    // then: a page is looked up and worked on
    assert_eq!((report.outcome, report.steps, report.changed), (Outcome::GoesOn, 20, 18_981));
    assert_eq!(left(), 30_000 - 18_981);
    let reports = scene.tick(&JOBS, Asked::Rhythm(Rhythm::Minute));
    assert_eq!(
        reports.iter().map(|report| report.job).collect::<Vec<_>>(),
        ["aggregate_usage", "deliver_outbox", "retry_deliveries", "probe_endpoints", "clear_sessions"]
    );
    assert_eq!(left(), 30);
    let reports = scene.tick(&JOBS, Asked::Rhythm(Rhythm::Minute));
    assert_eq!(reports.len(), 4, "nothing is left in the middle: {reports:?}");
}

#[test]
fn messages_go_when_they_cannot_come_again_and_those_that_wait_for_the_operator_later() {
    let scene = Scene::new();
    let now = scene.now();
    for (id, ago, payload) in [
        ("new", Span(Span::days(35).0 - 1), "NULL"),
        ("old", Span::days(35), "NULL"),
        ("kept", Span(Span::days(90).0 - 1), "'{}'"),
        ("long-kept", Span::days(90), "'{}'"),
    ] {
        let outcome = if payload == "NULL" { "applied" } else { "unknown_price" };
        scene.execute(&format!(
            "INSERT INTO webhook_inbox (provider, event_id, event_type, outcome, payload, happened_at, received_at, request_id)
             VALUES ('stripe', '{id}', 't', '{outcome}', {payload}, 1, {}, 'r')",
            (now - ago).0
        ));
    }
    assert_eq!(scene.tick_until_done(&JOBS, "clear_inbox"), 2);
    assert_eq!(
        scene.rows("SELECT event_id AS id FROM webhook_inbox ORDER BY 1"),
        json!([{"id": "kept"}, {"id": "new"}])
    );
}

/// Somebody on the free plan, whose raw events are kept for 30 days, in the middle of May.
fn long_after() -> (Scene, Person) {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    scene.set_clock("2026-05-15T12:00:00Z");
    (scene, ada)
}

fn cleared(scene: &Scene) -> i64 {
    scene.tick_until_done(&JOBS, "clear_events")
}

#[test]
fn raw_events_go_after_the_plan_s_days_once_they_are_rolled_up() {
    let (scene, ada) = long_after();
    let edge = scene.now() - Span::days(30);
    for (name, written) in [(1, edge), (2, edge), (3, edge + Span(1)), (4, edge + Span(1))] {
        Event::at(written, name).write(&scene, &ada);
    }
    assert_eq!(cleared(&scene), 0, "they are not rolled up");
    scene.tick_until_done(&JOBS, "aggregate_usage");
    let sums = scene.rows("SELECT * FROM usage_aggregations");
    assert_eq!(cleared(&scene), 2);
    assert_eq!(
        scene.rows("SELECT request_id FROM usage_events ORDER BY 1"),
        json!([{"request_id": "r3"}, {"request_id": "r4"}])
    );
    scene.tick_until_done(&JOBS, "aggregate_usage");
    assert_eq!(scene.rows("SELECT * FROM usage_aggregations"), sums);
    // Without days in the catalog they stay for ever.
    scene.execute("UPDATE plans SET retention_days = -1");
    scene.advance(Span::days(900));
    assert_eq!(cleared(&scene), 0);
    scene.execute("UPDATE plans SET retention_days = NULL");
    assert_eq!(cleared(&scene), 0);
    // One day in the catalog is two: a key answers for a day at least.
    scene.execute("UPDATE plans SET retention_days = 1");
    assert_eq!(cleared(&scene), 2);
}

#[test]
fn the_events_of_the_first_period_go_too() {
    // given: a customer who pays nothing, whose subscription keeps the period that it began with
    let (scene, ada) = long_after();
    let [begun, over] = ["2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"].map(|moment| at(moment).0);
    let lasts_until = |end: i64| {
        scene.execute(&format!(
            "UPDATE org_subscriptions SET current_period_start = {begun}, current_period_end = {end}"
        ));
    };
    for name in 1..=2 {
        Event::at(at("2026-03-12T12:00:00Z"), name).write(&scene, &ada);
    }
    scene.tick_until_done(&JOBS, "aggregate_usage");
    // where the period goes on, longer than the event was told, then where it is over
    lasts_until(scene.now().0 + 1);
    assert_eq!(cleared(&scene), 0);
    lasts_until(over);
    assert_eq!(cleared(&scene), 2);
}

#[test]
fn events_stay_for_as_long_as_the_plan_keeps_them_that_the_operator_has_given() {
    let (scene, ada) = long_after();
    for name in 1..=2 {
        Event::at(at("2026-03-12T12:00:00Z"), name).write(&scene, &ada);
    }
    scene.tick_until_done(&JOBS, "aggregate_usage");
    scene.execute(
        "UPDATE org_subscriptions SET override_plan_id = 'individual_pro', override_ends_at = 9007199254740991",
    );
    for days in ["365", "-1", "NULL"] {
        scene.execute(&format!("UPDATE plans SET retention_days = {days} WHERE id = 'individual_pro'"));
        assert_eq!(cleared(&scene), 0, "{days}");
    }
    // A shorter one takes nothing away.
    scene.execute("UPDATE plans SET retention_days = 1 WHERE id = 'individual_pro'");
    scene.undone(|| {
        scene.execute("UPDATE plans SET retention_days = 365 WHERE id = 'individual_free'");
        assert_eq!(cleared(&scene), 0);
    });
    assert_eq!(cleared(&scene), 2);
}

#[test]
fn events_stay_until_they_are_in_the_sums_by_person() {
    // given: a ledger that is summed up by day and not by person, as one of a version before
    let (scene, ada) = long_after();
    for name in 1..=2 {
        Event::at(at("2026-03-12T12:00:00Z"), name).write(&scene, &ada);
    }
    scene.tick_until_done(&JOBS, "aggregate_usage");
    scene.execute(
        "UPDATE usage_rollups SET people_from = '', people_to = '', people_keyed_from = 0, people_keyed_to = 0, people_request_id = '';
         DELETE FROM usage_by_person",
    );
    assert_eq!(cleared(&scene), 0);
    scene.tick_until_done(&JOBS, "aggregate_usage");
    assert_eq!(scene.rows("SELECT quantity FROM usage_by_person"), json!([{"quantity": 2}]));
    assert_eq!(cleared(&scene), 2);
}

#[test]
fn what_an_open_period_or_an_invoice_needs_stays() {
    let (scene, ada) = long_after();
    for name in 1..=5 {
        Event::at(at("2026-03-12T12:00:00Z"), name).write(&scene, &ada);
    }
    let changed = |name: u32, change: &str| {
        scene.execute(&format!("UPDATE usage_events SET {change} WHERE request_id = 'r{name}'"));
    };
    changed(1, "period_end = NULL");
    changed(2, &format!("period_end = {}", scene.now().0 + 1));
    changed(3, "cost_cents = 5");
    // of the same period as one that cost something
    changed(4, "period_start = 7");
    scene.execute(&format!(
        "INSERT INTO usage_counters (organization_id, feature, period_start, quantity, overage_cents)
         VALUES ('{}', 'training_sessions', 7, 1, 5)",
        ada.personal
    ));
    scene.tick_until_done(&JOBS, "aggregate_usage");
    assert_eq!(cleared(&scene), 1);
    assert_eq!(
        scene.rows("SELECT request_id AS r FROM usage_events ORDER BY 1"),
        json!([{"r": "r1"}, {"r": "r2"}, {"r": "r3"}, {"r": "r4"}])
    );
}

#[test]
fn a_refusal_under_a_key_is_repeated_for_two_days_and_an_event_under_a_key_is_the_ledger() {
    let (scene, ada) = long_after();
    let edge = scene.now() - Span::days(2);
    Event { accepted: false, keyed: true, ..Event::at(edge, 1) }.write(&scene, &ada);
    Event { accepted: false, keyed: true, ..Event::at(edge + Span(1), 2) }.write(&scene, &ada);
    Event { keyed: true, ..Event::at(edge, 3) }.write(&scene, &ada);
    assert_eq!(cleared(&scene), 1);
    assert_eq!(ids(&scene, "usage_events"), json!(["key:2", "key:3"]));
}
