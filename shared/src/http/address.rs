//! Whose an address is: what the provider's messages and tokens tell of it, in any order ([`crate::auth`] has the rule).

use super::RequestContext;
use crate::{auth::Identity, rules::email::Email, store::Statement};

/// Whether a statement about the address counts more than what the row `users` knows: one with the parameters `:said_at`,
/// `:verified` and `:is_said` (1: said, 0: concluded).
#[macro_export]
macro_rules! address_counts {
    () => {
        "CASE :is_said
    WHEN 1 THEN email_said_at <= :said_at AND (:verified = 0 OR email_updated_at <= :said_at)
    ELSE email_updated_at <= :said_at AND NOT (email_verified = 0 AND email_said_at > 0 AND email_said_at >= email_updated_at)
  END"
    };
}

/// The assignments that bring the row up to such a statement, whose address is `:email`.
#[macro_export]
macro_rules! set_address {
    () => {
        concat!(
            "
  email = CASE WHEN ",
            $crate::address_counts!(),
            " THEN :email ELSE email END,
  email_verified = CASE WHEN ",
            $crate::address_counts!(),
            " THEN :verified ELSE email_verified END,
  email_updated_at = CASE WHEN ",
            $crate::address_counts!(),
            " THEN :said_at ELSE email_updated_at END,
  email_said_at = CASE WHEN :is_said = 1 AND email_said_at < :said_at THEN :said_at ELSE email_said_at END"
        )
    };
}

/// Whether the row would be another one afterwards.
#[macro_export]
macro_rules! tells_of_address {
    () => {
        concat!(
            "(:is_said = 1 AND email_said_at < :said_at OR ",
            $crate::address_counts!(),
            "
    AND (email_updated_at <> :said_at OR email IS DISTINCT FROM :email OR email_verified <> :verified))"
        )
    };
}

/// Brings the user's row up to what a newer token says of the address, since it is the row's that counts: that it is
/// theirs, or that it is not. Where only its time would change nothing is written.
pub fn refreshed_address(context: &RequestContext) -> Statement {
    let identity = context.identity.as_ref().filter(|identity| identity.email_verified || identity.denies_email());
    Statement::new(
        "refreshed",
        concat!(
            "UPDATE users SET ",
            set_address!(),
            "
WHERE id = :caller AND banned_at IS NULL AND deleted_at IS NULL AND :email IS NOT NULL
  AND (email IS DISTINCT FROM :email OR email_verified <> :verified) AND ",
            address_counts!()
        ),
    )
    .with("email", identity.and_then(|identity| identity.email.as_ref()).map(Email::as_str))
    .with("verified", identity.is_some_and(|identity| identity.email_verified))
    .with("is_said", identity.is_some_and(|identity| identity.email_is_said))
    .with("said_at", identity.map(|Identity { issued_at, .. }| issued_at.0))
}
