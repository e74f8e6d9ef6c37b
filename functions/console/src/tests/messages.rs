use std::rc::Rc;

use serde_json::{json, Value as Json};
use tallygate::testing::{Person, Scene};

use super::{act, get, refused, staff, StripeOf};

/// Seconds, as Stripe counts.
const DAY: i64 = 86_400;

fn subscription(scene: &Scene) -> Json {
    let now = scene.now().0 / 1_000;
    json!({
        "id": "sub_1", "object": "subscription", "customer": "cus_ada", "status": "active", "start_date": now - DAY, "created": now - DAY,
        "cancel_at": null, "cancel_at_period_end": false, "ended_at": null, "trial_end": null,
        "items": {"object": "list", "data": [{
            "id": "si_1", "quantity": 1, "current_period_start": now - DAY, "current_period_end": now + 29 * DAY,
            "price": {"id": "price_1", "unit_amount": 4_900, "currency": "usd", "recurring": {"interval": "month"}},
        }]},
    })
}

/// A message about ada's subscription, whose price the catalog does not know yet.
fn scene() -> (Scene, Person, Person, Rc<StripeOf>) {
    let scene = Scene::new();
    let root = staff(&scene, "root", "admin");
    let ada = scene.sign_up("ada");
    scene.set("STRIPE_SECRET_KEY", "sk_test_1");
    let object = subscription(&scene);
    let stripe =
        StripeOf { objects: [("/subscriptions/sub_1".to_string(), object.clone())].into(), ..StripeOf::answering(404) };
    let stripe = Rc::new(stripe);
    scene.reach(stripe.clone());
    let kept = json!({
        "id": "evt_1", "object": "event", "type": "customer.subscription.updated", "created": scene.now().0 / 1_000 - 60,
        "data": {"object": object},
    });
    scene.execute(&format!(
        "INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('{}', 'cus_ada', 1);
         INSERT INTO webhook_inbox (provider, event_id, event_type, outcome, organization_id, payload, happened_at, received_at, request_id)
         VALUES ('stripe', 'evt_1', 'customer.subscription.updated', 'unknown_price', '{}', '{kept}', 1, 2, 'r')",
        ada.personal, ada.personal
    ));
    (scene, root, ada, stripe)
}

fn body() -> Json {
    json!({ "message": "evt_1", "reason": "the catalog knows the price now" })
}

fn held(scene: &Scene, ada: &Person) -> Json {
    scene.rows(&format!(
        "SELECT plan_id AS plan, stripe_subscription_id AS stripe FROM org_subscriptions WHERE organization_id = '{}'",
        ada.personal
    ))[0]
        .clone()
}

#[test]
fn a_message_is_taken_in_again_as_stripe_has_it_now() {
    let (scene, root, ada, stripe) = scene();
    scene.execute(
        "INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES ('price_1', 'professional', 'month', 1)",
    );
    // when
    let reply = act(&scene, &root, "redeliver-message", body());
    // then
    assert_eq!((reply.status, &reply.body["outcome"]), (200, &"applied".into()), "{reply:?}");
    assert_eq!(reply.body["act"]["before"], json!({ "kept": true, "outcome": "unknown_price" }));
    assert_eq!(held(&scene, &ada), json!({ "plan": "professional", "stripe": "sub_1" }));
    assert_eq!(stripe.asked.borrow().len(), 1);
    assert_eq!(get(&scene, &root, "inbox").body["messages"], json!([]));
    assert_eq!(
        scene.rows("SELECT actor_id, action, target_id, is_applied FROM operator_acts"),
        json!([{ "actor_id": "root", "action": "message.redelivered", "target_id": "evt_1", "is_applied": 1 }])
    );
    // and once more there is nothing
    refused(&scene, &root, "redeliver-message", body(), 404, "message_not_found");
}

#[test]
fn what_can_not_be_applied_yet_is_kept_and_said() {
    let (scene, root, ada, _) = scene();
    let before = held(&scene, &ada);
    let reply = act(&scene, &root, "redeliver-message", body());
    assert_eq!((reply.status, &reply.body["outcome"]), (200, &"unknown_price".into()), "{reply:?}");
    assert_eq!(held(&scene, &ada), before);
    assert_eq!(get(&scene, &root, "inbox").body["messages"].as_array().unwrap().len(), 1);
}

#[test]
fn where_stripe_does_not_answer_nothing_is_written_down() {
    let (scene, root, _, _) = scene();
    scene.reach(Rc::new(StripeOf::answering(500)));
    refused(&scene, &root, "redeliver-message", body(), 503, "provider_unavailable");
}

#[test]
fn what_is_not_kept_can_not_be_taken_in_again() {
    let (scene, root, _, _) = scene();
    for provider in ["clerk", "supabase"] {
        let mut body = body();
        body["provider"] = provider.into();
        let said = refused(&scene, &root, "redeliver-message", body, 409, "not_kept");
        assert!(said["message"].as_str().unwrap().contains("send it again"), "{said}");
    }
    let mut other = body();
    other["provider"] = "paypal".into();
    refused(&scene, &root, "redeliver-message", other, 400, "invalid_field");
    let nothing = json!({ "message": "evt_2", "reason": "to see" });
    refused(&scene, &root, "redeliver-message", nothing, 404, "message_not_found");
    scene.execute("UPDATE webhook_inbox SET payload = '{}'");
    refused(&scene, &root, "redeliver-message", body(), 409, "not_kept");
    scene.execute("UPDATE webhook_inbox SET outcome = 'gone'");
    refused(&scene, &root, "redeliver-message", body(), 409, "gone");
}
