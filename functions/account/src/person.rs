//! The person who asks, as several actions look at them.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Refusal},
    is_recent_request,
    rules::time::Timestamp,
    store::{Row, Statement, StoreError},
};

/// The caller's row, if the account may be used: a condition on `users`, for statements that are about nobody else.
macro_rules! caller_is_active {
    () => {
        "id = :caller AND banned_at IS NULL AND deleted_at IS NULL"
    };
}
pub(crate) use caller_is_active;

/// The caller with what the pages of an account need of their profile, and whether this request has set something of theirs.
pub fn person() -> Statement {
    Statement::new(
        "person",
        concat!(
            "SELECT person.id, person.email, person.email_verified, person.name, person.username, person.account_type,
  person.onboarding_completed_at, person.created_at, person.request_id, CASE WHEN ",
            is_recent_request!("person"),
            " THEN 1 ELSE 0 END AS has_set,
  profile.display_name, profile.avatar_url, profile.time_zone, profile.language,
  CASE WHEN profile.first_name IS NOT NULL AND profile.last_name IS NOT NULL AND profile.personal_country IS NOT NULL
    THEN 1 ELSE 0 END AS profile_completed
FROM users person LEFT JOIN user_profiles profile ON profile.user_id = person.id
WHERE person.id = :caller"
        ),
    )
}

/// What the product still wants to know of somebody new, in the order in which it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "OnboardingWish"))]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// `complete-onboarding` is refused without one.
    Username,
    /// First name, last name and country.
    Profile,
}

/// How far somebody is on their way in.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Onboarding {
    pub completed: bool,
    pub completed_at: Option<Timestamp>,
    pub wants: Vec<Wanted>,
}

impl Onboarding {
    /// Of the row `person`.
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let completed_at = row.optional_timestamp("onboarding_completed_at")?;
        let username = row.optional_text("username")?.is_none().then_some(Wanted::Username);
        let profile = (!row.flag("profile_completed")?).then_some(Wanted::Profile);
        Ok(Self {
            completed: completed_at.is_some(),
            completed_at,
            wants: username.into_iter().chain(profile).collect(),
        })
    }
}

/// The row of [`person`].
pub fn row<'a>(found: &'a BatchRows<'_>) -> Result<&'a Row, Refusal> {
    found.only("person")
}
