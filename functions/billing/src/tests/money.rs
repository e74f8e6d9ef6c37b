//! The public catalog, and the pages of the history.

use serde_json::json;
use tallygate::testing::invalid;

use super::*;

#[test]
fn anybody_sees_the_plans_in_the_order_of_upgrades() {
    // given
    let shop = Shop::new();
    shop.scene.execute(
        "UPDATE plan_prices SET offered = 0 WHERE stripe_price_id = 'price_enterprise_year';
         UPDATE plans SET retired = 1 WHERE id = 'professional'",
    );
    // when
    let reply = shop.scene.send(&FUNCTION, &Request::new("GET", "/plans", [], Body::default()));
    // then
    let uploads =
        |limit: i64| json!([{"kind": "meter", "feature": "uploads", "limit": limit, "reset": "calendar_month"}]);
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true, "message": "2 plans, in the order of upgrades.", "name": "VoIP Accelerator", "currency": "usd",
                "plans": [
                    {"id": "starter", "name": "Starter", "audience": "individual", "position": 0,
                     "priceMonthCents": 9_900, "priceYearCents": 108_900, "annualSavingsCents": 9_900,
                     "canBeBoughtBy": ["month", "year"], "salesContact": "sales@voipaccelerator.com", "seats": 1,
                     "concurrentSessions": 1, "trialDays": 7, "isStart": true, "features": uploads(100)},
                    {"id": "enterprise", "name": "Enterprise", "audience": "team", "position": 2,
                     "priceMonthCents": 49_900, "priceYearCents": 548_900, "annualSavingsCents": 49_900,
                     "canBeBoughtBy": ["month"], "salesContact": "sales@voipaccelerator.com", "seats": 10,
                     "concurrentSessions": -1, "trialDays": 14, "isStart": true, "features": uploads(-1)},
                ],
            })
        )
    );
    assert_eq!(reply.batches, 1);
}

#[test]
fn what_is_paid_is_shown_in_the_currency_that_it_is_paid_in() {
    let shop = Shop::new();
    let mut in_euros = subscription("sub_1", "price_starter_month", "active", json!({"currency": "eur"}));
    in_euros["items"]["data"][0]["price"]["currency"] = json!("eur");
    shop.stripe.put("subscriptions/sub_1", in_euros.clone());
    let currency = || shop.get(&shop.ada, "/history").body["subscription"]["currency"].clone();
    assert_eq!(currency(), "usd");
    shop.deliver(&event("evt_1", "customer.subscription.created", &in_euros));
    assert_eq!(currency(), "eur");
}

#[test]
fn the_history_turns_its_pages() {
    // given: five invoices, two of them of the same second
    let shop = Shop::new();
    for (number, created) in [(1, 10), (2, 20), (3, 20), (4, 30), (5, 40)] {
        let id = format!("in_{number}");
        let paid = invoice(&id, "paid", json!({"created": BEGIN + created, "parent": {}}));
        shop.stripe.put(&format!("invoices/{id}"), paid.clone());
        shop.deliver(&event(&format!("evt_{number}"), "invoice.paid", &paid));
    }
    // when: by the cursor, or as clients did before there was one
    for (next, parameter) in [("nextCursor", "cursor"), ("next", "after")] {
        let mut seen = Vec::new();
        let mut path = "/history?limit=2".to_string();
        loop {
            let page = shop.get(&shop.ada, &path).body;
            let ids =
                page["invoices"].as_array().unwrap().iter().map(|invoice| invoice["id"].as_str().unwrap().to_string());
            seen.push(ids.collect::<Vec<_>>());
            match page[next].as_str() {
                Some(next) => path = format!("/history?limit=2&{parameter}={next}"),
                None => break,
            }
        }
        // then
        assert_eq!(seen, [vec!["in_5", "in_4"], vec!["in_3", "in_2"], vec!["in_1"]], "{parameter}");
    }
    let wrong = shop.get(&shop.ada, "/history?cursor=in_5");
    assert_eq!(wrong.answer(), invalid("cursor", "is of no page of this list"));
    // another tenant has none of it, and cannot page by it
    let bob = shop.scene.sign_up("bob");
    let by_cursor = format!("/history?cursor={}:in_5", shop.scene.now().0);
    for path in ["/history", "/history?after=in_5", by_cursor.as_str()] {
        assert_eq!(shop.get(&bob, path).body["invoices"], json!([]), "{path}");
    }
}

#[test]
fn a_query_is_checked_like_a_body() {
    let shop = Shop::new();
    for limit in ["0", "101", "-1", "2.5", "ten", ""] {
        let reply = shop.get(&shop.ada, &format!("/history?limit={limit}"));
        assert_eq!(reply.answer(), invalid("limit", "must be a whole number from 1 to 100"), "{limit}");
    }
    let twice = shop.get(&shop.ada, "/history?limit=1&limit=2");
    assert_eq!((twice.status, &twice.body["code"]), (400, &json!("invalid_query")));
    assert_eq!(shop.get(&shop.ada, "/history?limit=5&unknown=1").status, 200);
    for (method, path, status) in [
        ("POST", "/history", 405),
        ("GET", "/checkout", 405),
        ("GET", "/", 404),
        ("GET", "/nothing", 404),
        ("GET", "/plans/", 404),
    ] {
        let request = Request::new(method, path, [], Body::default());
        assert_eq!(shop.scene.send(&FUNCTION, &request).status, status, "{method} {path}");
    }
}
