//! What was used and what is left, as the replies show it.

use serde::Serialize;
use tallygate::{
    http::Membership,
    rules::{limit::Limit, plan_version::PlanVersion, time::Timestamp},
    usage::Answered,
};

/// The meter that uploads count against.
pub const FEATURE: &str = "uploads";

/// The totals of a moment: after an upload, at a refusal, or now.
pub struct Tally {
    pub total: i64,
    pub lifetime: i64,
    pub limit: Limit,
    /// The plan, whichever version of it: clients of old know no versions.
    pub tier: String,
    /// `None`: the meter never resets.
    pub next_reset: Option<Timestamp>,
}

impl Tally {
    /// As the answer has it: at the upload, at its refusal, or now. `None` where the plan counts no uploads.
    pub fn of(answered: &Answered, membership: &Membership) -> Option<Self> {
        let standing = answered.standing.as_ref()?;
        Some(Self {
            total: standing.used,
            lifetime: answered.lifetime,
            limit: standing.allowance.limit,
            tier: PlanVersion::family_of(answered.plan_then.as_ref().unwrap_or(&membership.plan_id)).to_string(),
            next_reset: standing.resets_at,
        })
    }

    /// The reply to an upload or to a question about the status.
    pub fn counted<'a>(&'a self, upload_type: Option<&'a str>, upload_count: i64) -> Counted<'a> {
        Counted {
            upload_type,
            upload_count,
            total_uploads: self.total,
            lifetime_uploads: self.lifetime,
            upload_limit: self.limit,
            remaining: self.limit.remaining(self.total),
            tier: &self.tier,
            is_unlimited: self.limit.is_unlimited(),
            next_reset_date: self.next_reset,
            replayed: false,
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Counted<'a> {
    /// `null` in a status.
    upload_type: Option<&'a str>,
    upload_count: i64,
    total_uploads: i64,
    lifetime_uploads: i64,
    upload_limit: Limit,
    /// -1 unlimited.
    remaining: i64,
    tier: &'a str,
    is_unlimited: bool,
    next_reset_date: Option<Timestamp>,
    /// This is the first answer again, to a repeated request.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
}
