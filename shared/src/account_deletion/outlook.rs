//! What a deletion would do to the organizations that somebody is in, said before it is done.

use serde::Serialize;

use crate::{
    http::{BatchRows, Refusal},
    rules::role::Role,
    store::{Row, Statement, StoreError},
};

/// So many are named; a deletion meets all of them.
const MOST_NAMED: i64 = 100;

/// What becomes of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema), schemars(rename = "OrganizationOutcome"))]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// It goes on without the person.
    Left,
    /// Its oldest admin owns it.
    Transferred,
    /// Nobody is there to own it: its members lose it, and what is paid for it is cancelled at once.
    Archived,
}

/// An organization that somebody is in.
#[derive(Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema), schemars(rename = "OrganizationOutlook"))]
#[serde(rename_all = "camelCase")]
pub struct Outlook {
    id: String,
    name: String,
    kind: String,
    role: Role,
    becomes: Becomes,
    /// The id of its next owner.
    heir: Option<String>,
    /// The others who are in it.
    other_members: i64,
    /// Something is paid for it at Stripe.
    paid: bool,
}

/// The statement that reads them: by the rules that [`super::erasure`] goes by.
pub fn outlook() -> Statement {
    Statement::new(
        "outlook",
        concat!(
            "SELECT organization.id, organization.name, organization.kind, own.role,
  CASE WHEN own.role <> 'owner' OR ",
            has_another_owner!(),
            " THEN 1 ELSE 0 END AS goes_on,
  CASE organization.kind WHEN 'team' THEN ",
            heir!(),
            " END AS heir,
  (SELECT COUNT(*) FROM organization_members others
    WHERE others.organization_id = own.organization_id AND others.user_id <> own.user_id) AS other_members,
  CASE WHEN EXISTS (
    SELECT 1 FROM billing_subscriptions paid
    WHERE paid.organization_id = own.organization_id AND paid.status NOT IN ('canceled', 'incomplete_expired'))
    THEN 1 ELSE 0 END AS paid
FROM organization_members own
JOIN organizations organization ON organization.id = own.organization_id AND organization.archived_at IS NULL
WHERE own.user_id = :caller
ORDER BY CASE organization.kind WHEN 'personal' THEN 0 ELSE 1 END, own.joined_at, organization.id LIMIT :most_named"
        ),
    )
    .with("most_named", MOST_NAMED)
}

impl Outlook {
    /// All that [`outlook`] has read.
    ///
    /// # Errors
    /// Rows of something else.
    pub fn all(found: &BatchRows<'_>) -> Result<Vec<Self>, Refusal> {
        let all = found.rows("outlook")?.iter().map(Self::read).collect::<Result<_, _>>();
        found.stored(all)
    }

    /// Whether what is paid for it is cancelled.
    pub fn ends_payment(&self) -> bool {
        self.paid && self.becomes == Becomes::Archived
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let heir = row.optional_text("heir")?.map(str::to_string);
        let role = row.text("role")?;
        let becomes = match (row.flag("goes_on")?, &heir) {
            (true, _) => Becomes::Left,
            (false, Some(_)) => Becomes::Transferred,
            (false, None) => Becomes::Archived,
        };
        Ok(Self {
            id: row.text("id")?.to_string(),
            name: row.text("name")?.to_string(),
            kind: row.text("kind")?.to_string(),
            role: Role::parse(role).ok_or_else(|| StoreError::Broken(format!("no role: {role}")))?,
            becomes,
            heir: heir.filter(|_| becomes == Becomes::Transferred),
            other_members: row.integer("other_members")?,
            paid: row.flag("paid")?,
        })
    }
}
