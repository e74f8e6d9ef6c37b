//! What a batch may be raced for, and how Postgres holds it.
//!
//! D1 runs batches one after another and needs no lock. On Postgres a batch runs READ COMMITTED and begins with these row
//! locks: a batch that has to wait sees, in each of its later statements, what the one before it has committed. (Under
//! REPEATABLE READ and SERIALIZABLE the snapshot is taken before the wait, and the lock would be worth nothing.)

use std::{cell::RefCell, collections::BTreeSet};

use super::{Statement, Value};
use crate::{
    requested_organization,
    rules::{
        ids::{OrganizationId, SessionId, UserId},
        time::Timestamp,
    },
    user_is_staff,
};

/// A row that a batch locks before it decides. An operation that only reads names none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// The caller's own row.
    Caller,
    /// The caller's own row, but only if the heartbeat of this session is due: the others write nothing.
    CallerOfDueSession { session: SessionId, due_before: Timestamp },
    /// Another user's row.
    User(UserId),
    /// The rows of the users who have one of these addresses: JSON, a list of objects with the member `a`.
    UsersOfAddresses(String),
    /// The row of the user whose session a service key names.
    UserOfBrowser,
    /// The rows of those who work in an organization that the caller is a member of: a deletion moves them out of it.
    FellowMembers,
    /// The same of somebody whose id is known.
    FellowMembersOf(UserId),
    /// The rows of those who work in an organization whose id is known.
    MembersOf(OrganizationId),
    /// The organization that the request is about; and the caller's row where that row says which one it is.
    Organization,
    /// The organization that the caller's row says they work in.
    CurrentOrganization,
    /// The organization that the service key which asks is bound to.
    OrganizationOfKey,
    /// An organization whose id is known.
    OrganizationById(OrganizationId),
    /// The organization that an invitation leads into, by the SHA-256 of the invitation's token.
    OrganizationOfInvitation(String),
    /// Every organization that the caller is a member of, or was the last owner of.
    OrganizationsOfCaller,
    /// The same of somebody whose id is known.
    OrganizationsOf(UserId),
    /// The organization of a Stripe customer.
    OrganizationOfCustomer(String),
    /// The lease of a job of the scheduler, which the batch's own first statement takes.
    Lease,
    /// Nothing by itself: the others are taken only where the caller is of the operator's staff. Whoever is not waits for nobody's
    /// row, and holds none.
    IfStaff,
    /// Nothing: there is no row yet, and this unique key lets only one of two in. The other one's batch is sent again and
    /// finds the row.
    Key(&'static str),
}

const REQUESTED: &str =
    concat!("id = ", requested_organization!("(SELECT current_organization_id FROM users WHERE id = :caller)"));

/// Decided once, before any row is looked at.
const IS_STAFF: &str =
    concat!("EXISTS (SELECT 1 FROM users staff WHERE staff.id = :caller AND ", user_is_staff!("staff"), ")");

impl Lock {
    /// The condition on `users.id` of the rows to lock, with its parameter.
    fn users(&self) -> Option<(&'static str, Vec<(&'static str, Value)>)> {
        Some(match self {
            Self::Caller => ("id = :caller", Vec::new()),
            Self::CallerOfDueSession { session, due_before } => (
                "id = (SELECT user_id FROM active_sessions WHERE user_id = :caller AND id = :locked_session
    AND ended_at IS NULL AND last_heartbeat_at <= :locked_due_before)",
                vec![("locked_session", session.as_str().into()), ("locked_due_before", (*due_before).into())],
            ),
            Self::UsersOfAddresses(addresses) => (
                "email = ANY (ARRAY (SELECT told.value ->> 'a' FROM json_each(:locked_addresses) told))",
                vec![("locked_addresses", addresses.as_str().into())],
            ),
            Self::UserOfBrowser => ("id = :browser_user", Vec::new()),
            Self::User(user) => ("id = :locked_user", vec![("locked_user", user.as_str().into())]),
            Self::FellowMembers => (
                "id IN (
    SELECT fellow.user_id
    FROM organization_members own JOIN organization_members fellow ON fellow.organization_id = own.organization_id
    WHERE own.user_id = :caller AND own.role = 'owner')",
                Vec::new(),
            ),
            Self::FellowMembersOf(user) => (
                "id IN (
    SELECT fellow.user_id
    FROM organization_members own JOIN organization_members fellow ON fellow.organization_id = own.organization_id
    WHERE own.user_id = :locked_fellow_of AND own.role = 'owner')",
                vec![("locked_fellow_of", user.as_str().into())],
            ),
            Self::MembersOf(id) => (
                "id IN (SELECT member.user_id FROM organization_members member WHERE member.organization_id = :locked_members_of)",
                vec![("locked_members_of", id.as_str().into())],
            ),
            _ => return None,
        })
    }

    /// The condition on `organizations.id` of the rows to lock, with its parameter.
    fn organizations(&self) -> Option<(&'static str, Vec<(&'static str, Value)>)> {
        Some(match self {
            Self::Organization => (REQUESTED, Vec::new()),
            Self::CurrentOrganization => {
                ("id = (SELECT current_organization_id FROM users WHERE id = :caller)", Vec::new())
            }
            Self::OrganizationOfKey => {
                ("id = (SELECT organization_id FROM service_keys WHERE key_hash = :service_key)", Vec::new())
            }
            Self::OrganizationById(id) => {
                ("id = :locked_organization", vec![("locked_organization", id.as_str().into())])
            }
            Self::OrganizationOfInvitation(hash) => (
                "id = (SELECT organization_id FROM organization_invitations WHERE token_hash = :locked_token_hash)",
                vec![("locked_token_hash", hash.as_str().into())],
            ),
            Self::OrganizationsOfCaller => {
                ("id IN (SELECT organization_id FROM organization_members WHERE user_id = :caller)", Vec::new())
            }
            Self::OrganizationsOf(user) => (
                "id IN (SELECT organization_id FROM organization_members WHERE user_id = :locked_member)",
                vec![("locked_member", user.as_str().into())],
            ),
            Self::OrganizationOfCustomer(customer) => (
                "id = (SELECT organization_id FROM billing_customers WHERE stripe_customer_id = :locked_customer)",
                vec![("locked_customer", customer.as_str().into())],
            ),
            _ => return None,
        })
    }

    /// The statements that take these locks: users before organizations, each by their ids, so that no two batches wait
    /// for each other.
    pub(super) fn statements(locks: &[Self]) -> Vec<Statement> {
        let users = locks.iter().filter_map(Self::users).collect();
        let organizations = locks.iter().filter_map(Self::organizations).collect();
        [("locked_users", "users", users), ("locked_organizations", "organizations", organizations)]
            .into_iter()
            .filter_map(|(name, table, conditions)| locking(name, table, conditions, locks.contains(&Self::IfStaff)))
            .collect()
    }
}

thread_local! {
    static TEXTS: RefCell<BTreeSet<&'static str>> = RefCell::default();
}

/// The same text for as long as the worker lives, so that it is read through once, and Postgres keeps it planned. There are no more
/// of them than there are sets of locks in the code.
fn fixed(sql: String) -> &'static str {
    TEXTS.with_borrow_mut(|texts| match texts.get(sql.as_str()) {
        Some(known) => known,
        None => {
            let text: &'static str = Box::leak(sql.into_boxed_str());
            texts.insert(text);
            text
        }
    })
}

/// One statement that locks the rows of a table which meet any of the conditions.
fn locking(
    name: &'static str,
    table: &str,
    conditions: Vec<(&'static str, Vec<(&'static str, Value)>)>,
    if_staff: bool,
) -> Option<Statement> {
    if conditions.is_empty() {
        return None;
    }
    let any = conditions.iter().map(|(condition, _)| *condition).collect::<Vec<_>>().join("\n  OR ");
    let any = if if_staff { format!("({any})\n  AND {IS_STAFF}") } else { any };
    let sql = format!("SELECT id FROM {table} WHERE {any}\nORDER BY id FOR NO KEY UPDATE");
    let statement = Statement::new(name, fixed(sql));
    Some(
        conditions
            .into_iter()
            .flat_map(|(_, parameters)| parameters)
            .fold(statement, |statement, (name, value)| statement.with(name, value)),
    )
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::store::{Batch, Dialect};

    #[test]
    fn rows_that_the_staff_locks_nobody_else_does() {
        let locks = [Lock::OrganizationById(OrganizationId::new("o")), Lock::IfStaff];
        let shared = [("caller", Value::from("c"))];
        let batch = Batch::new(&[], &shared).with_locks(&locks);
        let rendered = batch.render(Dialect::Postgres).unwrap();
        assert_eq!(rendered.len(), 1);
        let sql = rendered[0].sql();
        assert!(
            sql.starts_with(
                "SELECT id FROM organizations WHERE (id = $1::text)\n  AND EXISTS (SELECT 1 FROM users staff"
            ),
            "{sql}"
        );
    }

    #[test]
    fn users_are_found_by_their_addresses() {
        let locks = [Lock::UsersOfAddresses(r#"[{"a":"ada@example.com"}]"#.to_string())];
        let batch = Batch::new(&[], &[]).with_locks(&locks);
        let sql: Vec<String> =
            batch.render(Dialect::Postgres).unwrap().iter().map(|locking| locking.sql().to_string()).collect();
        assert_eq!(
            sql,
            ["SELECT id FROM users WHERE email = ANY (ARRAY (SELECT told.value ->> 'a' FROM jsonb_array_elements($1::text::jsonb) told))\nORDER BY id FOR NO KEY UPDATE"]
        );
    }

    #[test]
    fn users_come_before_organizations_and_each_in_the_order_of_their_ids() {
        let locks = [Lock::OrganizationById(OrganizationId::new("o")), Lock::User(UserId::new("u")), Lock::Caller];
        let shared = [("caller", Value::from("c"))];
        let batch = Batch::new(&[], &shared).with_locks(&locks);
        let sql: Vec<String> =
            batch.render(Dialect::Postgres).unwrap().iter().map(|locking| locking.sql().to_string()).collect();
        assert_eq!(
            sql,
            [
                "SELECT id FROM users WHERE id = $1::text\n  OR id = $2::text\nORDER BY id FOR NO KEY UPDATE",
                "SELECT id FROM organizations WHERE id = $1::text\nORDER BY id FOR NO KEY UPDATE",
            ]
        );
    }

    #[test]
    fn the_same_locks_have_the_same_text_and_so_it_is_kept() {
        let locked = |user: &str| {
            let statements = Lock::statements(&[Lock::User(UserId::new(user)), Lock::Organization]);
            statements.into_iter().map(|statement| statement.sql).collect::<Vec<_>>()
        };
        for (one, other) in locked("one").iter().zip(&locked("other")) {
            assert!(matches!((one, other), (Cow::Borrowed(one), Cow::Borrowed(other)) if std::ptr::eq(*one, *other)));
        }
    }

    #[test]
    fn d1_takes_no_locks_and_neither_does_who_names_none() {
        let locks = [Lock::Caller];
        assert_eq!(Batch::new(&[], &[]).with_locks(&locks).render(Dialect::Sqlite), Ok(Vec::new()));
        assert_eq!(Batch::new(&[], &[]).render(Dialect::Postgres), Ok(Vec::new()));
    }
}
