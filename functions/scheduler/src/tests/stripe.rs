//! A Stripe of invoice items and invoices, kept in memory, that loses answers when it is told to.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use serde_json::{json, Value as Json};
use tallygate::{
    testing::Scene,
    transport::{Incoming, Outgoing, Pending, Transport},
};

/// What becomes of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never arrives.
    Unheard,
    /// It is done, and the answer is lost.
    AnswerLost,
}

/// A call is given up after four tries; so many of the next one fail, too.
const TRIES: u32 = 8;

#[derive(Default)]
pub struct FakeStripe {
    pub items: RefCell<Vec<Json>>,
    pub invoices: RefCell<Vec<Json>>,
    pub subscriptions: RefCell<BTreeMap<String, Json>>,
    /// Customers that are there no more.
    pub gone: RefCell<Vec<String>>,
    /// The addresses that customers were given, one after the other.
    pub emails: RefCell<Vec<(String, String)>>,
    /// What any creation is refused with.
    pub refuses: RefCell<Option<Json>>,
    /// Whether what is read is refused with a 400.
    pub refuses_to_read: Cell<bool>,
    /// Customers that are there, beside those that have items.
    pub customers: RefCell<Vec<String>>,
    /// What is named so in a call gets no answer.
    pub silent_about: RefCell<Option<&'static str>>,
    /// How many of its lines an invoice is told with; `None`: all.
    pub lines_with_an_invoice: Cell<Option<usize>>,
    /// Every call: method and path.
    pub calls: RefCell<Vec<String>>,
    /// So many calls pass before the fault.
    fault: Cell<Option<(u32, Fault)>>,
    faulty_tries: Cell<u32>,
    keys: RefCell<BTreeMap<String, (String, Json)>>,
    meanwhile: RefCell<Option<Box<dyn FnOnce()>>>,
}

impl FakeStripe {
    /// Behind a scene, whose settings name it.
    pub fn behind(scene: &Scene) -> Rc<Self> {
        let stripe = Rc::new(Self::default());
        scene.reach(stripe.clone());
        scene.set("STRIPE_SECRET_KEY", "sk_test_1");
        scene.set("STRIPE_API_URL", "https://stripe.test");
        stripe
    }

    /// Another one that knows the same.
    pub fn copied(&self) -> Rc<Self> {
        Rc::new(Self {
            items: self.items.clone(),
            invoices: self.invoices.clone(),
            subscriptions: self.subscriptions.clone(),
            gone: self.gone.clone(),
            customers: self.customers.clone(),
            keys: self.keys.clone(),
            ..Self::default()
        })
    }

    /// After so many calls the next one goes wrong, however often it is tried.
    pub fn fails_after(&self, calls: u32, fault: Fault) {
        self.fault.set(Some((calls, fault)));
        self.faulty_tries.set(TRIES);
    }

    /// Runs once while the next answer is on its way.
    pub fn meanwhile(&self, work: impl FnOnce() + 'static) {
        self.meanwhile.replace(Some(Box::new(work)));
    }

    /// Stripe forgets idempotency keys after a day.
    pub fn forget_keys(&self) {
        self.keys.borrow_mut().clear();
    }

    /// Amount and description of each item.
    pub fn charged(&self) -> Vec<(i64, String)> {
        let items = self.items.borrow();
        let of = |item: &Json| (item["amount"].as_i64().unwrap(), item["description"].as_str().unwrap().to_string());
        items.iter().map(of).collect()
    }

    /// An invoice that Stripe makes by itself, in dollars, of what waits in these.
    pub fn invoice(&self, id: &str, customer: &str, status: &str) {
        self.invoice_in("usd", id, customer, status);
    }

    fn invoice_in(&self, currency: &str, id: &str, customer: &str, status: &str) {
        let mut lines = Vec::new();
        for item in self.items.borrow_mut().iter_mut() {
            if item["customer"] == customer && item["invoice"].is_null() && item["currency"] == currency {
                item["invoice"] = json!(id);
                lines.push(json!({"parent": {"invoice_item_details": {"invoice_item": item["id"]}}}));
            }
        }
        lines.truncate(self.lines_with_an_invoice.get().unwrap_or(lines.len()));
        self.invoices.borrow_mut().push(json!({
            "id": id, "object": "invoice", "customer": customer, "status": status, "currency": currency, "subtotal": 0, "total": 0,
            "amount_due": 0, "created": 1, "lines": {"data": lines},
        }));
    }

    fn answered(&self, request: &Outgoing) -> Result<Incoming, String> {
        let path = request.url.trim_start_matches("https://stripe.test/v1/");
        self.calls.borrow_mut().push(format!("{} {path}", request.method));
        let fault = match self.fault.get() {
            Some((0, fault)) => {
                self.faulty_tries.set(self.faulty_tries.get() - 1);
                if self.faulty_tries.get() == 0 {
                    self.fault.set(None);
                }
                Some(fault)
            }
            Some((calls, fault)) => {
                self.fault.set(Some((calls - 1, fault)));
                None
            }
            None => None,
        };
        let named = |name: &&str| request.body.as_ref().is_some_and(|body| body.contains(*name));
        if fault == Some(Fault::Unheard) || self.silent_about.borrow().as_ref().is_some_and(named) {
            return Err("connection refused".to_string());
        }
        let (status, body) = self.done(request, path);
        if fault == Some(Fault::AnswerLost) {
            return Err("connection reset".to_string());
        }
        Ok(Incoming { status, headers: Vec::new(), body: body.to_string() })
    }

    fn done(&self, request: &Outgoing, path: &str) -> (u16, Json) {
        let body = request.body.clone().unwrap_or_default();
        let key = request.headers.iter().find(|(name, _)| *name == "idempotency-key").map(|(_, key)| key.clone());
        if let Some((known, answer)) = key.as_ref().and_then(|key| self.keys.borrow().get(key).cloned()) {
            return match known == body {
                true => (200, answer),
                false => refusal("idempotency_error", "other parameters", None),
            };
        }
        let answer = self.worked(request.method, path, &body);
        if let (200, Some(key)) = (answer.0, key) {
            self.keys.borrow_mut().insert(key, (body, answer.1.clone()));
        }
        answer
    }

    fn worked(&self, method: &str, path: &str, body: &str) -> (u16, Json) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let fields: BTreeMap<String, String> = form(if method == "GET" { query } else { body });
        let missing = || refusal("invalid_request_error", "No such customer", Some("customer"));
        if method == "GET" && self.refuses_to_read.get() {
            return refusal("invalid_request_error", "No such API version", None);
        }
        if method == "POST" {
            if let Some(error) = self.refuses.borrow().clone() {
                return (400, json!({ "error": error }));
            }
            if fields.get("customer").is_some_and(|customer| self.gone.borrow().contains(customer)) {
                return missing();
            }
        }
        let found = |kind: &RefCell<Vec<Json>>, id: &str| kind.borrow().iter().find(|one| one["id"] == id).cloned();
        let one = match (method, path.split_once('/')) {
            ("POST", None) if path == "invoiceitems" => Some(self.new_item(&fields)),
            ("POST", None) if path == "invoices" => {
                let id = format!("in_{}", self.invoices.borrow().len() + 1);
                // The currency of a customer is dollars.
                self.invoice_in(
                    fields.get("currency").map_or("usd", String::as_str),
                    &id,
                    &fields["customer"],
                    "draft",
                );
                found(&self.invoices, &id)
            }
            ("GET", None) if path == "invoices" => Some(json!({"object": "list", "data": *self.invoices.borrow()})),
            ("GET", None) if path == "invoiceitems" => {
                let items = self.items.borrow();
                let of: Vec<_> =
                    items.iter().rev().filter(|item| item["customer"] == fields["customer"].as_str()).collect();
                Some(json!({"object": "list", "data": of, "has_more": false}))
            }
            ("GET", Some(("invoiceitems", id))) => found(&self.items, id),
            ("GET", Some(("invoices", id))) => found(&self.invoices, id),
            ("DELETE", Some(("subscriptions", id))) => {
                let mut subscriptions = self.subscriptions.borrow_mut();
                let subscription = subscriptions.get_mut(id).filter(|one| one["status"] != "canceled");
                subscription.map(|subscription| {
                    subscription["status"] = json!("canceled");
                    subscription["ended_at"] = json!(1_775_469_600);
                    subscription.clone()
                })
            }
            ("DELETE", Some(("customers", id))) => {
                self.gone.borrow_mut().push(id.to_string());
                Some(json!({"id": id, "object": "customer", "deleted": true}))
            }
            ("POST", Some(("customers", id))) => {
                self.emails.borrow_mut().push((id.to_string(), fields["email"].clone()));
                Some(json!({"id": id, "object": "customer"}))
            }
            ("GET", Some(("customers", id))) if self.gone.borrow().iter().any(|gone| gone == id) => {
                Some(json!({"id": id, "object": "customer", "deleted": true}))
            }
            ("GET", Some(("customers", id))) => {
                self.customers.borrow().iter().any(|known| known == id).then(|| json!({"id": id, "object": "customer"}))
            }
            ("GET", Some(("subscriptions", id))) => self.subscriptions.borrow().get(id).cloned(),
            _ => None,
        };
        let gone = || (404, json!({"error": {"type": "invalid_request_error", "message": "No such object"}}));
        one.map_or_else(gone, |one| (200, one))
    }

    fn new_item(&self, fields: &BTreeMap<String, String>) -> Json {
        let mut items = self.items.borrow_mut();
        let item = json!({
            "id": format!("ii_{}", items.len() + 1), "object": "invoiceitem", "customer": fields["customer"],
            "amount": fields["amount"].parse::<i64>().unwrap(), "currency": fields["currency"], "description": fields["description"],
            "date": 1_700_000_000, "invoice": fields.get("invoice"), "discountable": fields["discountable"] == "true",
            "metadata": {"tallygate_line": fields["metadata[tallygate_line]"], "organization_id": fields["metadata[organization_id]"]},
            "period": {"start": fields["period[start]"].parse::<i64>().unwrap(), "end": fields["period[end]"].parse::<i64>().unwrap()},
        });
        items.push(item.clone());
        item
    }
}

fn refusal(kind: &str, message: &str, param: Option<&str>) -> (u16, Json) {
    (
        400,
        json!({"error": {"type": kind, "code": param.map(|_| "resource_missing"), "message": message, "param": param}}),
    )
}

/// `a=b&c%5Bd%5D=e+f`, as forms are sent.
fn form(text: &str) -> BTreeMap<String, String> {
    let plain = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            let (byte, taken) = match first {
                b'+' => (b' ', 0),
                b'%' => (u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap(), 2),
                other => (*other, 0),
            };
            bytes.push(byte);
            rest = &after[taken..];
        }
        String::from_utf8(bytes).unwrap()
    };
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (plain(name), plain(value))).collect()
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
