//! What people prefer who have not said so: `[preferences]` of a catalog, by the names that the API has.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use toml::{Spanned, Value};

use super::CatalogError;
use crate::rules::preferences::Preference;

impl super::Reader<'_> {
    pub(super) fn preferences(
        &self,
        entries: &BTreeMap<Spanned<String>, Spanned<Value>>,
    ) -> Result<BTreeMap<String, Json>, CatalogError> {
        let mut all = BTreeMap::new();
        for (name, value) in entries {
            let named = match (value.get_ref(), name.get_ref()) {
                (Value::Table(members), group) => {
                    members.iter().map(|(member, value)| (format!("{group}.{member}"), value)).collect()
                }
                (value, name) => vec![(name.clone(), value)],
            };
            for (whole, value) in named {
                let known = Preference::named(&whole);
                let known = known.ok_or_else(|| self.error(name, format!("there is no preference `{whole}`")))?;
                let value = serde_json::to_value(value).unwrap_or_default();
                if !known.takes(&value) {
                    return Err(self.error(name, format!("`{whole}` must be {}", known.expected())));
                }
                all.insert(whole, value);
            }
        }
        Ok(all)
    }
}
