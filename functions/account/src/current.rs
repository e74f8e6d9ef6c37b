//! The organization that a request is about, with what its plan lets it do and what people should be told.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Refusal, RequestContext},
    rules::{
        allowance::{Billing, Warning},
        limit::Limit,
        role::Role,
        subscription::{Status, Subscription},
        time::Timestamp,
    },
    scoped,
    store::{Row, Statement, StoreError},
};

/// Unread alerts are counted up to so many.
const MOST_UNREAD: i64 = 100;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CurrentOrganization"))]
#[serde(rename_all = "camelCase")]
pub struct Current {
    id: String,
    name: String,
    slug: String,
    #[cfg_attr(test, schemars(extend("enum" = ["personal", "team"])))]
    kind: &'static str,
    role: Role,
    plan: String,
    plan_name: String,
    #[cfg_attr(test, schemars(with = "tallygate::rules::subscription::Status"))]
    status: &'static str,
    #[cfg_attr(test, schemars(with = "tallygate::rules::period::Interval"))]
    interval: String,
    current_period_start: Timestamp,
    current_period_end: Timestamp,
    trial_ends_at: Option<Timestamp>,
    /// When it ends, where it was cancelled.
    cancel_at: Option<Timestamp>,
    /// What costs money or adds people may be done now.
    features: bool,
    /// When features stop, or stopped; `null` where no end is known.
    until: Option<Timestamp>,
    /// What people should be told.
    warning: Option<Warning>,
    seats: Limit,
    /// Alerts of the meters that nobody has acknowledged, 100 at most.
    unread_alerts: i64,
}

/// The statement that [`Current::read`] reads.
pub fn current() -> Statement {
    Statement::new(
        "current",
        scoped!(
            "SELECT held.status, held.trial_ends_at, held.past_due_since, held.cancel_at, held.stripe_subscription_id,
  held.billing_interval, held.current_period_start, held.current_period_end, plans.grace_days,
  (SELECT COUNT(*) FROM (
    SELECT alert.name FROM usage_alerts alert
    WHERE alert.organization_id = membership.organization_id AND alert.acknowledged_at IS NULL LIMIT :most_unread) unread
  ) AS unread_alerts
FROM membership
JOIN org_subscriptions held ON held.organization_id = membership.organization_id
JOIN plans ON plans.id = held.plan_id"
        ),
    )
    .with("most_unread", MOST_UNREAD)
}

impl Current {
    /// `None` where the request is about none of the caller's organizations.
    ///
    /// # Errors
    /// A fault in reading the row.
    pub fn read(context: &RequestContext, found: &BatchRows<'_>) -> Result<Option<Self>, Refusal> {
        let Some(row) = found.first("current")? else { return Ok(None) };
        let membership = found.membership()?;
        let (subscription, billing) = found.stored(subscription(row))?;
        let allowance = subscription.allows(billing, context.now);
        let text = |column| found.stored(row.text(column)).map(str::to_string);
        let moment = |column| found.stored(row.timestamp(column));
        Ok(Some(Self {
            id: membership.organization_id.to_string(),
            name: membership.organization_name.clone(),
            slug: membership.organization_slug.clone(),
            kind: if membership.is_personal { "personal" } else { "team" },
            role: membership.role,
            plan: membership.plan_id.clone(),
            plan_name: membership.plan_name.clone(),
            status: subscription.status.as_str(),
            interval: text("billing_interval")?,
            current_period_start: moment("current_period_start")?,
            current_period_end: moment("current_period_end")?,
            trial_ends_at: subscription.trial_ends_at,
            cancel_at: billing.cancel_at,
            features: allowance.features,
            until: allowance.until,
            warning: allowance.warning,
            seats: membership.seats,
            unread_alerts: found.stored(row.integer("unread_alerts"))?,
        }))
    }
}

/// The subscription of the row `current`, and how it is paid.
fn subscription(row: &Row) -> Result<(Subscription, Billing), StoreError> {
    let status = row.text("status")?;
    let subscription = Subscription {
        status: Status::parse(status).ok_or_else(|| StoreError::Broken(format!("no status: {status}")))?,
        trial_ends_at: row.optional_timestamp("trial_ends_at")?,
        past_due_since: row.optional_timestamp("past_due_since")?,
        grace_days: row.integer("grace_days")?,
    };
    let billing = Billing {
        is_paid_through_stripe: row.optional_text("stripe_subscription_id")?.is_some(),
        cancel_at: row.optional_timestamp("cancel_at")?,
        has_pending_change: false,
    };
    Ok((subscription, billing))
}
