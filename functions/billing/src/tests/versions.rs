//! Two versions of a plan side by side: new customers get the newer, existing ones keep theirs, and who is moved stays moved.

use serde_json::json;
use tallygate::{rules::time::Span, testing::invalid};

use super::*;

const VOIP: &str = include_str!("../../../../catalogs/voip.toml");

/// A shop where `professional@2` stands next to `professional`, at its own prices.
fn shop() -> Shop {
    let second = "[[plans]]
id = \"professional@2\"
name = \"Professional\"
audience = \"individual\"
price_month_cents = 24900
seats = 1
concurrent_sessions = 1
stripe_price_month = \"price_professional_2_month\"
[plans.features]
uploads = { limit = 9000, reset = \"calendar_month\" }

[[plans]]
id = \"enterprise\"";
    Shop::on(Scene::with_catalog(&VOIP.replacen("[[plans]]\nid = \"enterprise\"", second, 1)))
}

fn told(shop: &Shop, id: &str, price: &str, status: &str, more: Json) {
    shop.scene.advance(Span(1));
    let state = subscription("sub_1", price, status, more);
    shop.stripe.put("subscriptions/sub_1", state.clone());
    assert_eq!(shop.deliver(&event(id, "customer.subscription.updated", &state)).body["outcome"], "applied");
}

/// As `npm run catalog -- move professional professional@2` does it.
fn moved(shop: &Shop) {
    shop.scene.execute(
        "UPDATE org_subscriptions SET moved_from_plan_id = 'professional', plan_id = 'professional@2' WHERE plan_id = 'professional'",
    );
}

fn plan(shop: &Shop) -> Json {
    let organization = &shop.ada.personal;
    shop.scene.rows(&format!(
        "SELECT plan_id AS plan, moved_from_plan_id AS moved_from, status FROM org_subscriptions WHERE organization_id = '{organization}'"
    ))[0]
        .clone()
}

#[test]
fn only_the_newest_version_is_for_sale_and_whoever_is_on_an_older_one_may_keep_it() {
    // given: somebody on the starter plan
    let shop = shop();
    let plans = shop.scene.send(&FUNCTION, &Request::new("GET", "/plans", [], Body::default())).body;
    let ids: Vec<_> = plans["plans"].as_array().unwrap().iter().map(|plan| &plan["id"]).collect();
    assert_eq!(ids, ["starter", "professional@2", "enterprise"]);
    // when: they ask for the older version, they are told what there is
    for action in ["checkout", "preview", "change-plan"] {
        let expected = invalid("plan", "must be a plan for this organization: starter, professional@2");
        assert_eq!(shop.refusal(&shop.ada, action, json!({"plan": "professional"})), expected, "{action}");
    }
    // and who pays for the older one may go on with it, by the year as well, or take the newer
    told(&shop, "evt_1", "price_professional_month", "active", json!({}));
    let asked = |plan: &str, interval: &str| {
        let body = shop.post(&shop.ada, "preview", json!({"plan": plan, "interval": interval})).body;
        (body["kind"].clone(), body["to"]["priceCents"].clone())
    };
    assert_eq!(asked("professional", "month"), (json!("same"), json!(19_900)));
    assert_eq!(asked("professional", "year"), (json!("upgrade"), json!(218_900)));
    assert_eq!(asked("professional@2", "month"), (json!("upgrade"), json!(24_900)));
    // and once it has ended it is for nobody
    let ended = json!({"ended_at": BEGIN + 10, "canceled_at": BEGIN + 10});
    told(&shop, "evt_2", "price_professional_month", "canceled", ended);
    let expected = invalid("plan", "must be a plan for this organization: starter, professional@2");
    assert_eq!(shop.refusal(&shop.ada, "checkout", json!({"plan": "professional"})), expected);
}

#[test]
fn each_version_is_found_by_its_own_price() {
    let shop = shop();
    told(&shop, "evt_1", "price_professional_month", "active", json!({}));
    assert_eq!(plan(&shop), json!({"plan": "professional", "moved_from": null, "status": "active"}));
    told(&shop, "evt_2", "price_professional_2_month", "active", json!({}));
    assert_eq!(plan(&shop), json!({"plan": "professional@2", "moved_from": null, "status": "active"}));
}

#[test]
fn who_was_moved_stays_moved_while_the_old_price_is_paid() {
    let shop = shop();
    told(&shop, "evt_1", "price_professional_month", "active", json!({}));
    moved(&shop);
    // when: Stripe tells of renewals and of a failed payment, at the price of before
    for (id, status) in [("evt_2", "active"), ("evt_3", "past_due"), ("evt_4", "active")] {
        told(&shop, id, "price_professional_month", status, json!({}));
        assert_eq!(plan(&shop), json!({"plan": "professional@2", "moved_from": "professional", "status": status}));
    }
    // then: another price says again what the plan is
    told(&shop, "evt_5", "price_professional_2_month", "active", json!({}));
    assert_eq!(plan(&shop), json!({"plan": "professional@2", "moved_from": null, "status": "active"}));
    told(&shop, "evt_6", "price_professional_month", "active", json!({}));
    assert_eq!(plan(&shop), json!({"plan": "professional", "moved_from": null, "status": "active"}));
    // and what has ended is what it was, to be read only
    moved(&shop);
    told(
        &shop,
        "evt_7",
        "price_professional_month",
        "canceled",
        json!({"ended_at": BEGIN + 10, "canceled_at": BEGIN + 10}),
    );
    assert_eq!(plan(&shop)["plan"], "professional@2");
}
