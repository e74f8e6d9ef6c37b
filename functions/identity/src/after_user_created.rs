//! `after-user-created`: Supabase's auth hook for a user who was just made. It waits five seconds at most and comes again
//! under a new `webhook-id` (supabase/auth, `hookshttp`): what is there already tells a repetition.

use serde::Deserialize;
use serde_json::Value as Json;
use tallygate::{
    http::{Delivered, Delivery, Refusal},
    rules::text::without_byte_order_mark,
    transport::Pending,
};

use crate::{
    signed::signature,
    supabase::{not_a_user, SupabaseUser},
};

/// What both hooks about a new user send.
#[derive(Deserialize)]
struct Hook {
    user: Json,
}

pub fn read<'a>(delivery: &'a Delivery<'a>) -> Pending<'a, Result<Delivered, Refusal>> {
    let delivered = || hooked(delivery)?.delivered("user", delivery);
    Box::pin(std::future::ready(delivered()))
}

/// The user of a hook whose signature holds.
///
/// # Errors
/// As [`signature`]; [`Refusal::InvalidJson`] and [`Refusal::Invalid`] for what is no hook about a user.
pub fn hooked(delivery: &Delivery<'_>) -> Result<SupabaseUser, Refusal> {
    signature(delivery, "SUPABASE_HOOK_SECRET")?;
    let hook: Hook = serde_json::from_slice(without_byte_order_mark(delivery.body))
        .map_err(|_| Refusal::InvalidJson("The body must be a hook with its user."))?;
    serde_json::from_value(hook.user).map_err(|_| not_a_user("user"))
}
