//! `unsubscribe`: somebody wants no more mails of a kind. The link says who and which, and its signature that it was made for them;
//! nobody signs in. A `GET` shows a button; a `POST` acts, by that button or by the mail program itself (RFC 8058).

use tallygate::{
    http::{remembering, BatchRows, Delivered, Delivery, Operation, Refusal, Reply, RequestContext, Scope},
    is_recent_request,
    mails::{Kind, SignedLink, Subject, UNSUBSCRIBE_SECRET},
    remember_request,
    rules::ids::{OrganizationId, UserId},
    store::{Lock, Statement},
    transport::Pending,
};

use crate::{fixed_reply::FixedReply, page};

struct Unsubscribe(SignedLink);

pub fn read<'a>(delivery: &'a Delivery<'a>) -> Pending<'a, Result<Delivered, Refusal>> {
    Box::pin(std::future::ready(delivered(delivery)))
}

fn delivered(delivery: &Delivery<'_>) -> Result<Delivered, Refusal> {
    let secret = delivery.services.variable(UNSUBSCRIBE_SECRET);
    let secret = secret.ok_or(Refusal::NotConfigured { variable: UNSUBSCRIBE_SECRET })?;
    match SignedLink::parse(delivery.query(), secret.trim()) {
        Some(_) if delivery.is_read() => Ok(FixedReply(page::question()).delivered()),
        Some(link) => Ok(Delivered { operation: Box::new(Unsubscribe(link)), about: None }),
        None => Err(Refusal::InvalidSignature { cause: "the link was not made here".to_string() }),
    }
}

/// Turns one kind off, once, and leaves the others as they are.
const TURNED_OFF: &str = concat!(
    "INSERT INTO mail_preferences
  (user_id, limit_warning, limit_reached, trial_ending, endpoint_disabled, updated_at, request_id)
SELECT person.id, CASE :kind WHEN 'limit_warning' THEN 0 ELSE 1 END, CASE :kind WHEN 'limit_reached' THEN 0 ELSE 1 END,
  CASE :kind WHEN 'trial_ending' THEN 0 ELSE 1 END, CASE :kind WHEN 'endpoint_disabled' THEN 0 ELSE 1 END, :now, :request
FROM users person WHERE person.id = :user AND person.deleted_at IS NULL AND NOT ",
    is_recent_request!("person"),
    "
ON CONFLICT (user_id) DO UPDATE SET
  limit_warning = CASE :kind WHEN 'limit_warning' THEN 0 ELSE mail_preferences.limit_warning END,
  limit_reached = CASE :kind WHEN 'limit_reached' THEN 0 ELSE mail_preferences.limit_reached END,
  trial_ending = CASE :kind WHEN 'trial_ending' THEN 0 ELSE mail_preferences.trial_ending END,
  endpoint_disabled = CASE :kind WHEN 'endpoint_disabled' THEN 0 ELSE mail_preferences.endpoint_disabled END,
  updated_at = excluded.updated_at, request_id = excluded.request_id"
);

/// The person's row remembers that this request has turned it off.
const REMEMBERED: &str = remember_request!(
    ":user",
    "EXISTS (SELECT 1 FROM mail_preferences own WHERE own.user_id = users.id AND own.request_id = :request)"
);

/// Whoever an invitation was sent to gets none any more, of whichever organization.
const NO_INVITATIONS: &str = "INSERT INTO mail_suppressions (address, reason, created_at)
SELECT invitation.email, 'unsubscribed', :now FROM organization_invitations invitation
WHERE invitation.organization_id = :named_organization AND invitation.id = :invitation AND invitation.email <> 'erased'
ON CONFLICT (address) DO NOTHING";

impl Operation for Unsubscribe {
    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        match &self.0.subject {
            Subject::User(user) => vec![Lock::User(UserId::new(user))],
            Subject::Invited { organization, .. } => vec![Lock::OrganizationById(OrganizationId::new(organization))],
        }
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let SignedLink { subject, kind } = &self.0;
        match subject {
            Subject::User(user) => {
                vec![
                    turned_off(user, *kind),
                    remembering(context, Statement::new("remembered", REMEMBERED)).with("user", user.as_str()),
                ]
            }
            Subject::Invited { organization, invitation } => vec![Statement::new("no_invitations", NO_INVITATIONS)
                .with("named_organization", organization.as_str())
                .with("invitation", invitation.as_str())],
        }
    }

    fn outcome(&self, _context: &RequestContext, _found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        Ok(page::done())
    }
}

fn turned_off(user: &str, kind: Kind) -> Statement {
    Statement::new("turned_off", TURNED_OFF).with("user", user).with("kind", kind.as_str())
}
