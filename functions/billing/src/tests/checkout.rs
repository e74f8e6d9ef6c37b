//! The first payment: who may open it, for what, and that one organization is one customer.

use serde_json::json;
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused, refused_with},
};

use super::*;

fn open(shop: &Shop) {
    shop.stripe.answer("checkout/sessions", 200, json!({"id": "cs_1", "url": "https://checkout.stripe.test/cs_1"}));
    shop.stripe.answer("customers", 200, json!({"id": "cus_new"}));
}

fn posted(shop: &Shop) -> Vec<(String, BTreeMap<String, String>)> {
    let posted = shop.stripe.posted.borrow();
    let form = |body: &str| form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    posted.iter().map(|(path, body)| (path.clone(), form(body))).collect()
}

#[test]
fn a_known_customer_gets_the_page_in_one_batch() {
    // given
    let shop = Shop::new();
    open(&shop);
    // when
    let body = json!({"plan": "professional", "interval": "year", "successPath": "/thanks?plan=1"});
    let reply = shop.post(&shop.ada, "checkout", body);
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({"success": true, "message": "The checkout is open: send the browser to its address.",
                   "url": "https://checkout.stripe.test/cs_1", "checkoutSessionId": "cs_1", "plan": "professional",
                   "interval": "year", "trialEndsAt": null})
        )
    );
    assert_eq!(reply.batches, 1);
    let form = |members: &[(&str, &str)]| {
        members.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(
        posted(&shop),
        [(
            "/v1/checkout/sessions".to_string(),
            form(&[
                ("mode", "subscription"),
                ("customer", "cus_ada"),
                ("client_reference_id", &shop.ada.personal),
                ("line_items[0][price]", "price_professional_year"),
                ("line_items[0][quantity]", "1"),
                ("success_url", "https://app.example.com/thanks?plan=1"),
                ("cancel_url", "https://app.example.com/billing?checkout=canceled"),
                ("subscription_data[metadata][organization_id]", &shop.ada.personal),
                ("allow_promotion_codes", "true"),
            ])
        )]
    );
}

#[test]
fn a_new_customer_is_made_and_kept_before_the_page_is_opened() {
    let shop = Shop::new();
    open(&shop);
    shop.scene.execute("DELETE FROM billing_customers");
    let reply = shop.post(&shop.ada, "checkout", json!({"plan": "professional"}));
    assert_eq!((reply.status, reply.batches), (200, 2));
    let paths = posted(&shop).into_iter().map(|(path, form)| (path, form.get("customer").cloned())).collect::<Vec<_>>();
    assert_eq!(
        paths,
        [("/v1/customers".to_string(), None), ("/v1/checkout/sessions".to_string(), Some("cus_new".to_string()))]
    );
    assert_eq!(
        shop.scene.rows("SELECT organization_id, stripe_customer_id FROM billing_customers"),
        json!([{"organization_id": shop.ada.personal, "stripe_customer_id": "cus_new"}])
    );
}

#[test]
fn the_rest_of_a_trial_is_kept_for_its_own_plan_alone() {
    let shop = Shop::new();
    open(&shop);
    // seven days of starter, of which five are left
    shop.scene.advance(Span::days(2));
    let starter = shop.post(&shop.ada, "checkout", json!({"plan": "starter"}));
    assert_eq!(starter.body["trialEndsAt"], "2026-03-17T12:00:00.000Z");
    assert_eq!(posted(&shop)[0].1["subscription_data[trial_end]"], (BEGIN + 7 * DAY).to_string());
    let other = shop.post(&shop.ada, "checkout", json!({"plan": "professional"}));
    assert_eq!(other.body["trialEndsAt"], Json::Null);
    // Stripe takes none that ends within two days, counted from when it is asked
    shop.scene.set_clock("2026-03-15T11:59:30.000Z");
    let late = shop.post(&shop.ada, "checkout", json!({"plan": "starter"}));
    assert_eq!((late.status, &late.body["trialEndsAt"]), (200, &Json::Null));
}

#[test]
fn plans_of_the_other_audience_and_prices_are_no_plans() {
    let shop = Shop::new();
    let problem = "must be a plan for this organization: starter, professional";
    for plan in ["enterprise", "price_starter_month", "no-such-plan", "STARTER"] {
        assert_eq!(shop.refusal(&shop.ada, "checkout", json!({"plan": plan})), invalid("plan", problem), "{plan}");
    }
    let owner = shop.scene.sign_up("owner");
    shop.scene.team("acme", &owner);
    let problem = "must be a plan for this organization: enterprise";
    assert_eq!(shop.refusal(&owner, "checkout", json!({"plan": "starter"})), invalid("plan", problem));
    assert_eq!(shop.refusal(&shop.ada, "checkout", json!({})), invalid("plan", "is required"));
    let interval = invalid("interval", "must be `month` or `year`");
    assert_eq!(shop.refusal(&shop.ada, "checkout", json!({"plan": "starter", "interval": "week"})), interval);
}

#[test]
fn nobody_is_sent_elsewhere_after_paying() {
    let shop = Shop::new();
    let problem = "must be a path of the product that begins with one slash";
    for path in
        ["https://evil.example", "//evil.example", "/\\evil.example", "thanks", "/a b", "javascript:alert(1)", ""]
    {
        let body = json!({"plan": "starter", "successPath": path});
        assert_eq!(shop.refusal(&shop.ada, "checkout", body), invalid("successPath", problem), "{path}");
        let body = json!({"returnPath": path});
        assert_eq!(shop.refusal(&shop.ada, "portal", body), invalid("returnPath", problem), "{path}");
    }
}

#[test]
fn there_is_no_second_subscription_beside_a_running_one() {
    let shop = Shop::new();
    open(&shop);
    let bought = subscription("sub_1", "price_starter_month", "active", json!({}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    shop.deliver(&event("evt_1", "customer.subscription.created", &bought));
    let expected = refused_with(
        409,
        "already_subscribed",
        "There is a Starter subscription already; change its plan instead.",
        json!({"plan": "starter", "interval": "month"}),
    );
    assert_eq!(shop.refusal(&shop.ada, "checkout", json!({"plan": "professional"})), expected);
    // after its end there is
    shop.scene.advance(Span::seconds(1));
    let ended = json!({"ended_at": BEGIN, "canceled_at": BEGIN});
    let ended = subscription("sub_1", "price_starter_month", "canceled", ended);
    shop.stripe.put("subscriptions/sub_1", ended.clone());
    shop.deliver(&event("evt_2", "customer.subscription.deleted", &ended));
    assert_eq!(shop.post(&shop.ada, "checkout", json!({"plan": "professional"})).status, 200);
}

#[test]
fn what_is_not_sold_names_whom_to_talk_to() {
    let shop = Shop::new();
    shop.scene.execute("UPDATE plan_prices SET offered = 0 WHERE stripe_price_id = 'price_starter_year'");
    assert_eq!(
        shop.refusal(&shop.ada, "checkout", json!({"plan": "starter", "interval": "year"})),
        refused_with(
            409,
            "plan_not_for_sale",
            "The Starter plan cannot be bought by the year here. Write to sales@voipaccelerator.com.",
            json!({"salesContact": "sales@voipaccelerator.com"})
        )
    );
}

#[test]
fn owners_pay_and_admins_where_the_catalog_lets_them() {
    let shop = Shop::new();
    open(&shop);
    let people = ["owner", "admin", "member", "viewer"].map(|role| (role, shop.scene.sign_up(role)));
    shop.scene.team("acme", &people[0].1);
    for (role, person) in &people[1..] {
        shop.scene.member("acme", person, role);
    }
    shop.scene.execute("UPDATE org_subscriptions SET status = 'incomplete' WHERE organization_id = 'acme'");
    let body = json!({"plan": "enterprise"});
    for (role, person) in &people[1..] {
        let expected = refused(403, "forbidden", "Only an owner may do this.");
        assert_eq!(shop.refusal(person, "checkout", body.clone()), expected, "{role}");
    }
    shop.scene.execute("UPDATE catalog_settings SET admins_may_bill = 1");
    let statuses = people.each_ref().map(|(_, person)| shop.post(person, "checkout", body.clone()).status);
    assert_eq!(statuses, [200, 200, 403, 403]);
    // one team, one customer, whoever of them came first
    assert_eq!(posted(&shop).iter().filter(|(path, _)| path == "/v1/customers").count(), 1);
}

#[test]
fn without_a_key_or_an_answer_nothing_happens() {
    let shop = Shop::new();
    shop.stripe.is_down.set(true);
    let sentence = "Stripe cannot be reached right now; nothing was changed, try again.";
    let expected = refused(503, "provider_unavailable", sentence);
    assert_eq!(shop.refusal(&shop.ada, "checkout", json!({"plan": "starter"})), expected);
    assert_eq!(shop.refusal(&shop.ada, "portal", json!({})), expected);
    shop.scene.set("STRIPE_SECRET_KEY", " ");
    let expected = refused(503, "not_configured", "This is not set up yet.");
    assert_eq!(shop.refusal(&shop.ada, "checkout", json!({"plan": "starter"})), expected);
}

#[test]
fn the_portal_is_for_who_has_paid_before() {
    let shop = Shop::new();
    shop.stripe.answer("billing_portal/sessions", 200, json!({"url": "https://portal.stripe.test/1"}));
    let reply = shop.post(&shop.ada, "portal", json!({}));
    assert_eq!((reply.status, &reply.body["url"], reply.batches), (200, &json!("https://portal.stripe.test/1"), 1));
    assert_eq!(posted(&shop)[0].1["return_url"], "https://app.example.com/billing");
    let bob = shop.scene.sign_up("bob");
    assert_eq!(
        shop.refusal(&bob, "portal", json!({})),
        refused(409, "no_billing_account", "Nothing was ever paid here; start with a checkout.")
    );
}

fn no_such_customer() -> Json {
    json!({"error": {"type": "invalid_request_error", "code": "resource_missing", "param": "customer",
                     "message": "No such customer: 'cus_ada'"}})
}

#[test]
fn a_customer_who_was_deleted_at_stripe_is_let_go() {
    // given: the message about it never came
    let shop = Shop::new();
    shop.stripe.answer("billing_portal/sessions", 400, no_such_customer());
    let reply = shop.post(&shop.ada, "portal", json!({}));
    assert_eq!((reply.status, &reply.body["code"]), (409, &json!("no_billing_account")));
    assert_eq!(shop.scene.rows("SELECT * FROM billing_customers"), json!([]));
    assert_eq!(shop.scene.audit()[0]["action"], "billing.customer_deleted");
    // then the next checkout makes a new one
    open(&shop);
    assert_eq!(shop.post(&shop.ada, "checkout", json!({"plan": "starter"})).status, 200);
    assert_eq!(shop.scene.rows("SELECT stripe_customer_id FROM billing_customers")[0]["stripe_customer_id"], "cus_new");
}

#[test]
fn a_checkout_of_a_deleted_customer_makes_another_one_under_another_key() {
    let shop = Shop::new();
    open(&shop);
    shop.stripe.answer("checkout/sessions", 400, no_such_customer());
    let reply = shop.post(&shop.ada, "checkout", json!({"plan": "starter"}));
    // Stripe refuses the second one, too, in this scene; but by then another customer is kept.
    assert_eq!((reply.status, &reply.body["code"]), (409, &json!("provider_refused")));
    let sent = posted(&shop);
    let paths: Vec<_> = sent.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["/v1/checkout/sessions", "/v1/customers", "/v1/checkout/sessions"]);
    assert_eq!((sent[0].1["customer"].as_str(), sent[2].1["customer"].as_str()), ("cus_ada", "cus_new"));
    assert_eq!(shop.scene.rows("SELECT stripe_customer_id FROM billing_customers")[0]["stripe_customer_id"], "cus_new");
}

#[test]
fn nothing_is_bought_for_an_organization_whose_people_have_plans_of_their_own() {
    let shop = Shop::new();
    let bought = subscription("sub_1", "price_starter_month", "active", json!({"cancel_at_period_end": true}));
    shop.stripe.put("subscriptions/sub_1", bought.clone());
    shop.scene.advance(Span(1));
    shop.deliver(&event("evt_1", "customer.subscription.updated", &bought));
    let moved = |state: &str| {
        shop.scene.execute(&format!(
            "DELETE FROM moved_organizations;
             INSERT INTO moved_organizations (organization_id, plan_id, status, state, people, moved_at, request_id)
             VALUES ('{}', 'starter', 'active', '{state}', 1, 1, 'r')",
            shop.ada.personal
        ));
    };
    let expected = refused(
        409,
        "organization_moved",
        "The people of this organization have plans of their own now; it ends with what is paid for.",
    );
    moved("moved");
    for (action, body) in [
        ("checkout", json!({"plan": "starter"})),
        ("resume", json!({})),
        ("change-plan", json!({"plan": "professional"})),
    ] {
        assert_eq!(shop.refusal(&shop.ada, action, body), expected, "{action}");
    }
    assert!(shop.stripe.posted.borrow().is_empty(), "Stripe was asked");
    // What was taken back goes on.
    moved("rolled_back");
    shop.stripe.answer("subscriptions/sub_1", 200, subscription("sub_1", "price_starter_month", "active", json!({})));
    assert_eq!(shop.post(&shop.ada, "resume", json!({})).status, 200);
}
