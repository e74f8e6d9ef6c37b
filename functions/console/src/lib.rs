//! `console`: what the operator's staff sees and does. To everybody else there is no such function.

mod account_type;
mod act;
mod archive;
mod ban;
mod columns;
mod delete_person;
#[cfg(test)]
mod described;
mod end_sessions;
mod extend_trial;
mod feature;
mod figures;
mod grant_package;
mod grant_usage;
mod inbox;
mod keys;
mod move_plan;
mod organization;
mod overrides;
mod person;
mod redeliver;
mod resend_invitation;
mod search;
mod target;
#[cfg(test)]
mod tests;
mod transfer_ownership;
mod verify_email;
mod view_as;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "console",
    actions: &[
        Action::new("search", search::Search::read).by_get(),
        Action::new("person", person::Person::read).by_get(),
        Action::new("organization", organization::Organization::read).by_get(),
        Action::new("ban", ban::Ban::read),
        Action::new("unban", ban::Ban::read_unban),
        Action::new("verify-email", verify_email::VerifyEmail::read),
        Action::new("end-sessions", end_sessions::EndSessions::read),
        Action::new("extend-trial", extend_trial::ExtendTrial::read),
        Action::new("grant-package", grant_package::GrantPackage::read),
        Action::new("grant-usage", grant_usage::GrantUsage::read),
        Action::new("override-plan", overrides::OverridePlan::read),
        Action::new("override-limit", overrides::OverrideLimit::read),
        Action::new("lift-override", overrides::LiftOverride::read),
        Action::new("transfer-ownership", transfer_ownership::TransferOwnership::read),
        Action::new("archive", archive::Archive::read),
        Action::new("restore", archive::Archive::read_restore),
        Action::new("resend-invitation", resend_invitation::ResendInvitation::read),
        Action::new("create-key", keys::CreateKey::read),
        Action::new("revoke-key", keys::RevokeKey::read),
        Action::new("inbox", inbox::Inbox::read).by_get(),
        Action::new("retire-message", inbox::RetireMessage::read),
        Action::new("redeliver-message", inbox::RedeliverMessage::read),
        Action::new("redeliver", redeliver::Redeliver::read),
        Action::new("feature", feature::Feature::read).by_get(),
        Action::new("figures", figures::Figures::read).by_get(),
        Action::new("edit-feature", feature::EditFeature::read),
        Action::new("move-plan", move_plan::MovePlan::read),
        Action::new("view-as", view_as::ViewAs::read),
        Action::new("delete-person", delete_person::DeletePerson::read),
        Action::new("account-type", account_type::AccountType::read),
    ],
    routes: Routes::of_staff(),
};

tallygate::worker_entry!(FUNCTION);
