//! Billing against a Stripe that is a table of answers: what becomes of what Stripe says, in any order.

mod change;
mod checkout;
mod events;
mod money;
mod order;
mod overage;
mod versions;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use hmac::{Hmac, Mac};
use serde_json::{json, Value as Json};
use sha2::Sha256;
use tallygate::{
    http::{Body, Request},
    testing::{Person, Scene, TestReply},
    transport::{Incoming, Outgoing, Pending, Transport},
};

use crate::FUNCTION;

const SECRET: &str = "whsec_of_tests";
/// 2026-03-10T12:00:00Z, when every scene begins, in seconds.
const BEGIN: i64 = 1_773_144_000;
const DAY: i64 = 86_400;

/// Stripe as a table: objects by their path, what was posted, and what a post is answered with.
#[derive(Default)]
struct FakeStripe {
    objects: RefCell<BTreeMap<String, Json>>,
    posted: RefCell<Vec<(String, String)>>,
    answers: RefCell<BTreeMap<String, (u16, Json)>>,
    is_down: Cell<bool>,
    /// Runs once while an answer is on its way.
    meanwhile: RefCell<Option<Box<dyn FnOnce()>>>,
}

impl FakeStripe {
    fn put(&self, path: &str, object: Json) {
        self.objects.borrow_mut().insert(format!("/v1/{path}"), object);
    }

    fn answer(&self, path: &str, status: u16, body: Json) {
        self.answers.borrow_mut().insert(format!("/v1/{path}"), (status, body));
    }

    fn answered(&self, request: &Outgoing) -> Result<Incoming, String> {
        if self.is_down.get() {
            return Err("connection refused".to_string());
        }
        let path = request.url.trim_start_matches("https://stripe.test");
        let path = path.split('?').next().unwrap_or(path);
        let (status, body) = match request.method {
            // All that there are, the newest first: each test has one subscription.
            "GET" if path == "/v1/invoices" => {
                let objects = self.objects.borrow();
                let invoices = objects.iter().filter(|(path, _)| path.starts_with("/v1/invoices/"));
                let mut data: Vec<_> = invoices.map(|(_, invoice)| invoice.clone()).collect();
                data.sort_by_key(|invoice| std::cmp::Reverse(invoice["created"].as_i64()));
                Some((200, json!({"object": "list", "data": data})))
            }
            "GET" => self.objects.borrow().get(path).map(|object| (200, object.clone())),
            _ => {
                let body = request.body.clone().unwrap_or_default();
                self.posted.borrow_mut().push((path.to_string(), body));
                self.answers.borrow().get(path).cloned()
            }
        }
        .unwrap_or((404, json!({"error": {"type": "invalid_request_error", "message": "No such object"}})));
        Ok(Incoming { status, headers: Vec::new(), body: body.to_string() })
    }
}

impl Transport for FakeStripe {
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
        let answer = self.answered(request);
        let meanwhile = self.meanwhile.borrow_mut().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        Box::pin(std::future::ready(answer))
    }

    fn wait_up_to(&self, _milliseconds: u32) -> Pending<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// A product with Stripe behind it, and an organization that is the customer `cus_ada`.
struct Shop {
    scene: Rc<Scene>,
    stripe: Rc<FakeStripe>,
    ada: Person,
}

impl Shop {
    fn new() -> Self {
        Self::on(Scene::new())
    }

    fn on(scene: Scene) -> Self {
        let stripe = Rc::new(FakeStripe::default());
        scene.reach(stripe.clone());
        scene.set("STRIPE_SECRET_KEY", "sk_test_1");
        scene.set("STRIPE_API_URL", "https://stripe.test");
        scene.set("STRIPE_WEBHOOK_SECRET", SECRET);
        for plan in ["starter", "professional", "enterprise"] {
            for interval in ["month", "year"] {
                scene.execute(&format!(
                    "INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered)
                     VALUES ('price_{plan}_{interval}', '{plan}', '{interval}', 1)"
                ));
            }
        }
        let ada = scene.sign_up("ada");
        let shop = Self { scene: Rc::new(scene), stripe, ada };
        shop.customer(&shop.ada.personal, "cus_ada");
        shop
    }

    /// Makes an organization known to Stripe.
    fn customer(&self, organization: &str, customer: &str) {
        self.scene.execute(&format!(
            "INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at)
             VALUES ('{organization}', '{customer}', 1)"
        ));
    }

    fn post(&self, person: &Person, action: &str, body: Json) -> TestReply {
        let mut request = self.scene.post(Some(person), &[], body.to_string().into_bytes());
        request.path = format!("/{action}");
        self.scene.send(&FUNCTION, &request)
    }

    fn get(&self, person: &Person, path: &str) -> TestReply {
        let headers = [("Authorization".to_string(), format!("Bearer {}", self.scene.token(person)))];
        self.scene.send(&FUNCTION, &Request::new("GET", path, headers, Body::default()))
    }

    /// A `POST` that must be refused and change nothing.
    fn refusal(&self, person: &Person, action: &str, body: Json) -> (u16, Json) {
        let before = self.scene.everything();
        let reply = self.post(person, action, body);
        assert!(reply.status >= 400, "was not refused: {reply:?}");
        self.scene.assert_unchanged(&before);
        reply.answer()
    }

    /// Delivers an event as Stripe does.
    fn deliver(&self, event: &Json) -> TestReply {
        deliver(&self.scene, event)
    }

    /// What an organization is on.
    fn held(&self, organization: &str) -> Json {
        self.scene.rows(&format!(
            "SELECT plan_id, status, billing_interval, current_period_start / 1000 AS start, current_period_end / 1000 AS end,
               trial_ends_at / 1000 AS trial, past_due_since / 1000 AS due, stripe_subscription_id AS stripe,
               cancel_at / 1000 AS cancel, pending_plan_id AS pending
             FROM org_subscriptions WHERE organization_id = '{organization}'"
        ))[0]
            .clone()
    }
}

fn deliver(scene: &Scene, event: &Json) -> TestReply {
    let body = event.to_string();
    let seconds = scene.now().0 / 1_000;
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{seconds}.{body}").as_bytes());
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = [("Stripe-Signature".to_string(), format!("t={seconds},v1={signature}"))];
    let request = Request::new("POST", "/webhook", headers, Body::Bytes(body.into_bytes()));
    scene.send(&FUNCTION, &request)
}

/// A subscription at Stripe, in the newest shape; `more` replaces members.
fn subscription(id: &str, price: &str, status: &str, more: Json) -> Json {
    let interval = if price.ends_with("year") { "year" } else { "month" };
    let amount = match price {
        "price_starter_month" => 9_900,
        "price_professional_month" => 19_900,
        "price_enterprise_month" => 49_900,
        _ => 108_900,
    };
    let mut object = json!({
        "id": id, "object": "subscription", "customer": "cus_ada", "status": status, "currency": "usd",
        "items": {"data": [{
            "id": format!("si_{id}"), "quantity": 1,
            "current_period_start": BEGIN, "current_period_end": BEGIN + 30 * DAY,
            "price": {"id": price, "unit_amount": amount, "currency": "usd", "recurring": {"interval": interval}},
        }]},
        "created": BEGIN, "start_date": BEGIN, "trial_end": null, "cancel_at_period_end": false, "cancel_at": null,
        "canceled_at": null, "ended_at": null, "schedule": null, "metadata": {}, "latest_invoice": null,
    });
    let Json::Object(more) = more else { panic!("members") };
    for (name, value) in more {
        object[name] = value;
    }
    object
}

fn invoice(id: &str, status: &str, more: Json) -> Json {
    let mut object = json!({
        "id": id, "object": "invoice", "customer": "cus_ada", "status": status, "number": null, "currency": "usd",
        "billing_reason": "subscription_create", "subtotal": 9_900, "total": 9_900, "amount_due": 9_900,
        "amount_paid": if status == "paid" { 9_900 } else { 0 }, "attempt_count": 1, "created": BEGIN,
        "period_start": BEGIN, "period_end": BEGIN + 30 * DAY, "status_transitions": {},
        "parent": {"subscription_details": {"subscription": "sub_1"}}, "lines": {"data": []},
    });
    let Json::Object(more) = more else { panic!("members") };
    for (name, value) in more {
        object[name] = value;
    }
    object
}

fn event(id: &str, kind: &str, object: &Json) -> Json {
    json!({
        "id": id, "object": "event", "type": kind, "created": BEGIN, "api_version": "2026-10-28.endive",
        "livemode": false, "data": {"object": object},
    })
}
