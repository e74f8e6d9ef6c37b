//! Every way to say no: its status and its code are promises, its sentence is for people, its cause is for nobody.

use std::collections::BTreeMap;

use serde_json::{json, Value as Json};
use tallygate::{
    auth::AuthError,
    http::{limit_details, Refusal},
    rules::ids::RequestId,
};

const CAUSE: &str = "SELECT token FROM secrets";

/// The table of all refusals: what clients may rely on.
fn all() -> Vec<(Refusal, u16, &'static str)> {
    let details = limit_details(&json!({"sessionConflict": true}));
    let request_id = RequestId::new("request");
    vec![
        (Refusal::InvalidJson("The body is not valid JSON."), 400, "invalid_json"),
        (Refusal::InvalidQuery, 400, "invalid_query"),
        (Refusal::invalid("email", "is required"), 400, "invalid_field"),
        (Refusal::UnknownAction { actions: vec!["list", "leave"] }, 400, "unknown_action"),
        (Refusal::Unauthenticated(AuthError::Missing), 401, "unauthenticated"),
        (Refusal::Unauthenticated(AuthError::Expired), 401, "unauthenticated"),
        (Refusal::Unauthenticated(AuthError::Invalid("it is no JWT")), 401, "unauthenticated"),
        (Refusal::Unauthenticated(AuthError::KeysUnavailable), 503, "keys_unavailable"),
        (
            Refusal::SubscriptionRequired { plan: "Starter".into(), status: "incomplete".into() },
            402,
            "subscription_required",
        ),
        (
            Refusal::SubscriptionRequired { plan: "Starter".into(), status: "trialing".into() },
            402,
            "subscription_required",
        ),
        (
            Refusal::SubscriptionRequired { plan: "Starter".into(), status: "unpaid".into() },
            402,
            "subscription_required",
        ),
        (Refusal::InvalidSignature { cause: CAUSE.into() }, 401, "invalid_signature"),
        (Refusal::PaymentFailed { message: "Your card was declined.".into() }, 402, "payment_failed"),
        (Refusal::AccountDisabled, 403, "account_disabled"),
        (Refusal::Forbidden("Only owners and admins may do this"), 403, "forbidden"),
        (Refusal::WrongRecipient, 403, "wrong_recipient"),
        (Refusal::EmailNotVerified, 403, "email_not_verified"),
        (
            Refusal::FeatureNotInPlan {
                feature: "uploads".into(),
                plan: "Starter".into(),
                details: serde_json::Map::new(),
            },
            403,
            "feature_not_in_plan",
        ),
        (Refusal::ScopeMissing { scope: "usage:write" }, 403, "scope_missing"),
        (Refusal::ReadOnly, 403, "read_only"),
        (
            Refusal::PackageLocked { message: "Deep Sleep needs a subscription.".into(), details: details.clone() },
            403,
            "package_locked",
        ),
        (Refusal::PackageNotFound, 404, "package_not_found"),
        (Refusal::OrganizationNotFound, 404, "organization_not_found"),
        (Refusal::MemberNotFound, 404, "member_not_found"),
        (Refusal::InvitationNotFound, 404, "invitation_not_found"),
        (Refusal::ReservationNotFound, 404, "reservation_not_found"),
        (Refusal::CallNotFound, 404, "call_not_found"),
        (Refusal::EndpointNotFound, 404, "endpoint_not_found"),
        (Refusal::PersonNotFound, 404, "person_not_found"),
        (Refusal::KeyNotFound, 404, "key_not_found"),
        (Refusal::MessageNotFound, 404, "message_not_found"),
        (Refusal::NotFound, 404, "not_found"),
        (Refusal::NoSuchFunction { name: "console".into(), cause: CAUSE.into() }, 404, "unknown_function"),
        (Refusal::MethodNotAllowed { allowed: "POST, OPTIONS" }, 405, "method_not_allowed"),
        (Refusal::AlreadyMember, 409, "already_member"),
        (Refusal::InvitationPending, 409, "invitation_pending"),
        (Refusal::InvitationUsed, 409, "invitation_used"),
        (Refusal::InvitationRevoked, 409, "invitation_revoked"),
        (Refusal::InvitationDeclined, 409, "invitation_declined"),
        (Refusal::LastOwner, 409, "last_owner"),
        (Refusal::EmailDomainBanned, 403, "email_domain_banned"),
        (Refusal::SlugTaken, 409, "slug_taken"),
        (Refusal::PersonalOrganization, 409, "personal_organization"),
        (Refusal::SessionConflict { details: details.clone() }, 409, "session_conflict"),
        (Refusal::SessionEnded { reason: "terminated" }, 401, "session_ended"),
        (Refusal::IdempotencyKeyReused, 409, "idempotency_key_reused"),
        (
            Refusal::Conflict {
                code: "already_subscribed",
                message: "There is a subscription already.".into(),
                details: details.clone(),
            },
            409,
            "already_subscribed",
        ),
        (Refusal::InvitationExpired, 410, "invitation_expired"),
        (
            Refusal::PreconditionFailed {
                code: "profile_changed",
                message: "The profile has changed.".into(),
                details: details.clone(),
            },
            412,
            "profile_changed",
        ),
        (Refusal::InvitationWithdrawn, 409, "invitation_withdrawn"),
        (Refusal::BodyTooLarge { most_bytes: 65_536 }, 413, "body_too_large"),
        (Refusal::UnsupportedMediaType, 415, "unsupported_media_type"),
        (Refusal::RateLimited, 429, "rate_limited"),
        (
            Refusal::LimitReached { code: "seat_limit_exceeded", message: "All seats are taken.".into(), details },
            429,
            "seat_limit_exceeded",
        ),
        (Refusal::Internal { request_id, cause: CAUSE.into() }, 500, "internal"),
        (Refusal::DatabaseUnavailable { cause: CAUSE.into() }, 503, "database_unavailable"),
        (Refusal::DatabaseBusy { cause: CAUSE.into() }, 503, "database_busy"),
        (Refusal::ProviderUnavailable { provider: "Stripe", cause: CAUSE.into() }, 503, "provider_unavailable"),
        (
            Refusal::ProviderRefused { provider: "Stripe", code: "parameter_unknown".into(), cause: CAUSE.into() },
            409,
            "provider_refused",
        ),
        (Refusal::NotConfigured { variable: "STRIPE_SECRET_KEY" }, 503, "not_configured"),
    ]
}

/// The variant's name. A new variant does not compile until it is named here, and fails until it is in the table.
fn variant(refusal: &Refusal) -> &'static str {
    macro_rules! named {
        ($($variant:ident),*) => {{
            const NAMES: &[&str] = &[$(stringify!($variant)),*];
            let in_table: Vec<_> = all().iter().map(|(refusal, ..)| match refusal {
                $(Refusal::$variant { .. } => stringify!($variant)),*
            }).collect();
            for name in NAMES {
                assert!(in_table.contains(name), "{name} is not in the table");
            }
            match refusal {
                $(Refusal::$variant { .. } => stringify!($variant)),*
            }
        }};
    }
    named!(
        InvalidJson,
        InvalidQuery,
        InvalidSignature,
        PackageLocked,
        PackageNotFound,
        PreconditionFailed,
        PaymentFailed,
        Conflict,
        ProviderUnavailable,
        ProviderRefused,
        NotConfigured,
        Invalid,
        UnknownAction,
        RateLimited,
        SessionEnded,
        Unauthenticated,
        AccountDisabled,
        SubscriptionRequired,
        Forbidden,
        WrongRecipient,
        EmailNotVerified,
        EmailDomainBanned,
        FeatureNotInPlan,
        ScopeMissing,
        ReadOnly,
        OrganizationNotFound,
        MemberNotFound,
        InvitationNotFound,
        ReservationNotFound,
        CallNotFound,
        EndpointNotFound,
        PersonNotFound,
        KeyNotFound,
        MessageNotFound,
        NotFound,
        NoSuchFunction,
        MethodNotAllowed,
        AlreadyMember,
        InvitationPending,
        InvitationUsed,
        InvitationRevoked,
        InvitationDeclined,
        LastOwner,
        SlugTaken,
        PersonalOrganization,
        SessionConflict,
        IdempotencyKeyReused,
        InvitationExpired,
        InvitationWithdrawn,
        BodyTooLarge,
        UnsupportedMediaType,
        LimitReached,
        Internal,
        DatabaseUnavailable,
        DatabaseBusy
    )
}

fn body(refusal: &Refusal) -> Json {
    serde_json::from_str(&refusal.response().body).unwrap_or_default()
}

#[test]
fn statuses_and_codes_are_as_promised() {
    for (refusal, status, code) in all() {
        assert_eq!((refusal.status(), refusal.code()), (status, code), "{refusal:?}");
        assert_eq!(refusal.response().status, status);
    }
}

#[test]
fn one_code_means_one_thing() {
    let mut meanings: BTreeMap<&str, &str> = BTreeMap::new();
    for (refusal, _, code) in all() {
        let meaning = variant(&refusal);
        assert_eq!(*meanings.entry(code).or_insert(meaning), meaning, "{code}");
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code}");
    }
}

#[test]
fn every_body_has_the_four_members_and_a_sentence() {
    for (refusal, _, code) in all() {
        let body = body(&refusal);
        let sentence = refusal.sentence();
        assert_eq!(
            (&body["success"], &body["error"], &body["message"], &body["code"]),
            (&json!(false), &json!(sentence), &json!(sentence), &json!(code)),
            "{refusal:?}"
        );
        assert!(sentence.ends_with('.') && !sentence.ends_with(".."), "{sentence}");
        let first = sentence.chars().next().unwrap();
        assert!(first.is_uppercase() || first == '`', "{sentence}");
    }
}

#[test]
fn the_cause_is_for_the_log_alone() {
    for (refusal, ..) in all() {
        let response = refusal.response();
        let sent = format!("{}{:?}", response.body, response.headers);
        for secret in ["SELECT", "secrets", "STRIPE_SECRET_KEY"] {
            assert!(!sent.contains(secret), "{sent}");
        }
        let expected = match variant(&refusal) {
            "Internal"
            | "DatabaseUnavailable"
            | "DatabaseBusy"
            | "ProviderUnavailable"
            | "ProviderRefused"
            | "NoSuchFunction"
            | "InvalidSignature" => Some(CAUSE),
            "NotConfigured" => Some("STRIPE_SECRET_KEY"),
            _ => None,
        };
        assert_eq!(refusal.cause(), expected);
    }
}

#[test]
fn details_say_what_would_lift_it() {
    let details = |refusal: &Refusal| {
        let Json::Object(mut body) = body(refusal) else { panic!("{refusal:?}") };
        for member in ["success", "error", "message", "code"] {
            body.remove(member);
        }
        Json::Object(body)
    };
    for (refusal, ..) in all() {
        let expected = match &refusal {
            Refusal::SessionEnded { .. } => json!({"reason": "terminated"}),
            Refusal::Invalid { .. } => json!({"field": "email"}),
            Refusal::UnknownAction { .. } => json!({"field": "action", "actions": ["list", "leave"]}),
            Refusal::SubscriptionRequired { status, .. } => {
                json!({"plan": "Starter", "status": status, "upgradeRequired": true})
            }
            Refusal::FeatureNotInPlan { .. } => {
                json!({"feature": "uploads", "plan": "Starter", "upgradeRequired": true})
            }
            Refusal::ScopeMissing { .. } => json!({"scope": "usage:write"}),
            Refusal::SessionConflict { .. }
            | Refusal::LimitReached { .. }
            | Refusal::Conflict { .. }
            | Refusal::PackageLocked { .. }
            | Refusal::PreconditionFailed { .. } => json!({"sessionConflict": true}),
            Refusal::ProviderRefused { .. } => json!({"provider": "Stripe", "providerCode": "parameter_unknown"}),
            Refusal::Internal { .. } => json!({"requestId": "request"}),
            _ => json!({}),
        };
        assert_eq!(details(&refusal), expected, "{refusal:?}");
    }
}

#[test]
fn headers_say_how_to_go_on() {
    for (refusal, status, _) in all() {
        let headers = refusal.response().headers;
        let expected: Vec<(&str, String)> = match status {
            401 if refusal.code() == "invalid_signature" => vec![("www-authenticate", "Signature".to_string())],
            401 if refusal.code() == "session_ended" => vec![("www-authenticate", "Session".to_string())],
            401 => vec![("www-authenticate", "Bearer".to_string())],
            405 => vec![("allow", "POST, OPTIONS".to_string())],
            429 if refusal.code() == "rate_limited" => vec![("retry-after", "60".to_string())],
            503 => vec![("retry-after", "1".to_string())],
            _ => Vec::new(),
        };
        assert_eq!(headers, expected, "{refusal:?}");
    }
}
