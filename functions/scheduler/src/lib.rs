//! `scheduler`: what happens when nobody asks. No endpoints: cron triggers run its jobs, and a queue gives it events to count.

mod aggregate_usage;
mod bill_overage;
mod clear;
mod clear_deliveries;
mod clear_endpoints;
mod clear_events;
mod clear_inbox;
mod clear_mails;
mod clear_operator_events;
mod clear_outbox;
mod clear_reservations;
mod clear_sessions;
mod close_calls;
mod close_periods;
mod correct_addresses;
mod deliver;
mod deliver_outbox;
mod end_trials;
mod expire_invitations;
mod forget_customers;
mod forget_invited;
mod mail;
mod nobody;
mod page;
mod probe_endpoints;
mod reconcile;
mod remind_invitations;
mod remove_endpoints;
mod retry_deliveries;
mod roll_up_figures;
mod send_in_line;
mod send_mails;
mod stripe;
#[cfg(test)]
mod tests;
mod warn_trials;

use tallygate::schedule::{Job, Rhythm};

/// In the order in which a tick runs them.
pub static JOBS: [&dyn Job; 27] = [
    &aggregate_usage::AggregateUsage,
    &deliver_outbox::DeliverOutbox,
    &retry_deliveries::RETRY_DELIVERIES,
    &probe_endpoints::PROBE_ENDPOINTS,
    &send_mails::SendMails,
    &expire_invitations::ExpireInvitations,
    &warn_trials::WarnTrials,
    &end_trials::EndTrials,
    &close_calls::CloseCalls,
    &reconcile::Reconcile,
    &close_periods::ClosePeriods,
    &bill_overage::BillOverage,
    &roll_up_figures::RollUpFigures,
    &remind_invitations::RemindInvitations,
    &clear_sessions::CLEAR_SESSIONS,
    &correct_addresses::CorrectAddresses,
    &forget_customers::ForgetCustomers,
    &forget_invited::FORGET_INVITED,
    &remove_endpoints::REMOVE_ENDPOINTS,
    &clear_inbox::CLEAR_INBOX,
    &clear_events::CLEAR_EVENTS,
    &clear_reservations::CLEAR_RESERVATIONS,
    &clear_deliveries::CLEAR_DELIVERIES,
    &clear_endpoints::CLEAR_ENDPOINTS,
    &clear_mails::CLEAR_MAILS,
    &clear_outbox::CLEAR_OUTBOX,
    &clear_operator_events::CLEAR_OPERATOR_EVENTS,
];

/// The cron expressions of `wrangler.toml`.
pub const RHYTHMS: [(&str, Rhythm); 3] =
    [("* * * * *", Rhythm::Minute), ("7 * * * *", Rhythm::Hour), ("23 3 * * *", Rhythm::Day)];

#[cfg(target_arch = "wasm32")]
#[worker::event(scheduled)]
async fn scheduled(event: worker::ScheduledEvent, env: worker::Env, _: worker::ScheduleContext) {
    tallygate::schedule::scheduled(&event, &env, &JOBS, &RHYTHMS).await;
}

#[cfg(target_arch = "wasm32")]
#[worker::event(queue)]
async fn queue(
    batch: worker::MessageBatch<serde_json::Value>,
    env: worker::Env,
    _: worker::Context,
) -> worker::Result<()> {
    tallygate::usage::queue_entry::consume(&batch, &env).await
}
