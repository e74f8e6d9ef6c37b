//! Many at once: what up to some hundred events do to their meters, decided in their order by one statement.

mod verdict;

use serde::Serialize;
use serde_json::{json, Value as Json};

use super::{
    consume::{AHEAD, LATE},
    effects,
    pieces::{
        counted_meters, former, granted_limit, is_counted_person, keys_had, lifetime, next_keyed, plan_then,
        refusals_left, reserved,
    },
    price::{ceiling, charged_after, most_beyond, price, units},
    with_months, Mode, Wanted,
};
use crate::{
    billing_month,
    http::RequestContext,
    period_of_event,
    rules::{request_ids::Purpose, time::Timestamp},
    scoped, session_is_proven,
    store::Statement,
    tenant_scoped,
};

pub use verdict::{item, Counted, Events, Refused, Verdicts, Written};

/// One of the events.
#[derive(Clone, Debug)]
pub struct Item {
    pub wanted: Wanted,
    pub quantity: i64,
    pub mode: Mode,
    pub key: Option<String>,
    pub subject: Option<String>,
    pub occurred_at: Option<Timestamp>,
    pub attributes: Option<String>,
    pub request_hash: String,
}

/// An event as the statements read it, in short: the text is sent with each request.
#[derive(Serialize)]
struct Given<'a> {
    /// Its place.
    i: usize,
    id: String,
    f: Option<&'a str>,
    t: Option<&'a str>,
    q: i64,
    s: Option<&'a str>,
    o: Option<i64>,
    /// Part of it is better than nothing.
    p: u8,
    /// It has a key.
    k: u8,
    a: Option<&'a str>,
    h: &'a str,
}

/// The rows of `:events`.
macro_rules! given {
    () => {
        "given AS MATERIALIZED (
  SELECT CAST(item.value ->> 'i' AS BIGINT) AS place, item.value ->> 'id' AS id, item.value ->> 'f' AS feature,
    item.value ->> 't' AS event_type, CAST(item.value ->> 'q' AS BIGINT) AS quantity, item.value ->> 's' AS subject,
    CAST(item.value ->> 'o' AS BIGINT) AS occurred_at, CAST(item.value ->> 'p' AS BIGINT) AS partly,
    CAST(item.value ->> 'k' AS BIGINT) AS keyed, item.value ->> 'a' AS attributes, item.value ->> 'h' AS request_hash
  FROM json_each(:events) item
)"
    };
}

/// Of an event `ordered` where the meter stands at `before`: what of it is counted, and whether it is accepted.
macro_rules! step {
    ($ceiling:literal, $before:literal) => {
        concat!(
            "CASE WHEN ordered.asked <= ",
            $ceiling,
            " - (",
            $before,
            ") THEN ordered.asked WHEN ordered.partly = 1 AND ",
            $ceiling,
            " > ",
            $before,
            " THEN ",
            $ceiling,
            " - (",
            $before,
            ") ELSE 0 END AS taken,
      CASE WHEN ordered.asked <= ",
            $ceiling,
            " - (",
            $before,
            ") OR ordered.partly = 1 AND ",
            $ceiling,
            " > ",
            $before,
            " THEN 1 ELSE 0 END AS accepted"
        )
    };
}

/// Decides, as `decide::EVENT` does for one: each meter is walked through in the order of its events, from where its counter
/// stands to how far it may be counted. An event that does not fit is left out, and a smaller one after it may. Those under a key
/// take the day's numbers in their order, whatever becomes of them, and those that there is no number for are left out.
const EVENTS: &str = scoped!(
    ", ",
    billing_month!(late),
    ", ",
    former!(":earliest < "),
    ", ",
    given!(),
    ", requested AS MATERIALIZED (
  SELECT given.place, given.id, given.quantity AS said, given.partly, given.keyed, given.attributes, given.occurred_at,
    given.request_hash, membership.organization_id, membership.user_id, feature.plan_id, feature.feature, feature.limit_value AS plan_limit,
    feature.unit_size, feature.is_distinct, feature.unit_price_micros, feature.cap_cents, feature.stops_at_cap,
    COALESCE(given.event_type, feature.feature) AS event_type,
    CASE feature.is_distinct WHEN 1 THEN 1 ELSE given.quantity * COALESCE(typed.weight, 1) END AS asked,
    CASE feature.is_distinct WHEN 1 THEN COALESCE(given.subject, membership.user_id) ELSE given.subject END AS subject, ",
    period_of_event!("given.occurred_at"),
    "
  FROM membership
  CROSS JOIN billing CROSS JOIN former CROSS JOIN given
  LEFT JOIN event_types typed ON typed.event_type = given.event_type
  JOIN plan_features feature ON feature.kind = 'meter' AND feature.feature = COALESCE(given.feature, typed.feature)
    AND feature.plan_id = ",
    plan_then!("given.occurred_at", "COALESCE(given.feature, typed.feature)"),
    "
  WHERE membership.role_rank >= 2 AND membership.access_until > :now
    AND (given.subject IS NULL OR membership.user_id IS NULL OR given.subject = membership.user_id)
    AND (given.occurred_at IS NULL OR given.occurred_at <= :latest)
    AND NOT EXISTS (
      SELECT 1 FROM usage_events had WHERE had.organization_id = membership.organization_id AND had.id = given.id)
    AND ",
    session_is_proven!(),
    "
), firsts AS MATERIALIZED (
  SELECT requested.*, ROW_NUMBER() OVER (PARTITION BY feature, period_start, subject ORDER BY place) AS nth
  FROM requested
  WHERE (occurred_at IS NULL OR occurred_at >= period_start)
    AND (is_distinct = 0 OR subject IS NOT NULL AND NOT ",
    is_counted_person!("requested", "requested.subject"),
    ")
), countable AS MATERIALIZED (
  SELECT firsts.*, SUM(keyed) OVER (ORDER BY place) AS nth_key FROM firsts WHERE is_distinct = 0 OR nth = 1
), keys AS MATERIALIZED (
  SELECT CASE :any_keyed WHEN 1 THEN ",
    keys_had!("membership"),
    " ELSE 0 END AS had, CASE :any_keyed WHEN 1 THEN ",
    next_keyed!("membership"),
    " END AS keyed_from, (SELECT most_keys_a_day FROM catalog_settings WHERE id = 1) AS most
  FROM membership
), ordered AS MATERIALIZED (
  SELECT countable.*, ROW_NUMBER() OVER (PARTITION BY feature, period_start ORDER BY place) AS step
  FROM countable CROSS JOIN keys WHERE countable.keyed = 0 OR keys.had + countable.nth_key <= keys.most
), meters AS MATERIALIZED (
  SELECT ordered.feature, ordered.period_start, ordered.unit_size, ordered.unit_price_micros, ordered.cap_cents,
    ordered.stops_at_cap, ",
    granted_limit!(
        "ordered",
        "CASE WHEN ordered.period_start < ordered.current_start THEN ordered.current_start - 1 ELSE :now END"
    ),
    " AS limit_value, COALESCE(counter.quantity, 0) AS used,
    COALESCE(counter.overage_cents, 0) AS charged, COALESCE(counter.changes, 0) AS changes,
    CASE WHEN ordered.period_start < ordered.current_start THEN 0 ELSE ",
    reserved!("ordered"),
    " END AS reserved,
    ",
    lifetime!("ordered"),
    " AS lifetime
  FROM ordered
  LEFT JOIN usage_counters counter ON counter.organization_id = ordered.organization_id
    AND counter.feature = ordered.feature AND counter.period_start = ordered.period_start
  WHERE ordered.step = 1
), priced AS MATERIALIZED (
  SELECT meters.*, ",
    price!("used"),
    " AS price_before FROM meters
), roomy AS MATERIALIZED (
  SELECT priced.*, ",
    ceiling!(),
    " - reserved AS ceiling FROM priced
), walked AS MATERIALIZED (
  WITH RECURSIVE walk AS (
    SELECT ordered.feature, ordered.period_start, ordered.step, roomy.ceiling, roomy.used AS before,
      ",
    step!("roomy.ceiling", "roomy.used"),
    "
    FROM roomy
    JOIN ordered ON ordered.feature = roomy.feature AND ordered.period_start = roomy.period_start AND ordered.step = 1
    UNION ALL
    SELECT ordered.feature, ordered.period_start, ordered.step, walk.ceiling, walk.before + walk.taken AS before,
      ",
    step!("walk.ceiling", "walk.before + walk.taken"),
    "
    FROM walk
    JOIN ordered ON ordered.feature = walk.feature AND ordered.period_start = walk.period_start AND ordered.step = walk.step + 1
  )
  SELECT * FROM walk
), totals AS MATERIALIZED (
  SELECT ordered.*, roomy.limit_value, roomy.used, roomy.charged, roomy.reserved, roomy.lifetime, roomy.price_before, walked.before, walked.taken,
    walked.accepted, roomy.changes + SUM(CASE WHEN walked.taken <> 0 THEN 1 ELSE 0 END) OVER (
      PARTITION BY ordered.feature, ordered.period_start ORDER BY ordered.step) AS change_number,
    ROW_NUMBER() OVER (PARTITION BY walked.accepted, ordered.keyed ORDER BY ordered.place) AS nth_of_its_kind
  FROM ordered
  JOIN walked ON walked.feature = ordered.feature AND walked.period_start = ordered.period_start AND walked.step = ordered.step
  JOIN roomy ON roomy.feature = ordered.feature AND roomy.period_start = ordered.period_start
), costed AS MATERIALIZED (
  SELECT totals.*, CASE before WHEN used THEN charged ELSE ",
    charged_after!("before"),
    " END AS overage_before FROM totals
), settled AS (
  SELECT costed.*, CASE taken WHEN 0 THEN overage_before ELSE ",
    charged_after!("(before + taken)"),
    " END AS overage FROM costed
)
INSERT INTO usage_events
  (organization_id, id, user_id, subject, feature, event_type, quantity, accepted, plan_id, limit_value, period_start,
   period_end, period_total, lifetime_total, request_hash, request_id, created_at, kind, counted, cost_cents, overage_cents,
   change_number, attributes, occurred_at, key_id, keyed_at, key_of_day, reserved_total)
SELECT organization_id, id, user_id, subject, feature, event_type, said, accepted, plan_id, limit_value, period_start,
  CASE WHEN period_start < current_start THEN current_start ELSE current_end END, before + taken, lifetime + before + taken - used,
  request_hash, :request, :now, 'track', taken, overage - overage_before, overage,
  CASE WHEN taken <> 0 THEN change_number END, attributes, occurred_at,
  (SELECT used_key.id FROM service_keys used_key WHERE used_key.key_hash = :service_key), CASE WHEN keyed = 1 THEN keys.keyed_from + nth_key - 1 END,
  CASE WHEN keyed = 1 THEN keys.had + nth_key END, reserved
FROM settled CROSS JOIN keys
WHERE accepted = 1 OR keyed = 1 AND nth_of_its_kind <= ",
    refusals_left!("settled"),
    "
ON CONFLICT (organization_id, id) DO NOTHING"
);

/// What has become of each, in their order.
const ANSWERS: &str = scoped!(
    ", ",
    billing_month!(late),
    ", ",
    former!(":earliest < "),
    ", ",
    given!(),
    ", meters AS MATERIALIZED (
  SELECT given.place, given.id, membership.organization_id, membership.user_id, membership.role_rank, given.subject,
    COALESCE(given.feature, typed.feature) AS wanted, feature.kind, feature.feature, feature.is_distinct,
    CASE WHEN feature.unit_price_micros IS NULL THEN 0 ELSE 1 END AS is_priced, ",
    period_of_event!("given.occurred_at"),
    "
  FROM membership
  CROSS JOIN billing CROSS JOIN former CROSS JOIN given
  LEFT JOIN event_types typed ON typed.event_type = given.event_type
  LEFT JOIN plan_features feature ON feature.feature = COALESCE(given.feature, typed.feature) AND feature.plan_id = ",
    plan_then!("given.occurred_at", "COALESCE(given.feature, typed.feature)"),
    "
), keys AS MATERIALIZED (
  SELECT settings.most_keys_a_day AS most, CASE :any_keyed WHEN 1 THEN ",
    keys_had!("membership"),
    " ELSE 0 END AS had FROM membership JOIN catalog_settings settings ON settings.id = 1
)
SELECT meters.place, meters.wanted, meters.kind, meters.is_distinct, meters.is_priced, meters.period_start,
  event.id AS event_id, event.accepted, event.quantity, event.counted, event.cost_cents, event.request_hash,
  CASE WHEN event.request_id = :request THEN 0 ELSE 1 END AS is_replayed,
  CASE WHEN meters.is_distinct = 1 AND ",
    is_counted_person!("meters", "COALESCE(meters.subject, meters.user_id)"),
    " THEN 1 ELSE 0 END AS is_known_person,
  CASE WHEN meters.feature IS NULL AND EXISTS (
    SELECT 1 FROM plans other JOIN plan_features has ON has.plan_id = other.id AND has.feature = meters.wanted) THEN 1 ELSE 0 END AS is_elsewhere,
  (SELECT CASE WHEN keys.had >= keys.most THEN keys.most END FROM keys) AS most_keys
FROM meters
LEFT JOIN usage_events event ON event.organization_id = meters.organization_id AND event.id = meters.id AND meters.role_rank >= 2
ORDER BY meters.place"
);

/// The alerts that this request has made.
const TOLD: &str = tenant_scoped!(
    "SELECT alert.feature, alert.name
FROM ",
    counted_meters!(),
    " event
JOIN usage_alerts alert ON alert.organization_id = event.organization_id AND alert.feature = event.feature
  AND alert.period_start = event.period_start AND alert.request_id = :request
ORDER BY alert.feature, alert.name"
);

/// The ledger's id of an event, by its place in the request.
pub fn id_of(item: &Item, place: usize, context: &RequestContext) -> String {
    match &item.key {
        Some(key) => format!("key:{key}"),
        None => context.ids.nth_id(Purpose::UsageEvent, place),
    }
}

/// The statements that decide all of them and do it, and those that tell of it. `items` have different ids.
pub fn statements(items: &[(usize, &Item)], context: &RequestContext) -> Vec<Statement> {
    let given = items.iter().map(|(place, item)| Given {
        i: *place,
        id: id_of(item, *place, context),
        f: item.wanted.feature.as_deref(),
        t: item.wanted.event_type.as_deref(),
        q: item.quantity,
        s: item.subject.as_deref(),
        o: item.occurred_at.map(|moment| moment.0),
        p: u8::from(item.mode == Mode::Cap),
        k: u8::from(item.key.is_some()),
        a: item.attributes.as_deref(),
        h: &item.request_hash,
    });
    // What has no key costs no look at them.
    let earliest = items.iter().filter_map(|(_, item)| item.occurred_at).min();
    let any_keyed = items.iter().any(|(_, item)| item.key.is_some());
    let events = json!(given.collect::<Vec<_>>()).to_string();
    let ids = items.iter().map(|(place, item)| json!({ "id": id_of(item, *place, context) }));
    let ids = Json::Array(ids.collect()).to_string();
    let about = |name, sql| Statement::new(name, sql).with("ids", ids.as_str());
    let read = |name, sql| {
        with_months(Statement::new(name, sql), context.now)
            .with("late", LATE.0)
            .with("events", events.as_str())
            .with("any_keyed", any_keyed)
            .with("earliest", earliest)
    };
    vec![
        read("events", EVENTS).with("day", context.now.start_of_day()).with("latest", context.now + AHEAD),
        about("counters", effects::COUNTERS),
        about("people", effects::PEOPLE),
        about("alerts", effects::ALL_ALERTS),
        about("outbox", effects::ALL_OUTBOX).with("outbox", context.ids.id(Purpose::OutboxEvent)),
        read("answers", ANSWERS).with("day", context.now.start_of_day()),
        about("told", TOLD),
    ]
}
