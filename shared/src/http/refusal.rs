//! Refusals: what a caller is told when something is not done.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{request::Response, Membership};
use crate::{
    auth::AuthError,
    rules::{
        ids::RequestId,
        json::{object, text_of},
        time::Timestamp,
    },
    store::{Constraint, StoreError},
};

/// Every way to say no. Each has a status, a stable code and a sentence for people.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    InvalidJson(&'static str),
    /// A name is in the query twice.
    InvalidQuery,
    Invalid {
        field: &'static str,
        problem: String,
    },
    UnknownAction {
        actions: Vec<&'static str>,
    },
    Unauthenticated(AuthError),
    /// The account was banned or deleted.
    AccountDisabled,
    SubscriptionRequired {
        plan: String,
        status: String,
    },
    /// The caller's role does not allow it.
    Forbidden(&'static str),
    WrongRecipient,
    EmailNotVerified,
    /// The address is of a domain that nobody may sign up with.
    EmailDomainBanned,
    /// The plan does not have the feature at all.
    FeatureNotInPlan {
        feature: String,
        plan: String,
        /// Which plans do.
        details: Map<String, Json>,
    },
    /// Content that neither the plan nor a grant opens; the details say why, and what would.
    PackageLocked {
        message: String,
        details: Map<String, Json>,
    },
    /// The token is one to look with.
    ReadOnly,
    /// A service key that is not good for this.
    ScopeMissing {
        scope: &'static str,
    },
    OrganizationNotFound,
    MemberNotFound,
    PersonNotFound,
    KeyNotFound,
    MessageNotFound,
    InvitationNotFound,
    ReservationNotFound,
    CallNotFound,
    EndpointNotFound,
    PackageNotFound,
    NotFound,
    /// To whoever may not know of a function it is not there; why is for the log alone.
    NoSuchFunction {
        name: String,
        cause: String,
    },
    MethodNotAllowed {
        allowed: &'static str,
    },
    AlreadyMember,
    InvitationPending,
    InvitationUsed,
    InvitationRevoked,
    InvitationDeclined,
    LastOwner,
    SlugTaken,
    PersonalOrganization,
    SessionConflict {
        details: Map<String, Json>,
    },
    /// The browser that asks is signed out: `terminated`, `signed_in_elsewhere`, `expired`, `unknown`, or, where sessions
    /// are enforced, `missing`.
    SessionEnded {
        reason: &'static str,
    },
    IdempotencyKeyReused,
    InvitationExpired,
    /// Who sent it may not invite to its role any more.
    InvitationWithdrawn,
    BodyTooLarge {
        most_bytes: usize,
    },
    UnsupportedMediaType,
    /// Too many requests within a minute.
    RateLimited,
    /// Another company will not do it; why, in its own code.
    ProviderRefused {
        provider: &'static str,
        code: String,
        cause: String,
    },
    /// A limit of the plan is reached; the details say which and what would lift it.
    LimitReached {
        code: &'static str,
        message: String,
        details: Map<String, Json>,
    },
    /// A state forbids it; the details say which and what would lift it.
    Conflict {
        code: &'static str,
        message: String,
        details: Map<String, Json>,
    },
    /// What the change was to be made on is no longer so (RFC 9110, 15.5.13); the details say how it is now.
    PreconditionFailed {
        code: &'static str,
        message: String,
        details: Map<String, Json>,
    },
    /// A message's signature does not hold; why is for the log alone.
    InvalidSignature {
        cause: String,
    },
    /// The bank or the card said no; the sentence is for the payer.
    PaymentFailed {
        message: String,
    },
    /// Another company's system gave no answer.
    ProviderUnavailable {
        provider: &'static str,
        cause: String,
    },
    /// The operator has not set a variable that this needs.
    NotConfigured {
        variable: &'static str,
    },
    Internal {
        request_id: RequestId,
        cause: String,
    },
    DatabaseUnavailable {
        cause: String,
    },
    DatabaseBusy {
        cause: String,
    },
}

/// Details of a refusal from a serializable struct: by way of its text, since what writes replies and what reads them are there anyway.
pub fn limit_details(details: &impl Serialize) -> Map<String, Json> {
    let text = serde_json::to_string(details).unwrap_or_default();
    match serde_json::from_str(&text) {
        Ok(Json::Object(members)) => members,
        _ => Map::new(),
    }
}

impl Refusal {
    /// One of the catalog's own `[limits]` is reached: its name there, how many it allows of what, and when it begins anew.
    pub fn catalog_limit(limit: &str, most: i64, resets_at: Option<Timestamp>, what: &str) -> Self {
        Self::LimitReached {
            code: "catalog_limit_reached",
            message: format!("There may be at most {most} {what}."),
            details: object(vec![
                ("limit", limit.into()),
                ("most", most.into()),
                ("resetsAt", resets_at.map(Timestamp::iso).into()),
            ]),
        }
    }

    /// A feature that the membership's plan does not have.
    pub fn feature_not_in_plan(feature: &str, membership: &Membership) -> Self {
        Self::FeatureNotInPlan { feature: feature.to_string(), plan: membership.plan_name.clone(), details: Map::new() }
    }

    /// `problem` completes the sentence that begins with the field's name.
    pub fn invalid(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Invalid { field, problem: problem.into() }
    }

    /// What a failed batch means to the caller.
    pub fn from_store(error: StoreError, request_id: &RequestId) -> Self {
        match error {
            StoreError::Unavailable(cause) => Self::DatabaseUnavailable { cause },
            StoreError::Busy(cause) => Self::DatabaseBusy { cause },
            StoreError::Conflict(lasting) => Self::from_store(*lasting, request_id),
            StoreError::Constraint(Constraint::SlugTaken) => Self::SlugTaken,
            StoreError::Constraint(Constraint::InvitationPending) => Self::InvitationPending,
            StoreError::Constraint(Constraint::PersonalOrganization) => Self::PersonalOrganization,
            StoreError::Constraint(constraint) => {
                Self::Internal { request_id: request_id.clone(), cause: format!("constraint: {constraint:?}") }
            }
            StoreError::Broken(cause) => Self::Internal { request_id: request_id.clone(), cause },
        }
    }

    pub fn status(&self) -> u16 {
        match self {
            Self::InvalidJson(_) | Self::InvalidQuery | Self::Invalid { .. } | Self::UnknownAction { .. } => 400,
            Self::Unauthenticated(AuthError::KeysUnavailable | AuthError::Misconfigured(_)) => 503,
            Self::Unauthenticated(_) | Self::InvalidSignature { .. } | Self::SessionEnded { .. } => 401,
            Self::SubscriptionRequired { .. } | Self::PaymentFailed { .. } => 402,
            Self::AccountDisabled
            | Self::Forbidden(_)
            | Self::WrongRecipient
            | Self::EmailNotVerified
            | Self::EmailDomainBanned
            | Self::ScopeMissing { .. }
            | Self::ReadOnly
            | Self::PackageLocked { .. }
            | Self::FeatureNotInPlan { .. } => 403,
            Self::OrganizationNotFound
            | Self::MemberNotFound
            | Self::PersonNotFound
            | Self::KeyNotFound
            | Self::MessageNotFound
            | Self::InvitationNotFound
            | Self::ReservationNotFound
            | Self::CallNotFound
            | Self::EndpointNotFound
            | Self::PackageNotFound
            | Self::NotFound
            | Self::NoSuchFunction { .. } => 404,
            Self::MethodNotAllowed { .. } => 405,
            Self::AlreadyMember
            | Self::InvitationPending
            | Self::InvitationUsed
            | Self::InvitationRevoked
            | Self::InvitationDeclined
            | Self::InvitationWithdrawn
            | Self::LastOwner
            | Self::SlugTaken
            | Self::PersonalOrganization
            | Self::SessionConflict { .. }
            | Self::IdempotencyKeyReused
            | Self::ProviderRefused { .. }
            | Self::Conflict { .. } => 409,
            Self::InvitationExpired => 410,
            Self::PreconditionFailed { .. } => 412,
            Self::BodyTooLarge { .. } => 413,
            Self::UnsupportedMediaType => 415,
            Self::LimitReached { .. } | Self::RateLimited => 429,
            Self::Internal { .. } => 500,
            Self::DatabaseUnavailable { .. }
            | Self::DatabaseBusy { .. }
            | Self::ProviderUnavailable { .. }
            | Self::NotConfigured { .. } => 503,
        }
    }

    /// The code that clients may rely on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidJson(_) => "invalid_json",
            Self::InvalidQuery => "invalid_query",
            Self::Invalid { .. } => "invalid_field",
            Self::UnknownAction { .. } => "unknown_action",
            Self::Unauthenticated(AuthError::KeysUnavailable) => "keys_unavailable",
            Self::Unauthenticated(AuthError::Misconfigured(_)) => "not_configured",
            Self::Unauthenticated(_) => "unauthenticated",
            Self::AccountDisabled => "account_disabled",
            Self::SubscriptionRequired { .. } => "subscription_required",
            Self::Forbidden(_) => "forbidden",
            Self::WrongRecipient => "wrong_recipient",
            Self::EmailNotVerified => "email_not_verified",
            Self::EmailDomainBanned => "email_domain_banned",
            Self::FeatureNotInPlan { .. } => "feature_not_in_plan",
            Self::ScopeMissing { .. } => "scope_missing",
            Self::ReadOnly => "read_only",
            Self::OrganizationNotFound => "organization_not_found",
            Self::MemberNotFound => "member_not_found",
            Self::PersonNotFound => "person_not_found",
            Self::KeyNotFound => "key_not_found",
            Self::MessageNotFound => "message_not_found",
            Self::InvitationNotFound => "invitation_not_found",
            Self::ReservationNotFound => "reservation_not_found",
            Self::CallNotFound => "call_not_found",
            Self::EndpointNotFound => "endpoint_not_found",
            Self::PackageNotFound => "package_not_found",
            Self::PackageLocked { .. } => "package_locked",
            Self::NotFound => "not_found",
            Self::NoSuchFunction { .. } => "unknown_function",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::AlreadyMember => "already_member",
            Self::InvitationPending => "invitation_pending",
            Self::InvitationUsed => "invitation_used",
            Self::InvitationRevoked => "invitation_revoked",
            Self::InvitationDeclined => "invitation_declined",
            Self::LastOwner => "last_owner",
            Self::SlugTaken => "slug_taken",
            Self::PersonalOrganization => "personal_organization",
            Self::SessionConflict { .. } => "session_conflict",
            Self::SessionEnded { .. } => "session_ended",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::InvitationExpired => "invitation_expired",
            Self::InvitationWithdrawn => "invitation_withdrawn",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::RateLimited => "rate_limited",
            Self::LimitReached { code, .. } | Self::Conflict { code, .. } | Self::PreconditionFailed { code, .. } => {
                code
            }
            Self::InvalidSignature { .. } => "invalid_signature",
            Self::PaymentFailed { .. } => "payment_failed",
            Self::ProviderUnavailable { .. } => "provider_unavailable",
            Self::ProviderRefused { .. } => "provider_refused",
            Self::NotConfigured { .. } => "not_configured",
            Self::Internal { .. } => "internal",
            Self::DatabaseUnavailable { .. } => "database_unavailable",
            Self::DatabaseBusy { .. } => "database_busy",
        }
    }

    /// The sentence for people; never a query, a stack or another tenant's existence.
    pub fn sentence(&self) -> String {
        match self {
            Self::InvalidJson(problem) => (*problem).to_string(),
            Self::InvalidQuery => "Each name may be in the query once.".to_string(),
            Self::Invalid { field, problem } => format!("`{field}` {problem}."),
            Self::UnknownAction { actions } => format!("The action must be one of: {}.", actions.join(", ")),
            Self::Unauthenticated(AuthError::Missing) => {
                "Sign in first: send a token in the header `Authorization: Bearer <token>`.".to_string()
            }
            Self::Unauthenticated(AuthError::Expired) => "The token has expired; sign in again.".to_string(),
            Self::Unauthenticated(AuthError::Invalid(why)) => format!("The token is not accepted: {why}."),
            Self::Unauthenticated(AuthError::KeysUnavailable) => {
                "Sign-in cannot be checked right now; try again in a moment.".to_string()
            }
            Self::Unauthenticated(AuthError::Misconfigured(_)) => "Sign-in is not set up yet.".to_string(),
            Self::AccountDisabled => "This account is no longer active.".to_string(),
            Self::SubscriptionRequired { plan, status } => match status.as_str() {
                "incomplete" => format!("The {plan} plan has not been paid for yet; complete the checkout to go on."),
                "trialing" => format!("The trial of the {plan} plan has ended; choose a plan to go on."),
                _ => format!("The {plan} subscription is not active; update the payment to go on."),
            },
            Self::Forbidden(why) => format!("{why}."),
            Self::WrongRecipient => "This invitation was sent to another e-mail address.".to_string(),
            Self::EmailDomainBanned => {
                "An address of this domain is not possible here; use another address.".to_string()
            }
            Self::EmailNotVerified => "Verify your e-mail address first.".to_string(),
            Self::FeatureNotInPlan { feature, plan, .. } => format!("The {plan} plan does not include {feature}."),
            Self::ScopeMissing { scope } => format!("This service key may not do this; it needs the scope {scope}."),
            Self::ReadOnly => "This token is one to look with: nothing can be changed by it.".to_string(),
            Self::OrganizationNotFound => "There is no such organization for you.".to_string(),
            Self::MemberNotFound => "There is no such member in this organization.".to_string(),
            Self::PersonNotFound => "There is no such person.".to_string(),
            Self::KeyNotFound => "There is no such service key.".to_string(),
            Self::MessageNotFound => "There is no such message that is kept.".to_string(),
            Self::InvitationNotFound => "There is no such invitation.".to_string(),
            Self::ReservationNotFound => "There is no such reservation for you.".to_string(),
            Self::CallNotFound => "There is no such call for you.".to_string(),
            Self::EndpointNotFound => "There is no such endpoint for you.".to_string(),
            Self::PackageNotFound => "There is no such package.".to_string(),
            Self::NotFound => "There is nothing at this address.".to_string(),
            Self::NoSuchFunction { name, .. } => format!("There is no function \"{name}\"."),
            Self::MethodNotAllowed { allowed } => format!("Use one of these methods: {allowed}."),
            Self::AlreadyMember => "This person is already a member of the organization.".to_string(),
            Self::InvitationPending => {
                "There is already a pending invitation for this address; resend or revoke it.".to_string()
            }
            Self::InvitationUsed => "This invitation has already been used.".to_string(),
            Self::InvitationRevoked => "This invitation was revoked.".to_string(),
            Self::InvitationDeclined => "This invitation was declined.".to_string(),
            Self::LastOwner => {
                "An organization needs an owner: make somebody else an owner or transfer the ownership first."
                    .to_string()
            }
            Self::SlugTaken => "This slug is already taken; choose another one.".to_string(),
            Self::PersonalOrganization => "A personal organization has exactly one member.".to_string(),
            Self::SessionConflict { .. } => "You are already signed in on another device.".to_string(),
            Self::SessionEnded { reason } => match *reason {
                "terminated" => "This browser was signed out.",
                "signed_in_elsewhere" => "You signed in on another device.",
                "expired" => "This browser's session has expired; validate it again.",
                "missing" => {
                    "Send the browser's session with this request: `x-session-id` and `x-session-secret`, as `validate` gave them."
                }
                _ => "There is no such session; validate it first.",
            }
            .to_string(),
            Self::IdempotencyKeyReused => "This idempotency key was used for another request.".to_string(),
            Self::InvitationExpired => "This invitation has expired; ask for a new one.".to_string(),
            Self::InvitationWithdrawn => {
                "Who sent this invitation may not invite to this role any more; ask for a new one.".to_string()
            }
            Self::BodyTooLarge { most_bytes } => format!("The body may have at most {} KiB.", most_bytes / 1024),
            Self::RateLimited => "Too many requests; wait a minute and try again.".to_string(),
            Self::UnsupportedMediaType => "Send the body as application/json.".to_string(),
            Self::LimitReached { message, .. }
            | Self::Conflict { message, .. }
            | Self::PreconditionFailed { message, .. }
            | Self::PackageLocked { message, .. }
            | Self::PaymentFailed { message } => message.clone(),
            Self::InvalidSignature { .. } => "The signature of this message does not hold.".to_string(),
            Self::ProviderUnavailable { provider, .. } => {
                format!("{provider} cannot be reached right now; nothing was changed, try again.")
            }
            Self::ProviderRefused { provider, .. } => {
                format!("{provider} did not accept this; nothing was changed. Look again, or ask support.")
            }
            Self::NotConfigured { .. } => "This is not set up yet.".to_string(),
            Self::Internal { .. } => "Something went wrong on our side; quote the request id to support.".to_string(),
            Self::DatabaseUnavailable { .. } => "The database cannot be reached right now; try again.".to_string(),
            Self::DatabaseBusy { .. } => "Too many changes at once; try again.".to_string(),
        }
    }

    /// What the log says beyond the code; never sent to the caller.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Internal { cause, .. }
            | Self::DatabaseUnavailable { cause }
            | Self::DatabaseBusy { cause }
            | Self::ProviderUnavailable { cause, .. }
            | Self::ProviderRefused { cause, .. }
            | Self::InvalidSignature { cause }
            | Self::NoSuchFunction { cause, .. } => Some(cause),
            Self::NotConfigured { variable } => Some(variable),
            Self::Unauthenticated(AuthError::Misconfigured(problem)) => Some(problem),
            _ => None,
        }
    }

    pub fn response(&self) -> Response {
        let sentence = self.sentence();
        let mut body = match self {
            Self::SessionConflict { details }
            | Self::LimitReached { details, .. }
            | Self::Conflict { details, .. }
            | Self::PreconditionFailed { details, .. }
            | Self::PackageLocked { details, .. } => details.clone(),
            Self::SessionEnded { reason } => object(vec![("reason", (*reason).into())]),
            Self::Invalid { field, .. } => object(vec![("field", (*field).into())]),
            Self::UnknownAction { actions } => {
                object(vec![("field", "action".into()), ("actions", actions.clone().into())])
            }
            Self::SubscriptionRequired { plan, status } => object(vec![
                ("plan", plan.as_str().into()),
                ("status", status.as_str().into()),
                ("upgradeRequired", true.into()),
            ]),
            Self::FeatureNotInPlan { feature, plan, details } => {
                let mut all = object(vec![
                    ("feature", feature.as_str().into()),
                    ("plan", plan.as_str().into()),
                    ("upgradeRequired", true.into()),
                ]);
                all.extend(details.clone());
                all
            }
            Self::ProviderRefused { provider, code, .. } => {
                object(vec![("provider", (*provider).into()), ("providerCode", code.as_str().into())])
            }
            Self::ScopeMissing { scope } => object(vec![("scope", (*scope).into())]),
            Self::Internal { request_id, .. } => object(vec![("requestId", request_id.as_str().into())]),
            _ => Map::new(),
        };
        body.insert("success".to_string(), false.into());
        body.insert("error".to_string(), sentence.clone().into());
        // Older clients read `message`.
        body.insert("message".to_string(), sentence.into());
        body.insert("code".to_string(), self.code().into());
        let mut response = Response { status: self.status(), headers: Vec::new(), body: text_of(&Json::Object(body)) };
        match self {
            Self::Unauthenticated(_) if self.status() == 401 => {
                response.headers.push(("www-authenticate", "Bearer".to_string()));
            }
            Self::RateLimited => response.headers.push(("retry-after", "60".to_string())),
            Self::SessionEnded { .. } => response.headers.push(("www-authenticate", "Session".to_string())),
            Self::InvalidSignature { .. } => response.headers.push(("www-authenticate", "Signature".to_string())),
            Self::MethodNotAllowed { allowed } => response.headers.push(("allow", (*allowed).to_string())),
            Self::DatabaseUnavailable { .. }
            | Self::DatabaseBusy { .. }
            | Self::ProviderUnavailable { .. }
            | Self::NotConfigured { .. }
            | Self::Unauthenticated(AuthError::KeysUnavailable) => {
                response.headers.push(("retry-after", "1".to_string()));
            }
            _ => {}
        }
        response
    }
}
