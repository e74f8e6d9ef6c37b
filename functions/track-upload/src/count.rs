//! `count`: counts uploads against the plan, all of a request or none.

use serde::Serialize;
use tallygate::{
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    outbox_event,
    rules::{
        invitation::token_hash,
        limit::Limit,
        period::Period,
        request_ids::Purpose,
        time::{Span, Timestamp},
    },
    scoped, session_is_proven,
    store::{Lock, Row, Statement},
    tenant_scoped,
};

use crate::tally::{Tally, FEATURE};

/// The most uploads of one request.
const MOST_AT_ONCE: i64 = 10_000;

pub struct Count {
    upload_type: String,
    count: i64,
    idempotency_key: Option<String>,
}

/// The refusal at the limit.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LimitExceeded<'a> {
    limit_exceeded: bool,
    current_uploads: i64,
    upload_limit: Limit,
    remaining: i64,
    tier: &'a str,
    upgrade_required: bool,
    next_reset_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
}

impl Count {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self {
            upload_type: call.fields.required_id("uploadType")?.to_string(),
            count: call.fields.integer("uploadCount", 1, MOST_AT_ONCE)?.unwrap_or(1),
            idempotency_key: call.idempotency_key()?.map(str::to_string),
        }))
    }

    /// The ledger's id of this upload. With a key a repeated request meets the first one's row; an id of ours never
    /// begins like one.
    fn event_id(&self, context: &RequestContext) -> String {
        match &self.idempotency_key {
            Some(key) => format!("key:{key}"),
            None => context.ids.id(Purpose::UsageEvent),
        }
    }

    /// What tells a repeated request from another one under the same key.
    fn request_hash(&self) -> String {
        token_hash(&format!("{} {}", self.count, self.upload_type))
    }
}

impl Operation for Count {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let month = Period::calendar_month(context.now);
        let event_id = self.event_id(context);
        vec![
            // Decides: writes the upload into the ledger if all of it fits. Under an idempotency key a refusal at the
            // limit is written too (it counts nothing), so that a repeated request gets the same answer; so many a day, as a
            // trigger counts them.
            Statement::new(
                "event",
                scoped!(
                    ", meter AS (
  SELECT membership.organization_id, membership.user_id, membership.plan_id, feature.limit_value,
    CASE feature.reset WHEN 'calendar_month' THEN :month_start
      WHEN 'billing_period' THEN membership.current_period_start ELSE 0 END AS period_start,
    CASE feature.reset WHEN 'calendar_month' THEN :month_end
      WHEN 'billing_period' THEN membership.current_period_end END AS period_end
  FROM membership
  JOIN plan_features feature ON feature.plan_id = membership.plan_id AND feature.feature = :feature
    AND feature.kind = 'meter'
  JOIN event_types ON event_types.event_type = :upload_type AND event_types.feature = :feature
  WHERE membership.role_rank >= 2 AND membership.access_until > :now
    AND ",
                    session_is_proven!(),
                    "
), tally AS (
  SELECT meter.*,
    COALESCE((SELECT quantity FROM usage_counters counter WHERE counter.organization_id = meter.organization_id
      AND counter.feature = :feature AND counter.period_start = meter.period_start), 0) AS used,
    COALESCE((SELECT quantity FROM usage_counters counter WHERE counter.organization_id = meter.organization_id
      AND counter.feature = :feature AND counter.period_start = 0), 0) AS lifetime
  FROM meter
), decided AS (
  SELECT tally.*,
    CASE WHEN tally.limit_value = -1 OR tally.used + :count <= tally.limit_value THEN 1 ELSE 0 END AS accepted
  FROM tally
)
INSERT INTO usage_events
  (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value, period_start,
   period_end, period_total, lifetime_total, request_hash, request_id, created_at)
SELECT organization_id, :event, user_id, :feature, :upload_type, :count, accepted, plan_id, limit_value, period_start,
  period_end, used + :count * accepted, lifetime + :count * accepted, :request_hash, :request, :now
FROM decided
WHERE accepted = 1 OR :keyed = 1 AND (SELECT most_refused_keys_a_day FROM catalog_settings WHERE id = 1) > (
  SELECT CASE kept.refused_keys_day WHEN :day THEN kept.refused_keys ELSE 0 END FROM organizations kept WHERE kept.id = decided.organization_id)
ON CONFLICT (organization_id, id) DO NOTHING"
                ),
            )
            .with("feature", FEATURE)
            .with("upload_type", self.upload_type.as_str())
            .with("count", self.count)
            .with("event", event_id.as_str())
            .with("month_start", month.start)
            .with("month_end", month.end)
            .with("request_hash", self.request_hash())
            .with("day", context.now.start_of_day())
            .with("keyed", self.idempotency_key.is_some()),
            // Brings the totals of its period and of all time up to the upload, if this very request wrote it. They only
            // grow, so one that is behind the ledger's row has not been brought up yet: sent twice, the batch counts once.
            Statement::new(
                "counters",
                tenant_scoped!(
                    "INSERT INTO usage_counters (organization_id, feature, period_start, quantity)
SELECT event.organization_id, event.feature, event.period_start, event.period_total
FROM tenant
JOIN usage_events event ON event.organization_id = tenant.organization_id AND event.id = :event
WHERE event.request_id = :request AND event.accepted = 1
UNION
SELECT event.organization_id, event.feature, 0, event.lifetime_total
FROM tenant
JOIN usage_events event ON event.organization_id = tenant.organization_id AND event.id = :event
WHERE event.request_id = :request AND event.accepted = 1
ON CONFLICT (organization_id, feature, period_start)
DO UPDATE SET quantity = excluded.quantity WHERE usage_counters.quantity < excluded.quantity"
                ),
            )
            .with("event", event_id.as_str()),
            // Tells the product once, when the last upload of the period was used.
            Statement::new(
                "outbox",
                tenant_scoped!(
                    outbox_event!(
"SELECT :outbox, event.organization_id, 'usage.limit_reached', event.feature, '{}', :now
FROM tenant
JOIN usage_events event ON event.organization_id = tenant.organization_id AND event.id = :event
WHERE event.request_id = :request AND event.accepted = 1 AND event.period_total = event.limit_value")
                ),
            )
            .with("event", event_id.as_str())
            .with("outbox", context.ids.id(Purpose::OutboxEvent)),
            // The answer, for whoever could have asked: the ledger's row, whether this request wrote it or an earlier one; without one, what explains a
            // refusal that left no row.
            Statement::new(
                "answer",
                scoped!(
                    "SELECT event.accepted, event.request_hash, CASE WHEN event.request_id = :request THEN 0 ELSE 1 END AS replayed,
  COALESCE(event.plan_id, membership.plan_id) AS plan_id, COALESCE(event.limit_value, feature.limit_value) AS limit_value,
  CASE WHEN event.id IS NOT NULL THEN event.period_end ELSE CASE feature.reset WHEN 'calendar_month' THEN :month_end
    WHEN 'billing_period' THEN membership.current_period_end END END AS period_end,
  COALESCE(event.period_total, (SELECT quantity FROM usage_counters counter
    WHERE counter.organization_id = membership.organization_id
      AND counter.feature = :feature AND counter.period_start = CASE feature.reset
        WHEN 'calendar_month' THEN :month_start
        WHEN 'billing_period' THEN membership.current_period_start ELSE 0 END), 0) AS period_total,
  COALESCE(event.lifetime_total, (SELECT quantity FROM usage_counters counter
    WHERE counter.organization_id = membership.organization_id
      AND counter.feature = :feature AND counter.period_start = 0), 0) AS lifetime_total,
  CASE WHEN event.id IS NULL AND :keyed = 1
    THEN (SELECT most_refused_keys_a_day FROM catalog_settings WHERE id = 1) END AS most_refused_keys
FROM membership
LEFT JOIN usage_events event ON event.organization_id = membership.organization_id AND event.id = :event
  AND membership.role_rank >= 2
LEFT JOIN plan_features feature ON feature.plan_id = membership.plan_id AND feature.feature = :feature
  AND feature.kind = 'meter'"
                ),
            )
            .with("event", event_id.as_str())
            .with("feature", FEATURE)
            .with("keyed", self.idempotency_key.is_some())
            .with("month_start", month.start)
            .with("month_end", month.end),
            Statement::new("upload_types", "SELECT event_type FROM event_types WHERE feature = :feature ORDER BY event_type")
                .with("feature", FEATURE),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let row = found.only("answer")?;
        // An answer that was given under this key is given again, whatever has changed since.
        if let Some(request_hash) = found.stored(row.optional_text("request_hash"))? {
            if request_hash != self.request_hash() {
                return Err(Refusal::IdempotencyKeyReused);
            }
            let replayed = found.stored(row.flag("replayed"))?;
            return if found.stored(row.flag("accepted"))? {
                self.counted(found, row, replayed)
            } else {
                Err(self.limit_exceeded(found, row, replayed)?)
            };
        }
        self.must_be_upload_type(found)?;
        if !membership.role.uses() {
            return Err(Refusal::Forbidden("Viewers may look but not upload"));
        }
        membership.must_have_access(context.now)?;
        match found.stored(row.optional_integer("limit_value"))? {
            // Refused, and too many were today for this one to be remembered.
            Some(_) if self.idempotency_key.is_some() => {
                let most = found.stored(row.optional_integer("most_refused_keys"))?.unwrap_or_default();
                let tomorrow = context.now.start_of_day() + Span::days(1);
                let what = "refused requests under a key a day";
                Err(Refusal::catalog_limit("refused_keys_a_day", most, Some(tomorrow), what))
            }
            Some(_) => Err(self.limit_exceeded(found, row, false)?),
            None => Err(Refusal::FeatureNotInPlan { feature: FEATURE, plan: membership.plan_name.clone() }),
        }
    }
}

impl Count {
    fn counted(&self, found: &BatchRows<'_>, row: &Row, replayed: bool) -> Result<Reply, Refusal> {
        let tally = found.stored(Tally::read(row))?;
        let mut reply = tally.counted(Some(&self.upload_type), self.count);
        reply.replayed = replayed;
        let uploads = if self.count == 1 { "1 upload was".to_string() } else { format!("{} uploads were", self.count) };
        let left = match tally.limit.is_unlimited() {
            true => "there is no limit".to_string(),
            false => format!("{} left this month", tally.limit.remaining(tally.total)),
        };
        Ok(Reply::ok(&format!("{uploads} counted; {left}."), &reply))
    }

    fn limit_exceeded(&self, found: &BatchRows<'_>, row: &Row, replayed: bool) -> Result<Refusal, Refusal> {
        let tally = found.stored(Tally::read(row))?;
        let remaining = tally.limit.remaining(tally.total);
        let details = LimitExceeded {
            limit_exceeded: true,
            current_uploads: tally.total,
            upload_limit: tally.limit,
            remaining,
            tier: &tally.tier,
            upgrade_required: true,
            next_reset_date: tally.next_reset,
            replayed,
        };
        let limit = tally.limit.value();
        let message = match remaining {
            0 => format!("All {limit} uploads of this month are used; upgrade the plan to go on."),
            left => format!("{} uploads do not fit: {left} of {limit} are left this month.", self.count),
        };
        Ok(Refusal::LimitReached { code: "upload_limit_exceeded", message, details: limit_details(&details) })
    }

    fn must_be_upload_type(&self, found: &BatchRows<'_>) -> Result<(), Refusal> {
        let known = found.rows("upload_types")?.iter().map(|row| row.text("event_type"));
        let known = found.stored(known.collect::<Result<Vec<_>, _>>())?;
        if known.contains(&self.upload_type.as_str()) {
            return Ok(());
        }
        Err(Refusal::invalid("uploadType", format!("must be one of: {}", known.join(", "))))
    }
}
