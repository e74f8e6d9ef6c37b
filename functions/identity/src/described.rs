//! What the actions answer, for the description of the API.

use tallygate::{
    describe::{action, field, hold, nothing, of, Described, Shape},
    rules::time::Timestamp,
};

use crate::{
    account::RecordedAccount,
    convert, convert_back,
    deletion::Deleted,
    personal::{Opened, Place},
    FUNCTION,
};

/// A message makes or changes an account, deletes one, or is about nothing that is kept here.
fn told() -> Shape {
    of::<RecordedAccount>().or(of::<Deleted<'_>>()).or(field::<bool>("ignored"))
}

#[test]
fn the_function_is_described() {
    let allowed = |described: Described| {
        described
            .refuses(&["catalog_limit_reached", "forbidden", "slug_taken", "subscription_required"])
            .refuses_with(409, "not_personal", nothing())
            .refuses_with(409, "cancellation_pending", field::<Timestamp>("cancelAt"))
            .refuses_with(409, "plan_not_for_sale", field::<Option<String>>("salesContact"))
    };
    let back = |described: Described| {
        let alone = described.refuses(&["forbidden"]).refuses_with(409, "not_alone", field::<i64>("otherMembers"));
        let codes = [
            "no_personal_plan",
            "not_team",
            "organization_moved",
            "personal_organization_in_use",
            "personal_subscription_running",
            "subscription_running",
        ];
        codes.into_iter().fold(alone, |described, code| described.refuses_with(409, code, nothing()))
    };
    hold(
        &FUNCTION,
        &[
            action("clerk", "Clerk's webhooks.").replies(200, told()).refuses(&["provider_unavailable"]),
            action("before-user-created", "Supabase's hook before a user is made, in its own form.")
                .replies_plainly(200, nothing().and_perhaps::<serde_json::Value>("error")),
            action("after-user-created", "Supabase's hook after a user was made.").replies(200, told()),
            action("supabase-users", "Supabase's webhooks of the table of users.")
                .replies(200, told())
                .refuses(&["provider_unavailable"]),
            action("personal-organization", "The caller's personal organization.")
                .by("GET")
                .replies(200, of::<Place>()),
            action("personal-organization", "Makes the personal organization, where there is none.")
                .by("POST")
                .replies(200, of::<Opened>())
                .replies(201, of::<Opened>()),
            allowed(action("convert-preview", "What `convert` would do and cost."))
                .replies(200, of::<convert::preview::Previewed<'_>>()),
            allowed(action("convert", "Makes a team of the personal organization."))
                .replies(200, of::<convert::answer::Converted>())
                .refuses(&["payment_failed", "provider_refused", "provider_unavailable"]),
            back(action("convert-back-preview", "What `convert-back` would do."))
                .replies(200, of::<convert_back::preview::Previewed<'_>>()),
            back(action("convert-back", "Makes a team of one a personal organization again."))
                .replies(200, of::<convert_back::answer::ConvertedBack>()),
        ],
    );
}
