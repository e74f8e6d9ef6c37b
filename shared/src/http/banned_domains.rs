//! Addresses of the domains that the operator bans, in SQL: for an address that only the database knows.

use super::RequestContext;
use crate::rules::{
    email::named_domains,
    json::{object, text_of},
};

/// Whether an address (SQL for it, in its canonical form) is of one of the domains `:banned_domains` or below one, as
/// [`Email::is_of`](crate::rules::email::Email::is_of) says of one that is known.
#[macro_export]
macro_rules! is_of_banned_domain {
    ($address:literal) => {
        concat!(
            "EXISTS (
    SELECT 1 FROM json_each(:banned_domains) banned
    WHERE substr(",
            $address,
            ", CAST(length(",
            $address,
            ") - length(banned.value ->> 'domain') AS INTEGER)) IN ('@' || (banned.value ->> 'domain'), '.' || (banned.value ->> 'domain')))"
        )
    };
}

/// The parameter `:banned_domains`.
pub fn banned_domains(context: &RequestContext) -> String {
    let domains = named_domains(&context.banned_email_domains);
    text_of(&domains.map(|domain| object(vec![("domain", domain.into())])).collect())
}
