//! A call, as the tables have it and as replies show it.

use serde::Serialize;
use serde_json::Value as Json;
use tallygate::{
    http::{BatchRows, Refusal},
    rules::time::Timestamp,
    scoped,
    store::{Row, Statement, StoreError},
};

/// The columns that [`CallRow::read`] takes, of a row `call`; whether its seconds are what is counted.
#[macro_export]
macro_rules! call_columns {
    () => {
        "call.id, call.user_id, call.subject, call.call_type, call.feature, call.status, call.started_at, call.deadline_at, call.ended_at,
  call.seconds, call.counted, call.cost_cents, call.attributes, COALESCE((
    SELECT CASE WHEN meter.unit_size > 1 THEN 1 ELSE 0 END FROM plan_features meter
    WHERE meter.plan_id = membership.plan_id AND meter.feature = call.feature), 0) AS is_timed"
    };
}

const CALL: &str = scoped!(
    "SELECT ",
    call_columns!(),
    "
FROM membership
JOIN call_logs call ON call.organization_id = membership.organization_id AND call.id = COALESCE((
  SELECT event.reservation_id FROM usage_events event
  WHERE event.organization_id = membership.organization_id AND event.id = :event), :call)"
);

/// The call of an event, or the one that is named.
pub fn call_statement(event: &str, call: Option<&str>) -> Statement {
    Statement::new("call", CALL).with("event", event).with("call", call)
}

pub struct CallRow<'a> {
    id: &'a str,
    user_id: Option<&'a str>,
    subject: Option<&'a str>,
    call_type: &'a str,
    status: &'a str,
    started_at: Timestamp,
    deadline_at: Timestamp,
    ended_at: Option<Timestamp>,
    seconds: Option<i64>,
    counted: i64,
    cost_cents: i64,
    attributes: Option<&'a str>,
    is_timed: bool,
}

/// A call that has begun.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "StartedCall"))]
#[serde(rename_all = "camelCase")]
pub struct Started<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    call_type: &'a str,
    #[cfg_attr(test, schemars(extend("enum" = ["in_progress"])))]
    status: &'static str,
    started_at: Timestamp,
    /// From then on it counts as failed, if nobody has ended it.
    deadline_at: Timestamp,
    /// How long it may last, by its type and by what is left of the meter.
    pub most_seconds: i64,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Call"))]
#[serde(rename_all = "camelCase")]
pub struct CallShown<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    call_type: &'a str,
    #[cfg_attr(test, schemars(extend("enum" = ["in_progress", "completed", "failed"])))]
    pub status: &'a str,
    user_id: Option<&'a str>,
    subject: Option<&'a str>,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    pub seconds: Option<i64>,
    /// What it did to the meter.
    counted: i64,
    pub cost_cents: i64,
    attributes: Option<Json>,
}

impl<'a> CallRow<'a> {
    /// The call that the request is about.
    ///
    /// # Errors
    /// A fault in reading the rows: the call was written in the same batch.
    pub fn of_request(found: &'a BatchRows<'_>) -> Result<Self, Refusal> {
        let row = found.first("call")?.ok_or_else(|| found.broken("the call is not there"))?;
        found.stored(Self::read(row))
    }

    pub fn read(row: &'a Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?,
            user_id: row.optional_text("user_id")?,
            subject: row.optional_text("subject")?,
            call_type: row.text("call_type")?,
            status: row.text("status")?,
            started_at: row.timestamp("started_at")?,
            deadline_at: row.timestamp("deadline_at")?,
            ended_at: row.optional_timestamp("ended_at")?,
            seconds: row.optional_integer("seconds")?,
            counted: row.integer("counted")?,
            cost_cents: row.integer("cost_cents")?,
            attributes: row.optional_text("attributes")?,
            is_timed: row.flag("is_timed")?,
        })
    }

    /// As it was when it began, whatever has become of it; `held` is the room that it was given.
    pub fn started(&self, held: i64) -> Started<'a> {
        let longest = (self.deadline_at.0 - self.started_at.0) / 1_000;
        Started {
            id: self.id,
            call_type: self.call_type,
            status: "in_progress",
            started_at: self.started_at,
            deadline_at: self.deadline_at,
            most_seconds: if self.is_timed { held.min(longest) } else { longest },
        }
    }

    /// As it stands: what nobody has ended in time has failed.
    pub fn shown(&self, now: Timestamp) -> CallShown<'a> {
        let is_over = self.status == "in_progress" && self.deadline_at <= now;
        CallShown {
            id: self.id,
            call_type: self.call_type,
            status: if is_over { "failed" } else { self.status },
            user_id: self.user_id,
            subject: self.subject,
            started_at: self.started_at,
            ended_at: if is_over { Some(self.deadline_at) } else { self.ended_at },
            seconds: self.seconds,
            counted: self.counted,
            cost_cents: self.cost_cents,
            attributes: self.attributes.and_then(|text| serde_json::from_str(text).ok()),
        }
    }
}
