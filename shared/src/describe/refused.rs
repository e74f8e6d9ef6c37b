//! Refusals: each code once, with the details that it has.

use std::collections::BTreeMap;

use schemars::{generate::SchemaSettings, JsonSchema};
use serde_json::{json, Map, Value as Json};

use crate::{
    auth::AuthError,
    http::Refusal,
    rules::{ids::RequestId, time::Timestamp},
    usage::Upgrade,
};

/// A refusal of each code that is everybody's, with every kind of value that its details have.
fn samples() -> Vec<Refusal> {
    let text = String::new;
    let feature = |details| Refusal::FeatureNotInPlan { feature: text(), plan: text(), details };
    let upgrade = json!({ "upgrade": [] });
    vec![
        Refusal::InvalidJson(""),
        Refusal::InvalidQuery,
        Refusal::invalid("email", ""),
        Refusal::UnknownAction { actions: vec![""] },
        Refusal::Unauthenticated(AuthError::Missing),
        Refusal::Unauthenticated(AuthError::KeysUnavailable),
        Refusal::AccountDisabled,
        Refusal::SubscriptionRequired { plan: text(), status: text() },
        Refusal::Forbidden(""),
        Refusal::WrongRecipient,
        Refusal::EmailNotVerified,
        Refusal::EmailDomainBanned,
        feature(Map::new()),
        feature(crate::http::limit_details(&upgrade)),
        Refusal::ReadOnly,
        Refusal::ScopeMissing { scope: "" },
        Refusal::OrganizationNotFound,
        Refusal::MemberNotFound,
        Refusal::PersonNotFound,
        Refusal::KeyNotFound,
        Refusal::MessageNotFound,
        Refusal::InvitationNotFound,
        Refusal::ReservationNotFound,
        Refusal::CallNotFound,
        Refusal::EndpointNotFound,
        Refusal::PackageNotFound,
        Refusal::NotFound,
        Refusal::NoSuchFunction { name: text(), cause: text() },
        Refusal::MethodNotAllowed { allowed: "" },
        Refusal::AlreadyMember,
        Refusal::InvitationPending,
        Refusal::InvitationUsed,
        Refusal::InvitationRevoked,
        Refusal::InvitationDeclined,
        Refusal::LastOwner,
        Refusal::SlugTaken,
        Refusal::PersonalOrganization,
        Refusal::SessionEnded { reason: "" },
        Refusal::IdempotencyKeyReused,
        Refusal::InvitationExpired,
        Refusal::InvitationWithdrawn,
        Refusal::BodyTooLarge { most_bytes: 0 },
        Refusal::UnsupportedMediaType,
        Refusal::RateLimited,
        Refusal::ProviderRefused { provider: "", code: text(), cause: text() },
        Refusal::catalog_limit("", 0, Some(Timestamp(0)), ""),
        Refusal::catalog_limit("", 0, None, ""),
        Refusal::InvalidSignature { cause: text() },
        Refusal::PaymentFailed { message: text() },
        Refusal::ProviderUnavailable { provider: "", cause: text() },
        Refusal::NotConfigured { variable: "" },
        Refusal::Internal { request_id: RequestId::new(""), cause: text() },
        Refusal::DatabaseUnavailable { cause: text() },
        Refusal::DatabaseBusy { cause: text() },
    ]
}

/// A code with its status and the schema of its body.
pub struct Described {
    pub status: u16,
    pub schema: Json,
}

/// What every refusal has beside its details.
pub fn beside(code: &str) -> [(&'static str, Json); 4] {
    [
        ("success", json!({ "const": false })),
        ("error", json!({ "type": "string", "description": "A sentence for people." })),
        ("message", json!({ "type": "string", "description": "The same." })),
        ("code", json!({ "const": code })),
    ]
}

/// Everybody's refusals by their codes.
pub fn everybodys() -> BTreeMap<&'static str, Described> {
    let mut all: BTreeMap<&'static str, (u16, Vec<Map<String, Json>>)> = BTreeMap::new();
    for refusal in samples() {
        let body = serde_json::from_str(&refusal.response().body);
        let body: Map<String, Json> = body.unwrap_or_else(|_| panic!("{refusal:?}"));
        all.entry(refusal.code()).or_insert((refusal.status(), Vec::new())).1.push(body);
    }
    let described = |(code, (status, bodies)): (&'static str, (u16, Vec<Map<String, Json>>))| {
        let mut schema = json!({ "type": "object" });
        let beside = beside(code);
        let of_all = |name: &String| bodies.iter().all(|body| body.contains_key(name));
        let mut properties = Map::new();
        for (name, value) in bodies.iter().flatten() {
            let own = beside.iter().find(|(known, _)| known == name).map(|(_, schema)| schema.clone());
            let values: Vec<&Json> = bodies.iter().filter_map(|body| body.get(name)).collect();
            let upgrade = (name == "upgrade").then(|| json!({ "type": "array", "items": inline::<Upgrade>() }));
            properties.insert(name.clone(), own.or(upgrade).unwrap_or_else(|| of_values(&values, value)));
        }
        let required: Vec<String> = properties.keys().filter(|name| of_all(name)).cloned().collect();
        schema["required"] = json!(required);
        schema["properties"] = Json::Object(properties);
        (code, Described { status, schema })
    };
    all.into_iter().map(described).collect()
}

/// The schema of a type, whole.
fn inline<T: JsonSchema>() -> Json {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    if let Some(members) = schema.as_object_mut() {
        members.remove("title");
    }
    schema
}

/// What all of these values are of.
fn of_values(values: &[&Json], first: &Json) -> Json {
    let schema = of_value(first);
    match values.iter().any(|value| value.is_null()) {
        true => {
            let kind = values.iter().find(|value| !value.is_null()).map(|value| of_value(value));
            super::requested::or_null(kind.unwrap_or(schema))
        }
        false => schema,
    }
}

fn of_value(value: &Json) -> Json {
    match value {
        Json::Null => json!({ "type": "null" }),
        Json::Bool(_) => json!({ "type": "boolean" }),
        Json::Number(_) => json!({ "type": "integer" }),
        Json::String(text) if Timestamp::parse(text).is_some() => json!({ "type": "string", "format": "date-time" }),
        Json::String(_) => json!({ "type": "string" }),
        Json::Array(items) => json!({ "type": "array", "items": items.first().map_or_else(|| json!({}), of_value) }),
        Json::Object(members) => {
            let properties: Map<_, _> = members.iter().map(|(name, value)| (name.clone(), of_value(value))).collect();
            json!({ "type": "object", "properties": properties, "required": members.keys().collect::<Vec<_>>() })
        }
    }
}
