//! `remind_invitations`: an invitation that nobody has answered for three days is told of once more; not one that was sent again.

use tallygate::{
    http::Services,
    inviter_may_invite,
    mails::Settings,
    rules::time::Span,
    schedule::{Job, Rhythm, Sending, Step},
    store::{Answer, Statement, StoreError},
    transport::Pending,
    while_leased,
};

use crate::{
    mail::{looks, recorded, send, Due, MOST_SENT},
    page::{in_page, last_of_page},
    send_mails::provider_is_ready,
};

const PAGE: i64 = 500;
/// So long an invitation has waited.
const WAITED: Span = Span::days(3);

pub struct RemindInvitations;

const NEXT: &str = last_of_page!(
    "SELECT organization_id AS first, email AS second FROM organization_invitations
  WHERE status = 'pending' AND (organization_id, email) > (:until_first, :until_second) ORDER BY organization_id, email LIMIT :most"
);

/// The page's invitations that are to be told of. Of those that were made before mails were on nobody had a first one.
macro_rules! unanswered {
    () => {
        concat!(
            "FROM mail_progress progress CROSS JOIN organization_invitations invitation
CROSS JOIN organizations organization CROSS JOIN catalog_settings looks
LEFT JOIN users sender ON sender.id = invitation.invited_by
LEFT JOIN mail_deliveries delivery ON delivery.event_id = 'reminder:' || invitation.id
  AND delivery.kind = 'invitation_reminder' AND delivery.recipient = 'invited:' || invitation.id
WHERE invitation.status = 'pending' AND ",
            in_page!("invitation.organization_id", "invitation.email"),
            " AND invitation.created_at >= progress.began_at AND invitation.created_at <= :waited_since
  AND invitation.resends = 0 AND invitation.expires_at > :now
  AND organization.id = invitation.organization_id AND organization.archived_at IS NULL AND looks.id = 1
  AND (delivery.event_id IS NULL OR delivery.next_attempt_at <= :now)
  AND NOT EXISTS (SELECT 1 FROM mail_suppressions suppressed WHERE suppressed.address = invitation.email)
  AND ",
            inviter_may_invite!("invitation"),
            " AND ",
            provider_is_ready!(),
            " AND ",
            while_leased!()
        )
    };
}

const DUE: &str = concat!(
    "SELECT 'reminder:' || invitation.id AS event_id, 'invitation_reminder' AS kind, 'invited:' || invitation.id AS recipient,
  invitation.email AS address, COALESCE(delivery.attempts, 0) AS attempts, invitation.organization_id,
  organization.name AS organization, ",
    looks!("looks.language"),
    ",
  invitation.id AS invitation_id, invitation.role, invitation.token_hash, COALESCE(sender.name, '') AS inviter,
  invitation.expires_at AS ends
",
    unanswered!(),
    "
ORDER BY invitation.organization_id, invitation.email LIMIT :most"
);

const AGAIN: &str = concat!("SELECT 1 AS more ", unanswered!(), " LIMIT 1");

impl Job for RemindInvitations {
    fn name(&self) -> &'static str {
        "remind_invitations"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    /// Without the secret no mail can hold a link.
    fn is_on(&self, variable: &dyn Fn(&str) -> Option<String>) -> bool {
        Settings::are_on(variable)
            && Settings::read(variable).is_ok_and(|settings| settings.invitation_secret.is_some())
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        vec![Statement::new("due", DUE).with("most", MOST_SENT).with("waited_since", step.now - WAITED)]
    }

    fn sending(&self) -> Option<&dyn Sending> {
        Some(self)
    }
}

impl Sending for RemindInvitations {
    fn send<'a>(
        &'a self,
        step: &'a Step,
        answer: &'a Answer,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Vec<Statement>, StoreError>> {
        Box::pin(async move {
            let due = answer.rows("due")?.iter().map(Due::read).collect::<Result<Vec<_>, _>>()?;
            if due.is_empty() {
                return Ok(Vec::new());
            }
            let page = send(due, services).await?;
            let mut statements = recorded(&page);
            statements.push(Statement::new("again", AGAIN).with("waited_since", step.now - WAITED));
            Ok(statements)
        })
    }
}
