//! Room that is held for work that goes on, and calls.

use super::{stories::assert_ledger_agrees, *};

fn reservation(reply: &TestReply) -> String {
    reply.body["reservation"]["id"].as_str().unwrap_or_default().to_string()
}

fn code(reply: &TestReply) -> (u16, Json) {
    (reply.status, reply.body["code"].clone())
}

#[test]
fn room_is_held_used_and_given_back() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let sessions = |action: &str, more: Json| {
        let mut body = json!({"feature": "training_sessions"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post(&scene, &ada, action, body)
    };
    // given: ten a month, of which six are held
    let held = sessions("reserve", json!({"quantity": 6, "expiresIn": 60}));
    assert_eq!((held.status, held.batches), (200, 1), "{held:?}");
    assert_eq!(
        shown(&held, &["used", "reserved", "remaining", "allowed"]),
        json!({"used": 0, "reserved": 6, "remaining": 4, "allowed": true})
    );
    assert_eq!(
        (&held.body["reservation"]["quantity"], &held.body["reservation"]["expiresAt"], &held.body["event"]["counted"]),
        (&json!(6), &json!("2026-03-10T12:01:00.000Z"), &json!(0))
    );
    // then: what is held is not there for others
    assert_eq!(code(&sessions("track", json!({"quantity": 5}))), (429, json!("limit_reached")));
    assert_eq!(code(&sessions("reserve", json!({"quantity": 5}))), (429, json!("limit_reached")));
    assert_eq!(sessions("check", json!({"quantity": 5})).body["allowed"], false);
    let entitled = get(&scene, &ada, "/entitlements");
    let meter = entitled.body["features"].as_array().unwrap().iter().find(|one| one["feature"] == "training_sessions");
    assert_eq!((&meter.unwrap()["reserved"], &meter.unwrap()["remaining"]), (&json!(6), &json!(4)));
    // when: four are used and the rest is given back
    let used = post(&scene, &ada, "confirm", json!({"reservation": reservation(&held), "quantity": 4}));
    assert_eq!((used.status, used.batches), (200, 1), "{used:?}");
    assert_eq!(
        shown(&used, &["used", "reserved", "remaining"]),
        json!({"used": 4, "reserved": 0, "remaining": 6}),
        "{used:?}"
    );
    // then: it is settled for good
    let before = scene.everything();
    for (action, body) in [("confirm", json!({"quantity": 4})), ("release", json!({}))] {
        let mut body = body;
        body["reservation"] = json!(reservation(&held));
        let again = post(&scene, &ada, action, body);
        assert_eq!(code(&again), (409, json!("reservation_settled")));
        assert_eq!((&again.body["status"], &again.body["counted"]), (&json!("confirmed"), &json!(4)));
    }
    scene.assert_unchanged(&before);
    // a reservation that is given back holds nothing, and one that is confirmed without a number is used whole
    let given = sessions("reserve", json!({"quantity": 6}));
    assert_eq!(post(&scene, &ada, "release", json!({"reservation": reservation(&given)})).body["remaining"], 6);
    let whole = sessions("reserve", json!({"quantity": 5}));
    let whole = post(&scene, &ada, "confirm", json!({"reservation": reservation(&whole)}));
    assert_eq!((&whole.body["used"], &whole.body["event"]["counted"]), (&json!(9), &json!(5)));
    assert_ledger_agrees(&scene);
}

#[test]
fn a_confirm_of_more_takes_the_rest_as_a_track_does() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let reserve = |quantity: i64| {
        reservation(&post(&scene, &ada, "reserve", json!({"feature": "training_sessions", "quantity": quantity})))
    };
    let confirm = |id: &str, quantity: i64, mode: &str| {
        post(&scene, &ada, "confirm", json!({"reservation": id, "quantity": quantity, "mode": mode}))
    };
    let (first, second) = (reserve(4), reserve(4));
    // Of the two that are free, and of no other's.
    let before = scene.everything();
    assert_eq!(code(&confirm(&first, 7, "reject")), (429, json!("limit_reached")));
    scene.assert_unchanged(&before);
    assert_eq!(confirm(&first, 7, "cap").body["event"]["counted"], 6);
    assert_eq!(confirm(&second, 4, "reject").body["used"], 10);
    assert_ledger_agrees(&scene);
}

#[test]
fn what_was_held_is_there_whatever_the_plan_has_become() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "lifestyle");
    let held =
        post(&scene, &ada, "reserve", json!({"feature": "ai_voice_minutes", "quantity": 7_200, "expiresIn": 7_200}));
    scene.execute(&format!("UPDATE org_subscriptions SET plan_id = 'free' WHERE organization_id = '{}'", ada.personal));
    let used = post(&scene, &ada, "confirm", json!({"reservation": reservation(&held)}));
    assert_eq!((used.status, &used.body["used"], &used.body["remaining"]), (200, &json!(120), &json!(0)), "{used:?}");
    // also where it is not paid for any more
    let bob = on_plan(&scene, "bob", "lifestyle");
    let held = post(&scene, &bob, "reserve", json!({"feature": "ai_voice_minutes", "quantity": 60}));
    scene
        .execute(&format!("UPDATE org_subscriptions SET status = 'unpaid' WHERE organization_id = '{}'", bob.personal));
    let more = json!({"feature": "ai_voice_minutes"});
    assert_eq!(code(&post(&scene, &bob, "track", more)), (402, json!("subscription_required")));
    let used = post(&scene, &bob, "confirm", json!({"reservation": reservation(&held)}));
    assert_eq!((used.status, &used.body["used"]), (200, &json!(1)), "{used:?}");
    assert_ledger_agrees(&scene);
}

/// On `growth` with one coach's call held, and then on a plan that has no such meter.
fn holding_what_the_plan_loses(scene: &Scene, id: &str, expires_in: i64) -> (Person, String) {
    let person = on_plan(scene, id, "growth");
    let body = json!({"feature": "human_coach_calls", "quantity": 2, "mode": "cap", "expiresIn": expires_in});
    let held = post(scene, &person, "reserve", body);
    assert_eq!((held.status, &held.body["reserved"]), (200, &json!(2)), "{held:?}");
    scene.execute("DELETE FROM plan_features WHERE plan_id = 'free' AND feature = 'human_coach_calls'");
    scene.execute(&format!(
        "UPDATE org_subscriptions SET plan_id = 'free', updated_at = {} WHERE organization_id = '{}'",
        scene.now().0,
        person.personal
    ));
    let lost = post(scene, &person, "track", json!({"feature": "human_coach_calls"}));
    assert_eq!(code(&lost), (403, json!("feature_not_in_plan")));
    (person, reservation(&held))
}

#[test]
fn what_is_held_of_a_meter_that_the_plan_loses_is_used_at_the_price_under_which_it_was_held() {
    let scene = Scene::with_catalog(COACHING);
    // One call is included, the second costs 25 dollars.
    let (ada, held) = holding_what_the_plan_loses(&scene, "ada", 900);
    let used = post(&scene, &ada, "confirm", json!({"reservation": held}));
    assert_eq!(
        (used.status, shown(&used, &["used", "reserved", "limit", "event"])["event"]["costCents"].clone()),
        (200, json!(2_500)),
        "{used:?}"
    );
    assert_eq!(shown(&used, &["used", "reserved", "limit"]), json!({"used": 2, "reserved": 0, "limit": 1}));
    let again = post(&scene, &ada, "confirm", json!({"reservation": held}));
    assert_eq!(code(&again), (409, json!("reservation_settled")));
    assert_eq!(
        scene.rows(&format!(
            "SELECT quantity, overage_cents, plan_id, limit_value FROM usage_counters WHERE organization_id = '{}'",
            ada.personal
        )),
        json!([{"quantity": 2, "overage_cents": 2_500, "plan_id": "growth", "limit_value": 1}])
    );
    assert_ledger_agrees(&scene);
}

#[test]
fn of_a_meter_that_the_plan_loses_no_more_is_used_than_is_held() {
    let scene = Scene::with_catalog(COACHING);
    let (ada, held) = holding_what_the_plan_loses(&scene, "ada", 900);
    let more = json!({"reservation": held, "quantity": 3});
    assert_eq!(refusal(&scene, &ada, "confirm", more)["code"], "feature_not_in_plan");
    let capped = post(&scene, &ada, "confirm", json!({"reservation": held, "quantity": 3, "mode": "cap"}));
    assert_eq!((capped.status, &capped.body["event"]["counted"]), (200, &json!(2)), "{capped:?}");
    // and it is given back
    let (bob, held) = holding_what_the_plan_loses(&scene, "bob", 900);
    let given = post(&scene, &bob, "release", json!({"reservation": held}));
    assert_eq!((given.status, &given.body["used"], &given.body["reserved"]), (200, &json!(0), &json!(0)), "{given:?}");
    // also when it has expired, and then nothing of it is used
    let (cid, held) = holding_what_the_plan_loses(&scene, "cid", 60);
    scene.advance(tallygate::rules::time::Span::minutes(1));
    let late = json!({"reservation": held});
    assert_eq!(refusal(&scene, &cid, "confirm", late.clone())["code"], "feature_not_in_plan");
    let given = post(&scene, &cid, "release", late);
    assert_eq!((given.status, &given.body["reserved"]), (200, &json!(0)), "{given:?}");
    assert_eq!(
        scene.rows("SELECT settled_as, counted FROM usage_reservations ORDER BY user_id"),
        json!([{"settled_as": "confirmed", "counted": 2}, {"settled_as": "released", "counted": 0},
               {"settled_as": "released", "counted": 0}])
    );
    assert_ledger_agrees(&scene);
}

#[test]
fn a_call_of_a_meter_that_the_plan_loses_is_ended_and_counted() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "lifestyle");
    let started = post(&scene, &ada, "start-call", json!({"type": "ai_voice"}));
    let call = started.body["call"]["id"].clone();
    scene.execute("DELETE FROM plan_features WHERE plan_id = 'free' AND feature = 'ai_voice_minutes'");
    scene.execute("UPDATE org_subscriptions SET plan_id = 'free'");
    scene.advance(tallygate::rules::time::Span::seconds(90));
    let ended = post(&scene, &ada, "end-call", json!({"call": call}));
    assert_eq!((ended.status, &ended.body["used"], &ended.body["reserved"]), (200, &json!(2), &json!(0)), "{ended:?}");
    assert_eq!((&ended.body["unit"], &ended.body["call"]["counted"]), (&json!("minute"), &json!(90)));
    assert_ledger_agrees(&scene);
}

#[test]
fn an_expired_reservation_holds_nothing_from_that_moment_on() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let all = json!({"feature": "training_sessions", "quantity": 10});
    let held = post(&scene, &ada, "reserve", json!({"feature": "training_sessions", "quantity": 10, "expiresIn": 60}));
    scene.set_clock("2026-03-10T12:00:59.999Z");
    assert_eq!(post(&scene, &ada, "check", all.clone()).body["allowed"], false);
    scene.set_clock("2026-03-10T12:01:00.000Z");
    let check = post(&scene, &ada, "check", all.clone());
    assert_eq!(shown(&check, &["allowed", "reserved"]), json!({"allowed": true, "reserved": 0}));
    // It is confirmed as if it had never been, as far as there is room.
    assert_eq!(post(&scene, &ada, "track", json!({"feature": "training_sessions", "quantity": 7})).status, 200);
    let body = |quantity: i64| json!({"reservation": reservation(&held), "quantity": quantity});
    assert_eq!(code(&post(&scene, &ada, "confirm", body(4))), (429, json!("limit_reached")));
    assert_eq!(post(&scene, &ada, "confirm", body(3)).body["used"], 10);
    assert_ledger_agrees(&scene);
}

#[test]
fn a_key_of_a_reservation_is_a_key_like_any_other() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let body = json!({"feature": "training_sessions", "quantity": 6, "idempotencyKey": "job 7"});
    let first = post(&scene, &ada, "reserve", body.clone());
    let settle = json!({"reservation": reservation(&first), "quantity": 2, "idempotencyKey": "job 7 done"});
    let settled = post(&scene, &ada, "confirm", settle.clone());
    for (action, body, first) in [("reserve", body.clone(), &first), ("confirm", settle, &settled)] {
        let before = scene.everything();
        let mut again = post(&scene, &ada, action, body);
        assert_eq!(again.body["replayed"], true, "{again:?}");
        again.body["replayed"] = json!(false);
        assert_eq!(again.body, first.body, "the first answer again, whatever has become of it");
        scene.assert_unchanged(&before);
    }
    // another body, and another action
    let longer = json!({"feature": "training_sessions", "quantity": 6, "idempotencyKey": "job 7", "expiresIn": 7});
    for (action, body) in [("reserve", longer), ("track", body)] {
        assert_eq!(
            refusal(&scene, &ada, action, body),
            json!({"status": 409, "code": "idempotency_key_reused", "field": null})
        );
    }
}

#[test]
fn a_reservation_is_whose_it_is_and_of_what_can_be_held() {
    let scene = Scene::with_catalog(STARTER_KIT);
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let held = reservation(&post(&scene, &ada, "reserve", json!({"feature": "max_records", "quantity": 3})));
    for action in ["confirm", "release"] {
        let not_found = json!({"status": 404, "code": "reservation_not_found", "field": null});
        assert_eq!(refusal(&scene, &bob, action, json!({"reservation": held})), not_found);
        assert_eq!(refusal(&scene, &ada, action, json!({"reservation": "nowhere"})), not_found);
    }
    let invalid = |field: &str| json!({"status": 400, "code": "invalid_field", "field": field});
    for (body, field) in [
        (json!({"eventType": "user_active"}), "eventType"),
        (json!({"feature": "features"}), "feature"),
        (json!({"feature": "max_records", "quantity": 0}), "quantity"),
        (json!({"feature": "max_records", "quantity": 1.5}), "quantity"),
        (json!({"feature": "max_records", "expiresIn": 0}), "expiresIn"),
        (json!({"feature": "max_records", "expiresIn": 86_401}), "expiresIn"),
        (json!({"feature": "max_records", "expiresIn": "60"}), "expiresIn"),
    ] {
        assert_eq!(refusal(&scene, &ada, "reserve", body.clone()), invalid(field), "{body}");
    }
    assert_eq!(refusal(&scene, &ada, "confirm", json!({})), invalid("reservation"));
    assert_eq!(refusal(&scene, &ada, "confirm", json!({"reservation": held, "quantity": -1})), invalid("quantity"));
    // As many at once as the catalog lets.
    scene.execute("UPDATE catalog_settings SET most_open_reservations = 1");
    let more = refusal(&scene, &ada, "reserve", json!({"feature": "max_records"}));
    assert_eq!(more, json!({"status": 429, "code": "catalog_limit_reached", "field": null}));
    assert_eq!(post(&scene, &ada, "reserve", json!({"feature": "max_schedules"})).status, 200, "of another meter");
}

#[test]
fn the_weight_of_an_event_type_is_that_of_its_reservation() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE event_types SET weight = 3 WHERE event_type = 'training_session'");
    let held = post(&scene, &ada, "reserve", json!({"eventType": "training_session", "quantity": 3}));
    assert_eq!((&held.body["reserved"], &held.body["event"]["quantity"]), (&json!(9), &json!(3)));
    scene.execute("UPDATE event_types SET weight = 5 WHERE event_type = 'training_session'");
    let used = post(&scene, &ada, "confirm", json!({"reservation": reservation(&held), "quantity": 2}));
    assert_eq!((&used.body["used"], &used.body["event"]["quantity"]), (&json!(6), &json!(2)));
    let held = post(&scene, &ada, "reserve", json!({"feature": "training_sessions", "quantity": 2}));
    let used = post(&scene, &ada, "confirm", json!({"reservation": reservation(&held)}));
    assert_eq!((&used.body["used"], &used.body["event"]["quantity"]), (&json!(8), &json!(2)));
    assert_ledger_agrees(&scene);
}

#[test]
fn nothing_is_reserved_or_confirmed_in_a_period_that_is_over() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    scene.set_clock("2026-04-01T10:00:00.000Z");
    let march = "2026-03-31T12:00:00Z";
    let invalid = json!({"status": 400, "code": "invalid_field", "field": "occurredAt"});
    let body = json!({"feature": "training_sessions", "quantity": 4, "occurredAt": march});
    assert_eq!(refusal(&scene, &ada, "reserve", body), invalid);
    let held = post(&scene, &ada, "reserve", json!({"feature": "training_sessions", "quantity": 9}));
    for action in ["confirm", "release"] {
        let body = json!({"reservation": reservation(&held), "occurredAt": march});
        assert_eq!(refusal(&scene, &ada, action, body), invalid, "{action}");
    }
    // What is late meets the limit of its own period, and none of what is held now.
    let track = |quantity: i64| {
        post(&scene, &ada, "track", json!({"feature": "training_sessions", "quantity": quantity, "occurredAt": march}))
    };
    let late = track(10);
    assert_eq!((late.status, &late.body["used"], &late.body["reserved"]), (200, &json!(10), &json!(0)), "{late:?}");
    assert_eq!(code(&track(1)), (429, json!("limit_reached")));
    let events =
        json!({"events": [{"feature": "training_sessions", "occurredAt": march}, {"feature": "training_sessions"}]});
    let batch = post(&scene, &ada, "batch", events);
    assert_eq!(
        (&batch.body["results"][0]["code"], &batch.body["results"][1]["success"]),
        (&json!("limit_reached"), &json!(true))
    );
    assert_ledger_agrees(&scene);
}

#[test]
fn part_of_what_weighs_more_is_confirmed_as_it_was_held() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE event_types SET weight = 3 WHERE event_type = 'training_session'");
    let held = post(&scene, &ada, "reserve", json!({"eventType": "training_session", "quantity": 7, "mode": "cap"}));
    assert_eq!(held.body["reservation"]["quantity"], 10);
    let used = post(&scene, &ada, "confirm", json!({"reservation": reservation(&held)}));
    assert_eq!((&used.body["used"], &used.body["event"]["counted"]), (&json!(10), &json!(10)));
    assert_ledger_agrees(&scene);
}
