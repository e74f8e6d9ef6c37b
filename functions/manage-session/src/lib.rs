//! `manage-session`: who may be signed in, and how often.

mod check;
#[cfg(test)]
mod described;
mod heartbeat;
mod list;
mod session;
mod terminate;
#[cfg(test)]
mod tests;
mod validate;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "manage-session",
    actions: &[
        Action::new("validate", validate::Validate::read),
        Action::new("check", check::Check::read),
        Action::new("heartbeat", heartbeat::Heartbeat::read),
        Action::new("terminate", terminate::read),
        Action::new("list", list::read),
    ],
    routes: Routes::Body { default: "validate", get: None },
};

tallygate::worker_entry!(FUNCTION);
