//! The statements before every operation's own: they settle a trial that is over, and read who asks.

use super::{
    browser::{catalog_enforces, session_columns, session_joined, SessionRead},
    Operation, RequestContext,
};
use crate::{
    requested_organization,
    rules::time::Timestamp,
    scoped,
    store::{
        scope::{kept, BEGIN_KEY_REQUEST, BEGIN_REQUEST},
        Statement,
    },
    vouches_anew,
};

/// Who asks, as they are before the operation: the account and its membership, in one row that is there for whoever has an
/// account; and whether the token vouches for an address of theirs that the row does not know to be theirs, and counts against
/// it (`http::address`). The arguments are further columns, and what is joined for them.
macro_rules! caller {
    ($columns:expr, $joined:expr) => {
        scoped!(
            "SELECT membership.*, CASE WHEN users.banned_at IS NULL AND users.deleted_at IS NULL THEN 1 ELSE 0 END AS active,
  CASE WHEN ",
            vouches_anew!(),
            " THEN 1 ELSE 0 END AS newly_verified",
            $columns,
            "
FROM users
LEFT JOIN membership ON 1 = 1
",
            $joined,
            "WHERE users.id = :caller"
        )
    };
}

/// The same on Postgres, as it was when the membership was looked up: a sign-up may have been committed since.
macro_rules! caller_kept {
    ($columns:expr, $joined:expr) => {
        kept!(
            "SELECT membership.*, CAST(asking.active AS bigint) AS active,
  CASE WHEN CAST(NULLIF(current_setting('tallygate.unverified_since', true), '') AS bigint) < :vouched_at
    AND (:vouched_by_word = 1 OR current_setting('tallygate.email_is_denied', true) = '0') THEN 1 ELSE 0 END AS newly_verified",
            $columns,
            "
FROM (SELECT current_setting('tallygate.caller', true) AS active) asking
LEFT JOIN membership ON 1 = 1
",
            $joined,
            "WHERE asking.active <> ''"
        )
    };
}

/// The same of a service key, in the place of a person.
macro_rules! asking_key {
    ($columns:expr, $joined:expr) => {
        scoped!(
            "SELECT membership.*, 1 AS active, asking.id AS key_id, asking.organization_id AS bound_organization_id,
  asking.can_read_usage, asking.can_write_usage, asking.can_manage_webhooks,
  CASE WHEN asking.revoked_at IS NULL THEN 0 ELSE 1 END AS is_revoked,
  CASE WHEN asking.ends_at IS NULL OR asking.ends_at > :now THEN 0 ELSE 1 END AS is_over",
            $columns,
            "
FROM service_keys asking
LEFT JOIN membership ON 1 = 1
",
            $joined,
            "WHERE asking.key_hash = :service_key"
        )
    };
}

/// The same on Postgres, as the key was when its membership was looked up: one that is revoked behind that has asked before.
macro_rules! asking_key_kept {
    ($columns:expr, $joined:expr) => {
        kept!(
            "SELECT membership.*, 1 AS active, asking.id AS key_id, asking.organization_id AS bound_organization_id,
  asking.can_read_usage, asking.can_write_usage, asking.can_manage_webhooks,
  CASE WHEN asking.revoked_at IS NULL THEN 0 ELSE 1 END AS is_revoked,
  CASE WHEN asking.ends_at IS NULL OR asking.ends_at > :now THEN 0 ELSE 1 END AS is_over",
            $columns,
            "
FROM json_to_record(CAST(NULLIF(current_setting('tallygate.service_key', true), '') AS json)) AS asking (
  id text, organization_id text, can_read_usage bigint, can_write_usage bigint, can_manage_webhooks bigint,
  revoked_at bigint, ends_at bigint)
LEFT JOIN membership ON 1 = 1
",
            $joined,
            "WHERE asking.id IS NOT NULL"
        )
    };
}

/// The state of a subscription that has fallen to the catalog's fallback plan.
macro_rules! falls_back {
    () => {
        "
  plan_id = (
    SELECT plans.id FROM plans JOIN organizations ON organizations.id = org_subscriptions.organization_id
    WHERE plans.retired = 0
      AND plans.fallback IN ('any', CASE organizations.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)),
  status = 'active', billing_interval = 'month', current_period_start = :now, current_period_end = :month_later,
  trial_ends_at = NULL, updated_at = :now, request_id = :request"
    };
}

/// Which subscriptions a request of the caller's lets fall so.
macro_rules! falls_back_now {
    () => {
        concat!(
            "organization_id = ",
            requested_organization!("(SELECT current_organization_id FROM users WHERE id = :caller)"),
            "
  AND status = 'trialing' AND trial_ends_at <= :now AND stripe_subscription_id IS NULL
  AND EXISTS (
    SELECT 1 FROM organization_members own
    JOIN users ON users.id = own.user_id AND users.banned_at IS NULL AND users.deleted_at IS NULL
    JOIN organizations ON organizations.id = own.organization_id AND organizations.archived_at IS NULL
    JOIN plans ON plans.retired = 0
      AND plans.fallback IN ('any', CASE organizations.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
    WHERE own.user_id = :caller AND own.organization_id = org_subscriptions.organization_id)"
        )
    };
}

/// A trial of ours that ended unpaid falls to the catalog's fallback plan with the first request after its end; without
/// such a plan nothing is written. What Stripe knows of, Stripe's messages change.
const FALLBACK: &str = concat!(
    "UPDATE org_subscriptions SET ",
    falls_back!(),
    "
WHERE ",
    falls_back_now!()
);

/// The same for the organization that a key asks about; on SQLite, where `membership` is a key's then.
const KEY_FALLBACK: &str = scoped!(
    "UPDATE org_subscriptions SET ",
    falls_back!(),
    "
WHERE organization_id = (SELECT organization_id FROM membership)
  AND status = 'trialing' AND trial_ends_at <= :now AND stripe_subscription_id IS NULL
  AND EXISTS (
    SELECT 1 FROM membership JOIN plans ON plans.retired = 0
      AND plans.fallback IN ('any', CASE membership.organization_kind WHEN 'personal' THEN 'individual' ELSE 'team' END))"
);

/// What stands before an operation that a person asks for.
pub(super) fn caller_statements(session: SessionRead) -> [Statement; 2] {
    let (caller, kept) = match session {
        SessionRead::Nothing => (caller!("", ""), caller_kept!("", "")),
        SessionRead::Session => {
            (caller!(session_columns!(), session_joined!()), caller_kept!(session_columns!(), session_joined!()))
        }
        SessionRead::Enforced => (
            caller!(concat!(catalog_enforces!(), session_columns!()), session_joined!()),
            caller_kept!(concat!(catalog_enforces!(), session_columns!()), session_joined!()),
        ),
    };
    [Statement::new("fallback", FALLBACK).beginning(BEGIN_REQUEST), Statement::new("caller", caller).on_postgres(kept)]
}

/// Rows where the primary would write before it reads: a trial that falls to another plan, an override that is over.
pub(super) const UNSETTLED: &str = "unsettled";
/// A row where the caller has a place that can be taken away: in a team, or in the staff.
pub(super) const AUTHORITY: &str = "authority";

/// What stands before an operation that a person asks a copy of the database: it takes no writes.
pub(super) fn near_statements(context: &RequestContext, operation: &dyn Operation) -> [Statement; 3] {
    let [_, caller] = caller_statements(SessionRead::of(context, operation.session(), operation.scope()));
    let unsettled = concat!(
        "SELECT organization_id FROM org_subscriptions WHERE ",
        falls_back_now!(),
        "
UNION ALL
SELECT organization_id FROM org_subscriptions WHERE override_ends_at <= :now"
    );
    let authority = "SELECT users.id FROM users
WHERE users.id = :caller AND (users.account_type <> 'user' OR EXISTS (
  SELECT 1 FROM organization_members own JOIN organizations ON organizations.id = own.organization_id
  WHERE own.user_id = users.id AND organizations.kind = 'team'))";
    [Statement::new(UNSETTLED, unsettled), caller, Statement::new(AUTHORITY, authority)]
}

/// What stands before an operation that a service key asks for.
pub(super) fn key_statements(now: Timestamp, session: SessionRead) -> [Statement; 3] {
    let (caller, kept) = match session {
        SessionRead::Nothing => (asking_key!("", ""), asking_key_kept!("", "")),
        SessionRead::Session | SessionRead::Enforced => (
            asking_key!(session_columns!(), session_joined!()),
            asking_key_kept!(session_columns!(), session_joined!()),
        ),
    };
    [
        Statement::new("fallback", KEY_FALLBACK).beginning(BEGIN_KEY_REQUEST),
        Statement::new("caller", caller).on_postgres(kept),
        // Once a day, so that an operator sees which keys are used; not by what a key is not good for.
        Statement::new(
            "key_used",
            scoped!(
                "UPDATE service_keys SET last_used_day = :day
WHERE key_hash = :service_key AND (last_used_day IS NULL OR last_used_day < :day)
  AND (EXISTS (SELECT 1 FROM membership) OR :key_scope = 'webhooks:manage' AND can_manage_webhooks = 1 AND :organization IS NULL AND revoked_at IS NULL
    AND (ends_at IS NULL OR ends_at > :now))"
            ),
        )
        .with("day", now.start_of_day()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Batch, Dialect, Value};

    #[test]
    fn every_one_of_them_is_said_to_both_engines_with_what_is_bound_for_all() {
        // given
        let texts = ["caller", "organization", "claim", "request", "service_key", "key_scope"];
        let browser = ["browser", "browser_user", "browser_secret", "provider_session"];
        let numbers = ["now", "month_later", "vouched_at", "vouched_by_word", "trusted", "browser_live_since"];
        let mut shared: Vec<(&'static str, Value)> =
            texts.into_iter().chain(browser).map(|name| (name, "x".into())).collect();
        shared.extend(numbers.map(|name| (name, Value::from(1))));
        for session in [SessionRead::Nothing, SessionRead::Session, SessionRead::Enforced] {
            let of_person = caller_statements(session).to_vec();
            let of_key = key_statements(Timestamp(1), session).to_vec();
            for (statements, dialect) in
                [&of_person, &of_key].into_iter().flat_map(|all| [(all, Dialect::Sqlite), (all, Dialect::Postgres)])
            {
                // when
                let batch = Batch::new(statements, &shared);
                let rendered = batch.render(dialect).map(|all| all.len());
                // then: what opens the batch is among them, and on Postgres nothing is put before it
                let before = usize::from(dialect == Dialect::Sqlite);
                assert_eq!(rendered, Ok(statements.len() + before), "{session:?} {dialect:?}");
            }
        }
    }
}
