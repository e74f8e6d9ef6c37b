//! What each call sends, to the letter, and what it makes of the answer.

use pollster::block_on;
use serde_json::{json, Value as Json};

use super::{answer, header, Scripted};
use crate::{
    rules::{money::Cents, time::Timestamp},
    stripe::{
        Charged, CheckoutSession, Customer, IdempotencyKey, NewCheckout, NewCustomer, NewInvoiceItem, PhaseDiscount,
        PhaseEnd, PhaseItem, PortalSession, PriceChange, StripeError, API_VERSION,
    },
};

fn key() -> IdempotencyKey {
    IdempotencyKey::new("key-1")
}

fn answering(body: &Json) -> Scripted {
    Scripted::new([answer(200, &body.to_string())])
}

/// Method and path of the only request and its parameters, decoded. Its headers are checked on the way.
fn asked(transport: &Scripted) -> (String, Vec<(String, String)>) {
    let sent = transport.sent.borrow();
    assert_eq!(sent.len(), 1);
    let request = &sent[0];
    let posts = request.method == "POST";
    assert_eq!(header(request, "authorization").as_deref(), Some("Bearer sk_test_1"));
    assert_eq!(header(request, "stripe-version").as_deref(), Some(API_VERSION));
    let expected = posts.then(|| "application/x-www-form-urlencoded".to_string());
    assert_eq!(header(request, "content-type"), expected);
    assert_eq!(header(request, "idempotency-key"), posts.then(|| "key-1".to_string()));
    assert_eq!(request.body.is_some(), posts);
    let address = request.url.strip_prefix("https://api.stripe.com/v1/").unwrap();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let parameters = form_urlencoded::parse(request.body.as_deref().unwrap_or(query).as_bytes());
    (format!("{} {path}", request.method), parameters.into_owned().collect())
}

fn parameters(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

fn subscription() -> Json {
    json!({
        "id": "sub_1", "customer": "cus_1", "status": "active", "created": 1_700_000_000,
        "items": {"data": [{"id": "si_1", "quantity": 1, "current_period_start": 1_700_000_000,
            "current_period_end": 1_702_592_000,
            "price": {"id": "price_1", "unit_amount": 2900, "currency": "eur", "recurring": {"interval": "month"}}}]},
    })
}

#[test]
fn a_subscription_that_is_past_due_is_so_since_its_first_unpaid_invoice() {
    let past_due = Json::Object(
        subscription()
            .as_object()
            .cloned()
            .into_iter()
            .flatten()
            .chain([("status".to_string(), json!("past_due"))])
            .collect(),
    );
    let invoice = |id: &str, status: &str, paid: i64, created: i64| {
        json!({"id": id, "status": status, "currency": "eur", "subtotal": 2900, "total": 2900, "amount_due": 2900, "amount_paid": paid,
               "created": created, "status_transitions": {"finalized_at": created + 60}})
    };
    let list = json!({"object": "list", "data": [
        invoice("in_5", "draft", 0, 1_700_000_500), invoice("in_4", "open", 0, 1_700_000_400), invoice("in_3", "uncollectible", 0, 1_700_000_300),
        invoice("in_2", "paid", 2900, 1_700_000_200), invoice("in_1", "open", 0, 1_700_000_100),
    ]});
    let transport = Scripted::new([answer(200, &past_due.to_string()), answer(200, &list.to_string())]);
    let found = block_on(transport.stripe().subscription("sub_1")).unwrap();
    assert_eq!(found.past_due_since(), Some(Timestamp(1_700_000_360_000)));
    assert_eq!(transport.sent.borrow()[1].url, "https://api.stripe.com/v1/invoices?subscription=sub_1&limit=100");
}

#[test]
fn a_customer() {
    let transport = answering(&json!({"id": "cus_1", "object": "customer"}));
    let customer = NewCustomer { organization_id: "org_1", name: "Ada & Söhne", email: Some("a+b@example.com") };
    let made = block_on(transport.stripe().create_customer(&customer, &key()));
    assert_eq!(made, Ok(Customer { id: "cus_1".into(), email: None }));
    assert_eq!(
        transport.sent.borrow()[0].body.as_deref(),
        Some("name=Ada+%26+S%C3%B6hne&email=a%2Bb%40example.com&metadata%5Borganization_id%5D=org_1"),
    );
    assert_eq!(asked(&transport).0, "POST customers");
}

#[test]
fn a_checkout_session() {
    let transport = answering(&json!({"id": "cs_1", "url": "https://checkout.stripe.com/c/1"}));
    let checkout = NewCheckout {
        customer: "cus_1",
        organization_id: "org_1",
        price: "price_1",
        success_url: "https://app.example.com/done?session={CHECKOUT_SESSION_ID}&ok=1",
        cancel_url: "https://app.example.com/pricing",
        trial_end: Some(Timestamp(1_700_000_000_999)),
    };
    let made = block_on(transport.stripe().create_checkout_session(&checkout, &key()));
    assert_eq!(made, Ok(CheckoutSession { id: "cs_1".into(), url: "https://checkout.stripe.com/c/1".into() }));
    let expected = [
        ("mode", "subscription"),
        ("customer", "cus_1"),
        ("client_reference_id", "org_1"),
        ("line_items[0][price]", "price_1"),
        ("line_items[0][quantity]", "1"),
        ("success_url", "https://app.example.com/done?session={CHECKOUT_SESSION_ID}&ok=1"),
        ("cancel_url", "https://app.example.com/pricing"),
        ("subscription_data[metadata][organization_id]", "org_1"),
        ("subscription_data[trial_end]", "1700000000"),
        ("allow_promotion_codes", "true"),
    ];
    assert_eq!(asked(&transport), ("POST checkout/sessions".to_string(), parameters(&expected)));

    let transport = answering(&json!({"id": "cs_1", "url": null}));
    let without_trial = NewCheckout { trial_end: None, ..checkout };
    let made = block_on(transport.stripe().create_checkout_session(&without_trial, &key()));
    assert_eq!(made, Err(StripeError::Broken("checkout session without url".into())));
    assert!(asked(&transport).1.iter().all(|(name, _)| !name.contains("trial")));
}

#[test]
fn a_portal_session() {
    let transport = answering(&json!({"id": "bps_1", "url": "https://billing.stripe.com/p/1"}));
    let made = block_on(transport.stripe().create_portal_session("cus_1", "https://app.example.com/", &key()));
    assert_eq!(made, Ok(PortalSession { url: "https://billing.stripe.com/p/1".into() }));
    let expected = parameters(&[("customer", "cus_1"), ("return_url", "https://app.example.com/")]);
    assert_eq!(asked(&transport), ("POST billing_portal/sessions".to_string(), expected));
}

#[test]
fn a_subscription_comes_with_its_latest_invoice() {
    let transport = answering(&subscription());
    let found = block_on(transport.stripe().subscription("sub_1")).unwrap();
    let item = &found.items[0];
    assert_eq!((&*found.id, &*item.price, item.amount_cents), ("sub_1", "price_1", 2_900));
    let expected = parameters(&[("expand[]", "latest_invoice")]);
    assert_eq!(asked(&transport), ("GET subscriptions/sub_1".to_string(), expected));
}

#[test]
fn an_id_is_not_a_path() {
    for id in ["", ".", "..", "../customers", "sub_1/discount", "sub_1?x=1", "sub 1", "süb", &"x".repeat(300)] {
        let transport = Scripted::default();
        assert!(matches!(block_on(transport.stripe().subscription(id)), Err(StripeError::NotFound)), "{id}");
        assert!(matches!(block_on(transport.stripe().cancel_now(id)), Err(StripeError::NotFound)), "{id}");
        assert!(transport.sent.borrow().is_empty());
    }
}

#[test]
fn another_price_at_once() {
    for (charged, how) in [
        (
            Charged::Prorated(Timestamp(1_701_000_000_000)),
            [("proration_behavior", "always_invoice"), ("proration_date", "1701000000")],
        ),
        (Charged::EndingTrial, [("proration_behavior", "none"), ("trial_end", "now")]),
    ] {
        let transport = answering(&subscription());
        let change = PriceChange {
            subscription: "sub_1",
            item: "si_1",
            price: "price_2",
            charged,
            metadata: &[("organization_id", "org_1"), ("plan", "pro")],
        };
        assert_eq!(block_on(transport.stripe().change_price(&change, &key())).unwrap().id, "sub_1");
        let mut expected =
            vec![("items[0][id]", "si_1"), ("items[0][price]", "price_2"), ("payment_behavior", "error_if_incomplete")];
        expected.extend(how);
        expected.extend([
            ("metadata[organization_id]", "org_1"),
            ("metadata[plan]", "pro"),
            ("expand[]", "latest_invoice"),
        ]);
        assert_eq!(asked(&transport), ("POST subscriptions/sub_1".to_string(), parameters(&expected)));
    }
}

#[test]
fn cancelling_and_resuming() {
    for (cancel, text) in [(true, "true"), (false, "false")] {
        let transport = answering(&subscription());
        block_on(transport.stripe().set_cancel_at_period_end("sub_1", cancel, &key())).unwrap();
        let expected = parameters(&[("cancel_at_period_end", text), ("expand[]", "latest_invoice")]);
        assert_eq!(asked(&transport), ("POST subscriptions/sub_1".to_string(), expected));
    }
}

#[test]
fn an_end_with_a_date_is_taken_back_by_itself() {
    let mut dated = subscription();
    dated["cancel_at"] = json!(1_702_592_000);
    let goes_on = subscription();
    let transport = Scripted::new([&dated, &goes_on].map(|body| answer(200, &body.to_string())));
    let resumed = block_on(transport.stripe().set_cancel_at_period_end("sub_1", false, &key())).unwrap();
    assert_eq!(resumed.cancel_at, None);
    let sent = transport.sent.borrow();
    assert_eq!(sent[1].body.as_deref(), Some("cancel_at=&expand%5B%5D=latest_invoice"));
    let keys = sent.iter().map(|request| request.headers.iter().find(|(name, _)| *name == "idempotency-key"));
    let keys: Vec<_> = keys.flatten().map(|(_, key)| key).collect();
    assert_ne!(keys[0], keys[1], "another request needs another key");
}

#[test]
fn cancelling_now_and_what_is_gone_already() {
    let gone = json!({"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "No such"}});
    for (status, body) in [(200, subscription()), (404, gone)] {
        let transport = Scripted::new([answer(status, &body.to_string())]);
        assert_eq!(block_on(transport.stripe().cancel_now("sub_1")), Ok(()));
        assert_eq!(asked(&transport), ("DELETE subscriptions/sub_1".to_string(), Vec::new()));
    }
    let transport = Scripted::new([answer(404, "404: Not BatchRows")]);
    let outcome = block_on(transport.stripe().cancel_now("sub_1"));
    assert!(matches!(outcome, Err(StripeError::Unavailable(_))), "another server's page is no proof: {outcome:?}");
}

#[test]
fn a_downgrade_at_the_periods_end() {
    let schedule = json!({
        "id": "sub_sched_1", "status": "active", "subscription": "sub_1",
        "phases": [{"start_date": 1_700_000_000, "end_date": 1_702_592_000, "trial_end": 1_701_000_000,
            "items": [{"price": "price_2", "plan": "price_2", "quantity": 3, "tax_rates": [{"id": "txr_1"}, "txr_2"],
                "discounts": [{"coupon": {"id": "co_1"}, "discount": null, "promotion_code": null}]}],
            "discounts": [{"coupon": null, "discount": "di_1", "promotion_code": null}],
            "default_tax_rates": [{"id": "txr_3", "object": "tax_rate"}]}],
    });
    let transport = answering(&schedule);
    let made = block_on(transport.stripe().create_schedule("sub_1", &key())).unwrap();
    assert_eq!((&*made.id, made.subscription.as_deref()), ("sub_sched_1", Some("sub_1")));
    let [phase] = &made.phases[..] else { panic!("{made:?}") };
    assert_eq!((phase.start, phase.end), (Timestamp(1_700_000_000_000), Timestamp(1_702_592_000_000)));
    let item = PhaseItem {
        price: "price_2".into(),
        quantity: Some(3),
        discounts: vec![PhaseDiscount { kind: "coupon", id: "co_1".into() }],
        tax_rates: vec!["txr_1".into(), "txr_2".into()],
    };
    assert_eq!(phase.items, [item]);
    assert_eq!(phase.discounts, [PhaseDiscount { kind: "discount", id: "di_1".into() }]);
    let expected = parameters(&[("from_subscription", "sub_1")]);
    assert_eq!(asked(&transport), ("POST subscription_schedules".to_string(), expected));

    let transport = answering(&schedule);
    let phases = phase.followed_by("price_2", "price_1", "year");
    assert_eq!(phases[1].end, PhaseEnd::AfterOne("year".into()));
    block_on(transport.stripe().update_schedule("sub_sched_1", &phases, &key())).unwrap();
    let expected = [
        ("end_behavior", "release"),
        ("proration_behavior", "none"),
        ("phases[0][start_date]", "1700000000"),
        ("phases[0][end_date]", "1702592000"),
        ("phases[0][trial_end]", "1701000000"),
        ("phases[0][proration_behavior]", "none"),
        ("phases[0][items][0][price]", "price_2"),
        ("phases[0][items][0][quantity]", "3"),
        ("phases[0][items][0][discounts][0][coupon]", "co_1"),
        ("phases[0][items][0][tax_rates][0]", "txr_1"),
        ("phases[0][items][0][tax_rates][1]", "txr_2"),
        ("phases[0][discounts][0][discount]", "di_1"),
        ("phases[0][default_tax_rates][0]", "txr_3"),
        ("phases[1][duration][interval]", "year"),
        ("phases[1][duration][interval_count]", "1"),
        ("phases[1][proration_behavior]", "none"),
        ("phases[1][items][0][price]", "price_1"),
        ("phases[1][items][0][quantity]", "3"),
        ("phases[1][items][0][discounts][0][coupon]", "co_1"),
        ("phases[1][items][0][tax_rates][0]", "txr_1"),
        ("phases[1][items][0][tax_rates][1]", "txr_2"),
        ("phases[1][discounts][0][discount]", "di_1"),
        ("phases[1][default_tax_rates][0]", "txr_3"),
    ];
    assert_eq!(asked(&transport), ("POST subscription_schedules/sub_sched_1".to_string(), parameters(&expected)));
}

#[test]
fn a_downgrade_taken_back() {
    let transport = answering(&json!({"id": "sub_sched_1", "status": "released", "subscription": null, "phases": []}));
    let released = block_on(transport.stripe().release_schedule("sub_sched_1", &key())).unwrap();
    assert_eq!((released.status.as_deref(), released.subscription), (Some("released"), None));
    assert_eq!(asked(&transport), ("POST subscription_schedules/sub_sched_1/release".to_string(), Vec::new()));
}

#[test]
fn an_invoice_and_the_invoice_of_a_payment() {
    let transport = answering(&json!({
        "id": "in_1", "status": "paid", "currency": "eur", "subtotal": 1, "total": 1, "amount_due": 1,
        "created": 1_700_000_000,
    }));
    assert_eq!(block_on(transport.stripe().invoice("in_1")).unwrap().status, "paid");
    assert_eq!(asked(&transport), ("GET invoices/in_1".to_string(), Vec::new()));

    for (body, found) in [
        (json!({"object": "list", "data": [{"id": "inpay_1", "invoice": "in_1"}]}), Some("in_1")),
        (json!({"object": "list", "data": [{"id": "inpay_1", "invoice": {"id": "in_1"}}]}), Some("in_1")),
        (json!({"object": "list", "data": []}), None),
        (json!({}), None),
    ] {
        let transport = answering(&body);
        let invoice = block_on(transport.stripe().invoice_of_payment_intent("pi_1")).unwrap();
        assert_eq!(invoice.as_deref(), found);
        let expected = [("payment[type]", "payment_intent"), ("payment[payment_intent]", "pi_1"), ("limit", "1")];
        assert_eq!(asked(&transport), ("GET invoice_payments".to_string(), parameters(&expected)));
    }
}

#[test]
fn an_invoice_item() {
    let transport = answering(&json!({"id": "ii_1", "object": "invoiceitem", "invoice": null}));
    let item = NewInvoiceItem {
        customer: "cus_1",
        amount: Cents(401),
        currency: "usd",
        description: "minutes beyond the plan: 50",
        mark: "org_1:minutes:1:0",
        organization_id: "org_1",
        period_start: Timestamp(1_700_000_000_999),
        period_end: Timestamp(1_702_592_000_000),
        invoice: Some("in_1"),
    };
    let made = block_on(transport.stripe().create_invoice_item(&item, &key())).unwrap();
    assert_eq!((made.id.as_str(), made.invoice), ("ii_1", None));
    let expected = parameters(&[
        ("customer", "cus_1"),
        ("amount", "401"),
        ("currency", "usd"),
        ("description", "minutes beyond the plan: 50"),
        ("discountable", "false"),
        ("period[start]", "1700000000"),
        ("period[end]", "1702592000"),
        ("metadata[tallygate_line]", "org_1:minutes:1:0"),
        ("metadata[organization_id]", "org_1"),
        ("invoice", "in_1"),
    ]);
    assert_eq!(asked(&transport), ("POST invoiceitems".to_string(), expected));
}

/// A page of items of the second `date`, each with its id for a mark.
fn page_of_items(ids: &[&str], date: i64, has_more: bool) -> Result<crate::transport::Incoming, String> {
    let items =
        ids.iter().map(|id| json!({"id": id, "date": date, "metadata": {"tallygate_line": format!("mark of {id}")}}));
    answer(200, &json!({"object": "list", "data": items.collect::<Vec<_>>(), "has_more": has_more}).to_string())
}

#[test]
fn an_item_is_looked_for_page_by_page_until_they_are_too_old() {
    let since = Timestamp(1_700_000_000_000);
    for (pages, found, calls) in [
        (
            vec![page_of_items(&["ii_3", "ii_2"], 1_700_000_009, true), page_of_items(&["ii_1"], 1_600_000_000, true)],
            Some("ii_1"),
            2,
        ),
        (vec![page_of_items(&["ii_3"], 1_700_000_009, true), page_of_items(&["ii_2"], 1_699_999_999, true)], None, 2),
        (vec![page_of_items(&["ii_3"], 1_700_000_009, false)], None, 1),
        (vec![page_of_items(&[], 0, false)], None, 1),
    ] {
        let transport = Scripted::new(pages);
        let item = block_on(transport.stripe().invoice_item_marked("cus_1", "mark of ii_1", since)).unwrap();
        assert_eq!(item.map(|item| item.id).as_deref(), found);
        let urls: Vec<_> = transport.sent.borrow().iter().map(|request| request.url.clone()).collect();
        let asked = ["https://api.stripe.com/v1/invoiceitems?customer=cus_1&limit=100"].map(str::to_string);
        assert_eq!(urls[..1], asked);
        assert_eq!(urls.len(), calls);
        assert!(urls.iter().skip(1).all(|url| url.contains("&starting_after=ii_")), "{urls:?}");
        assert!(transport.is_at_its_end());
    }
    let endless = Scripted::new((0..20).map(|_| page_of_items(&["ii_9"], 1_700_000_009, true)));
    let lost = block_on(endless.stripe().invoice_item_marked("cus_1", "mark of ii_1", since));
    assert!(matches!(lost, Err(StripeError::Broken(_))), "{lost:?}");
}

#[test]
fn an_invoice_of_what_waits() {
    let transport = answering(
        &json!({"id": "in_1", "status": "draft", "currency": "usd", "subtotal": 1, "total": 1, "amount_due": 1, "created": 1}),
    );
    let made = block_on(transport.stripe().invoice_what_waits("cus_1", "usd", &key())).unwrap();
    assert_eq!(made.id, "in_1");
    let expected = parameters(&[
        ("customer", "cus_1"),
        ("currency", "usd"),
        ("auto_advance", "true"),
        ("collection_method", "charge_automatically"),
        ("pending_invoice_items_behavior", "include"),
    ]);
    assert_eq!(asked(&transport), ("POST invoices".to_string(), expected));
}
