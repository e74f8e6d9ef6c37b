//! What a provider says of a user: an account is made of it, or made newer by it.

use serde::Serialize;
use tallygate::{
    audit_event,
    auth::Identity,
    http::{
        hearing_of_address, leaving_address, sign_up, trial_of_verified, BatchRows, Delivered, Delivery, Operation,
        Refusal, Reply, RequestContext, Scope, Source,
    },
    rules::{
        ids::UserId,
        name::{DisplayName, OrganizationName},
        request_ids::Purpose,
        said_email::SaidEmail,
        time::Timestamp,
    },
    store::{Lock, Row, Statement, StoreError},
};

use crate::personal::workspace_of;

/// A user as the provider knows them at a moment.
#[derive(Debug)]
pub struct Account {
    pub user_id: UserId,
    pub email: SaidEmail,
    /// The provider has seen that the address is the user's.
    pub email_verified: bool,
    /// The provider says so; not where it only has not heard of it yet: Supabase tells of a user before they could confirm
    /// anything.
    pub email_is_said: bool,
    pub name: Option<String>,
    pub banned: bool,
    /// When this was so: of two messages the one about the later moment counts, whichever comes first.
    pub said_at: Timestamp,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecordedAccount {
    user_id: UserId,
    /// This message made the account.
    registered: bool,
    /// This message told something new of an account that was there.
    updated: bool,
}

impl Account {
    /// Bans whoever has an address that is or may be of `BANNED_EMAIL_DOMAINS`, for as long as they have it: so nobody comes in by the
    /// provider's message, and a token that does not tell its address is no way around.
    pub fn held_to(self, delivery: &Delivery<'_>) -> Self {
        let list = delivery.services.variable("BANNED_EMAIL_DOMAINS").unwrap_or_default();
        let banned = self.banned || self.email.may_be_of(&list);
        Self { banned, ..self }
    }

    pub fn delivered(self) -> Delivered {
        let about = self.identity();
        Delivered { operation: Box::new(self), about: Some(about) }
    }

    fn identity(&self) -> Identity {
        Identity {
            email: self.email.clone(),
            email_verified: self.email_verified && self.email.address().is_some(),
            email_is_said: self.email_is_said,
            name: self.name.clone(),
            ..Identity::of(self.user_id.clone(), self.said_at)
        }
    }
}

impl Operation for Account {
    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        // The invoices of their teams follow them to another address.
        vec![Lock::Caller, Lock::OrganizationsOfCaller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let identity = self.identity();
        let name = DisplayName::choose(identity.name.as_deref(), identity.email.address());
        let said = |statement: Statement| statement.with("said_at", self.said_at).with("banned", self.banned);
        // One of everything for somebody who is not known yet, also not as deleted.
        let mut statements = sign_up(context, &identity, Source::Provider { banned: self.banned });
        statements.extend(leaving_address(&identity));
        statements.extend([
            // The workspace is called after its user for as long as nobody has called it otherwise.
            said(Statement::new(
                "workspace",
                concat!(
                    "UPDATE organizations SET name = :workspace
WHERE personal_user_id = :caller AND archived_at IS NULL AND name <> :workspace AND name = (
  SELECT ",
                    workspace_of!("users.name"),
                    " FROM users
  WHERE users.id = :caller AND users.deleted_at IS NULL AND users.profile_updated_at <= :said_at)"
                ),
            ))
            .with("workspace", OrganizationName::personal(&name).as_str()),
            // A ban that begins or ends is recorded.
            said(Statement::new(
                "audit",
                audit_event!(
"SELECT organizations.id, :event, 'provider', CASE :banned WHEN 1 THEN 'user.banned' ELSE 'user.unbanned' END, users.id,
  '{}', :request, :now
FROM users JOIN organizations ON organizations.personal_user_id = users.id
WHERE users.id = :caller AND users.deleted_at IS NULL AND users.profile_updated_at <= :said_at
  AND (:banned = 1 AND users.banned_at IS NULL OR :banned = 0 AND users.banned_by = 'provider')"),
            ))
            .with("event", context.ids.id(Purpose::AuditEvent)),
            // Decides, half by half: what is said of the address, and of the rest, where nothing newer is known. What the
            // operator has banned stays banned. Where nothing would change nothing is written.
            said(hearing_of_address(
                "updated",
                Some(&identity),
                ",
  name = CASE WHEN profile_updated_at <= :said_at THEN :name ELSE name END,
  banned_at = CASE
    WHEN profile_updated_at > :said_at THEN banned_at
    WHEN :banned = 1 THEN COALESCE(banned_at, :now)
    WHEN banned_by = 'provider' THEN NULL
    ELSE banned_at
  END,
  banned_by = CASE
    WHEN profile_updated_at > :said_at THEN banned_by
    WHEN :banned = 1 AND banned_at IS NULL THEN 'provider'
    WHEN :banned = 0 AND banned_by = 'provider' THEN NULL
    ELSE banned_by
  END,
  profile_updated_at = CASE WHEN profile_updated_at <= :said_at THEN :said_at ELSE profile_updated_at END,
  request_id = :request",
                [
                    "deleted_at IS NULL AND (",
                    " OR profile_updated_at < :said_at
  OR profile_updated_at = :said_at AND (
    name <> :name OR :banned = 1 AND banned_at IS NULL OR :banned = 0 AND banned_by = 'provider'))",
                ],
            ))
            .with("name", name.as_str()),
            // A trial that an unverified address did not get begins when the address is verified.
            trial_of_verified(),
            // The answer.
            Statement::new(
                "account",
                "SELECT (SELECT COUNT(*) FROM organizations WHERE id = :personal) AS registered,
  CASE WHEN request_id = :request THEN 1 ELSE 0 END AS changed,
  CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END AS deleted
FROM users WHERE id = :caller",
            )
            .with("personal", context.ids.id(Purpose::PersonalOrganization)),
        ]);
        statements
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let read = |row: &Row| -> Result<_, StoreError> {
            Ok((row.flag("registered")?, row.flag("changed")?, row.flag("deleted")?))
        };
        let (registered, changed, deleted) = found.stored(read(found.only("account")?))?;
        let updated = changed && !registered;
        let message = match (registered, updated) {
            (true, _) => "The account was made.",
            (_, true) => "The account was brought up to date.",
            _ if deleted => "The account was deleted before; nothing was changed.",
            _ => "Nothing of this is new.",
        };
        Ok(Reply::ok(message, &RecordedAccount { user_id: self.user_id.clone(), registered, updated }))
    }
}
