use serde_json::{json, Value as Json};
use tallygate::{
    rules::request_ids::Purpose,
    testing::{at, invalid, refused_with, Scene},
};

use super::{assert_ledger_adds_up, counted, counters, exceeded, upload, APRIL, FUNCTION};

#[test]
fn an_upload_is_written_into_the_ledger_and_added_to_the_totals() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let upcoming = scene.upcoming();
    // when
    let reply = scene.call(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"}));
    // then
    assert_eq!(reply.answer(), counted(1, 1, 1));
    assert_eq!(reply.batches, 1);
    let march = at("2026-03-01T00:00:00Z").0;
    let april = at("2026-04-01T00:00:00Z").0;
    assert_eq!(
        scene.rows("SELECT * FROM usage_events"),
        json!([{
            "organization_id": ada.personal,
            "id": upcoming.id(Purpose::UsageEvent),
            "user_id": "ada",
            "feature": "uploads",
            "event_type": "rate_sheet",
            "quantity": 1,
            "accepted": 1,
            "plan_id": "starter",
            "limit_value": 100,
            "period_start": march,
            "period_end": at(APRIL).0,
            "period_total": 1,
            "lifetime_total": 1,
            "request_hash": tallygate::rules::invitation::token_hash("1 rate_sheet"),
            "request_id": upcoming.request_id(),
            "created_at": scene.now().0,
            "key_id": null,
            "subject": null,
            "kind": "track",
            "counted": 1,
            "cost_cents": 0,
            "overage_cents": 0,
            "change_number": 1,
            "attributes": null,
            "occurred_at": null,
            "keyed_at": null, "key_of_day": null, "reservation_step": null, "reservation_id": null, "reserved_quantity": null, "reserved_total": 0,
        }])
    );
    assert_eq!(
        scene.rows("SELECT * FROM usage_counters"),
        json!([{
            "organization_id": ada.personal, "feature": "uploads", "period_start": march, "quantity": 1, "overage_cents": 0,
            "changes": 1, "period_end": april, "plan_id": "starter", "limit_value": 100,
        }])
    );
    // and the ledger is all that is written of it
    assert_eq!((scene.audit(), scene.outbox()), (json!([]), json!([])));
}

#[test]
fn a_batch_that_does_not_fit_as_a_whole_counts_nothing() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    assert_eq!(upload(&scene, &ada, 90).answer(), counted(90, 90, 90));
    // when, then
    let refusal = scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet", "uploadCount": 11}));
    assert_eq!(refusal, exceeded(90, "11 uploads do not fit: 10 of 100 are left this month."));
    // and what fits is still counted
    assert_eq!(upload(&scene, &ada, 9).answer(), counted(9, 99, 99));
    assert_eq!(counters(&scene, &ada.personal), [99]);
    assert_ledger_adds_up(&scene);
}

#[test]
fn the_last_upload_is_told_once_and_the_next_one_refused() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    upload(&scene, &ada, 99);
    let told = || {
        scene.rows(
            "SELECT event_type AS event, target_id AS target, payload ->> '$.alert' AS alert, payload ->> '$.used' AS used,
               payload ->> '$.limit' AS most FROM outbox
             WHERE event_type <> 'user.registered' ORDER BY payload",
        )
    };
    let alert = |event: &str, alert: &str, used: i64| json!({"event": event, "target": "uploads", "alert": alert, "used": used, "most": 100});
    assert_eq!(told(), json!([alert("usage.alert", "80_percent", 99)]));
    // when
    assert_eq!(upload(&scene, &ada, 1).answer(), counted(1, 100, 100));
    // then
    let all = json!([
        alert("usage.limit_reached", "100_percent", 100),
        alert("usage.alert", "80_percent", 99),
        alert("usage.alert", "upgrade_prompt", 100),
    ]);
    assert_eq!(told(), all);
    for _ in 0..3 {
        let refusal = scene.refusal(&FUNCTION, &ada, json!({"uploadType": "comparison"}));
        assert_eq!(refusal, exceeded(100, "All 100 uploads of this month are used; upgrade the plan to go on."));
    }
    assert_eq!(told(), all);
}

#[test]
fn all_types_count_against_one_meter_and_each_organization_has_its_own() {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    for (total, kind) in ["rate_sheet", "comparison", "rate_deck", "bulk_adjustment"].into_iter().enumerate() {
        let reply = scene.call(&FUNCTION, &ada, json!({"uploadType": kind}));
        assert_eq!(
            (reply.body["uploadType"].clone(), reply.body["totalUploads"].clone()),
            (kind.into(), (total + 1).into())
        );
    }
    assert_eq!(upload(&scene, &bob, 100).answer(), counted(100, 100, 100));
    assert_eq!(counters(&scene, &ada.personal), [4]);
    assert_eq!(counters(&scene, &bob.personal), [100]);
}

#[test]
fn an_unlimited_plan_counts_without_end() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.team("acme", &ada);
    upload(&scene, &ada, 10_000);
    // when
    let reply = upload(&scene, &ada, 10_000);
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "10000 uploads were counted; there is no limit.",
                "uploadType": "rate_sheet",
                "uploadCount": 10_000,
                "totalUploads": 20_000,
                "lifetimeUploads": 20_000,
                "uploadLimit": -1,
                "remaining": -1,
                "tier": "enterprise",
                "isUnlimited": true,
                "nextResetDate": APRIL,
            })
        )
    );
    assert_eq!(counters(&scene, "acme"), [20_000]);
    assert_eq!(counters(&scene, &ada.personal), [] as [i64; 0]);
    assert_eq!(scene.outbox(), json!([]));
}

#[test]
fn a_changed_limit_takes_effect_at_once() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    upload(&scene, &ada, 60);
    // when the plan shrinks below what is used
    scene.execute("UPDATE plan_features SET limit_value = 50 WHERE plan_id = 'starter'");
    let (status, body) = scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"}));
    assert_eq!((status, body["currentUploads"].clone(), body["remaining"].clone()), (429, json!(60), json!(0)));
    // and grows again
    scene.execute("UPDATE plan_features SET limit_value = 61 WHERE plan_id = 'starter'");
    assert_eq!(upload(&scene, &ada, 1).body["remaining"], 0);
    // and none at all is a limit too
    scene.execute("UPDATE plan_features SET limit_value = 0 WHERE plan_id = 'starter'");
    let (status, body) = scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"}));
    assert_eq!((status, body["uploadLimit"].clone()), (429, json!(0)));
    assert_ledger_adds_up(&scene);
}

#[test]
fn a_plan_without_uploads_says_so() {
    // given
    let scene = Scene::with_changed_catalog("uploads = { limit = 100, reset = \"calendar_month\" }", "");
    let ada = scene.sign_up("ada");
    // when, then
    assert_eq!(
        scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"})),
        refused_with(
            403,
            "feature_not_in_plan",
            "The Starter plan does not include uploads.",
            json!({"feature": "uploads", "plan": "Starter", "upgradeRequired": true})
        )
    );
}

#[test]
fn what_is_counted_must_be_a_known_type_and_a_whole_number() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let refusal = |body: Json| scene.refusal(&FUNCTION, &ada, body);
    assert_eq!(refusal(json!({})), invalid("uploadType", "is required"));
    for kind in ["spreadsheet", "Rate_Sheet", "uploads"] {
        assert_eq!(
            refusal(json!({"uploadType": kind})),
            invalid("uploadType", "must be one of: bulk_adjustment, comparison, rate_deck, rate_sheet")
        );
    }
    for count in [json!(0), json!(-1), json!(10_001), json!(1.5), json!("1"), json!(true), json!([1]), json!(1e99)] {
        assert_eq!(
            refusal(json!({"uploadType": "rate_sheet", "uploadCount": count})),
            invalid("uploadCount", "must be a whole number from 1 to 10000")
        );
    }
    assert_eq!(
        refusal(json!({"action": "reset", "uploadType": "rate_sheet"})),
        refused_with(
            400,
            "unknown_action",
            "The action must be one of: count, status.",
            json!({"field": "action", "actions": ["count", "status"]})
        )
    );
    // A null means that the field is left out, and 2.0 is a whole number.
    let reply = scene.call(&FUNCTION, &ada, json!({"uploadType": "rate_sheet", "uploadCount": null}));
    assert_eq!(reply.answer(), counted(1, 1, 1));
    let reply = scene.call(&FUNCTION, &ada, json!({"uploadType": "rate_sheet", "uploadCount": 2.0}));
    assert_eq!(reply.answer(), counted(2, 3, 3));
}
