//! `clerk`: Clerk's webhooks, which Svix delivers (clerk.com/docs, "Sync Clerk data to your app with webhooks"). They come
//! in any order and more than once.

use serde::Deserialize;
use serde_json::Value as Json;
use tallygate::{
    auth::subject,
    http::{Delivered, Delivery, Refusal},
    rules::{said_email::SaidEmail, text::without_byte_order_mark, time::Timestamp},
    transport::Pending,
};

use crate::{account::Account, deletion::Deletion, fixed_reply::FixedReply, signed::signature};

/// Any event: what `data` is depends on the type.
#[derive(Deserialize)]
struct Event {
    r#type: String,
    data: Json,
}

/// Clerk's object `user`, as far as it is kept here.
#[derive(Deserialize)]
struct User {
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
    username: Option<String>,
    primary_email_address_id: Option<String>,
    #[serde(default)]
    email_addresses: Vec<Address>,
    #[serde(default)]
    banned: bool,
    /// Milliseconds since the epoch.
    updated_at: i64,
}

#[derive(Deserialize)]
struct Address {
    id: String,
    email_address: String,
    verification: Option<Verification>,
}

#[derive(Deserialize)]
struct Verification {
    status: Option<String>,
}

/// `user.deleted` has nothing else.
#[derive(Deserialize)]
struct Gone {
    id: String,
}

pub fn read<'a>(delivery: &'a Delivery<'a>) -> Pending<'a, Result<Delivered, Refusal>> {
    Box::pin(std::future::ready(delivered(delivery)))
}

fn delivered(delivery: &Delivery<'_>) -> Result<Delivered, Refusal> {
    signature(delivery, "CLERK_WEBHOOK_SECRET")?;
    let event: Event = serde_json::from_slice(without_byte_order_mark(delivery.body))
        .map_err(|_| Refusal::InvalidJson("The body must be an event with its type and its data."))?;
    match event.r#type.as_str() {
        "user.created" | "user.updated" => Ok(account(parsed(event.data)?)?.held_to(delivery).delivered()),
        "user.deleted" => {
            let gone: Gone = parsed(event.data)?;
            Ok(Deletion::of(subject(&gone.id).ok_or_else(not_a_user)?).delivered())
        }
        // `organizationInvitation.accepted` among them: who is a member of what is decided here.
        _ => Ok(FixedReply::ignored()),
    }
}

fn account(user: User) -> Result<Account, Refusal> {
    let primary = user.primary_email_address_id.as_deref();
    let address = user.email_addresses.iter().find(|address| Some(address.id.as_str()) == primary);
    let verification = address.and_then(|address| address.verification.as_ref());
    let names = [user.first_name.as_deref(), user.last_name.as_deref()];
    let name = names.into_iter().flatten().map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
    Ok(Account {
        user_id: subject(&user.id).ok_or_else(not_a_user)?,
        email: SaidEmail::read(address.map(|address| address.email_address.as_str())),
        email_verified: verification.is_some_and(|verification| verification.status.as_deref() == Some("verified")),
        email_is_said: true,
        name: if name.is_empty() { user.username } else { Some(name) },
        banned: user.banned,
        said_at: Timestamp(user.updated_at.max(1)),
    })
}

fn parsed<T: for<'de> Deserialize<'de>>(data: Json) -> Result<T, Refusal> {
    serde_json::from_value(data).map_err(|_| not_a_user())
}

fn not_a_user() -> Refusal {
    Refusal::invalid("data", "must be a user as Clerk describes one")
}
