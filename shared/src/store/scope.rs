//! Whose rows a statement may touch: the caller's membership, put before a statement as a row that it can join.
//!
//! On SQLite the row is looked up again by each statement that asks for it. On Postgres it is looked up once a batch, after
//! the locks, and kept in a setting of the transaction: planning that join again for each statement cost ten times as
//! much as running it.

use super::FOR_POSTGRES;

/// The organization that a request is about: the one in the header or the body, else the one that the token names (by our
/// id or the provider's), else the caller's current one, which the argument reads.
#[doc(hidden)]
#[macro_export]
macro_rules! requested_organization {
    ($current:literal) => {
        concat!(
            "COALESCE(
      :organization,
      ",
            $crate::organization_by_claim!(),
            $current,
            ")"
        )
    };
}

/// The one that the token names; left out of the statements of a request whose token names none (`store/render.rs`).
#[doc(hidden)]
#[macro_export]
macro_rules! organization_by_claim {
    () => {
        "(SELECT id FROM organizations WHERE id = :claim),
      (SELECT id FROM organizations WHERE external_id = :claim AND external_id IS NOT NULL),
      "
    };
}

/// Puts the caller's membership before a statement, as the row `membership`: the organization that the request is about,
/// with the caller's role, the plan, its limits and `access_until`. It has no row where the caller is no member, is banned
/// or deleted, so a statement that reads from it cannot touch another organization.
///
/// It is the membership as it was before the operation. (On SQLite it is looked up anew by each statement, so one that
/// changes the caller's membership or current organization comes last; and what an operation has changed is read from the
/// view `memberships`, not from this row.)
#[macro_export]
macro_rules! scoped {
    ($($sql:tt)+) => {
        concat!(
            "WITH membership AS MATERIALIZED (
  SELECT memberships.*
  FROM users JOIN memberships ON memberships.user_id = users.id
  WHERE users.id = :caller AND users.banned_at IS NULL AND users.deleted_at IS NULL
    AND memberships.organization_id = ",
            $crate::requested_organization!("users.current_organization_id"),
            "
)
",
            $($sql)+
        )
    };
}

/// Puts only the ids before a statement, as the row `tenant` (`organization_id`, `user_id`), which costs one row read
/// instead of five. It grants nothing: it is for statements that hang on a row which carries this request's own id, since
/// that row is there only if the membership allowed it.
#[macro_export]
macro_rules! tenant_scoped {
    ($($sql:tt)+) => {
        concat!(
            "WITH tenant AS (
  SELECT users.id AS user_id, ",
            $crate::requested_organization!("users.current_organization_id"),
            " AS organization_id
  FROM users WHERE users.id = :caller
)
",
            $($sql)+
        )
    };
}

/// Whether whoever sent an invitation may still send it: a condition on an invitation's row, given by its name in the
/// statement. An owner invites to every role and an admin to all but owner; who is removed, demoted, banned or deleted
/// invites to none. It is asked when the invitation takes effect, since an invitation must not outlive the authority it
/// was sent with.
#[macro_export]
macro_rules! inviter_may_invite {
    ($invitation:literal) => {
        concat!(
            "EXISTS (
    SELECT 1 FROM organization_members inviter
    JOIN users sender ON sender.id = inviter.user_id AND sender.banned_at IS NULL AND sender.deleted_at IS NULL
    WHERE inviter.organization_id = ",
            $invitation,
            ".organization_id AND inviter.user_id = ",
            $invitation,
            ".invited_by
      AND (inviter.role = 'owner' OR inviter.role = 'admin' AND ",
            $invitation,
            ".role <> 'owner'))"
        )
    };
}

/// Of a row of `active_sessions`, by its name: it is the session of the browser that asks, as far as the request says. One
/// id under another of the provider's sessions, or with another secret (`:presented_secret`), is another browser's.
#[macro_export]
macro_rules! same_browser {
    ($row:literal) => {
        $crate::same_browser!($row, ":presented_secret")
    };
    ($row:literal, $secret:literal) => {
        concat!(
            "(:provider_session IS NULL OR COALESCE(",
            $row,
            ".provider_session, :provider_session) = :provider_session)
    AND (",
            $secret,
            " IS NULL OR ",
            $row,
            ".secret_hash = ",
            $secret,
            ")"
        )
    };
}

/// Of a row `browser` of `active_sessions`: it is live, and the session of the browser that asks.
#[macro_export]
macro_rules! browser_is_live {
    () => {
        concat!(
            "browser.ended_at IS NULL AND browser.last_heartbeat_at > :browser_live_since
    AND ",
            $crate::same_browser!("browser", ":browser_secret")
        )
    };
}

/// Of a row `browser` of `active_sessions`: it is the one that is named. A service key names whose it is, and that must be a
/// member of the organization that the key asks about, and neither banned nor deleted.
#[macro_export]
macro_rules! browser_is_named {
    () => {
        "browser.user_id = :browser_user AND browser.id = :browser AND (:service_key IS NULL OR EXISTS (
      SELECT 1 FROM organization_members fellow
      JOIN users person ON person.id = fellow.user_id AND person.banned_at IS NULL AND person.deleted_at IS NULL
      WHERE fellow.user_id = browser.user_id AND fellow.organization_id = COALESCE(:organization, (
        SELECT bound.organization_id FROM service_keys bound WHERE bound.key_hash = :service_key))))"
    };
}

/// Whether the browser that a request names is one of the caller's and live: a condition in every statement that decides,
/// so that a browser that was put out changes nothing from that moment on. A request that names none is not held to it.
#[macro_export]
macro_rules! session_is_live {
    () => {
        concat!(
            "(:browser IS NULL OR EXISTS (
    SELECT 1 FROM active_sessions browser
    WHERE ",
            $crate::browser_is_named!(),
            " AND ",
            $crate::browser_is_live!(),
            "))"
        )
    };
}

/// The same for what costs money or adds people: where the catalog enforces sessions, the request must name one and prove
/// it by its secret. A service key has no browser of its own. Whether the catalog does stands in the row `membership`, or
/// in the one whose column is given: it is read anyway.
#[macro_export]
macro_rules! session_is_proven {
    () => {
        $crate::session_is_proven!("membership.sessions_enforced")
    };
    ($is_enforced:literal) => {
        concat!(
            $crate::session_is_live!(),
            "
  AND (:browser IS NOT NULL AND :browser_secret IS NOT NULL OR :service_key IS NOT NULL OR ",
            $is_enforced,
            " = 0)"
        )
    };
}

/// Of a row of `users`, by its name: one of the operator's staff at this moment.
#[macro_export]
macro_rules! user_is_staff {
    ($row:literal) => {
        concat!(
            $row,
            ".account_type IN ('admin', 'super_admin') AND ",
            $row,
            ".banned_at IS NULL AND ",
            $row,
            ".deleted_at IS NULL"
        )
    };
}

/// The id of the personal organization of a row `users`: where whoever worked in what is archived works from then on.
#[macro_export]
macro_rules! own_organization {
    () => {
        "(
  SELECT personal.id FROM organizations personal
  WHERE personal.personal_user_id = users.id AND personal.archived_at IS NULL)"
    };
}

/// How many teams the caller has founded that are still there or can be had back (`rules::archiving::RESTORABLE`, in
/// milliseconds), as a number in parentheses: whoever archives one has not made room for another yet, and whoever has one
/// back takes none.
#[macro_export]
macro_rules! founded_teams {
    () => {
        "((SELECT COUNT(*) FROM organizations founded
    WHERE founded.founded_by = :caller AND founded.kind = 'team' AND founded.archived_at IS NULL)
  + (SELECT COUNT(*) FROM organizations founded
    WHERE founded.founded_by = :caller AND founded.kind = 'team' AND founded.archived_at > :now - 2592000000))"
    };
}

/// Whether the caller may found one more team: the catalog says how many of one person's there may be at once.
#[macro_export]
macro_rules! founds_another_team {
    () => {
        concat!(
            "(SELECT settings.most_founded_teams FROM catalog_settings settings WHERE settings.id = 1) > ",
            $crate::founded_teams!()
        )
    };
}

/// How many browsers the membership, or the row of `memberships` that is named, lets be signed in at once, -1 unlimited. What is not paid for grants no more than the
/// least plan does: one. So nobody founds a team that waits for its checkout, and signs in everywhere by naming it.
#[macro_export]
macro_rules! granted_sessions {
    () => {
        $crate::granted_sessions!("membership")
    };
    ($row:literal) => {
        concat!("CASE WHEN ", $row, ".access_until > :now THEN ", $row, ".concurrent_sessions ELSE 1 END")
    };
}

/// A column of the plan to which a row of `memberships` or `entitlements` changes when its period ends, in parentheses: where that
/// plan has fewer seats and the catalog refuses a downgrade below the seats in use, else NULL. What the operator gives in place of
/// the plan's seats holds on.
#[macro_export]
macro_rules! of_smaller_plan_to_come {
    ($row:literal, $column:literal) => {
        concat!(
            "(SELECT smaller.",
            $column,
            " FROM org_subscriptions changing
    JOIN plans smaller ON smaller.id = changing.pending_plan_id AND smaller.seats <> -1
      AND (smaller.seats < ",
            $row,
            ".seats OR ",
            $row,
            ".seats = -1)
    JOIN catalog_settings policy ON policy.id = 1 AND policy.downgrade_over_seats = 'refuse'
    WHERE changing.organization_id = ",
            $row,
            ".organization_id AND changing.override_plan_id IS NULL AND changing.override_seats IS NULL)"
        )
    };
}

/// How many seats of the row may be taken or offered, -1 unlimited: those of its plan, or the fewer ones of the plan to come. A
/// downgrade is refused below the seats in use when it is asked for, and nobody fills them while it waits.
#[macro_export]
macro_rules! seats_to_fill {
    ($row:literal) => {
        concat!("COALESCE(", $crate::of_smaller_plan_to_come!($row, "seats"), ", ", $row, ".seats)")
    };
}

/// The row `membership` on Postgres: out of the settings of the transaction that `tallygate_open_request` has made, as a value of
/// the view's own row type, which costs a third of taking JSON apart.
macro_rules! kept {
    ($($sql:tt)+) => {
        concat!(
            "WITH membership AS (
  SELECT * FROM CAST(NULLIF(current_setting('tallygate.membership', true), '') AS memberships) AS kept
  WHERE kept.organization_id IS NOT NULL
)
",
            $($sql)+
        )
    };
}

pub(crate) use kept;

/// What stands before a statement on SQLite, and what takes its place on Postgres.
pub(super) const PREFIXES: [(&str, &str); 2] = [
    (scoped!(""), if FOR_POSTGRES { kept!("") } else { "" }),
    (tenant_scoped!(""), if FOR_POSTGRES { KEPT_TENANT } else { "" }),
];

/// The row `tenant` on Postgres, out of the same settings.
const KEPT_TENANT: &str = "WITH tenant AS (
  SELECT current_setting('tallygate.organization_id', true) AS organization_id,
    current_setting('tallygate.user_id', true) AS user_id
  WHERE current_setting('tallygate.organization_id', true) <> ''
)
";

/// The shared parameter with the hash of the service key that asks; without a value it is a person who asks.
pub(crate) const SERVICE_KEY: &str = "service_key";

/// The shared parameter with the organization that a person's token names; without a value it names none.
pub(crate) const CLAIM: &str = "claim";

/// What stands before a statement on SQLite where a service key asks, in the same order as [`PREFIXES`]: the organization
/// that it names or is bound to, as a member without a person.
pub(super) const KEY_PREFIXES: [&str; 2] = [
    "WITH membership AS MATERIALIZED (
  SELECT CAST(NULL AS TEXT) AS user_id, 'member' AS role, 2 AS role_rank, 0 AS joined_at, entitlements.*
  FROM service_keys used
  JOIN entitlements ON entitlements.organization_id = COALESCE(:organization, used.organization_id)
  WHERE used.key_hash = :service_key AND used.revoked_at IS NULL AND (used.ends_at IS NULL OR used.ends_at > :now)
    AND (used.organization_id IS NULL OR used.organization_id = entitlements.organization_id)
    AND CASE :key_scope WHEN 'usage:write' THEN used.can_write_usage WHEN 'usage:read' THEN used.can_read_usage ELSE 0 END = 1
)
",
    "WITH tenant AS (
  SELECT CAST(NULL AS TEXT) AS user_id, COALESCE(:organization, used.organization_id) AS organization_id
  FROM service_keys used WHERE used.key_hash = :service_key
)
",
];

/// The same on Postgres, for a service key.
pub(crate) const BEGIN_KEY_REQUEST: &str =
    "SELECT tallygate_open_key_request(:service_key, :key_scope, :organization, :now, :month_later, :request)";

/// Settles overrides and a trial that are over and keeps the caller's membership for the statements that follow, on Postgres: a function,
/// since the plans of its statements are made once a connection and not with each request.
pub(crate) const BEGIN_REQUEST: &str =
    "SELECT tallygate_open_request(:caller, :organization, :claim, :now, :month_later, :request)";

#[cfg(test)]
mod tests {
    #[test]
    fn a_team_counts_as_founded_as_long_as_it_can_be_had_back() {
        let text = crate::founded_teams!();
        assert!(text.contains(&format!(":now - {})", crate::rules::archiving::RESTORABLE.0)), "{text}");
    }
}
