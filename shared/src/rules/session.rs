//! The single session on cheap plans.

use super::time::{Span, Timestamp};

/// When a signed-in browser counts.
pub struct SessionPolicy;

impl SessionPolicy {
    /// A session without a heartbeat for this long is stale and never counts as a conflict.
    pub const STALE_AFTER: Span = Span::minutes(5);
    /// A heartbeat this soon after the last written one writes nothing. With a heartbeat every 30 seconds a session is at
    /// most two and a half minutes behind, so nobody who still beats goes stale.
    pub const HEARTBEAT_EVERY: Span = Span::minutes(2);

    /// A session is live while its last heartbeat is after this moment: at five minutes to the millisecond it is stale.
    pub fn live_since(now: Timestamp) -> Timestamp {
        now - Self::STALE_AFTER
    }

    /// A heartbeat is written when the last one lies at or before this moment.
    pub fn heartbeat_due_before(now: Timestamp) -> Timestamp {
        now - Self::HEARTBEAT_EVERY
    }
}
