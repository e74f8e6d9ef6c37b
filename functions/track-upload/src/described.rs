//! What the actions answer, for the description of the API.

use tallygate::describe::{action, hold, of};

use crate::{count::LimitExceeded, tally::Counted, FUNCTION};

#[test]
fn the_function_is_described() {
    hold(
        &FUNCTION,
        &[
            action("count", "Counts uploads against the plan: all of a request, or none.")
                .replies(200, of::<Counted<'_>>())
                .refuses(&["catalog_limit_reached", "feature_not_in_plan", "forbidden", "subscription_required"])
                .refuses_with(429, "upload_limit_exceeded", of::<LimitExceeded<'_>>()),
            action("status", "How many uploads are left.")
                .replies(200, of::<Counted<'_>>())
                .refuses(&["feature_not_in_plan"]),
        ],
    );
}
