//! Which engine a worker runs on: what its settings name, among those that it was built with.

use std::fmt;

/// What `DATABASE` may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineName {
    /// Also what it says where it is left out.
    D1,
    Postgres,
    Hyperdrive,
}

const ALL: [EngineName; 3] = [EngineName::D1, EngineName::Postgres, EngineName::Hyperdrive];

/// Those of this build.
#[cfg(target_arch = "wasm32")]
pub const BUILT: &[EngineName] = &[
    #[cfg(feature = "d1")]
    EngineName::D1,
    #[cfg(feature = "postgres")]
    EngineName::Postgres,
    #[cfg(feature = "hyperdrive")]
    EngineName::Hyperdrive,
];

impl EngineName {
    /// By `DATABASE`, for a worker with these engines.
    ///
    /// # Errors
    /// A sentence for the log that says what is wrong.
    pub fn chosen(database: Option<&str>, built: &[Self]) -> Result<Self, String> {
        let said = database.filter(|name| !name.is_empty()).unwrap_or(Self::D1.as_str());
        let Some(name) = ALL.into_iter().find(|name| name.as_str() == said) else {
            return Err(format!("DATABASE must be one of {}, not `{said}`", ALL.map(Self::as_str).join(", ")));
        };
        if built.contains(&name) {
            Ok(name)
        } else {
            Err(name.is_missing())
        }
    }

    /// What a worker says that was not built with it.
    pub fn is_missing(self) -> String {
        format!(
            "this worker was built without the engine `{self}`, which DATABASE names: build and deploy it with DATABASE=\"{self}\""
        )
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::D1 => "d1",
            Self::Postgres => "postgres",
            Self::Hyperdrive => "hyperdrive",
        }
    }
}

impl fmt::Display for EngineName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_runs_on_what_its_settings_name_and_on_d1_where_they_name_nothing() {
        for (database, name) in [
            (None, EngineName::D1),
            (Some(""), EngineName::D1),
            (Some("d1"), EngineName::D1),
            (Some("postgres"), EngineName::Postgres),
            (Some("hyperdrive"), EngineName::Hyperdrive),
        ] {
            assert_eq!(EngineName::chosen(database, &ALL), Ok(name), "{database:?}");
            assert_eq!(EngineName::chosen(database, &[name]), Ok(name), "{database:?}");
        }
    }

    #[test]
    fn a_worker_without_the_engine_that_its_settings_name_says_which_one_is_missing_and_what_to_do() {
        for (database, missing) in [
            (None, EngineName::D1),
            (Some("d1"), EngineName::D1),
            (Some("postgres"), EngineName::Postgres),
            (Some("hyperdrive"), EngineName::Hyperdrive),
        ] {
            for built in ALL.into_iter().filter(|name| *name != missing) {
                let said = format!(
                    "this worker was built without the engine `{missing}`, which DATABASE names: \
                     build and deploy it with DATABASE=\"{missing}\""
                );
                assert_eq!(EngineName::chosen(database, &[built]), Err(said), "{database:?} {built}");
            }
        }
    }

    #[test]
    fn what_is_no_engine_is_told_from_one_that_is_missing() {
        for name in ["mysql", "D1", " d1", "postgres,d1"] {
            let said = format!("DATABASE must be one of d1, postgres, hyperdrive, not `{name}`");
            assert_eq!(EngineName::chosen(Some(name), &ALL), Err(said), "{name}");
        }
    }
}
