//! What the actions answer, for the description of the API.

use tallygate::{
    describe::{action, field, hold, of},
    sessions::{Listed, Terminated},
};

use crate::{check::Checked, heartbeat::Beat, session::ConflictDetails, validate::Validated, FUNCTION};

#[test]
fn the_function_is_described() {
    let conflict = field::<bool>("sessionConflict")
        .and::<bool>("isEnterprise")
        .and::<bool>("allowMultipleSessions")
        .and::<ConflictDetails>("conflictDetails");
    hold(
        &FUNCTION,
        &[
            action("validate", "Registers the browser at sign-in, and again whenever a page loads.")
                .replies(200, of::<Validated>())
                .refuses(&["catalog_limit_reached"])
                .refuses_with(409, "session_conflict", conflict),
            action("check", "What `validate` would meet; changes nothing.").replies(200, of::<Checked>()),
            action("heartbeat", "Keeps the session live, or tells why it is not any more.").replies(200, of::<Beat>()),
            action("terminate", "Signs a browser of one's own out.").replies(200, of::<Terminated>()),
            action("list", "The caller's live sessions, the one used last first.").replies(200, of::<Listed>()),
        ],
    );
}
