//! `list`: the members, the seats, and for owners and admins the pending invitations.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Membership, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    inviter_may_invite,
    rules::{
        ids::{InvitationId, OrganizationId, UserId},
        limit::Limit,
        role::Role,
        time::Timestamp,
    },
    scoped,
    store::{Row, Statement, StoreError},
};

pub struct List {
    page: Page,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    organization: Organization,
    members: Vec<Member>,
    /// Empty for members and viewers; the first 100, of which `invite-user` has all.
    pending_invitations: Vec<PendingInvitation>,
    seat_usage: SeatUsage,
    /// `cursor` of the next page of members; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    id: OrganizationId,
    name: String,
    slug: String,
    #[cfg_attr(test, schemars(extend("enum" = ["personal", "team"])))]
    kind: &'static str,
    plan: String,
    #[cfg_attr(test, schemars(with = "tallygate::rules::subscription::Status"))]
    status: String,
    /// The caller's own.
    role: Role,
    is_admin: bool,
    created_at: Timestamp,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Member {
    id: UserId,
    email: Option<String>,
    name: String,
    role: Role,
    is_admin: bool,
    joined_at: Timestamp,
    subscription_active: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PendingInvitation {
    id: InvitationId,
    email: String,
    role: Role,
    /// `pending`, or `withdrawn` where its sender may not invite to the role any more; then it can be resent.
    #[cfg_attr(test, schemars(extend("enum" = ["pending", "withdrawn"])))]
    status: &'static str,
    created_at: Timestamp,
    expires_at: Timestamp,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SeatUsage {
    current: i64,
    limit: Limit,
    /// What members and live invitations leave; -1 unlimited.
    remaining: i64,
    pending_invites: i64,
}

fn role(row: &Row) -> Result<Role, StoreError> {
    Role::parse(row.text("role")?).ok_or_else(|| StoreError::Broken("no role".to_string()))
}

impl Member {
    fn read(row: &Row, subscription_active: bool) -> Result<Self, StoreError> {
        let role = role(row)?;
        Ok(Self {
            id: UserId::new(row.text("user_id")?),
            email: row.optional_text("email")?.map(str::to_string),
            name: row.text("name")?.to_string(),
            role,
            is_admin: role.manages(),
            joined_at: row.timestamp("joined_at")?,
            subscription_active,
        })
    }
}

impl PendingInvitation {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: InvitationId::new(row.text("id")?),
            email: row.text("email")?.to_string(),
            role: role(row)?,
            status: if row.flag("is_backed")? { "pending" } else { "withdrawn" },
            created_at: row.timestamp("created_at")?,
            expires_at: row.timestamp("expires_at")?,
        })
    }
}

impl From<&Membership> for Organization {
    fn from(membership: &Membership) -> Self {
        Self {
            id: membership.organization_id.clone(),
            name: membership.organization_name.clone(),
            slug: membership.organization_slug.clone(),
            kind: if membership.is_personal { "personal" } else { "team" },
            plan: membership.plan_id.clone(),
            status: membership.subscription_status.clone(),
            role: membership.role,
            is_admin: membership.role.manages(),
            created_at: membership.organization_created_at,
        }
    }
}

impl List {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { page: Page::read(call.fields)? }))
    }
}

impl Operation for List {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![
            self.page.bind(Statement::new(
                "members",
                scoped!(
                    "SELECT member.user_id, member.role, member.joined_at, users.email, users.name
FROM membership
JOIN organization_members member ON member.organization_id = membership.organization_id
JOIN users ON users.id = member.user_id
WHERE :after_id IS NULL OR member.joined_at > :after_time
  OR member.joined_at = :after_time AND member.user_id > :after_id
ORDER BY member.joined_at, member.user_id LIMIT :rows"
                ),
            )),
            // The addresses are for owners and admins alone.
            Statement::new(
                "invitations",
                scoped!(
                    "SELECT live.id, live.email, live.role, live.created_at, live.expires_at,
  CASE WHEN ",
                    inviter_may_invite!("live"),
                    " THEN 1 ELSE 0 END AS is_backed
FROM membership
JOIN organization_invitations live ON live.organization_id = membership.organization_id
  AND live.status = 'pending' AND live.expires_at > :now
WHERE membership.role_rank >= 3
ORDER BY live.created_at, live.id LIMIT 100"
                ),
            ),
            Statement::new(
                "pending",
                scoped!(
                    "SELECT
  (SELECT COUNT(*) FROM organization_invitations live WHERE live.organization_id = membership.organization_id
    AND live.status = 'pending' AND live.expires_at > :now) AS amount,
  (SELECT COUNT(*) FROM organization_members member
    WHERE member.organization_id = membership.organization_id) AS members
FROM membership"
                ),
            ),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let active = context.now < membership.access_until;
        let (rows, next_cursor) = found.stored(self.page.cut(found.rows("members")?, "joined_at", "user_id"))?;
        let members = rows.iter().map(|row| Member::read(row, active));
        let members = found.stored(members.collect::<Result<Vec<_>, _>>())?;
        let invitations = found.rows("invitations")?.iter().map(PendingInvitation::read);
        let counted = found.only("pending")?;
        let pending_invites = found.stored(counted.integer("amount"))?;
        let current = found.stored(counted.integer("members"))?;
        let taken = current.saturating_add(pending_invites);
        let message = match current {
            1 => format!("{} has 1 member.", membership.organization_name),
            amount => format!("{} has {amount} members.", membership.organization_name),
        };
        let listed = Listed {
            organization: membership.into(),
            pending_invitations: found.stored(invitations.collect::<Result<Vec<_>, _>>())?,
            seat_usage: SeatUsage {
                current,
                limit: membership.seats,
                remaining: membership.seats.remaining(taken),
                pending_invites,
            },
            members,
            next_cursor,
        };
        Ok(Reply::ok(&message, &listed))
    }
}
