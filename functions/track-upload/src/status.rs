//! `status`: what was uploaded this month and what is left.

use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::period::Period,
    scoped,
    store::Statement,
};

use crate::tally::{Tally, FEATURE};

pub struct Status;

impl Status {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Status {
    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let month = Period::calendar_month(context.now);
        // The plan's limit, with the running totals of its period and of all time.
        vec![Statement::new(
            "tally",
            scoped!(
                ", meter AS (
  SELECT membership.organization_id, membership.plan_id, feature.limit_value,
    CASE feature.reset WHEN 'calendar_month' THEN :month_start
      WHEN 'billing_period' THEN membership.current_period_start ELSE 0 END AS period_start,
    CASE feature.reset WHEN 'calendar_month' THEN :month_end
      WHEN 'billing_period' THEN membership.current_period_end END AS period_end
  FROM membership JOIN plan_features feature ON feature.plan_id = membership.plan_id AND feature.feature = :feature
    AND feature.kind = 'meter'
)
SELECT meter.plan_id, meter.limit_value, meter.period_end,
  COALESCE((SELECT quantity FROM usage_counters counter WHERE counter.organization_id = meter.organization_id
    AND counter.feature = :feature AND counter.period_start = meter.period_start), 0) AS period_total,
  COALESCE((SELECT quantity FROM usage_counters counter WHERE counter.organization_id = meter.organization_id
    AND counter.feature = :feature AND counter.period_start = 0), 0) AS lifetime_total
FROM meter"
            ),
        )
        .with("feature", FEATURE)
        .with("month_start", month.start)
        .with("month_end", month.end)]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let Some(row) = found.first("tally")? else {
            return Err(Refusal::FeatureNotInPlan { feature: FEATURE, plan: membership.plan_name.clone() });
        };
        let tally = found.stored(Tally::read(row))?;
        let message = match tally.limit.is_unlimited() {
            true => format!("{} uploads this month; the {} plan has no limit.", tally.total, membership.plan_name),
            false => format!("{} of {} uploads used this month.", tally.total, tally.limit.value()),
        };
        Ok(Reply::ok(&message, &tally.counted(None, 0)))
    }
}
