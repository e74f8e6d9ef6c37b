use std::rc::Rc;

use serde_json::{json, Value as Json};
use tallygate::testing::{Person, Scene};

use super::{act, refused, staff, StripeOf};

fn scene() -> (Scene, Person, Person) {
    let scene = Scene::new();
    let boss = staff(&scene, "boss", "super_admin");
    let ada = scene.sign_up("ada");
    (scene, boss, ada)
}

fn body(user: &str) -> Json {
    json!({ "user": user, "reason": "asked for by letter" })
}

#[test]
fn it_is_said_first_what_becomes_of_each_organization() {
    let (scene, boss, ada) = scene();
    let bob = scene.sign_up("bob");
    scene.team("alone", &ada);
    scene.team("admin", &ada);
    scene.member("admin", &bob, "admin");
    let before = scene.everything();
    let mut look = body("ada");
    look["dryRun"] = true.into();
    // when
    let reply = act(&scene, &boss, "delete-person", look);
    // then
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let becomes: Vec<_> = reply.body["organizations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["kind"].clone(), one["becomes"].clone(), one["heir"].clone()))
        .collect();
    assert_eq!(
        becomes,
        [
            ("personal".into(), "archived".into(), Json::Null),
            ("team".into(), "transferred".into(), "bob".into()),
            ("team".into(), "archived".into(), Json::Null),
        ]
    );
    assert_eq!(reply.body["subscriptionsCancelled"], 0);
    assert!(!reply.body["erased"].as_array().unwrap().is_empty() && !reply.body["kept"].as_array().unwrap().is_empty());
    scene.assert_unchanged(&before);
}

#[test]
fn a_person_is_erased_as_by_themselves_and_it_is_written_down_for_both_sides() {
    let (scene, boss, ada) = scene();
    let bob = scene.sign_up("bob");
    scene.team("acme", &ada);
    scene.member("acme", &bob, "admin");
    // when
    let reply = act(&scene, &boss, "delete-person", body("ada"));
    // then
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    assert_eq!(reply.body["act"]["after"], json!({ "deleted": true }));
    assert_eq!(reply.body["cancelledSubscriptions"], 0);
    assert_eq!(
        scene.rows("SELECT email, name, deleted_at IS NOT NULL AS gone FROM users WHERE id = 'ada'"),
        json!([{ "email": null, "name": "Deleted user", "gone": 1 }])
    );
    assert_eq!(
        scene.rows("SELECT user_id, role FROM organization_members WHERE organization_id = 'acme'"),
        json!([{ "user_id": "bob", "role": "owner" }])
    );
    assert_eq!(
        scene.rows("SELECT organization_id, action FROM audit_events WHERE actor_id = 'operator'"),
        json!([{ "organization_id": ada.personal, "action": "operator.user.deleted" }])
    );
    assert_eq!(
        scene.rows("SELECT actor_id, target_id, reason FROM operator_acts"),
        json!([{ "actor_id": "boss", "target_id": "ada", "reason": "asked for by letter" }])
    );
    // The staff is as it was, and nobody else is touched.
    assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM users WHERE deleted_at IS NULL"), json!([{ "n": 2 }]));
    refused(&scene, &boss, "delete-person", body("ada"), 404, "person_not_found");
}

#[test]
fn a_super_admin_alone_deletes_and_nobody_of_the_staff() {
    let (scene, boss, _) = scene();
    let root = staff(&scene, "root", "admin");
    for dry in [false, true] {
        let of = |user: &str| {
            let mut body = body(user);
            body["dryRun"] = dry.into();
            body
        };
        refused(&scene, &root, "delete-person", of("ada"), 403, "forbidden");
        refused(&scene, &boss, "delete-person", of("root"), 409, "staff_account");
        refused(&scene, &boss, "delete-person", of("boss"), 400, "invalid_field");
        refused(&scene, &boss, "delete-person", of("nobody"), 404, "person_not_found");
    }
}

#[test]
fn whoever_is_told_that_stripe_does_not_answer_asks_again_until_it_has() {
    let (scene, boss, ada) = scene();
    scene.set("STRIPE_SECRET_KEY", "sk_test");
    scene.execute(&format!(
        "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
           amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         VALUES ('{}', 'sub_1', 'si', 'price', 'active', 1, 'usd', 'month', 1, 2, 1, 1, 'r')",
        ada.personal
    ));
    scene.reach(Rc::new(StripeOf::answering(500)));
    assert_eq!(act(&scene, &boss, "delete-person", body("ada")).status, 503);
    // when: what is not there at Stripe any more is cancelled
    let stripe = Rc::new(StripeOf::answering(404));
    scene.reach(stripe.clone());
    let reply = act(&scene, &boss, "delete-person", body("ada"));
    // then
    assert_eq!((reply.status, &reply.body["cancelledSubscriptions"]), (200, &1.into()), "{reply:?}");
    assert!(stripe.asked.borrow().iter().any(|asked| asked.contains("sub_1")));
    assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM operator_acts"), json!([{ "n": 1 }]));
}
