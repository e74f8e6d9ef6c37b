//! The deletion of an account: nothing of the person goes on, and what is history stays. It is the same whoever asks for it,
//! the auth provider (`identity`) or the person (`account`).
//!
//! Whoever asks decides by one statement of their own, [`DECIDED`]: it marks the user's row as deleted by this request, and
//! changes nothing else of it. All that is erased hangs on that row.

/// Of a row `organizations` that is archived: somebody may have it back yet (`account`, `restore-organization`). It is a
/// team, not archived before `:restorable_since`, and has an owner who is neither banned nor deleted.
#[doc(hidden)]
#[macro_export]
macro_rules! may_be_restored {
    () => {
        "organizations.kind = 'team' AND organizations.archived_at > :restorable_since AND EXISTS (
    SELECT 1 FROM organization_members able
    JOIN users acting ON acting.id = able.user_id AND acting.banned_at IS NULL AND acting.deleted_at IS NULL
    WHERE able.organization_id = organizations.id AND able.role = 'owner')"
    };
}

/// Of a row `own` of `organization_members`: its organization has another owner who can act. One who is banned can neither
/// run it nor stop its payments, so it is as if they were none. A personal organization never has another.
macro_rules! has_another_owner {
    () => {
        "EXISTS (
  SELECT 1 FROM organization_members other
  JOIN users acting ON acting.id = other.user_id AND acting.banned_at IS NULL AND acting.deleted_at IS NULL
  WHERE other.organization_id = own.organization_id AND other.role = 'owner' AND other.user_id <> own.user_id)"
    };
}

/// Who owns the organization of a row `own` next, where it has no other owner: its oldest admin who can act.
macro_rules! heir {
    () => {
        "(
  SELECT admin.user_id
  FROM organization_members admin
  JOIN users ON users.id = admin.user_id AND users.banned_at IS NULL AND users.deleted_at IS NULL
  WHERE admin.organization_id = own.organization_id AND admin.role = 'admin' AND admin.user_id <> own.user_id
  ORDER BY admin.joined_at, admin.user_id LIMIT 1)"
    };
}

/// Of the organization whose id an expression gives: what it used beyond its plan is not paid for yet. It is in a period that is
/// not closed, Stripe is to be asked for it, or the invoice with it is on its way. After `:owed_since` (as [`COLLECTED_WITHIN`]
/// says) nobody waits for it.
#[macro_export]
macro_rules! overage_is_owed {
    ($organization:literal) => {
        concat!(
            "(EXISTS (
    SELECT 1 FROM usage_counters counter
    WHERE counter.organization_id = ",
            $organization,
            " AND counter.overage_cents > 0 AND counter.period_end > :owed_since AND NOT EXISTS (
      SELECT 1 FROM usage_summaries closed WHERE closed.organization_id = counter.organization_id
        AND closed.period_start = counter.period_start AND closed.feature = counter.feature))
  OR EXISTS (
    SELECT 1 FROM usage_summaries line
    LEFT JOIN billing_invoices invoice ON invoice.organization_id = line.organization_id
      AND invoice.stripe_invoice_id = line.stripe_invoice_id
    WHERE line.organization_id = ",
            $organization,
            " AND line.overage_cents > 0 AND line.closed_at > :owed_since AND line.withdrawn_at IS NULL
      AND (line.state IN ('closed', 'billing') OR line.state = 'billed' AND COALESCE(invoice.status, 'draft') IN ('draft', 'open'))))"
        )
    };
}

/// Of a row `billing_customers` beside its `organizations`: Stripe sends its invoices to an address that its payer has no more, and
/// somebody has the organization, or may have it back (`:restorable_since`).
#[macro_export]
macro_rules! customer_is_stale {
    () => {
        concat!(
            "billing_customers.email_is_stale = 1 AND (organizations.archived_at IS NULL OR ",
            $crate::may_be_restored!(),
            ")"
        )
    };
}

/// The slug of an organization that is nobody's any more: its person may have chosen the one before. Nobody can take it, since no
/// slug that somebody chooses has an underscore.
#[macro_export]
macro_rules! former_slug {
    () => {
        "'former_' || id"
    };
}

mod outlook;
mod payments;
mod stale_address;
mod statements;

pub use outlook::{outlook, Outlook};
pub use payments::{is_left_at_stripe, left_at_stripe, settle};
pub use stale_address::StaleAddress;
pub use statements::erasure;

use crate::{
    rules::{ids::UserId, time::Span},
    store::Lock,
};

/// How long after a period is closed its overage is waited for: Stripe tries to collect an invoice for two months at most
/// (docs.stripe.com/billing/revenue-recovery/smart-retries).
pub const COLLECTED_WITHIN: Span = Span::days(62);

/// The name of the statement that decides.
pub const DECIDED: &str = "decided";

/// What a deletion may be raced for.
pub fn locks() -> Vec<Lock> {
    vec![Lock::Caller, Lock::FellowMembers, Lock::OrganizationsOfCaller]
}

/// The same of somebody's whose account another one deletes.
pub fn locks_of(user: &UserId) -> Vec<Lock> {
    vec![Lock::User(user.clone()), Lock::FellowMembersOf(user.clone()), Lock::OrganizationsOf(user.clone())]
}
