//! `account`: what a signed-in person has, and may change of it.

mod analytics;
mod archive_organization;
mod current;
mod delete;
#[cfg(test)]
mod described;
mod export;
mod forms;
mod me;
mod onboarding;
mod organization;
mod organizations;
mod packages;
mod person;
mod preferences;
mod profile;
mod restore_organization;
mod sessions;
mod subscription;
mod switch_organization;
mod switcher;
#[cfg(test)]
mod tests;
mod update_organization;
mod username;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "account",
    actions: &[
        Action::new("me", me::Me::read).by_get(),
        Action::new("profile", profile::Look::read).by_get(),
        Action::new("profile", profile::Change::read).by_patch(),
        Action::new("username", username::Look::read).by_get(),
        Action::new("username", username::Take::read),
        Action::new("onboarding", onboarding::Look::read).by_get(),
        Action::new("onboarding", onboarding::Save::read),
        Action::new("complete-onboarding", onboarding::Complete::read),
        Action::new("sessions", sessions::read).by_get(),
        Action::new("end-session", sessions::read_end),
        Action::new("end-other-sessions", sessions::read_end_others),
        Action::new("organizations", organizations::Organizations::read).by_get(),
        Action::new("switch-organization", switch_organization::Switch::read),
        Action::new("update-organization", update_organization::Update::read).by_patch(),
        Action::new("archive-organization", archive_organization::Archive::read),
        Action::new("restore-organization", restore_organization::Restore::read),
        Action::new("subscription", subscription::Look::read).by_get(),
        Action::new("packages", packages::List::read).by_get(),
        Action::new("open-package", packages::Open::read),
        Action::new("preferences", preferences::Look::read).by_get(),
        Action::new("preferences", preferences::Change::read).by_patch(),
        Action::new("analytics", analytics::Sums::read).by_get(),
        Action::new("analytics", analytics::Record::read),
        Action::new("export", export::read).by_get(),
        Action::new("delete", delete::Look::read).by_get(),
        Action::new("delete", delete::Delete::read),
    ],
    routes: Routes::Paths,
};

tallygate::worker_entry!(FUNCTION);
