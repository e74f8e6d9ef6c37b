//! `clear_events`: what the ledger need not hold any more.
//!
//! - A refusal under an idempotency key counts nothing; it is kept so that a repeated request gets the same answer.
//! - An event that counted goes when the plan's days are over (those of the plan that is paid, and of the one that the operator has
//!   given in its place), it is in the sums by day and by person, its period has ended, and the
//!   period cost nothing: an invoice rests on all of its period's events. What counts in a meter without periods stays.
//!
//! A trial that was made longer goes on with the period that it began with, so the period of the subscription counts too, as long as
//! it lasts. Where nothing is paid it stays the first one for ever, and is over with its own end.

use tallygate::{counting, rules::time::Span, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    page::{in_page, last_of_page},
};

/// How long a key answers at least, whatever the plan's days are: 24 hours are promised.
const KEYS: Span = Span::days(2);
const NEXT: &str = last_of_page!(
    "SELECT organization_id AS first, id AS second FROM usage_events WHERE (organization_id, id) > (:until_first, :until_second)
  ORDER BY organization_id, id LIMIT :most"
);

macro_rules! not_needed {
    () => {
        concat!(
            "FROM usage_events
WHERE ",
            in_page!("organization_id", "id"),
            " AND created_at <= :keys_before AND ",
            while_leased!(),
            "
  AND (accepted = 0 OR cost_cents = 0 AND period_end <= :now
    AND EXISTS (
      SELECT 1 FROM org_subscriptions subscription
      JOIN plans plan ON plan.id = subscription.plan_id AND plan.retention_days >= 1
      JOIN usage_rollups rollup ON rollup.organization_id = subscription.organization_id
      WHERE subscription.organization_id = usage_events.organization_id
        AND (subscription.current_period_start <> usage_events.period_start OR subscription.current_period_end <= :now)
        AND usage_events.created_at <= :now - plan.retention_days * 86400000
        AND NOT EXISTS (
          SELECT 1 FROM plans given WHERE given.id = subscription.override_plan_id
            AND (given.retention_days IS NULL OR given.retention_days < 1
              OR usage_events.created_at > :now - given.retention_days * 86400000))
        AND (usage_events.keyed_at IS NULL AND usage_events.id <= rollup.people_to OR usage_events.keyed_at <= rollup.people_keyed_to))
    AND NOT EXISTS (
      SELECT 1 FROM usage_counters counter
      WHERE counter.organization_id = usage_events.organization_id AND counter.feature = usage_events.feature
        AND counter.period_start = usage_events.period_start AND counter.overage_cents <> 0))"
        )
    };
}

pub static CLEAR_EVENTS: Clear = Clear {
    name: "clear_events",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", not_needed!()),
    cleared: concat!("DELETE ", not_needed!()),
    ago: &[("keys_before", KEYS)],
    kept: None,
};
