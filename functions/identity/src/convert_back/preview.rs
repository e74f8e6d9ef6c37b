//! `convert-back-preview`: what the way back would change, and whether it may be gone. It writes nothing.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    rules::{ids::OrganizationId, limit::Limit, losses::Losses, time::Timestamp},
    store::Statement,
};

use super::standing::{standing, terms, Standing};
use crate::convert::{changes, Gains, Named, Reason, Sides};

pub struct Preview;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Previewed<'a> {
    /// Whether `convert-back` would do it now.
    allowed: bool,
    /// Why not, as `convert-back` would refuse it.
    reason: Option<Reason>,
    organization: Organization<'a>,
    /// `to` is `null` where the catalog has no plan for individuals.
    plan: Sides<Option<Named<'a>>>,
    #[cfg_attr(test, schemars(with = "tallygate::rules::subscription::Status"))]
    status: &'static str,
    trial_ends_at: Option<Timestamp>,
    seats: Sides<Option<Limit>>,
    gained: Option<Gains>,
    lost: Option<Losses>,
    /// Invitations that nobody has answered; they are revoked.
    revoked_invitations: i64,
    /// The personal organization that is archived, with all that is in it, and cannot be had back.
    archived_organization: Option<Archived<'a>>,
}

/// It keeps its id, its name and what it has used.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TeamOrganization"))]
pub struct Organization<'a> {
    id: &'a OrganizationId,
    name: &'a str,
    slug: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ArchivedOrganization"))]
pub struct Archived<'a> {
    id: &'a str,
    name: &'a str,
}

impl Preview {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Preview {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ActedUpon)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![standing(), terms()]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let standing = Standing::read(found)?;
        let membership = found.membership()?;
        let refusal = standing.must_be_allowed().err();
        let to = standing.to.as_ref();
        let (gained, lost) = to.map(|to| changes(&standing.from, to, found)).transpose()?.unzip();
        let reply = Previewed {
            allowed: refusal.is_none(),
            organization: Organization {
                id: &membership.organization_id,
                name: &membership.organization_name,
                slug: &membership.organization_slug,
            },
            plan: Sides { from: Some(Named::of(&standing.from)), to: to.map(Named::of) },
            status: standing.status.as_str(),
            trial_ends_at: standing.trial_ends_at,
            seats: Sides { from: Some(standing.from.seats), to: to.map(|to| to.seats) },
            gained,
            lost,
            revoked_invitations: standing.invitations,
            archived_organization: standing.personal.as_ref().map(|(id, name)| Archived { id, name }),
            reason: refusal.map(|refusal| Reason::of(&refusal)),
        };
        let message = match (&reply.reason, to) {
            (None, Some(to)) => format!("This becomes your personal organization on the {} plan.", to.name),
            (Some(reason), _) => reason.message.clone(),
            (None, None) => "This becomes your personal organization.".to_string(),
        };
        Ok(Reply::ok(&message, &reply))
    }
}
