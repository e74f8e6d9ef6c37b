use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused, Scene},
};

use super::{assert_ledger_adds_up, counted, counters, exceeded, upload, FUNCTION};

fn keyed(key: &str, count: i64) -> Json {
    json!({"uploadType": "rate_sheet", "uploadCount": count, "idempotencyKey": key})
}

fn replayed((status, mut body): (u16, Json)) -> (u16, Json) {
    body["replayed"] = true.into();
    (status, body)
}

#[test]
fn one_key_counts_once_and_gets_the_first_answer_again() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    assert_eq!(scene.call(&FUNCTION, &ada, keyed("k", 3)).answer(), counted(3, 3, 3));
    // when: others upload meanwhile, and the request is repeated, in the body or by the header
    upload(&scene, &ada, 5);
    let before = scene.everything();
    let again = scene.call(&FUNCTION, &ada, keyed("k", 3));
    let body = json!({"uploadType": "rate_sheet", "uploadCount": 3});
    let by_header = scene.call_with(&FUNCTION, &ada, &[("Idempotency-Key", "k")], body);
    // then
    assert_eq!(again.answer(), replayed(counted(3, 3, 3)));
    assert_eq!(by_header.answer(), replayed(counted(3, 3, 3)));
    assert_eq!((again.batches, by_header.batches), (1, 1));
    scene.assert_unchanged(&before);
    assert_eq!(counters(&scene, &ada.personal), [8]);
    assert_ledger_adds_up(&scene);
}

#[test]
fn a_refusal_is_repeated_even_when_there_would_be_room() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    upload(&scene, &ada, 99);
    let refusal = exceeded(99, "2 uploads do not fit: 1 of 100 are left this month.");
    assert_eq!(scene.call(&FUNCTION, &ada, keyed("k", 2)).answer(), refusal);
    // when
    scene.execute("UPDATE plan_features SET limit_value = 1000 WHERE plan_id = 'starter'");
    // then
    assert_eq!(scene.refusal(&FUNCTION, &ada, keyed("k", 2)), replayed(refusal));
    assert_eq!(counters(&scene, &ada.personal), [99]);
    assert_eq!(
        scene.rows("SELECT quantity, accepted, period_total FROM usage_events WHERE id = 'key:k'"),
        json!([{"quantity": 2, "accepted": 0, "period_total": 99}])
    );
    assert_ledger_adds_up(&scene);
}

#[test]
fn an_answer_that_was_given_outlives_the_plan_and_the_month() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let first = scene.call(&FUNCTION, &ada, keyed("k", 1));
    scene.advance(Span::days(40));
    assert_eq!(scene.call(&FUNCTION, &ada, keyed("k", 1)).answer(), replayed(first.answer()));
    assert_eq!(scene.refusal(&FUNCTION, &ada, keyed("other", 1)).0, 402);
}

#[test]
fn an_answer_that_was_given_outlives_the_meter_itself() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let first = scene.call(&FUNCTION, &ada, keyed("k", 3));
    scene.execute("DELETE FROM plan_features WHERE feature = 'uploads'");
    assert_eq!(scene.call(&FUNCTION, &ada, keyed("k", 3)).answer(), replayed(first.answer()));
    assert_eq!(scene.refusal(&FUNCTION, &ada, keyed("other", 1)).0, 403);
    assert_ledger_adds_up(&scene);
}

#[test]
fn what_was_refused_for_another_reason_may_be_tried_again_under_its_key() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE org_subscriptions SET status = 'unpaid'");
    assert_eq!(scene.refusal(&FUNCTION, &ada, keyed("k", 1)).0, 402);
    scene.execute("UPDATE org_subscriptions SET status = 'active'");
    assert_eq!(scene.call(&FUNCTION, &ada, keyed("k", 1)).answer(), counted(1, 1, 1));
}

#[test]
fn a_key_under_another_request_is_a_mistake() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.call(&FUNCTION, &ada, keyed("k", 1));
    let reused = refused(409, "idempotency_key_reused", "This idempotency key was used for another request.");
    // when, then
    assert_eq!(scene.refusal(&FUNCTION, &ada, keyed("k", 2)), reused);
    let body = json!({"uploadType": "comparison", "idempotencyKey": "k"});
    assert_eq!(scene.refusal(&FUNCTION, &ada, body), reused);
    let body = json!({"uploadType": "unknown", "idempotencyKey": "k"});
    assert_eq!(scene.refusal(&FUNCTION, &ada, body), reused);
}

#[test]
fn keys_belong_to_an_organization_and_not_to_a_member() {
    // given
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.call(&FUNCTION, &ada, keyed("k", 1));
    // when, then: another organization has its own
    assert_eq!(scene.call(&FUNCTION, &bob, keyed("k", 1)).answer(), counted(1, 1, 1));
    // and colleagues share theirs
    scene.team("acme", &ada);
    scene.member("acme", &bob, "member");
    let first = scene.call(&FUNCTION, &ada, keyed("k", 7));
    assert_eq!(scene.call(&FUNCTION, &bob, keyed("k", 7)).answer(), replayed(first.answer()));
    assert_eq!(counters(&scene, "acme"), [7]);
}

#[test]
fn a_key_never_meets_an_upload_without_one() {
    // given: an upload without a key, whose id is known
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let id = scene.upcoming().id(tallygate::rules::request_ids::Purpose::UsageEvent);
    upload(&scene, &ada, 1);
    // when
    let reply = scene.call(&FUNCTION, &ada, keyed(&id, 1));
    // then
    assert_eq!(reply.answer(), counted(1, 2, 2));
}

#[test]
fn a_key_has_1_to_255_printable_characters() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for key in ["", "é", &"k".repeat(256)] {
        assert_eq!(
            scene.refusal(&FUNCTION, &ada, keyed(key, 1)),
            invalid("idempotencyKey", "must have 1 to 255 printable characters")
        );
    }
    let control = invalid("idempotencyKey", "must not contain control characters");
    assert_eq!(scene.refusal(&FUNCTION, &ada, keyed("a\tb", 1)), control);
    let body = json!({"uploadType": "rate_sheet", "idempotencyKey": 5});
    assert_eq!(scene.refusal(&FUNCTION, &ada, body), invalid("idempotencyKey", "must be a text"));
    for key in ["two words", &"k".repeat(255)] {
        assert_eq!(scene.call(&FUNCTION, &ada, keyed(key, 1)).status, 200, "{key}");
    }
}

#[test]
fn a_keys_answer_is_for_whoever_could_have_asked() {
    // given
    let scene = Scene::new();
    let [owner, viewer] = ["owner", "viewer"].map(|id| scene.sign_up(id));
    scene.team("acme", &owner);
    scene.member("acme", &viewer, "viewer");
    assert_eq!(scene.call(&FUNCTION, &owner, keyed("k", 3)).status, 200);
    // when, then
    assert_eq!(
        scene.refusal(&FUNCTION, &viewer, keyed("k", 3)),
        refused(403, "forbidden", "Viewers may look but not upload.")
    );
}

#[test]
fn so_many_refusals_a_day_are_remembered_and_no_more() {
    // given
    let scene = Scene::with_changed_catalog("# [limits]", "[limits]\nrefused_keys_a_day = 2");
    let ada = scene.sign_up("ada");
    upload(&scene, &ada, 100);
    let all_used = exceeded(100, "All 100 uploads of this month are used; upgrade the plan to go on.");
    for key in ["one", "two"] {
        assert_eq!(scene.call(&FUNCTION, &ada, keyed(key, 1)).answer(), all_used);
    }
    // when, then: another key is refused without being kept
    let too_many = (
        429,
        json!({
            "success": false, "error": "There may be at most 2 refused requests under a key a day.",
            "message": "There may be at most 2 refused requests under a key a day.", "code": "catalog_limit_reached",
            "limit": "refused_keys_a_day", "most": 2, "resetsAt": "2026-03-11T00:00:00.000Z",
        }),
    );
    assert_eq!(scene.refusal(&FUNCTION, &ada, keyed("three", 1)), too_many);
    // those that are known are repeated, and without a key the answer is the plan's
    assert_eq!(scene.refusal(&FUNCTION, &ada, keyed("one", 1)), replayed(all_used.clone()));
    assert_eq!(scene.refusal(&FUNCTION, &ada, json!({"uploadType": "rate_sheet"})), all_used);
    // and the next day is another one
    scene.set_clock("2026-03-11T00:00:00.000Z");
    assert_eq!(scene.call(&FUNCTION, &ada, keyed("three", 1)).status, 429);
    assert_eq!(scene.rows("SELECT refused_keys FROM organizations"), json!([{"refused_keys": 1}]));
}
