//! Roles of members, and who may do what to whom.

use serde::Serialize;

/// A member's role in an organization, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Viewer,
    Member,
    Admin,
    Owner,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Member, Self::Admin, Self::Owner];

    /// The exact name; anything else, also two names with a comma between them, is no role.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// 1 to 4, as the view `memberships` has it in `role_rank`.
    pub fn rank(self) -> i64 {
        match self {
            Self::Viewer => 1,
            Self::Member => 2,
            Self::Admin => 3,
            Self::Owner => 4,
        }
    }

    /// Owners and admins run the organization: they invite, remove and change roles.
    pub fn manages(self) -> bool {
        self >= Self::Admin
    }

    /// Viewers look; everybody else uses what the organization bought.
    pub fn uses(self) -> bool {
        self >= Self::Member
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ranks_agree_with_the_order() {
        for (lower, higher) in Role::ALL.iter().zip(Role::ALL.iter().skip(1)) {
            assert!(lower < higher && lower.rank() < higher.rank());
        }
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
    }

    #[test]
    fn only_exact_names_are_roles() {
        for text in ["", "Owner", "owner ", "member,owner", "[\"owner\"]", "superuser"] {
            assert_eq!(Role::parse(text), None, "{text}");
        }
    }
}
