//! What the actions answer, for the description of the API.

use std::borrow::Cow;

use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use serde_json::{json, Map, Value as Json};
use tallygate::{
    describe::{action, field, hold, nothing, of, or_null, Described},
    rules::{
        ids::OrganizationId,
        preferences::{preferences_form, Preference},
        role::Role,
        time::Timestamp,
    },
    sessions::{Listed, Terminated},
};

use crate::{
    analytics::sums::Sum,
    current::Current,
    delete::Previewed,
    export::{list_names, Exported},
    me, onboarding,
    organization::Organization,
    organizations::Archived,
    packages::Package,
    person::Wanted,
    profile::{Address, Education, WorkExperience, FIELDS},
    switcher::Entry,
    username::Unavailable,
    FUNCTION,
};

/// A profile, of the table of its fields.
struct Profile;

impl JsonSchema for Profile {
    fn schema_name() -> Cow<'static, str> {
        "Profile".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = || json!({ "type": ["string", "null"] });
        let moment = || json!({ "type": ["string", "null"], "format": "date-time" });
        let mut properties = Map::new();
        for field in &FIELDS {
            let schema = match field.name {
                "education" => generator.subschema_for::<Option<Vec<Education>>>().to_value(),
                "workExperience" => generator.subschema_for::<Option<Vec<WorkExperience>>>().to_value(),
                "billingAddress" => generator.subschema_for::<Option<Address>>().to_value(),
                _ => text(),
            };
            properties.insert(field.name.to_string(), schema);
        }
        for (name, schema) in [
            ("id", json!({ "type": "string" })),
            ("email", text()),
            ("emailVerified", json!({ "type": "boolean" })),
            ("username", text()),
            ("accountType", json!({ "type": "string" })),
            ("paymentMethod", json!({ "type": "null", "description": "Stripe's alone to know." })),
            ("profileCompleted", json!({ "type": "boolean" })),
            ("onboardingCompleted", json!({ "type": "boolean" })),
            ("onboardingCompletedAt", moment()),
            ("createdAt", json!({ "type": "string", "format": "date-time" })),
            ("updatedAt", moment()),
        ] {
            properties.insert(name.to_string(), schema);
        }
        let required: Vec<&String> = properties.keys().collect();
        json_schema!({ "type": "object", "required": required, "properties": properties })
    }
}

/// The packages of a category.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "it is only described")]
struct Category {
    category: String,
    packages: Vec<Package>,
}

/// The organization that one works in now.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "it is only described")]
struct SwitchedTo {
    id: OrganizationId,
    name: String,
    slug: String,
    kind: String,
    role: Role,
}

/// A session with the product's content.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only described")]
struct RecordedSession {
    seconds: i64,
    item: Option<String>,
    completed: bool,
    stress_before: Option<i64>,
    stress_after: Option<i64>,
    mood_improvement: Option<i64>,
    occurred_at: Timestamp,
}

/// A list of at most 20 objects with these texts, of which the first is required.
fn entries(names: &[&str]) -> Json {
    json!({ "type": "array", "maxItems": 20, "items": parts(names, &names[..1]) })
}

fn parts(names: &[&str], required: &[&str]) -> Json {
    let properties: Map<String, Json> =
        names.iter().map(|name| ((*name).to_string(), json!({ "type": ["string", "null"] }))).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    for name in required {
        schema["properties"][*name] = json!({ "type": "string" });
    }
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// Preferences to be set, of which `null` clears one.
fn preferences_to_set() -> Json {
    preferences_form(|known| or_null(known.json_schema()))
}

/// All preferences.
struct Preferences;

impl JsonSchema for Preferences {
    fn schema_name() -> Cow<'static, str> {
        "Preferences".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut form = preferences_form(Preference::json_schema);
        must_all_be_there(&mut form);
        Schema::try_from(form).unwrap()
    }
}

fn must_all_be_there(form: &mut Json) {
    let Some(Json::Object(properties)) = form.get_mut("properties") else { return };
    properties.values_mut().for_each(must_all_be_there);
    form["required"] = properties.keys().cloned().collect::<Vec<_>>().into();
}

fn changes_profile(described: Described) -> Described {
    let education = ["institution", "degree", "fieldOfStudy", "start", "end", "description"];
    let work = ["company", "position", "location", "start", "end", "description"];
    let address = ["line1", "line2", "city", "state", "postalCode", "country"];
    let others = crate::profile::OF_OTHERS.iter().fold(described, |described, (name, _)| described.never_takes(name));
    ["phoneCountryCode", "phoneNumber"]
        .into_iter()
        .fold(others, |described, name| described.takes(name, json!({ "type": "string" }), json!("49")))
        .takes("education", entries(&education), json!([{ "institution": "MIT" }]))
        .takes("workExperience", entries(&work), json!([{ "company": "Northwind" }]))
        .takes("billingAddress", parts(&address, &[]), json!({ "city": "Berlin" }))
}

#[test]
fn the_function_is_described() {
    let page = |described: Described| described.refuses(&["organization_not_found"]);
    hold(
        &FUNCTION,
        &[
            action("me", "Who is signed in, what they are in, and what they work in now.")
                .replies(200, of::<me::Shown>()),
            action("profile", "All of the caller's profile.").by("GET").replies(200, field::<Profile>("profile")),
            changes_profile(action("profile", "Changes what is named of it; `null` clears a field.").by("PATCH"))
                .replies(200, field::<Profile>("profile"))
                .refuses_with(412, "profile_changed", field::<Option<Timestamp>>("updatedAt")),
            action("username", "Whether a username is to be had.").by("GET").replies(
                200,
                field::<String>("wanted")
                    .and::<bool>("available")
                    .and::<Option<Unavailable>>("reason")
                    .and::<Vec<String>>("suggestions"),
            ),
            action("username", "Takes a username.").by("POST").replies(200, field::<String>("username")).refuses_with(
                409,
                "username_taken",
                field::<Vec<String>>("suggestions"),
            ),
            action("onboarding", "How far the onboarding is.")
                .by("GET")
                .replies(200, field::<onboarding::Shown>("onboarding")),
            action("onboarding", "Keeps a step of it.")
                .by("POST")
                .replies(200, field::<onboarding::Shown>("onboarding"))
                .refuses_with(429, "too_many_steps", field::<i64>("most")),
            action("complete-onboarding", "Ends the onboarding.")
                .replies(200, field::<onboarding::Shown>("onboarding"))
                .refuses_with(409, "username_required", field::<Vec<Wanted>>("wants")),
            action("sessions", "The browsers that are signed in.").replies(200, of::<Listed>()),
            action("end-session", "Signs a browser out.").replies(200, of::<Terminated>()),
            action("end-other-sessions", "Signs all other browsers out.").replies(200, of::<Terminated>()),
            page(action("organizations", "The organizations that one is in, or one's own that are archived.")).replies(
                200,
                field::<Vec<Entry>>("organizations")
                    .and::<Option<String>>("nextCursor")
                    .or(field::<Vec<Archived>>("organizations").and::<Option<String>>("nextCursor")),
            ),
            action("switch-organization", "Works in another organization from now on.")
                .replies(200, field::<SwitchedTo>("organization")),
            action("update-organization", "Changes what is named of the organization; `null` clears a field.")
                .takes("description", json!({ "type": "string" }), json!("We call."))
                .takes("settings", json!({ "type": "object" }), json!({ "a": 1 }))
                .replies(200, field::<Organization>("organization"))
                .refuses(&["forbidden", "slug_taken"])
                .refuses_with(409, "billing_email_at_stripe", nothing()),
            action("archive-organization", "Archives a team, which can be had back for 30 days.")
                .replies(
                    200,
                    field::<OrganizationId>("organizationId")
                        .and::<Timestamp>("archivedAt")
                        .and::<Timestamp>("restorableUntil"),
                )
                .refuses(&["forbidden", "personal_organization"])
                .refuses_with(
                    409,
                    "subscription_running",
                    field::<Timestamp>("until").and::<bool>("cancellationRequired"),
                ),
            action("restore-organization", "Has an archived team back.")
                .replies(200, field::<OrganizationId>("organizationId"))
                .refuses(&["forbidden"])
                .refuses_with(409, "not_archived", nothing())
                .refuses_with(
                    409,
                    "restore_expired",
                    field::<Timestamp>("archivedAt").and::<Timestamp>("restorableUntil"),
                ),
            action("subscription", "How the organization's subscription stands.")
                .replies(200, field::<Current>("subscription")),
            action("packages", "The product's content, and what of it is open.")
                .replies(200, field::<Vec<Category>>("categories")),
            action("open-package", "Opens content, where the plan or a grant does.")
                .replies(200, field::<Package>("package"))
                .refuses(&["package_not_found"])
                .refuses_with(
                    403,
                    "package_locked",
                    field::<String>("package")
                        .and::<String>("lockedBecause")
                        .and::<Option<String>>("minimumPlan")
                        .and::<bool>("upgradeRequired"),
                ),
            action("preferences", "The caller's preferences.")
                .by("GET")
                .replies(200, field::<Preferences>("preferences").and::<Vec<String>>("defaults")),
            action("preferences", "Changes those that are named; `null` has one be as everybody's.")
                .by("PATCH")
                .takes("preferences", preferences_to_set(), json!({ "sessionMinutes": 30 }))
                .replies(200, field::<Preferences>("preferences").and::<Vec<String>>("defaults")),
            action("analytics", "Sessions with the content, added up by spans.").by("GET").replies(
                200,
                field::<String>("span").and::<Timestamp>("from").and::<Timestamp>("to").and::<Vec<Sum>>("sums"),
            ),
            action("analytics", "Records a session with the content.")
                .by("POST")
                .replies(201, field::<RecordedSession>("session").and::<bool>("replayed"))
                .refuses_with(429, "too_many_sessions", field::<i64>("most")),
            action("export", "Everything that is kept of the caller; with `list` a page of a large table.")
                .takes("list", json!({ "type": "string", "enum": list_names() }), json!("events"))
                .takes("cursor", json!({ "type": "string" }), json!("events:acme:a"))
                .replies(200, of::<Exported>())
                .replies_text(200, &["application/x-ndjson"]),
            action("delete", "What deleting the account would do.").by("GET").replies(200, of::<Previewed>()),
            action("delete", "Deletes the account.")
                .by("POST")
                .replies(200, field::<bool>("deleted").and::<usize>("cancelledSubscriptions"))
                .refuses(&["provider_unavailable"])
                .refuses_with(409, "staff_account", nothing()),
        ],
    );
}
