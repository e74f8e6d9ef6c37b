//! More of a meter than the plan gives.

use tallygate::rules::time::Span;

use super::{stories::assert_ledger_agrees, *};

/// Grants from a moment on, for so many days (or without end); both counted from now.
fn grant(scene: &Scene, person: &Person, feature: &str, quantity: i64, from: i64, days: Option<i64>) {
    let now = scene.now().0;
    let [starts_at, ends_at] =
        [now + from * 86_400_000, days.map_or(9_007_199_254_740_991, |days| now + days * 86_400_000)];
    scene.execute(&format!(
        "INSERT INTO usage_grants (organization_id, id, feature, quantity, reason, starts_at, ends_at, created_at, request_id)
         SELECT '{}', 'g' || COUNT(*), '{feature}', {quantity}, 'an outage', {starts_at}, {ends_at}, {now}, 'r' FROM usage_grants",
        person.personal
    ));
}

fn track(scene: &Scene, person: &Person, quantity: i64) -> TestReply {
    post(scene, person, "track", json!({"feature": "training_sessions", "quantity": quantity}))
}

#[test]
fn what_is_granted_is_room_everywhere() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let bob = scene.sign_up("bob");
    // given: ten a month, and five more of them; something else of another meter, and of somebody else
    grant(&scene, &ada, "training_sessions", 3, -1, Some(5));
    grant(&scene, &ada, "training_sessions", 2, 0, None);
    grant(&scene, &ada, "scenarios", 1, 0, None);
    grant(&scene, &bob, "training_sessions", 90, 0, None);
    let stands = json!({"limit": 15, "granted": 5, "used": 0, "reserved": 0, "remaining": 15, "allowed": true});
    let names = ["limit", "granted", "used", "reserved", "remaining", "allowed"];
    let check = post(&scene, &ada, "check", json!({"feature": "training_sessions", "quantity": 15}));
    assert_eq!(shown(&check, &names), stands);
    let too_many = post(&scene, &ada, "check", json!({"feature": "training_sessions", "quantity": 16}));
    assert_eq!(too_many.body["allowed"], false);
    for (path, list) in [("/entitlements", "features"), ("/summary", "meters")] {
        let reply = get(&scene, &ada, path);
        let meter = reply.body[list].as_array().unwrap().iter().find(|one| one["feature"] == "training_sessions");
        let meter = meter.unwrap();
        assert_eq!(
            (&meter["limit"], &meter["granted"], &meter["remaining"]),
            (&json!(15), &json!(5), &json!(15)),
            "{path}"
        );
    }
    // when: some are held and some are used
    let held = post(&scene, &ada, "reserve", json!({"feature": "training_sessions", "quantity": 6}));
    assert_eq!((held.status, &held.body["remaining"]), (200, &json!(9)), "{held:?}");
    assert_eq!((track(&scene, &ada, 10).status, track(&scene, &ada, 9).status), (429, 200));
    let confirmed = post(&scene, &ada, "confirm", json!({"reservation": held.body["reservation"]["id"]}));
    assert_eq!(
        shown(&confirmed, &["limit", "granted", "used", "remaining", "alerts"]),
        json!({"limit": 15, "granted": 5, "used": 15, "remaining": 0, "alerts": ["100_percent", "80_percent", "upgrade_prompt"]})
    );
    // then: no more, and the refusal says so too
    let refused = track(&scene, &ada, 1);
    assert_eq!(
        (refused.status, shown(&refused, &["limit", "granted", "used"])),
        (429, json!({"limit": 15, "granted": 5, "used": 15}))
    );
    assert_eq!(
        scene.rows(&format!(
            "SELECT quantity, limit_value FROM usage_counters WHERE organization_id = '{}'",
            ada.personal
        )),
        json!([{"quantity": 15, "limit_value": 15}])
    );
    assert_eq!(track(&scene, &bob, 100).body["remaining"], 0);
    assert_ledger_agrees(&scene);
}

#[test]
fn a_grant_holds_from_its_beginning_to_its_end() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    grant(&scene, &ada, "training_sessions", 7, 1, Some(2));
    let limit = || {
        let reply = post(&scene, &ada, "check", json!({"feature": "training_sessions"}));
        (reply.body["limit"].clone(), reply.body["granted"].clone())
    };
    assert_eq!(limit(), (json!(10), Json::Null), "it is told of where there is one");
    assert_eq!(track(&scene, &ada, 11).status, 429);
    scene.advance(Span::days(1));
    assert_eq!(limit(), (json!(17), json!(7)));
    assert_eq!(track(&scene, &ada, 12).status, 200);
    scene.advance(Span::days(1));
    assert_eq!(limit(), (json!(10), Json::Null));
    let refused = track(&scene, &ada, 1);
    assert_eq!((refused.status, &refused.body["used"], &refused.body["remaining"]), (429, &json!(12), &json!(0)));
    assert_ledger_agrees(&scene);
}

#[test]
fn a_key_is_answered_as_it_was_when_the_grant_held() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    grant(&scene, &ada, "training_sessions", 7, 0, Some(2));
    let keyed =
        || post(&scene, &ada, "track", json!({"feature": "training_sessions", "quantity": 12, "idempotencyKey": "k"}));
    let first = keyed();
    assert_eq!((first.status, &first.body["limit"], &first.body["granted"]), (200, &json!(17), &json!(7)));
    scene.advance(Span::days(2));
    let again = keyed();
    assert_eq!(
        (again.status, &again.body["limit"], &again.body["remaining"]),
        (200, &json!(17), &json!(5)),
        "{again:?}"
    );
}

#[test]
fn what_lies_beyond_a_grant_is_what_costs() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "lifestyle");
    // In minutes, as the limit: 120 and 30 more, and then ten cents each, up to twenty dollars.
    grant(&scene, &ada, "ai_voice_minutes", 30, 0, Some(31));
    let minutes = |minutes: i64| {
        post(&scene, &ada, "track", json!({"feature": "ai_voice_minutes", "quantity": minutes * 60, "mode": "cap"}))
    };
    assert_eq!(minutes(150).body["overage"]["chargedCents"], 0);
    assert_eq!(minutes(1).body["overage"]["chargedCents"], 10);
    let cap = minutes(1_000);
    assert_eq!((&cap.body["used"], &cap.body["overage"]["chargedCents"]), (&json!(350), &json!(2_000)));
    // A month that is over meets what held when it ended, and nothing that was granted since.
    scene.set_clock("2026-04-10T13:00:00.000Z");
    scene.execute("UPDATE usage_counters SET quantity = 9000, overage_cents = 0; DELETE FROM usage_events");
    grant(&scene, &ada, "ai_voice_minutes", 500, 0, None);
    let late = |quantity: i64| json!({"feature": "ai_voice_minutes", "quantity": quantity * 60, "occurredAt": "2026-04-10T11:00:00Z"});
    let one = post(&scene, &ada, "track", late(1));
    assert_eq!(
        (&one.body["used"], &one.body["limit"], &one.body["event"]["costCents"]),
        (&json!(151), &json!(150), &json!(10)),
        "{one:?}"
    );
    let batch = post(
        &scene,
        &ada,
        "batch",
        json!({"events": [late(1), {"feature": "ai_voice_minutes", "quantity": 600 * 60}]}),
    );
    let costs: Vec<_> =
        batch.body["results"].as_array().unwrap().iter().map(|one| one["event"]["costCents"].clone()).collect();
    assert_eq!(costs, [json!(10), json!(0)], "{batch:?}");
}

#[test]
fn an_upgrade_is_offered_with_what_was_granted_and_nothing_is_added_to_what_has_no_limit() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    grant(&scene, &ada, "training_sessions", 450, 0, None);
    let plans = |quantity: i64| {
        let check = post(&scene, &ada, "check", json!({"feature": "training_sessions", "quantity": quantity}));
        let plans = check.body["upgrade"].as_array().unwrap().iter().map(|plan| plan["plan"].clone());
        plans.collect::<Vec<_>>()
    };
    assert_eq!(plans(550), [json!("individual_pro"), json!("individual_ultra")]);
    assert_eq!(plans(551), [json!("individual_ultra")]);
    scene.execute("UPDATE plan_features SET limit_value = -1 WHERE feature = 'training_sessions'");
    let check = post(&scene, &ada, "check", json!({"feature": "training_sessions"}));
    assert_eq!(
        shown(&check, &["limit", "unlimited", "granted"]),
        json!({"limit": -1, "unlimited": true, "granted": null})
    );
    assert_eq!(track(&scene, &ada, 5_000).body["remaining"], -1);
}
