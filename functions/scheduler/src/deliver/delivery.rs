//! A delivery, before and after it was tried.

use tallygate::{
    rules::time::{Span, Timestamp},
    store::{Row, StoreError},
    webhooks::{Attempt, Message, Recipient, FAILING_FOR},
};

/// An endpoint that takes longer than this gets nothing more in the same step.
const SLOW: Span = Span::seconds(3);
/// One that takes longer than this has kept everybody waiting who has a turn after it.
const HUNG: Span = Span::seconds(5);

/// A delivery that is due.
pub struct Due {
    pub endpoint: String,
    /// Whose endpoint it is; `None`: the operator's.
    pub organization: Option<String>,
    pub message: Message,
    pub recipient: Recipient,
    /// How often it was tried before.
    attempts: i64,
    /// Since when its endpoint fails, where it was tried often enough to know.
    failing_since: Option<Timestamp>,
    /// It has answered well, and has not failed since.
    pub is_known_to_answer: bool,
    /// The request that has put it in line; `None`: it does not stand in line.
    queued_by: Option<String>,
}

impl Due {
    /// Of a row with the columns of an event and a recipient and those of [`due_columns`](super::due_columns).
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_string));
        Ok(Self {
            endpoint: row.text("endpoint_id")?.to_string(),
            organization: text("endpoint_organization_id")?,
            message: Message::of_event(row)?,
            recipient: Recipient::read(row)?,
            attempts: row.integer("attempts")?,
            failing_since: row.optional_timestamp("failing_since")?,
            is_known_to_answer: row.flag("is_known_to_answer")?,
            queued_by: text("queued_by")?,
        })
    }
}

/// A delivery that was tried.
pub struct Tried {
    pub endpoint: String,
    pub event: String,
    /// This one included.
    pub attempts: i64,
    pub attempt: Attempt,
    /// Since when the endpoint had failed before.
    failing_since: Option<Timestamp>,
    /// As of [`Due`].
    pub queued_by: Option<String>,
}

impl Tried {
    pub fn of(due: Due, attempt: Attempt) -> Self {
        Self {
            endpoint: due.endpoint,
            event: due.message.id,
            attempts: due.attempts + 1,
            attempt,
            failing_since: due.failing_since,
            queued_by: due.queued_by,
        }
    }

    /// Why the endpoint is disabled by it, if it is.
    pub fn disables(&self) -> Option<&'static str> {
        let has_failed = self.failing_since.is_some_and(|since| since <= self.attempt.began_at - FAILING_FOR);
        match (self.attempt.is_gone(), self.attempt.is_delivered()) {
            (true, _) => Some("gone"),
            (false, false) if has_failed => Some("failing"),
            _ => None,
        }
    }

    pub fn was_slow(&self) -> bool {
        self.attempt.took > SLOW
    }

    pub fn has_hung(&self) -> bool {
        self.attempt.took > HUNG
    }
}
