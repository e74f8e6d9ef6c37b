//! What is shown of closed periods, of the invoices that their overage is on, and of what was disputed.

use super::*;

/// As the scheduler leaves a line.
fn line(shop: &Shop, start: i64, feature: &str, correction: i64, cents: i64, more: &str) {
    shop.scene.execute(&format!(
        "INSERT INTO usage_summaries (organization_id, period_start, feature, correction, period_end, plan_id, quantity, units, overage_units,
           overage_cents, currency, closed_at, request_id, state, is_open, reason, stripe_invoice_item_id, billed_at)
         VALUES ('{}', {}, '{feature}', {correction}, {}, 'starter', 700, 12, 2, {cents}, 'usd', 1, 'r', {more})",
        shop.ada.personal,
        start * 1_000,
        (start + 30 * DAY) * 1_000
    ));
}

#[test]
fn closed_periods_are_shown_with_their_lines_and_where_these_are_paid() {
    // given
    let shop = Shop::new();
    line(&shop, BEGIN - 60 * DAY, "uploads", 0, 30, "'carried', 1, 'below_minimum', NULL, NULL");
    line(&shop, BEGIN - 30 * DAY, "minutes", 0, 400, "'billed', 1, NULL, 'ii_1', 5");
    line(&shop, BEGIN - 30 * DAY, "minutes", 1, 100, "'billed', 1, NULL, 'ii_2', 5");
    line(&shop, BEGIN - 30 * DAY, "uploads", 0, 0, "'nothing', 0, NULL, NULL, NULL");
    shop.stripe.put("subscriptions/sub_1", subscription("sub_1", "price_starter_month", "active", json!({})));
    let lines = json!({"data": [
        {"id": "il_1", "period": {"start": BEGIN, "end": BEGIN + 30 * DAY}},
        {"id": "il_2", "period": {"start": 1, "end": 2}, "parent": {"invoice_item_details": {"invoice_item": "ii_1"}}},
    ]});
    // when: the invoice is made, and is void at last
    let made = invoice("in_1", "draft", json!({"lines": lines}));
    shop.stripe.put("invoices/in_1", made.clone());
    shop.deliver(&event("evt_1", "invoice.created", &made));
    let voided = invoice("in_1", "void", json!({"lines": lines}));
    shop.stripe.put("invoices/in_1", voided.clone());
    shop.deliver(&event("evt_2", "invoice.voided", &voided));
    // then
    let shown = |feature: &str,
                 cents: i64,
                 is_correction: bool,
                 state: &str,
                 reason: Option<&str>,
                 item: Option<&str>,
                 is_void: bool| {
        json!({"feature": feature, "used": 12, "overageUnits": 2, "overageCents": cents, "isCorrection": is_correction, "state": state,
               "reason": reason, "invoiceItem": item, "invoice": is_void.then_some("in_1"), "invoiceStatus": is_void.then_some("void")})
    };
    let history = shop.get(&shop.ada, "/history").body;
    assert_eq!(
        history["periods"],
        json!([
            {"periodStart": "2026-02-08T12:00:00.000Z", "periodEnd": "2026-03-10T12:00:00.000Z", "currency": "usd", "totalCents": 500, "lines": [
                shown("minutes", 400, false, "billed", None, Some("ii_1"), true),
                shown("minutes", 100, true, "billed", None, Some("ii_2"), false),
            ]},
            {"periodStart": "2026-01-09T12:00:00.000Z", "periodEnd": "2026-02-08T12:00:00.000Z", "currency": "usd", "totalCents": 30, "lines": [
                shown("uploads", 30, false, "carried", Some("below_minimum"), None, false),
            ]},
        ])
    );
    let open =
        shop.scene.rows("SELECT stripe_invoice_item_id AS item FROM usage_summaries WHERE is_open = 1 ORDER BY 1");
    assert_eq!(open, json!([{"item": null}, {"item": "ii_2"}]));
}

#[test]
fn an_invoice_of_another_customer_takes_nobody_s_items() {
    let shop = Shop::new();
    line(&shop, BEGIN - 30 * DAY, "minutes", 0, 400, "'billed', 1, NULL, 'ii_1', 5");
    let bob = shop.scene.sign_up("bob");
    shop.customer(&bob.personal, "cus_bob");
    let lines = json!({"data": [{"id": "il_1", "parent": {"invoice_item_details": {"invoice_item": "ii_1"}}}]});
    let other = invoice("in_2", "open", json!({"customer": "cus_bob", "parent": null, "lines": lines}));
    shop.stripe.put("invoices/in_2", other.clone());
    assert_eq!(shop.deliver(&event("evt_1", "invoice.finalized", &other)).body["outcome"], "applied");
    assert_eq!(shop.scene.rows("SELECT stripe_invoice_id AS invoice FROM usage_summaries"), json!([{"invoice": null}]));
}

#[test]
fn a_disputed_invoice_is_shown_as_it_stands_by_the_latest_message() {
    // given
    let shop = Shop::new();
    shop.stripe.put("subscriptions/sub_1", subscription("sub_1", "price_starter_month", "active", json!({})));
    let paid = invoice("in_1", "paid", json!({}));
    shop.stripe.put("invoices/in_1", paid.clone());
    shop.deliver(&event("evt_1", "invoice.paid", &paid));
    let charge = |id: &str, intent: Json| json!({"id": id, "customer": "cus_ada", "payment_intent": intent, "amount": 9_900, "amount_refunded": 0, "currency": "usd", "created": BEGIN});
    shop.stripe.put("charges/ch_1", charge("ch_1", json!("pi_1")));
    shop.stripe.put("charges/ch_2", charge("ch_2", Json::Null));
    shop.stripe.put("invoice_payments", json!({"data": [{"id": "inpay_1", "invoice": "in_1"}]}));
    let said = |id: &str, kind: &str, dispute: &str, charge: &str, status: &str, at: i64| {
        let object = json!({"id": dispute, "object": "dispute", "charge": charge, "amount": 5_000, "currency": "usd", "reason": "fraudulent",
                            "status": status, "created": BEGIN});
        let mut told = event(id, kind, &object);
        told["created"] = json!(at);
        assert_eq!(shop.deliver(&told).body["outcome"], "applied");
    };
    // when: the last message comes first
    said("evt_3", "charge.dispute.closed", "dp_1", "ch_1", "lost", BEGIN + 9);
    said("evt_2", "charge.dispute.created", "dp_1", "ch_1", "needs_response", BEGIN + 1);
    said("evt_4", "charge.dispute.created", "dp_2", "ch_2", "needs_response", BEGIN + 2);
    // then
    let history = shop.get(&shop.ada, "/history").body;
    let shown = |id: &str, charge: &str, status: &str| {
        json!({"id": id, "chargeId": charge, "status": status, "reason": "fraudulent", "currency": "usd", "disputedCents": 5_000,
               "disputedAt": "2026-03-10T12:00:00.000Z"})
    };
    assert_eq!(history["invoices"][0]["disputes"], json!([shown("dp_1", "ch_1", "lost")]));
    assert_eq!(history["otherDisputes"], json!([shown("dp_2", "ch_2", "needs_response")]));
}
