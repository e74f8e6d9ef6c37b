//! `send_mails`: what has happened is told by mail to those whom it concerns.
//!
//! Events are looked at in the order of their ids, a page at a time, as `deliver_outbox` does; each mail is a row of
//! `mail_deliveries` once it was tried. A run begins with what is to be tried again. What is older than a day is no news, and
//! is sent to nobody: so what happened while mails were off is not sent later, and `clear_outbox`, which keeps events for a
//! month, takes nothing away that has still to be looked at.

use tallygate::{
    http::Services,
    inviter_may_invite,
    mails::Settings,
    rules::{
        invitation::InvitationPolicy,
        request_ids::first_id_of,
        time::{Span, Timestamp},
    },
    schedule::{Job, Rhythm, Sending, Step},
    store::{Answer, Statement, StoreError},
    transport::Pending,
    while_leased,
};

use crate::{
    mail::{looks, recorded, send, Due, MOST_SENT},
    page::last_of_page,
};

/// What is younger may still be joined by an event before it: as in `deliver_outbox`.
const SETTLED: Span = Span::minutes(2);
/// What is older is sent to nobody.
pub const NEWS: Span = Span::days(1);
/// Events of a page.
const PAGE: i64 = 200;

/// `mail_deliveries.recipient` of the operator.
const OPERATORS: &str = "operator";

pub struct SendMails;

const NEXT: &str = last_of_page!(
    "SELECT event.id AS first, '' AS second
  FROM mail_progress progress CROSS JOIN outbox event
  WHERE event.id > CASE WHEN progress.settled_to > :until_first THEN progress.settled_to ELSE :until_first END
  ORDER BY event.id LIMIT :most"
);

/// With the first run of all: what happened before it is told to nobody.
const BEGAN: &str = concat!(
    "INSERT INTO mail_progress (id, settled_to, began_at)
SELECT 1, :settled_before, :now WHERE ",
    while_leased!(),
    "
ON CONFLICT (id) DO NOTHING"
);

/// What could not be sent for a day is given up, also where nobody is to get it any more. Once a run.
const GIVEN_UP: &str = concat!(
    "UPDATE mail_deliveries SET state = 'failed', next_attempt_at = NULL, request_id = :request
WHERE :until_first = '' AND next_attempt_at <= :now AND created_at <= :too_old AND ",
    while_leased!()
);

/// The page's events of a table `$event` beside `progress`. What is settled is passed over: the first page of a run begins before
/// it. (A cross join, so that SQLite looks at the one row first.)
macro_rules! page {
    ($event:literal) => {
        concat!(
            "FROM mail_progress progress CROSS JOIN outbox ",
            $event,
            "
  WHERE ",
            $event,
            ".id > CASE WHEN progress.settled_to > :after_first THEN progress.settled_to ELSE :after_first END AND ",
            $event,
            ".id <= :until_first"
        )
    };
}

/// The events of the page, and in a run's first step those with a mail that is to be tried again; each with the kind of its mails.
macro_rules! events {
    () => {
        concat!(
            "WITH named (event_type, kind) AS (VALUES
  ('invitation.created', 'invitation'), ('invitation.resent', 'invitation'), ('usage.alert', 'limit_warning'),
  ('usage.limit_reached', 'limit_reached'), ('trial.ending', 'trial_ending'), ('invoice.payment_failed', 'payment_failed'),
  ('member.removed', 'member_removed'), ('webhook.endpoint_disabled', 'endpoint_disabled')
), event AS MATERIALIZED (
  SELECT page.id, named.kind, page.organization_id, page.target_id, page.created_at, 1 AS is_new
  FROM (SELECT page.*, progress.began_at ",
            page!("page"),
            ") page
  JOIN named ON named.event_type = page.event_type
  WHERE page.created_at >= page.began_at AND page.created_at > :too_old
  UNION ALL
  SELECT again.id, named.kind, again.organization_id, again.target_id, again.created_at, 0
  FROM outbox again CROSS JOIN named
  WHERE named.event_type = again.event_type AND :until_first = '' AND again.id IN (SELECT due.event_id FROM mail_deliveries due WHERE due.next_attempt_at <= :now)
)"
        )
    };
}

/// Those whom each event concerns, with their addresses (cross joins, so that SQLite begins with the few events): only such as their owners are known to have. An invitation that was sent
/// again is told of by that event, and by the one before no more. The operator's address is a setting and stands in no row.
macro_rules! recipients {
    () => {
        "recipient AS MATERIALIZED (
  SELECT event.id AS event_id, event.kind, 'invited:' || invitation.id AS recipient, invitation.email AS address,
    CAST(NULL AS TEXT) AS user_id
  FROM event CROSS JOIN organization_invitations invitation
  WHERE event.kind = 'invitation' AND invitation.organization_id = event.organization_id AND invitation.id = event.target_id
    AND invitation.status = 'pending' AND invitation.expires_at > :now AND invitation.expires_at = event.created_at + :lifetime
  UNION ALL
  SELECT event.id, event.kind, 'user:' || person.id, person.email, person.id
  FROM event CROSS JOIN organization_members manager CROSS JOIN users person
  WHERE manager.organization_id = event.organization_id AND manager.role IN ('owner', 'admin')
    AND person.id = manager.user_id AND person.email_verified = 1 AND person.banned_at IS NULL AND person.deleted_at IS NULL
    AND event.kind IN ('limit_warning', 'limit_reached', 'trial_ending', 'payment_failed', 'endpoint_disabled')
  UNION ALL
  SELECT event.id, event.kind, 'billing', billed.billing_email, CAST(NULL AS TEXT)
  FROM event CROSS JOIN organizations billed
  WHERE event.kind = 'payment_failed' AND billed.id = event.organization_id AND billed.billing_email IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM organization_members manager CROSS JOIN users person
    WHERE manager.organization_id = billed.id AND manager.role IN ('owner', 'admin') AND person.id = manager.user_id
      AND person.email = billed.billing_email AND person.email_verified = 1 AND person.banned_at IS NULL AND person.deleted_at IS NULL)
  UNION ALL
  SELECT event.id, event.kind, 'user:' || person.id, person.email, person.id
  FROM event CROSS JOIN users person
  WHERE event.kind = 'member_removed' AND person.id = event.target_id AND person.email_verified = 1
    AND person.banned_at IS NULL AND person.deleted_at IS NULL
  UNION ALL
  SELECT event.id, event.kind, 'operator', '', CAST(NULL AS TEXT) FROM event WHERE event.kind = 'endpoint_disabled'
)"
    };
}

/// Each mail that has still to be sent: not where the address takes none, or the person wants none of the kind, or what it is about
/// is not there. `usage.alert` also tells of money, which is no limit.
macro_rules! not_sent {
    () => {
        concat!(
            "FROM recipient CROSS JOIN event CROSS JOIN organizations organization CROSS JOIN catalog_settings looks
LEFT JOIN mail_deliveries delivery ON delivery.event_id = recipient.event_id AND delivery.kind = recipient.kind
  AND delivery.recipient = recipient.recipient
LEFT JOIN mail_preferences preference ON preference.user_id = recipient.user_id
LEFT JOIN organization_invitations invitation ON event.kind = 'invitation'
  AND invitation.organization_id = event.organization_id AND invitation.id = event.target_id
LEFT JOIN users sender ON sender.id = invitation.invited_by
LEFT JOIN org_subscriptions subscription ON subscription.organization_id = event.organization_id
LEFT JOIN plans ON plans.id = subscription.plan_id
LEFT JOIN usage_alerts alert ON event.kind IN ('limit_warning', 'limit_reached')
  AND alert.organization_id = event.organization_id AND alert.feature = event.target_id AND alert.created_at = event.created_at
  AND event.id LIKE '%:' || alert.name AND alert.name NOT IN ('overage', 'upgrade_prompt')
LEFT JOIN trial_warnings warning ON event.kind = 'trial_ending'
  AND warning.organization_id = event.organization_id AND warning.created_at = event.created_at
LEFT JOIN billing_invoices invoice ON event.kind = 'payment_failed'
  AND invoice.organization_id = event.organization_id AND invoice.stripe_invoice_id = event.target_id
LEFT JOIN webhook_endpoints endpoint ON event.kind = 'endpoint_disabled' AND endpoint.id = event.target_id
WHERE event.id = recipient.event_id AND organization.id = event.organization_id AND organization.archived_at IS NULL AND looks.id = 1
  AND (delivery.event_id IS NULL AND event.is_new = 1 OR delivery.next_attempt_at <= :now)
  AND NOT EXISTS (
    SELECT 1 FROM mail_suppressions suppressed WHERE suppressed.address = recipient.address
      AND (suppressed.reason <> 'unsubscribed' OR event.kind = 'invitation'))
  AND CASE event.kind
    WHEN 'limit_warning' THEN COALESCE(preference.limit_warning, 1)
    WHEN 'limit_reached' THEN COALESCE(preference.limit_reached, 1)
    WHEN 'trial_ending' THEN COALESCE(preference.trial_ending, 1)
    WHEN 'endpoint_disabled' THEN COALESCE(preference.endpoint_disabled, 1)
    ELSE 1 END = 1
  AND CASE event.kind
    WHEN 'limit_warning' THEN alert.name WHEN 'limit_reached' THEN alert.name
    WHEN 'trial_ending' THEN CASE WHEN warning.trial_ends_at > :now THEN '' END
    WHEN 'endpoint_disabled' THEN endpoint.disabled_reason
    ELSE '' END IS NOT NULL
  AND (event.kind <> 'invitation' OR ",
            inviter_may_invite!("invitation"),
            ")
  AND ",
            while_leased!()
        )
    };
}

/// The provider is not left alone for a while.
macro_rules! provider_is_ready {
    () => {
        "EXISTS (SELECT 1 FROM mail_progress progress WHERE progress.id = 1 AND progress.deferred_until <= :now)"
    };
}
pub(crate) use provider_is_ready;

const DUE: &str = concat!(
    events!(),
    ", ",
    recipients!(),
    "
SELECT recipient.event_id, recipient.kind, recipient.recipient, recipient.address, COALESCE(delivery.attempts, 0) AS attempts,
  event.organization_id, event.target_id, organization.name AS organization, ",
    looks!("COALESCE(preference.language, looks.language)"),
    ",
  invitation.id AS invitation_id, invitation.role, invitation.token_hash, COALESCE(sender.name, '') AS inviter,
  CASE event.kind WHEN 'invitation' THEN invitation.expires_at WHEN 'trial_ending' THEN warning.trial_ends_at END AS ends,
  alert.used, alert.limit_value, COALESCE(plans.name, '') AS plan, invoice.hosted_url AS invoice_url, endpoint.url AS endpoint_url,
  endpoint.disabled_reason
",
    not_sent!(),
    " AND ",
    provider_is_ready!(),
    "
ORDER BY recipient.event_id, recipient.recipient LIMIT :most"
);

/// Endpoints of the operator's own, of which no organization is told. Once a run.
const OPERATOR: &str = concat!(
    "SELECT 'disabled:' || endpoint.id || ':' || endpoint.disabled_at AS event_id, 'endpoint_disabled' AS kind,
  'operator' AS recipient, '' AS address, COALESCE(delivery.attempts, 0) AS attempts, '' AS organization_id,
  looks.name AS organization, ",
    looks!("looks.language"),
    ", endpoint.url AS endpoint_url, endpoint.disabled_reason
FROM mail_progress progress
JOIN webhook_endpoints endpoint ON endpoint.organization_id IS NULL AND endpoint.disabled_at >= progress.began_at
  AND endpoint.disabled_at > :too_old
JOIN catalog_settings looks ON looks.id = 1
LEFT JOIN mail_deliveries delivery ON delivery.event_id = 'disabled:' || endpoint.id || ':' || endpoint.disabled_at
  AND delivery.kind = 'endpoint_disabled' AND delivery.recipient = 'operator'
WHERE :until_first = '' AND (delivery.event_id IS NULL OR delivery.next_attempt_at <= :now) AND ",
    provider_is_ready!(),
    " AND ",
    while_leased!(),
    "
ORDER BY endpoint.id LIMIT :most"
);

/// What is old enough that no event can come before it is looked at no more, once each of its mails was tried. Pages follow each
/// other, so one that is not through holds up those behind it.
const PASSED: &str = concat!(
    "UPDATE mail_progress SET settled_to = (
  SELECT MAX(old.id) ",
    page!("old"),
    " AND old.id < :settled_before)
WHERE settled_to >= :after_first
  AND settled_to < (
    SELECT MAX(old.id) ",
    page!("old"),
    " AND old.id < :settled_before)
  AND NOT EXISTS (",
    events!(),
    ", ",
    recipients!(),
    "
    SELECT 1 ",
    not_sent!(),
    " AND event.is_new = 1)
  AND ",
    while_leased!()
);

const AGAIN: &str = concat!(
    events!(),
    ", ",
    recipients!(),
    "
SELECT 1 AS more ",
    not_sent!(),
    " AND ",
    provider_is_ready!(),
    " LIMIT 1"
);

/// Binds the moments that the statements name.
fn dated(statement: Statement, now: Timestamp) -> Statement {
    statement
        .with("too_old", now - NEWS)
        .with("settled_before", first_id_of(now - SETTLED))
        .with("lifetime", InvitationPolicy::LIFETIME.0)
}

impl Job for SendMails {
    fn name(&self) -> &'static str {
        "send_mails"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Minute
    }

    fn is_on(&self, variable: &dyn Fn(&str) -> Option<String>) -> bool {
        Settings::are_on(variable)
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        let statements = [
            Statement::new("began", BEGAN),
            Statement::new("given_up", GIVEN_UP),
            Statement::new("due", DUE).with("most", MOST_SENT),
            Statement::new("operator", OPERATOR).with("most", MOST_SENT),
            Statement::new("passed", PASSED),
        ];
        statements.map(|statement| dated(statement, step.now)).into()
    }

    fn sending(&self) -> Option<&dyn Sending> {
        Some(self)
    }

    fn most_steps(&self) -> u32 {
        40
    }
}

impl Sending for SendMails {
    fn send<'a>(
        &'a self,
        step: &'a Step,
        answer: &'a Answer,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Vec<Statement>, StoreError>> {
        Box::pin(async move {
            let mut due = answer.rows("due")?.iter().map(Due::read).collect::<Result<Vec<_>, _>>()?;
            if let Some(operator) = services.variable("OPERATOR_EMAIL") {
                let own = answer.rows("operator")?.iter().map(Due::read);
                due.extend(own.collect::<Result<Vec<_>, _>>()?);
                for mail in due.iter_mut().filter(|mail| mail.recipient == OPERATORS) {
                    mail.address = operator.trim().to_string();
                }
            }
            if due.is_empty() {
                return Ok(Vec::new());
            }
            let page = send(due, services).await?;
            let mut statements = recorded(&page);
            statements.push(dated(Statement::new("passed", PASSED), step.now));
            statements.push(dated(Statement::new("again", AGAIN), step.now));
            Ok(statements)
        })
    }
}
