//! Calls that nobody has ended.

use serde_json::json;
use tallygate::{rules::time::Span, testing::Scene};

use crate::JOBS;

const COACHING: &str = include_str!("../../../../catalogs/coaching.toml");

/// A call that may last an hour, begun now, and the room that it holds.
fn begun(scene: &Scene, organization: &str, id: &str) {
    let now = scene.now().0;
    scene.execute(&format!(
        "INSERT INTO usage_reservations (organization_id, id, feature, event_type, weight, quantity, created_at, expires_at, request_id)
         VALUES ('{organization}', '{id}', 'ai_voice_minutes', 'ai_voice', 1, 3600, {now}, {now} + 3600000, 'r');
         INSERT INTO call_logs (organization_id, id, call_type, feature, status, started_at, deadline_at, request_id)
         VALUES ('{organization}', '{id}', 'ai_voice', 'ai_voice_minutes', 'in_progress', {now}, {now} + 3600000, 'r')"
    ));
}

#[test]
fn a_call_that_nobody_has_ended_is_closed_a_day_after_its_deadline_and_costs_nothing() {
    // given
    let scene = Scene::with_catalog(COACHING);
    let ada = scene.sign_up("ada");
    begun(&scene, &ada.personal, "forgotten");
    let started = scene.now();
    begun(&scene, &ada.personal, "ended");
    scene.execute(
        "UPDATE call_logs SET status = 'completed', ended_at = 9, seconds = 60, counted = 60 WHERE id = 'ended';
         UPDATE usage_reservations SET settled_at = 9, settled_as = 'confirmed', counted = 60 WHERE id = 'ended'",
    );
    // Room without a call is not its business.
    scene.execute(&format!(
        "INSERT INTO usage_reservations (organization_id, id, feature, event_type, weight, quantity, created_at, expires_at, request_id)
         VALUES ('{}', 'room', 'ai_voice_minutes', 'ai_voice', 1, 60, 1, 2, 'r')",
        ada.personal
    ));
    scene.advance(Span::minutes(25 * 60));
    scene.advance(Span(-1));
    begun(&scene, &ada.personal, "young");
    // when
    let before = scene.everything();
    assert_eq!(scene.tick_until_done(&JOBS, "close_calls"), 0);
    for table in ["call_logs", "usage_reservations", "organizations", "usage_events"] {
        assert_eq!(scene.everything()[table], before[table]);
    }
    scene.advance(Span(1));
    assert_eq!(scene.tick_until_done(&JOBS, "close_calls"), 1);
    assert_eq!(scene.tick_until_done(&JOBS, "close_calls"), 0);
    // then
    assert_eq!(
        scene.rows("SELECT id, status, ended_at, seconds, counted, cost_cents FROM call_logs ORDER BY id"),
        json!([
            {"id": "ended", "status": "completed", "ended_at": 9, "seconds": 60, "counted": 60, "cost_cents": 0},
            {"id": "forgotten", "status": "failed", "ended_at": started.0 + 3_600_000, "seconds": 3_600, "counted": 0, "cost_cents": 0},
            {"id": "young", "status": "in_progress", "ended_at": null, "seconds": null, "counted": 0, "cost_cents": 0},
        ])
    );
    assert_eq!(
        scene.rows("SELECT id, settled_at, settled_as, counted FROM usage_reservations ORDER BY id"),
        json!([
            {"id": "ended", "settled_at": 9, "settled_as": "confirmed", "counted": 60},
            {"id": "forgotten", "settled_at": scene.now().0, "settled_as": "released", "counted": 0},
            {"id": "room", "settled_at": null, "settled_as": null, "counted": null},
            {"id": "young", "settled_at": null, "settled_as": null, "counted": null},
        ])
    );
    assert_eq!(scene.rows("SELECT COUNT(*) AS counted FROM usage_events")[0]["counted"], 0);
}

#[test]
fn a_call_is_closed_also_where_the_clock_stood_still_until_its_reservation_is_old() {
    let scene = Scene::with_catalog(COACHING);
    let ada = scene.sign_up("ada");
    begun(&scene, &ada.personal, "forgotten");
    scene.advance(Span::days(40));
    assert_eq!(scene.tick_until_done(&JOBS, "clear_reservations"), 0);
    assert_eq!(scene.tick_until_done(&JOBS, "close_calls"), 1);
    assert_eq!(scene.rows("SELECT status FROM call_logs"), json!([{"status": "failed"}]));
    scene.advance(Span::days(30));
    assert_eq!(scene.tick_until_done(&JOBS, "clear_reservations"), 1);
}
