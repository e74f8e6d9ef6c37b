//! Who asks, when, about which organization; and what the database says of them.

use crate::{
    auth::{AuthError, Identity, KeyScope, ServiceKey},
    rules::{
        ids::{OrganizationId, RequestId},
        limit::Limit,
        period::a_month_after,
        request_ids::RequestIds,
        role::Role,
        time::Timestamp,
    },
    store::{
        scope::{CLAIM, SERVICE_KEY},
        Answer, Lock, Row, Statement, StoreError, Value,
    },
};

use super::{browser::SessionRead, caller::key_statements, Browser, Refusal};

/// An authenticated request's circumstances: everything that an operation may know beside its own fields.
pub struct RequestContext {
    /// `None` for an action that needs no sign-in, and where a service key asks.
    pub identity: Option<Identity>,
    /// The key that asks in a person's place.
    pub service_key: Option<ServiceKey>,
    pub now: Timestamp,
    pub request_id: RequestId,
    pub ids: RequestIds,
    /// The organization asked for by header or body; it must be one of the caller's.
    pub organization: Option<OrganizationId>,
    /// The session that the request says it comes from.
    pub browser: Option<Browser>,
    /// The browser's address, from the edge and never from the body.
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    /// Where the product's pages are, for links in invitations.
    pub app_url: String,
    /// What invitations' tokens follow from, where the scheduler sends them by mail (`INVITATION_SECRET`).
    pub invitation_secret: Option<String>,
    /// What tokens are signed with by which the staff sees what a customer sees (`VIEW_AS_SECRET`).
    pub view_as_secret: Option<String>,
    /// Domains that nobody signs up with or is invited at, comma-separated.
    pub banned_email_domains: String,
    /// Whether an endpoint may be on this machine: in local work alone.
    pub allows_local_endpoints: bool,
}

impl RequestContext {
    /// Of a worker of our own that asks with a service key, and of no request.
    pub(crate) fn of_key(key: ServiceKey, organization: OrganizationId, now: Timestamp, ids: RequestIds) -> Self {
        Self {
            identity: None,
            service_key: Some(key),
            now,
            request_id: ids.request_id(),
            ids,
            organization: Some(organization),
            browser: None,
            ip_address: None,
            user_agent: None,
            app_url: String::new(),
            invitation_secret: None,
            view_as_secret: None,
            banned_email_domains: String::new(),
            allows_local_endpoints: false,
        }
    }

    /// What stands before the statements of whoever asks with a key.
    pub(crate) fn key_statements(&self) -> Vec<Statement> {
        key_statements(self.now, SessionRead::Nothing).to_vec()
    }

    /// What the batch answered, where the key is good for what it asked.
    ///
    /// # Errors
    /// As [`BatchRows::must_be_good_for`], and a fault in reading the rows.
    pub(crate) fn found_by_key<'a>(&'a self, answer: &'a Answer) -> Result<BatchRows<'a>, Refusal> {
        let found = BatchRows::read(answer, &self.request_id);
        let found = found.map_err(|error| Refusal::from_store(error, &self.request_id))?;
        if let Some(key) = &self.service_key {
            found.must_be_good_for(key, self)?;
        }
        Ok(found)
    }

    /// The locks that an operation asks for. Where the request does not say which organization it is about, the caller's
    /// row does: it is locked too, so that the organization that is locked is the one that the statements use. Where the
    /// request names its session, the row of that session's user is: what ends a session locks it, so that all statements
    /// see the session in one state.
    pub(super) fn all_locks(&self, locks: &[Lock]) -> Vec<Lock> {
        let by_key = self.service_key.is_some();
        let by_caller = locks.contains(&Lock::Organization) && self.organization.is_none() && !by_key;
        let by_browser = self.browser.is_some() && !locks.is_empty();
        let caller = (by_caller || by_browser && !by_key) && !locks.contains(&Lock::Caller);
        let caller = caller.then_some(Lock::Caller);
        let user = (by_browser && by_key).then_some(Lock::UserOfBrowser);
        let claim = self.identity.as_ref().and_then(|identity| identity.organization_claim.as_ref());
        let plainest = |lock: &Lock| match (lock, &self.organization, claim) {
            (Lock::Organization, Some(named), _) => Lock::OrganizationById(named.clone()),
            (Lock::Organization, None, _) if by_key => Lock::OrganizationOfKey,
            (Lock::Organization, None, None) => Lock::CurrentOrganization,
            _ => lock.clone(),
        };
        locks.iter().map(plainest).chain(caller).chain(user).collect()
    }

    /// Whether the caller's address is one that somebody may sign up with, and the token reason enough for a trial.
    pub(super) fn may_be_verified(&self) -> bool {
        self.identity
            .as_ref()
            .is_some_and(|identity| identity.may_start_trial() && !identity.email.may_be_of(&self.banned_email_domains))
    }

    /// The parameters that every statement of this request may name: `:caller`, `:organization`, `:claim`, `:now`,
    /// `:month_later`, `:request`, `:service_key` (the hash of the key that asks), `:key_scope`, `:vouched_at` (when the token
    /// vouched for an address; 0 where it does not) and `:vouched_by_word` (1: its issuer says so itself), `:trusted` (1: the token is of no anonymous user and of no unverified address); and those
    /// of the browser.
    pub(super) fn parameters(&self) -> Vec<(&'static str, Value)> {
        let identity = self.identity.as_ref();
        let mut parameters = vec![
            ("caller", identity.map(|identity| identity.user_id.as_str()).into()),
            ("organization", self.organization.as_ref().map(OrganizationId::as_str).into()),
            (CLAIM, identity.and_then(|identity| identity.organization_claim.as_deref()).into()),
            ("now", self.now.into()),
            ("month_later", a_month_after(self.now).into()),
            ("request", self.request_id.as_str().into()),
            (
                "vouched_at",
                identity.filter(|identity| identity.email_verified).map_or(Timestamp(0), Identity::told_at).into(),
            ),
            ("vouched_by_word", identity.is_some_and(|identity| identity.email_is_said).into()),
            ("trusted", identity.is_some_and(Identity::may_start_trial).into()),
            (SERVICE_KEY, self.service_key.as_ref().map(|key| key.hash.as_str()).into()),
            ("key_scope", self.service_key.as_ref().map(|key| key.scope.as_str()).into()),
        ];
        parameters.extend(self.browser_parameters());
        parameters
    }
}

/// The caller's place in the organization asked for, before the operation.
#[derive(Clone, Debug)]
pub struct Membership {
    pub organization_id: OrganizationId,
    pub organization_name: String,
    pub organization_slug: String,
    pub is_personal: bool,
    pub billing_email: Option<String>,
    pub organization_created_at: Timestamp,
    pub role: Role,
    pub plan_id: String,
    pub plan_name: String,
    /// The plan that is paid for: another one where the operator has given the organization what that one has.
    pub paid_plan_id: String,
    pub subscription_status: String,
    /// When what costs money or adds people stops.
    pub access_until: Timestamp,
    pub seats: Limit,
    concurrent_sessions: Limit,
    pub sales_contact: Option<String>,
    /// What costs money or adds people needs a live session, proven by its secret.
    pub(super) sessions_enforced: bool,
}

impl Membership {
    /// Of the row of whoever asks; `None` where they are in no such organization.
    fn read(row: &Row) -> Result<Option<Self>, StoreError> {
        let Some(role) = row.optional_text("role")? else { return Ok(None) };
        Ok(Some(Self {
            organization_id: OrganizationId::new(row.text("organization_id")?),
            organization_name: row.text("organization_name")?.to_string(),
            organization_slug: row.text("organization_slug")?.to_string(),
            is_personal: row.text("organization_kind")? == "personal",
            billing_email: row.optional_text("billing_email")?.map(str::to_string),
            organization_created_at: row.timestamp("organization_created_at")?,
            role: Role::parse(role).ok_or_else(|| StoreError::Broken(format!("no role: {role}")))?,
            plan_id: row.text("plan_id")?.to_string(),
            plan_name: row.text("plan_name")?.to_string(),
            paid_plan_id: row.text("paid_plan_id")?.to_string(),
            subscription_status: row.text("subscription_status")?.to_string(),
            access_until: row.timestamp("access_until")?,
            seats: Limit::new(row.integer("seats")?),
            concurrent_sessions: Limit::new(row.integer("concurrent_sessions")?),
            sales_contact: row.optional_text("sales_contact")?.map(str::to_string),
            sessions_enforced: row.flag("sessions_enforced")?,
        }))
    }

    /// How many browsers may be signed in at once: of what is not paid for no more than one (`granted_sessions!`).
    pub fn granted_sessions(&self, now: Timestamp) -> Limit {
        if now < self.access_until {
            self.concurrent_sessions
        } else {
            Limit::new(1)
        }
    }

    /// Refuses a role too low to run the organization.
    pub fn must_manage(&self) -> Result<(), Refusal> {
        let allowed = self.role.manages();
        allowed.then_some(()).ok_or(Refusal::Forbidden("Only owners and admins may do this"))
    }

    /// Refuses what a personal organization has not.
    pub fn must_be_team(&self) -> Result<(), Refusal> {
        if self.is_personal {
            Err(Refusal::PersonalOrganization)
        } else {
            Ok(())
        }
    }

    /// Refuses an unpaid or ended plan.
    pub fn must_have_access(&self, now: Timestamp) -> Result<(), Refusal> {
        if now < self.access_until {
            return Ok(());
        }
        Err(Refusal::SubscriptionRequired { plan: self.plan_name.clone(), status: self.subscription_status.clone() })
    }
}

/// What the batch answered, with the caller's account and membership read.
pub struct BatchRows<'a> {
    /// Whether the caller's account may be used; `None` where the caller has no row.
    active: Option<bool>,
    pub(super) membership: Option<Membership>,
    request_id: &'a RequestId,
    answer: &'a Answer,
}

impl<'a> BatchRows<'a> {
    pub(super) fn read(answer: &'a Answer, request_id: &'a RequestId) -> Result<Self, StoreError> {
        let caller = answer.first("caller")?;
        let active = caller.map(|row| row.flag("active")).transpose()?;
        let membership = caller.map(Membership::read).transpose()?.flatten();
        Ok(Self { active, membership, request_id, answer })
    }

    /// For an action without sign-in: there is no caller to read.
    pub fn public(answer: &'a Answer, request_id: &'a RequestId) -> Self {
        Self { active: None, membership: None, request_id, answer }
    }

    /// For an action of the staff's: whoever asks is in no organization by that.
    pub(super) fn of_staff(answer: &'a Answer, request_id: &'a RequestId) -> Result<Self, StoreError> {
        let active = answer.first("caller")?.map(|row| row.flag("active")).transpose()?;
        Ok(Self { active, membership: None, request_id, answer })
    }

    pub(super) fn known(&self) -> bool {
        self.active.is_some()
    }

    pub(super) fn organization_id(&self) -> Option<&OrganizationId> {
        self.membership.as_ref().map(|membership| &membership.organization_id)
    }

    /// The id of the key that asks.
    ///
    /// # Errors
    /// 401 for a key that there is not, or not any more; 403 `scope_missing`; 400 where no organization is named.
    pub(super) fn must_be_good_for(&self, key: &ServiceKey, context: &RequestContext) -> Result<String, Refusal> {
        let invalid = |why| Err(Refusal::Unauthenticated(AuthError::Invalid(why)));
        let Some(row) = self.first("caller")? else { return invalid("there is no such service key") };
        if self.stored(row.flag("is_revoked"))? {
            return invalid("the service key was revoked");
        }
        if self.stored(row.flag("is_over"))? {
            return invalid("the service key has ended");
        }
        let scope = match key.scope {
            KeyScope::ReadUsage => "can_read_usage",
            KeyScope::WriteUsage => "can_write_usage",
            KeyScope::ManageWebhooks => "can_manage_webhooks",
        };
        if !self.stored(row.flag(scope))? {
            return Err(Refusal::ScopeMissing { scope: key.scope.as_str() });
        }
        if key.scope == KeyScope::ManageWebhooks {
            // It is of no organization, and neither is what it manages.
            return match context.organization {
                None => Ok(self.stored(row.text("key_id"))?.to_string()),
                Some(_) => Err(Refusal::invalid(
                    "organizationId",
                    "must be left out: this key manages the operator's own endpoints",
                )),
            };
        }
        if context.organization.is_none() && self.stored(row.optional_text("bound_organization_id"))?.is_none() {
            let problem = "is required: this key is bound to no organization, so the request names one";
            return Err(Refusal::invalid("organizationId", problem));
        }
        self.membership.as_ref().ok_or(Refusal::OrganizationNotFound)?;
        Ok(self.stored(row.text("key_id"))?.to_string())
    }

    /// Whether the token vouches for the caller's address, and the row does not know that it is theirs.
    pub(super) fn is_newly_verified(&self) -> Result<bool, Refusal> {
        self.first("caller")?.map_or(Ok(false), |row| self.stored(row.flag("newly_verified")))
    }

    /// Refuses a banned or deleted account.
    pub(super) fn must_be_active(&self) -> Result<(), Refusal> {
        match self.active {
            Some(true) => Ok(()),
            Some(false) => Err(Refusal::AccountDisabled),
            None => Err(self.broken("the caller has no row")),
        }
    }

    /// The caller's membership; another tenant's organization does not exist.
    pub fn membership(&self) -> Result<&Membership, Refusal> {
        self.must_be_active()?;
        self.membership.as_ref().ok_or(Refusal::OrganizationNotFound)
    }

    /// The rows of one of the operation's statements.
    pub fn rows(&self, statement: &str) -> Result<&[Row], Refusal> {
        self.stored(self.answer.rows(statement))
    }

    pub fn first(&self, statement: &str) -> Result<Option<&Row>, Refusal> {
        self.stored(self.answer.first(statement))
    }

    pub fn only(&self, statement: &str) -> Result<&Row, Refusal> {
        self.stored(self.answer.only(statement))
    }

    /// Turns a fault in reading rows into the refusal that names this request.
    pub fn stored<T>(&self, read: Result<T, StoreError>) -> Result<T, Refusal> {
        read.map_err(|error| Refusal::from_store(error, self.request_id))
    }

    /// A state that the statements rule out.
    pub fn broken(&self, cause: &str) -> Refusal {
        Refusal::Internal { request_id: self.request_id.clone(), cause: cause.to_string() }
    }
}
