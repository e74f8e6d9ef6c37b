//! Personal organizations: which one is the caller's, and a new one for who has none.

use serde::Serialize;
use tallygate::{
    auth::Identity,
    http::{
        open_personal_organization, BatchRows, Call, Opening, Operation, Refusal, Reply, RequestContext, Scope,
        Staleness,
    },
    rules::{ids::OrganizationId, slug::Slug},
    session_is_live,
    store::{Lock, Row, Statement, StoreError},
};

/// The name of a user's personal organization, as `rules::name::OrganizationName::personal` makes it: `ltrim` takes the
/// letters of the first name off, and what is shorter by them tells how long it is.
macro_rules! workspace_of {
    ($name:literal) => {
        concat!(
            "substr(substr(",
            $name,
            ", 1, length(",
            $name,
            ") - length(ltrim(",
            $name,
            ", replace(",
            $name,
            ", ' ', '')))), 1, 88) || '''s Workspace'"
        )
    };
}
pub(crate) use workspace_of;

/// `GET personal-organization`: `get_personal_org_id` and `is_personal_org_user` in one.
pub struct Show;

/// `POST personal-organization`: `create_personal_org`.
pub struct Open;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// `null` for who has none.
    personal_organization_id: Option<OrganizationId>,
    /// The caller works in a personal organization at present: no team features are shown.
    is_personal: bool,
    current_organization_id: Option<OrganizationId>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    personal_organization_id: OrganizationId,
}

impl Show {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Show {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![Statement::new(
            "place",
            "SELECT personal.id AS personal_id, present.id AS current_id,
  CASE present.kind WHEN 'personal' THEN 1 ELSE 0 END AS is_personal
FROM users
LEFT JOIN organizations personal ON personal.personal_user_id = users.id AND personal.archived_at IS NULL
LEFT JOIN organizations present ON present.id = users.current_organization_id AND present.archived_at IS NULL
WHERE users.id = :caller",
        )]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let id = |row: &Row, column| Ok::<_, StoreError>(row.optional_text(column)?.map(OrganizationId::new));
        let read = |row: &Row| -> Result<_, StoreError> {
            Ok(Place {
                personal_organization_id: id(row, "personal_id")?,
                is_personal: row.flag("is_personal")?,
                current_organization_id: id(row, "current_id")?,
            })
        };
        let place = found.stored(read(found.only("place")?))?;
        let message = match (&place.personal_organization_id, place.is_personal) {
            (None, _) => "You have no personal organization.",
            (Some(_), true) => "You work in your personal organization.",
            (Some(_), false) => "You work in a team.",
        };
        Ok(Reply::ok(message, &place))
    }
}

impl Open {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Open {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let opening = opening(context);
        // Decides: whoever has one, also an archived one, gets no other.
        let mut statements = vec![with_slug(
            context,
            opening,
            Statement::new(
                "opened",
                concat!(
                    "INSERT INTO organizations (id, kind, org_type, name, slug, personal_user_id, founded_by, created_at)
SELECT :personal, 'personal', 'personal', ",
                    workspace_of!("users.name"),
                    ",
  CASE WHEN EXISTS (SELECT 1 FROM organizations WHERE slug = :slug) THEN :unique_slug ELSE :slug END,
  users.id, users.id, :now
FROM users
WHERE users.id = :caller AND users.banned_at IS NULL AND users.deleted_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM organizations WHERE personal_user_id = :caller)
  AND ",
                    session_is_live!()
                ),
            ),
        )];
        statements.extend(open_personal_organization(context, opening));
        statements.extend([
            // Who works nowhere works there from now on.
            Statement::new(
                "current",
                "UPDATE users SET current_organization_id = :personal
WHERE id = :caller AND current_organization_id IS NULL AND EXISTS (SELECT 1 FROM organizations WHERE id = :personal)",
            )
            .with("personal", opening.organization(context)),
            // The answer.
            Statement::new("personal", "SELECT id FROM organizations WHERE personal_user_id = :caller"),
        ]);
        statements
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let id = found.stored(found.only("personal")?.text("id"))?;
        let reply = Opened { personal_organization_id: OrganizationId::new(id) };
        match id == opening(context).organization(context) {
            true => Ok(Reply::created("Your personal organization was made.", &reply)),
            false => Ok(Reply::ok("You have a personal organization already.", &reply)),
        }
    }
}

/// Somebody anonymous, or whose address nobody has confirmed, gets no trial here either.
fn opening(context: &RequestContext) -> Opening {
    Opening::Again { trial: context.identity.as_ref().is_some_and(Identity::may_start_trial) }
}

/// The parameters by which a new personal organization gets its id and a slug that nobody has.
pub fn with_slug(context: &RequestContext, opening: Opening, statement: Statement) -> Statement {
    let personal = opening.organization(context);
    let user = context.identity.as_ref().map_or("", |identity| identity.user_id.as_str());
    let slug = Slug::personal(user);
    statement
        .with("slug", slug.as_str())
        .with("unique_slug", slug.with_suffix(&personal).as_str())
        .with("personal", personal)
}
