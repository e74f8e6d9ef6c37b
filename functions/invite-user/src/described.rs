//! What the actions answer, for the description of the API.

use tallygate::describe::{action, field, hold, of};

use crate::{list::Listed, revoke::Revoked, seats::Invited, FUNCTION};

/// What an invitation that has been answered or withdrawn is refused with.
const CLOSED: [&str; 5] =
    ["invitation_declined", "invitation_expired", "invitation_not_found", "invitation_revoked", "invitation_used"];

#[test]
fn the_function_is_described() {
    let seats = || {
        field::<bool>("seatLimitExceeded")
            .and::<i64>("currentSeats")
            .and::<i64>("seatLimit")
            .and::<i64>("pending")
            .and::<bool>("upgradeRequired")
    };
    let of_teams = ["forbidden", "personal_organization"];
    hold(
        &FUNCTION,
        &[
            action("invite", "Invites somebody to the team, where it has a seat left.")
                .replies(201, of::<Invited>())
                .refuses(&of_teams)
                .refuses(&["already_member", "catalog_limit_reached", "invitation_pending", "subscription_required"])
                .refuses_with(429, "seat_limit_exceeded", seats()),
            action("resend", "Sends an invitation again, with another token and another week.")
                .replies(200, of::<Invited>())
                .refuses(&of_teams)
                .refuses(&CLOSED)
                .refuses(&["catalog_limit_reached", "subscription_required"])
                .refuses_with(429, "seat_limit_exceeded", seats()),
            action("revoke", "Takes an invitation back.")
                .replies(200, of::<Revoked>())
                .refuses(&of_teams)
                .refuses(&CLOSED),
            action("list", "The invitations that nobody has answered.").replies(200, of::<Listed>()).refuses(&of_teams),
        ],
    );
}
