//! `track-upload`: may this upload be used, and how many are left.

mod count;
#[cfg(test)]
mod described;
mod status;
mod tally;
#[cfg(test)]
mod tests;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "track-upload",
    actions: &[Action::new("count", count::Count::read), Action::new("status", status::Status::read)],
    routes: Routes::Body { default: "count", get: Some("status") },
};

tallygate::worker_entry!(FUNCTION);
