//! Versions of a plan: `pro` is the first, `pro@2` the second, and both stand in one catalog.
//!
//! The newest is what is offered. Whoever is on an older one keeps its terms until they are moved, or choose another.

/// The most versions that a plan may have.
const MOST_VERSIONS: u32 = 9_999;

/// A plan's id, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanVersion<'a> {
    /// The plan that it is a version of: `pro` of `pro@2`.
    pub family: &'a str,
    /// From 1.
    pub number: u32,
}

impl<'a> PlanVersion<'a> {
    /// Reads an id: a–z, 0–9 and _, and from the second version on `@` and its number.
    pub fn parse(id: &'a str) -> Option<Self> {
        let (family, number) = match id.split_once('@') {
            None => (id, 1),
            Some((family, number)) => {
                (family, number.parse().ok().filter(|number| (2..=MOST_VERSIONS).contains(number))?)
            }
        };
        let letters = family.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let version = Self { family, number };
        // `pro@02` and `pro@+2` are read as numbers, but they would be further names of one version.
        let is_plain = number == 1 || id.ends_with(&format!("@{number}"));
        (letters && !family.is_empty() && is_plain).then_some(version)
    }

    /// What clients that know no versions call the plan: `enterprise` of `enterprise@3`.
    pub fn family_of(id: &'a str) -> &'a str {
        id.split_once('@').map_or(id, |(family, _)| family)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_one_name() {
        let version = |family, number| Some(PlanVersion { family, number });
        for (id, expected) in [
            ("pro", version("pro", 1)),
            ("pro@2", version("pro", 2)),
            ("individual_free@9999", version("individual_free", 9_999)),
            ("7", version("7", 1)),
            ("", None),
            ("@2", None),
            ("pro@", None),
            ("pro@1", None),
            ("pro@0", None),
            ("pro@02", None),
            ("pro@+2", None),
            ("pro@2@3", None),
            ("pro@10000", None),
            ("pro@-2", None),
            ("Pro", None),
            ("pro-2", None),
            ("pro 2", None),
        ] {
            assert_eq!(PlanVersion::parse(id), expected, "{id}");
        }
    }

    #[test]
    fn a_family_is_what_all_its_versions_are_called() {
        for (id, family) in [("enterprise", "enterprise"), ("enterprise@3", "enterprise")] {
            assert_eq!(PlanVersion::family_of(id), family);
        }
    }
}
