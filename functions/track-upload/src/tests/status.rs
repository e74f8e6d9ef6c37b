use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{refused_with, Scene},
};

use super::{upload, APRIL, FUNCTION};

fn starter(total: i64, lifetime: i64, next_reset: &str) -> (u16, Json) {
    let body = json!({
        "success": true,
        "message": format!("{total} of 100 uploads used this month."),
        "uploadType": null,
        "uploadCount": 0,
        "totalUploads": total,
        "lifetimeUploads": lifetime,
        "uploadLimit": 100,
        "remaining": 100 - total,
        "tier": "starter",
        "isUnlimited": false,
        "nextResetDate": next_reset,
    });
    (200, body)
}

#[test]
fn it_says_what_is_left_and_counts_nothing() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    assert_eq!(scene.get(&FUNCTION, &ada).answer(), starter(0, 0, APRIL));
    upload(&scene, &ada, 7);
    let before = scene.everything();
    // when
    let by_get = scene.get(&FUNCTION, &ada);
    let by_action = scene.call(&FUNCTION, &ada, json!({"action": "status"}));
    // then
    assert_eq!(by_get.answer(), starter(7, 7, APRIL));
    assert_eq!(by_action.answer(), starter(7, 7, APRIL));
    assert_eq!((by_get.batches, by_action.batches), (1, 1));
    scene.assert_unchanged(&before);
}

#[test]
fn it_begins_anew_with_the_month_and_needs_no_paid_plan() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    upload(&scene, &ada, 7);
    scene.set_clock("2026-03-31T23:59:59.999Z");
    assert_eq!(scene.get(&FUNCTION, &ada).answer(), starter(7, 7, APRIL));
    scene.advance(Span(1));
    assert_eq!(scene.get(&FUNCTION, &ada).answer(), starter(0, 7, "2026-05-01T00:00:00.000Z"));
}

#[test]
fn an_unlimited_plan_says_so() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    upload(&scene, &ada, 3);
    assert_eq!(
        scene.get(&FUNCTION, &ada).answer(),
        (
            200,
            json!({
                "success": true,
                "message": "3 uploads this month; the Enterprise plan has no limit.",
                "uploadType": null,
                "uploadCount": 0,
                "totalUploads": 3,
                "lifetimeUploads": 3,
                "uploadLimit": -1,
                "remaining": -1,
                "tier": "enterprise",
                "isUnlimited": true,
                "nextResetDate": APRIL,
            })
        )
    );
}

#[test]
fn a_plan_without_uploads_says_so() {
    let scene = Scene::with_changed_catalog("uploads = { limit = 100, reset = \"calendar_month\" }", "");
    let ada = scene.sign_up("ada");
    assert_eq!(
        scene.get(&FUNCTION, &ada).answer(),
        refused_with(
            403,
            "feature_not_in_plan",
            "The Starter plan does not include uploads.",
            json!({"feature": "uploads", "plan": "Starter", "upgradeRequired": true})
        )
    );
}
