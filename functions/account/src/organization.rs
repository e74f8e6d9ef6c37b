//! An organization as those who run it see it, and what its own actions have in common.

use serde::Serialize;
use serde_json::Value as Json;
use tallygate::{
    rules::time::Timestamp,
    store::{Row, Statement, StoreError},
};

/// The organization of the row `membership`, as it is at this point of the batch, where the caller runs it.
pub fn organization() -> Statement {
    Statement::new(
        "organization",
        tallygate::scoped!(
            "SELECT shown.id, shown.name, shown.slug, shown.kind, shown.org_type, shown.description, shown.avatar_url, shown.billing_email,
  shown.settings, shown.created_at
FROM membership JOIN organizations shown ON shown.id = membership.organization_id
WHERE membership.role_rank >= 3"
        ),
    )
}

/// Of a row `organization` of `organizations` that is archived: its owners may have it back. What the operator has archived, the
/// operator alone restores; what a finished move has archived is its owners' all the same.
macro_rules! is_its_owners_to_restore {
    () => {
        "(organization.archived_by IS NOT NULL OR EXISTS (
    SELECT 1 FROM moved_organizations moved WHERE moved.organization_id = organization.id AND moved.state = 'finished'))"
    };
}
pub(crate) use is_its_owners_to_restore;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    id: String,
    name: String,
    slug: String,
    kind: String,
    org_type: String,
    description: Option<String>,
    avatar_url: Option<String>,
    billing_email: Option<String>,
    /// The product's own.
    settings: Option<Json>,
    created_at: Timestamp,
}

impl Organization {
    /// Of a row of [`organization`].
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| Ok::<_, StoreError>(row.text(column)?.to_string());
        let optional = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_string));
        Ok(Self {
            id: text("id")?,
            name: text("name")?,
            slug: text("slug")?,
            kind: text("kind")?,
            org_type: text("org_type")?,
            description: optional("description")?,
            avatar_url: optional("avatar_url")?,
            billing_email: optional("billing_email")?,
            settings: row.optional_text("settings")?.and_then(|text| serde_json::from_str(text).ok()),
            created_at: row.timestamp("created_at")?,
        })
    }
}
