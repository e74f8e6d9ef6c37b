//! How a change is recorded: in the organization's history, and for whoever listens. One form for all; an operation's own
//! file says of which rows.
//!
//! The ids are made before the batch is sent, so a batch that is sent twice records once.

/// An audit event: a `SELECT` of `organization_id, id, actor_id, action, target_id, details, request_id, created_at`. It
/// must have a `WHERE`, since SQLite would read `ON CONFLICT` as the condition of a join.
#[macro_export]
macro_rules! audit_event {
    ($($select:tt)+) => {
        concat!(
            "INSERT INTO audit_events
  (organization_id, id, actor_id, action, target_id, details, request_id, created_at)
",
            $($select)+,
            "
ON CONFLICT (organization_id, id) DO NOTHING"
        )
    };
}

/// An event to be delivered: a `SELECT` of `id, organization_id, event_type, target_id, payload, created_at`, with a
/// `WHERE`.
#[macro_export]
macro_rules! outbox_event {
    ($($select:tt)+) => {
        concat!(
            "INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
",
            $($select)+,
            "
ON CONFLICT (id) DO NOTHING"
        )
    };
}
