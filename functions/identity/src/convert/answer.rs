//! What a conversion has made.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Refusal, Reply},
    rules::{ids::OrganizationId, limit::Limit, role::Role, time::Timestamp},
    store::{Row, StoreError},
};

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Converted {
    organization: Organization,
    personal_organization: Personal,
}

/// The team, under the id that it had before.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ConvertedOrganization"))]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    id: OrganizationId,
    name: String,
    slug: String,
    role: Role,
    is_admin: bool,
    seat_limit: Limit,
    current_seats: i64,
    plan: String,
    #[cfg_attr(test, schemars(with = "tallygate::rules::subscription::Status"))]
    status: String,
    trial_ends_at: Option<Timestamp>,
}

/// The user's new personal organization.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "NewPersonalOrganization"))]
#[serde(rename_all = "camelCase")]
pub struct Personal {
    id: OrganizationId,
    name: String,
    /// `null` where the catalog has no plan that individuals start on.
    plan: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<tallygate::rules::subscription::Status>"))]
    status: Option<String>,
}

/// The reply to whoever converted.
pub fn converted(found: &BatchRows<'_>) -> Result<Reply, Refusal> {
    let converted = found.stored(read(found.only("made")?))?;
    let message = format!("{} is a team now.", converted.organization.name);
    Ok(Reply::ok(&message, &converted))
}

fn read(made: &Row) -> Result<Converted, StoreError> {
    let text = |column| Ok::<_, StoreError>(made.optional_text(column)?.map(str::to_string));
    Ok(Converted {
        organization: Organization {
            id: OrganizationId::new(made.text("organization_id")?),
            name: made.text("organization_name")?.to_string(),
            slug: made.text("organization_slug")?.to_string(),
            role: Role::Owner,
            is_admin: true,
            seat_limit: Limit::new(made.integer("seats")?),
            current_seats: 1,
            plan: made.text("plan_id")?.to_string(),
            status: made.text("subscription_status")?.to_string(),
            trial_ends_at: made.optional_timestamp("trial_ends_at")?,
        },
        personal_organization: Personal {
            id: OrganizationId::new(made.text("personal_id")?),
            name: made.text("personal_name")?.to_string(),
            plan: text("personal_plan_id")?,
            status: text("personal_status")?,
        },
    })
}
