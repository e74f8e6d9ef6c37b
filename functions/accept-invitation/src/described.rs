//! What the actions answer, for the description of the API.

use tallygate::describe::{action, field, hold, of};

use crate::{accept::Accepted, decline::Declined, preview::Previewed, FUNCTION};

/// What an invitation that is not open any more is refused with.
const CLOSED: [&str; 5] =
    ["invitation_declined", "invitation_expired", "invitation_not_found", "invitation_revoked", "invitation_used"];

#[test]
fn the_function_is_described() {
    let seats = field::<bool>("seatLimitExceeded")
        .and::<i64>("currentSeats")
        .and::<i64>("seatLimit")
        .and::<bool>("upgradeRequired");
    let of_recipients = ["email_not_verified", "wrong_recipient"];
    hold(
        &FUNCTION,
        &[
            action("accept", "Takes the seat that one was invited to.")
                .replies(200, of::<Accepted>())
                .refuses(&CLOSED)
                .refuses(&of_recipients)
                .refuses(&["already_member", "invitation_withdrawn", "subscription_required"])
                .refuses_with(429, "seat_limit_exceeded", seats),
            action("decline", "Says no to an invitation.")
                .replies(200, of::<Declined>())
                .refuses(&CLOSED)
                .refuses(&of_recipients),
            action("preview", "What an invitation is to, for whoever has its token.")
                .replies(200, of::<Previewed>())
                .refuses(&CLOSED)
                .refuses(&["invitation_withdrawn"]),
        ],
    );
}
