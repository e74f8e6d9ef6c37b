//! `supabase-users`: Supabase's database webhook on `auth.users` (supabase.com/docs, "Database Webhooks"). It is sent
//! once and not repeated, and two of them may arrive in any order.

use serde::Deserialize;
use serde_json::Value as Json;
use tallygate::{
    auth::subject,
    http::{Delivered, Delivery, Refusal},
    rules::text::without_byte_order_mark,
    transport::Pending,
};

use crate::{
    deletion::Deletion,
    fixed_reply::FixedReply,
    signed::shared_secret,
    supabase::{not_a_user, SupabaseUser},
};

#[derive(Deserialize)]
struct Change {
    r#type: String,
    schema: String,
    table: String,
    #[serde(default)]
    record: Json,
    #[serde(default)]
    old_record: Json,
}

pub fn read<'a>(delivery: &'a Delivery<'a>) -> Pending<'a, Result<Delivered, Refusal>> {
    Box::pin(std::future::ready(delivered(delivery)))
}

fn delivered(delivery: &Delivery<'_>) -> Result<Delivered, Refusal> {
    shared_secret(delivery, "SUPABASE_DATABASE_WEBHOOK_SECRET")?;
    let change: Change = serde_json::from_slice(without_byte_order_mark(delivery.body))
        .map_err(|_| Refusal::InvalidJson("The body must be a change with its type, its schema and its table."))?;
    if (change.schema.as_str(), change.table.as_str()) != ("auth", "users") {
        return Ok(FixedReply::ignored());
    }
    match change.r#type.as_str() {
        "INSERT" | "UPDATE" => {
            let user: SupabaseUser = serde_json::from_value(change.record).map_err(|_| not_a_user("record"))?;
            user.delivered("record", delivery)
        }
        "DELETE" => {
            let id = change.old_record.get("id").and_then(Json::as_str).and_then(subject);
            Ok(Deletion::of(id.ok_or_else(|| not_a_user("old_record"))?).delivered())
        }
        _ => Ok(FixedReply::ignored()),
    }
}
