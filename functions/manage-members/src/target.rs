//! The member that an action is about, as things stood before it.

use tallygate::{
    http::{BatchRows, Call, Refusal},
    rules::{ids::UserId, role::Role},
    scoped,
    store::Statement,
};

/// The member named by `memberId`: a user's id.
pub fn member_id(call: &Call<'_>) -> Result<UserId, Refusal> {
    call.fields.required_outside_id("memberId").map(UserId::new)
}

/// Whether an owner who can act is there beside the member `target` of the organization of `membership`. One who is banned
/// can neither run the organization nor stop its payments.
macro_rules! another_owner_acts {
    () => {
        "0 < (
    SELECT COUNT(*) FROM organization_members owner
    JOIN users acting ON acting.id = owner.user_id AND acting.banned_at IS NULL AND acting.deleted_at IS NULL
    WHERE owner.organization_id = membership.organization_id AND owner.role = 'owner' AND owner.user_id <> target.user_id)"
    };
}
pub(crate) use another_owner_acts;

/// The member's role, whether they can act, and whether another owner can, at this point of the batch.
pub fn target(member: &UserId) -> Statement {
    Statement::new(
        "target",
        scoped!(
            "SELECT target.role, CASE WHEN users.banned_at IS NULL AND users.deleted_at IS NULL THEN 1 ELSE 0 END AS is_active,
  CASE WHEN ",
            another_owner_acts!(),
            " THEN 1 ELSE 0 END AS another_owner_acts
FROM membership
JOIN organization_members target ON target.organization_id = membership.organization_id AND target.user_id = :member
JOIN users ON users.id = target.user_id"
        ),
    )
    .with("member", member.as_str())
}

pub struct Target {
    pub role: Role,
    /// Neither banned nor deleted.
    pub is_active: bool,
    another_owner_acts: bool,
}

impl Target {
    /// Another organization's members are not there.
    pub fn read(found: &BatchRows<'_>) -> Result<Self, Refusal> {
        let row = found.first("target")?.ok_or(Refusal::MemberNotFound)?;
        let role = Role::parse(found.stored(row.text("role"))?).ok_or_else(|| found.broken("no role"))?;
        let flag = |column| found.stored(row.flag(column));
        Ok(Self { role, is_active: flag("is_active")?, another_owner_acts: flag("another_owner_acts")? })
    }

    /// The refusal of a change that nothing else forbids: an organization keeps an owner who can act.
    pub fn last_owner(&self, found: &BatchRows<'_>) -> Refusal {
        if self.role == Role::Owner && !self.another_owner_acts {
            return Refusal::LastOwner;
        }
        found.broken("a change that is allowed was not made")
    }
}
