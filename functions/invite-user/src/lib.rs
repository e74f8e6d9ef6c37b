//! `invite-user`: invitations to a team, within its seats.

#[cfg(test)]
mod described;
mod invite;
mod list;
mod resend;
mod revoke;
mod seats;
mod sending;
#[cfg(test)]
mod tests;
mod token;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "invite-user",
    actions: &[
        Action::new("invite", invite::Invite::read),
        Action::new("resend", resend::Resend::read),
        Action::new("revoke", revoke::Revoke::read),
        Action::new("list", list::List::read),
    ],
    routes: Routes::Body { default: "invite", get: None },
};

tallygate::worker_entry!(FUNCTION);
