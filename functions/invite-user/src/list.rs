//! `list`: the invitations that nobody has answered yet; never a token.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    inviter_may_invite,
    rules::{ids::InvitationId, role::Role, time::Timestamp},
    scoped,
    store::{Row, Statement, StoreError},
};

use crate::seats::{seats, SeatInfo};

pub struct List {
    page: Page,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    invitations: Vec<Invitation>,
    seat_info: SeatInfo,
    /// `cursor` of the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    id: InvitationId,
    email: String,
    role: Role,
    /// `pending`; or `expired` when its week is over, which takes no seat; or `withdrawn` where its sender may not invite to
    /// the role any more. The latter two can be resent.
    #[cfg_attr(test, schemars(extend("enum" = ["pending", "expired", "withdrawn"])))]
    status: &'static str,
    invited_by: String,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl Invitation {
    fn read(row: &Row, now: Timestamp) -> Result<Self, StoreError> {
        let expires_at = row.timestamp("expires_at")?;
        Ok(Self {
            id: InvitationId::new(row.text("id")?),
            email: row.text("email")?.to_string(),
            role: Role::parse(row.text("role")?).ok_or_else(|| StoreError::Broken("no role".to_string()))?,
            status: match (expires_at > now, row.flag("is_backed")?) {
                (false, _) => "expired",
                (true, false) => "withdrawn",
                (true, true) => "pending",
            },
            invited_by: row.text("invited_by")?.to_string(),
            created_at: row.timestamp("created_at")?,
            expires_at,
        })
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
            // Only for owners and admins.
            self.page.bind(Statement::new(
                "invitations",
                scoped!(
                    "SELECT invitation.id, invitation.email, invitation.role, invitation.created_at, invitation.expires_at,
  CASE WHEN ",
                    inviter_may_invite!("invitation"),
                    " THEN 1 ELSE 0 END AS is_backed, inviter.name AS invited_by
FROM membership
JOIN organization_invitations invitation ON invitation.organization_id = membership.organization_id
  AND invitation.status = 'pending'
JOIN users inviter ON inviter.id = invitation.invited_by
WHERE membership.role_rank >= 3
  AND (:after_id IS NULL OR invitation.created_at > :after_time
    OR invitation.created_at = :after_time AND invitation.id > :after_id)
ORDER BY invitation.created_at, invitation.id LIMIT :rows"
                ),
            )),
            seats(),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        membership.must_be_team()?;
        membership.must_manage()?;
        let (rows, next_cursor) = found.stored(self.page.cut(found.rows("invitations")?, "created_at", "id"))?;
        let invitations = rows.iter().map(|row| Invitation::read(row, context.now));
        let invitations = found.stored(invitations.collect::<Result<Vec<_>, _>>())?;
        let message = match invitations.len() {
            0 => "There is no open invitation.".to_string(),
            1 => "There is 1 open invitation.".to_string(),
            amount => format!("There are {amount} open invitations."),
        };
        Ok(Reply::ok(&message, &Listed { invitations, seat_info: SeatInfo::read(found)?, next_cursor }))
    }
}
