//! What is kept of a person: each table with what a deletion erases of it, what stays and why, and what an export leaves out
//! and why. It stands once, in `register.json`: replies and `docs/PERSONAL_DATA.md` are made of it, and
//! `tests/personal-data.test.ts` holds the database to it, column by column.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

const REGISTER: &str = include_str!("register.json");

#[derive(Default, Deserialize)]
struct Register {
    /// Sentences by their short names.
    reasons: BTreeMap<String, String>,
    tables: Vec<Table>,
}

/// What is told of a table; what an export has of it is the tests' to know.
#[derive(Deserialize)]
struct Table {
    /// For people.
    what: String,
    /// The columns that a deletion erases, or the word `rows`: whatever is in them.
    erased: Option<Json>,
    kept: Option<Columns>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Columns {
    /// All of them, for one reason.
    All(String),
    /// Some, by their reasons.
    Some(BTreeMap<String, Vec<String>>),
}

/// What is erased, or kept, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema), schemars(rename = "PersonalData"))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub what: String,
    /// Missing where it is all of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Why it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What a deletion erases.
pub fn erased() -> Vec<Entry> {
    let entry = |table: &Table| {
        let columns = table.erased.as_ref()?.as_array();
        let fields = columns.into_iter().flatten().filter_map(Json::as_str).map(camel_case).collect();
        Some(Entry { what: table.what.clone(), fields, why: None })
    };
    register().tables.iter().filter_map(entry).collect()
}

/// What it leaves, and why.
pub fn kept() -> Vec<Entry> {
    let register = register();
    let why = |reason: &str| register.reasons.get(reason).cloned();
    let entries = |table: &Table| match &table.kept {
        None => Vec::new(),
        Some(Columns::All(reason)) => vec![Entry { what: table.what.clone(), fields: Vec::new(), why: why(reason) }],
        Some(Columns::Some(columns)) => {
            let entry = |(reason, columns): (&String, &Vec<String>)| {
                let fields = columns.iter().map(|column| camel_case(column)).collect();
                Entry { what: table.what.clone(), fields, why: why(reason) }
            };
            columns.iter().map(entry).collect()
        }
    };
    register.tables.iter().flat_map(entries).collect()
}

/// A column's name as replies have it.
pub fn camel_case(column: &str) -> String {
    let mut name = String::with_capacity(column.len());
    let mut begins = false;
    for letter in column.chars() {
        match letter {
            '_' => begins = true,
            letter if begins => {
                name.extend(letter.to_uppercase());
                begins = false;
            }
            letter => name.push(letter),
        }
    }
    name
}

/// A test holds the file to its form.
fn register() -> Register {
    serde_json::from_str(REGISTER).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_is_one_and_says_something_of_each_table() {
        let register: Register = serde_json::from_str(REGISTER).expect("a sound register");
        for table in &register.tables {
            assert!(table.erased.is_some() || table.kept.is_some(), "{}", table.what);
        }
    }

    #[test]
    fn people_are_told_what_goes_and_why_the_rest_stays() {
        let account = |entries: Vec<Entry>| entries.into_iter().find(|entry| entry.what == "the account").unwrap();
        assert!(account(erased()).fields.contains(&"concludedEmail".to_string()));
        assert!(kept().iter().all(|entry| entry.why.is_some()));
        assert_eq!(camel_case("personal_street_address_1"), "personalStreetAddress1");
    }
}
