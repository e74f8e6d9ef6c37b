//! What the action answers, for the description of the API.

use tallygate::describe::{action, hold, of};

use crate::{create::Created, FUNCTION};

#[test]
fn the_function_is_described() {
    hold(
        &FUNCTION,
        &[action("create", "Founds a team; the caller is its first owner.")
            .replies(201, of::<Created>())
            .refuses(&["catalog_limit_reached", "slug_taken"])],
    );
}
