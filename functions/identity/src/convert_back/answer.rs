//! What the way back has made.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Refusal, Reply},
    rules::{ids::OrganizationId, time::Timestamp},
    store::{Row, StoreError},
};

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConvertedBack {
    personal_organization: Personal,
    /// The one that gave way; `null` where there was none.
    archived_organization: Option<OrganizationId>,
    revoked_invitations: i64,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PersonalOrganization"))]
#[serde(rename_all = "camelCase")]
pub struct Personal {
    id: OrganizationId,
    name: String,
    slug: String,
    plan: String,
    #[cfg_attr(test, schemars(with = "tallygate::rules::subscription::Status"))]
    status: String,
    trial_ends_at: Option<Timestamp>,
}

pub fn converted(found: &BatchRows<'_>) -> Result<Reply, Refusal> {
    let converted = found.stored(read(found.only("made")?))?;
    let message = format!("{} is your personal organization now.", converted.personal_organization.name);
    Ok(Reply::ok(&message, &converted))
}

fn read(made: &Row) -> Result<ConvertedBack, StoreError> {
    let text = |column| Ok::<_, StoreError>(made.text(column)?.to_string());
    Ok(ConvertedBack {
        personal_organization: Personal {
            id: OrganizationId::new(made.text("organization_id")?),
            name: text("organization_name")?,
            slug: text("organization_slug")?,
            plan: text("plan_id")?,
            status: text("subscription_status")?,
            trial_ends_at: made.optional_timestamp("trial_ends_at")?,
        },
        archived_organization: made.optional_text("former_id")?.map(OrganizationId::new),
        revoked_invitations: made.integer("revoked")?,
    })
}
