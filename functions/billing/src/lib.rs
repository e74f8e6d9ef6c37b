//! `billing`: what an organization pays for, through Stripe.

mod account;
mod cancel;
mod change_plan;
mod checkout;
mod closed_periods;
#[cfg(test)]
mod described;
mod disputes;
mod gone_customer;
mod history;
mod offer;
mod plans;
mod portal;
mod preview;
mod quote;
mod record_change;
mod renewal;
mod resume;
#[cfg(test)]
mod tests;
mod webhook;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "billing",
    actions: &[
        Action::webhook("webhook", webhook::read),
        Action::new("checkout", checkout::Checkout::read),
        Action::new("portal", portal::Portal::read),
        Action::new("preview", preview::Preview::read),
        Action::new("change-plan", change_plan::ChangePlan::read),
        Action::new("cancel", cancel::Cancel::read),
        Action::new("resume", resume::Resume::read),
        Action::new("history", history::History::read).by_get(),
        Action::public("plans", plans::Plans::read).by_get(),
    ],
    routes: Routes::Paths,
};

tallygate::worker_entry!(FUNCTION);
