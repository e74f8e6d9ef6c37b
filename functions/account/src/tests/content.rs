use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused, refused_with, Person, Scene},
};

use super::{asked, get, patch, post, refusal};
use crate::FUNCTION;

const WELLNESS: &str = include_str!("../../../../catalogs/wellness.toml");

/// Ada on the trial of the least plan.
fn scene() -> (Scene, Person) {
    let scene = Scene::with_catalog(WELLNESS);
    let ada = scene.sign_up("ada");
    (scene, ada)
}

fn open(scene: &Scene, person: &Person, package: &str) -> (u16, Json) {
    post(scene, person, "open-package", json!({ "package": package })).answer()
}

/// Each package with what opens it, or why nothing does.
fn states(scene: &Scene, person: &Person) -> Vec<String> {
    let reply = get(scene, person, "packages");
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let categories = reply.body["categories"].as_array().unwrap();
    let packages = categories.iter().flat_map(|category| category["packages"].as_array().unwrap());
    let state = |package: &Json| {
        let word = |name: &str| package[name].as_str().unwrap_or_default().to_string();
        format!("{} {}{}", word("id"), word("openedBy"), word("lockedBecause"))
    };
    packages.map(state).collect()
}

#[test]
fn content_is_open_by_plan_and_the_rest_says_what_would_open_it() {
    let (scene, ada) = scene();
    let packages = get(&scene, &ada, "packages");
    assert_eq!(packages.body["message"], "2 of 3 packages are open.");
    assert_eq!(packages.body["categories"][2]["packages"][0]["minimumPlan"], "premium");
    assert_eq!(states(&scene, &ada), ["first-breath plan", "deep-sleep plan", "focus-studio plan_required"]);
    assert_eq!(get(&scene, &ada, "packages?category=sleep").body["categories"].as_array().unwrap().len(), 1);
    scene.execute("UPDATE org_subscriptions SET plan_id = 'pro', status = 'active'");
    assert_eq!(states(&scene, &ada), ["first-breath plan", "deep-sleep plan", "focus-studio plan"]);
    scene.execute("UPDATE org_subscriptions SET status = 'canceled'");
    assert_eq!(
        states(&scene, &ada),
        ["first-breath plan", "deep-sleep subscription_required", "focus-studio subscription_required"]
    );
}

#[test]
fn a_use_is_counted_and_what_is_locked_is_refused() {
    let (scene, ada) = scene();
    for uses in 1..=2 {
        let (status, body) = open(&scene, &ada, "deep-sleep");
        assert_eq!(
            (status, &body["package"]["uses"], &body["package"]["openedBy"]),
            (200, &json!(uses), &json!("plan"))
        );
    }
    assert_eq!(
        refusal(&scene, || post(&scene, &ada, "open-package", json!({ "package": "focus-studio" }))),
        refused_with(
            403,
            "package_locked",
            "Focus Studio is opened by the Premium plan.",
            json!({ "package": "focus-studio", "lockedBecause": "plan_required", "minimumPlan": "premium", "upgradeRequired": true })
        )
    );
    assert_eq!(
        refusal(&scene, || post(&scene, &ada, "open-package", json!({ "package": "nothing" }))),
        refused(404, "package_not_found", "There is no such package.")
    );
    scene.execute("UPDATE org_subscriptions SET status = 'canceled'");
    assert_eq!(open(&scene, &ada, "deep-sleep").1["lockedBecause"], "subscription_required");
    assert_eq!(open(&scene, &ada, "first-breath").0, 200);
}

#[test]
fn a_grant_opens_a_package_so_often_and_so_long() {
    // given: two uses until tomorrow
    let (scene, ada) = scene();
    let (now, tomorrow) = (scene.now().0, scene.now().0 + Span::days(1).0);
    scene.execute(&format!(
        "INSERT INTO user_packages (user_id, package_id, granted_at, granted_by, grant_ends_at, grant_uses, request_id)
         VALUES ('ada', 'focus-studio', {now}, 'operator', {tomorrow}, 2, 'r')"
    ));
    assert_eq!(states(&scene, &ada)[2], "focus-studio grant");
    // when, then
    for remaining in [1, 0] {
        let (status, body) = open(&scene, &ada, "focus-studio");
        assert_eq!((status, &body["package"]["grant"]["remainingUses"]), (200, &json!(remaining)));
    }
    assert_eq!(open(&scene, &ada, "focus-studio").0, 403);
    scene.execute("UPDATE user_packages SET grant_uses = NULL");
    assert_eq!(open(&scene, &ada, "focus-studio").0, 200);
    scene.advance(Span::days(1));
    assert_eq!(open(&scene, &ada, "focus-studio").0, 403, "to the millisecond");
    // what the plan opens uses no grant up
    scene.execute("UPDATE org_subscriptions SET plan_id = 'pro', status = 'active'; UPDATE user_packages SET grant_uses = 9, grant_ends_at = NULL");
    let (_, body) = open(&scene, &ada, "focus-studio");
    assert_eq!((&body["package"]["openedBy"], &body["package"]["grant"]["remainingUses"]), (&json!("plan"), &json!(6)));
}

#[test]
fn a_use_is_counted_once_where_its_answer_was_lost_and_others_came_before_it_came_again() {
    // given
    let (scene, ada) = scene();
    let now = scene.now().0;
    scene.execute(&format!(
        "INSERT INTO user_packages (user_id, package_id, granted_at, granted_by, grant_uses, request_id)
         VALUES ('ada', 'focus-studio', {now}, 'operator', 3, 'r')"
    ));
    let others = || {
        for _ in 0..2 {
            assert_eq!(open(&scene, &ada, "focus-studio").0, 200);
        }
    };
    // when: the last use is another's by the time that it comes again
    let reply = scene.send_overtaken(
        &FUNCTION,
        &asked(&scene, &ada, "open-package", json!({ "package": "focus-studio" })),
        &others,
    );
    // then
    assert_eq!((reply.status, &reply.body["package"]["uses"]), (200, &json!(3)), "{reply:?}");
    assert_eq!(open(&scene, &ada, "focus-studio").0, 403);
    assert_eq!(scene.rows("SELECT uses, granted_uses FROM user_packages"), json!([{"uses": 3, "granted_uses": 3}]));
}

#[test]
fn what_is_remembered_of_requests_stays_short() {
    let (scene, ada) = scene();
    let remembered = || scene.rows("SELECT LENGTH(recent_requests) AS length FROM user_packages")[0]["length"].clone();
    open(&scene, &ada, "deep-sleep");
    let one = remembered();
    open(&scene, &ada, "deep-sleep");
    assert_eq!(remembered().as_i64(), one.as_i64().map(|one| 2 * one + 1));
    for _ in 0..250 {
        open(&scene, &ada, "deep-sleep");
    }
    assert_eq!(remembered(), json!(7_400));
    scene.advance(Span::minutes(1));
    scene.advance(Span(1));
    open(&scene, &ada, "deep-sleep");
    assert_eq!(remembered(), one);
}

#[test]
fn the_subscription_says_what_it_lets_one_do() {
    let (scene, ada) = scene();
    let reply = get(&scene, &ada, "subscription");
    let subscription = &reply.body["subscription"];
    assert_eq!(
        (
            reply.status,
            &subscription["plan"],
            &subscription["status"],
            &subscription["features"],
            &subscription["until"]
        ),
        (200, &json!("starter"), &json!("trialing"), &json!(true), &json!("2026-03-24T12:00:00.000Z"))
    );
    scene.advance(Span::days(14));
    let subscription = get(&scene, &ada, "subscription").body["subscription"].clone();
    assert_eq!((&subscription["features"], &subscription["warning"]), (&json!(false), &json!("trial_ended")));
}

#[test]
fn preferences_are_set_one_by_one_and_taken_back() {
    let (scene, ada) = scene();
    let reply = get(&scene, &ada, "preferences");
    let usual = reply.body["preferences"].clone();
    // What everybody has is the catalog's, or that of all products.
    assert_eq!(
        (&usual["sessionMinutes"], &usual["audio"]["volume"], &usual["privacy"]["profile"]),
        (&json!(15), &json!(60), &json!("private"))
    );
    assert_eq!((reply.batches, reply.body["defaults"].as_array().map(Vec::len)), (1, Some(17)));
    assert_eq!(scene.rows("SELECT name FROM user_preferences"), json!([]));
    // when
    let change = |body: Json| patch(&scene, &ada, "preferences", json!({ "preferences": body }));
    change(json!({ "sessionMinutes": 30, "audio": { "volume": 40 }, "theme": { "mode": "dark" } }));
    let reply = change(json!({ "audio": { "autoplay": false }, "sessionMinutes": null }));
    // then
    let mut expected = usual.clone();
    expected["audio"]["volume"] = json!(40);
    expected["audio"]["autoplay"] = json!(false);
    expected["theme"]["mode"] = json!("dark");
    assert_eq!((reply.status, reply.batches, &reply.body["preferences"]), (200, 1, &expected));
    let defaults = reply.body["defaults"].as_array().unwrap();
    assert_eq!(defaults.len(), 14);
    assert!(defaults.contains(&json!("sessionMinutes")) && !defaults.contains(&json!("audio.volume")), "{defaults:?}");
    // A catalog of a later version may say what this one does not know.
    scene.execute(
        "UPDATE catalog_settings SET preferences = '{\"audio.volume\":500,\"audio.quality\":\"low\",\"new\":1}'",
    );
    let later = get(&scene, &ada, "preferences").body["preferences"].clone();
    assert_eq!((&later["sessionMinutes"], &later["audio"]["quality"]), (&json!(20), &json!("low")));
    scene.load(WELLNESS);
    assert_eq!(change(json!({ "audio": null, "theme": null })).body["preferences"], usual);
    assert_eq!(scene.rows("SELECT name FROM user_preferences"), json!([]));
}

#[test]
fn a_preference_that_there_is_not_or_that_cannot_be_so_is_refused() {
    let (scene, ada) = scene();
    for (body, problem) in [
        (json!({ "nothing": 1 }), "has no `nothing`"),
        (json!({ "audio": { "nothing": 1 } }), "has no `audio.nothing`"),
        (json!({ "audio": 5 }), "has a `audio` that is no object"),
        (json!({ "sessionMinutes": 0 }), "has a `sessionMinutes` that is not a whole number from 1 to 240"),
        (json!({ "theme": { "accent": "red" } }), "has a `theme.accent` that is not a color, as #3b82f6"),
        (
            json!({ "notification": { "reminderTime": "24:00" } }),
            "has a `notification.reminderTime` that is not a time of day, as 07:30",
        ),
        (json!({ "audio": { "volume": 1 }, "audio.volume": 2 }), "names `audio.volume` twice"),
        (json!({ "audio": null, "audio.volume": 2 }), "names `audio.volume` twice"),
        (json!({}), "must name at least one"),
        (json!([]), "must be an object"),
    ] {
        let refused = refusal(&scene, || patch(&scene, &ada, "preferences", json!({ "preferences": body })));
        assert_eq!(refused, invalid("preferences", problem), "{body}");
    }
    assert_eq!(
        refusal(&scene, || patch(&scene, &ada, "preferences", json!({}))),
        invalid("preferences", "is required")
    );
}
