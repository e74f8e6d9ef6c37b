//! `create-organization`: a team with its first owner.

mod create;
#[cfg(test)]
mod described;
#[cfg(test)]
mod tests;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "create-organization",
    actions: &[Action::new("create", create::Create::read)],
    routes: Routes::Body { default: "create", get: None },
};

tallygate::worker_entry!(FUNCTION);
