//! What the actions answer, for the description of the API.

use tallygate::describe::{action, hold, of};

use crate::{
    change_role::Changed, leave::Left, list::Listed, remove::Removed, transfer_ownership::Transferred, FUNCTION,
};

#[test]
fn the_function_is_described() {
    hold(
        &FUNCTION,
        &[
            action("list", "Who is in the organization, and how many seats are left.").replies(200, of::<Listed>()),
            action("remove", "Takes a member out of the team.").replies(200, of::<Removed>()).refuses(&[
                "forbidden",
                "last_owner",
                "member_not_found",
                "personal_organization",
            ]),
            action("change_role", "Gives a member another role.").replies(200, of::<Changed>()).refuses(&[
                "forbidden",
                "last_owner",
                "member_not_found",
                "personal_organization",
                "subscription_required",
            ]),
            action("transfer_ownership", "Makes another member the owner in the caller's place.")
                .replies(200, of::<Transferred>())
                .refuses(&["forbidden", "member_not_found", "personal_organization"]),
            action("leave", "Leaves the team.")
                .replies(200, of::<Left>())
                .refuses(&["last_owner", "personal_organization"]),
        ],
    );
}
