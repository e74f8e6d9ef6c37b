//! `update-organization`: what its owners and admins say of it. `null` clears what may be missing.

use serde_json::json;
use tallygate::{
    audit_event, event_payload,
    http::{BatchRows, Call, Fields, Operation, Refusal, Reply, RequestContext},
    not_told, outbox_event,
    rules::{email::Email, name::OrganizationName, request_ids::Purpose, slug::Slug},
    scoped, session_is_live,
    store::{Lock, Statement},
};

use crate::{
    forms,
    organization::{organization, Organization},
};

/// The most characters of `settings`, as JSON.
const LONGEST_SETTINGS: usize = 10_000;
const LONGEST_DESCRIPTION: usize = 1_000;

pub struct Update {
    name: Option<String>,
    slug: Option<String>,
    /// From here on: `None` where it is not named, an empty text where it is cleared.
    description: Option<String>,
    avatar_url: Option<String>,
    billing_email: Option<String>,
    settings: Option<String>,
    /// Those that are named, for the history.
    named: Vec<&'static str>,
}

impl Update {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        let settings = fields.get("settings");
        if settings.is_some_and(|settings| !settings.is_object()) {
            return Err(Refusal::invalid("settings", "must be an object"));
        }
        let description = match fields.get("description") {
            Some(value) => {
                let text = value.as_str().ok_or_else(|| Refusal::invalid("description", "must be a text"))?;
                let lines = forms::lines(text.trim(), LONGEST_DESCRIPTION);
                Some(lines.map_err(|problem| Refusal::invalid("description", problem))?)
            }
            None => None,
        };
        let all = ["name", "slug", "description", "avatarUrl", "billingEmail", "settings"];
        let named: Vec<_> = all.into_iter().filter(|name| fields.names(name)).collect();
        if named.is_empty() {
            return Err(Refusal::invalid("name", "or another field of the organization is required"));
        }
        let name = fields.parsed("name", OrganizationName::parse, OrganizationName::EXPECTED)?;
        let slug = fields.parsed("slug", Slug::parse, Slug::EXPECTED)?;
        for (field, is_there) in [("name", name.is_some()), ("slug", slug.is_some())] {
            if fields.names(field) && !is_there {
                return Err(Refusal::invalid(field, "may not be cleared"));
            }
        }
        let avatar_url = fields.parsed("avatarUrl", forms::https, "an https:// address of at most 500 characters")?;
        let billing_email = fields.parsed("billingEmail", Email::parse, "an e-mail address")?;
        Ok(Box::new(Self {
            name: name.map(|name| name.as_str().to_string()),
            slug: slug.map(|slug| slug.as_str().to_string()),
            description: cleared_or(fields, "description", description),
            avatar_url: cleared_or(fields, "avatarUrl", avatar_url),
            billing_email: cleared_or(fields, "billingEmail", billing_email.map(|email| email.as_str().to_string())),
            settings: cleared_or(fields, "settings", fields.document("settings", LONGEST_SETTINGS)?),
            named,
        }))
    }
}

/// What is kept of a field that may be missing: an empty text where it is named and nothing is said.
fn cleared_or(fields: &Fields, name: &str, said: Option<String>) -> Option<String> {
    said.or_else(|| fields.names(name).then(String::new))
}

impl Operation for Update {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization, Lock::Key("organizations_slug")]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let [event, told] = [Purpose::AuditEvent, Purpose::OutboxEvent].map(|purpose| context.ids.id(purpose));
        vec![
            // Decides: an owner or admin, a slug that is nobody else's, and an address that is not Stripe's to keep.
            Statement::new(
                "decided",
                scoped!(audit_event!(
                    "SELECT membership.organization_id, :event, :caller, 'organization.updated', membership.organization_id, :details, :request, :now
FROM membership
WHERE membership.role_rank >= 3
  AND (:slug IS NULL OR NOT EXISTS (
    SELECT 1 FROM organizations other WHERE other.slug = :slug AND other.id <> membership.organization_id))
  AND (:billing_email IS NULL OR membership.role = 'owner' OR EXISTS (
    SELECT 1 FROM catalog_settings settings WHERE settings.id = 1 AND settings.admins_may_bill = 1))
  AND (:billing_email IS NULL OR NOT EXISTS (
    SELECT 1 FROM billing_customers customer WHERE customer.organization_id = membership.organization_id))
  AND ",
                    session_is_live!()
                )),
            )
            .with("event", event.as_str())
            .with("details", json!({ "fields": self.named }).to_string())
            .with("slug", self.slug.as_deref())
            .with("billing_email", self.billing_email.as_deref()),
            // Once, before it is told: sent again, it does not take back what somebody has changed since.
            Statement::new(
                "changed",
                scoped!(
                    "UPDATE organizations SET
  name = COALESCE(:name, name), slug = COALESCE(:slug, slug),
  description = NULLIF(COALESCE(:description, description), ''), avatar_url = NULLIF(COALESCE(:avatar_url, avatar_url), ''),
  billing_email = NULLIF(COALESCE(:billing_email, billing_email), ''), settings = NULLIF(COALESCE(:settings, settings), '')
WHERE id = (
    SELECT decided.organization_id FROM membership
    JOIN audit_events decided ON decided.organization_id = membership.organization_id AND decided.id = :event)
  AND ",
                    not_told!(":told")
                ),
            )
            .with("event", event.as_str())
            .with("told", told.as_str())
            .with("name", self.name.as_deref())
            .with("slug", self.slug.as_deref())
            .with("description", self.description.as_deref())
            .with("avatar_url", self.avatar_url.as_deref())
            .with("billing_email", self.billing_email.as_deref())
            .with("settings", self.settings.as_deref()),
            Statement::new(
                "outbox",
                scoped!(outbox_event!(
                    "SELECT :told, decided.organization_id, 'organization.updated', decided.organization_id, ",
                    event_payload!(organization("decided.organization_id"), by("decided.actor_id")),
                    ", :now
FROM membership JOIN audit_events decided ON decided.organization_id = membership.organization_id AND decided.id = :event
WHERE 1 = 1"
                )),
            )
            .with("event", event.as_str())
            .with("told", told.as_str()),
            organization(),
            // Why it was not done.
            Statement::new(
                "standing",
                scoped!(
                    "SELECT CASE WHEN EXISTS (
    SELECT 1 FROM audit_events decided WHERE decided.organization_id = membership.organization_id AND decided.id = :event) THEN 1 ELSE 0 END AS is_done,
  CASE WHEN EXISTS (
    SELECT 1 FROM billing_customers customer WHERE customer.organization_id = membership.organization_id) THEN 1 ELSE 0 END AS has_customer,
  CASE WHEN membership.role = 'owner' OR EXISTS (
    SELECT 1 FROM catalog_settings settings WHERE settings.id = 1 AND settings.admins_may_bill = 1) THEN 1 ELSE 0 END AS may_bill
FROM membership"
                ),
            )
            .with("event", event.as_str()),
        ]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?.must_manage()?;
        let standing = found.only("standing")?;
        let is = |column| found.stored(standing.flag(column));
        if !is("is_done")? {
            if self.billing_email.is_some() && !is("may_bill")? {
                return Err(Refusal::Forbidden("Only an owner may say where invoices are sent"));
            }
            if self.billing_email.is_some() && is("has_customer")? {
                return Err(Refusal::Conflict {
                    code: "billing_email_at_stripe",
                    message: "Invoices are sent where the customer portal says; change it there.".to_string(),
                    details: serde_json::Map::new(),
                });
            }
            return Err(Refusal::SlugTaken);
        }
        let organization = found.stored(Organization::read(found.only("organization")?))?;
        Ok(Reply::ok("The organization is changed.", &json!({ "organization": organization })))
    }
}
