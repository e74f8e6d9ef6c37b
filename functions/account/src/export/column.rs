//! The columns of an export: what is not named is not shown.

use serde_json::{json, Map, Value as Json};
use tallygate::{
    personal_data::camel_case,
    store::{Row, StoreError},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Number,
    /// Milliseconds since the epoch, shown as ISO 8601.
    Time,
    Flag,
    Json,
    /// Each between two blanks.
    Words,
}

pub struct Column(pub &'static str, pub Form);

/// Columns by their forms: `Text: id, name; Time: created_at`.
macro_rules! columns {
    ($($form:ident: $($column:ident),+);+ $(;)?) => {
        &[$($($crate::export::column::Column(stringify!($column), $crate::export::column::Form::$form)),+),+]
    };
}
pub(crate) use columns;

/// A row as an export has it.
///
/// # Errors
/// A row without one of the columns.
pub fn shown(row: &Row, columns: &[Column]) -> Result<Map<String, Json>, StoreError> {
    let mut all = Map::new();
    for Column(name, form) in columns {
        let value = match form {
            Form::Text => row.optional_text(name)?.into(),
            Form::Number => row.optional_integer(name)?.into(),
            Form::Time => json!(row.optional_timestamp(name)?),
            Form::Flag => row.optional_integer(name)?.map(|flag| flag != 0).into(),
            Form::Json => {
                row.optional_text(name)?.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Json::Null)
            }
            Form::Words => row.text(name)?.split_whitespace().collect::<Vec<_>>().into(),
        };
        all.insert(camel_case(name), value);
    }
    Ok(all)
}
