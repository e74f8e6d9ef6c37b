//! `resend`: what Resend's webhooks say of mails (resend.com/docs, "Managing Webhooks"). An address that does not exist, or whose
//! owner called a mail spam, gets no mails any more.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tallygate::{
    auth::{Secrets, SignatureError, SvixSignature},
    http::{BatchRows, Delivered, Delivery, Operation, Refusal, Reply, RequestContext, Scope},
    rules::{email::Email, text::without_byte_order_mark},
    store::{Lock, Statement},
    transport::Pending,
};

use crate::fixed_reply::FixedReply;

const SECRET: &str = "RESEND_WEBHOOK_SECRET";

/// Any event: what `data` is depends on the type.
#[derive(Deserialize)]
struct Event {
    r#type: String,
    data: Json,
}

#[derive(Deserialize)]
struct Mail {
    to: Vec<String>,
    bounce: Option<Bounce>,
}

#[derive(Deserialize)]
struct Bounce {
    r#type: Option<String>,
}

/// Addresses that get no mails from now on.
struct Suppression {
    addresses: Vec<Email>,
    reason: &'static str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Suppressed {
    suppressed: usize,
}

pub fn read<'a>(delivery: &'a Delivery<'a>) -> Pending<'a, Result<Delivered, Refusal>> {
    Box::pin(std::future::ready(delivered(delivery)))
}

fn delivered(delivery: &Delivery<'_>) -> Result<Delivered, Refusal> {
    must_be_resend_s(delivery)?;
    let event: Event = serde_json::from_slice(without_byte_order_mark(delivery.body))
        .map_err(|_| Refusal::InvalidJson("The body must be an event with its type and its data."))?;
    let reason = match event.r#type.as_str() {
        "email.bounced" => "bounced",
        "email.complained" => "complained",
        _ => return Ok(FixedReply::ignored()),
    };
    let mail: Mail = serde_json::from_value(event.data)
        .map_err(|_| Refusal::invalid("data", "must be a mail as Resend describes one"))?;
    // A mailbox that is full today is not tomorrow.
    let is_permanent = mail.bounce.and_then(|bounce| bounce.r#type).as_deref() == Some("Permanent");
    let addresses: Vec<_> = mail.to.iter().take(50).filter_map(|address| Email::parse(address)).collect();
    if addresses.is_empty() || reason == "bounced" && !is_permanent {
        return Ok(FixedReply::ignored());
    }
    Ok(Delivered { operation: Box::new(Suppression { addresses, reason }), about: None })
}

fn must_be_resend_s(delivery: &Delivery<'_>) -> Result<(), Refusal> {
    let not_configured = Refusal::NotConfigured { variable: SECRET };
    let secrets = delivery.services.variable(SECRET).ok_or(not_configured)?;
    let signature = SvixSignature::read(|name| delivery.header(name));
    let verified =
        signature.and_then(|signature| signature.verify(delivery.body, &Secrets::parse(&secrets), delivery.now));
    verified.map_err(|error| match error {
        SignatureError::NotConfigured(_) => Refusal::NotConfigured { variable: SECRET },
        other => Refusal::InvalidSignature { cause: other.reason() },
    })
}

/// Only of an address that is somebody's, or that something is sent to: what comes after an account was deleted does not bring the
/// address back, and nothing is sent to it. (No index leads to an organization's address; that something came back from it is known by
/// the mail.) One that only wanted no invitations takes nothing from now on; the first reason of the others stays.
const SUPPRESSED: &str = "INSERT INTO mail_suppressions (address, reason, created_at)
SELECT DISTINCT told.address, :reason, :now
FROM (SELECT item.value ->> 'a' AS address FROM json_each(:addresses) item) told
WHERE EXISTS (SELECT 1 FROM users person WHERE person.email = told.address)
  OR EXISTS (SELECT 1 FROM organization_invitations invitation WHERE invitation.email = told.address)
  OR EXISTS (
    SELECT 1 FROM mail_deliveries sent
    JOIN outbox event ON event.id = sent.event_id
    JOIN organizations billed ON billed.id = event.organization_id
    WHERE sent.recipient = 'billing' AND billed.billing_email = told.address)
ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, created_at = excluded.created_at
WHERE mail_suppressions.reason = 'unsubscribed'";

impl Suppression {
    /// As statements take it: a list of JSON objects with the member `a`.
    fn list(&self) -> String {
        let objects = self.addresses.iter().map(|address| serde_json::json!({ "a": address.as_str() }));
        Json::Array(objects.collect()).to_string()
    }
}

impl Operation for Suppression {
    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        // Whose account is being deleted has the address until that is through.
        vec![Lock::UsersOfAddresses(self.list()), Lock::Key("mail_suppressions_pkey")]
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![Statement::new("suppressed", SUPPRESSED).with("addresses", self.list()).with("reason", self.reason)]
    }

    fn outcome(&self, _context: &RequestContext, _found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        Ok(Reply::ok("The address gets no mails any more.", &Suppressed { suppressed: self.addresses.len() }))
    }
}
