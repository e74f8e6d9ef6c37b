//! Who asks, as far as statements are written otherwise for them.

use super::{
    scope::{CLAIM, SERVICE_KEY},
    Value,
};

/// Whose request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Asking {
    /// Somebody whose token names no organization, so that no statement looks for one (`organization_by_claim!`): preparing that
    /// look-up in each statement of a batch costs a good part of preparing the statement.
    Person,
    /// Somebody whose token names one.
    PersonByClaim,
    ServiceKey,
}

impl Asking {
    pub(super) fn of(shared: &[(&'static str, Value)]) -> Self {
        let has = |wanted| shared.iter().any(|(name, value)| *name == wanted && matches!(value, Value::Text(Some(_))));
        match (has(SERVICE_KEY), has(CLAIM)) {
            (true, _) => Self::ServiceKey,
            (false, true) => Self::PersonByClaim,
            (false, false) => Self::Person,
        }
    }
}
