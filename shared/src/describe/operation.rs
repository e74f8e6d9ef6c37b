//! One action as an operation of the document.

use std::collections::{BTreeMap, BTreeSet};

use schemars::SchemaGenerator;
use serde_json::{json, Map, Value as Json};

use super::{
    examples::example,
    refused::{beside, everybodys, FUNCTION_UNAVAILABLE},
    requested::{or_null, requested, Requested},
    staleness, Answer, Described,
};
use crate::http::{Action, Function, Routes, Scope, SessionRule, Takes};

/// Where the schemas stand.
pub const SCHEMAS: &str = "#/components/schemas/";

/// An operation, with the schemas that it alone has.
pub struct Operation {
    pub path: String,
    pub method: String,
    pub operation: Json,
    pub schemas: Map<String, Json>,
    /// Refusals that other operations have as well.
    pub refusals: Map<String, Json>,
}

/// `manage-session` as `manageSession`.
pub fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let mut letters = pascal.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_lowercase(), letters.as_str()))
}

/// `manage-session` and `change_role` as `ManageSession` and `ChangeRole`.
pub fn pascal(name: &str) -> String {
    let words = name.split(['-', '_']).map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
    });
    words.collect()
}

/// The action among the function's that a description is of.
pub fn described<'a>(function: &'a Function, described: &Described) -> &'a Action {
    let is_it = |action: &&Action| {
        action.name == described.name && described.method.is_none_or(|method| action.method == method)
    };
    let mut found = function.actions.iter().filter(is_it);
    match (found.next(), found.next()) {
        (Some(action), None) => action,
        (None, _) => panic!("{} has no action {}", function.name, described.name),
        (Some(_), Some(_)) => panic!("{} of {} has several methods: say by which", described.name, function.name),
    }
}

/// The operation of an action.
pub fn operation(function: &Function, said: &Described, generator: &mut SchemaGenerator) -> Operation {
    let action = described(function, said);
    let is_named_by_path = !matches!(function.routes, Routes::Body { .. });
    let has_namesakes = function.actions.iter().filter(|other| other.name == action.name).count() > 1;
    let method = if has_namesakes { pascal(&action.method.to_lowercase()) } else { String::new() };
    let title = format!("{}{}{method}", pascal(function.name), pascal(action.name));
    let path = match is_named_by_path {
        true => format!("/{}/{}", function.name, action.name),
        false => format!("/{}#{}", function.name, action.name),
    };
    let name = format!("{} of {}", action.name, function.name);
    let read = match action.takes {
        Takes::SignedIn(read) | Takes::Anybody(read) => Some(requested(&name, read, action.method == "GET", said)),
        Takes::Delivery(_) => None,
    };
    if let Some(read) = &read {
        staleness::hold(function, action, read.operation.as_ref());
    }
    let (mut schemas, mut refusals) = (Map::new(), Map::new());
    let mut operation = json!({
        "operationId": format!("{}_{}{method}", camel(function.name), camel(action.name)),
        "tags": [function.name],
        "summary": said.summary,
        "security": security(action),
        "responses": responses(function, action, said, read.as_ref(), &title, generator, (&mut schemas, &mut refusals)),
    });
    let mut parameters = Vec::new();
    let shown = example(function, action);
    match &read {
        Some(read) => {
            let header = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
            if !matches!(action.takes, Takes::Anybody(_)) {
                if !function.is_of_staff() {
                    parameters.push(header("x-organization-id"));
                }
                if read.session != SessionRule::Free {
                    parameters.push(header("x-session-id"));
                }
                parameters.push(header("x-session-secret"));
            }
            if read.names("idempotencyKey") {
                parameters.push(header("idempotency-key"));
            }
            if action.method == "GET" {
                let shown = shown.map(|shown| shown.query).unwrap_or_default();
                parameters.extend(query(read, action, function.is_of_staff(), &shown));
            } else {
                let schema = format!("{title}Request");
                schemas.insert(schema.clone(), body(function, action, read));
                let mut content = json!({ "schema": { "$ref": format!("{SCHEMAS}{schema}") } });
                if let Some(body) = shown.and_then(|shown| shown.body) {
                    content["example"] = body;
                }
                let content = json!({ "application/json": content });
                let is_required = schemas[&schema].get("required").is_some();
                operation["requestBody"] = json!({ "required": is_required, "content": content });
            }
        }
        None => {
            parameters.extend(
                said.query.iter().map(
                    |name| json!({ "name": name, "in": "query", "required": true, "schema": { "type": "string" } }),
                ),
            );
            if action.method != "GET" && said.query.is_empty() {
                let message = json!({ "type": "object", "description": "The sender's own message, signed." });
                operation["requestBody"] =
                    json!({ "required": true, "content": { "application/json": { "schema": message } } });
            }
        }
    }
    if !parameters.is_empty() {
        operation["parameters"] = Json::Array(parameters);
    }
    Operation { path, method: action.method.to_lowercase(), operation, schemas, refusals }
}

fn security(action: &Action) -> Json {
    match (&action.takes, action.key_scope) {
        (Takes::Anybody(_) | Takes::Delivery(_), _) => json!([]),
        (Takes::SignedIn(_), Some(scope)) => json!([{ "token": [] }, { "serviceKey": [scope.as_str()] }]),
        (Takes::SignedIn(_), None) => json!([{ "token": [] }]),
    }
}

/// Members that every action of somebody who has signed in reads beside its own.
fn of_everybody(read: &Requested, action: &Action, is_of_staff: bool) -> Vec<(&'static str, Json)> {
    let id = |description: &str| json!({ "type": "string", "pattern": "^[!-~]{1,255}$", "description": description });
    let mut members = Vec::new();
    if !is_of_staff && matches!(action.takes, Takes::SignedIn(_)) && !read.names("organizationId") {
        members.push(("organizationId", id("The organization that it is about; the header says the same.")));
    }
    if matches!(read.session, SessionRule::LiveIfSent | SessionRule::Enforced) && !read.names("sessionId") {
        members.push(("sessionId", id("The browser that asks; the header says the same.")));
    }
    if action.key_scope.is_some() && !read.names("userId") {
        members.push(("userId", id("With a service key: whose session `sessionId` is.")));
    }
    members
}

fn query(read: &Requested, action: &Action, is_of_staff: bool, shown: &[(String, String)]) -> Vec<Json> {
    let own = read.fields.iter().map(|(name, field)| (name.as_str(), field.schema.clone(), field.is_required));
    let beside = of_everybody(read, action, is_of_staff).into_iter().map(|(name, schema)| (name, schema, false));
    let parameter = |(name, schema, is_required): (&str, Json, bool)| {
        let mut parameter = json!({ "name": name, "in": "query", "schema": schema });
        if is_required {
            parameter["required"] = true.into();
        }
        if let Some((_, text)) = shown.iter().find(|(other, _)| other == name) {
            parameter["example"] = text.as_str().into();
        }
        parameter
    };
    own.chain(beside).map(parameter).collect()
}

fn body(function: &Function, action: &Action, read: &Requested) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    if let Routes::Body { default, .. } = function.routes {
        properties.insert("action".to_string(), json!({ "const": action.name }));
        if default != action.name {
            required.push(json!("action"));
        }
    }
    for (name, field) in &read.fields {
        let schema = if field.is_required { field.schema.clone() } else { or_null(field.schema.clone()) };
        properties.insert(name.clone(), schema);
        if field.is_required {
            required.push(json!(name));
        }
    }
    for (name, schema) in of_everybody(read, action, function.is_of_staff()) {
        properties.insert(name.to_string(), or_null(schema));
    }
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = Json::Array(required);
    }
    schema
}

/// What every action of its kind refuses with.
fn refusals_of_its_kind(function: &Function, action: &Action, read: Option<&Requested>) -> BTreeSet<&'static str> {
    let mut codes =
        BTreeSet::from(["database_busy", "database_unavailable", FUNCTION_UNAVAILABLE, "internal", "rate_limited"]);
    let Some(read) = read else {
        codes.extend(["body_too_large", "invalid_field", "invalid_json", "invalid_signature", "not_configured"]);
        return codes;
    };
    codes.insert("invalid_field");
    match action.method {
        "GET" => codes.extend(["invalid_query"]),
        _ => codes.extend(["body_too_large", "invalid_json", "unsupported_media_type"]),
    }
    if matches!(function.routes, Routes::Body { .. }) {
        codes.insert("unknown_action");
    }
    if matches!(action.takes, Takes::Anybody(_)) {
        return codes;
    }
    if function.is_of_staff() {
        // Whoever is not of the staff is told that there is no such function.
        codes.extend(["session_ended", "unknown_function"]);
        return codes;
    }
    codes.extend([
        "account_disabled",
        "email_domain_banned",
        "keys_unavailable",
        "not_configured",
        "organization_not_found",
        "unauthenticated",
    ]);
    if read.session != SessionRule::Free {
        codes.insert("session_ended");
    }
    if action.method != "GET" {
        codes.insert("read_only");
    }
    if action.key_scope.is_some() {
        codes.insert("scope_missing");
    }
    if read.scope == Scope::Public {
        panic!("{} asks for a sign-in and does not look at it", action.name);
    }
    if read.names("idempotencyKey") {
        codes.insert("idempotency_key_reused");
    }
    codes
}

fn responses(
    function: &Function,
    action: &Action,
    said: &Described,
    read: Option<&Requested>,
    title: &str,
    generator: &mut SchemaGenerator,
    (schemas, refusals): (&mut Map<String, Json>, &mut Map<String, Json>),
) -> Json {
    let everybodys = everybodys();
    let mut responses = Map::new();
    assert!(!said.replies.is_empty(), "{title} says nothing of its reply");
    for (status, answer) in &said.replies {
        let content = match answer {
            Answer::Text(media_types) => {
                let text = |media: &&str| ((*media).to_string(), json!({ "schema": { "type": "string" } }));
                Json::Object(media_types.iter().map(text).collect())
            }
            Answer::Reply(shape) | Answer::Plain(shape) => {
                let success = [
                    ("success", json!({ "const": true })),
                    ("message", json!({ "type": "string", "description": "For people." })),
                ];
                let beside: &[_] = if matches!(answer, Answer::Reply(_)) { &success } else { &[] };
                let schema = shape.schema(generator, beside);
                let several = said.replies.iter().filter(|(_, other)| !matches!(other, Answer::Text(_))).count() > 1;
                let name = if several { format!("{title}Reply{status}") } else { format!("{title}Reply") };
                schemas.insert(name.clone(), schema);
                json!({ "application/json": { "schema": { "$ref": format!("{SCHEMAS}{name}") } } })
            }
        };
        let description = match status {
            201 => "It was made.",
            304 => "It is as the caller has it (`If-None-Match`).",
            _ => "It was done.",
        };
        let response =
            responses.entry(status.to_string()).or_insert_with(|| json!({ "description": description, "content": {} }));
        if let (Some(all), Json::Object(content)) = (response["content"].as_object_mut(), content) {
            all.extend(content);
        }
    }
    let mut by_status: BTreeMap<u16, BTreeMap<&str, String>> = BTreeMap::new();
    let codes = refusals_of_its_kind(function, action, read);
    for code in codes.iter().chain(&said.refusals) {
        let described = everybodys.get(code).unwrap_or_else(|| panic!("{title}: {code} is not everybody's"));
        by_status.entry(described.status).or_default().insert(code, format!("Refused{}", pascal(code)));
    }
    for (status, code, details) in &said.own_refusals {
        let name = format!("{}Refused{}", pascal(function.name), pascal(code));
        let schema = details.schema(generator, &beside(code));
        let before = generator.definitions_mut().insert(format!("Refused{}", pascal(code)), schema.clone());
        assert!(before.is_none_or(|before| before == schema), "{title}: {code} has other details elsewhere");
        by_status.entry(*status).or_default().insert(code, name);
    }
    for (status, codes) in by_status {
        let description = codes.keys().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
        let schemas: Vec<Json> = codes.values().map(|name| json!({ "$ref": format!("{SCHEMAS}{name}") })).collect();
        let schema = match &schemas[..] {
            [one] => one.clone(),
            _ => json!({ "oneOf": schemas }),
        };
        let response = json!({ "description": format!("Refused: {description}."), "content": { "application/json": { "schema": schema } } });
        let is_everybodys = codes.values().all(|name| name.starts_with("Refused"));
        let response = match is_everybodys {
            true => {
                let name = format!("{status}.{}", codes.keys().copied().collect::<Vec<_>>().join("."));
                refusals.insert(name.clone(), response);
                json!({ "$ref": format!("#/components/responses/{name}") })
            }
            false => response,
        };
        responses.insert(status.to_string(), response);
    }
    Json::Object(responses)
}
