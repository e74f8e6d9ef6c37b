//! `alerts` and `acknowledge`: what the product was told of its meters.

use serde::Serialize;
use serde_json::json;
use tallygate::{
    audit_event,
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    rules::{
        request_ids::Purpose,
        time::{Span, Timestamp},
    },
    scoped, session_is_live,
    store::{Lock, Row, Statement, StoreError},
};

/// How many are given where nobody says.
const USUAL: i64 = 100;
/// How far back a list goes where nobody says.
const YEAR: Span = Span::days(366);
/// Between the beginning of an alert's period and what is told late of it.
const LONGEST_PERIOD: Span = Span::days(33);

pub struct List {
    all: bool,
    feature: Option<String>,
    since: Option<Timestamp>,
    page: Page,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Alert"))]
#[serde(rename_all = "camelCase")]
pub struct AlertShown {
    feature: String,
    alert: String,
    /// In units, at that moment.
    used: i64,
    limit: i64,
    /// `null`: of a meter that never resets.
    period_start: Option<Timestamp>,
    created_at: Timestamp,
    acknowledged_at: Option<Timestamp>,
}

impl List {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let all = |text: &str| match text {
            "open" => Some(false),
            "all" => Some(true),
            _ => None,
        };
        let all = call.fields.parsed("show", all, "one of: open, all")?.unwrap_or(false);
        Ok(Box::new(Self {
            all,
            feature: call.fields.id("feature")?.map(str::to_string),
            since: call.fields.parsed("since", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?,
            page: Page::of_query(call.fields, USUAL)?,
        }))
    }
}

impl Operation for List {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let since = self.since.unwrap_or(context.now - YEAR);
        let alerts = Statement::new(
            "alerts",
            scoped!(
                // The meters that something was told of are found one by one, and of each the periods that are asked for: so the
                // list costs the same however old the organization is.
                ", meters AS MATERIALIZED (
  WITH RECURSIVE meter AS (
    SELECT membership.organization_id, (
      SELECT MIN(first.feature) FROM usage_alerts first WHERE first.organization_id = membership.organization_id) AS feature
    FROM membership
    UNION ALL
    SELECT meter.organization_id, (
      SELECT MIN(following.feature) FROM usage_alerts following
      WHERE following.organization_id = meter.organization_id AND following.feature > meter.feature) AS feature
    FROM meter WHERE meter.feature IS NOT NULL
  )
  SELECT organization_id, feature FROM meter WHERE feature = COALESCE(:feature, feature)
), told AS (
  SELECT alert.* FROM meters
  JOIN usage_alerts alert ON alert.organization_id = meters.organization_id AND alert.feature = meters.feature
    AND alert.period_start = 0
  UNION ALL
  SELECT alert.* FROM meters
  JOIN usage_alerts alert ON alert.organization_id = meters.organization_id AND alert.feature = meters.feature
    AND alert.period_start > :begins
), listed AS (
  SELECT told.feature, told.name, told.used, told.limit_value, told.period_start, told.created_at, told.acknowledged_at,
    told.feature || ' ' || told.name || ' ' || CAST(told.period_start AS TEXT) AS place
  FROM told
)
SELECT * FROM listed told
WHERE told.created_at >= :since AND (:all = 1 OR told.acknowledged_at IS NULL) AND (CAST(:after_time AS BIGINT) IS NULL
  OR told.created_at < :after_time OR told.created_at = :after_time AND told.place > :after_id)
ORDER BY told.created_at DESC, told.place LIMIT :rows"
            ),
        )
        .with("all", self.all)
        .with("feature", self.feature.as_deref())
        .with("since", since)
        .with("begins", (since - LONGEST_PERIOD).max(Timestamp(0)));
        vec![self.page.bind(alerts)]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?;
        let read = |row: &Row| -> Result<_, StoreError> {
            let start = row.timestamp("period_start")?;
            Ok(AlertShown {
                feature: row.text("feature")?.to_string(),
                alert: row.text("name")?.to_string(),
                used: row.integer("used")?,
                limit: row.integer("limit_value")?,
                period_start: (start.0 > 0).then_some(start),
                created_at: row.timestamp("created_at")?,
                acknowledged_at: row.optional_timestamp("acknowledged_at")?,
            })
        };
        let (rows, next_cursor) = found.stored(self.page.cut(found.rows("alerts")?, "created_at", "place"))?;
        let alerts = found.stored(rows.iter().map(read).collect::<Result<Vec<_>, _>>())?;
        Ok(Reply::ok(&format!("{} alerts.", alerts.len()), &json!({ "alerts": alerts, "nextCursor": next_cursor })))
    }
}

pub struct Acknowledge {
    feature: String,
    alert: String,
}

impl Acknowledge {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let feature = call.fields.required_id("feature")?.to_string();
        Ok(Box::new(Self { feature, alert: call.fields.required_id("alert")?.to_string() }))
    }
}

impl Operation for Acknowledge {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let about =
            |statement: Statement| statement.with("feature", self.feature.as_str()).with("alert", self.alert.as_str());
        vec![
            about(Statement::new(
                "audit",
                audit_event!(
                    "SELECT alert.organization_id, :audit, :caller, 'usage.alert_acknowledged', alert.feature, '{\"alert\":\"' || alert.name || '\"}', :request, :now
FROM memberships
JOIN users ON users.id = memberships.user_id AND users.banned_at IS NULL AND users.deleted_at IS NULL
JOIN usage_alerts alert ON alert.organization_id = memberships.organization_id AND alert.feature = :feature AND alert.name = :alert
  AND alert.acknowledged_at IS NULL
WHERE memberships.user_id = :caller AND memberships.role_rank >= 2 AND memberships.organization_id = ",
                    tallygate::requested_organization!("(SELECT current_organization_id FROM users WHERE id = :caller)"),
                    " AND ",
                    session_is_live!()
                ),
            ))
            .with("audit", context.ids.id(Purpose::AuditEvent)),
            about(Statement::new(
                "acknowledged",
                scoped!(
                    "UPDATE usage_alerts SET acknowledged_at = :now, acknowledged_by = :caller
WHERE feature = :feature AND name = :alert AND acknowledged_at IS NULL
  AND organization_id = (SELECT organization_id FROM membership WHERE role_rank >= 2)
  AND ",
                    session_is_live!()
                ),
            )),
            about(Statement::new(
                "found",
                scoped!(
                    "SELECT COUNT(*) AS alerts, COALESCE(CAST(SUM(CASE WHEN alert.acknowledged_at = :now AND alert.acknowledged_by = :caller THEN 1 ELSE 0 END) AS BIGINT), 0) AS now
FROM membership
JOIN usage_alerts alert ON alert.organization_id = membership.organization_id AND alert.feature = :feature AND alert.name = :alert"
                ),
            )),
        ]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        if !membership.role.uses() {
            return Err(Refusal::Forbidden("Viewers may look but not acknowledge"));
        }
        let row = found.only("found")?;
        let (alerts, now) = found.stored((|| Ok((row.integer("alerts")?, row.integer("now")?)))())?;
        if alerts == 0 {
            return Err(Refusal::invalid("alert", "names no alert of this feature"));
        }
        Ok(Reply::ok("The alert is acknowledged.", &json!({ "acknowledged": now })))
    }
}
