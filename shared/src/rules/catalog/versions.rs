//! Which of a plan's versions is offered, and the place that they share.

use toml::Spanned;

use super::{Catalog, CatalogError, Entry, Plan, Reader};
use crate::rules::plan_version::PlanVersion;

impl Catalog {
    /// Whether new customers may have it: no later version of the same plan is in the catalog.
    pub fn is_offered(&self, plan: &Plan) -> bool {
        newest(self.plans.iter().map(|plan| plan.id.as_str()), &plan.id) == Some(plan.id.as_str())
    }

    /// A plan's place in the order of upgrades, from 0: all its versions have one, so that a later version is no upgrade and
    /// what any version opens, each of them does. `None` for a plan of another catalog.
    pub fn position(&self, plan_id: &str) -> Option<usize> {
        self.plan(plan_id)?;
        let mut families: Vec<&str> = self.plans.iter().map(|plan| PlanVersion::family_of(&plan.id)).collect();
        families.dedup();
        families.iter().position(|family| *family == PlanVersion::family_of(plan_id))
    }

    /// The plan, or the version of it, with that very id.
    pub fn plan(&self, id: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.id == id)
    }
}

/// Of some ids the latest version of the plan that `id` is a version of.
fn newest<'a>(ids: impl Iterator<Item = &'a str>, id: &str) -> Option<&'a str> {
    let family = PlanVersion::family_of(id);
    let versions = ids.filter(|other| PlanVersion::family_of(other) == family);
    versions.max_by_key(|other| PlanVersion::parse(other).map_or(0, |version| version.number))
}

impl Reader<'_> {
    /// Checks an entry's id, and its place among the versions of its plan.
    pub(super) fn version(&self, entry: &Entry, all: &[Entry], earlier: &[Plan]) -> Result<(), CatalogError> {
        let id = entry.id.get_ref();
        let Some(version) = PlanVersion::parse(id) else {
            let problem = "a plan's id is made of a–z, 0–9 and _; a later version's ends with its number, as `pro@2`";
            return Err(self.error(&entry.id, problem));
        };
        if earlier.iter().any(|plan| plan.id == *id) {
            return Err(self.error(&entry.id, format!("the plan `{id}` is there twice")));
        }
        let family = |plan: &Plan| PlanVersion::family_of(&plan.id) == version.family;
        if let Some(before) = earlier.iter().rev().find(|plan| family(plan)) {
            let follows = earlier.last().is_some_and(family)
                && PlanVersion::parse(&before.id).is_some_and(|before| before.number < version.number);
            if !follows {
                let problem =
                    format!("the versions of `{}` stand one after the other, the oldest first", version.family);
                return Err(self.error(&entry.id, problem));
            }
            if before.audience != entry.audience {
                let problem = format!("a version is for whom the one before is for: `{}`", before.audience.as_str());
                return Err(self.error(&entry.id, problem));
            }
        }
        match newest(all.iter().map(|entry| entry.id.get_ref().as_str()), id) {
            Some(newest) if newest != id => {
                let said = [("starts", &entry.starts), ("fallback", &entry.fallback)];
                match said.into_iter().find_map(|(name, said)| said.as_ref().map(|said| (name, said))) {
                    Some((name, said)) => Err(self.only_the_newest(said, name, newest)),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn only_the_newest<T>(&self, said: &Spanned<T>, name: &str, newest: &str) -> CatalogError {
        self.error(said, format!("an older version is given to nobody new: say `{name}` in `{newest}`"))
    }
}
