//! `summary`: each meter's period, what it would close with, the periods before, and its days.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    rules::time::{Span, Timestamp},
    scoped,
    store::{Row, Statement, StoreError},
    usage::{features, MeterStanding},
};

use crate::{
    days::{days, Freshness, MeterDays, DAYS, MOST_DAYS},
    feature::MeterShown,
};

/// Periods before the current one, of each meter.
const MOST_PERIODS: i64 = 36;
const PERIODS: i64 = 12;
/// The days of the longest period of the calendar, and of the longest one at all.
const MONTH: i64 = 31;
const LONGEST: i64 = 32;

pub struct Summary {
    periods: i64,
    /// Of the series, today's included.
    days: i64,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Summarized {
    meters: Vec<MeterSummary>,
    /// What the current periods cost beyond their limits so far, those of meters included that the plan has no more.
    overage_cents: i64,
    #[serde(flatten)]
    freshness: Freshness,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MeterSummary {
    feature: String,
    #[serde(flatten)]
    meter: MeterShown,
    /// Of the limit, rounded down; `null`: unlimited, or a limit of nothing.
    percentage: Option<i64>,
    /// Units used at the period's end, if it goes on as it began; `null` on its first day, and where it does not end.
    projected: Option<i64>,
    period_start: Option<Timestamp>,
    earlier: Vec<Earlier>,
    #[serde(flatten)]
    days: MeterDays,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Earlier {
    period_start: Timestamp,
    /// In what is counted.
    quantity: i64,
    overage_cents: i64,
}

impl Summary {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let periods = call.fields.number("periods", 0, MOST_PERIODS)?.unwrap_or(PERIODS);
        let days = call.fields.number("days", 1, MOST_DAYS)?.unwrap_or(DAYS);
        Ok(Box::new(Self { periods, days }))
    }
}

impl Operation for Summary {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            features(context),
            // Sums of periods, not the ledger: as many rows as periods are asked for. Of a meter that the plan has no more the
            // period that goes on is settled, too, unless a later one of the subscription has cut it off. (`CROSS JOIN` keeps
            // SQLite from going through all periods first.)
            Statement::new(
                "periods",
                scoped!(
                    ", meters AS MATERIALIZED (
  SELECT membership.organization_id, feature.feature, membership.current_period_start
  FROM membership
  JOIN plan_features feature ON feature.plan_id = membership.plan_id AND feature.kind = 'meter'
  UNION
  SELECT membership.organization_id, feature.feature, membership.current_period_start
  FROM membership
  JOIN former_plans was ON was.organization_id = membership.organization_id AND was.ended_at > :left_since
  JOIN plan_features feature ON feature.plan_id = was.plan_id AND feature.kind = 'meter'
)
SELECT counter.feature, counter.period_start, counter.quantity, counter.overage_cents,
  CASE WHEN counter.period_end > :now AND (meter.reset = 'calendar_month' OR counter.period_start >= meters.current_period_start)
    THEN 1 ELSE 0 END AS is_open
FROM meters CROSS JOIN usage_counters counter
LEFT JOIN plan_features meter ON meter.plan_id = counter.plan_id AND meter.feature = counter.feature
WHERE counter.organization_id = meters.organization_id AND counter.feature = meters.feature AND counter.period_start > :begins
ORDER BY counter.feature, counter.period_start DESC"
                ),
            )
            .with("left_since", context.now - Span::days(LONGEST))
            // Not before those that have no period.
            .with("begins", (context.now - Span::days(MONTH * (self.periods + 1))).max(Timestamp(0))),
            days(self.days, context),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?;
        let mut meters = Vec::new();
        for row in found.rows("features")? {
            let summary = self.summary(context, row, found.rows("periods")?, found.rows("days")?);
            meters.extend(found.stored(summary)?);
        }
        let of_meters =
            meters.iter().filter_map(|meter| meter.meter.overage.as_ref()).map(|overage| overage.charged_cents);
        let overage_cents = of_meters.sum::<i64>() + found.stored(left(&meters, found.rows("periods")?))?;
        let freshness = found.stored(Freshness::of(found.rows("days")?, context.now))?;
        Ok(Reply::ok(&format!("{} meters.", meters.len()), &Summarized { meters, overage_cents, freshness }))
    }
}

/// What the periods cost that go on of meters which the plan has no more.
fn left(meters: &[MeterSummary], periods: &[Row]) -> Result<i64, StoreError> {
    let mut cents = 0;
    for period in periods {
        let feature = period.text("feature")?;
        if period.flag("is_open")? && meters.iter().all(|meter| meter.feature != feature) {
            cents += period.integer("overage_cents")?;
        }
    }
    Ok(cents)
}

impl Summary {
    fn summary(
        &self,
        context: &RequestContext,
        row: &Row,
        periods: &[Row],
        days: &[Row],
    ) -> Result<Option<MeterSummary>, StoreError> {
        if row.text("kind")? != "meter" {
            return Ok(None);
        }
        let feature = row.text("feature")?;
        let standing = MeterStanding::read(row)?;
        let limit = standing.allowance.limit;
        let start = row.timestamp("period_start")?;
        let used = standing.used_units();
        let percentage = (limit.value() > 0).then(|| used.saturating_mul(100) / limit.value().max(1));
        // Of less than a day there is nothing to conclude.
        let gone = context.now.0 - start.0;
        let ends = standing.resets_at.filter(|_| gone >= Span::days(1).0);
        let projected = ends.map(|end| {
            let whole = end.0 - start.0;
            let projected = i128::from(used) * i128::from(whole.max(gone)) / i128::from(gone);
            i64::try_from(projected).unwrap_or(i64::MAX)
        });
        let mut earlier = Vec::new();
        for period in periods {
            let began = period.timestamp("period_start")?;
            let is_earlier = period.text("feature")? == feature && began < start;
            if is_earlier && i64::try_from(earlier.len()).is_ok_and(|length| length < self.periods) {
                let (quantity, overage_cents) = (period.integer("quantity")?, period.integer("overage_cents")?);
                earlier.push(Earlier { period_start: began, quantity, overage_cents });
            }
        }
        Ok(Some(MeterSummary {
            feature: feature.to_string(),
            meter: MeterShown::of(&standing),
            percentage,
            projected,
            period_start: (start.0 > 0).then_some(start),
            earlier,
            days: MeterDays::of(feature, days)?,
        }))
    }
}
