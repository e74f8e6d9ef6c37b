//! Events out: where they may be sent, how they are signed (Standard Webhooks, standardwebhooks.com), and what an answer
//! means. Pure but for the one call that sends.

mod address;
mod attempt;
mod event_types;
mod message;
mod retry;
mod secret;

pub use address::EndpointAddress;
pub use attempt::{attempt, Attempt};
pub use event_types::EVENT_TYPES;
pub use message::{Message, Recipient};
pub use retry::{after_failure, FAILING_FOR, MOST_ATTEMPTS};
pub use secret::{signature, SECRET_PREFIX};

/// The variable that lets endpoints be on this machine, for local work and suites alone.
pub const ALLOW_LOCAL: &str = "WEBHOOKS_ALLOW_LOCAL";

/// The name of the feature by which a plan lets an organization have endpoints of its own.
pub const FEATURE: &str = "webhooks";

/// What an update sets of an endpoint that is removed: it is without its address and secrets at once. Jobs take it for a paused one.
#[macro_export]
macro_rules! endpoint_without_address {
    () => {
        "removed_at = :now, paused_at = COALESCE(paused_at, :now), url = '', secret = '', former_secret = NULL, former_secret_ends_at = NULL"
    };
}

/// Of a row `endpoint` of `webhook_endpoints`: its organization is there, and its plan runs and has webhooks; the operator's
/// own is always in order.
#[macro_export]
macro_rules! endpoint_is_paid_for {
    () => {
        "(endpoint.organization_id IS NULL OR EXISTS (
    SELECT 1 FROM entitlements entitled
    JOIN plan_features feature ON feature.plan_id = entitled.plan_id AND feature.feature = 'webhooks'
      AND feature.kind = 'flag' AND feature.value = '1'
    WHERE entitled.organization_id = endpoint.organization_id AND entitled.access_until > :now))"
    };
}

/// Of a row `endpoint` of `webhook_endpoints`: its organization, the row `archived`, was archived while its plan ran and had
/// webhooks (`access_until` as in the view `entitlements`, which has nothing that is archived). It hears of what happened until
/// then; of an event that is said by a further condition.
#[macro_export]
macro_rules! endpoint_hears_the_last {
    () => {
        $crate::endpoint_hears_the_last!("")
    };
    ($condition:literal) => {
        concat!(
            "EXISTS (
    SELECT 1 FROM organizations archived
    JOIN org_subscriptions held ON held.organization_id = archived.id
    JOIN plans plan ON plan.id = held.plan_id
    JOIN plan_features feature ON feature.plan_id = plan.id AND feature.feature = 'webhooks'
      AND feature.kind = 'flag' AND feature.value = '1'
    WHERE archived.id = endpoint.organization_id AND archived.archived_at IS NOT NULL
      AND CASE held.status
        WHEN 'active' THEN 9007199254740991
        WHEN 'trialing' THEN held.trial_ends_at
        WHEN 'past_due' THEN held.past_due_since + plan.grace_days * 86400000
        ELSE 0 END > archived.archived_at",
            $condition,
            ")"
        )
    };
}

/// Of a row `endpoint` of `webhook_endpoints` and one `event` of `outbox`: the endpoint is to hear of the event.
#[macro_export]
macro_rules! endpoint_wants_event {
    () => {
        "(endpoint.organization_id IS NULL OR endpoint.organization_id = event.organization_id)
  AND (endpoint.event_types IS NULL OR endpoint.event_types LIKE '% ' || event.event_type || ' %')"
    };
}

/// The rows `meant`, behind a row `account` with an `organization_id`: the events that are to be sent once more, of those that have been given out: the organization's own, by their index, or, of the operator's
/// endpoints, everybody's and the operator's own. (Whose they are is asked for in one place, so that both engines take them in the order of the index.)
#[macro_export]
macro_rules! events_meant {
    ($which:literal) => {
        concat!(
            ", meant AS MATERIALIZED (
  SELECT id, organization_id, event_type FROM (
    SELECT event.id, event.organization_id, event.event_type
    FROM outbox event
    WHERE event.organization_id = (SELECT account.organization_id FROM account) AND ",
            $which,
            " AND event.sequence IS NOT NULL
    ORDER BY event.id LIMIT :most) own
  UNION ALL
  SELECT id, organization_id, event_type FROM (
    SELECT id, organization_id, event_type FROM (
      SELECT event.id, event.organization_id, event.event_type
      FROM outbox event
      WHERE EXISTS (SELECT 1 FROM account WHERE account.organization_id IS NULL) AND ",
            $which,
            " AND event.sequence IS NOT NULL
      ORDER BY event.id LIMIT :most) everybody_s
    UNION ALL
    SELECT id, organization_id, event_type FROM (
      SELECT event.id, CAST(NULL AS TEXT) AS organization_id, event.event_type
      FROM operator_events event
      WHERE EXISTS (SELECT 1 FROM account WHERE account.organization_id IS NULL) AND ",
            $which,
            " AND event.sequence IS NOT NULL
      ORDER BY event.id LIMIT :most) operator_s
    ORDER BY id LIMIT :most) all_of_them
)
"
        )
    };
}
