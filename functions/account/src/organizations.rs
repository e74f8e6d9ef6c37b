//! `organizations`: the switcher's list, by page; and what its owner may still have back.

use serde::Serialize;
use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Scope, Staleness},
    rules::{archiving::RESTORABLE, time::Timestamp},
    store::{Row, Statement, StoreError},
};

use crate::{
    organization::is_its_owners_to_restore,
    switcher::{switcher, Entry, OF_ONE_PAGE},
};

pub struct Organizations {
    page: Page,
    archived: bool,
}

/// An organization that was archived within the last 30 days.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ArchivedOrganization"))]
#[serde(rename_all = "camelCase")]
pub struct Archived {
    id: String,
    name: String,
    slug: String,
    archived_at: Timestamp,
    restorable_until: Timestamp,
}

impl Archived {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let archived_at = row.timestamp("archived_at")?;
        Ok(Self {
            id: row.text("id")?.to_string(),
            name: row.text("name")?.to_string(),
            slug: row.text("slug")?.to_string(),
            archived_at,
            restorable_until: archived_at + RESTORABLE,
        })
    }
}

impl Organizations {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let archived = |text: &str| match text {
            "present" => Some(false),
            "archived" => Some(true),
            _ => None,
        };
        let archived = call.fields.parsed("show", archived, "one of: present, archived")?.unwrap_or(false);
        Ok(Box::new(Self { page: Page::of_query(call.fields, OF_ONE_PAGE)?, archived }))
    }
}

/// The caller's own teams that are archived and may be restored, in the order of their ids.
fn archived(context: &RequestContext) -> Statement {
    Statement::new(
        "organizations",
        concat!(
            "SELECT organization.id, organization.name, organization.slug, organization.archived_at
FROM organization_members own
JOIN organizations organization ON organization.id = own.organization_id
WHERE own.user_id = :caller AND own.role = 'owner' AND organization.kind = 'team' AND organization.archived_at > :since
  AND ",
            is_its_owners_to_restore!(),
            "
  AND (CAST(:after_time AS BIGINT) IS NULL OR own.organization_id > :after_id)
ORDER BY own.organization_id LIMIT :rows"
        ),
    )
    .with("since", context.now - RESTORABLE)
}

impl Operation for Organizations {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![self.page.bind(if self.archived { archived(context) } else { switcher() })]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if context.organization.is_some() {
            found.membership()?;
        }
        if self.archived {
            let cut = self.page.cut(found.rows("organizations")?, "archived_at", "id");
            let (rows, next_cursor) = found.stored(cut)?;
            let organizations = found.stored(rows.iter().map(Archived::read).collect::<Result<Vec<_>, _>>())?;
            let message = format!("{} archived organizations.", organizations.len());
            return Ok(Reply::ok(&message, &json!({ "organizations": organizations, "nextCursor": next_cursor })));
        }
        let (organizations, next_cursor) = Entry::page(&self.page, found)?;
        let message = format!("{} organizations.", organizations.len());
        Ok(Reply::ok(&message, &json!({ "organizations": organizations, "nextCursor": next_cursor })))
    }
}
