//! The large tables, each with what leads to the person's rows.

use super::{
    column::columns,
    list::{List, Walk},
};

/// Puts the organizations that the caller is in or was before a statement, as `mine`, and the one that the page is about, as
/// `place`.
macro_rules! mine {
    () => {
        "WITH mine AS (
  SELECT organization_id FROM organization_members WHERE user_id = :caller
  UNION
  SELECT organization_id FROM former_members WHERE user_id = :caller
), place AS MATERIALIZED (
  SELECT MIN(mine.organization_id) AS organization_id FROM mine
  WHERE :after_organization IS NULL OR mine.organization_id >= :after_organization
)"
    };
}
pub(crate) use mine;

/// Of a row `$kept` of an organization's: it is the caller's, or nobody's in particular and their own organization's, since a service
/// key has written it. Their own is the personal one, and what has given way to it (`identity`, `convert-back`): the caller made and
/// archived that, and nobody is in it.
macro_rules! is_theirs {
    ($kept:literal) => {
        concat!(
            $kept,
            ".user_id = :caller OR ",
            $kept,
            ".user_id IS NULL AND EXISTS (
    SELECT 1 FROM organizations own
    WHERE own.id = ",
            $kept,
            ".organization_id AND (own.personal_user_id = :caller OR own.archived_by = :caller AND own.founded_by = :caller
      AND NOT EXISTS (SELECT 1 FROM organization_members member WHERE member.organization_id = own.id)))"
        )
    };
}

/// The rows of a table of that organization, in the order of their ids, with whether they are asked for; of the others only the
/// last one that was looked at.
macro_rules! walked {
    ($table:literal, $columns:literal, $is_asked_for:expr) => {
        concat!(
            mine!(),
            ", looked_at AS MATERIALIZED (
  SELECT kept.*, ROW_NUMBER() OVER (ORDER BY kept.id) AS number, CASE WHEN ",
            $is_asked_for,
            " THEN 1 ELSE 0 END AS is_asked_for
  FROM ",
            $table,
            " kept
  WHERE kept.organization_id = (SELECT place.organization_id FROM place)
    AND kept.id > CASE WHEN (SELECT place.organization_id FROM place) = :after_organization THEN COALESCE(:after, '') ELSE '' END
  ORDER BY kept.id LIMIT :most
)
SELECT looked_at.id AS place, ",
            $columns,
            " FROM looked_at WHERE looked_at.is_asked_for = 1 OR looked_at.number = :most
ORDER BY looked_at.id"
        )
    };
}

/// The same of the ledger, where whoever counts chooses the keys: they are others' to know, and stand in no cursor. So what has an id
/// of ours comes first, in the order of the ids, and then what has a key, in the order of time.
const LEDGER: &str = concat!(
    mine!(),
    ", unkeyed AS MATERIALIZED (
  SELECT kept.*, kept.id AS place
  FROM usage_events kept
  WHERE kept.organization_id = (SELECT place.organization_id FROM place) AND kept.id < 'key:' AND kept.keyed_at IS NULL
    AND kept.id > CASE WHEN (SELECT place.organization_id FROM place) = :after_organization THEN COALESCE(:after, '') ELSE '' END
  ORDER BY kept.id LIMIT :most
), keyed AS MATERIALIZED (
  SELECT kept.*, 'key:' || CAST(kept.keyed_at AS TEXT) AS place
  FROM usage_events kept
  WHERE kept.organization_id = (SELECT place.organization_id FROM place) AND (SELECT COUNT(*) FROM unkeyed) < :most
    AND kept.keyed_at > CASE WHEN (SELECT place.organization_id FROM place) = :after_organization THEN :after_keyed ELSE 0 END
  ORDER BY kept.keyed_at LIMIT :most
), looked_at AS MATERIALIZED (
  SELECT found.*, ROW_NUMBER() OVER (ORDER BY CASE WHEN found.keyed_at IS NULL THEN 0 ELSE 1 END, found.keyed_at, found.id) AS number,
    CASE WHEN ",
    is_theirs!("found"),
    " THEN 1 ELSE 0 END AS is_asked_for
  FROM (SELECT * FROM unkeyed UNION ALL SELECT * FROM keyed) found
)
SELECT looked_at.* FROM looked_at
WHERE looked_at.number < :most AND looked_at.is_asked_for = 1 OR looked_at.number = :most
ORDER BY looked_at.number"
);

/// The rows of a table of the caller's personal organization and of those that have given way to it (`identity`, `convert-back`): the
/// caller made and archived them, and nobody is in them. In the order of the text that the argument makes of a key.
macro_rules! of_personal {
    ($table:literal, $place:literal) => {
        concat!(
            "SELECT kept.*, kept.organization_id || '/' || ",
            $place,
            " AS place
FROM (
  SELECT personal.id FROM organizations personal WHERE personal.personal_user_id = :caller
  UNION ALL
  SELECT former.id FROM organizations former
  WHERE former.archived_by = :caller AND former.founded_by = :caller
    AND NOT EXISTS (SELECT 1 FROM organization_members member WHERE member.organization_id = former.id)
) own JOIN ",
            $table,
            " kept ON kept.organization_id = own.id
WHERE (:after IS NULL OR kept.organization_id || '/' || ",
            $place,
            " > :after)
ORDER BY place LIMIT :rows"
        )
    };
}

/// The invitations to an address that is the caller's or was.
macro_rules! invitations {
    () => {
        "SELECT to_address.* FROM users own JOIN organization_invitations to_address ON to_address.email = own.email AND own.email_verified = 1
  WHERE own.id = :caller
  UNION
  SELECT answered.* FROM organization_invitations answered WHERE answered.answered_by = :caller
  UNION
  SELECT former.* FROM organization_invitations former WHERE former.formerly_of = :caller"
    };
}

pub const LISTS: [List; 21] = [
    List {
        name: "memberships",
        walk: Walk::Person,
        sql: "SELECT kept.organization_id, kept.role, kept.joined_at, kept.organization_id AS place
FROM organization_members kept
WHERE kept.user_id = :caller AND (:after IS NULL OR kept.organization_id > :after)
ORDER BY kept.organization_id LIMIT :rows",
        columns: columns! { Text: organization_id, role; Time: joined_at },
    },
    List {
        name: "formerMemberships",
        walk: Walk::Person,
        sql: "SELECT kept.organization_id, kept.organization_id AS place
FROM former_members kept
WHERE kept.user_id = :caller AND (:after IS NULL OR kept.organization_id > :after)
ORDER BY kept.organization_id LIMIT :rows",
        columns: columns! { Text: organization_id },
    },
    List {
        name: "invitations",
        walk: Walk::Person,
        sql: concat!(
            "SELECT kept.*, kept.organization_id || '/' || kept.id AS place
FROM (
  ",
            invitations!(),
            "
) kept
WHERE :after IS NULL OR kept.organization_id || '/' || kept.id > :after
ORDER BY place LIMIT :rows"
        ),
        columns: columns! { Text: organization_id, id, email, role, status; Time: created_at, expires_at, resolved_at },
    },
    List {
        name: "sessions",
        walk: Walk::Person,
        sql: "SELECT kept.*, kept.id AS place
FROM active_sessions kept
WHERE kept.user_id = :caller AND (:after IS NULL OR kept.id > :after)
ORDER BY kept.id LIMIT :rows",
        columns: columns! {
            Text: id, user_agent, ip_address, end_reason, provider_session;
            Json: browser_info;
            Time: created_at, last_heartbeat_at, ended_at;
        },
    },
    List {
        name: "analytics",
        walk: Walk::Person,
        sql: "SELECT kept.*, kept.id AS place
FROM user_analytics_sessions kept
WHERE kept.user_id = :caller AND (:after IS NULL OR kept.id > :after)
ORDER BY kept.id LIMIT :rows",
        columns: columns! {
            Text: id, item; Time: day, occurred_at; Number: seconds, stress_before, stress_after, mood; Flag: completed;
        },
    },
    List {
        name: "analyticsDays",
        walk: Walk::Person,
        sql: "SELECT kept.*, CAST(kept.day AS TEXT) AS place
FROM user_analytics_days kept
WHERE kept.user_id = :caller AND (:after IS NULL OR CAST(kept.day AS TEXT) > :after)
ORDER BY place LIMIT :rows",
        columns: columns! {
            Time: day;
            Words: items;
            Number: sessions, seconds, completed, distinct_items, stress_before, told_before, stress_after, told_after, mood, told_mood;
        },
    },
    List {
        name: "mails",
        walk: Walk::Person,
        sql: concat!(
            "SELECT kept.*, kept.event_id || '/' || kept.kind AS place
FROM (
  SELECT 'user:' || :caller AS name
  UNION
  SELECT 'invited:' || theirs.id FROM (
  ",
            invitations!(),
            "
  ) theirs
) recipients
JOIN mail_deliveries kept ON kept.recipient = recipients.name
WHERE :after IS NULL OR kept.event_id || '/' || kept.kind > :after
ORDER BY place LIMIT :rows"
        ),
        columns: columns! { Text: event_id, kind, state; Time: created_at },
    },
    List {
        name: "alerts",
        walk: Walk::Person,
        sql: "SELECT kept.*, kept.organization_id || '/' || kept.feature || '/' || CAST(kept.period_start AS TEXT) || '/' || kept.name AS place
FROM (
  SELECT organization_id FROM organization_members WHERE user_id = :caller
  UNION
  SELECT organization_id FROM former_members WHERE user_id = :caller
) mine
JOIN usage_alerts kept ON kept.organization_id = mine.organization_id
WHERE kept.acknowledged_by = :caller AND (:after IS NULL
  OR kept.organization_id || '/' || kept.feature || '/' || CAST(kept.period_start AS TEXT) || '/' || kept.name > :after)
ORDER BY place LIMIT :rows",
        columns: columns! {
            Text: organization_id, feature, name; Time: period_start, created_at, acknowledged_at; Number: used, limit_value;
        },
    },
    List {
        name: "events",
        walk: Walk::Organizations,
        sql: LEDGER,
        columns: columns! {
            Text: organization_id, id, feature, event_type, plan_id, subject, kind, reservation_step, reservation_id;
            Json: attributes;
            Number: quantity, limit_value, period_total, lifetime_total, counted, cost_cents, overage_cents, reserved_quantity, reserved_total;
            Flag: accepted;
            Time: period_start, period_end, created_at, occurred_at;
        },
    },
    List {
        name: "reservations",
        walk: Walk::Organizations,
        sql: walked!("usage_reservations", "looked_at.*", is_theirs!("kept")),
        columns: columns! {
            Text: organization_id, id, subject, feature, event_type, settled_as, plan_id;
            Number: weight, quantity, counted;
            Time: created_at, expires_at, settled_at;
        },
    },
    List {
        name: "calls",
        walk: Walk::Organizations,
        sql: walked!("call_logs", "looked_at.*", is_theirs!("kept")),
        columns: columns! {
            Text: organization_id, id, subject, call_type, feature, status;
            Json: attributes;
            Number: seconds, counted, cost_cents;
            Time: started_at, deadline_at, ended_at;
        },
    },
    // Whoever else did it, or had it done to them, is left out, and what was written of them.
    List {
        name: "audit",
        walk: Walk::Organizations,
        sql: walked!(
            "audit_events",
            "looked_at.organization_id, looked_at.id, looked_at.action, looked_at.created_at, looked_at.number, looked_at.is_asked_for,
  CASE WHEN EXISTS (SELECT 1 FROM users other WHERE other.id = looked_at.actor_id AND other.id <> :caller)
    THEN NULL ELSE looked_at.actor_id END AS actor_id,
  CASE WHEN EXISTS (SELECT 1 FROM users other WHERE other.id = looked_at.target_id AND other.id <> :caller)
    THEN NULL ELSE looked_at.target_id END AS target_id,
  CASE WHEN EXISTS (SELECT 1 FROM users other WHERE other.id = looked_at.target_id AND other.id <> :caller)
    THEN NULL ELSE looked_at.details END AS details",
            "kept.actor_id = :caller OR kept.target_id = :caller OR EXISTS (
    SELECT 1 FROM organizations personal WHERE personal.id = kept.organization_id AND personal.personal_user_id = :caller)"
        ),
        columns: columns! {
            Text: organization_id, id, actor_id, action, target_id; Json: details; Time: created_at;
        },
    },
    List {
        name: "subscriptions",
        walk: Walk::Person,
        sql: of_personal!("billing_subscriptions", "kept.stripe_subscription_id"),
        columns: columns! {
            Text: organization_id, stripe_subscription_id, status, currency, billing_interval;
            Number: amount_cents;
            Time: current_period_start, current_period_end, trial_ends_at, past_due_since, cancel_at, ended_at, started_at;
        },
    },
    List {
        name: "invoices",
        walk: Walk::Person,
        sql: of_personal!("billing_invoices", "kept.stripe_invoice_id"),
        columns: columns! {
            Text: organization_id, stripe_invoice_id, stripe_subscription_id, number, status, reason, currency, hosted_url, pdf_url;
            Number: subtotal_cents, total_cents, due_cents, paid_cents;
            Time: period_start, period_end, created_at, finalized_at, paid_at, voided_at;
        },
    },
    List {
        name: "refunds",
        walk: Walk::Person,
        sql: of_personal!("billing_refunds", "kept.stripe_charge_id"),
        columns: columns! {
            Text: organization_id, stripe_charge_id, stripe_invoice_id, currency; Number: charged_cents, refunded_cents; Time: created_at;
        },
    },
    List {
        name: "disputes",
        walk: Walk::Person,
        sql: of_personal!("billing_disputes", "kept.stripe_dispute_id"),
        columns: columns! {
            Text: organization_id, stripe_dispute_id, stripe_charge_id, stripe_invoice_id, currency, reason, status;
            Number: disputed_cents;
            Time: created_at;
        },
    },
    List {
        name: "periods",
        walk: Walk::Person,
        sql: of_personal!(
            "usage_summaries",
            "CAST(kept.period_start AS TEXT) || '/' || kept.feature || '/' || CAST(kept.correction AS TEXT)"
        ),
        columns: columns! {
            Text: organization_id, feature, plan_id, currency, state, reason, stripe_invoice_id;
            Number: correction, quantity, units, overage_units, overage_cents;
            Time: period_start, period_end, closed_at, billed_at, withdrawn_at;
        },
    },
    List {
        name: "totals",
        walk: Walk::Person,
        sql: of_personal!(
            "usage_aggregations",
            "kept.span || '/' || kept.feature || '/' || CAST(kept.starts_at AS TEXT)"
        ),
        columns: columns! { Text: organization_id, span, feature; Time: starts_at; Number: events, quantity },
    },
    List {
        name: "grants",
        walk: Walk::Person,
        sql: of_personal!("usage_grants", "kept.id"),
        columns: columns! { Text: organization_id, id, feature; Number: quantity; Time: starts_at, ends_at, created_at },
    },
    List {
        name: "overrides",
        walk: Walk::Person,
        sql: of_personal!("plan_overrides", "kept.id"),
        columns: columns! { Text: organization_id, id, kind, feature, plan_id; Number: limit_value; Time: starts_at, ends_at },
    },
    List {
        name: "formerPlans",
        walk: Walk::Person,
        sql: of_personal!("former_plans", "CAST(kept.ended_at AS TEXT)"),
        columns: columns! { Text: organization_id, plan_id; Time: ended_at },
    },
];
