//! One more, one less, or so many: what a request does to a meter.

use super::{answer, with_meter, Wanted};
use crate::{
    billing_month,
    http::RequestContext,
    meter_period, outbox_event,
    rules::{
        request_ids::Purpose,
        time::{Span, Timestamp},
    },
    scoped, session_is_proven,
    store::Statement,
    tenant_scoped, wanted_feature,
};

/// How far ahead of the edge's clock a client's may be.
pub const AHEAD: Span = Span::minutes(5);

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// So many are used.
    Track,
    /// A gauge stands at so many.
    Set,
    /// A gauge goes down by so many, and never below nothing.
    Release,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Set => "set",
            Self::Release => "release",
        }
    }
}

/// What happens where not all of it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is used.
    Reject,
    /// What fits is used.
    Cap,
}

/// A request that changes a meter.
#[derive(Clone, Debug)]
pub struct Consume {
    pub wanted: Wanted,
    pub kind: Kind,
    pub quantity: i64,
    pub mode: Mode,
    pub key: Option<String>,
    /// Of whom it is, as the product calls them.
    pub subject: Option<String>,
    pub occurred_at: Option<Timestamp>,
    /// JSON.
    pub attributes: Option<String>,
    /// SHA-256 of what was asked, by which a repeated request is told from another one under the same key.
    pub request_hash: String,
}

/// Units that were begun, of a number of what is counted; and those beyond the limit.
macro_rules! units {
    ($counted:literal) => {
        concat!("((", $counted, " + unit_size - 1) / unit_size)")
    };
}
macro_rules! beyond {
    ($counted:literal) => {
        concat!(
            "(CASE WHEN limit_value >= 0 AND ",
            units!($counted),
            " > limit_value THEN ",
            units!($counted),
            " - limit_value ELSE 0 END)"
        )
    };
}
/// The most units beyond a limit that are priced: their price stays a whole number of 64 bits. There is room for no more.
macro_rules! most_beyond {
    () => {
        "CASE WHEN unit_price_micros > 4000000 THEN 4000000000000000000 / unit_price_micros ELSE 1000000000000 END"
    };
}
/// Their price in cents, rounded half up (`rules::overage`; a test holds the two together).
macro_rules! price {
    ($counted:literal) => {
        concat!(
            "((CASE WHEN ",
            beyond!($counted),
            " > ",
            most_beyond!(),
            " THEN ",
            most_beyond!(),
            " ELSE ",
            beyond!($counted),
            " END * COALESCE(unit_price_micros, 0) + 5000) / 10000)"
        )
    };
}

/// Decides: writes into the ledger what there is room for. (Each step is materialized: SQLite would put the expressions of one
/// into the next wherever they are named, and these grow beyond what D1 has memory for. What has no limit ends where whole
/// numbers do: at 2^53 - 1 of what is counted, and at a price of 4 * 10^18 millionths.)
///
/// Under a key a refusal is written too, so that a repeated request
/// gets the same answer.
const EVENT: &str = scoped!(
    ", ",
    billing_month!(),
    ", requested AS MATERIALIZED (
  SELECT membership.organization_id, membership.user_id, membership.plan_id, feature.feature, feature.limit_value, feature.reset,
    feature.unit_size, feature.is_distinct, feature.unit_price_micros, feature.cap_cents, feature.stops_at_cap,
    CASE feature.is_distinct WHEN 1 THEN 1 ELSE :quantity * COALESCE((
      SELECT weighed.weight FROM event_types weighed WHERE weighed.event_type = :event_type), 1) END AS asked,
    COALESCE(:subject, membership.user_id) AS subject, ",
    meter_period!(),
    "
  FROM membership
  CROSS JOIN billing
  JOIN plan_features feature ON feature.plan_id = membership.plan_id AND feature.kind = 'meter' AND feature.feature = ",
    wanted_feature!(),
    "
  WHERE membership.role_rank >= 2 AND membership.access_until > :now
    AND (:subject IS NULL OR membership.user_id IS NULL OR :subject = membership.user_id)
    AND (:occurred_at IS NULL OR :occurred_at <= :latest)
    AND (:event_type IS NULL OR EXISTS (
      SELECT 1 FROM event_types typed WHERE typed.event_type = :event_type AND typed.feature = feature.feature))
    AND (:kind = 'track' OR feature.reset = 'gauge')
    AND (:occurred_at IS NULL OR :occurred_at >= CASE feature.reset
      WHEN 'calendar_month' THEN :first_this WHEN 'billing_period' THEN billing.period_start ELSE 0 END)
    AND ",
    session_is_proven!(),
    "
), tally AS MATERIALIZED (
  SELECT requested.*, COALESCE(counter.quantity, 0) AS used, COALESCE(counter.overage_cents, 0) AS charged,
    COALESCE(counter.changes, 0) AS changes,
    CASE WHEN requested.period_start = 0 THEN COALESCE(counter.quantity, 0) ELSE COALESCE((
      SELECT CAST(SUM(ever.quantity) AS BIGINT) FROM usage_counters ever
      WHERE ever.organization_id = requested.organization_id AND ever.feature = requested.feature AND ever.period_start > 0), 0) END AS lifetime
  FROM requested
  LEFT JOIN usage_counters counter ON counter.organization_id = requested.organization_id
    AND counter.feature = requested.feature AND counter.period_start = requested.period_start
  WHERE requested.is_distinct = 0 OR requested.subject IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM usage_people known WHERE known.organization_id = requested.organization_id
      AND known.feature = requested.feature AND known.period_start = requested.period_start AND known.subject = requested.subject)
), priced AS MATERIALIZED (
  SELECT tally.*, limit_value * unit_size - used AS included, ",
    price!("used"),
    " AS price_before,
    CASE :kind WHEN 'set' THEN :quantity - used WHEN 'release' THEN 0 - (CASE WHEN :quantity < used THEN :quantity ELSE used END)
      ELSE asked END AS wish
  FROM tally
), roomy AS MATERIALIZED (
  SELECT priced.*, CASE
    WHEN limit_value = -1 THEN 9007199254740991 - used
    WHEN unit_price_micros IS NOT NULL AND (cap_cents IS NULL OR stops_at_cap = 0) THEN
      (limit_value + ",
    most_beyond!(),
    ") * unit_size - used
    WHEN unit_price_micros IS NULL OR cap_cents - charged + price_before < 0 THEN included
    WHEN (limit_value + ((cap_cents - charged + price_before + 1) * 10000 - 5001) / unit_price_micros) * unit_size - used > included
      THEN (limit_value + ((cap_cents - charged + price_before + 1) * 10000 - 5001) / unit_price_micros) * unit_size - used
    ELSE included END AS room
  FROM priced
), decided AS MATERIALIZED (
  SELECT roomy.*, CASE WHEN wish <= 0 OR wish <= room THEN wish WHEN :partly = 1 AND room > 0 THEN room ELSE 0 END AS taken,
    CASE WHEN wish <= 0 OR wish <= room OR :partly = 1 AND room > 0 THEN 1 ELSE 0 END AS accepted
  FROM roomy
), billed AS MATERIALIZED (
  SELECT decided.*, charged + ",
    price!("(used + taken)"),
    " - price_before AS charged_after FROM decided
), settled AS (
  SELECT billed.*, CASE WHEN stops_at_cap = 0 AND cap_cents IS NOT NULL AND charged_after > cap_cents
    THEN CASE WHEN charged > cap_cents THEN charged ELSE cap_cents END ELSE charged_after END AS overage
  FROM billed
)
INSERT INTO usage_events
  (organization_id, id, user_id, subject, feature, event_type, quantity, accepted, plan_id, limit_value, period_start,
   period_end, period_total, lifetime_total, request_hash, request_id, created_at, kind, counted, cost_cents, overage_cents,
   change_number, attributes, occurred_at, key_id, keyed_at)
SELECT organization_id, :event, user_id, CASE WHEN :subject IS NULL AND is_distinct = 0 THEN NULL ELSE subject END, feature,
  COALESCE(:event_type, feature), :quantity, accepted, plan_id, limit_value, period_start, period_end, used + taken, lifetime + taken,
  :request_hash, :request, :now, :kind, taken, CASE accepted WHEN 1 THEN overage - charged ELSE 0 END,
  CASE accepted WHEN 1 THEN overage ELSE charged END, changes + 1, :attributes, :occurred_at,
  (SELECT used_key.id FROM service_keys used_key WHERE used_key.key_hash = :service_key), CASE WHEN :keyed = 1 THEN :now END
FROM settled
WHERE accepted = 1 OR :keyed = 1 AND (SELECT most_refused_keys_a_day FROM catalog_settings WHERE id = 1) > (
  SELECT CASE kept.refused_keys_day WHEN :day THEN kept.refused_keys ELSE 0 END FROM organizations kept WHERE kept.id = settled.organization_id)
ON CONFLICT (organization_id, id) DO NOTHING"
);

/// The event that this very request has written, if it counts.
macro_rules! counted_event {
    () => {
        "FROM tenant
JOIN usage_events event ON event.organization_id = tenant.organization_id AND event.id = :event
  AND event.request_id = :request AND event.accepted = 1"
    };
}

/// Brings the counter up to the event. A change has a number and is made once: sent twice, the batch counts once, also
/// where another request was counted in between.
const COUNTER: &str = tenant_scoped!(
    "INSERT INTO usage_counters (organization_id, feature, period_start, quantity, overage_cents, changes)
SELECT event.organization_id, event.feature, event.period_start, event.period_total, event.overage_cents, event.change_number
",
    counted_event!(),
    "
WHERE 1 = 1
ON CONFLICT (organization_id, feature, period_start) DO UPDATE SET
  quantity = excluded.quantity, overage_cents = excluded.overage_cents, changes = excluded.changes
WHERE usage_counters.changes < excluded.changes"
);

/// Whom a distinct meter has counted now.
const PERSON: &str = tenant_scoped!(
    "INSERT INTO usage_people (organization_id, feature, period_start, subject)
SELECT event.organization_id, event.feature, event.period_start, event.subject
",
    counted_event!(),
    "
JOIN plan_features feature ON feature.plan_id = event.plan_id AND feature.feature = event.feature AND feature.is_distinct = 1
WHERE event.subject IS NOT NULL
ON CONFLICT (organization_id, feature, period_start, subject) DO NOTHING"
);

/// Of an event beside its plan's `feature`: the units used after it.
macro_rules! units_after {
    () => {
        "((event.period_total + feature.unit_size - 1) / feature.unit_size)"
    };
}

/// What is told of the meter from now on, each once a period, whatever was jumped over: the catalog's percentages, the
/// first overage, and that only another plan would give more.
const ALERTS: &str = tenant_scoped!(
    "INSERT INTO usage_alerts (organization_id, feature, period_start, name, used, limit_value, created_at, request_id)
SELECT event.organization_id, event.feature, event.period_start, told.name, ",
    units_after!(),
    ", event.limit_value, :now, :request
",
    counted_event!(),
    " AND event.limit_value >= 0 AND event.counted > 0
JOIN plan_features feature ON feature.plan_id = event.plan_id AND feature.feature = event.feature
JOIN (
  SELECT plan_id, feature, name, percent FROM plan_alerts
  UNION ALL SELECT NULL, NULL, 'overage', 0
  UNION ALL SELECT NULL, NULL, 'upgrade_prompt', 0
) told ON told.plan_id = event.plan_id AND told.feature = event.feature OR told.plan_id IS NULL
WHERE CASE told.name
  WHEN 'overage' THEN feature.unit_price_micros IS NOT NULL AND ",
    units_after!(),
    " > event.limit_value
  WHEN 'upgrade_prompt' THEN ",
    units_after!(),
    " >= event.limit_value AND (feature.unit_price_micros IS NULL OR feature.stops_at_cap = 1
    AND event.overage_cents + (feature.unit_price_micros + 5000) / 10000 > feature.cap_cents)
  ELSE ",
    units_after!(),
    " * 100 >= told.percent * event.limit_value
END
ON CONFLICT (organization_id, feature, period_start, name) DO NOTHING"
);

/// The same for whoever listens. That the limit is reached has had a name of its own from the first version on.
const OUTBOX: &str = tenant_scoped!(outbox_event!(
    "SELECT :outbox || ':' || alert.name, alert.organization_id,
  CASE alert.name WHEN '100_percent' THEN 'usage.limit_reached' ELSE 'usage.alert' END, alert.feature,
  '{\"alert\":\"' || alert.name || '\",\"used\":' || alert.used || ',\"limit\":' || alert.limit_value || '}', :now
",
    counted_event!(),
    "
JOIN usage_alerts alert ON alert.organization_id = event.organization_id AND alert.feature = event.feature
  AND alert.period_start = event.period_start AND alert.request_id = :request
WHERE 1 = 1"
));

impl Consume {
    /// The ledger's id of this event. With a key a repeated request meets the first one's row; an id of ours never begins
    /// like one.
    pub fn event_id(&self, context: &RequestContext) -> String {
        match &self.key {
            Some(key) => format!("key:{key}"),
            None => context.ids.id(Purpose::UsageEvent),
        }
    }

    /// The statements that decide and do it, and those that tell of it.
    pub fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let event = self.event_id(context);
        let mut statements = self.deciding(context);
        statements.extend([answer::alerts(&event), answer::upgrades(&event, &self.wanted, context)]);
        statements
    }

    /// The same without what only the newer replies tell: the alerts, and the plans that would give more.
    pub fn deciding(&self, context: &RequestContext) -> Vec<Statement> {
        let event = self.event_id(context);
        let about = |name, sql| Statement::new(name, sql).with("event", event.as_str());
        let outbox = context.ids.id(Purpose::OutboxEvent);
        let decide = with_meter(about("event", EVENT), &self.wanted, context)
            .with("quantity", self.quantity)
            .with("kind", self.kind.as_str())
            .with("partly", self.mode == Mode::Cap)
            .with("keyed", self.key.is_some())
            .with("day", context.now.start_of_day())
            .with("subject", self.subject.as_deref())
            .with("request_hash", self.request_hash.as_str())
            .with("latest", context.now + AHEAD)
            .with("attributes", self.attributes.as_deref())
            .with("occurred_at", self.occurred_at.map(|moment| moment.0));
        vec![
            decide,
            about("counter", COUNTER),
            about("person", PERSON),
            about("alerts", ALERTS),
            about("outbox", OUTBOX).with("outbox", outbox),
            answer::answer(&event, &self.wanted, self.subject.as_deref(), context),
        ]
    }
}
