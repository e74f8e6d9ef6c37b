//! What somebody's sessions come to, by day, week or month.

use serde::Serialize;
use serde_json::{json, Value as Json};
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope},
    rules::time::Timestamp,
    store::{Row, Statement, StoreError},
};

use super::spans::{Unit, MOST};

pub struct Sums {
    unit: Unit,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// A span in which there was something.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sum {
    starts_at: Timestamp,
    sessions: i64,
    minutes: f64,
    distinct_items: i64,
    average_minutes: f64,
    /// Of the sessions that were completed, 0 to 1.
    completion_rate: f64,
    /// Averages of those that told them.
    stress_before: Option<f64>,
    stress_after: Option<f64>,
    mood_improvement: Option<f64>,
}

impl Sum {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let number = |column| row.integer(column);
        let average = |sum, amount| Ok::<_, StoreError>(ratio(number(sum)?, number(amount)?));
        let (sessions, seconds) = (number("sessions")?, number("seconds")?);
        Ok(Self {
            starts_at: row.timestamp("starts_at")?,
            sessions,
            minutes: ratio(seconds, 60).unwrap_or_default(),
            distinct_items: number("items")?,
            average_minutes: ratio(seconds, 60 * sessions).unwrap_or_default(),
            completion_rate: ratio(number("completed")?, sessions).unwrap_or_default(),
            stress_before: average("stress_before", "told_before")?,
            stress_after: average("stress_after", "told_after")?,
            mood_improvement: average("mood", "told_mood")?,
        })
    }
}

/// To two places; `None` of nothing.
fn ratio(sum: i64, amount: i64) -> Option<f64> {
    #[allow(clippy::cast_precision_loss)]
    let exact = |number: i64| number as f64;
    (amount > 0).then(|| (exact(sum) / exact(amount) * 100.0).round() / 100.0)
}

impl Sums {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        let day = |text: &str| Timestamp::parse(&format!("{text}T00:00:00Z"));
        Ok(Box::new(Self {
            unit: fields.parsed("span", Unit::parse, "one of: day, week, month")?.unwrap_or(Unit::Day),
            from: fields.parsed("from", day, "a day, as 2026-03-10")?,
            to: fields.parsed("to", day, "a day, as 2026-03-10")?,
        }))
    }

    fn spans(&self, now: Timestamp) -> Option<Vec<(Timestamp, Timestamp)>> {
        self.unit.between(self.from, self.to.unwrap_or(now))
    }
}

impl Operation for Sums {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let spans = self.spans(context.now).unwrap_or_default();
        let spans: Vec<Json> =
            spans.into_iter().map(|(start, end)| json!({ "starts_at": start.0, "ends_at": end.0 })).collect();
        vec![Statement::new(
            "sums",
            "SELECT CAST(item.value ->> 'starts_at' AS BIGINT) AS starts_at, COUNT(*) AS sessions, CAST(SUM(kept.seconds) AS BIGINT) AS seconds,
  COUNT(DISTINCT kept.item) AS items, CAST(SUM(kept.completed) AS BIGINT) AS completed,
  CAST(COALESCE(SUM(kept.stress_before), 0) AS BIGINT) AS stress_before, COUNT(kept.stress_before) AS told_before,
  CAST(COALESCE(SUM(kept.stress_after), 0) AS BIGINT) AS stress_after, COUNT(kept.stress_after) AS told_after,
  CAST(COALESCE(SUM(kept.mood), 0) AS BIGINT) AS mood, COUNT(kept.mood) AS told_mood
FROM json_each(:spans) item
JOIN user_analytics_sessions kept ON kept.user_id = :caller
  AND kept.day >= CAST(item.value ->> 'starts_at' AS BIGINT) AND kept.day < CAST(item.value ->> 'ends_at' AS BIGINT)
GROUP BY CAST(item.value ->> 'starts_at' AS BIGINT)
ORDER BY 1",
        )
        .with("spans", Json::from(spans).to_string())]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let problem = || {
            Refusal::invalid(
                "from",
                format!("must not be after `to`, nor more than {MOST} {}s before it", self.unit.as_str()),
            )
        };
        let spans = self.spans(context.now).ok_or_else(problem)?;
        let sums = found.rows("sums")?.iter().map(Sum::read).collect::<Result<Vec<_>, _>>();
        let sums = found.stored(sums)?;
        let unit = self.unit.as_str();
        let body = json!({
            "span": unit,
            "from": spans.first().map(|(start, _)| *start),
            "to": spans.last().map(|(_, end)| *end),
            "sums": sums,
        });
        Ok(Reply::ok(&format!("{} {unit}s with sessions.", sums.len()), &body))
    }
}
