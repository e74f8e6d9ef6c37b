//! `status`: what was uploaded this month and what is left.

use tallygate::{
    http::{Asking, Call, Found, Operation, Refusal, Reply},
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
    fn statements(&self, asking: &Asking) -> Vec<Statement> {
        let month = Period::calendar_month(asking.now);
        // The plan's limit, with the running totals of its period and of all time.
        vec![Statement::new(
            "tally",
            scoped!(
                ", meter AS (
  SELECT asking.organization_id, asking.plan_id, feature.limit_value,
    CASE feature.reset WHEN 'calendar_month' THEN :month_start
      WHEN 'billing_period' THEN asking.current_period_start ELSE 0 END AS period_start,
    CASE feature.reset WHEN 'calendar_month' THEN :month_end
      WHEN 'billing_period' THEN asking.current_period_end END AS period_end
  FROM asking JOIN plan_features feature ON feature.plan_id = asking.plan_id AND feature.feature = :feature
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

    fn outcome(&self, _asking: &Asking, found: &Found<'_>) -> Result<Reply, Refusal> {
        let standing = found.standing()?;
        let Some(row) = found.first("tally")? else {
            return Err(Refusal::FeatureNotInPlan { feature: FEATURE, plan: standing.plan_name.clone() });
        };
        let tally = found.stored(Tally::read(row))?;
        let message = match tally.limit.is_unlimited() {
            true => format!("{} uploads this month; the {} plan has no limit.", tally.total, standing.plan_name),
            false => format!("{} of {} uploads used this month.", tally.total, tally.limit.value()),
        };
        Ok(Reply::ok(&message, &tally.counted(None, 0)))
    }
}
