//! Seats: members and live invitations against the plan's number.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Membership, Refusal, RequestContext},
    of_smaller_plan_to_come,
    rules::{ids::InvitationId, json::object, limit::Limit, role::Role, time::Timestamp},
    scoped, seats_to_fill,
    store::{Row, Statement, StoreError},
};

use crate::token::token;

/// A seat is left when members and live invitations are counted: a condition in a statement that has the row `membership`.
macro_rules! has_a_seat {
    () => {
        concat!(
            "(",
            tallygate::seats_to_fill!("membership"),
            " = -1 OR ",
            tallygate::seats_to_fill!("membership"),
            " > (
      SELECT COUNT(*) FROM organization_members member WHERE member.organization_id = membership.organization_id
    ) + (
      SELECT COUNT(*) FROM organization_invitations live WHERE live.organization_id = membership.organization_id
        AND live.status = 'pending' AND live.expires_at > :now))"
        )
    };
}
pub(crate) use has_a_seat;

/// Members and live invitations as they are at this point of the batch, and how many seats may be filled.
pub fn seats() -> Statement {
    Statement::new(
        "seats",
        scoped!(
            "SELECT
  (SELECT COUNT(*) FROM organization_members member
    WHERE member.organization_id = membership.organization_id) AS members,
  (SELECT COUNT(*) FROM organization_invitations live WHERE live.organization_id = membership.organization_id
    AND live.status = 'pending' AND live.expires_at > :now) AS pending,
  ",
            seats_to_fill!("membership"),
            " AS seats_to_fill, ",
            of_smaller_plan_to_come!("membership", "name"),
            " AS smaller_plan
FROM membership"
        ),
    )
}

/// `seatInfo` of a reply.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SeatInfo {
    current_seats: i64,
    seat_limit: Limit,
    pending: i64,
    /// What members and live invitations leave; -1 unlimited.
    remaining: i64,
    /// The plan with fewer seats that begins with the next period, where its seats are what may be filled.
    #[serde(skip)]
    smaller_plan: Option<String>,
}

impl SeatInfo {
    pub fn read(found: &BatchRows<'_>) -> Result<Self, Refusal> {
        let row = found.only("seats")?;
        let (members, pending) = (found.stored(row.integer("members"))?, found.stored(row.integer("pending"))?);
        let seat_limit = Limit::new(found.stored(row.integer("seats_to_fill"))?);
        Ok(Self {
            current_seats: members,
            seat_limit,
            pending,
            remaining: seat_limit.remaining(members + pending),
            smaller_plan: found.stored(row.optional_text("smaller_plan"))?.map(str::to_string),
        })
    }

    /// The refusal when no seat is left.
    pub fn exceeded(&self, membership: &Membership) -> Refusal {
        let limit = self.seat_limit.value();
        let message = match (&self.smaller_plan, &membership.sales_contact) {
            (Some(plan), _) => format!(
                "All {limit} seats of the {plan} plan, which begins with the next period, are taken; take the change back for more."
            ),
            (None, Some(contact)) => format!(
                "All {limit} seats of the {} plan are taken; contact sales at {contact} for more.",
                membership.plan_name
            ),
            (None, None) => {
                format!("All {limit} seats of the {} plan are taken; upgrade the plan for more.", membership.plan_name)
            }
        };
        Refusal::LimitReached {
            code: "seat_limit_exceeded",
            message,
            details: object(vec![
                ("seatLimitExceeded", true.into()),
                ("currentSeats", self.current_seats.into()),
                ("seatLimit", limit.into()),
                ("pending", self.pending.into()),
                ("upgradeRequired", true.into()),
            ]),
        }
    }
}

/// An invitation with its token, shown once.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "NewInvitation"))]
#[serde(rename_all = "camelCase")]
pub struct ShownOnce {
    pub id: InvitationId,
    pub email: String,
    pub organization_name: String,
    pub role: Role,
    pub token: String,
    pub expires_at: Timestamp,
    pub invite_url: String,
}

impl ShownOnce {
    /// From the invitation's row.
    pub fn read(row: &Row, context: &RequestContext, membership: &Membership) -> Result<Self, StoreError> {
        let id = InvitationId::new(row.text("id")?);
        let token = token(context, id.as_str());
        Ok(Self {
            id,
            email: row.text("email")?.to_string(),
            organization_name: membership.organization_name.clone(),
            role: Role::parse(row.text("role")?).ok_or_else(|| StoreError::Broken("no role".to_string()))?,
            expires_at: row.timestamp("expires_at")?,
            invite_url: format!("{}/accept-invitation?token={token}", context.app_url),
            token,
        })
    }
}

/// A reply of `invite` and `resend`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Invited {
    pub invitation: ShownOnce,
    pub seat_info: SeatInfo,
}
