//! `accept-invitation`: an invitee answers.

mod accept;
mod decline;
#[cfg(test)]
mod described;
mod invitation;
mod preview;
#[cfg(test)]
mod tests;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "accept-invitation",
    actions: &[
        Action::new("accept", accept::Accept::read),
        Action::new("decline", decline::Decline::read),
        // The invitee may have no account yet.
        Action::public("preview", preview::Preview::read),
    ],
    routes: Routes::Body { default: "accept", get: None },
};

tallygate::worker_entry!(FUNCTION);
