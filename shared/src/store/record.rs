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

/// Whether the event with this id has not been told yet, by the SQL of its id: so a statement does its work once. A batch whose answer
/// was lost is sent again, maybe after somebody else has changed the same rows; by then its event is there, and the statement does nothing.
#[macro_export]
macro_rules! not_told {
    ($id:literal) => {
        concat!("NOT EXISTS (SELECT 1 FROM outbox told WHERE told.id = ", $id, ")")
    };
}

/// A payload: the objects that an event carries, each as it is at this moment, by their kinds. It is SQL for one text. The
/// arguments of an object are SQL for its ids (see [`event_object`]); another kind is a word of ours, given as SQL for a text,
/// or for JSON.
#[macro_export]
macro_rules! event_payload {
    ($kind:ident($($of:literal),+) $(, $more:ident($($of_more:literal),+))* $(,)?) => {
        concat!(
            "'{\"", stringify!($kind), "\":' || ",
            $crate::event_object!($kind($($of),+)),
            $(" || ',\"", stringify!($more), "\":' || ", $crate::event_object!($more($($of_more),+)),)*
            " || '}'"
        )
    };
}

/// One object of a payload (`docs/EVENTS.md`), or `null` where it is not there. Of persons it has their ids alone: who they
/// are is looked up when the event is sent, by the view `event_payloads`.
#[doc(hidden)]
#[macro_export]
macro_rules! event_object {
    (organization($organization:literal)) => {
        $crate::event_object!(@ "event_organizations", "told.organization_id = ", $organization)
    };
    (user($user:literal)) => {
        $crate::event_object!(@ "event_users", "told.user_id = ", $user)
    };
    (member($organization:literal, $user:literal)) => {
        $crate::event_object!(@ "event_members", "told.organization_id = ", $organization, " AND told.user_id = ", $user)
    };
    (invitation($organization:literal, $invitation:literal)) => {
        $crate::event_object!(
            @ "event_invitations", "told.organization_id = ", $organization, " AND told.invitation_id = ", $invitation
        )
    };
    (subscription($organization:literal)) => {
        $crate::event_object!(@ "event_subscriptions", "told.organization_id = ", $organization)
    };
    (invoice($organization:literal, $invoice:literal)) => {
        $crate::event_object!(
            @ "event_invoices", "told.organization_id = ", $organization, " AND told.stripe_invoice_id = ", $invoice
        )
    };
    (sessions($user:literal, $request:literal)) => {
        $crate::event_object!(@ "event_ended_sessions", "told.user_id = ", $user, " AND told.request_id = ", $request)
    };
    (by($actor:literal)) => {
        $crate::event_object!(@ "event_actors", "told.user_id = ", $actor)
    };
    (roles($json:literal)) => {
        $json
    };
    (details($json:literal)) => {
        $json
    };
    (endpoint($json:literal)) => {
        $json
    };
    (days($number:literal)) => {
        $number
    };
    (@ $view:literal, $($where:literal),+) => {
        concat!("COALESCE((SELECT told.object FROM ", $view, " told WHERE ", $($where,)+ "), 'null')")
    };
    ($word:ident($text:literal)) => {
        concat!("COALESCE('\"' || ", $text, " || '\"', 'null')")
    };
}
