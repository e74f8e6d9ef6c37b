//! `before-user-created`: Supabase's auth hook that may refuse a new user (supabase.com/docs, "Before User Created Hook").
//! It writes nothing: whether the user is made is not known yet.

use serde_json::json;
use tallygate::{
    http::{Delivered, Delivery, Refusal, Reply},
    transport::Pending,
};

use crate::{after_user_created::hooked, fixed_reply::FixedReply};

pub fn read<'a>(delivery: &'a Delivery<'a>) -> Pending<'a, Result<Delivered, Refusal>> {
    Box::pin(std::future::ready(delivered(delivery)))
}

fn delivered(delivery: &Delivery<'_>) -> Result<Delivered, Refusal> {
    let user = hooked(delivery)?;
    let list = delivery.services.variable("BANNED_EMAIL_DOMAINS").unwrap_or_default();
    // The sentence reaches the user only with a 200: of any other status Supabase tells them its own, that the hook
    // itself has failed (supabase/auth, `hookshttp` and `hookserrors`).
    let reply = match user.email().may_be_of(&list) {
        true => json!({ "error": {
            "http_code": 403,
            "message": "Sign-up with an address of this domain is not possible; use another address.",
        }}),
        false => json!({}),
    };
    Ok(FixedReply(Reply::plain(200, &reply)).delivered())
}
