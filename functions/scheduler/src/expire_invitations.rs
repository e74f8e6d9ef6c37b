//! `expire_invitations`: invitations whose week is over are told of, and later on given up.
//!
//! One that ran out can be sent again for a while, so it stays pending; what is told is that it ran out, once for each end
//! that it had.

use tallygate::{
    audit_event, event_payload, outbox_event,
    rules::{request_ids::Purpose, time::Span},
    schedule::{Job, Rhythm, Step},
    store::Statement,
    while_leased,
};

use crate::page::{in_page, last_of_page};

/// How long one that ran out can be sent again.
const RESENDABLE: Span = Span::days(30);
const PAGE: i64 = 200;

pub struct ExpireInvitations;

/// In the order of the index `organization_invitations_pending`.
const NEXT: &str = last_of_page!(
    "SELECT organization_id AS first, email AS second FROM organization_invitations
  WHERE status = 'pending' AND (organization_id, email) > (:until_first, :until_second)
  ORDER BY organization_id, email LIMIT :most"
);

/// Decides which ends are told of now.
const TOLD: &str = concat!(
    "UPDATE organization_invitations SET told_end = expires_at, request_id = :request
WHERE status = 'pending' AND ",
    in_page!("organization_id", "email"),
    " AND expires_at <= :now AND (told_end IS NULL OR told_end < expires_at) AND ",
    while_leased!()
);

/// The invitations of the page that this step has told of.
macro_rules! told_now {
    () => {
        concat!(
            "FROM organization_invitations invitation
WHERE invitation.status = 'pending' AND ",
            in_page!("invitation.organization_id", "invitation.email"),
            " AND invitation.request_id = :request"
        )
    };
}

const COUNTED: &str = tallygate::counting!("SELECT COUNT(*) ", told_now!());

const AUDIT: &str = audit_event!(
    "SELECT invitation.organization_id, :event || ':' || invitation.id, 'system', 'invitation.expired', invitation.id, '{}', :request, :now
",
    told_now!()
);

const OUTBOX: &str = outbox_event!(
    "SELECT :event || ':' || invitation.id, invitation.organization_id, 'invitation.expired', invitation.id, ",
    event_payload!(
        invitation("invitation.organization_id", "invitation.id"),
        organization("invitation.organization_id")
    ),
    ", :now
",
    told_now!()
);

/// Given up: the address can no longer be reached by sending it again, and it counts as pending no more.
const EXPIRED: &str = concat!(
    "UPDATE organization_invitations SET status = 'expired', resolved_at = :now, request_id = :request
WHERE status = 'pending' AND ",
    in_page!("organization_id", "email"),
    " AND expires_at <= :given_up AND told_end = expires_at AND request_id <> :request AND ",
    while_leased!()
);

impl Job for ExpireInvitations {
    fn name(&self) -> &'static str {
        "expire_invitations"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        vec![
            Statement::new("told", TOLD),
            Statement::new("counted", COUNTED),
            Statement::new("audit", AUDIT).with("event", step.ids.id(Purpose::AuditEvent)),
            Statement::new("outbox", OUTBOX).with("event", step.ids.id(Purpose::OutboxEvent)),
            Statement::new("expired", EXPIRED).with("given_up", step.now - RESENDABLE),
        ]
    }
}
