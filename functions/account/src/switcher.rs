//! The organizations that somebody may switch between.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Page, Refusal},
    rules::{role::Role, time::Timestamp},
    store::{Row, Statement, StoreError},
};

/// How many organizations a page has where nobody says.
pub const OF_ONE_PAGE: i64 = 100;

/// One organization of the caller's.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "OrganizationEntry"))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    id: String,
    name: String,
    slug: String,
    #[cfg_attr(test, schemars(extend("enum" = ["personal", "team"])))]
    kind: String,
    avatar_url: Option<String>,
    role: Role,
    plan: String,
    plan_name: String,
    #[cfg_attr(test, schemars(with = "tallygate::rules::subscription::Status"))]
    status: String,
    /// The caller works in it where a request names none.
    current: bool,
    joined_at: Timestamp,
}

/// The caller's organizations that are there, the oldest one first: in the order of their ids, which an index has, so that a
/// page costs what it shows.
pub fn switcher() -> Statement {
    Statement::new(
        "organizations",
        "SELECT membership.organization_id AS id, membership.organization_name, membership.organization_slug, membership.organization_kind,
  membership.role, membership.plan_id, membership.plan_name, membership.subscription_status, membership.joined_at,
  membership.organization_created_at, shown.avatar_url,
  CASE WHEN caller.current_organization_id = membership.organization_id THEN 1 ELSE 0 END AS is_current
FROM users caller
JOIN memberships membership ON membership.user_id = caller.id
JOIN organizations shown ON shown.id = membership.organization_id
WHERE caller.id = :caller AND caller.banned_at IS NULL AND caller.deleted_at IS NULL
  AND (CAST(:after_time AS BIGINT) IS NULL OR membership.organization_id > :after_id)
ORDER BY membership.organization_id LIMIT :rows",
    )
}

impl Entry {
    /// The page of them that a batch has found, and the cursor of the next one.
    ///
    /// # Errors
    /// A fault in reading the rows.
    pub fn page(page: &Page, found: &BatchRows<'_>) -> Result<(Vec<Self>, Option<String>), Refusal> {
        let cut = page.cut(found.rows("organizations")?, "organization_created_at", "id");
        let (rows, next_cursor) = found.stored(cut)?;
        let entries = found.stored(rows.iter().map(Self::read).collect::<Result<Vec<_>, _>>())?;
        Ok((entries, next_cursor))
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| Ok::<_, StoreError>(row.text(column)?.to_string());
        let role = row.text("role")?;
        Ok(Self {
            id: text("id")?,
            name: text("organization_name")?,
            slug: text("organization_slug")?,
            kind: text("organization_kind")?,
            avatar_url: row.optional_text("avatar_url")?.map(str::to_string),
            role: Role::parse(role).ok_or_else(|| StoreError::Broken(format!("no role: {role}")))?,
            plan: text("plan_id")?,
            plan_name: text("plan_name")?,
            status: text("subscription_status")?,
            current: row.flag("is_current")?,
            joined_at: row.timestamp("joined_at")?,
        })
    }
}
