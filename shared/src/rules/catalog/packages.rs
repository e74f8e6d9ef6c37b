//! Content that plans open: a module, a sound package.

use serde::Deserialize;
use toml::Spanned;

use super::{CatalogError, Plan, Reader};

/// A package; its place in the catalog is its place in lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// a–z, 0–9 and single inner hyphens.
    pub id: String,
    pub name: String,
    pub category: String,
    /// The first plan that opens it; every later one does too.
    pub minimum_plan: Option<String>,
    /// Nobody has it without a plan that runs, also where no plan in particular is asked for.
    pub requires_subscription: bool,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Package"))]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// a–z, 0–9 and single inner hyphens.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("pattern" = "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength" = 60)))]
    id: Spanned<String>,
    /// As people read it; made from the id unless said otherwise.
    name: Option<String>,
    category: String,
    /// The first plan that opens it, as does every later one.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    minimum_plan: Option<Spanned<String>>,
    /// Whether nobody has it without a plan that runs.
    #[serde(default)]
    requires_subscription: bool,
}

impl Reader<'_> {
    pub(super) fn packages(&self, entries: Vec<Entry>, plans: &[Plan]) -> Result<Vec<Package>, CatalogError> {
        let mut packages: Vec<Package> = Vec::new();
        for Entry { id, name, category, minimum_plan, requires_subscription } in entries {
            let text = id.get_ref().as_str();
            let letters = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
            let hyphens = text.starts_with('-') || text.ends_with('-') || text.contains("--");
            if !letters || hyphens || !(1..=60).contains(&text.len()) {
                return Err(self.error(&id, "a package's id is made of a–z, 0–9 and single inner hyphens"));
            }
            if packages.iter().any(|package| package.id == *text) {
                return Err(self.error(&id, format!("the package `{text}` is there twice")));
            }
            if let Some(minimum) = &minimum_plan {
                if !plans.iter().any(|plan| plan.id == *minimum.get_ref()) {
                    return Err(self.error(minimum, format!("there is no plan `{}`", minimum.get_ref())));
                }
            }
            let name = name.unwrap_or_else(|| titled(text));
            let minimum_plan = minimum_plan.map(Spanned::into_inner);
            packages.push(Package { id: id.into_inner(), name, category, minimum_plan, requires_subscription });
        }
        Ok(packages)
    }
}

/// `sleep-optimization` as `Sleep Optimization`.
fn titled(id: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    id.split('-').map(word).collect::<Vec<_>>().join(" ")
}
