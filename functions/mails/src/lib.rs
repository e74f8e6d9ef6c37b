//! `mails`: who wants which mails, and which addresses take none.

#[cfg(test)]
mod described;
mod fixed_reply;
mod page;
mod preferences;
mod resend;
#[cfg(test)]
mod tests;
mod unsubscribe;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "mails",
    actions: &[
        Action::webhook("unsubscribe", unsubscribe::read).by_get(),
        Action::webhook("unsubscribe", unsubscribe::read),
        Action::new("preferences", preferences::Preferences::read).by_get(),
        Action::new("preferences", preferences::Preferences::read_change),
        Action::webhook("resend", resend::read),
    ],
    routes: Routes::Paths,
};

tallygate::worker_entry!(FUNCTION);
