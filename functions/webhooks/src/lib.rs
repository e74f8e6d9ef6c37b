//! `webhooks`: where events are sent to, and what became of them; and the history, for those who run an organization.

mod account;
mod audit;
mod audit_export;
mod create;
mod deliveries;
#[cfg(test)]
mod described;
mod endpoint;
mod list;
mod pause;
mod redeliver;
mod remove;
mod rotate;
mod test;
#[cfg(test)]
mod tests;
mod update;

use tallygate::{
    auth::KeyScope,
    http::{Action, Function, Routes},
};

pub static FUNCTION: Function = Function {
    name: "webhooks",
    actions: &[
        Action::new("create", create::Create::read).by_key(KeyScope::ManageWebhooks),
        Action::new("list", list::List::read).by_key(KeyScope::ManageWebhooks).by_get(),
        Action::new("update", update::Update::read).by_key(KeyScope::ManageWebhooks),
        Action::new("rotate", rotate::Rotate::read).by_key(KeyScope::ManageWebhooks),
        Action::new("pause", pause::Pause::read).by_key(KeyScope::ManageWebhooks),
        Action::new("resume", pause::Pause::read_resume).by_key(KeyScope::ManageWebhooks),
        Action::new("remove", remove::Remove::read).by_key(KeyScope::ManageWebhooks),
        Action::new("test", test::Test::read).by_key(KeyScope::ManageWebhooks),
        Action::new("deliveries", deliveries::Deliveries::read).by_key(KeyScope::ManageWebhooks).by_get(),
        Action::new("redeliver", redeliver::Redeliver::read).by_key(KeyScope::ManageWebhooks),
        Action::new("audit", audit::Audit::read).by_get(),
        Action::new("audit-export", audit_export::Export::read).by_get(),
    ],
    routes: Routes::Paths,
};

tallygate::worker_entry!(FUNCTION);
