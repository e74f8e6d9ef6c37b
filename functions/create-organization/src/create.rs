//! `create`: a team, on the catalog's team trial once an owner, else waiting for checkout.

use serde::Serialize;
use tallygate::{
    audit_event, costs_nothing, event_payload, founds_another_team,
    http::{
        founded_teams, must_found_another, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope,
        SessionRule,
    },
    may_start_trial, not_told, outbox_event, readable_email,
    rules::{
        email::Email,
        ids::OrganizationId,
        limit::Limit,
        name::OrganizationName,
        request_ids::Purpose,
        role::Role,
        slug::Slug,
        time::{Span, Timestamp},
    },
    session_is_proven,
    store::{Lock, Statement, StoreError},
};

pub struct Create {
    name: OrganizationName,
    /// `None`: derived from the name and made unique.
    slug: Option<Slug>,
    org_type: &'static str,
    billing_email: Option<Email>,
    plan: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Created {
    organization: Organization,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    id: OrganizationId,
    name: String,
    slug: String,
    seat_limit: Limit,
    billing_email: Option<String>,
    created_at: Timestamp,
    role: Role,
    is_admin: bool,
    current_seats: i64,
    plan: String,
    #[cfg_attr(test, schemars(with = "tallygate::rules::subscription::Status"))]
    status: String,
    /// When the trial ends; `null` while the team waits for checkout.
    trial_ends_at: Option<Timestamp>,
}

fn org_type(text: &str) -> Option<&'static str> {
    ["business", "family", "education", "other"].into_iter().find(|known| *known == text)
}

impl Create {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        Ok(Box::new(Self {
            name: fields.required("name", OrganizationName::parse, OrganizationName::EXPECTED)?,
            slug: fields.parsed("slug", Slug::parse, Slug::EXPECTED)?,
            org_type: fields
                .parsed("orgType", org_type, "one of: business, family, education, other")?
                .unwrap_or("business"),
            billing_email: fields.parsed("billingEmail", Email::parse, "an e-mail address")?,
            plan: fields.id("plan")?.map(str::to_string),
        }))
    }
}

impl Operation for Create {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::Key("organizations_slug")]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let id = context.ids.id(Purpose::Organization);
        let slug = self.slug.clone().unwrap_or_else(|| Slug::derive(self.name.as_str()));
        let with_plan = |statement: Statement| statement.with("id", id.as_str()).with("plan", self.plan.as_deref());
        vec![
            // Decides: the team, if there is such a team plan and a slug that was asked for is free. A derived slug is
            // made unique where the plain one is taken.
            with_plan(Statement::new(
                "organization",
                concat!(
                    "INSERT INTO organizations (id, kind, org_type, name, slug, billing_email, founded_by, created_at)
SELECT :id, 'team', :org_type, :name,
  CASE WHEN EXISTS (SELECT 1 FROM organizations WHERE slug = :slug) THEN :unique_slug ELSE :slug END,
  COALESCE(:billing_email, ",
                    readable_email!("users.email"),
                    "), users.id, :now
FROM users
WHERE users.id = :caller AND users.banned_at IS NULL AND users.deleted_at IS NULL
  AND EXISTS (
    SELECT 1 FROM plans WHERE plans.retired = 0 AND plans.audience IN ('team', 'any')
      AND (plans.id = :plan OR (:plan IS NULL AND plans.starts IN ('team', 'any')))
      AND ",
                    session_is_proven!("plans.sessions_enforced"),
                    ")
  AND (:slug_given = 0 OR NOT EXISTS (SELECT 1 FROM organizations WHERE slug = :slug))
  AND ",
                    founds_another_team!(),
                    "
ON CONFLICT (id) DO NOTHING"
                ),
            ))
            .with("org_type", self.org_type)
            .with("name", self.name.as_str())
            .with("slug", slug.as_str())
            .with("slug_given", self.slug.is_some())
            .with("unique_slug", slug.with_suffix(&id).as_str())
            .with("billing_email", self.billing_email.as_ref().map(Email::as_str)),
            // The plan that teams start on gives its trial once to a founder; a plan that costs nothing for good is active;
            // everything else waits for checkout.
            with_plan(Statement::new(
                "subscription",
                concat!(
                    "INSERT INTO org_subscriptions
  (organization_id, plan_id, status, current_period_start, current_period_end, trial_ends_at, updated_at)
SELECT started.organization_id, started.plan_id, started.status, :now,
  CASE started.status WHEN 'trialing' THEN :now + started.trial_days * :day ELSE :month_later END,
  CASE started.status WHEN 'trialing' THEN :now + started.trial_days * :day END,
  :now
FROM (
  SELECT organizations.id AS organization_id, plans.id AS plan_id, plans.trial_days,
    CASE
      WHEN plans.starts IN ('team', 'any') AND plans.trial_days > 0 AND users.team_trial_started_at IS NULL
        AND ",
                    may_start_trial!(),
                    "
        THEN 'trialing'
      WHEN ",
                    costs_nothing!("plans", "'team'"),
                    " THEN 'active'
      ELSE 'incomplete'
    END AS status
  FROM organizations
  JOIN users ON users.id = organizations.founded_by
  JOIN plans ON plans.retired = 0 AND plans.audience IN ('team', 'any')
    AND (plans.id = :plan OR (:plan IS NULL AND plans.starts IN ('team', 'any')))
  WHERE organizations.id = :id
) started
WHERE 1 = 1
ON CONFLICT (organization_id) DO NOTHING"
                ),
            ))
            .with("day", Span::days(1).0),
            // This and what follows once: a founder who has left before this batch is sent a second time is no owner again.
            Statement::new(
                "member",
                concat!(
                    "INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id)
SELECT id, founded_by, 'owner', :now, :request FROM organizations
WHERE id = :id AND ",
                    not_told!(":told"),
                    "
ON CONFLICT (organization_id, user_id) DO NOTHING"
                ),
            )
            .with("id", id.as_str())
            .with("told", context.ids.id(Purpose::OutboxEvent)),
            // A team that can be used becomes the current one; a trial that began is not given again.
            Statement::new(
                "founder",
                concat!(
                    "UPDATE users SET current_organization_id = :id,
  team_trial_started_at = CASE WHEN EXISTS (
    SELECT 1 FROM org_subscriptions WHERE organization_id = :id AND status = 'trialing')
    THEN :now ELSE team_trial_started_at END
WHERE id = :caller AND EXISTS (
  SELECT 1 FROM org_subscriptions WHERE organization_id = :id AND status <> 'incomplete')
  AND ",
                    not_told!(":told")
                ),
            )
            .with("id", id.as_str())
            .with("told", context.ids.id(Purpose::OutboxEvent)),
            Statement::new(
                "audit",
                audit_event!(
"SELECT id, :event, founded_by, 'organization.created', id, '{}', :request, :now FROM organizations WHERE id = :id"),
            )
            .with("id", id.as_str())
            .with("event", context.ids.id(Purpose::AuditEvent)),
            Statement::new(
                "outbox",
                outbox_event!(
                    "SELECT :event, made.id, 'organization.created', made.id, ",
                    event_payload!(organization("made.id"), subscription("made.id"), by("made.founded_by")),
                    ", :now FROM organizations made WHERE made.id = :id"
                ),
            )
            .with("id", id.as_str())
            .with("event", context.ids.id(Purpose::OutboxEvent)),
            // The answer: the team as its founder sees it.
            Statement::new("made", "SELECT * FROM memberships WHERE user_id = :caller AND organization_id = :id")
                .with("id", id.as_str()),
            // What explains a refusal.
            founded_teams(),
            Statement::new(
                "plans",
                "SELECT id, CASE WHEN starts IN ('team', 'any') THEN 1 ELSE 0 END AS starts
FROM plans WHERE retired = 0 AND audience IN ('team', 'any') ORDER BY position",
            ),
        ]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let Some(made) = found.first("made")? else {
            return Err(self.explained(found)?);
        };
        let organization = found.stored((|| {
            Ok(Organization {
                id: OrganizationId::new(made.text("organization_id")?),
                name: made.text("organization_name")?.to_string(),
                slug: made.text("organization_slug")?.to_string(),
                seat_limit: Limit::new(made.integer("seats")?),
                billing_email: made.optional_text("billing_email")?.map(str::to_string),
                created_at: made.timestamp("organization_created_at")?,
                role: Role::Owner,
                is_admin: true,
                current_seats: 1,
                plan: made.text("plan_id")?.to_string(),
                status: made.text("subscription_status")?.to_string(),
                trial_ends_at: made.optional_timestamp("trial_ends_at")?,
            })
        })())?;
        let message = match organization.status.as_str() {
            "incomplete" => format!("{} was created and waits for its checkout.", organization.name),
            _ => format!("{} was created.", organization.name),
        };
        Ok(Reply::created(&message, &Created { organization }))
    }
}

impl Create {
    /// Why there is no team: a plan that does not fit, or else a slug that is taken.
    fn explained(&self, found: &BatchRows<'_>) -> Result<Refusal, Refusal> {
        let offered = found.rows("plans")?.iter().map(|row| Ok((row.text("id")?, row.flag("starts")?)));
        let offered = found.stored(offered.collect::<Result<Vec<_>, StoreError>>())?;
        let names = offered.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", ");
        let is_offered = |plan: &str| offered.iter().any(|(id, _)| *id == plan);
        let has_start = offered.iter().any(|(_, starts)| *starts);
        Ok(match &self.plan {
            _ if offered.is_empty() => Refusal::invalid("plan", "cannot be chosen: the catalog has none for teams"),
            Some(plan) if !is_offered(plan) => Refusal::invalid("plan", format!("must be a plan for teams: {names}")),
            None if !has_start => Refusal::invalid("plan", format!("is required; it must be one of: {names}")),
            _ => {
                must_found_another(found)?;
                Refusal::SlugTaken
            }
        })
    }
}
