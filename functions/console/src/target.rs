//! Whom or what an act is about.

use tallygate::{
    http::{BatchRows, Call, Refusal},
    rules::ids::{OrganizationId, UserId},
    staff_scoped,
    store::{Row, Statement},
};

use crate::act::conflict;

/// The person that a request names.
pub fn user(call: &Call<'_>) -> Result<UserId, Refusal> {
    Ok(UserId::new(call.fields.required_outside_id("user")?))
}

/// The organization that a request names.
pub fn organization(call: &Call<'_>) -> Result<OrganizationId, Refusal> {
    Ok(OrganizationId::new(call.fields.required_id("organization")?))
}

/// A row `target` of `users`, with the organization in whose history it stands what is done to them: their personal one.
macro_rules! person_acted_on {
    () => {
        "
FROM staff
JOIN users target ON target.id = :user AND target.deleted_at IS NULL
LEFT JOIN organizations personal ON personal.personal_user_id = target.id"
    };
}
pub(crate) use person_acted_on;

/// Whether who asks may act on the row `target`: on one of the staff, themselves among them, a super_admin alone.
macro_rules! may_be_acted_on {
    () => {
        "(target.account_type = 'user' OR staff.account_type = 'super_admin')"
    };
}
pub(crate) use may_be_acted_on;

/// Whether the row `target` is an organization that one of the staff owns, or that who asks is a member of. What is given to it is
/// given to them.
macro_rules! is_of_staff {
    () => {
        "(EXISTS (
    SELECT 1 FROM organization_members own WHERE own.organization_id = target.id AND own.user_id = staff.user_id)
  OR EXISTS (
    SELECT 1 FROM organization_members owning JOIN users owner ON owner.id = owning.user_id AND owner.account_type <> 'user'
    WHERE owning.organization_id = target.id AND owning.role = 'owner'))"
    };
}

/// The same of an organization, archived or not, with its subscription: on one of the staff a super_admin acts alone.
macro_rules! organization_acted_on {
    () => {
        concat!(
            "
FROM staff
JOIN organizations target ON target.id = :organization_id AND (staff.account_type = 'super_admin' OR NOT ",
            $crate::target::is_of_staff!(),
            ")
JOIN org_subscriptions subscription ON subscription.organization_id = target.id"
        )
    };
}
pub(crate) use {is_of_staff, organization_acted_on};

/// Whether the row `target` is an organization that somebody owns: a team that a deletion has archived is nobody's.
macro_rules! is_owned {
    () => {
        "EXISTS (SELECT 1 FROM organization_members owning WHERE owning.organization_id = target.id AND owning.role = 'owner')"
    };
}
pub(crate) use is_owned;

/// The person as they are, to explain a refusal.
pub fn person_as_is() -> Statement {
    Statement::new(
        "target",
        staff_scoped!(
            "SELECT target.id, target.email, target.email_verified, target.account_type, target.banned_at, target.banned_by,
  CASE WHEN target.id = staff.user_id THEN 1 ELSE 0 END AS is_oneself
FROM staff JOIN users target ON target.id = :user AND target.deleted_at IS NULL"
        ),
    )
}

/// The organization as it is, to explain a refusal.
pub fn organization_as_is() -> Statement {
    Statement::new(
        "target",
        staff_scoped!(
            "SELECT target.id, target.kind, target.archived_at, subscription.status, subscription.trial_ends_at,
  subscription.plan_id, subscription.stripe_subscription_id, CASE WHEN ",
            is_of_staff!(),
            " THEN 1 ELSE 0 END AS is_of_staff, CASE WHEN ",
            is_owned!(),
            " THEN 1 ELSE 0 END AS is_owned
FROM staff
JOIN organizations target ON target.id = :organization_id
JOIN org_subscriptions subscription ON subscription.organization_id = target.id"
        ),
    )
}

/// # Errors
/// 404 where there is no such person.
pub fn person_row<'a>(found: &'a BatchRows<'_>) -> Result<&'a Row, Refusal> {
    found.first("target")?.ok_or(Refusal::PersonNotFound)
}

/// The same of whoever may be acted on (`may_be_acted_on!`).
///
/// # Errors
/// 404 where there is no such person, and 403 where they are of the staff and an `admin` asks.
pub fn person_acted_on_row<'a>(found: &'a BatchRows<'_>) -> Result<&'a Row, Refusal> {
    let row = person_row(found)?;
    if found.stored(row.text("account_type"))? != "user" {
        found.must_be_super_admin()?;
    }
    Ok(row)
}

/// # Errors
/// 404 where there is no such organization, and 403 where it is of the staff (`is_of_staff!`) and an `admin` asks.
pub fn organization_row<'a>(found: &'a BatchRows<'_>) -> Result<&'a Row, Refusal> {
    let row = found.first("target")?.ok_or(Refusal::OrganizationNotFound)?;
    if found.stored(row.flag("is_of_staff"))? {
        found.must_be_super_admin()?;
    }
    Ok(row)
}

/// # Errors
/// 409 where the organization is archived.
pub fn must_not_be_archived(found: &BatchRows<'_>, organization: &Row) -> Result<(), Refusal> {
    match found.stored(organization.optional_timestamp("archived_at"))? {
        Some(_) => Err(conflict("archived", "This organization is archived.")),
        None => Ok(()),
    }
}
