//! The checked-in documents: `openapi.json` for everybody, and `openapi.console.json` for the operator's staff, which nobody
//! is served.

use std::fs;

use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{json, ser::PrettyFormatter, Map, Serializer, Value as Json};

use super::{
    operation::{described, operation, pascal, SCHEMAS},
    refused::everybodys,
    types::is_shared,
    Described,
};
use crate::{
    http::{Function, Routes},
    testing::repository,
};

/// Where a generator puts what it has to name.
const DEFINITIONS: &str = "#/$defs/";
/// Codes that the staff alone is refused with.
const STAFFS: [&str; 3] = ["key_not_found", "message_not_found", "person_not_found"];
/// What is of no function.
const EVERYBODYS: &str = "Refused";

/// Holds a function's part of its document to what the function says, or writes it (`OPENAPI=write`).
pub fn hold(function: &Function, said: &[Described]) {
    let missing = function
        .actions
        .iter()
        .filter(|action| !said.iter().any(|said| std::ptr::eq(described(function, said), *action)));
    let missing: Vec<_> = missing.map(|action| format!("{} {}", action.method, action.name)).collect();
    assert!(missing.is_empty(), "{} does not describe {missing:?}", function.name);
    let file = match function.routes {
        Routes::PathsOfStaff(_) => "openapi.console.json",
        Routes::Body { .. } | Routes::Paths => "openapi.json",
    };
    let file = repository().join(file);
    let before = fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok());
    let before = before.unwrap_or_else(|| json!({ "paths": {}, "components": { "schemas": {} } }));
    let now = with_function(&before, function, said);
    if std::env::var("OPENAPI").as_deref() == Ok("write") {
        let mut text = Vec::new();
        let indented = PrettyFormatter::with_indent(b" ");
        now.serialize(&mut Serializer::with_formatter(&mut text, indented)).expect("a document");
        text.push(b'\n');
        fs::write(&file, text).expect("the document can be written");
        return;
    }
    let differs = first_difference("", &before, &now);
    assert!(
        differs.is_none(),
        "{} is not what the code says, `npm run openapi` writes it: {differs:?}",
        file.display()
    );
}

/// The document with a function's part as the function says it.
fn with_function(before: &Json, function: &Function, said: &[Described]) -> Json {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut generator = settings.into_generator();
    let prefix = pascal(function.name);
    let mut paths = of_others(&before["paths"], |path| {
        path.trim_start_matches('/').split(['/', '#']).next() == Some(function.name)
    });
    let is_ours = |name: &str| {
        name.strip_prefix(&prefix).is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase()))
            || name.starts_with(EVERYBODYS)
    };
    let mut schemas = of_others(&before["components"]["schemas"], is_ours);
    let mut responses = before["components"]["responses"].as_object().cloned().unwrap_or_default();
    let is_of_staff = function.is_of_staff();
    for (code, described) in everybodys().into_iter().filter(|(code, _)| is_of_staff || !STAFFS.contains(code)) {
        schemas.insert(format!("{EVERYBODYS}{}", pascal(code)), described.schema);
    }
    for said in said {
        let mut operation = operation(function, said, &mut generator);
        named(&mut operation.operation, &prefix);
        for (name, response) in operation.refusals {
            responses.insert(name, response);
        }
        if let Some(by_get) = by_get(function, said, &operation.operation) {
            paths.insert(format!("/{}", function.name), json!({ "get": by_get }));
        }
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = operation.operation;
        for (name, mut schema) in operation.schemas {
            if !name.ends_with("Request") {
                named(&mut schema, &prefix);
            }
            schemas.insert(name, schema);
        }
    }
    for (name, mut schema) in generator.take_definitions(true) {
        assert!(!name.ends_with(|c: char| c.is_ascii_digit()), "{prefix}{name}: several types have the name");
        named(&mut schema, &prefix);
        let own = format!("{prefix}{name}");
        assert!(!schemas.contains_key(&own), "{own} is the name of several schemas");
        schemas.insert(if is_shared(&name) { name } else { own }, schema);
    }
    schemas.insert("Refusal".to_string(), refusal(&schemas));
    let title = if is_of_staff { "Tallygate, the operator's console" } else { "Tallygate" };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT", "identifier": "MIT" },
            "description": "What a customer of a product may do now: sessions, seats, plans and usage. \
                Where several actions share an address, the body's `action` names the one that is meant, and the path here has its name behind a `#`, which is never sent.",
        },
        "servers": [{ "url": "/functions/v1" }],
        "paths": paths,
        "components": {
            "parameters": parameters(),
            "responses": responses,
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The sign-in provider's token of a person." },
                "serviceKey": { "type": "http", "scheme": "bearer", "description": "A key of a server of the product's, `tg_…`, which is good for what is named." },
            },
        },
    })
}

/// The same action by `GET` at the function's root, where it has one: its fields are left out.
fn by_get(function: &Function, said: &Described, operation: &Json) -> Option<Json> {
    let Routes::Body { get: Some(name), .. } = function.routes else { return None };
    if name != described(function, said).name {
        return None;
    }
    let mut by_get = operation.clone();
    by_get["operationId"] = format!("{}Get", operation["operationId"].as_str()?).into();
    by_get.as_object_mut()?.remove("requestBody");
    Some(by_get)
}

/// What is not a function's, of the members of the document.
fn of_others(members: &Json, is_ours: impl Fn(&str) -> bool) -> Map<String, Json> {
    let members = members.as_object().cloned().unwrap_or_default();
    members.into_iter().filter(|(name, _)| !is_ours(name)).collect()
}

/// Gives what the generator has named the names of the document, and leaves out formats that only Rust has.
fn named(schema: &mut Json, prefix: &str) {
    match schema {
        Json::Object(members) => {
            if let Some(Json::String(reference)) = members.get_mut("$ref") {
                if let Some(name) = reference.strip_prefix(DEFINITIONS) {
                    let prefix = if is_shared(name) { "" } else { prefix };
                    *reference = format!("{SCHEMAS}{prefix}{name}");
                }
            }
            let is_numbers = matches!(members.get("format"), Some(Json::String(format))
                if format.starts_with("int") || format.starts_with("uint") || format == "double" || format == "float");
            if is_numbers {
                members.remove("format");
            }
            missing_or_said(members);
            anything(members);
            if let Some(Json::String(description)) = members.get_mut("description") {
                *description = description.replace('\n', " ");
            }
            members.values_mut().for_each(|value| named(value, prefix));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| named(item, prefix)),
        _ => {}
    }
}

/// Writes `{}` for what may be anything: `true` says the same, and generators of clients stumble over it.
fn anything(schema: &mut Map<String, Json>) {
    let be_object = |member: &mut Json| {
        if *member == Json::Bool(true) {
            *member = json!({});
        }
    };
    if let Some(Json::Object(members)) = schema.get_mut("properties") {
        members.values_mut().for_each(be_object);
    }
    schema.get_mut("items").map(be_object);
}

/// Marks a member of what is flattened and may be missing as a whole: while it is there, it may be `null`.
const MAY_BE_NULL: &str = "x-may-be-null";

/// What may be missing from what we write is missing where there is nothing, and never `null`.
fn missing_or_said(object: &mut Map<String, Json>) {
    let required = object.get("required").cloned().unwrap_or_else(|| json!([]));
    let is_required = |name: &str| required.as_array().is_some_and(|names| names.iter().any(|other| other == name));
    let Some(Json::Object(properties)) = object.get_mut("properties") else { return };
    for (_, schema) in properties.iter_mut().filter(|(name, _)| !is_required(name)) {
        if schema.as_object_mut().is_some_and(|schema| schema.remove(MAY_BE_NULL).is_some()) {
            continue;
        }
        if let Some(Json::Array(types)) = schema.get_mut("type") {
            types.retain(|kind| kind != "null");
            if let [one] = &types[..] {
                schema["type"] = one.clone();
            }
        }
        if let Some(Json::Array(values)) = schema.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
        let alternatives = schema.get("anyOf").and_then(Json::as_array).cloned().unwrap_or_default();
        if let [one, Json::Object(null)] = &alternatives[..] {
            if null.get("type") == Some(&json!("null")) {
                let mut one = one.clone();
                if let Some(description) = schema.get("description") {
                    one["description"] = description.clone();
                }
                *schema = one;
            }
        }
    }
}

/// Any refusal, with all codes that there are.
fn refusal(schemas: &Map<String, Json>) -> Json {
    let mut codes: Vec<&str> =
        schemas.values().filter_map(|schema| schema["properties"]["code"]["const"].as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    json!({
        "type": "object",
        "description": "Any refusal.",
        "properties": {
            "success": { "const": false },
            "error": { "type": "string" },
            "message": { "type": "string" },
            "code": { "enum": codes },
        },
        "required": ["success", "error", "message", "code"],
    })
}

/// The headers that say who asks, about what.
fn parameters() -> Json {
    let header = |name: &str, description: &str| json!({ "name": name, "in": "header", "required": false, "description": description, "schema": { "type": "string" } });
    json!({
        "x-organization-id": header("x-organization-id", "The organization that it is about; left out: the caller's current one."),
        "x-session-id": header("x-session-id", "The browser that asks, by the id that it was validated with."),
        "x-session-secret": header("x-session-secret", "What `validate` answered to the browser: it proves the session."),
        "idempotency-key": header("idempotency-key", "Makes a repeated request count once."),
    })
}

/// Where two documents differ first, and how.
fn first_difference(at: &str, before: &Json, now: &Json) -> Option<String> {
    match (before, now) {
        (Json::Object(one), Json::Object(other)) => {
            let names = one.keys().chain(other.keys());
            names.into_iter().find_map(|name| first_difference(&format!("{at}/{name}"), &before[name], &now[name]))
        }
        _ if before == now => None,
        _ => Some(format!("{at}: {before} is to be {now}")),
    }
}
