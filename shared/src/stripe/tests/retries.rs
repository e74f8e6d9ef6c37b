//! When Stripe is asked again, and when not.

use pollster::block_on;

use super::{answer, answer_with, header, Scripted, Sent};
use crate::stripe::{Customer, IdempotencyKey, NewCustomer, Refused, Stripe, StripeError};

const FOUND: &str = r#"{"id": "cus_1"}"#;

fn no_connection() -> Sent {
    Err("The operation was aborted due to timeout".to_string())
}

fn create(transport: &Scripted) -> Result<Customer, StripeError> {
    let customer = NewCustomer { organization_id: "org_1", name: "Ada", email: None };
    block_on(transport.stripe().create_customer(&customer, &IdempotencyKey::new("customer-org_1")))
}

fn error(kind: &str, message: &str) -> String {
    serde_json::json!({"error": {"type": kind, "message": message}}).to_string()
}

#[test]
fn what_may_pass_is_asked_again_under_the_same_key() {
    for trouble in [
        answer(429, &error("invalid_request_error", "Too many requests")),
        answer(409, &error("idempotency_error", "in use")),
        answer(500, "{}"),
        answer(502, "<html>Bad gateway</html>"),
        answer(503, ""),
        no_connection(),
        answer_with(400, &[("stripe-should-retry", "true")], "{}"),
    ] {
        let transport = Scripted::new([trouble.clone(), trouble, answer(200, FOUND)]);
        assert_eq!(create(&transport), Ok(Customer { id: "cus_1".into(), email: None }));
        let sent = transport.sent.borrow();
        assert_eq!(sent.len(), 3);
        assert!(sent.iter().all(|request| *request == sent[0]), "the same request again");
        assert_eq!(header(&sent[0], "idempotency-key").as_deref(), Some("customer-org_1"));
        assert_eq!(*transport.waits.borrow(), [500, 1_000]);
    }
}

#[test]
fn after_four_attempts_it_is_unavailable() {
    let transport = Scripted::new([
        no_connection(),
        answer(503, ""),
        answer(429, ""),
        answer_with(500, &[("request-id", "req_1")], &error("api_error", "Sorry")),
    ]);
    assert_eq!(create(&transport), Err(StripeError::Unavailable("500 (req_1) Sorry".into())));
    assert!(transport.is_at_its_end());
    assert_eq!(*transport.waits.borrow(), [500, 1_000, 2_000], "none after the last");

    let transport = Scripted::new([no_connection(), no_connection(), no_connection(), no_connection()]);
    let cause = "The operation was aborted due to timeout".to_string();
    assert_eq!(create(&transport), Err(StripeError::Unavailable(cause)));
}

#[test]
fn an_attempt_has_ten_seconds() {
    let transport = Scripted::new([answer(200, FOUND)]);
    create(&transport).unwrap();
    assert_eq!(transport.sent.borrow()[0].timeout_ms, 10_000);
}

#[test]
fn a_refusal_is_final() {
    for status in [400, 402, 403, 404, 424] {
        let transport = Scripted::new([answer(status, &error("invalid_request_error", "No"))]);
        assert!(create(&transport).is_err());
        assert_eq!(transport.sent.borrow().len(), 1, "{status}");
        assert!(transport.waits.borrow().is_empty());
    }
}

#[test]
fn stripe_may_say_that_asking_again_is_in_vain() {
    for status in [409, 429, 500] {
        let answers = [answer_with(status, &[("stripe-should-retry", "false")], &error("api_error", "Saved"))];
        let transport = Scripted::new(answers);
        assert_eq!(create(&transport), Err(StripeError::Unavailable(format!("{status} Saved"))));
    }
}

#[test]
fn retry_after_is_granted_up_to_five_seconds() {
    for (asked, waited) in [("0", 500), ("2", 2_000), ("5", 5_000), ("6", 5_000), ("4294967295", 5_000)] {
        let transport = Scripted::new([answer_with(429, &[("retry-after", asked)], ""), answer(200, FOUND)]);
        create(&transport).unwrap();
        assert_eq!(*transport.waits.borrow(), [waited], "{asked}");
    }
    for nonsense in ["", "-1", "soon", "Sat, 21 Nov 2026 07:28:00 GMT"] {
        let transport = Scripted::new([answer_with(503, &[("retry-after", nonsense)], ""), answer(200, FOUND)]);
        create(&transport).unwrap();
        assert_eq!(*transport.waits.borrow(), [500], "{nonsense}");
    }
}

#[test]
fn a_declined_card_has_a_sentence_for_the_payer() {
    let body = r#"{"error": {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds",
        "message": "Your card has insufficient funds.", "param": "", "charge": "ch_1"}}"#;
    let refused = create(&Scripted::new([answer(402, body)])).unwrap_err();
    assert_eq!(
        refused,
        StripeError::Refused(Box::new(Refused {
            status: 402,
            kind: "card_error".into(),
            code: Some("card_declined".into()),
            decline_code: Some("insufficient_funds".into()),
            message: "Your card has insufficient funds.".into(),
            param: None,
        }))
    );
    assert_eq!(refused.for_payer(), Some("Your card has insufficient funds."));
    assert_eq!(
        refused.cause(),
        "Stripe refuses: 402 Your card has insufficient funds. (card_error, card_declined, insufficient_funds)"
    );
}

#[test]
fn everything_else_is_for_the_log_alone() {
    for (status, body) in [
        (400, error("invalid_request_error", "No such price: 'price_1'")),
        (400, error("idempotency_error", "Keys for idempotent requests can only be used with the same parameters")),
        (401, error("invalid_request_error", "Invalid API Key provided: sk_test_***1")),
        (404, error("invalid_request_error", "No such customer")),
        (200, "<html>".to_string()),
    ] {
        assert_eq!(create(&Scripted::new([answer(status, &body)])).unwrap_err().for_payer(), None);
    }
}

#[test]
fn what_stripe_does_not_know_and_whom_it_does_not_know() {
    let missing = error("invalid_request_error", "No such customer: 'cus_1'");
    assert_eq!(create(&Scripted::new([answer(404, &missing)])), Err(StripeError::NotFound));
    for status in [401, 403] {
        let key = error("invalid_request_error", "Invalid API Key");
        let outcome = create(&Scripted::new([answer(status, &key)]));
        assert_eq!(outcome, Err(StripeError::Unauthorized(format!("{status} Invalid API Key"))));
    }
}

#[test]
fn an_answer_that_is_not_stripes_is_broken_where_it_says_yes_and_none_where_it_says_no() {
    let page = format!("<html>\n <title>Hello</title>{}</html>", "ä".repeat(1_000));
    for (status, body) in [
        (200, ""),
        (200, "{\"id\": \"cus_1\""),
        (200, "[]"),
        (200, "null"),
        (200, "{}"),
        (200, "{\"id\": 1}"),
        (200, &page),
        (204, ""),
        (302, "{\"error\": {}}"),
        (400, "{\"error\": \"no\"}"),
        (404, "404: Not BatchRows"),
        (404, &page),
        (402, "{}"),
    ] {
        let outcome = create(&Scripted::new([answer(status, body)]));
        let cause = match outcome {
            Err(StripeError::Broken(cause)) if status < 300 => cause,
            Err(StripeError::Unavailable(cause)) if status >= 300 => cause,
            _ => panic!("{status} {body}: {outcome:?}"),
        };
        assert!(cause.chars().count() < 250, "{cause}");
    }
}

#[test]
fn where_stripe_is_and_whether_we_have_a_key() {
    let transport = Scripted::new([answer(200, FOUND)]);
    let configured = |key: Option<&str>, address: Option<&str>| {
        let variable = |name: &str| match name {
            "STRIPE_SECRET_KEY" => key.map(str::to_string),
            "STRIPE_API_URL" => address.map(str::to_string),
            _ => None,
        };
        Stripe::configured(variable, &transport)
    };
    assert!(configured(None, Some("http://localhost:8420")).is_none());
    assert!(configured(Some(" \n"), None).is_none());
    let stripe = configured(Some("sk_test_2\n"), Some("http://localhost:8420/")).unwrap();
    let customer = NewCustomer { organization_id: "org_1", name: "Ada", email: None };
    block_on(stripe.create_customer(&customer, &IdempotencyKey::new("k"))).unwrap();
    assert_eq!(transport.sent.borrow()[0].url, "http://localhost:8420/v1/customers");
    assert_eq!(transport.headers("authorization"), [Some("Bearer sk_test_2".to_string())]);
}

#[test]
fn any_text_makes_a_key_that_a_header_can_carry() {
    assert_eq!(IdempotencyKey::new("customer-org_1").as_str(), "customer-org_1");
    let long = "x".repeat(256);
    for text in ["", "two words", "line\nbreak", "Ünïcode", &*long] {
        let key = IdempotencyKey::new(text);
        assert!(key.as_str().starts_with("sha256-") && key.as_str().len() == 71, "{key:?}");
        assert_eq!(key, IdempotencyKey::new(text));
    }
    assert_ne!(IdempotencyKey::new("a b"), IdempotencyKey::new("a  b"));
}
