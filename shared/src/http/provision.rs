//! Sign-up: a user row with everything that belongs to it, at the provider's word or with a verified caller's first
//! request, whichever comes first.

use super::{refreshed_address, RequestContext};
use crate::{
    audit_event,
    auth::Identity,
    costs_nothing, event_payload, outbox_event,
    rules::{
        name::{DisplayName, OrganizationName},
        request_ids::Purpose,
        slug::Slug,
        time::{Span, Timestamp},
    },
    store::Statement,
};

/// Who says of a new user what is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The token of a first request. Whatever the provider says later counts for more, but for an address that the
    /// token vouches for.
    Token,
    /// The provider itself, at the moment of `issued_at`.
    Provider { banned: bool },
}

/// The statements that make a user: the row, the personal organization, the owner's membership, the subscription or
/// trial that the catalog says, the audit event and `user.registered`. All of them hang on the user's row carrying
/// this request's id, so that of many first requests at once one makes everything and the others nothing.
pub fn sign_up(context: &RequestContext, identity: &Identity, source: Source) -> Vec<Statement> {
    let name = DisplayName::choose(identity.name.as_deref(), identity.email.address());
    let slug = Slug::personal(identity.user_id.as_str());
    let opening = Opening::SignUp { trial: identity.may_start_trial() };
    let organization = opening.organization(context);
    let unique_slug = slug.with_suffix(&organization);
    let (email_updated_at, profile_updated_at, banned) = match source {
        Source::Token if identity.tells_of_email() => (identity.told_at(), Timestamp(0), false),
        Source::Token => (Timestamp(0), Timestamp(0), false),
        Source::Provider { banned } => (identity.told_at(), identity.issued_at, banned),
    };
    let mut statements = vec![
        // The user, unless another request was first.
        Statement::new(
            "sign_up_user",
            "INSERT INTO users
  (id, email, email_verified, email_updated_at, email_said_at, name, profile_updated_at, banned_at, banned_by, created_at, request_id)
VALUES (:caller, :email, :verified, :email_updated_at, :email_said_at, :name, :profile_updated_at,
  CASE :banned WHEN 1 THEN :now END, CASE :banned WHEN 1 THEN 'provider' END, :now, :request)
ON CONFLICT (id) DO NOTHING",
        )
        .with("email", identity.email.stored())
        .with("verified", identity.email_verified)
        .with("email_updated_at", email_updated_at)
        .with("email_said_at", if identity.email_is_said { email_updated_at } else { Timestamp(0) })
        .with("profile_updated_at", profile_updated_at)
        .with("banned", banned)
        .with("name", name.as_str()),
        // Where another request was first, its row was not there to be locked when this batch began.
        Statement::new("sign_up_locked", "SELECT id FROM users WHERE id = :caller")
            .on_postgres("SELECT id FROM users WHERE id = :caller FOR NO KEY UPDATE"),
        // The personal organization; its slug is made unique where the plain one is taken.
        Statement::new(
            "sign_up_organization",
            "INSERT INTO organizations (id, kind, org_type, name, slug, personal_user_id, founded_by, created_at)
SELECT :personal, 'personal', 'personal', :organization_name,
  CASE WHEN EXISTS (SELECT 1 FROM organizations WHERE slug = :slug) THEN :unique_slug ELSE :slug END,
  users.id, users.id, :now
FROM users
WHERE users.id = :caller AND users.request_id = :request AND users.created_at = :now
  AND NOT EXISTS (SELECT 1 FROM organizations WHERE personal_user_id = :caller)",
        )
        .with("personal", organization.as_str())
        .with("organization_name", OrganizationName::personal(&name).as_str())
        .with("slug", slug.as_str())
        .with("unique_slug", unique_slug.as_str()),
        // Not written with the user: while a row points at an organization that is not there yet, SQLite looks through all
        // users when one is inserted ("SQLite Foreign Key Support", deferred constraints).
        Statement::new(
            "sign_up_current",
            "UPDATE users SET current_organization_id = :personal
WHERE id = :caller AND request_id = :request AND current_organization_id IS NULL AND EXISTS (SELECT 1 FROM organizations WHERE id = :personal)",
        )
        .with("personal", organization.as_str()),
    ];
    statements.extend(open_personal_organization(context, opening));
    statements
}

/// Why a personal organization is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Without a trial: the catalog's free plan, or a plan that waits for its checkout or the verified address.
    SignUp { trial: bool },
    /// The user has none. A trial is given once: without it a plan that costs something waits for its checkout.
    Again { trial: bool },
}

impl Opening {
    /// The new organization's id. A first request signs up and then opens another one: these are two.
    pub fn organization(self, context: &RequestContext) -> String {
        context.ids.id(match self {
            Self::SignUp { .. } => Purpose::PersonalOrganization,
            Self::Again { .. } => Purpose::Organization,
        })
    }
}

/// What follows from the row of a new personal organization ([`Opening::organization`]): the owner's membership, the
/// subscription, the audit event and the outbox event. Without that row they do nothing, and neither where it is personal no more when the
/// batch is sent again.
pub fn open_personal_organization(context: &RequestContext, opening: Opening) -> [Statement; 4] {
    let (action, trial, audit, outbox) = match opening {
        Opening::SignUp { trial } => ("user.registered", trial, Purpose::SignUpAuditEvent, Purpose::SignUpOutboxEvent),
        Opening::Again { trial } => ("organization.created", trial, Purpose::OpeningEvent, Purpose::OpeningEvent),
    };
    let organization = opening.organization(context);
    let about = |statement: Statement| statement.with("personal", organization.as_str());
    [
        about(Statement::new(
            "personal_member",
            "INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id)
SELECT id, personal_user_id, 'owner', :now, :request FROM organizations WHERE id = :personal AND personal_user_id IS NOT NULL
ON CONFLICT (organization_id, user_id) DO NOTHING",
        )),
        // The plan that individuals start on: a trial where it has one, else active for a month at a time.
        about(Statement::new(
            "personal_subscription",
            concat!(
                "INSERT INTO org_subscriptions
  (organization_id, plan_id, status, current_period_start, current_period_end, trial_ends_at, updated_at, request_id)
SELECT started.organization_id, started.plan_id, started.status, :now,
  CASE started.status WHEN 'trialing' THEN :now + started.trial_days * :day ELSE :month_later END,
  CASE started.status WHEN 'trialing' THEN :now + started.trial_days * :day END,
  :now, CASE WHEN :unverified = 1 THEN 'unverified' END
FROM (
  SELECT organizations.id AS organization_id, plans.id AS plan_id, plans.trial_days,
    CASE
      WHEN :trial = 1 AND plans.trial_days > 0 THEN 'trialing'
      WHEN :trial = 1 OR ",
                costs_nothing!("plans", "'individual'"),
                " THEN 'active'
      ELSE 'incomplete'
    END AS status
  FROM organizations CROSS JOIN plans
  WHERE organizations.id = :personal AND organizations.personal_user_id IS NOT NULL AND plans.retired = 0 AND CASE
    WHEN :unverified = 1 AND EXISTS (SELECT 1 FROM plans free WHERE free.fallback IN ('individual', 'any') AND free.retired = 0)
      THEN plans.fallback ELSE plans.starts END IN ('individual', 'any')
) started
WHERE 1 = 1
ON CONFLICT (organization_id) DO NOTHING"
            ),
        ))
        .with("trial", trial)
        .with("unverified", matches!(opening, Opening::SignUp { trial: false }))
        .with("day", Span::days(1).0),
        about(Statement::new(
            "personal_audit",
            audit_event!(
"SELECT id, :event, personal_user_id, :action, CASE :action WHEN 'user.registered' THEN personal_user_id ELSE id END,
  '{}', :request, :now
FROM organizations WHERE id = :personal AND personal_user_id IS NOT NULL"),
        ))
        .with("event", context.ids.id(audit))
        .with("action", action),
        about(Statement::new(
            "personal_outbox",
            outbox_event!(
"SELECT :event, personal.id, :action, CASE :action WHEN 'user.registered' THEN personal.personal_user_id ELSE personal.id END,
  CASE :action WHEN 'user.registered' THEN ", event_payload!(user("personal.personal_user_id"), organization("personal.id"), subscription("personal.id")), "
  ELSE ", event_payload!(organization("personal.id"), subscription("personal.id"), by("personal.personal_user_id")), " END, :now
FROM organizations personal WHERE personal.id = :personal AND personal.personal_user_id IS NOT NULL"),
        ))
        .with("event", context.ids.id(outbox))
        .with("action", action),
    ]
}

/// What follows where a token vouches for an address that the user's row does not know as theirs: it is, and the trial that
/// they did not get without it begins. (Without a provider's messages nobody else would tell of it.)
pub(super) fn verify(context: &RequestContext) -> [Statement; 2] {
    [refreshed_address(context), trial_of_verified()]
}

/// Begins the trial of whoever signed up without a verified address and has one now; once, and only where nothing was bought
/// or converted since.
pub fn trial_of_verified() -> Statement {
    Statement::new(
        "trial",
        "UPDATE org_subscriptions SET
  plan_id = plans.id, status = CASE WHEN plans.trial_days > 0 THEN 'trialing' ELSE 'active' END, current_period_start = :now,
  current_period_end = CASE WHEN plans.trial_days > 0 THEN :now + plans.trial_days * :day ELSE :month_later END,
  trial_ends_at = CASE WHEN plans.trial_days > 0 THEN :now + plans.trial_days * :day END, updated_at = :now, request_id = NULL
FROM plans
WHERE plans.starts IN ('individual', 'any') AND plans.retired = 0
  AND org_subscriptions.organization_id = (
    SELECT organizations.id
    FROM users
    JOIN organizations ON organizations.personal_user_id = users.id AND organizations.created_at = users.created_at
    WHERE users.id = :caller AND users.email_verified = 1 AND users.banned_at IS NULL AND users.deleted_at IS NULL)
  AND org_subscriptions.request_id = 'unverified' AND org_subscriptions.stripe_subscription_id IS NULL",
    )
    .with("day", Span::days(1).0)
}
