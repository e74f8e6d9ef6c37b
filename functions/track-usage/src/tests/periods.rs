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

/// The months of `shared/src/rules/period/months.json`, to which the commands that move people in are held, too (their JavaScript counts
/// them by itself: `scripts/import/moments.mjs`).
#[test]
fn the_months_are_those_that_whoever_moves_in_is_counted_by() {
    use tallygate::{
        rules::period::{a_month_after, Period},
        testing::at,
    };
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Months {
        calendar: Vec<[String; 3]>,
        a_month_after: Vec<[String; 2]>,
        billing: Vec<[String; 5]>,
    }
    let months = include_str!("../../../../shared/src/rules/period/months.json");
    let months: Months = serde_json::from_str(months).unwrap();
    for [moment, start, end] in &months.calendar {
        assert_eq!(Period::calendar_month(at(moment)), Period { start: at(start), end: at(end) }, "{moment}");
    }
    for [moment, after] in &months.a_month_after {
        assert_eq!(a_month_after(at(moment)), at(after), "{moment}");
    }
    for [given_start, given_end, now, start, end] in &months.billing {
        let scene = Scene::with_catalog(COACHING);
        let ada = between(&scene, given_start, given_end);
        scene.set_clock(now);
        assert_eq!(count(&scene, &ada), json!([1, end]), "{given_start} {now}");
        let counted = scene.rows("SELECT period_start FROM usage_counters");
        assert_eq!(counted, json!([{ "period_start": at(start).0 }]), "{given_start} {now}");
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

#[test]
fn the_summary_has_what_a_meter_costs_that_the_plan_has_no_more() {
    let scene = Scene::with_catalog(COACHING);
    scene.execute("DELETE FROM plan_features WHERE plan_id = 'free' AND feature = 'human_coach_calls'");
    let ada = on_plan(&scene, "ada", "growth");
    assert_eq!(post(&scene, &ada, "track", json!({"eventType": "human_coach", "quantity": 2})).status, 200);
    let cents = || get(&scene, &ada, "/summary").body["overageCents"].clone();
    let changes =
        |what: &str| scene.execute(&format!("UPDATE org_subscriptions SET {what}, updated_at = {}", scene.now().0));
    scene.set_clock("2026-03-20T12:00:00.000Z");
    changes("plan_id = 'free'");
    assert_eq!(cents(), 2_500);
    // Nor is it told twice where the plan has the meter again.
    changes("plan_id = 'growth'");
    assert_eq!(cents(), 2_500);
    changes("plan_id = 'free'");
    scene.set_clock("2026-04-10T11:59:59.999Z");
    assert_eq!(cents(), 2_500);
    // Its period is over, or was cut off by another subscription's: the history has it.
    scene.set_clock("2026-04-10T12:00:00.000Z");
    assert_eq!(cents(), 0);
    scene.set_clock("2026-03-25T12:00:00.000Z");
    assert_eq!(cents(), 2_500);
    changes(&format!("current_period_start = {}", scene.now().0));
    assert_eq!(cents(), 0);
}

#[test]
fn what_happened_in_the_period_before_is_counted_there_for_a_day() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let track = |occurred_at: &str, quantity: i64| {
        let body = json!({"feature": "training_sessions", "quantity": quantity, "occurredAt": occurred_at});
        post(&scene, &ada, "track", body)
    };
    // given: eight of ten in March
    assert_eq!(track("2026-03-10T11:00:00Z", 8).status, 200);
    scene.set_clock("2026-04-01T23:59:59.999Z");
    assert_eq!(track("2026-04-01T00:00:00Z", 1).body["used"], 1);
    // then: two are left of March, and April is not touched
    let late = track("2026-03-31T23:59:59.999Z", 2);
    assert_eq!(
        shown(&late, &["used", "remaining", "resetsAt", "alerts"]),
        json!({"used": 10, "remaining": 0, "resetsAt": "2026-04-01T00:00:00.000Z",
               "alerts": ["100_percent", "upgrade_prompt"]}),
        "{late:?}"
    );
    let refused = track("2026-03-31T12:00:00Z", 1);
    assert_eq!((refused.status, &refused.body["used"]), (429, &json!(10)));
    let check = post(&scene, &ada, "check", json!({"feature": "training_sessions"}));
    assert_eq!(check.body["used"], 1);
    // when: a day is over
    scene.set_clock("2026-04-02T00:00:00.000Z");
    let closed = json!({"status": 400, "code": "invalid_field", "field": "occurredAt"});
    for moment in ["2026-03-31T23:59:59.999Z", "2026-02-28T00:00:00Z"] {
        let body = json!({"feature": "training_sessions", "occurredAt": moment});
        assert_eq!(refusal(&scene, &ada, "track", body), closed, "{moment}");
    }
    super::stories::assert_ledger_agrees(&scene);
}

#[test]
fn the_billing_period_before_is_the_one_that_was_counted_in() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "lifestyle");
    let between = |start: &str, end: &str| {
        let moment = |text: &str| tallygate::rules::time::Timestamp::parse(text).unwrap().0;
        scene.execute(&format!(
            "UPDATE org_subscriptions SET current_period_start = {}, current_period_end = {} WHERE organization_id = '{}'",
            moment(start),
            moment(end),
            ada.personal
        ));
    };
    let track = |occurred_at: &str| {
        let body = json!({"feature": "ai_voice_minutes", "quantity": 60, "occurredAt": occurred_at});
        post(&scene, &ada, "track", body)
    };
    // given: a week's trial, and then a month
    between("2026-03-05T09:00:00Z", "2026-03-12T09:00:00Z");
    assert_eq!(track("2026-03-10T11:00:00Z").body["used"], 1);
    between("2026-03-12T09:00:00Z", "2026-04-12T09:00:00Z");
    scene.set_clock("2026-03-12T10:00:00.000Z");
    assert_eq!(track("2026-03-12T08:59:59Z").body["used"], 2, "of the trial");
    assert_eq!(track("2026-03-12T09:00:00Z").body["used"], 1, "of the month");
    let before_it = json!({"feature": "ai_voice_minutes", "occurredAt": "2026-03-05T08:00:00Z"});
    assert_eq!(refusal(&scene, &ada, "track", before_it)["field"], "occurredAt");
    // where nothing was counted before, a month before
    let bob = on_plan(&scene, "bob", "lifestyle");
    let body = |occurred_at: &str| json!({"feature": "ai_voice_minutes", "quantity": 60, "occurredAt": occurred_at});
    scene.set_clock("2026-03-12T11:00:00.000Z");
    let late = post(&scene, &bob, "track", body("2026-02-20T00:00:00Z"));
    assert_eq!((late.status, &late.body["resetsAt"]), (200, &json!("2026-03-12T10:00:00.000Z")), "{late:?}");
    assert_eq!(refusal(&scene, &bob, "track", body("2026-02-12T09:59:59Z"))["field"], "occurredAt");
    super::stories::assert_ledger_agrees(&scene);
}

#[test]
fn two_edges_whose_clocks_differ_count_each_in_its_own_period() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let used = || post(&scene, &ada, "track", json!({"feature": "training_sessions"})).body["used"].clone();
    // given: one edge is five seconds ahead of the other around the month's end
    for (moment, expected) in [
        ("2026-03-31T23:59:57.000Z", 1),
        ("2026-04-01T00:00:02.000Z", 1),
        ("2026-03-31T23:59:58.000Z", 2),
        ("2026-04-01T00:00:03.000Z", 2),
        ("2026-03-31T23:59:59.999Z", 3),
        ("2026-04-01T00:00:00.000Z", 3),
    ] {
        scene.set_clock(moment);
        assert_eq!(used(), expected, "{moment}");
    }
    super::stories::assert_ledger_agrees(&scene);
}

#[test]
fn two_edges_whose_clocks_differ_count_each_in_its_own_billing_period() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "growth");
    let calls = || {
        let reply = post(&scene, &ada, "track", json!({"feature": "human_coach_calls"}));
        (reply.body["used"].clone(), reply.body["event"]["costCents"].clone())
    };
    // given: one is included in each month, and one edge is five seconds ahead of the other around the month's end
    for (moment, expected) in [
        ("2026-04-10T11:59:57.000Z", (json!(1), json!(0))),
        ("2026-04-10T12:00:02.000Z", (json!(1), json!(0))),
        ("2026-04-10T11:59:58.000Z", (json!(2), json!(2_500))),
        ("2026-04-10T12:00:03.000Z", (json!(2), json!(2_500))),
        ("2026-04-10T11:59:59.999Z", (json!(3), json!(2_500))),
        ("2026-04-10T12:00:00.000Z", (json!(3), json!(2_500))),
    ] {
        scene.set_clock(moment);
        assert_eq!(calls(), expected, "{moment}");
    }
    // when: the edge that is behind tells of what happened on the other one, beyond its own month's end
    scene.set_clock("2026-04-10T11:59:59.000Z");
    let ahead = json!({"feature": "human_coach_calls", "occurredAt": "2026-04-10T12:00:04Z"});
    let reply = post(&scene, &ada, "track", ahead);
    assert_eq!((reply.status, &reply.body["used"]), (200, &json!(4)), "it is counted by the clock of who counts it");
    super::stories::assert_ledger_agrees(&scene);
}

#[test]
fn a_trial_that_ends_between_two_tracks_lets_the_first_and_not_the_second() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let track = || {
        let reply = post(&scene, &ada, "track", json!({"feature": "uploads"}));
        (reply.status, reply.body["code"].clone())
    };
    scene.set_clock("2026-03-17T11:59:59.999Z");
    assert_eq!(track(), (200, Json::Null));
    scene.set_clock("2026-03-17T12:00:00.000Z");
    assert_eq!(track(), (402, json!("subscription_required")));
    // a trial that falls to a free plan goes on there, with what is left of that
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let bob = scene.sign_up("bob");
    let end = tallygate::testing::at("2026-03-17T12:00:00.000Z").0;
    scene.execute(&format!(
        "UPDATE org_subscriptions SET plan_id = 'individual_pro', status = 'trialing', trial_ends_at = {end} WHERE organization_id = '{}'",
        bob.personal
    ));
    let limit = || post(&scene, &bob, "track", json!({"feature": "training_sessions"})).body["limit"].clone();
    scene.set_clock("2026-03-17T11:59:59.999Z");
    assert_eq!(limit(), 100);
    scene.set_clock("2026-03-17T12:00:00.000Z");
    assert_eq!(limit(), 10);
}
