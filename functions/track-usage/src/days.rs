//! Days as charts show them: what was used on each, for how many in a row, and how the scores go.
//!
//! Roll-ups, and the events that are not in them yet. These are few while the scheduler runs (`aggregate_usage` takes what
//! has waited an hour, or is many); however many there are, only so many are read, and the reply says up to when it knows.

use std::cmp::min;

use serde::Serialize;
use tallygate::{
    http::RequestContext,
    rules::time::{Span, Timestamp},
    scoped,
    store::{Row, Statement, StoreError},
};

use crate::not_summed::{freshness, not_summed, with_ends, MOST_EVENTS};

/// Days of a series at most, and where nobody says how many.
pub const MOST_DAYS: i64 = 366;
pub const DAYS: i64 = 30;

/// A day (UTC) on which something was used.
#[derive(Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Day {
    day: Timestamp,
    /// Events that counted.
    count: i64,
    /// In what is counted.
    quantity: i64,
    /// Of the attribute `score`; `null` where none had one.
    average_score: Option<f64>,
}

/// Days in a row with at least one event, over the last [`MOST_DAYS`].
#[derive(Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Streak {
    /// Up to today, or up to yesterday while today has none.
    current: i64,
    longest: i64,
}

/// The scores of the days, and of as many days before.
#[derive(Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Scores {
    average: Option<f64>,
    before: Option<f64>,
    /// The one less the other; `null` where one of them is missing.
    trend: Option<f64>,
}

/// What a meter's days show.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MeterDays {
    /// In their order; days without events are left out.
    series: Vec<Day>,
    streak: Streak,
    score: Scores,
}

/// How recent the days are.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Freshness {
    /// What was written before comes from roll-ups, the rest from the ledger; `null`: nothing is rolled up.
    rolled_up_to: Option<Timestamp>,
    /// What was written before is in: now, but where more waits to be rolled up than is read.
    pub up_to: Timestamp,
}

/// The row `fresh` says how recent it is. (D1 takes no more than five parts in a union.)
const SQL: &str = scoped!(
    ", rolled AS MATERIALIZED (
  SELECT membership.organization_id, membership.plan_id, COALESCE(rollup.own_to, '') AS own_to, COALESCE(rollup.keyed_to, -1) AS keyed_to,
    COALESCE(rollup.rolled_up_to, 0) AS rolled_up_to
  FROM membership
  LEFT JOIN usage_rollups rollup ON rollup.organization_id = membership.organization_id
), meters AS MATERIALIZED (
  SELECT rolled.organization_id, feature.feature
  FROM rolled
  JOIN plan_features feature ON feature.plan_id = rolled.plan_id AND feature.kind = 'meter'
), ",
    not_summed!("rolled", "event.day, event.counted, event.score"),
    ", written AS MATERIALIZED (
  SELECT summed.feature, summed.starts_at AS day, summed.events, summed.quantity, summed.scored, summed.score_sum
  FROM meters
  JOIN usage_aggregations summed ON summed.organization_id = meters.organization_id AND summed.span = 'day'
    AND summed.feature = meters.feature AND summed.starts_at >= :first_read
  UNION ALL
  SELECT feature, day, 1, counted, CASE WHEN score IS NULL THEN 0 ELSE 1 END, COALESCE(score, 0) FROM own
  UNION ALL
  SELECT feature, day, 1, counted, CASE WHEN score IS NULL THEN 0 ELSE 1 END, COALESCE(score, 0) FROM keyed
), days AS MATERIALIZED (
  SELECT feature, day, CAST(SUM(events) AS BIGINT) AS events, CAST(SUM(quantity) AS BIGINT) AS quantity,
    CAST(SUM(scored) AS BIGINT) AS scored, CAST(SUM(score_sum) AS BIGINT) AS score_sum
  FROM written
  GROUP BY feature, day
), numbered AS MATERIALIZED (
  SELECT feature, day, day / 86400000 - ROW_NUMBER() OVER (PARTITION BY feature ORDER BY day) AS in_a_row FROM days
), streaks AS MATERIALIZED (
  SELECT feature, COUNT(*) AS length, MAX(day) AS last_day FROM numbered WHERE day >= :first_of_streaks GROUP BY feature, in_a_row
)
SELECT 'day' AS shows, feature, day, events, quantity, scored, score_sum FROM days WHERE day >= :first_day
UNION ALL
SELECT 'before', feature, 0, 0, 0, CAST(SUM(scored) AS BIGINT), CAST(SUM(score_sum) AS BIGINT)
FROM days WHERE day >= :first_before AND day < :first_day GROUP BY feature
UNION ALL
SELECT 'streak', feature, 0, MAX(CASE WHEN last_day >= :yesterday THEN length ELSE 0 END), MAX(length), 0, 0
FROM streaks GROUP BY feature
UNION ALL
SELECT 'fresh', '', rolled_up_to, ",
    freshness!(),
    "
FROM rolled
ORDER BY shows, feature, day"
);

/// The statement that reads the days of all meters.
pub fn days(most: i64, context: &RequestContext) -> Statement {
    let today = context.now.start_of_day();
    let first = today - Span::days(most - 1);
    let first_of_streaks = today - Span::days(MOST_DAYS - 1);
    with_ends(Statement::new("days", SQL))
        .with("first_day", first)
        .with("first_before", first - Span::days(most))
        .with("first_of_streaks", first_of_streaks)
        .with("first_read", min(first - Span::days(most), first_of_streaks))
        .with("yesterday", today - Span::days(1))
}

impl MeterDays {
    /// # Errors
    /// A fault in reading the rows.
    pub fn of(feature: &str, rows: &[Row]) -> Result<Self, StoreError> {
        let mut shown = Self::default();
        let (mut scored, mut score_sum) = (0, 0);
        for row in rows {
            if row.text("feature")? != feature {
                continue;
            }
            let (of_row, sum_of_row) = (row.integer("scored")?, row.integer("score_sum")?);
            match row.text("shows")? {
                "day" => {
                    scored += of_row;
                    score_sum += sum_of_row;
                    shown.series.push(Day {
                        day: row.timestamp("day")?,
                        count: row.integer("events")?,
                        quantity: row.integer("quantity")?,
                        average_score: average(sum_of_row, of_row),
                    });
                }
                "before" => shown.score.before = average(sum_of_row, of_row),
                "streak" => {
                    shown.streak = Streak { current: row.integer("events")?, longest: row.integer("quantity")? };
                }
                _ => {}
            }
        }
        shown.score.average = average(score_sum, scored);
        let both = shown.score.average.zip(shown.score.before);
        shown.score.trend = both.map(|(average, before)| hundredths(average - before));
        Ok(shown)
    }
}

impl Freshness {
    /// # Errors
    /// A fault in reading the rows.
    pub fn of(rows: &[Row], now: Timestamp) -> Result<Self, StoreError> {
        let mut shown = Self { rolled_up_to: None, up_to: now };
        for row in rows {
            if row.text("shows")? != "fresh" {
                continue;
            }
            let rolled_up_to = row.timestamp("day")?;
            shown.rolled_up_to = (rolled_up_to.0 > 0).then_some(rolled_up_to);
            for (count, last) in [("events", "quantity"), ("scored", "score_sum")] {
                if row.integer(count)? >= MOST_EVENTS {
                    shown.up_to = min(shown.up_to, row.timestamp(last)?);
                }
            }
        }
        Ok(shown)
    }
}

/// Of a sum in thousandths.
#[allow(clippy::cast_precision_loss, reason = "scores are small, and an average is no exact figure")]
fn average(sum: i64, scored: i64) -> Option<f64> {
    (scored > 0).then(|| hundredths(sum as f64 / scored as f64 / 1_000.0))
}

fn hundredths(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}
