use serde_json::json;
use tallygate::{
    rules::time::Span,
    testing::{Person, Scene},
};

use super::{assert_ledger_adds_up, counters, upload, FUNCTION};

/// Somebody on a paid plan, who signed up long ago.
fn subscriber(scene: &Scene) -> Person {
    scene.set_clock("2025-01-15T10:00:00.000Z");
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE org_subscriptions SET status = 'active'");
    ada
}

/// What an upload at a moment is told: the total, the lifetime's, the next reset.
fn told(scene: &Scene, person: &Person, moment: &str) -> (i64, i64, String) {
    scene.set_clock(moment);
    let body = upload(scene, person, 1).body;
    let number = |field: &str| body[field].as_i64().unwrap();
    (number("totalUploads"), number("lifetimeUploads"), body["nextResetDate"].as_str().unwrap().to_string())
}

#[test]
fn a_month_ends_at_midnight_utc_to_the_millisecond() {
    for (last, first, next, after) in [
        (
            "2026-03-31T23:59:59.999Z",
            "2026-04-01T00:00:00.000Z",
            "2026-04-01T00:00:00.000Z",
            "2026-05-01T00:00:00.000Z",
        ),
        (
            "2025-12-31T23:59:59.999Z",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T00:00:00.000Z",
            "2026-02-01T00:00:00.000Z",
        ),
        (
            "2028-02-29T23:59:59.999Z",
            "2028-03-01T00:00:00.000Z",
            "2028-03-01T00:00:00.000Z",
            "2028-04-01T00:00:00.000Z",
        ),
        (
            "2027-02-28T23:59:59.999Z",
            "2027-03-01T00:00:00.000Z",
            "2027-03-01T00:00:00.000Z",
            "2027-04-01T00:00:00.000Z",
        ),
    ] {
        let scene = Scene::new();
        let ada = subscriber(&scene);
        assert_eq!(told(&scene, &ada, last), (1, 1, next.to_string()));
        assert_eq!(told(&scene, &ada, first), (1, 2, after.to_string()));
        assert_ledger_adds_up(&scene);
    }
}

#[test]
fn december_of_one_year_is_not_december_of_the_next() {
    let scene = Scene::new();
    let ada = subscriber(&scene);
    assert_eq!(told(&scene, &ada, "2025-12-10T00:00:00.000Z").0, 1);
    assert_eq!(told(&scene, &ada, "2026-12-10T00:00:00.000Z").0, 1);
    assert_eq!(told(&scene, &ada, "2026-12-10T00:00:00.000Z"), (2, 3, "2027-01-01T00:00:00.000Z".to_string()));
    assert_eq!(counters(&scene, &ada.personal), [1, 2]);
}

#[test]
fn a_full_month_is_empty_again_on_the_first() {
    // given
    let scene = Scene::new();
    let ada = subscriber(&scene);
    scene.set_clock("2025-12-31T23:59:59.999Z");
    upload(&scene, &ada, 100);
    let (status, body) = scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"}));
    assert_eq!((status, body["nextResetDate"].clone()), (429, json!("2026-01-01T00:00:00.000Z")));
    // when
    scene.advance(Span(1));
    // then
    let body = upload(&scene, &ada, 100).body;
    assert_eq!((body["totalUploads"].clone(), body["lifetimeUploads"].clone()), (json!(100), json!(200)));
    // and each month that was used up was told
    let reached = scene.rows("SELECT COUNT(*) AS n FROM outbox WHERE event_type = 'usage.limit_reached'");
    assert_eq!(reached, json!([{"n": 2}]));
}

#[test]
fn a_meter_may_run_with_the_billing_period() {
    // given: a trial of a week, from the 10th to the 17th
    let scene = Scene::with_changed_catalog("reset = \"calendar_month\"", "reset = \"billing_period\"");
    let ada = scene.sign_up("ada");
    // when, then
    assert_eq!(upload(&scene, &ada, 100).body["nextResetDate"], "2026-03-17T12:00:00.000Z");
    let (status, body) = scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"}));
    assert_eq!((status, body["nextResetDate"].clone()), (429, json!("2026-03-17T12:00:00.000Z")));
    // and with the next period it begins anew
    scene.execute(&format!(
        "UPDATE org_subscriptions SET status = 'active', current_period_start = {now}, current_period_end = {now} + 1000",
        now = scene.now().0 + 1
    ));
    let body = upload(&scene, &ada, 1).body;
    assert_eq!((body["totalUploads"].clone(), body["lifetimeUploads"].clone()), (json!(1), json!(101)));
    assert_ledger_adds_up(&scene);
}

#[test]
fn a_meter_may_never_reset_and_counts_once_all_the_same() {
    let scene = Scene::with_changed_catalog("reset = \"calendar_month\"", "reset = \"once\"");
    let ada = subscriber(&scene);
    upload(&scene, &ada, 99);
    scene.set_clock("2031-07-01T00:00:00.000Z");
    let body = upload(&scene, &ada, 1).body;
    assert_eq!((body["totalUploads"].clone(), body["lifetimeUploads"].clone()), (json!(100), json!(100)));
    assert_eq!(body["nextResetDate"], json!(null));
    let (status, body) = scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"}));
    assert_eq!((status, body["nextResetDate"].clone()), (429, json!(null)));
    assert_eq!(counters(&scene, &ada.personal), [100]);
}
