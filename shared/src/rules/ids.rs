//! Ids that cannot be swapped for one another.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[cfg_attr(feature = "describe", derive(schemars::JsonSchema), schemars(inline))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an id that was already checked, or that we made ourselves.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A user: the auth provider's subject.
    UserId
);
id!(
    /// An organization, personal or team.
    OrganizationId
);
id!(
    /// An invitation, unique within its organization.
    InvitationId
);
id!(
    /// A signed-in browser, named by the client; unique per user.
    SessionId
);
id!(
    /// One HTTP request: found in the log line, in a 500's reply and in the rows that it changed.
    RequestId
);
