//! `organization`: one page's worth of everything about an organization, in one batch.

mod statements;

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    store::Statement,
};

use crate::{
    columns::{
        first, list,
        Column::{self, Document, Flag, Moment, Number, Text},
    },
    person::ACT,
};

pub struct Organization {
    id: String,
}

impl Organization {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { id: call.fields.required_id("id")?.to_string() }))
    }
}

pub const ORGANIZATION: [Column; 23] = [
    Text("id"),
    Text("kind"),
    Text("org_type"),
    Text("name"),
    Text("slug"),
    Text("billing_email"),
    Text("external_id"),
    Text("founded_by"),
    Moment("archived_at"),
    Text("archived_by"),
    Moment("created_at"),
    Text("plan_id"),
    Text("plan_name"),
    Text("paid_plan_id"),
    Number("seats"),
    Number("concurrent_sessions"),
    Text("status"),
    Moment("current_period_start"),
    Moment("current_period_end"),
    Moment("trial_ends_at"),
    Text("billing_interval"),
    Text("stripe_subscription_id"),
    Text("stripe_customer_id"),
];
pub const MEMBER: [Column; 6] =
    [Text("user_id"), Text("email"), Text("name"), Text("role"), Moment("joined_at"), Moment("banned_at")];
pub const INVITATION: [Column; 6] =
    [Text("id"), Text("email"), Text("role"), Text("status"), Moment("created_at"), Moment("expires_at")];
pub const FEATURE: [Column; 8] = [
    Text("feature"),
    Text("kind"),
    Text("value"),
    Number("limit_value"),
    Text("reset"),
    Number("used"),
    Moment("period_start"),
    Number("overage_cents"),
];
pub const GRANT: [Column; 6] =
    [Text("id"), Text("feature"), Number("quantity"), Text("reason"), Moment("starts_at"), Moment("ends_at")];
pub const OVERRIDE: [Column; 8] = [
    Text("id"),
    Text("plan_id"),
    Text("feature"),
    Number("limit_value"),
    Text("reason"),
    Moment("starts_at"),
    Moment("ends_at"),
    Flag("holds"),
];
pub const INVOICE: [Column; 7] = [
    Text("stripe_invoice_id"),
    Text("number"),
    Text("status"),
    Text("currency"),
    Number("total_cents"),
    Number("paid_cents"),
    Moment("created_at"),
];
pub const ENDPOINT: [Column; 5] =
    [Text("id"), Text("url"), Moment("paused_at"), Moment("disabled_at"), Moment("failing_since")];
pub const KEY: [Column; 7] = [
    Text("id"),
    Text("name"),
    Flag("can_write_usage"),
    Flag("can_read_usage"),
    Moment("ends_at"),
    Moment("revoked_at"),
    Moment("last_used_day"),
];
pub const EVENT: [Column; 6] =
    [Text("id"), Text("actor_id"), Text("action"), Text("target_id"), Document("details"), Moment("created_at")];

impl Operation for Organization {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        statements::all(&self.id)
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.first("organization")?.ok_or(Refusal::OrganizationNotFound)?;
        Ok(Reply::ok(
            "The organization as it is.",
            &json!({
                "organization": first(found, "organization", &ORGANIZATION)?,
                "members": list(found, "members", &MEMBER)?,
                "invitations": list(found, "invitations", &INVITATION)?,
                "features": list(found, "features", &FEATURE)?,
                "grants": list(found, "grants", &GRANT)?,
                "overrides": list(found, "overrides", &OVERRIDE)?,
                "invoices": list(found, "invoices", &INVOICE)?,
                "endpoints": list(found, "endpoints", &ENDPOINT)?,
                "keys": list(found, "keys", &KEY)?,
                "history": list(found, "history", &EVENT)?,
                "acts": list(found, "acts", &ACT)?,
            }),
        ))
    }
}
