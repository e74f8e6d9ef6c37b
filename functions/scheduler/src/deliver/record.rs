//! What became of deliveries, and what that says of their endpoints.

use std::collections::BTreeMap;

use serde_json::json;
use tallygate::{
    audit_event, counting, event_object,
    http::Services,
    outbox_event,
    rules::{
        request_ids::Purpose,
        time::{Span, Timestamp},
    },
    schedule::Step,
    store::Statement,
    webhooks::after_failure,
    while_leased,
};

use super::{delivery::Tried, lanes::Sent};

/// So long the events of an endpoint that failed or was slow wait in line: until the next minute's run.
const DEFERRED: Span = Span::seconds(55);

const COUNTED: &str = counting!("SELECT COUNT(*) FROM json_each(:tried) item");

/// A delivery that was recorded as delivered stays so, whatever a run says that was overtaken; and one that somebody has asked for
/// once more while it was under way stays in line for that.
const TRIED: &str = concat!(
    "INSERT INTO webhook_deliveries
  (endpoint_id, event_id, state, attempts, next_attempt_at, last_attempt_at, response_status, response, failure, created_at, request_id)
SELECT item.value ->> 'e', item.value ->> 'v', item.value ->> 's', CAST(item.value ->> 'n' AS BIGINT),
  CAST(item.value ->> 'd' AS BIGINT), CAST(item.value ->> 't' AS BIGINT), CAST(item.value ->> 'c' AS BIGINT),
  item.value ->> 'r', item.value ->> 'f', CAST(item.value ->> 't' AS BIGINT), :request
FROM json_each(:tried) item
WHERE NOT EXISTS (
    SELECT 1 FROM webhook_deliveries asked
    WHERE asked.endpoint_id = item.value ->> 'e' AND asked.event_id = item.value ->> 'v'
      AND asked.request_id <> COALESCE(item.value ->> 'q', '') AND asked.request_id <> :request)
  AND ",
    while_leased!(),
    "
ON CONFLICT (endpoint_id, event_id) DO UPDATE SET
  state = excluded.state, attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at,
  last_attempt_at = excluded.last_attempt_at, response_status = excluded.response_status, response = excluded.response,
  failure = excluded.failure, request_id = excluded.request_id
WHERE webhook_deliveries.state = 'pending'"
);

/// An endpoint that answers well, as it did before, is not written. Of one that was put off only that is: nothing is known of it.
/// (Two days without an attempt: as in `due_columns`.)
const ENDPOINTS: &str = concat!(
    "UPDATE webhook_endpoints SET
  failing_since = CASE
    WHEN told.is_well = 1 THEN NULL
    WHEN told.is_well = 0 AND (webhook_endpoints.failing_since IS NULL OR webhook_endpoints.deferred_until <= told.at - 172800000)
      THEN told.at
    ELSE webhook_endpoints.failing_since END,
  answered_at = CASE told.is_well WHEN 1 THEN COALESCE(webhook_endpoints.answered_at, told.at) WHEN 0 THEN NULL ELSE webhook_endpoints.answered_at END,
  deferred_until = told.deferred_until,
  disabled_at = CASE WHEN told.disabled_reason IS NOT NULL THEN :now END, disabled_reason = told.disabled_reason,
  request_id = :request
FROM (
  SELECT item.value ->> 'e' AS id, CAST(item.value ->> 'w' AS BIGINT) AS is_well, item.value ->> 'r' AS disabled_reason,
    CAST(item.value ->> 'd' AS BIGINT) AS deferred_until, CAST(item.value ->> 't' AS BIGINT) AS at
  FROM json_each(:endpoints) item
) told
WHERE webhook_endpoints.id = told.id AND webhook_endpoints.disabled_at IS NULL AND webhook_endpoints.removed_at IS NULL
  AND (told.is_well = 0 OR told.deferred_until > 0 OR webhook_endpoints.failing_since IS NOT NULL OR webhook_endpoints.answered_at IS NULL)
  AND ",
    while_leased!()
);

/// The endpoints that this step has disabled: organizations', or the operator's own (`IS NULL`).
macro_rules! disabled_now {
    ($organization:literal) => {
        concat!(
            "FROM webhook_endpoints endpoint
WHERE endpoint.id IN (SELECT item.value ->> 'e' FROM json_each(:endpoints) item)
  AND endpoint.request_id = :request AND endpoint.disabled_at IS NOT NULL AND endpoint.organization_id ",
            $organization
        )
    };
}

/// An endpoint in its event. An address has no character that JSON escapes (`EndpointAddress`).
macro_rules! endpoint_object {
    () => {
        "'{\"id\":\"' || endpoint.id || '\",\"url\":\"' || endpoint.url || '\",\"reason\":\"' || endpoint.disabled_reason || '\"}'"
    };
}

const AUDIT: &str = audit_event!(
    "SELECT endpoint.organization_id, :event || ':' || endpoint.id, 'system', 'webhook.endpoint_disabled', endpoint.id,
  '{\"reason\":\"' || endpoint.disabled_reason || '\"}', :request, :now
",
    disabled_now!("IS NOT NULL")
);

const OUTBOX: &str = outbox_event!(
    "SELECT :event || ':' || endpoint.id, endpoint.organization_id, 'webhook.endpoint_disabled', endpoint.id, ",
    "'{\"endpoint\":' || ",
    endpoint_object!(),
    " || ',\"organization\":' || ",
    event_object!(organization("endpoint.organization_id")),
    " || '}'",
    ", :now
",
    disabled_now!("IS NOT NULL")
);

/// Of the operator's own their other endpoints are told, by `deliver_outbox`.
const OPERATOR_EVENTS: &str = concat!(
    "INSERT INTO operator_events (id, event_type, target_id, payload, created_at)
SELECT :event || ':' || endpoint.id, 'webhook.endpoint_disabled', endpoint.id, '{\"endpoint\":' || ",
    endpoint_object!(),
    " || ',\"organization\":null}', :now
",
    disabled_now!("IS NULL"),
    "
ON CONFLICT (id) DO NOTHING"
);

/// What the deliveries of a step say of one endpoint.
struct Health {
    is_well: bool,
    disabled: Option<&'static str>,
    is_slow: bool,
    at: Timestamp,
}

/// The statements that record what was tried.
pub fn statements(step: &Step, sent: &Sent, services: &Services<'_>) -> Vec<Statement> {
    let Sent { tried, put_off } = sent;
    let rows = serde_json::Value::Array(tried.iter().map(row).collect()).to_string();
    let mut told: BTreeMap<&str, Health> = BTreeMap::new();
    for one in tried {
        let health = told.entry(&one.endpoint).or_insert(Health {
            is_well: true,
            disabled: None,
            is_slow: false,
            at: one.attempt.began_at,
        });
        health.is_well &= one.attempt.is_delivered();
        health.disabled = health.disabled.or(one.disables());
        health.is_slow |= one.was_slow();
        health.at = health.at.max(one.attempt.began_at);
    }
    for (id, reason) in told.iter().filter_map(|(id, health)| Some((id, health.disabled?))) {
        services.note(format!("the endpoint {id} is disabled: {reason}"));
    }
    let told = told.iter().map(|(id, health)| {
        let deferred_until = if health.is_well && !health.is_slow { Timestamp(0) } else { health.at + DEFERRED };
        json!({"e": id, "w": u8::from(health.is_well), "r": health.disabled, "d": deferred_until.0, "t": health.at.0})
    });
    let put_off_until = services.now() + DEFERRED;
    let put_off =
        put_off.iter().map(|id| json!({"e": id, "w": null, "r": null, "d": put_off_until.0, "t": step.now.0}));
    let endpoints = serde_json::Value::Array(told.chain(put_off).collect()).to_string();
    let of_endpoints = |name, sql| Statement::new(name, sql).with("endpoints", endpoints.as_str());
    vec![
        Statement::new("counted", COUNTED).with("tried", rows.as_str()),
        Statement::new("tried", TRIED).with("tried", rows.as_str()),
        of_endpoints("endpoints", ENDPOINTS),
        of_endpoints("audit", AUDIT).with("event", step.ids.id(Purpose::AuditEvent)),
        of_endpoints("outbox", OUTBOX).with("event", step.ids.id(Purpose::OutboxEvent)),
        of_endpoints("operator_events", OPERATOR_EVENTS).with("event", step.ids.id(Purpose::OutboxEvent)),
    ]
}

fn row(one: &Tried) -> serde_json::Value {
    let Tried { endpoint, event, attempts, attempt, queued_by, .. } = one;
    let next =
        after_failure(*attempts, attempt.began_at + attempt.took, attempt.retry_after, &format!("{event} {endpoint}"));
    let (state, next) = match (attempt.is_delivered(), next) {
        (true, _) => ("delivered", None),
        (false, Some(next)) => ("pending", Some(next.0)),
        (false, None) => ("dead", None),
    };
    json!({
        "e": endpoint, "v": event, "s": state, "n": attempts, "d": next, "t": attempt.began_at.0,
        "c": attempt.status, "r": attempt.response, "f": attempt.failure, "q": queued_by,
    })
}
