//! Many events at once: each is counted as a `track` would have counted it.

use proptest::prelude::*;

use super::{
    keys::{by_key, keep},
    stories::assert_ledger_agrees,
    *,
};

/// What became of each, as its code or its `counted`.
fn outcomes(reply: &TestReply) -> Vec<Json> {
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let results = reply.body["results"].as_array().unwrap();
    results
        .iter()
        .map(|one| match (&one["success"], &one["event"]) {
            (Json::Bool(true), Json::Null) => json!("known"),
            (Json::Bool(true), event) => event["counted"].clone(),
            _ => one["code"].clone(),
        })
        .collect()
}

fn batch(scene: &Scene, person: &Person, events: Json) -> TestReply {
    post(scene, person, "batch", json!({ "events": events }))
}

#[test]
fn events_are_counted_in_their_order_and_what_does_not_fit_is_left_out() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let reply = batch(
        &scene,
        &ada,
        json!([
            {"feature": "training_sessions", "quantity": 6, "attributes": {"score": 80}},
            {"feature": "scenarios"},
            {"feature": "training_sessions", "quantity": 5},
            {"eventType": "training_session", "quantity": 3},
            {"feature": "training_sessions", "quantity": 4, "mode": "cap"},
            {"feature": "training_sessions", "mode": "cap"},
            {"feature": "scenarios", "quantity": 2},
        ]),
    );
    assert_eq!(
        outcomes(&reply),
        [json!(6), json!(1), json!("limit_reached"), json!(3), json!(1), json!("limit_reached"), json!(2)]
    );
    assert_eq!(
        shown(&reply, &["counted", "refused", "alerts"]),
        json!({"counted": 5, "refused": 2, "alerts": [
            {"feature": "scenarios", "alert": "100_percent"}, {"feature": "scenarios", "alert": "80_percent"},
            {"feature": "scenarios", "alert": "upgrade_prompt"},
            {"feature": "training_sessions", "alert": "100_percent"}, {"feature": "training_sessions", "alert": "80_percent"},
            {"feature": "training_sessions", "alert": "upgrade_prompt"},
        ]})
    );
    let used: Vec<_> = reply.body["meters"].as_array().unwrap().iter().map(|meter| meter["used"].clone()).collect();
    assert_eq!(used, [json!(3), json!(10)]);
    assert_ledger_agrees(&scene);
}

#[test]
fn each_is_counted_once_by_its_key_however_often_it_is_sent() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let event =
        |key: &str, quantity: i64| json!({"feature": "training_sessions", "quantity": quantity, "idempotencyKey": key});
    let first = batch(&scene, &ada, json!([event("a", 4), event("b", 5), event("a", 4), event("a", 3), event("c", 2)]));
    let expected = [json!(4), json!(5), json!(4), json!("idempotency_key_reused"), json!("limit_reached")];
    assert_eq!(outcomes(&first), expected);
    let replayed = |reply: &TestReply| -> Vec<bool> {
        reply.body["results"].as_array().unwrap().iter().map(|one| one["replayed"] == true).collect()
    };
    assert_eq!(replayed(&first), [false, false, true, false, false]);
    // by a batch, by a `track`, and the refusal of what did not fit, too
    let before = scene.everything();
    let again = batch(&scene, &ada, json!([event("c", 2), event("b", 5), event("a", 4)]));
    assert_eq!(outcomes(&again), [json!("limit_reached"), json!(5), json!(4)]);
    assert_eq!(replayed(&again), [true, true, true]);
    let track = post(&scene, &ada, "track", event("a", 4));
    assert_eq!((&track.body["replayed"], &track.body["event"]["counted"]), (&json!(true), &json!(4)));
    scene.assert_unchanged(&before);
    assert_ledger_agrees(&scene);
}

#[test]
fn what_is_wrong_with_an_event_is_said_by_its_index_and_hinders_no_other() {
    let scene = Scene::with_catalog(STARTER_KIT);
    let ada = scene.sign_up("ada");
    let reply = batch(
        &scene,
        &ada,
        json!([
            7, {}, {"feature": "max_records", "quantity": 0}, {"feature": "nothing"}, {"feature": "features"},
            {"feature": "max_records", "occurredAt": "2026-03-10T12:05:00.001Z"},
            {"eventType": "api_call", "occurredAt": "2026-02-28T23:59:59Z"},
            {"eventType": "user_active", "userId": "bob"}, {"eventType": "user_active"}, {"eventType": "user_active"},
            {"eventType": "api_call"},
        ]),
    );
    let results: Vec<_> =
        reply.body["results"].as_array().unwrap().iter().map(|one| json!([one["code"], one["field"]])).collect();
    let invalid = |field: &str| json!(["invalid_field", field]);
    assert_eq!(
        results,
        [
            invalid("events"),
            invalid("feature"),
            invalid("quantity"),
            invalid("feature"),
            invalid("feature"),
            invalid("occurredAt"),
            invalid("occurredAt"),
            json!(["forbidden", null]),
            json!([null, null]),
            json!([null, null]),
            json!([null, null]),
        ]
    );
    assert_eq!(shown(&reply, &["counted", "refused"]), json!({"counted": 3, "refused": 8}));
    for events in [json!([]), json!({}), json!("x"), Json::Null, json!(vec![json!({"feature": "max_records"}); 501])] {
        let refused = refusal(&scene, &ada, "batch", json!({ "events": events }));
        assert_eq!(refused, json!({"status": 400, "code": "invalid_field", "field": "events"}));
    }
    assert_ledger_agrees(&scene);
}

#[test]
fn nobody_who_may_use_nothing_counts_by_the_hundred() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "lifestyle");
    let events =
        json!({"events": [{"feature": "ai_voice_minutes", "idempotencyKey": "a"}, {"feature": "ai_text_messages"}]});
    assert_eq!(post(&scene, &ada, "batch", events.clone()).body["counted"], 2);
    scene
        .execute(&format!("UPDATE org_subscriptions SET status = 'unpaid' WHERE organization_id = '{}'", ada.personal));
    // What was counted is told again.
    let again = post(&scene, &ada, "batch", events);
    assert_eq!(outcomes(&again), [json!(1), json!("subscription_required")]);
    let none = json!({"events": [{"feature": "ai_text_messages"}]});
    assert_eq!(
        refusal(&scene, &ada, "batch", none),
        json!({"status": 402, "code": "subscription_required", "field": null})
    );
}

#[test]
fn five_hundred_by_a_key_for_many_people_are_one_trip() {
    let scene = Scene::with_catalog(STARTER_KIT);
    let ada = scene.sign_up("ada");
    keep(&scene, 'a', (1, 1), None, None);
    let events: Vec<_> = (0..500)
        .map(|place| match place % 3 {
            0 => json!({"eventType": "user_active", "userId": format!("u{}", place % 60), "idempotencyKey": format!("k{place}")}),
            1 => json!({"eventType": "api_call", "quantity": 2, "userId": "u1"}),
            _ => json!({"eventType": "record_created"}),
        })
        .collect();
    let reply = by_key(&scene, 'a', Some(&ada.personal), "batch", Some(json!({ "events": events })));
    let counted = outcomes(&reply);
    let of = |wanted: Json| counted.iter().filter(|one| **one == wanted).count();
    // 167 of twenty people, 167 calls, and of 166 records the hundred that the plan has.
    assert_eq!((of(json!(1)), of(json!("known")), of(json!(2)), of(json!("limit_reached"))), (120, 147, 167, 66));
    assert_ledger_agrees(&scene);
}

#[test]
fn so_many_keys_a_day_are_used_and_no_more() {
    // given
    let scene = Scene::with_catalog(STARTER_KIT);
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE catalog_settings SET most_keys_a_day = 4");
    let track =
        |key: &str| post(&scene, &ada, "track", json!({"feature": "max_api_calls_per_month", "idempotencyKey": key}));
    let event = |key: Option<&str>| json!({"feature": "max_api_calls_per_month", "idempotencyKey": key});
    assert_eq!(track("one").status, 200);
    let held = post(&scene, &ada, "reserve", json!({"feature": "max_api_calls_per_month", "idempotencyKey": "two"}));
    assert_eq!(held.status, 200);
    // when: a batch crosses the limit
    let events = [Some("one"), Some("three"), None, Some("four"), Some("five"), None].map(event);
    let reply = batch(&scene, &ada, events.into());
    // then: its events take what is left in their order, and what needs no key is counted
    let counted = [json!(1), json!(1), json!(1), json!(1), json!("catalog_limit_reached"), json!(1)];
    assert_eq!(outcomes(&reply), counted);
    // and nothing under another key is
    let at_most = |reply: &TestReply| {
        json!([reply.status, reply.body["code"], reply.body["limit"], reply.body["most"], reply.body["resetsAt"]])
    };
    let too_many = json!([429, "catalog_limit_reached", "keys_a_day", 4, "2026-03-11T00:00:00.000Z"]);
    assert_eq!(at_most(&track("six")), too_many);
    let reservation = &held.body["reservation"]["id"];
    let confirm = json!({"reservation": reservation, "quantity": 1, "idempotencyKey": "seven"});
    assert_eq!(at_most(&post(&scene, &ada, "confirm", confirm)), too_many);
    // those that are known are repeated, those of others are their own, and the next day is another one
    assert_eq!(track("four").body["replayed"], true);
    let bob = scene.sign_up("bob");
    assert_eq!(
        post(&scene, &bob, "track", json!({"feature": "max_api_calls_per_month", "idempotencyKey": "one"})).status,
        200
    );
    scene.set_clock("2026-03-11T00:00:00.000Z");
    assert_eq!(track("six").status, 200);
    assert_eq!(
        scene.rows(&format!(
            "SELECT id, key_of_day FROM usage_events WHERE keyed_at IS NOT NULL AND organization_id = '{}' ORDER BY keyed_at", ada.personal
        )),
        json!([
            {"id": "key:one", "key_of_day": 1}, {"id": "key:two", "key_of_day": 2}, {"id": "key:three", "key_of_day": 3},
            {"id": "key:four", "key_of_day": 4}, {"id": "key:six", "key_of_day": 1},
        ])
    );
    assert_ledger_agrees(&scene);
}

#[derive(Clone, Debug)]
struct Wish {
    feature: &'static str,
    quantity: i64,
    cap: bool,
    key: Option<u8>,
}

fn wish() -> impl Strategy<Value = Wish> {
    let feature = prop::sample::select(vec!["ai_voice_minutes", "human_coach_calls"]);
    (feature, 1_i64..6_000, any::<bool>(), prop::option::of(0_u8..6)).prop_map(|(feature, quantity, cap, key)| {
        let quantity = if feature == "human_coach_calls" { quantity % 3 + 1 } else { quantity };
        Wish { feature, quantity, cap, key }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(tallygate::testing::cases(40)))]

    /// One after the other by `track`, or all by `batch`: the same is counted, refused and charged.
    #[test]
    fn a_batch_is_its_events_one_after_the_other(wishes in prop::collection::vec(wish(), 1..20), held in 0_i64..3_000, keys in 1_i64..8) {
        let scene = Scene::with_catalog(COACHING);
        scene.send_once();
        let (one, all) = (on_plan(&scene, "one", "lifestyle"), on_plan(&scene, "all", "lifestyle"));
        scene.execute("UPDATE plan_features SET limit_value = 2, unit_price_micros = 3335000, cap_cents = 1000, stops_at_cap = 0
            WHERE feature = 'human_coach_calls'");
        scene.execute(&format!("UPDATE catalog_settings SET most_keys_a_day = {keys}"));
        for person in [&one, &all] {
            post(&scene, person, "track", json!({"feature": "ai_voice_minutes", "quantity": 119 * 60 + 7}));
            post(&scene, person, "reserve", json!({"feature": "ai_voice_minutes", "quantity": held.max(1)}));
        }
        let event = |wish: &Wish| {
            let mode = if wish.cap { "cap" } else { "reject" };
            let key = wish.key.map(|key| format!("key {key}"));
            json!({"feature": wish.feature, "quantity": wish.quantity, "mode": mode, "idempotencyKey": key})
        };
        let singly: Vec<_> = wishes.iter().map(|wish| {
            let reply = post(&scene, &one, "track", event(wish));
            match reply.status {
                200 => json!([reply.body["event"]["counted"], reply.body["event"]["costCents"], reply.body["replayed"]]),
                _ => reply.body["code"].clone(),
            }
        }).collect();
        let together = batch(&scene, &all, wishes.iter().map(event).collect());
        let results = together.body["results"].as_array().unwrap();
        let together: Vec<_> = results.iter().map(|one| match &one["success"] {
            Json::Bool(true) => json!([one["event"]["counted"], one["event"]["costCents"], one["replayed"]]),
            _ => one["code"].clone(),
        }).collect();
        prop_assert_eq!(singly, together);
        let counters = |person: &Person| scene.rows(&format!(
            "SELECT feature, period_start, quantity, overage_cents, changes FROM usage_counters WHERE organization_id = '{}' ORDER BY 1, 2", person.personal));
        prop_assert_eq!(counters(&one), counters(&all));
        let alerts = |person: &Person| scene.rows(&format!(
            "SELECT feature, name, used, limit_value FROM usage_alerts WHERE organization_id = '{}' ORDER BY 1, 2", person.personal));
        prop_assert_eq!(alerts(&one), alerts(&all));
        assert_ledger_agrees(&scene);
    }
}
