//! `identity`: what Clerk and Supabase say of their users becomes accounts; and personal organizations.

mod account;
mod after_user_created;
mod before_user_created;
mod clerk;
mod convert;
mod convert_back;
mod deletion;
#[cfg(test)]
mod described;
mod fixed_reply;
mod personal;
mod signed;
mod supabase;
mod supabase_users;
#[cfg(test)]
mod tests;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "identity",
    actions: &[
        Action::webhook("clerk", clerk::read),
        Action::webhook("before-user-created", before_user_created::read),
        Action::webhook("after-user-created", after_user_created::read),
        Action::webhook("supabase-users", supabase_users::read),
        Action::new("personal-organization", personal::Show::read).by_get(),
        Action::new("personal-organization", personal::Open::read),
        Action::new("convert-preview", convert::Preview::read),
        Action::new("convert", convert::Convert::read),
        Action::new("convert-back-preview", convert_back::Preview::read),
        Action::new("convert-back", convert_back::ConvertBack::read),
    ],
    routes: Routes::Paths,
};

tallygate::worker_entry!(FUNCTION);
