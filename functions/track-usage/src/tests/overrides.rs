//! Another limit, or another plan, than what is paid for.

use tallygate::rules::time::Span;

use super::{stories::assert_ledger_agrees, *};

/// Another limit from a moment on, for so many days, both counted from now.
fn limit(scene: &Scene, person: &Person, feature: &str, limit: i64, from: i64, days: i64) {
    let now = scene.now().0;
    let [starts_at, ends_at] = [now + from * 86_400_000, now + days * 86_400_000];
    scene.execute(&format!(
        "INSERT INTO plan_overrides (organization_id, kind, feature, ends_at, id, limit_value, reason, starts_at, request_id)
         SELECT '{}', 'limit', '{feature}', {ends_at}, 'o' || COUNT(*), {limit}, 'a pilot', {starts_at}, 'r' FROM plan_overrides",
        person.personal
    ));
}

/// What the next request begins with has it carried to the subscription.
fn plan(scene: &Scene, person: &Person, plan: &str, days: i64) {
    let now = scene.now().0;
    scene.execute(&format!(
        "INSERT INTO plan_overrides (organization_id, kind, feature, ends_at, id, plan_id, reason, starts_at, request_id)
         VALUES ('{0}', 'plan', '', {1}, 'p', '{plan}', 'a pilot', {now}, 'r');
         UPDATE org_subscriptions SET override_ends_at = {now} WHERE organization_id = '{0}';",
        person.personal,
        now + days * 86_400_000
    ));
}

fn track(scene: &Scene, person: &Person, quantity: i64) -> TestReply {
    post(scene, person, "track", json!({"feature": "training_sessions", "quantity": quantity}))
}

/// As the places say it that show a meter.
fn shown_limits(scene: &Scene, person: &Person) -> Vec<Json> {
    let of = |reply: TestReply, list: &str| {
        let meters = reply.body[list].as_array().unwrap().clone();
        meters.into_iter().find(|one| one["feature"] == "training_sessions").unwrap()["limit"].clone()
    };
    vec![
        post(scene, person, "check", json!({"feature": "training_sessions"})).body["limit"].clone(),
        of(get(scene, person, "/entitlements"), "features"),
        of(get(scene, person, "/summary"), "meters"),
    ]
}

#[test]
fn an_overridden_limit_is_the_limit_everywhere_and_what_was_granted_comes_on_top() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let [ada, bob] = ["ada", "bob"].map(|id| scene.sign_up(id));
    // given: ten a month
    limit(&scene, &ada, "training_sessions", 3, -1, 5);
    limit(&scene, &ada, "scenarios", 99, -1, 5);
    scene.execute(&format!(
        "INSERT INTO usage_grants (organization_id, id, feature, quantity, reason, starts_at, ends_at, created_at, request_id)
         VALUES ('{}', 'g', 'training_sessions', 2, 'an outage', 0, 9007199254740991, 0, 'r')",
        ada.personal
    ));
    assert_eq!(shown_limits(&scene, &ada), [5, 5, 5]);
    // when
    assert_eq!((track(&scene, &ada, 6).status, track(&scene, &ada, 5).status), (429, 200));
    // then
    let refused = track(&scene, &ada, 1);
    assert_eq!(
        shown(&refused, &["limit", "granted", "used"]),
        json!({"limit": 5, "granted": 2, "used": 5}),
        "{refused:?}"
    );
    assert_eq!(refused.body["upgrade"], json!([]), "another plan would not help: its limit is overridden as well");
    assert_eq!(track(&scene, &bob, 10).status, 200);
    assert_ledger_agrees(&scene);
    // and after its end it is the plan's
    scene.advance(Span::days(5));
    assert_eq!(shown_limits(&scene, &ada), [12, 12, 12]);
    assert_eq!(track(&scene, &ada, 7).status, 200);
}

#[test]
fn many_at_once_meet_an_overridden_limit() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    limit(&scene, &ada, "training_sessions", 12, 0, 5);
    let events: Vec<_> = (0..14).map(|_| json!({"feature": "training_sessions"})).collect();
    let reply = post(&scene, &ada, "batch", json!({ "events": events }));
    let results = reply.body["results"].as_array().unwrap();
    assert_eq!(results.iter().filter(|one| one["success"] == true).count(), 12, "{reply:?}");
    assert_ledger_agrees(&scene);
}

#[test]
fn a_limit_that_is_lifted_altogether_is_unlimited_and_grants_are_nothing_beside_it() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    limit(&scene, &ada, "training_sessions", -1, 0, 5);
    assert_eq!(track(&scene, &ada, 1000).body["limit"], -1);
    assert_eq!(shown_limits(&scene, &ada), [-1, -1, -1]);
}

#[test]
fn a_plan_that_is_overridden_gives_what_the_other_one_has_and_says_so() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let paid = get(&scene, &ada, "/entitlements").body["plan"]["id"].clone();
    let other = scene.rows(
        "SELECT p.id, f.limit_value FROM plans p JOIN plan_features f ON f.plan_id = p.id AND f.feature = 'training_sessions'
         WHERE p.audience IN ('individual', 'any') AND p.retired = 0 ORDER BY p.position DESC LIMIT 1",
    )[0]
    .clone();
    assert_ne!(other["id"], paid);
    plan(&scene, &ada, other["id"].as_str().unwrap(), 7);
    // when
    let reply = get(&scene, &ada, "/entitlements");
    // then
    assert_eq!(
        (&reply.body["plan"]["id"], &reply.body["plan"]["paidPlan"], &reply.body["overrides"]),
        (
            &other["id"],
            &paid,
            &json!([{"plan": other["id"], "feature": null, "limit": null, "endsAt": (scene.now() + Span::days(7)).iso()}])
        ),
        "{reply:?}"
    );
    let check = post(&scene, &ada, "check", json!({"feature": "training_sessions"}));
    assert_eq!(check.body["limit"], other["limit_value"]);
    // and after its end
    scene.advance(Span::days(7));
    let reply = get(&scene, &ada, "/entitlements");
    assert_eq!((&reply.body["plan"]["id"], &reply.body["overrides"]), (&paid, &json!([])));
}
