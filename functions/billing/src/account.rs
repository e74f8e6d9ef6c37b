//! An organization as a payer: what it is on, who it is to Stripe, and who may act for it.

use tallygate::{
    billing::kept_quantity,
    http::{BatchRows, Refusal},
    moved_organizations::organization_moved,
    organization_is_moved, readable_email,
    rules::{
        allowance::{Allowance, Billing},
        ids::OrganizationId,
        limit::Limit,
        losses::OverSeats,
        money::Cents,
        period::{Interval, Period},
        role::Role,
        subscription::{Status, Subscription},
        time::Timestamp,
    },
    scoped,
    store::{Row, Statement, StoreError},
    subscription_runs,
};

/// The organization's subscription as the database knows it.
#[derive(Clone, Debug)]
pub struct Account {
    pub plan_id: String,
    pub plan_name: String,
    pub position: i64,
    pub seats: Limit,
    pub concurrent_sessions: Limit,
    pub status: Status,
    pub interval: Interval,
    pub period: Period,
    pub trial_ends_at: Option<Timestamp>,
    pub past_due_since: Option<Timestamp>,
    /// When it ends, where it was cancelled.
    pub cancel_at: Option<Timestamp>,
    pub pending: Option<Pending>,
    pub grace_days: i64,
    pub customer: Option<String>,
    /// The subscription at Stripe, where there is one that has not ended.
    pub paid: Option<Paid>,
    /// Something runs at Stripe, also where its price is of no plan that the organization could have.
    pub is_running: bool,
    /// Its people have plans of their own now, and it ends with what is paid for.
    is_moved: bool,
    /// The last one at Stripe that is known, running or not.
    pub last_subscription: Option<String>,
    /// What is paid in; the catalog's where nothing is.
    pub currency: String,
    pub admins_may_bill: bool,
    /// What happens to a downgrade below the seats in use.
    pub over_seats: OverSeats,
    /// The organization's own, else its founder's: whoever asks, it is the same.
    pub billing_email: Option<String>,
    /// The catalog's price of the current plan, where the subscription itself says none.
    pub listed: Option<Cents>,
}

/// A change that waits for the end of the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub plan_id: String,
    pub interval: Interval,
    pub at: Timestamp,
}

/// A subscription at Stripe.
#[derive(Clone, Debug)]
pub struct Paid {
    pub subscription: String,
    pub item: String,
    /// Stripe's id of the price that is paid.
    pub price: String,
    pub schedule: Option<String>,
    /// Its further items, as they are kept.
    pub add_ons: Vec<serde_json::Value>,
    /// How many of the price are paid; 1 but where that was changed at Stripe.
    pub quantity: i64,
    /// What a period costs, all of them together.
    pub amount: Cents,
    /// When Stripe was last asked: a version of this state, for idempotency keys.
    pub observed_at: Timestamp,
}

/// Of the organization of the row `membership`.
macro_rules! account_columns {
    () => {
        concat!(
            "SELECT plans.id AS plan_id, plans.name AS plan_name, plans.position, plans.seats, plans.concurrent_sessions,
  plans.grace_days, plans.price_month_cents, plans.price_year_cents,
  held.status, held.billing_interval, held.current_period_start, held.current_period_end, held.trial_ends_at,
  held.past_due_since, held.cancel_at, held.pending_plan_id, held.pending_interval, held.pending_at,
  customer.stripe_customer_id, kept.stripe_subscription_id, kept.stripe_item_id,
  kept.stripe_price_id, kept.items,
  kept.stripe_schedule_id, kept.amount_cents, kept.observed_at,
  (SELECT stripe_subscription_id FROM billing_subscriptions newest
    WHERE newest.organization_id = membership.organization_id
    ORDER BY newest.started_at DESC, newest.stripe_subscription_id DESC LIMIT 1) AS last_subscription,
  (SELECT COUNT(*) FROM billing_subscriptions running
    WHERE running.organization_id = membership.organization_id
      AND ",
            subscription_runs!("running"),
            ") AS running,
  ",
            organization_is_moved!("membership"),
            " AS is_moved,
  COALESCE(kept.currency, settings.currency, 'usd') AS currency,
  COALESCE(settings.admins_may_bill, 0) AS admins_may_bill,
  COALESCE(settings.downgrade_over_seats, 'refuse') AS downgrade_over_seats,
  COALESCE(organizations.billing_email, ",
            readable_email!("founder.email"),
            ") AS billing_email
FROM membership
JOIN organizations ON organizations.id = membership.organization_id
JOIN users founder ON founder.id = organizations.founded_by
JOIN org_subscriptions held ON held.organization_id = membership.organization_id
JOIN plans ON plans.id = held.plan_id
LEFT JOIN billing_customers customer ON customer.organization_id = membership.organization_id
LEFT JOIN billing_subscriptions kept ON kept.organization_id = membership.organization_id
  AND kept.stripe_subscription_id = held.stripe_subscription_id AND held.status <> 'canceled'
LEFT JOIN catalog_settings settings ON settings.id = 1"
        )
    };
}

/// The statement that reads it, for the caller as a member.
pub fn account() -> Statement {
    Statement::new("account", scoped!(account_columns!()))
}

/// The same of an organization that the request was allowed to act for, whoever is a member of it by now, and if it is archived.
pub fn account_acted_for(organization: &OrganizationId) -> Statement {
    Statement::new("account", concat!("WITH membership AS (SELECT :billed AS organization_id)\n", account_columns!()))
        .with("billed", organization.as_str())
}

impl Account {
    /// Reads it, for a caller who may act in billing.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for everybody but owners, and admins where the catalog lets them.
    pub fn of_biller(found: &BatchRows<'_>) -> Result<Self, Refusal> {
        let role = found.membership()?.role;
        let account = Self::of(found)?;
        match role {
            Role::Owner => Ok(account),
            Role::Admin if account.admins_may_bill => Ok(account),
            _ if account.admins_may_bill => Err(Refusal::Forbidden("Only owners and admins may do this")),
            _ => Err(Refusal::Forbidden("Only an owner may do this")),
        }
    }

    /// Reads it, for a caller who may act in billing and is about to pay for the organization, or to go on paying.
    ///
    /// # Errors
    /// As [`Account::of_biller`]; 409 `organization_moved`.
    pub fn of_buyer(found: &BatchRows<'_>) -> Result<Self, Refusal> {
        let account = Self::of_biller(found)?;
        match account.is_moved {
            false => Ok(account),
            true => Err(organization_moved()),
        }
    }

    /// Reads it, for a caller who was let in before.
    pub fn of(found: &BatchRows<'_>) -> Result<Self, Refusal> {
        found.stored(Self::read(found.only("account")?))
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let interval = interval_of(row.text("billing_interval")?)?;
        let status = row.text("status")?;
        let pending = match row.optional_text("pending_plan_id")? {
            Some(plan) => Some(Pending {
                plan_id: plan.to_string(),
                interval: interval_of(row.text("pending_interval")?)?,
                at: row.timestamp("pending_at")?,
            }),
            None => None,
        };
        let paid = match row.optional_text("stripe_subscription_id")? {
            Some(subscription) => Some(Paid {
                subscription: subscription.to_string(),
                item: row.text("stripe_item_id")?.to_string(),
                price: row.text("stripe_price_id")?.to_string(),
                quantity: kept_quantity(row.text("items")?, row.text("stripe_item_id")?),
                add_ons: add_ons(row.text("items")?, row.text("stripe_item_id")?),
                schedule: row.optional_text("stripe_schedule_id")?.map(str::to_string),
                amount: Cents(row.integer("amount_cents")?),
                observed_at: row.timestamp("observed_at")?,
            }),
            None => None,
        };
        let listed = match interval {
            Interval::Month => row.optional_integer("price_month_cents")?,
            Interval::Year => row.optional_integer("price_year_cents")?,
        };
        Ok(Self {
            plan_id: row.text("plan_id")?.to_string(),
            plan_name: row.text("plan_name")?.to_string(),
            position: row.integer("position")?,
            seats: Limit::new(row.integer("seats")?),
            concurrent_sessions: Limit::new(row.integer("concurrent_sessions")?),
            status: Status::parse(status).ok_or_else(|| StoreError::Broken(format!("no status: {status}")))?,
            interval,
            period: Period { start: row.timestamp("current_period_start")?, end: row.timestamp("current_period_end")? },
            trial_ends_at: row.optional_timestamp("trial_ends_at")?,
            past_due_since: row.optional_timestamp("past_due_since")?,
            cancel_at: row.optional_timestamp("cancel_at")?,
            pending,
            grace_days: row.integer("grace_days")?,
            customer: row.optional_text("stripe_customer_id")?.map(str::to_string),
            paid,
            is_running: row.integer("running")? > 0,
            is_moved: row.flag("is_moved")?,
            last_subscription: row.optional_text("last_subscription")?.map(str::to_string),
            currency: row.text("currency")?.to_string(),
            admins_may_bill: row.flag("admins_may_bill")?,
            over_seats: OverSeats::parse(row.text("downgrade_over_seats")?).unwrap_or(OverSeats::Refuse),
            billing_email: row.optional_text("billing_email")?.map(str::to_string),
            listed: listed.map(Cents),
        })
    }

    /// What a period costs now.
    pub fn amount(&self) -> Option<Cents> {
        self.paid.as_ref().map(|paid| paid.amount).or(self.listed)
    }

    /// What its state lets it do.
    pub fn allows(&self, now: Timestamp) -> Allowance {
        let subscription = Subscription {
            status: self.status,
            trial_ends_at: self.trial_ends_at,
            past_due_since: self.past_due_since,
            grace_days: self.grace_days,
        };
        let billing = Billing {
            is_paid_through_stripe: self.paid.is_some(),
            cancel_at: self.cancel_at,
            has_pending_change: self.pending.is_some(),
        };
        subscription.allows(billing, now)
    }

    /// The running subscription at Stripe.
    ///
    /// # Errors
    /// 409 `no_subscription`.
    pub fn must_be_paid(&self) -> Result<&Paid, Refusal> {
        self.paid.as_ref().ok_or_else(|| Refusal::Conflict {
            code: "no_subscription",
            message: "There is no paid subscription yet; start one with a checkout.".to_string(),
            details: tallygate::http::limit_details(&serde_json::json!({ "checkoutRequired": true })),
        })
    }
}

/// The items that are not the plan's.
fn add_ons(items: &str, plan_item: &str) -> Vec<serde_json::Value> {
    let items: Vec<serde_json::Value> = serde_json::from_str(items).unwrap_or_default();
    items.into_iter().filter(|item| item.get("itemId").and_then(|id| id.as_str()) != Some(plan_item)).collect()
}

fn interval_of(text: &str) -> Result<Interval, StoreError> {
    Interval::parse(text).ok_or_else(|| StoreError::Broken(format!("no interval: {text}")))
}
