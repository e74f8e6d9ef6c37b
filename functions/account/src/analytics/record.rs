//! One session of somebody's, recorded once.

use serde_json::{json, Value as Json};
use tallygate::{
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope},
    rules::{
        request_ids::Purpose,
        time::{Span, Timestamp},
    },
    session_is_live,
    store::{Lock, Statement},
};

use crate::person::caller_is_active;

/// Sessions that one person may have in a day.
const MOST_A_DAY: i64 = 200;
/// How far back one may lie, and how far ahead a clock may be.
const LATE: Span = Span::days(31);
const AHEAD: Span = Span::minutes(5);

pub struct Record {
    key: Option<String>,
    seconds: i64,
    item: Option<String>,
    completed: bool,
    stress_before: Option<i64>,
    stress_after: Option<i64>,
    mood: Option<i64>,
    occurred_at: Option<Timestamp>,
}

impl Record {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        let seconds =
            fields.integer("seconds", 0, 86_400)?.ok_or_else(|| Refusal::invalid("seconds", "is required"))?;
        Ok(Box::new(Self {
            key: call.idempotency_key()?.map(str::to_string),
            seconds,
            item: fields.id("item")?.map(str::to_string),
            completed: fields.flag("completed")?,
            stress_before: fields.integer("stressBefore", 1, 10)?,
            stress_after: fields.integer("stressAfter", 1, 10)?,
            mood: fields.integer("moodImprovement", -10, 10)?,
            occurred_at: fields.parsed("occurredAt", Timestamp::parse, "a time, as 2026-03-10T12:00:00Z")?,
        }))
    }

    fn id(&self, context: &RequestContext) -> String {
        self.key.as_ref().map_or_else(|| context.ids.id(Purpose::UsageEvent), |key| format!("key:{key}"))
    }

    /// Whether a session that was recorded under the key is the one that this request tells of. When it was is compared where
    /// the request says so: else it was the moment of the first one.
    fn is_of(&self, recorded: &Json) -> bool {
        let told = [
            ("seconds", json!(self.seconds)),
            ("item", json!(self.item)),
            ("completed", json!(self.completed)),
            ("stressBefore", json!(self.stress_before)),
            ("stressAfter", json!(self.stress_after)),
            ("moodImprovement", json!(self.mood)),
        ];
        let occurred_at = self.occurred_at.map(|moment| ("occurredAt", json!(moment)));
        told.into_iter().chain(occurred_at).all(|(name, value)| recorded.get(name) == Some(&value))
    }

    fn is_in_time(&self, now: Timestamp) -> bool {
        self.occurred_at.is_none_or(|moment| now - LATE <= moment && moment <= now + AHEAD)
    }
}

impl Operation for Record {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let occurred_at = self.occurred_at.unwrap_or(context.now);
        let about =
            |statement: Statement| statement.with("id", self.id(context)).with("day", occurred_at.start_of_day());
        vec![
            // Decides: in time, once, and not too many a day. The day is counted with the row itself (`analytics_day_is_kept`).
            about(Statement::new(
                "recorded",
                concat!(
                    "INSERT INTO user_analytics_sessions
  (user_id, id, day, seconds, item, completed, stress_before, stress_after, mood, occurred_at, request_id)
SELECT id, :id, :day, :seconds, :item, :completed, :stress_before, :stress_after, :mood, :occurred_at, :request
FROM users
WHERE ",
                    caller_is_active!(),
                    " AND :is_in_time = 1
  AND COALESCE((SELECT kept.sessions FROM user_analytics_days kept WHERE kept.user_id = :caller AND kept.day = :day), 0) < :most
  AND ",
                    session_is_live!(),
                    "
ON CONFLICT (user_id, id) DO NOTHING"
                ),
            ))
            .with("seconds", self.seconds)
            .with("item", self.item.as_deref())
            .with("completed", self.completed)
            .with("stress_before", self.stress_before)
            .with("stress_after", self.stress_after)
            .with("mood", self.mood)
            .with("occurred_at", occurred_at)
            .with("is_in_time", self.is_in_time(context.now))
            .with("most", MOST_A_DAY),
            about(Statement::new(
                "session",
                "SELECT id, day, seconds, item, completed, stress_before, stress_after, mood, occurred_at, request_id
FROM user_analytics_sessions WHERE user_id = :caller AND id = :id",
            )),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let Some(row) = found.first("session")? else {
            if !self.is_in_time(context.now) {
                return Err(Refusal::invalid("occurredAt", "must be within the last 31 days"));
            }
            return Err(Refusal::LimitReached {
                code: "too_many_sessions",
                message: format!("There may be at most {MOST_A_DAY} sessions a day."),
                details: limit_details(&json!({ "most": MOST_A_DAY })),
            });
        };
        let read = || {
            let body = json!({
                "seconds": row.integer("seconds")?, "item": row.optional_text("item")?, "completed": row.flag("completed")?,
                "stressBefore": row.optional_integer("stress_before")?, "stressAfter": row.optional_integer("stress_after")?,
                "moodImprovement": row.optional_integer("mood")?, "occurredAt": row.timestamp("occurred_at")?,
            });
            Ok((row.text("request_id")? == context.request_id.as_str(), body))
        };
        let (is_new, session) = found.stored(read())?;
        if !is_new && !self.is_of(&session) {
            return Err(Refusal::IdempotencyKeyReused);
        }
        match is_new {
            true => Ok(Reply::created("The session is recorded.", &json!({ "session": session, "replayed": false }))),
            false => {
                Ok(Reply::created("The session was recorded before.", &json!({ "session": session, "replayed": true })))
            }
        }
    }
}
