//! A subscription as Stripe has it, and the plan that follows from it.

use super::items::{kept_items, plan_item, with_items};
use crate::{
    rules::{period::a_month_after, time::Timestamp},
    store::Statement,
    stripe::Subscription,
};

/// Of a row of `billing_subscriptions`, by its name: it goes on, and somebody is charged for it or will be.
#[macro_export]
macro_rules! subscription_runs {
    ($row:literal) => {
        concat!($row, ".status IN ('trialing', 'active', 'past_due', 'unpaid', 'paused')")
    };
}

/// Of a row of `plans`, by its name: it costs nothing for good, for organizations of an audience (an SQL expression). A plan with
/// a trial is free only as long as the trial lasts, unless it is also what an ended trial falls to.
#[macro_export]
macro_rules! costs_nothing {
    ($plan:literal, $audience:literal) => {
        concat!(
            "(",
            $plan,
            ".price_month_cents = 0 AND (",
            $plan,
            ".trial_days = 0 OR COALESCE(",
            $plan,
            ".fallback, '') IN ('any', ",
            $audience,
            ")))"
        )
    };
}

/// Where a statement follows from an event: this request is the one that took it in.
macro_rules! taken_in {
    () => {
        "(:event IS NULL OR EXISTS (
    SELECT 1 FROM webhook_inbox taken
    WHERE taken.provider = 'stripe' AND taken.event_id = :event AND taken.request_id = :request))"
    };
}

const TAKEN_IN: &str = taken_in!();

/// The statements that keep a subscription and derive its organization's plan and status.
///
/// The organization is the one whose customer it is, whatever its metadata say. With an `event`, they take effect only if
/// this request is the one that took the event in. `observed_at` is when Stripe was asked, or before.
pub fn record_subscription(subscription: &Subscription, observed_at: Timestamp, event: Option<&str>) -> [Statement; 2] {
    let ended_at = (subscription.status == "canceled")
        .then(|| subscription.ended_at.or(subscription.canceled_at).unwrap_or(subscription.current_period_end));
    // A month of the fallback plan begins where the paid one ended.
    let fallback_period_end = ended_at.map(a_month_after);
    let chosen = plan_item(subscription);
    [
        // The newest answer wins; what has ended is never revived by a late one.
        with_items(
            Statement::composed(
                "subscription",
                format!(
                    "INSERT INTO billing_subscriptions
  (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, stripe_schedule_id, status, amount_cents,
   currency, billing_interval, current_period_start, current_period_end, trial_ends_at, past_due_since, cancel_at,
   ended_at, fallback_period_end, started_at, observed_at, request_id, items)
SELECT customer.organization_id, :subscription, chosen.item, chosen.price, :schedule, :status, chosen.amount,
  chosen.currency, chosen.billing_interval, chosen.period_start, chosen.period_end, :trial_ends_at, :past_due_since,
  COALESCE(:cancel_at, CASE WHEN :ends_with_period = 1 THEN chosen.period_end END),
  :ended_at, :fallback_period_end, :started_at, :observed_at, :request, :items
FROM billing_customers customer CROSS JOIN {chosen} chosen
WHERE customer.stripe_customer_id = :customer
  AND {TAKEN_IN}
ON CONFLICT (organization_id, stripe_subscription_id) DO UPDATE SET
  stripe_item_id = excluded.stripe_item_id, stripe_price_id = excluded.stripe_price_id,
  stripe_schedule_id = excluded.stripe_schedule_id, status = excluded.status, amount_cents = excluded.amount_cents,
  currency = excluded.currency, billing_interval = excluded.billing_interval,
  current_period_start = excluded.current_period_start, current_period_end = excluded.current_period_end,
  trial_ends_at = excluded.trial_ends_at, past_due_since = excluded.past_due_since, cancel_at = excluded.cancel_at,
  ended_at = excluded.ended_at, fallback_period_end = excluded.fallback_period_end, started_at = excluded.started_at,
  observed_at = excluded.observed_at, request_id = excluded.request_id, items = excluded.items
WHERE excluded.observed_at >= billing_subscriptions.observed_at
  AND billing_subscriptions.status NOT IN ('canceled', 'incomplete_expired')"
                )
                .into(),
            ),
            subscription,
        )
        .with("subscription", subscription.id.as_str())
        .with("customer", subscription.customer.as_str())
        .with("items", kept_items(subscription))
        .with("schedule", subscription.schedule.as_deref())
        .with("status", subscription.status.as_str())
        .with("trial_ends_at", subscription.trial_end)
        .with("past_due_since", subscription.past_due_since())
        .with("cancel_at", subscription.cancel_at)
        .with("ends_with_period", subscription.cancel_at_period_end)
        .with("ended_at", ended_at)
        .with("fallback_period_end", fallback_period_end)
        .with("started_at", subscription.created)
        .with("observed_at", observed_at)
        .with("event", event),
        // Of the organization's subscriptions the running one counts, of several the newest that is not given up on (`unpaid`,
        // `paused`); one whose first payment is still open takes nothing away. A price that the catalog does not have, or has for the other kind of
        // organization, changes nothing but is kept. When all have ended, the plan is the free one that was chosen for
        // afterwards, else the catalog's fallback, else the old one to be read only. Once a request: what was chosen for
        // afterwards is taken by the first time, and a batch that is sent twice must not miss it.
        derived(&subscription.customer),
    ]
}

/// The audiences whose plans an organization of its kind may have: of a row `organizations`.
macro_rules! audience_of_kind {
    () => {
        "('any', CASE organizations.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)"
    };
}

/// An organization's plan and status, from all its subscriptions, where this request has changed one of a customer's. Who was
/// moved to another plan by an operator stays on it for as long as the price is the one that they were moved from. What has ended keeps its
/// last plan, or has the first one of its kind where it is of the other kind by now (a workspace that gave way to a team's conversion back).
fn derived(customer: &str) -> Statement {
    Statement::new(
        "derived",
        concat!(
            "UPDATE org_subscriptions SET
  plan_id = COALESCE(followed.next_plan_id,
    CASE WHEN followed.plan_id = moved_from_plan_id THEN org_subscriptions.plan_id ELSE followed.plan_id END,
    followed.last_plan_id),
  moved_from_plan_id = CASE WHEN followed.next_plan_id IS NULL AND followed.plan_id = moved_from_plan_id THEN moved_from_plan_id END,
  status = CASE WHEN followed.next_plan_id IS NOT NULL THEN 'active' ELSE followed.status END,
  billing_interval = CASE WHEN followed.next_plan_id IS NOT NULL THEN 'month' ELSE followed.billing_interval END,
  current_period_start =
    CASE WHEN followed.next_plan_id IS NOT NULL THEN followed.ended_at ELSE followed.current_period_start END,
  current_period_end =
    CASE WHEN followed.next_plan_id IS NOT NULL THEN followed.fallback_period_end ELSE followed.current_period_end END,
  trial_ends_at =
    CASE WHEN followed.status = 'trialing' THEN COALESCE(followed.trial_ends_at, followed.current_period_end) END,
  past_due_since =
    CASE WHEN followed.status = 'past_due' THEN COALESCE(followed.past_due_since, followed.current_period_start) END,
  stripe_subscription_id =
    CASE WHEN followed.next_plan_id IS NULL THEN followed.stripe_subscription_id END,
  cancel_at = CASE WHEN followed.status <> 'canceled' THEN followed.cancel_at END,
  pending_plan_id = CASE WHEN followed.keeps_pending = 1 THEN pending_plan_id END,
  pending_interval = CASE WHEN followed.keeps_pending = 1 THEN pending_interval END,
  pending_at = CASE WHEN followed.keeps_pending = 1 THEN pending_at END,
  updated_at = :now,
  request_id = :request
FROM (
  SELECT kept.organization_id, kept.stripe_subscription_id, kept.status, kept.billing_interval,
    kept.current_period_start, kept.current_period_end, kept.trial_ends_at, kept.past_due_since, kept.cancel_at,
    kept.ended_at, kept.fallback_period_end, plans.id AS plan_id,
    CASE WHEN kept.status = 'canceled' THEN COALESCE(
      (SELECT chosen.id FROM plans chosen WHERE chosen.id = now_is.pending_plan_id AND ",
            costs_nothing!("chosen", "CASE organizations.kind WHEN 'personal' THEN 'individual' ELSE 'team' END"),
            "
        AND chosen.audience IN ",
            audience_of_kind!(),
            "),
      (SELECT free.id FROM plans free WHERE free.retired = 0
        AND free.fallback IN ",
            audience_of_kind!(),
            ")
    ) END AS next_plan_id,
    CASE WHEN kept.status = 'canceled' THEN COALESCE(
      (SELECT own.id FROM plans own WHERE own.id = now_is.plan_id AND own.audience IN ",
            audience_of_kind!(),
            "),
      (SELECT first.id FROM plans first WHERE first.audience IN ",
            audience_of_kind!(),
            " ORDER BY first.retired, first.position, first.id LIMIT 1)
    ) END AS last_plan_id,
    CASE
      WHEN kept.status = 'canceled' THEN 0
      WHEN kept.stripe_schedule_id IS NULL AND kept.cancel_at IS NULL THEN 0
      WHEN now_is.pending_plan_id = plans.id AND now_is.pending_interval = kept.billing_interval THEN 0
      ELSE 1
    END AS keeps_pending
  FROM billing_subscriptions changed
  JOIN billing_subscriptions kept ON kept.organization_id = changed.organization_id
  JOIN organizations ON organizations.id = kept.organization_id
  JOIN org_subscriptions now_is ON now_is.organization_id = kept.organization_id
  LEFT JOIN plan_prices price ON price.stripe_price_id = kept.stripe_price_id
  LEFT JOIN plans ON plans.id = price.plan_id
    AND plans.audience IN ",
            audience_of_kind!(),
            "
  WHERE changed.request_id = :request
    AND changed.organization_id = (SELECT organization_id FROM billing_customers WHERE stripe_customer_id = :customer)
    AND kept.status IN ('trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled')
  ORDER BY CASE WHEN kept.status = 'canceled' THEN 3 WHEN plans.id IS NULL THEN 2
      WHEN kept.status IN ('unpaid', 'paused') THEN 1 ELSE 0 END,
    kept.started_at DESC, kept.stripe_subscription_id DESC
  LIMIT 1
) followed
WHERE org_subscriptions.organization_id = followed.organization_id
  AND org_subscriptions.request_id IS DISTINCT FROM :request
  AND (followed.status = 'canceled' OR followed.plan_id IS NOT NULL)"
        ),
    )
    .with("customer", customer)
}

/// A subscription that Stripe has no more has ended, nobody knows when: at the latest at that moment. Only if this request has taken
/// the event in.
pub fn end_subscription(
    subscription: &str,
    customer: &str,
    at: Timestamp,
    observed_at: Timestamp,
    event: &str,
) -> [Statement; 2] {
    [
        Statement::new(
            "ended",
            concat!(
                "UPDATE billing_subscriptions SET status = 'canceled', ended_at = :ended_at,
  fallback_period_end = :fallback_period_end, observed_at = :observed_at, request_id = :request
WHERE organization_id = (SELECT organization_id FROM billing_customers WHERE stripe_customer_id = :customer)
  AND stripe_subscription_id = :subscription AND status NOT IN ('canceled', 'incomplete_expired') AND observed_at <= :observed_at
  AND ",
                taken_in!()
            ),
        )
        .with("subscription", subscription)
        .with("customer", customer)
        .with("event", event)
        .with("ended_at", at)
        .with("fallback_period_end", a_month_after(at))
        .with("observed_at", observed_at),
        derived(customer),
    ]
}

/// What Stripe does when a customer is deleted, and what follows: every subscription of theirs is cancelled at once, and
/// the mapping is let go, so that the next checkout makes a new customer. With an `event`, only if this request has taken it
/// in.
pub fn let_customer_go(customer: &str, at: Timestamp, observed_at: Timestamp, event: Option<&str>) -> [Statement; 3] {
    let about = |statement: Statement| statement.with("customer", customer).with("event", event);
    [
        about(Statement::new(
            "cancelled",
            concat!(
                "UPDATE billing_subscriptions SET status = 'canceled', ended_at = :ended_at,
  fallback_period_end = :fallback_period_end, observed_at = :observed_at, request_id = :request
WHERE organization_id = (SELECT organization_id FROM billing_customers WHERE stripe_customer_id = :customer)
  AND status NOT IN ('canceled', 'incomplete_expired')
  AND ",
                taken_in!()
            ),
        ))
        .with("ended_at", at)
        .with("fallback_period_end", a_month_after(at))
        .with("observed_at", observed_at),
        derived(customer),
        about(Statement::new(
            "let_go",
            concat!("DELETE FROM billing_customers WHERE stripe_customer_id = :customer AND ", taken_in!()),
        )),
    ]
}
