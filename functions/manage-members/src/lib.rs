//! `manage-members`: who sits in which seat, with which role.

mod change_role;
mod departure;
#[cfg(test)]
mod described;
mod leave;
mod list;
mod remove;
mod target;
#[cfg(test)]
mod tests;
mod transfer_ownership;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "manage-members",
    actions: &[
        Action::new("list", list::List::read),
        Action::new("remove", remove::Remove::read),
        Action::new("change_role", change_role::ChangeRole::read),
        Action::new("transfer_ownership", transfer_ownership::TransferOwnership::read),
        Action::new("leave", leave::Leave::read),
    ],
    routes: Routes::Body { default: "list", get: Some("list") },
};

tallygate::worker_entry!(FUNCTION);
