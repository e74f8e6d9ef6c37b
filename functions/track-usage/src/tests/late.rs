//! What is told of a period that is over, after the plan has become another one.

use super::{stories::assert_ledger_agrees, *};

/// From now on a plan, in a month that begins now or (`None`) the one that goes on.
fn becomes(scene: &Scene, person: &Person, plan: &str, starts: Option<&str>) {
    let now = scene.now().0;
    let period = starts.map_or(String::new(), |start| {
        let days = if start.starts_with("2026-03") { 31 } else { 30 };
        let start = tallygate::testing::at(start).0;
        format!(", current_period_start = {start}, current_period_end = {start} + {days} * 86400000")
    });
    scene.execute(&format!(
        "UPDATE org_subscriptions SET plan_id = '{plan}', updated_at = {now}{period} WHERE organization_id = '{}'",
        person.personal
    ));
}

fn minutes(scene: &Scene, person: &Person, minutes: i64, occurred_at: Option<&str>) -> TestReply {
    let body = json!({"feature": "ai_voice_minutes", "quantity": minutes * 60, "occurredAt": occurred_at});
    post(scene, person, "track", body)
}

fn in_a_batch(scene: &Scene, person: &Person, quantity: i64, occurred_at: &str) -> Json {
    let event = json!({"feature": "ai_voice_minutes", "quantity": quantity * 60, "occurredAt": occurred_at});
    let reply = post(scene, person, "batch", json!({"events": [event]}));
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body["results"][0].clone()
}

/// The last minute of the month that began on March 10 at noon.
const LATE: &str = "2026-04-10T11:59:00Z";

#[test]
fn it_meets_the_limit_and_the_price_of_the_plan_that_its_period_ended_with() {
    for to in ["free", "growth", "mastery"] {
        let scene = Scene::with_catalog(COACHING);
        let ada = on_plan(&scene, "ada", "lifestyle");
        // given: all 120 minutes of the month are used, and with its end the plan is another one
        assert_eq!(minutes(&scene, &ada, 120, None).status, 200);
        scene.set_clock("2026-04-10T12:05:00.000Z");
        becomes(&scene, &ada, to, Some("2026-04-10T12:00:00.000Z"));
        // when: two minutes of the month before are told of, one by itself and one with others
        let late = minutes(&scene, &ada, 1, Some(LATE));
        // then: each costs ten cents
        assert_eq!(
            (late.status, shown(&late, &["used", "limit", "overage", "resetsAt"]), &late.body["event"]["costCents"]),
            (
                200,
                json!({"used": 121, "limit": 120, "resetsAt": "2026-04-10T12:00:00.000Z",
                       "overage": {"allowed": true, "unitPrice": "0.10", "chargedCents": 10, "capCents": 2_000}}),
                &json!(10)
            ),
            "{to}: {late:?}"
        );
        assert_eq!(in_a_batch(&scene, &ada, 1, LATE)["event"]["costCents"], 10, "{to}");
        // up to the cap, and no further; another plan would not help a month that is over
        assert_eq!(minutes(&scene, &ada, 198, Some(LATE)).body["overage"]["chargedCents"], 2_000, "{to}");
        let refused = minutes(&scene, &ada, 1, Some(LATE));
        assert_eq!(
            (refused.status, &refused.body["code"], &refused.body["limit"], &refused.body["upgrade"]),
            (429, &json!("overage_cap_reached"), &json!(120), &json!([])),
            "{to}"
        );
        assert_eq!(in_a_batch(&scene, &ada, 1, LATE)["success"], false, "{to}");
        // and what is used now meets the plan of now
        let now = minutes(&scene, &ada, 1, None);
        assert_eq!(
            (&now.body["used"], &now.body["overage"]["chargedCents"].as_i64().unwrap_or(0)),
            (&json!(1), &0),
            "{to}"
        );
        assert_eq!(
            scene.rows("SELECT plan_id, limit_value, overage_cents FROM usage_counters WHERE overage_cents > 0"),
            json!([{"plan_id": "lifestyle", "limit_value": 120, "overage_cents": 2_000}]),
            "{to}"
        );
        assert_ledger_agrees(&scene);
    }
}

#[test]
fn of_several_changes_the_one_before_the_period_s_end_counts() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "lifestyle");
    scene.set_clock("2026-03-20T00:00:00.000Z");
    becomes(&scene, &ada, "growth", None);
    scene.set_clock("2026-04-10T12:05:00.000Z");
    becomes(&scene, &ada, "mastery", Some("2026-04-10T12:00:00.000Z"));
    scene.set_clock("2026-04-10T13:00:00.000Z");
    becomes(&scene, &ada, "free", None);
    // It is counted as in the last moment of its month, whenever in it it was.
    let late = minutes(&scene, &ada, 301, Some("2026-03-12T00:00:00Z"));
    assert_eq!((&late.body["limit"], &late.body["event"]["costCents"]), (&json!(300), &json!(8)), "{late:?}");
    // In the month that goes on the limit is the new plan's, whenever in it something was.
    let now = minutes(&scene, &ada, 1, Some("2026-04-10T12:30:00Z"));
    assert_eq!((&now.body["limit"], &now.body["resetsAt"]), (&json!(15), &Json::Null));
    assert_ledger_agrees(&scene);
}

#[test]
fn what_was_once_ever_and_what_was_by_the_month_is_counted_where_it_was_used() {
    // from a plan that gives 15 minutes once ever to one that gives 120 a month, in the midst of its month
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "free");
    scene.set_clock("2026-03-20T12:00:00.000Z");
    becomes(&scene, &ada, "lifestyle", Some("2026-03-20T12:00:00.000Z"));
    let late = minutes(&scene, &ada, 1, Some("2026-03-20T11:00:00Z"));
    assert_eq!((&late.body["limit"], &late.body["resetsAt"]), (&json!(15), &Json::Null), "{late:?}");
    assert_eq!(in_a_batch(&scene, &ada, 15, "2026-03-20T11:00:00Z")["code"], "limit_reached");
    assert_eq!(minutes(&scene, &ada, 1, None).body["limit"], 120);
    assert_eq!(
        scene.rows("SELECT period_start > 0 AS monthly, quantity FROM usage_counters ORDER BY 1"),
        json!([{"monthly": 0, "quantity": 60}, {"monthly": 1, "quantity": 60}])
    );
    assert_ledger_agrees(&scene);
}

#[test]
fn a_month_of_the_calendar_is_no_other_one_with_the_plan() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = on_plan(&scene, "ada", "individual_pro");
    let sessions = |quantity: i64, occurred_at: &str| {
        post(
            &scene,
            &ada,
            "track",
            json!({"feature": "training_sessions", "quantity": quantity, "occurredAt": occurred_at}),
        )
    };
    scene.set_clock("2026-04-01T06:00:00.000Z");
    becomes(&scene, &ada, "individual_free", Some("2026-04-01T06:00:00.000Z"));
    let march = sessions(100, "2026-03-31T23:00:00Z");
    assert_eq!(
        (march.status, &march.body["limit"], &march.body["remaining"]),
        (200, &json!(100), &json!(0)),
        "{march:?}"
    );
    let april = sessions(10, "2026-04-01T05:00:00Z");
    assert_eq!(
        (april.status, &april.body["limit"], &april.body["remaining"]),
        (200, &json!(10), &json!(0)),
        "{april:?}"
    );
    assert_eq!(sessions(1, "2026-03-31T23:00:00Z").status, 429);
    // A day after its end the month takes no more.
    scene.set_clock("2026-04-02T00:00:00.000Z");
    let closed = json!({"feature": "training_sessions", "occurredAt": "2026-03-31T23:00:00Z"});
    assert_eq!(refusal(&scene, &ada, "track", closed)["field"], "occurredAt");
    assert_ledger_agrees(&scene);
}

#[test]
fn what_the_plan_of_now_does_not_have_is_counted_where_it_was_used() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "lifestyle");
    scene.execute("DELETE FROM plan_features WHERE plan_id = 'free' AND feature = 'ai_voice_minutes'");
    scene.set_clock("2026-04-10T12:05:00.000Z");
    becomes(&scene, &ada, "free", Some("2026-04-10T12:00:00.000Z"));
    assert_eq!(minutes(&scene, &ada, 1, None).body["code"], "feature_not_in_plan");
    assert_eq!(minutes(&scene, &ada, 121, Some(LATE)).body["event"]["costCents"], 10);
    assert_eq!(in_a_batch(&scene, &ada, 1, LATE)["event"]["costCents"], 10);
    // nor is it the other way round
    let bob = on_plan(&scene, "bob", "free");
    scene.advance(tallygate::rules::time::Span::days(1));
    let since = scene.now().iso();
    becomes(&scene, &bob, "lifestyle", Some(&since));
    let before = (scene.now() - tallygate::rules::time::Span::minutes(1)).iso();
    assert_eq!(minutes(&scene, &bob, 1, Some(&before)).body["code"], "feature_not_in_plan");
    assert_ledger_agrees(&scene);
}
