//! `person`: one page's worth of everything about a person, in one batch.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    staff_scoped,
    store::Statement,
};

use crate::columns::{
    first, list,
    Column::{self, Document, Flag, Moment, Number, Text},
};

/// Rows of each list.
const MOST: i64 = 50;

pub struct Person {
    id: String,
}

impl Person {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { id: call.fields.required_outside_id("id")?.to_string() }))
    }
}

pub const PERSON: [Column; 19] = [
    Text("id"),
    Text("email"),
    Flag("email_verified"),
    Text("name"),
    Text("username"),
    Text("account_type"),
    Text("current_organization_id"),
    Text("personal_organization_id"),
    Moment("team_trial_started_at"),
    Moment("onboarding_completed_at"),
    Moment("banned_at"),
    Text("banned_by"),
    Moment("deleted_at"),
    Moment("created_at"),
    Text("first_name"),
    Text("last_name"),
    Text("personal_country"),
    Text("mail_suppressed"),
    Text("language"),
];
pub const ORGANIZATION: [Column; 8] = [
    Text("id"),
    Text("kind"),
    Text("name"),
    Text("slug"),
    Text("role"),
    Text("plan_id"),
    Text("status"),
    Moment("archived_at"),
];
pub const SESSION: [Column; 5] =
    [Text("id"), Text("user_agent"), Text("ip_address"), Moment("created_at"), Moment("last_heartbeat_at")];
pub const PACKAGE: [Column; 6] = [
    Text("package_id"),
    Moment("granted_at"),
    Moment("grant_ends_at"),
    Number("grant_uses"),
    Number("granted_uses"),
    Number("uses"),
];
pub const INVITATION: [Column; 6] =
    [Text("organization_id"), Text("id"), Text("role"), Text("status"), Moment("created_at"), Moment("expires_at")];
pub const ACT: [Column; 7] = [
    Text("id"),
    Text("actor_id"),
    Text("action"),
    Text("reason"),
    Document("state_before"),
    Document("state_after"),
    Moment("created_at"),
];

/// What the staff has done to a person or an organization, the newest first.
pub const ACTS: &str = staff_scoped!(
    "SELECT done.id, done.actor_id, done.action, done.reason, done.state_before, done.state_after, done.created_at
FROM operator_acts done
WHERE done.target_id = :id AND EXISTS (SELECT 1 FROM staff)
ORDER BY done.id DESC LIMIT :most"
);

impl Operation for Person {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        [
            Statement::new(
                "person",
                staff_scoped!(
                    "SELECT found.id, found.email, found.email_verified, found.name, found.username, found.account_type,
  found.current_organization_id, personal.id AS personal_organization_id, found.team_trial_started_at,
  found.onboarding_completed_at, found.banned_at, found.banned_by, found.deleted_at, found.created_at,
  profile.first_name, profile.last_name, profile.personal_country, suppressed.reason AS mail_suppressed, mail.language
FROM staff
JOIN users found ON found.id = :id
LEFT JOIN organizations personal ON personal.personal_user_id = found.id
LEFT JOIN user_profiles profile ON profile.user_id = found.id
LEFT JOIN mail_suppressions suppressed ON suppressed.address = found.email
LEFT JOIN mail_preferences mail ON mail.user_id = found.id"
                ),
            ),
            Statement::new(
                "organizations",
                staff_scoped!(
                    "SELECT organization.id, organization.kind, organization.name, organization.slug, member.role, subscription.plan_id,
  subscription.status, organization.archived_at
FROM organization_members member
JOIN organizations organization ON organization.id = member.organization_id
LEFT JOIN org_subscriptions subscription ON subscription.organization_id = organization.id
WHERE member.user_id = :id AND EXISTS (SELECT 1 FROM staff)
ORDER BY member.organization_id LIMIT :most"
                ),
            ),
            Statement::new(
                "sessions",
                staff_scoped!(
                    "SELECT session.id, session.user_agent, session.ip_address, session.created_at, session.last_heartbeat_at
FROM active_sessions session
WHERE session.user_id = :id AND session.ended_at IS NULL AND EXISTS (SELECT 1 FROM staff)
ORDER BY session.id LIMIT :most"
                ),
            ),
            Statement::new(
                "packages",
                staff_scoped!(
                    "SELECT held.package_id, held.granted_at, held.grant_ends_at, held.grant_uses, held.granted_uses, held.uses
FROM user_packages held
WHERE held.user_id = :id AND EXISTS (SELECT 1 FROM staff)
ORDER BY held.package_id LIMIT :most"
                ),
            ),
            Statement::new(
                "invitations",
                staff_scoped!(
                    "SELECT sent.organization_id, sent.id, sent.role, sent.status, sent.created_at, sent.expires_at
FROM organization_invitations sent
WHERE sent.email = (SELECT found.email FROM users found WHERE found.id = :id) AND EXISTS (SELECT 1 FROM staff)
LIMIT :most"
                ),
            ),
            Statement::new("acts", ACTS),
        ]
        .map(|statement| statement.with("id", self.id.as_str()).with("most", MOST))
        .into()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.first("person")?.ok_or(Refusal::PersonNotFound)?;
        Ok(Reply::ok(
            "The person as they are.",
            &json!({
                "person": first(found, "person", &PERSON)?,
                "organizations": list(found, "organizations", &ORGANIZATION)?,
                "sessions": list(found, "sessions", &SESSION)?,
                "packages": list(found, "packages", &PACKAGE)?,
                "invitations": list(found, "invitations", &INVITATION)?,
                "acts": list(found, "acts", &ACT)?,
            }),
        ))
    }
}
