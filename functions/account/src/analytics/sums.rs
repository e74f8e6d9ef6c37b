//! What somebody's sessions come to, by day, week or month: out of one row a day, which is written with each session.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope, Staleness},
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
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "AnalyticsSum"))]
#[serde(rename_all = "camelCase")]
pub struct Sum {
    starts_at: Timestamp,
    sessions: i64,
    minutes: f64,
    distinct_items: usize,
    average_minutes: f64,
    /// Of the sessions that were completed, 0 to 1.
    completion_rate: f64,
    /// Averages of those that told them.
    stress_before: Option<f64>,
    stress_after: Option<f64>,
    mood_improvement: Option<f64>,
}

/// The days of a span, added up.
#[derive(Default)]
struct Days<'a> {
    sessions: i64,
    seconds: i64,
    completed: i64,
    items: BTreeSet<&'a str>,
    /// Sums, and of how many sessions.
    stress_before: (i64, i64),
    stress_after: (i64, i64),
    mood: (i64, i64),
}

impl<'a> Days<'a> {
    fn add(&mut self, day: &'a Row) -> Result<(), StoreError> {
        let number = |column| day.integer(column);
        self.sessions += number("sessions")?;
        self.seconds += number("seconds")?;
        self.completed += number("completed")?;
        self.items.extend(day.text("items")?.split_whitespace());
        for (told, sum, amount) in [
            (&mut self.stress_before, "stress_before", "told_before"),
            (&mut self.stress_after, "stress_after", "told_after"),
            (&mut self.mood, "mood", "told_mood"),
        ] {
            told.0 += number(sum)?;
            told.1 += number(amount)?;
        }
        Ok(())
    }

    /// `None` where there was nothing.
    fn sum(&self, starts_at: Timestamp) -> Option<Sum> {
        let average = |(sum, amount)| ratio(sum, amount);
        (self.sessions > 0).then(|| Sum {
            starts_at,
            sessions: self.sessions,
            minutes: ratio(self.seconds, 60).unwrap_or_default(),
            distinct_items: self.items.len(),
            average_minutes: ratio(self.seconds, 60 * self.sessions).unwrap_or_default(),
            completion_rate: ratio(self.completed, self.sessions).unwrap_or_default(),
            stress_before: average(self.stress_before),
            stress_after: average(self.stress_after),
            mood_improvement: average(self.mood),
        })
    }
}

/// The spans in which there was something, of rows in the order of days.
fn sums(spans: &[(Timestamp, Timestamp)], days: &[Row]) -> Result<Vec<Sum>, StoreError> {
    let mut days = days.iter().peekable();
    let mut sums = Vec::new();
    for (start, end) in spans {
        let mut of_span = Days::default();
        while let Some(day) = days.peek() {
            if day.timestamp("day")? >= *end {
                break;
            }
            of_span.add(day)?;
            days.next();
        }
        sums.extend(of_span.sum(*start));
    }
    Ok(sums)
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

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let spans = self.spans(context.now).unwrap_or_default();
        vec![Statement::new(
            "days",
            "SELECT day, sessions, seconds, completed, items, stress_before, told_before, stress_after, told_after, mood, told_mood
FROM user_analytics_days
WHERE user_id = :caller AND day >= :starts_at AND day < :ends_at
ORDER BY day",
        )
        .with("starts_at", spans.first().map_or(Timestamp(0), |(start, _)| *start))
        .with("ends_at", spans.last().map_or(Timestamp(0), |(_, end)| *end))]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let problem = || {
            Refusal::invalid(
                "from",
                format!("must not be after `to`, nor more than {MOST} {}s before it", self.unit.as_str()),
            )
        };
        let spans = self.spans(context.now).ok_or_else(problem)?;
        let sums = found.stored(sums(&spans, found.rows("days")?))?;
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
