//! Where a page of a search has ended.

use serde_json::json;
use tallygate::store::{Row, StoreError};

use super::ways::Way;

/// The last row of a page: how it was found, by which text, and which row it is of those with the same one.
pub struct Cursor {
    pub way: &'static Way,
    pub key: String,
    pub id: String,
}

impl Cursor {
    pub fn parse(text: &str, ways: &'static [Way]) -> Option<Self> {
        let (name, key, id): (String, String, String) = serde_json::from_str(text).ok()?;
        let way = ways.iter().find(|way| way.name == name)?;
        Some(Self { way, key, id })
    }

    pub fn of(way: &'static Way, row: &Row) -> Result<Self, StoreError> {
        Ok(Self { way, key: row.text("search_key")?.to_string(), id: row.text("id")?.to_string() })
    }

    pub fn written(&self) -> String {
        json!([self.way.name, self.key, self.id]).to_string()
    }
}
