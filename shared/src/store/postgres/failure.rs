//! What Postgres's refusals mean, whichever way they come.

use super::{super::StoreError, kept};

/// An error as Postgres says it.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Failure<'a> {
    /// SQLSTATE; empty where it is a proxy's own error.
    pub code: &'a str,
    pub message: &'a str,
    /// The constraint that it names; empty where it names none.
    pub constraint: &'a str,
}

impl Failure<'_> {
    /// By Postgres's error codes: "Appendix A. PostgreSQL Error Codes" of its manual.
    pub fn meaning(self) -> StoreError {
        let Self { code, message, constraint } = self;
        let described = format!("{code} {message}");
        match code {
            code if kept::is_forgotten(code, message) => StoreError::Busy(described),
            "40001" | "40P01" => StoreError::Conflict(Box::new(StoreError::Busy(described))),
            // Whoever was faster has written what a constraint forbids a second time. Sent again, the batch sees it, and its
            // guards give the answer; only a constraint that no guard stands before is met once more.
            _ if code.starts_with("23") || code == "P0001" => {
                StoreError::Conflict(Box::new(StoreError::refused_row(format!("{described} {constraint}"))))
            }
            // Connections, resources, an operator's intervention, the system itself; no code: a proxy's own errors.
            _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) || code.is_empty() => {
                StoreError::Unavailable(described)
            }
            _ => StoreError::Broken(described),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Constraint;

    fn meaning(code: &str, message: &str, constraint: &str) -> StoreError {
        Failure { code, message, constraint }.meaning()
    }

    #[test]
    fn conflicts_may_be_run_again_and_nothing_else() {
        for code in ["40001", "40P01", "23505"] {
            assert!(matches!(meaning(code, "m", ""), StoreError::Conflict(_)), "{code}");
        }
        for code in ["57P01", "53300", "08006", "58030", ""] {
            assert!(matches!(meaning(code, "m", ""), StoreError::Unavailable(_)), "{code}");
        }
        for code in ["42601", "22P02", "28P01", "3D000", "25P02"] {
            assert!(matches!(meaning(code, "m", ""), StoreError::Broken(_)), "{code}");
        }
    }

    #[test]
    fn constraints_have_the_same_names_as_on_d1() {
        for (code, message, name, constraint) in [
            ("23505", "duplicate key", "organizations_slug", Constraint::SlugTaken),
            ("23505", "duplicate key", "organization_invitations_pending", Constraint::InvitationPending),
            ("P0001", "plan_audience_mismatch", "", Constraint::PlanAudience),
            ("P0001", "personal_organization_has_one_member", "", Constraint::PersonalOrganization),
        ] {
            assert_eq!(meaning(code, message, name).lasting(), StoreError::Constraint(constraint), "{message}");
        }
    }
}
