//! Organizations that are left over from accounts that were deleted.

/// Of a row `organization`, whose id the argument is: somebody's leaving archived it, their account is deleted, and nobody owns it any
/// more.
macro_rules! is_nobodys {
    ($id:literal) => {
        concat!(
            "organization.archived_by IS NOT NULL
  AND EXISTS (SELECT 1 FROM users gone WHERE gone.id = organization.archived_by AND gone.deleted_at IS NOT NULL)
  AND NOT EXISTS (
    SELECT 1 FROM organization_members owner WHERE owner.organization_id = ",
            $id,
            " AND owner.role = 'owner')"
        )
    };
}
pub(crate) use is_nobodys;
