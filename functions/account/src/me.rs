//! `me`: all that a page needs to begin with.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Scope},
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

use crate::{
    person::{person, row, Onboarding},
    switcher::{switcher, Entry, OF_ONE_PAGE},
};

/// Unread alerts are counted up to so many.
const MOST_UNREAD: i64 = 100;

pub struct Me {
    organizations: Page,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    user: Person,
    /// The first of them; `organizations` has the others.
    organizations: Vec<Entry>,
    /// `cursor` of the next page of `organizations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// What the request is about; `null` where that is none of the caller's.
    current: Option<Current>,
    onboarding: Onboarding,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    id: String,
    email: Option<String>,
    email_verified: bool,
    name: String,
    username: Option<String>,
    display_name: Option<String>,
    avatar_url: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
    account_type: String,
    created_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Current {
    id: String,
    name: String,
    slug: String,
    kind: &'static str,
    role: Role,
    plan: String,
    plan_name: String,
    status: &'static str,
    /// What people should be told.
    warning: Option<Warning>,
    /// When features stop, or stopped; `null` where no end is known.
    until: Option<Timestamp>,
    trial_ends_at: Option<Timestamp>,
    seats: Limit,
    /// Alerts of the meters that nobody has acknowledged, 100 at most.
    unread_alerts: i64,
}

impl Me {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { organizations: Page::of_size(call.fields, OF_ONE_PAGE)? }))
    }
}

impl Operation for Me {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![
            person(),
            self.organizations.bind(switcher()),
            Statement::new(
                "current",
                scoped!(
                    "SELECT held.status, held.trial_ends_at, held.past_due_since, held.cancel_at, held.stripe_subscription_id,
  plans.grace_days,
  (SELECT COUNT(*) FROM (
    SELECT alert.name FROM usage_alerts alert
    WHERE alert.organization_id = membership.organization_id AND alert.acknowledged_at IS NULL LIMIT :most_unread) unread
  ) AS unread_alerts
FROM membership
JOIN org_subscriptions held ON held.organization_id = membership.organization_id
JOIN plans ON plans.id = held.plan_id"
                ),
            )
            .with("most_unread", MOST_UNREAD),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        // Somebody without any organization has an account all the same; an organization that is named is theirs.
        if context.organization.is_some() {
            found.membership()?;
        }
        let person = row(found)?;
        let current = match found.first("current")? {
            Some(row) => Some(self.current(context, found, row)?),
            None => None,
        };
        let (organizations, next_cursor) = Entry::page(&self.organizations, found)?;
        let shown = Shown {
            user: found.stored(Person::read(person))?,
            organizations,
            next_cursor,
            current,
            onboarding: found.stored(Onboarding::read(person))?,
        };
        Ok(Reply::ok("You are signed in.", &shown))
    }
}

impl Me {
    fn current(&self, context: &RequestContext, found: &BatchRows<'_>, row: &Row) -> Result<Current, Refusal> {
        let membership = found.membership()?;
        let (subscription, billing) = found.stored(subscription(row))?;
        let allowance = subscription.allows(billing, context.now);
        Ok(Current {
            id: membership.organization_id.to_string(),
            name: membership.organization_name.clone(),
            slug: membership.organization_slug.clone(),
            kind: if membership.is_personal { "personal" } else { "team" },
            role: membership.role,
            plan: membership.plan_id.clone(),
            plan_name: membership.plan_name.clone(),
            status: subscription.status.as_str(),
            warning: allowance.warning,
            until: allowance.until,
            trial_ends_at: subscription.trial_ends_at,
            seats: membership.seats,
            unread_alerts: found.stored(row.integer("unread_alerts"))?,
        })
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

impl Person {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_string));
        Ok(Self {
            id: row.text("id")?.to_string(),
            email: text("email")?,
            email_verified: row.flag("email_verified")?,
            name: row.text("name")?.to_string(),
            username: text("username")?,
            display_name: text("display_name")?,
            avatar_url: text("avatar_url")?,
            time_zone: text("time_zone")?,
            language: text("language")?,
            account_type: row.text("account_type")?.to_string(),
            created_at: row.timestamp("created_at")?,
        })
    }
}
