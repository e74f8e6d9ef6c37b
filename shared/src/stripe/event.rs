//! What a webhook tells: that something happened, and what it was about at that time.

use serde_json::{json, Value as Json};

use super::{invoice, object::Object, Charge, Invoice, StripeError, Subscription};
use crate::rules::{text::without_byte_order_mark, time::Timestamp};

/// An event whose signature was checked. Events come in any order and more than once.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: String,
    pub kind: EventKind,
    /// Stripe's `type`, also where we do not know it.
    pub name: String,
    pub created: Timestamp,
    /// What it is about, as it was then.
    pub object: Json,
    /// It is about a change of an address.
    changes_email: bool,
}

/// The events that mean something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    CheckoutSessionCompleted,
    /// A payment that takes days has come, or has not.
    CheckoutAsyncPaymentSucceeded,
    CheckoutAsyncPaymentFailed,
    CheckoutSessionExpired,
    SubscriptionCreated,
    SubscriptionUpdated,
    SubscriptionDeleted,
    SubscriptionTrialWillEnd,
    SubscriptionPaused,
    SubscriptionResumed,
    InvoiceCreated,
    InvoiceFinalized,
    InvoicePaid,
    InvoicePaymentFailed,
    InvoiceVoided,
    /// The payer has to confirm it with their bank.
    InvoicePaymentActionRequired,
    InvoiceMarkedUncollectible,
    CustomerDeleted,
    ChargeRefunded,
    /// The payer's bank asks for a charge back, or has decided whether it is given.
    DisputeCreated,
    DisputeClosed,
    CustomerUpdated,
    Unknown,
}

impl EventKind {
    /// The known kinds with Stripe's names: the events to be ticked at the webhook's endpoint.
    pub const KNOWN: [(Self, &'static str); 22] = [
        (Self::CheckoutSessionCompleted, "checkout.session.completed"),
        (Self::CheckoutAsyncPaymentSucceeded, "checkout.session.async_payment_succeeded"),
        (Self::CheckoutAsyncPaymentFailed, "checkout.session.async_payment_failed"),
        (Self::CheckoutSessionExpired, "checkout.session.expired"),
        (Self::CustomerDeleted, "customer.deleted"),
        (Self::InvoicePaymentActionRequired, "invoice.payment_action_required"),
        (Self::InvoiceMarkedUncollectible, "invoice.marked_uncollectible"),
        (Self::SubscriptionCreated, "customer.subscription.created"),
        (Self::SubscriptionUpdated, "customer.subscription.updated"),
        (Self::SubscriptionDeleted, "customer.subscription.deleted"),
        (Self::SubscriptionTrialWillEnd, "customer.subscription.trial_will_end"),
        (Self::SubscriptionPaused, "customer.subscription.paused"),
        (Self::SubscriptionResumed, "customer.subscription.resumed"),
        (Self::InvoiceCreated, "invoice.created"),
        (Self::InvoiceFinalized, "invoice.finalized"),
        (Self::InvoicePaid, "invoice.paid"),
        (Self::InvoicePaymentFailed, "invoice.payment_failed"),
        (Self::InvoiceVoided, "invoice.voided"),
        (Self::ChargeRefunded, "charge.refunded"),
        (Self::DisputeCreated, "charge.dispute.created"),
        (Self::DisputeClosed, "charge.dispute.closed"),
        (Self::CustomerUpdated, "customer.updated"),
    ];

    fn named(name: &str) -> Self {
        let known = Self::KNOWN.into_iter().find(|(_, known)| *known == name);
        known.map_or(Self::Unknown, |(kind, _)| kind)
    }

    pub fn is_about_subscription(self) -> bool {
        matches!(
            self,
            Self::SubscriptionCreated
                | Self::SubscriptionUpdated
                | Self::SubscriptionDeleted
                | Self::SubscriptionTrialWillEnd
                | Self::SubscriptionPaused
                | Self::SubscriptionResumed
        )
    }

    pub fn is_about_invoice(self) -> bool {
        matches!(
            self,
            Self::InvoiceCreated
                | Self::InvoiceFinalized
                | Self::InvoicePaid
                | Self::InvoicePaymentFailed
                | Self::InvoiceVoided
                | Self::InvoicePaymentActionRequired
                | Self::InvoiceMarkedUncollectible
        )
    }

    pub fn is_about_dispute(self) -> bool {
        matches!(self, Self::DisputeCreated | Self::DisputeClosed)
    }

    fn is_about_checkout(self) -> bool {
        matches!(
            self,
            Self::CheckoutSessionCompleted
                | Self::CheckoutAsyncPaymentSucceeded
                | Self::CheckoutAsyncPaymentFailed
                | Self::CheckoutSessionExpired
        )
    }
}

/// A payment that its payer has disputed at their bank; amounts in the currency's smallest unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    pub id: String,
    pub charge: String,
    pub customer: Option<String>,
    pub amount: i64,
    pub currency: String,
    pub reason: Option<String>,
    /// Stripe's own word: `needs_response`, `under_review`, `won`, `lost` and others.
    pub status: String,
    pub created: Timestamp,
}

impl Event {
    /// # Errors
    /// `Broken` where the bytes are no event.
    pub fn parse(body: &[u8]) -> Result<Self, StripeError> {
        let mut json = message(body).map_err(|error| StripeError::Broken(error.to_string()))?;
        let object = json.pointer_mut("/data/object").map(Json::take).filter(Json::is_object);
        let changes_email = json.pointer("/data/previous_attributes/email").is_some();
        let event = Object::new("event", &json);
        let name = event.required_text("type")?;
        Ok(Self {
            id: event.required_text("id")?,
            kind: EventKind::named(&name),
            name,
            created: event.required_time("created")?,
            object: event.required("data.object", object)?,
            changes_email,
        })
    }

    /// Whether what it is about has ids as Stripe makes them; else Stripe cannot be asked, and nothing of the event is believed.
    pub fn is_about_ids(&self) -> bool {
        let ids = [self.about().text("id"), self.subscription_id(), self.invoice_id()];
        ids.iter().flatten().all(|id| is_id(id))
    }

    /// The customer that it is about.
    pub fn customer_id(&self) -> Option<String> {
        match self.kind {
            EventKind::CustomerDeleted | EventKind::CustomerUpdated => self.about().text("id"),
            // Whose it is, the charge says.
            kind if kind.is_about_dispute() => None,
            _ => self.about().id("customer"),
        }
        .filter(|id| is_id(id))
    }

    /// When another address for a customer's invoices was chosen, where the event is about that. Which one, Stripe is asked.
    pub fn billing_email_chosen_at(&self) -> Option<Timestamp> {
        (self.kind == EventKind::CustomerUpdated && self.changes_email).then_some(self.created)
    }

    /// The subscription that it is about, to be fetched again before it is believed.
    pub fn subscription_id(&self) -> Option<String> {
        match self.kind {
            kind if kind.is_about_subscription() => self.about().text("id"),
            kind if kind.is_about_invoice() => invoice::subscription(self.about()),
            kind if kind.is_about_checkout() => self.about().id("subscription"),
            _ => None,
        }
    }

    /// The invoice that it is about; of a refund only before 2025-03-31 (`basil`).
    pub fn invoice_id(&self) -> Option<String> {
        match self.kind {
            kind if kind.is_about_invoice() => self.about().text("id"),
            kind if kind.is_about_checkout() || kind == EventKind::ChargeRefunded => self.about().id("invoice"),
            _ => None,
        }
    }

    /// The charge that is disputed; a dispute says of its customer nothing else.
    pub fn disputed_charge(&self) -> Option<String> {
        self.kind.is_about_dispute().then(|| self.about().id("charge")).flatten().filter(|id| is_id(id))
    }

    /// What an operator wants to know of a dispute: its amount in the currency's smallest unit, why, and how it stands.
    pub fn dispute(&self) -> Option<Json> {
        let about = self.about();
        self.kind.is_about_dispute().then(|| {
            json!({
                "charge": about.id("charge"), "amount": about.integer("amount"), "currency": about.text("currency"),
                "reason": about.text("reason"), "status": about.text("status"),
            })
        })
    }

    /// The dispute that it is about, of a charge that was asked for. `None` where it says not enough to be kept.
    pub fn dispute_of(&self, charge: &Charge) -> Option<Dispute> {
        let about = self.about();
        self.kind.is_about_dispute().then_some(())?;
        Some(Dispute {
            id: about.text("id").filter(|id| is_id(id))?,
            charge: charge.id.clone(),
            customer: charge.customer.clone(),
            amount: about.integer("amount").unwrap_or(charge.amount),
            currency: about.text("currency").unwrap_or_else(|| charge.currency.clone()),
            reason: about.text("reason"),
            status: about.text("status")?,
            created: about.time("created").unwrap_or(self.created),
        })
    }

    /// # Errors
    /// `Broken` where the event is about no subscription, or about one that cannot be read.
    pub fn subscription(&self) -> Result<Subscription, StripeError> {
        self.only(self.kind.is_about_subscription(), "subscription").and_then(Subscription::parse)
    }

    /// # Errors
    /// `Broken` where the event is about no invoice, or about one that cannot be read.
    pub fn invoice(&self) -> Result<Invoice, StripeError> {
        self.only(self.kind.is_about_invoice(), "invoice").and_then(Invoice::parse)
    }

    /// # Errors
    /// `Broken` where the event is about no charge, or about one that cannot be read.
    pub fn charge(&self) -> Result<Charge, StripeError> {
        self.only(self.kind == EventKind::ChargeRefunded, "charge").and_then(Charge::parse)
    }

    fn about(&self) -> Object<'_> {
        Object::new("event", &self.object)
    }

    fn only(&self, is: bool, what: &str) -> Result<&Json, StripeError> {
        is.then_some(&self.object).ok_or_else(|| StripeError::Broken(format!("{} is about no {what}", self.name)))
    }
}

/// A message's JSON.
///
/// # Errors
/// Where it is none.
pub fn message(body: &[u8]) -> Result<Json, serde_json::Error> {
    serde_json::from_slice(without_byte_order_mark(body))
}

/// Whether a text can be an id of Stripe's: what cannot is nobody's, and is not asked for.
fn is_id(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=255).contains(&text.len()) && text.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, object: Json) -> Event {
        let json = json!({
            "id": "evt_1", "object": "event", "type": name, "created": 1_700_000_000, "livemode": true,
            "api_version": "2026-10-28.endive", "data": {"object": object, "previous_attributes": {}},
        });
        Event::parse(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn an_event_is_read_whole() {
        assert_eq!(
            event("invoice.paid", json!({"id": "in_1"})),
            Event {
                id: "evt_1".into(),
                kind: EventKind::InvoicePaid,
                name: "invoice.paid".into(),
                created: Timestamp(1_700_000_000_000),
                object: json!({"id": "in_1"}),
                changes_email: false,
            }
        );
        let unknown = event("customer.tax_id.created", json!({"id": "txi_1", "customer": "cus_1"}));
        assert_eq!((unknown.kind, &*unknown.name), (EventKind::Unknown, "customer.tax_id.created"));
        assert_eq!((unknown.customer_id().as_deref(), unknown.subscription_id()), (Some("cus_1"), None));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_an_event() {
        let body =
            b"\xef\xbb\xbf{\"id\": \"evt_1\", \"type\": \"invoice.paid\", \"created\": 1, \"data\": {\"object\": {}}}";
        assert_eq!(Event::parse(body).unwrap().kind, EventKind::InvoicePaid);
    }

    #[test]
    fn every_known_kind_says_what_it_is_about() {
        for (kind, name) in EventKind::KNOWN {
            let object = json!({
                "id": "obj_1", "customer": {"id": "cus_1"}, "subscription": "sub_1", "invoice": "in_1",
                "client_reference_id": "org_1",
            });
            let event = event(name, object);
            if matches!(kind, EventKind::CustomerDeleted | EventKind::CustomerUpdated) {
                assert_eq!(event.customer_id().as_deref(), Some("obj_1"));
                continue;
            }
            let (subscription, invoice) = match name.split('.').next().unwrap() {
                _ if kind.is_about_dispute() => (None, None),
                "customer" => (Some("obj_1"), None),
                "invoice" => (Some("sub_1"), Some("obj_1")),
                "checkout" => (Some("sub_1"), Some("in_1")),
                _ => (None, Some("in_1")),
            };
            assert_eq!(event.kind, kind);
            let customer = (!kind.is_about_dispute()).then_some("cus_1");
            assert_eq!(event.customer_id().as_deref(), customer, "{name}");
            assert_eq!(event.subscription_id().as_deref(), subscription, "{name}");
            assert_eq!(event.invoice_id().as_deref(), invoice, "{name}");
        }
    }

    #[test]
    fn an_invoices_subscription_stands_in_two_places() {
        let parent = json!({"id": "in_1", "parent": {"subscription_details": {"subscription": {"id": "sub_2"}}}});
        assert_eq!(event("invoice.created", parent).subscription_id().as_deref(), Some("sub_2"));
        assert_eq!(event("invoice.created", json!({"id": "in_1", "parent": null})).subscription_id(), None);
    }

    #[test]
    fn an_object_is_read_only_as_what_it_is() {
        let paid = event("invoice.paid", json!({"id": "in_1"}));
        assert_eq!(paid.charge(), Err(StripeError::Broken("invoice.paid is about no charge".into())));
        assert_eq!(paid.subscription(), Err(StripeError::Broken("invoice.paid is about no subscription".into())));
        assert_eq!(paid.invoice(), Err(StripeError::Broken("invoice without created".into())));
    }

    #[test]
    fn what_is_no_event_is_refused_and_nothing_panics() {
        let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
        for body in [
            &b""[..],
            b"null",
            b"[]",
            b"{}",
            b"\xff\xfe",
            b"<!doctype html>",
            b"{\"id\": \"evt_1\", \"type\": \"invoice.paid\", \"created\": 1}",
            b"{\"id\": \"evt_1\", \"type\": \"invoice.paid\", \"created\": 1, \"data\": {\"object\": []}}",
            b"{\"id\": 1, \"type\": \"invoice.paid\", \"created\": 1, \"data\": {\"object\": {}}}",
            b"{\"id\": \"evt_1\", \"type\": {}, \"created\": 1, \"data\": {\"object\": {}}}",
            b"{\"id\": \"evt_1\", \"type\": \"a\", \"created\": 1e99, \"data\": {\"object\": {}}}",
            &deep,
        ] {
            assert!(matches!(Event::parse(body), Err(StripeError::Broken(_))));
        }
    }
}
