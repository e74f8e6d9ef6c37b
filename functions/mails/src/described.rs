//! What the actions answer, for the description of the API.

use tallygate::describe::{action, field, hold, of};

use crate::{preferences::Answer, resend::Suppressed, FUNCTION};

/// What a signed link has in its query.
const LINK: [&str; 3] = ["user", "kind", "signature"];

#[test]
fn the_function_is_described() {
    hold(
        &FUNCTION,
        &[
            action("preferences", "Which mails the caller gets.").by("GET").replies(200, of::<Answer>()),
            action("preferences", "Chooses which mails to get.").by("POST").replies(200, of::<Answer>()),
            action("unsubscribe", "A page with a button, which changes nothing.")
                .by("GET")
                .with_query(&LINK)
                .replies_text(200, &["text/html"]),
            action("unsubscribe", "Turns a kind of mail off, by the link in one.")
                .by("POST")
                .with_query(&LINK)
                .replies_text(200, &["text/html"]),
            action("resend", "Resend's webhooks: addresses that take no mails.")
                .replies(200, of::<Suppressed>().or(field::<bool>("ignored"))),
        ],
    );
}
