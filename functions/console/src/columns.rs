//! Rows as the console shows them: objects of named columns, each with its form.

use serde_json::{Map, Value as Json};
use tallygate::{
    http::{BatchRows, Refusal},
    store::{Row, StoreError},
};

/// A column by its name in the row, with its form in the reply.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    Text(&'static str),
    Number(&'static str),
    /// 0 or 1 in the row.
    Flag(&'static str),
    /// Milliseconds in the row, ISO 8601 in the reply.
    Moment(&'static str),
    /// JSON, kept as text.
    Document(&'static str),
}

impl Column {
    /// The member's name and value. What is missing is `null`.
    fn of(self, row: &Row) -> Result<(String, Json), StoreError> {
        let (name, value) = match self {
            Self::Text(name) => (name, row.optional_text(name)?.map_or(Json::Null, Json::from)),
            Self::Number(name) => (name, row.optional_integer(name)?.map_or(Json::Null, Json::from)),
            Self::Flag(name) => (name, row.flag(name)?.into()),
            Self::Moment(name) => (name, row.optional_timestamp(name)?.map_or(Json::Null, |at| at.iso().into())),
            Self::Document(name) => {
                let text = row.optional_text(name)?;
                (name, text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Json::Null))
            }
        };
        Ok((camel(name), value))
    }
}

/// One row as an object.
pub fn object(columns: &[Column], row: &Row) -> Result<Json, StoreError> {
    let members: Result<Map<_, _>, _> = columns.iter().map(|column| column.of(row)).collect();
    members.map(Json::Object)
}

/// The rows of a statement as a list.
pub fn list(found: &BatchRows<'_>, statement: &str, columns: &[Column]) -> Result<Vec<Json>, Refusal> {
    let rows = found.rows(statement)?.iter();
    found.stored(rows.map(|row| object(columns, row)).collect())
}

/// The first row of a statement, or `null`.
pub fn first(found: &BatchRows<'_>, statement: &str, columns: &[Column]) -> Result<Json, Refusal> {
    found.first(statement)?.map_or(Ok(Json::Null), |row| found.stored(object(columns, row)))
}

/// `created_at` as the API names it: `createdAt`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_string();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// One row as a schema says it.
#[cfg(test)]
pub fn schema(columns: &[Column]) -> Json {
    let of = |column: &Column| match *column {
        Column::Text(name) => (camel(name), serde_json::json!({ "type": ["string", "null"] })),
        Column::Number(name) => (camel(name), serde_json::json!({ "type": ["integer", "null"] })),
        Column::Flag(name) => (camel(name), serde_json::json!({ "type": "boolean" })),
        Column::Moment(name) => (camel(name), serde_json::json!({ "type": ["string", "null"], "format": "date-time" })),
        Column::Document(name) => (camel(name), serde_json::json!({})),
    };
    let properties: Map<String, Json> = columns.iter().map(of).collect();
    let required: Vec<&String> = properties.keys().collect();
    serde_json::json!({ "type": "object", "required": required, "properties": properties })
}

#[cfg(test)]
mod unit {
    use super::camel;

    #[test]
    fn names_are_as_in_the_api() {
        assert_eq!(camel("current_period_end"), "currentPeriodEnd");
        assert_eq!(camel("id"), "id");
    }
}
