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

/// The member's role and the number of owners, at this point of the batch.
pub fn target(member: &UserId) -> Statement {
    Statement::new(
        "target",
        scoped!(
            "SELECT target.role, (
    SELECT COUNT(*) FROM organization_members owner
    WHERE owner.organization_id = membership.organization_id AND owner.role = 'owner') AS owners
FROM membership JOIN organization_members target
  ON target.organization_id = membership.organization_id AND target.user_id = :member"
        ),
    )
    .with("member", member.as_str())
}

pub struct Target {
    pub role: Role,
    owners: i64,
}

impl Target {
    /// Another organization's members are not there.
    pub fn read(found: &BatchRows<'_>) -> Result<Self, Refusal> {
        let row = found.first("target")?.ok_or(Refusal::MemberNotFound)?;
        let role = Role::parse(found.stored(row.text("role"))?).ok_or_else(|| found.broken("no role"))?;
        Ok(Self { role, owners: found.stored(row.integer("owners"))? })
    }

    /// The refusal of a change that nothing else forbids: an organization keeps an owner.
    pub fn last_owner(&self, found: &BatchRows<'_>) -> Refusal {
        if self.role == Role::Owner && self.owners <= 1 {
            return Refusal::LastOwner;
        }
        found.broken("a change that is allowed was not made")
    }
}
