//! The shape of the document, of the table of its sections.

use std::borrow::Cow;

use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use serde_json::{json, Map, Value as Json};
use tallygate::personal_data::camel_case;

use super::{
    column::{Column, Form},
    lists::LISTS,
    whole::SECTIONS,
};

/// Everything that is kept of somebody, but for the large tables.
pub struct Exported;

impl JsonSchema for Exported {
    fn schema_name() -> Cow<'static, str> {
        "Exported".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut properties = Map::from_iter([
            ("exportedAt".to_string(), json!({ "type": "string", "format": "date-time" })),
            ("lists".to_string(), json!({ "type": "array", "items": { "type": "string" } })),
        ]);
        for section in &SECTIONS {
            let row = row(section.columns);
            let schema = match section.is_one {
                true => json!({ "anyOf": [row, { "type": "null" }] }),
                false => json!({ "type": "array", "items": row }),
            };
            properties.insert(section.name.to_string(), schema);
        }
        let required: Vec<&String> = properties.keys().collect();
        json_schema!({ "type": "object", "required": required, "properties": properties })
    }
}

/// The large tables, by which a page is asked for.
pub fn list_names() -> Vec<&'static str> {
    LISTS.iter().map(|list| list.name).collect()
}

fn row(columns: &[Column]) -> Json {
    let properties: Map<String, Json> =
        columns.iter().map(|Column(name, form)| (camel_case(name), value(*form))).collect();
    let required: Vec<&String> = properties.keys().collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn value(form: Form) -> Json {
    match form {
        Form::Text => json!({ "type": ["string", "null"] }),
        Form::Number => json!({ "type": ["integer", "null"] }),
        Form::Time => json!({ "type": ["string", "null"], "format": "date-time" }),
        Form::Flag => json!({ "type": ["boolean", "null"] }),
        Form::Json => json!({}),
        Form::Words => json!({ "type": "array", "items": { "type": "string" } }),
    }
}
