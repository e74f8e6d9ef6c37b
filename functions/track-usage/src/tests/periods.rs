//! When a meter begins anew.

use super::*;

fn count(scene: &Scene, person: &Person) -> Json {
    let reply = post(scene, person, "track", json!({"eventType": "human_coach"}));
    assert_eq!(reply.status, 200, "{reply:?}");
    json!([reply.body["used"], reply.body["resetsAt"]])
}

/// On `mastery` with these borders.
fn between(scene: &Scene, start: &str, end: &str) -> Person {
    let person = on_plan(scene, "ada", "mastery");
    let [start, end] = [start, end].map(|moment| tallygate::testing::at(moment).0);
    scene.execute(&format!("UPDATE org_subscriptions SET current_period_start = {start}, current_period_end = {end}"));
    person
}

#[test]
fn a_year_that_was_paid_has_twelve_months_from_its_anchor() {
    let scene = Scene::with_catalog(COACHING);
    let ada = between(&scene, "2026-01-31T09:00:00.000Z", "2027-01-31T09:00:00.000Z");
    for (moment, expected) in [
        ("2026-02-28T08:59:59.999Z", json!([1, "2026-02-28T09:00:00.000Z"])),
        ("2026-02-28T09:00:00.000Z", json!([1, "2026-03-31T09:00:00.000Z"])),
        ("2026-03-31T08:59:59.999Z", json!([2, "2026-03-31T09:00:00.000Z"])),
        ("2026-03-31T09:00:00.000Z", json!([1, "2026-04-30T09:00:00.000Z"])),
        ("2026-12-31T09:00:00.000Z", json!([1, "2027-01-31T09:00:00.000Z"])),
        // It was not renewed yet: it goes on by itself, through a leap day.
        ("2028-02-10T00:00:00.000Z", json!([1, "2028-02-29T09:00:00.000Z"])),
        ("2028-02-29T09:00:00.000Z", json!([1, "2028-03-31T09:00:00.000Z"])),
    ] {
        scene.set_clock(moment);
        assert_eq!(count(&scene, &ada), expected, "{moment}");
    }
}

#[test]
fn a_month_that_stripe_gave_is_taken_as_it_is_and_its_later_border_is_the_anchors() {
    let scene = Scene::with_catalog(COACHING);
    let ada = between(&scene, "2026-02-28T09:00:00.000Z", "2026-03-31T09:00:00.000Z");
    for (moment, expected) in [
        ("2026-03-28T10:00:00.000Z", json!([1, "2026-03-31T09:00:00.000Z"])),
        ("2026-03-31T09:00:00.000Z", json!([1, "2026-04-30T09:00:00.000Z"])),
        ("2026-05-30T09:00:00.000Z", json!([1, "2026-05-31T09:00:00.000Z"])),
    ] {
        scene.set_clock(moment);
        assert_eq!(count(&scene, &ada), expected, "{moment}");
    }
}

#[test]
fn the_engine_s_months_are_the_calendar_s() {
    use tallygate::rules::{
        period::{Interval, Period},
        time::Timestamp,
    };
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "mastery");
    scene.send_once();
    let mut anchor = tallygate::testing::at("2024-01-01T00:00:00.000Z").0;
    // Every sixth day of four years as an anchor, asked some months later at the border and a millisecond before it.
    for step in 0..244_i64 {
        let end = Interval::Month.after(Timestamp(anchor), 1);
        scene.execute(&format!(
            "UPDATE org_subscriptions SET current_period_start = {anchor}, current_period_end = {}",
            end.0
        ));
        let border = Interval::Month.after(Timestamp(anchor), 1 + step % 14);
        for moment in [border.0 - 1, border.0] {
            scene.set_clock(&Timestamp(moment).iso());
            let expected = Period::anchored(Timestamp(anchor), Interval::Month, Timestamp(moment));
            let reply = post(&scene, &ada, "check", json!({"feature": "human_coach_calls"}));
            assert_eq!(
                reply.body["resetsAt"],
                expected.end.iso(),
                "{} at {}",
                Timestamp(anchor).iso(),
                Timestamp(moment).iso()
            );
        }
        anchor += 6 * 86_400_000 + 61_001;
    }
}

#[test]
fn the_summary_has_what_the_period_costs_and_those_before() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "growth");
    post(&scene, &ada, "track", json!({"eventType": "human_coach", "quantity": 2}));
    scene.set_clock("2026-04-15T12:00:00.000Z");
    post(&scene, &ada, "track", json!({"eventType": "human_coach", "quantity": 3}));
    let reply = get(&scene, &ada, "/summary");
    assert_eq!((reply.status, reply.batches, &reply.body["overageCents"]), (200, 1, &json!(5_000)), "{reply:?}");
    let calls =
        reply.body["meters"].as_array().unwrap().iter().find(|meter| meter["feature"] == "human_coach_calls").unwrap();
    assert_eq!(
        json!([calls["used"], calls["percentage"], calls["periodStart"], calls["earlier"]]),
        json!([3, 300, "2026-04-10T12:00:00.000Z",
               [{"periodStart": "2026-03-10T12:00:00.000Z", "quantity": 2, "overageCents": 2_500}]])
    );
    // Five of thirty days are gone.
    assert_eq!(calls["projected"], 18);
}
