use super::*;

#[test]
fn the_worked_cases_of_the_coaching_catalog() {
    let minutes = |scene: &Scene, person: &Person, minutes: i64| {
        post(scene, person, "track", json!({"feature": "ai_voice_minutes", "quantity": minutes * 60}))
    };
    let overage = |reply: &TestReply| reply.body["overage"]["chargedCents"].clone();
    // lifestyle: 120 minutes cost nothing, the 121st ten cents, 320 twenty dollars, and then it stops
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "lifestyle");
    assert_eq!(overage(&minutes(&scene, &ada, 120)), 0);
    let first = minutes(&scene, &ada, 1);
    assert_eq!((overage(&first), &first.body["event"]["costCents"]), (json!(10), &json!(10)));
    assert_eq!(first.body["alerts"], json!(["overage"]));
    let last = minutes(&scene, &ada, 199);
    assert_eq!((last.status, overage(&last)), (200, json!(2_000)));
    assert_eq!(last.body["alerts"], json!(["upgrade_prompt"]));
    let before = scene.everything();
    let refused = minutes(&scene, &ada, 1);
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!("overage_cap_reached")));
    let plans: Vec<_> = refused.body["upgrade"].as_array().unwrap().iter().map(|plan| plan["plan"].clone()).collect();
    assert_eq!(plans, ["growth", "mastery"], "{refused:?}");
    scene.assert_unchanged(&before);

    // growth: 350 minutes and 3 calls are 4.00 and 50.00
    let bob = on_plan(&scene, "bob", "growth");
    assert_eq!(overage(&minutes(&scene, &bob, 350)), 400);
    let calls = post(&scene, &bob, "track", json!({"eventType": "human_coach", "quantity": 3}));
    assert_eq!((overage(&calls), &calls.body["used"], &calls.body["remaining"]), (json!(5_000), &json!(3), &json!(0)));
    // mastery: 10 000 minutes and 5 calls are 20.00
    let cid = on_plan(&scene, "cid", "mastery");
    let unlimited = minutes(&scene, &cid, 10_000);
    assert_eq!((&unlimited.body["unlimited"], &unlimited.body["overage"]), (&json!(true), &Json::Null));
    let calls = post(&scene, &cid, "track", json!({"eventType": "human_coach", "quantity": 5}));
    assert_eq!(overage(&calls), 2_000);
    // free: 15 minutes, once ever
    let dan = scene.sign_up("dan");
    let all = minutes(&scene, &dan, 15);
    assert_eq!(
        shown(&all, &["used", "remaining", "unit", "usedQuantity", "resetsAt", "overage", "allowed", "alerts"]),
        json!({"used": 15, "remaining": 0, "unit": "minute", "usedQuantity": 900, "resetsAt": null, "overage": null,
               "allowed": false, "alerts": ["100_percent", "80_percent", "upgrade_prompt"]})
    );
    let refused = minutes(&scene, &dan, 1);
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!("limit_reached")));
    scene.set_clock("2027-06-01T00:00:00.000Z");
    assert_eq!(minutes(&scene, &dan, 1).status, 429, "not once more in another year");
    // a call of a plan that has none
    let call = post(&scene, &dan, "track", json!({"eventType": "human_coach"}));
    assert_eq!((call.status, &call.body["code"], &call.body["limit"]), (429, &json!("limit_reached"), &json!(0)));
}

#[test]
fn flags_configs_and_what_they_hold_are_answered_by_a_check() {
    let scene = Scene::with_catalog(STARTER_KIT);
    let ada = on_plan(&scene, "ada", "pro");
    let check = |feature: &str| post(&scene, &ada, "check", json!({"feature": feature}));
    let analytics = check("features.advanced_analytics");
    assert_eq!(
        shown(&analytics, &["feature", "kind", "allowed", "value", "upgrade", "reason"]),
        json!({"feature": "features.advanced_analytics", "kind": "config", "allowed": true, "value": true, "upgrade": [],
               "reason": null})
    );
    let sso = check("features.sso");
    let plans: Vec<_> = sso.body["upgrade"].as_array().unwrap().iter().map(|plan| plan["plan"].clone()).collect();
    assert_eq!(
        (&sso.body["allowed"], &sso.body["reason"], plans),
        (&json!(false), &json!("feature_not_in_plan"), vec![json!("business"), json!("enterprise")])
    );
    assert_eq!(check("max_seats").body["value"], 5);
    assert_eq!(
        refusal(&scene, &ada, "check", json!({"feature": "nothing"})),
        json!({"status": 400, "code": "invalid_field", "field": "feature"})
    );
    let several = post(&scene, &ada, "check", json!({"features": ["max_records", "features.sso", "nothing"]}));
    let allowed: Vec<_> =
        several.body["features"].as_array().unwrap().iter().map(|one| one["allowed"].clone()).collect();
    assert_eq!((several.status, several.batches, allowed), (200, 1, vec![json!(true), json!(false), json!(false)]));
    let quantity = post(&scene, &ada, "check", json!({"eventType": "api_call", "quantity": 100_001}));
    assert_eq!(
        shown(&quantity, &["allowed", "reason", "limit", "used"]),
        json!({"allowed": false, "reason": "limit_reached", "limit": 100_000, "used": 0})
    );
}

#[test]
fn gauges_go_up_and_down_and_never_below_nothing() {
    let scene = Scene::with_catalog(STARTER_KIT);
    let ada = scene.sign_up("ada");
    let used = |reply: &TestReply| (reply.status, reply.body["used"].clone(), reply.body["event"]["counted"].clone());
    let records = |action: &str, body: Json| {
        let mut all = json!({"feature": "max_records"});
        all.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        post(&scene, &ada, action, all)
    };
    assert_eq!(used(&records("track", json!({"quantity": 60}))), (200, json!(60), json!(60)));
    assert_eq!(used(&records("release", json!({"quantity": 20}))), (200, json!(40), json!(-20)));
    assert_eq!(used(&records("set", json!({"value": 100}))), (200, json!(100), json!(60)));
    assert_eq!(records("set", json!({"value": 101})).body["code"], "limit_reached");
    assert_eq!(used(&records("release", json!({"quantity": 1_000}))), (200, json!(0), json!(-100)));
    assert_eq!(used(&records("set", json!({"value": 0}))), (200, json!(0), json!(0)));
    let whole = refusal(&scene, &ada, "release", json!({"feature": "max_schedules"}));
    assert_eq!(whole, json!({"status": 400, "code": "invalid_field", "field": "feature"}));
    assert_ledger_agrees(&scene);
}

#[test]
fn a_distinct_meter_counts_each_person_once_a_month() {
    let scene = Scene::with_catalog(STARTER_KIT);
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE plan_features SET limit_value = 1 WHERE feature = 'max_mau'");
    let active = || post(&scene, &ada, "track", json!({"eventType": "user_active"}));
    assert_eq!(shown(&active(), &["success", "used"]), json!({"success": true, "used": 1}));
    let before = scene.everything();
    let again = active();
    assert_eq!((again.status, &again.body["used"], &again.body["event"]), (200, &json!(1), &Json::Null));
    scene.assert_unchanged(&before);
    // Somebody else's id is for a service key to name.
    assert_eq!(
        refusal(&scene, &ada, "track", json!({"eventType": "user_active", "userId": "bob"})),
        json!({"status": 403, "code": "forbidden", "field": null})
    );
    scene.set_clock("2026-04-01T00:00:00.000Z");
    assert_eq!(active().body["event"]["counted"], 1);
    assert_ledger_agrees(&scene);
}

#[test]
fn entitlements_are_everything_in_one_batch() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "growth");
    let reply = get(&scene, &ada, "/entitlements");
    assert_eq!((reply.status, reply.batches), (200, 1));
    let open = reply.body["packages"].as_array().unwrap().iter().filter(|package| package["available"] == true).count();
    assert_eq!((open, &reply.body["plan"]["id"], &reply.body["plan"]["runs"]), (18, &json!("growth"), &json!(true)));
    assert_eq!(reply.body["seats"], json!({"used": 1, "limit": 1}));
    let features = reply.body["features"].as_array().unwrap();
    assert_eq!(features.len(), 10);
    let voice = features.iter().find(|feature| feature["feature"] == "ai_voice_minutes").unwrap();
    assert_eq!(voice["overage"], json!({"allowed": true, "unitPrice": "0.08", "chargedCents": 0, "capCents": null}));
}

#[test]
fn entitlements_warn_of_what_the_owner_should_do_something_about() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let warnings = || {
        let reply = get(&scene, &ada, "/entitlements");
        let warn = reply.body["features"].as_array().unwrap().iter().filter(|feature| feature["warning"] == true);
        let warn: Vec<_> = warn.map(|feature| feature["feature"].clone()).collect();
        (reply.body["plan"]["warning"].clone(), reply.body["plan"]["accessUntil"].clone(), json!(warn))
    };
    assert_eq!(warnings(), (Json::Null, Json::Null, json!([])));
    post(&scene, &ada, "track", json!({"feature": "training_sessions", "quantity": 7}));
    assert_eq!(warnings().2, json!([]));
    post(&scene, &ada, "track", json!({"feature": "training_sessions"}));
    assert_eq!(warnings().2, json!(["training_sessions"]), "from 80 % on");
    let becomes = |set: &str| {
        scene.execute(&format!("UPDATE org_subscriptions SET {set} WHERE organization_id = '{}'", ada.personal))
    };
    let now = scene.now().0;
    becomes(&format!("plan_id = 'individual_pro', status = 'trialing', trial_ends_at = {now} + 3 * 86400000 + 1"));
    assert_eq!(warnings().0, Json::Null);
    becomes(&format!("trial_ends_at = {now} + 3 * 86400000"));
    assert_eq!(warnings(), (json!("trial_ending"), json!("2026-03-13T12:00:00.000Z"), json!([])));
    scene.execute("UPDATE plans SET grace_days = 5");
    becomes(&format!("status = 'past_due', past_due_since = {now}, trial_ends_at = NULL"));
    assert_eq!(warnings(), (json!("payment_failed"), json!("2026-03-15T12:00:00.000Z"), json!([])));
    scene.set_clock("2026-03-15T12:00:00.000Z");
    assert_eq!(warnings().0, "subscription_required");
}

#[test]
fn a_training_session_carries_its_score() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let reply = post(
        &scene,
        &ada,
        "track",
        json!({"eventType": "training_session", "attributes": {"score": 87, "scenario": "cold call"}, "occurredAt": "2026-03-10T11:00:00Z"}),
    );
    assert_eq!(reply.status, 200, "{reply:?}");
    let events = get(&scene, &ada, "/events");
    assert_eq!(events.body["events"][0]["attributes"], json!({"score": 87, "scenario": "cold call"}));
    assert_eq!(events.body["events"][0]["occurredAt"], "2026-03-10T11:00:00.000Z");
    for (body, field) in [
        (json!({"attributes": {"a": {"b": 1}}}), "attributes"),
        (json!({"attributes": [1]}), "attributes"),
        (json!({"attributes": {"a": "x".repeat(2_001)}}), "attributes"),
        (json!({"occurredAt": "2026-03-10T12:05:01Z"}), "occurredAt"),
        (json!({"occurredAt": "2026-02-28T23:59:59Z"}), "occurredAt"),
        (json!({"occurredAt": "yesterday"}), "occurredAt"),
        (json!({"mode": "half"}), "mode"),
        (json!({"quantity": 0}), "quantity"),
        (json!({"quantity": -1}), "quantity"),
        (json!({"quantity": 1.5}), "quantity"),
        (json!({"quantity": 9_007_199_254_740_992_i64}), "quantity"),
        (json!({"quantity": "1"}), "quantity"),
        (json!({"eventType": "training_session", "feature": "training_sessions"}), "eventType"),
    ] {
        let mut all = json!({"eventType": "training_session"});
        all.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        assert_eq!(
            refusal(&scene, &ada, "track", all),
            json!({"status": 400, "code": "invalid_field", "field": field}),
            "{body}"
        );
    }
    let mut request = scene.post(Some(&ada), &[], br#"{"feature": "training_sessions", "quantity": 1e3}"#.to_vec());
    request.path = "/track".to_string();
    assert_eq!(scene.send(&FUNCTION, &request).body["field"], "quantity");
    assert_eq!(
        refusal(&scene, &ada, "track", json!({"eventType": "nothing"})),
        json!({"status": 400, "code": "invalid_field", "field": "eventType"})
    );
    assert_eq!(
        refusal(&scene, &ada, "track", json!({})),
        json!({"status": 400, "code": "invalid_field", "field": "feature"})
    );
    assert_eq!(
        refusal(&scene, &ada, "track", json!({"feature": "webhooks"})),
        json!({"status": 400, "code": "invalid_field", "field": "feature"})
    );
}

#[test]
fn a_key_counts_once_and_its_answer_is_the_first_one() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let keyed = |key: &str, quantity: i64| {
        post(
            &scene,
            &ada,
            "track",
            json!({"feature": "training_sessions", "quantity": quantity, "idempotencyKey": key}),
        )
    };
    let first = keyed("k", 4);
    post(&scene, &ada, "track", json!({"feature": "training_sessions", "quantity": 3}));
    let again = keyed("k", 4);
    assert_eq!((first.body["replayed"].clone(), again.body["replayed"].clone()), (json!(false), json!(true)));
    assert_eq!(again.body["used"], 4, "as it was then");
    assert_eq!(again.body["event"], first.body["event"]);
    assert_eq!(keyed("k", 5).body["code"], "idempotency_key_reused");
    let refused = keyed("full", 9);
    assert_eq!((refused.status, &refused.body["used"], &refused.body["remaining"]), (429, &json!(7), &json!(3)));
    scene.execute("UPDATE plan_features SET limit_value = 100 WHERE feature = 'training_sessions'");
    let again = keyed("full", 9);
    assert_eq!((again.status, &again.body["replayed"]), (429, &json!(true)));
    assert_ledger_agrees(&scene);
}

#[test]
fn a_key_answers_as_it_did_after_the_plan_has_lost_the_meter() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let keyed = |key: &str, quantity: i64| {
        post(
            &scene,
            &ada,
            "track",
            json!({"feature": "training_sessions", "quantity": quantity, "idempotencyKey": key}),
        )
    };
    let (counted, refused) = (keyed("k", 4), keyed("full", 9));
    assert_eq!((counted.status, refused.status), (200, 429));
    scene.execute("DELETE FROM plan_features WHERE feature = 'training_sessions'");
    for (key, quantity, first) in [("k", 4, &counted), ("full", 9, &refused)] {
        let before = scene.everything();
        let again = keyed(key, quantity);
        assert_eq!((again.status, again.batches), (first.status, 1), "{}", again.body);
        for name in ["feature", "used", "limit", "remaining", "resetsAt", "event"] {
            assert_eq!(again.body[name], first.body[name], "{name}");
        }
        assert_eq!(again.body["replayed"], true);
        scene.assert_unchanged(&before);
    }
    assert_eq!(keyed("new", 1).status, 400, "no plan knows it");
    assert_ledger_agrees(&scene);
}

#[test]
fn what_fits_is_taken_where_that_was_asked_for() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let capped = |quantity: i64| {
        post(&scene, &ada, "track", json!({"feature": "training_sessions", "quantity": quantity, "mode": "cap"}))
    };
    assert_eq!(capped(7).body["event"]["counted"], 7);
    let partly = capped(7);
    assert_eq!((&partly.body["event"]["counted"], &partly.body["event"]["quantity"]), (&json!(3), &json!(7)));
    assert_eq!(capped(1).status, 429);
    assert_ledger_agrees(&scene);
}

#[test]
fn alerts_are_told_once_and_acknowledged() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let track = |quantity: i64| {
        post(&scene, &ada, "track", json!({"feature": "training_sessions", "quantity": quantity})).body["alerts"]
            .clone()
    };
    assert_eq!((track(7), track(1), track(1)), (json!([]), json!(["80_percent"]), json!([])));
    assert_eq!(track(1), json!(["100_percent", "upgrade_prompt"]));
    let listed = get(&scene, &ada, "/alerts");
    assert_eq!(listed.body["alerts"].as_array().unwrap().len(), 3);
    assert_eq!(listed.body["nextCursor"], Json::Null);
    // By page: two of one moment and one of another, each once and in the same order.
    let mut paged = Vec::new();
    let mut more = String::new();
    loop {
        let page = get(&scene, &ada, &format!("/alerts?limit=1{more}"));
        paged.extend(page.body["alerts"].as_array().unwrap().clone());
        let Some(cursor) = page.body["nextCursor"].as_str() else { break };
        more = format!("&cursor={}", cursor.replace(' ', "%20"));
    }
    assert_eq!(json!(paged), listed.body["alerts"]);
    assert_eq!(get(&scene, &ada, "/alerts?limit=101").status, 400);
    let done = post(&scene, &ada, "acknowledge", json!({"feature": "training_sessions", "alert": "80_percent"}));
    assert_eq!((done.status, &done.body["acknowledged"]), (200, &json!(1)));
    assert_eq!(get(&scene, &ada, "/alerts").body["alerts"].as_array().unwrap().len(), 2);
    assert_eq!(get(&scene, &ada, "/alerts?show=all").body["alerts"].as_array().unwrap().len(), 3);
    assert_eq!(
        refusal(&scene, &ada, "acknowledge", json!({"feature": "training_sessions", "alert": "none"}))["field"],
        "alert"
    );
    let told: Vec<_> = scene.outbox().as_array().unwrap().iter().map(|event| event["event"].clone()).collect();
    let mut told = told;
    told.sort_by_key(ToString::to_string);
    assert_eq!(told, ["usage.alert", "usage.alert", "usage.limit_reached"]);
}

#[test]
fn who_may_only_look_and_whose_plan_is_over_use_nothing() {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let team = scene.team("team", &ada);
    scene.member(&team, &bob, "viewer");
    let upload = json!({"feature": "uploads"});
    assert_eq!(refusal(&scene, &bob, "track", upload.clone())["code"], "forbidden");
    assert_eq!(post(&scene, &bob, "check", upload.clone()).body["reason"], "viewer");
    scene.execute("UPDATE org_subscriptions SET status = 'unpaid'");
    assert_eq!(refusal(&scene, &ada, "track", upload.clone())["code"], "subscription_required");
    assert_eq!(post(&scene, &ada, "check", upload).body["reason"], "subscription_required");
}

/// The ledger, the counters and the costs say the same.
pub fn assert_ledger_agrees(scene: &Scene) {
    let differing = scene.rows(
        "SELECT counter.* FROM usage_counters counter WHERE counter.quantity <> (
           SELECT COALESCE(SUM(event.counted), 0) FROM usage_events event
           WHERE event.organization_id = counter.organization_id AND event.feature = counter.feature
             AND event.period_start = counter.period_start AND event.accepted = 1)
         OR counter.overage_cents <> (
           SELECT COALESCE(SUM(event.cost_cents), 0) FROM usage_events event
           WHERE event.organization_id = counter.organization_id AND event.feature = counter.feature
             AND event.period_start = counter.period_start)",
    );
    assert_eq!(differing, json!([]));
}

#[test]
fn what_has_no_limit_ends_where_whole_numbers_do() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "growth");
    let calls =
        |quantity: i64| post(&scene, &ada, "track", json!({"feature": "human_coach_calls", "quantity": quantity}));
    // 25 dollars each: what is charged stays a whole number of cents, and then there is no more of it.
    scene.send_once();
    let mut last = 0;
    for _ in 0..200 {
        let reply = calls(1_000_000_000);
        if reply.status == 429 {
            break;
        }
        assert_eq!(reply.status, 200, "{reply:?}");
        last = reply.body["overage"]["chargedCents"].as_i64().unwrap();
    }
    assert_eq!(last, 2_500 * (160_000_000_000 - 1));
    assert_eq!(calls(1_000_000_000).status, 429);
    for path in ["/summary", "/entitlements"] {
        assert_eq!(get(&scene, &ada, path).status, 200, "{path}");
    }
    // nor does a plan with a price and what another one had counted without end break anything
    scene.execute("UPDATE usage_counters SET quantity = 9007199254740990");
    assert_eq!((calls(1).status, get(&scene, &ada, "/summary").status), (429, 200));
    // and without a price
    scene.execute("UPDATE usage_counters SET quantity = 9007199254740990; UPDATE plan_features SET limit_value = -1, unit_price_micros = NULL WHERE feature = 'human_coach_calls'");
    assert_eq!((calls(2).status, calls(1).status, calls(1).status), (429, 200, 429));
}

#[test]
fn a_page_of_the_ledger_goes_on_where_the_last_one_ended() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "growth");
    // Many within one millisecond, half of them under keys; then some later.
    for number in 0..14 {
        if number == 9 {
            scene.advance(tallygate::rules::time::Span(1));
        }
        let key = (number % 2 == 0).then(|| format!("k{number}"));
        post(&scene, &ada, "track", json!({"feature": "ai_text_messages", "idempotencyKey": key}));
    }
    let mut seen: Vec<String> = Vec::new();
    let mut path = "/events?limit=3".to_string();
    loop {
        let page = get(&scene, &ada, &path);
        assert_eq!(page.status, 200, "{page:?}");
        seen.extend(
            page.body["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_string()),
        );
        let Some(next) = page.body["nextCursor"].as_str() else { break };
        path = format!("/events?limit=3&cursor={next}");
    }
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!((seen.len(), unique.len()), (14, 14));
    for wrong in ["x", "1", "1:", ":a", "-1:a"] {
        assert_eq!(get(&scene, &ada, &format!("/events?cursor={wrong}")).body["field"], "cursor", "{wrong}");
    }
}
