//! Whose an address is: what the provider's messages and tokens tell of it, in any order ([`crate::auth`] has the rule).

use super::RequestContext;
use crate::{auth::Identity, store::Statement};

/// An update of `users` with the row `told` before it: what the caller's row knows of the address once it has heard what
/// that person's token or message tells.
///
/// The newest that was said and the newest conclusion are each kept for themselves (`newest`). A statement takes the place
/// of the one of its kind by its time, then as the denial, then by the address, so that no two are equal (`compared`,
/// `heard`). Which kind counts follows from both: a denial against every conclusion, what else was said against those
/// that are not newer (`weighed`). So the end depends on what was told and not on when it arrived. What cannot count any
/// more is let go: what was said is forgotten behind a newer conclusion but for its time, and a conclusion is kept apart
/// (`concluded_…`) only while an older denial counts, since what is said between the two may lift it.
///
/// What else is set the caller says, and when the row is updated: what stands before and behind the condition that the
/// address would be another one afterwards.
pub fn hearing_of_address(
    name: &'static str,
    identity: Option<&Identity>,
    also_set: &'static str,
    [before, behind]: [&'static str; 2],
) -> Statement {
    let update = format!(
        "{HEARD}UPDATE users SET {ADDRESS}{also_set}\nFROM told\nWHERE users.id = told.id AND {before}{ANOTHER}{behind}"
    );
    Statement::composed(name, update.into())
        .with("email", identity.and_then(|identity| identity.email.stored()))
        .with("verified", identity.is_some_and(|identity| identity.email_verified))
        .with("is_said", identity.is_some_and(|identity| identity.email_is_said))
        .with("told_at", identity.map(Identity::told_at))
}

/// That an address is of no other account than the caller's, as far as anybody has confirmed it: what is kept of it may go with them.
#[macro_export]
macro_rules! nobody_else_has {
    ($address:literal) => {
        concat!(
            "NOT EXISTS (
    SELECT 1 FROM users other
    WHERE other.email = ",
            $address,
            " AND other.email_verified = 1 AND other.id <> :caller
      AND other.deleted_at IS NULL)"
        )
    };
}

/// What follows, before `hearing_of_address` writes it, from a verified address that is about to be left for another one. The
/// address is not remembered, so this is the last moment at which anybody knows whose it was:
/// - The invoices that are sent to it are sent to the new one, so that a deletion still knows whose they are; to nobody's,
///   while the new one is not confirmed. Stripe, where it has the old one, is told by the scheduler (`correct_addresses`).
/// - That it takes no mails is forgotten, unless another account has it, or an invitation was sent to it: by that the
///   deletion finds it.
pub fn leaving_address(identity: &Identity) -> [Statement; 3] {
    let leaving = |name, sql: &str| {
        Statement::composed(name, format!("{HEARD}{LEAVING}{sql}").into())
            .with("email", identity.email.stored())
            .with("verified", identity.email_verified)
            .with("is_said", identity.email_is_said)
            .with("told_at", identity.told_at())
    };
    [
        leaving(
            "left_customers",
            "UPDATE billing_customers SET email_is_stale = 1,
  observed_at = CASE WHEN observed_at > :now THEN observed_at ELSE :now END
WHERE organization_id IN (SELECT id FROM billed)",
        ),
        leaving(
            "left_invoices",
            "UPDATE organizations SET billing_email = (SELECT new_email FROM leaving) WHERE id IN (SELECT id FROM billed)",
        ),
        leaving(
            "left_suppressions",
            concat!(
                "DELETE FROM mail_suppressions
WHERE address = (SELECT email FROM leaving)
  AND NOT EXISTS (SELECT 1 FROM organization_invitations sent WHERE sent.email = mail_suppressions.address)
  AND ",
                crate::nobody_else_has!("mail_suppressions.address")
            ),
        ),
    ]
}

/// The verified address that is left, and the teams whose invoices are sent to it.
const LEAVING: &str = ", leaving AS MATERIALIZED (
  SELECT users.email, CASE told.verified WHEN 1 THEN told.email END AS new_email
  FROM told JOIN users ON users.id = told.id
  WHERE users.email_verified = 1 AND users.deleted_at IS NULL AND users.email IS DISTINCT FROM told.email
),
billed AS MATERIALIZED (
  SELECT team.id
  FROM organization_members own
  JOIN organizations team ON team.id = own.organization_id AND team.kind = 'team'
  WHERE own.user_id = :caller AND team.billing_email = (SELECT email FROM leaving)
  UNION
  SELECT team.id
  FROM organizations team
  WHERE team.founded_by = :caller AND team.kind = 'team' AND team.archived_at IS NULL
    AND team.billing_email = (SELECT email FROM leaving)
)
";

const HEARD: &str = "WITH newest AS MATERIALIZED (
  SELECT id, said_at,
    CASE was_said WHEN 1 THEN email_verified ELSE 1 END AS said_verified,
    CASE was_said WHEN 1 THEN email END AS said_email,
    CASE was_said WHEN 1 THEN COALESCE(concluded_at, 0) ELSE email_updated_at END AS concluded_at,
    CASE was_said WHEN 1 THEN COALESCE(concluded_verified, 0) ELSE email_verified END AS concluded_verified,
    CASE was_said WHEN 1 THEN concluded_email ELSE email END AS concluded_email
  FROM (
    SELECT users.*, email_said_at AS said_at,
      CASE WHEN email_said_at > 0 AND email_said_at = email_updated_at THEN 1 ELSE 0 END AS was_said
    FROM users WHERE id = :caller) known
),
compared AS MATERIALIZED (
  SELECT newest.*,
    CASE WHEN :is_said = 1 AND (:told_at > said_at OR :told_at = said_at AND (
      :verified < said_verified OR :verified = said_verified AND COALESCE(:email, '') > COALESCE(said_email, '')))
      THEN 1 ELSE 0 END AS says,
    CASE WHEN :is_said = 0 AND (:told_at > concluded_at OR :told_at = concluded_at AND (
      :verified < concluded_verified OR :verified = concluded_verified AND COALESCE(:email, '') > COALESCE(concluded_email, '')))
      THEN 1 ELSE 0 END AS concludes
  FROM newest
),
heard AS MATERIALIZED (
  SELECT id,
    CASE says WHEN 1 THEN :told_at ELSE said_at END AS said_at,
    CASE says WHEN 1 THEN :verified ELSE said_verified END AS said_verified,
    CASE says WHEN 1 THEN :email ELSE said_email END AS said_email,
    CASE concludes WHEN 1 THEN :told_at ELSE concluded_at END AS concluded_at,
    CASE concludes WHEN 1 THEN :verified ELSE concluded_verified END AS concluded_verified,
    CASE concludes WHEN 1 THEN :email ELSE concluded_email END AS concluded_email
  FROM compared
),
told AS MATERIALIZED (
  SELECT id, said_at,
    CASE is_said WHEN 1 THEN said_email ELSE concluded_email END AS email,
    CASE is_said WHEN 1 THEN said_verified ELSE concluded_verified END AS verified,
    CASE is_said WHEN 1 THEN said_at ELSE concluded_at END AS updated_at,
    CASE is_denied WHEN 1 THEN concluded_email END AS concluded_email,
    CASE is_denied WHEN 1 THEN concluded_verified END AS concluded_verified,
    CASE is_denied WHEN 1 THEN concluded_at END AS concluded_at
  FROM (
    SELECT heard.*,
      CASE WHEN said_at > 0 AND (said_verified = 0 OR said_at >= concluded_at) THEN 1 ELSE 0 END AS is_said,
      CASE WHEN said_at > 0 AND said_verified = 0 AND concluded_at > said_at THEN 1 ELSE 0 END AS is_denied
    FROM heard) weighed
)
";

/// The assignments that bring the row up to `told`.
const ADDRESS: &str =
    "email = told.email, email_verified = told.verified, email_updated_at = told.updated_at, email_said_at = told.said_at,
  concluded_email = told.concluded_email, concluded_verified = told.concluded_verified, concluded_at = told.concluded_at";

/// Whether the row would be another one afterwards.
const ANOTHER: &str = "(users.email, users.email_verified, users.email_updated_at, users.email_said_at,
    users.concluded_email, users.concluded_verified, users.concluded_at) IS DISTINCT FROM (
    told.email, told.verified, told.updated_at, told.said_at, told.concluded_email, told.concluded_verified, told.concluded_at)";

/// Whether the request's token vouches for an address against what the row `users` knows: nobody has confirmed it there, the
/// token is newer, and no mere conclusion against a denial.
#[doc(hidden)]
#[macro_export]
macro_rules! vouches_anew {
    () => {
        "users.email_verified = 0 AND users.email_updated_at < :vouched_at
    AND (:vouched_by_word = 1 OR users.email_said_at = 0 OR users.email_said_at <> users.email_updated_at)"
    };
}

/// Whether the user of the row `users` may start a free trial: an address of theirs is confirmed, by the row or by this token;
/// or nobody knows of any, and the token is of nobody anonymous (`:trusted`). So a token that leaves the address out does not
/// get past one that the row knows to be unconfirmed.
#[macro_export]
macro_rules! may_start_trial {
    () => {
        concat!("(users.email_verified = 1 OR :trusted = 1 AND (users.email IS NULL OR ", $crate::vouches_anew!(), "))")
    };
}

/// Whose request it was, where the address itself becomes another one: that is told of (the trigger `user_is_updated`).
const CHANGED_BY: &str = ",
  request_id = CASE WHEN (users.email, users.email_verified) IS DISTINCT FROM (told.email, told.verified)
    THEN :request ELSE users.request_id END";

/// Brings the user's row up to what a token tells of the address, since it is the row's that counts: that it is theirs, or
/// that it is not. Also where only the time is new: an older statement that comes later must find it, and so a refusal
/// leaves this one thing behind.
pub fn refreshed_address(context: &RequestContext) -> Statement {
    let identity = context.identity.as_ref().filter(|identity| identity.tells_of_email());
    let condition = "users.banned_at IS NULL AND users.deleted_at IS NULL AND :email IS NOT NULL AND ";
    hearing_of_address("refreshed", identity, CHANGED_BY, [condition, ""])
}
