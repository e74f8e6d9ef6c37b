//! `track-usage`: may this be used, how much is left, and what does it cost beyond.

mod alerts;
mod batch;
mod call;
mod calls;
mod check;
mod days;
#[cfg(test)]
mod described;
mod entitlements;
mod events;
mod feature;
mod list_calls;
mod not_summed;
mod people;
mod reservations;
mod reserve;
mod summary;
#[cfg(test)]
mod tests;
mod track;
mod verdict;

use tallygate::{
    auth::KeyScope,
    http::{Action, Call, Function, Operation, Refusal, Routes},
};

pub static FUNCTION: Function = Function {
    name: "track-usage",
    actions: &[
        Action::new("check", check::Check::read).by_key(KeyScope::ReadUsage),
        Action::new("track", track::Track::read).by_key(KeyScope::WriteUsage),
        Action::new("set", track::Track::read_set).by_key(KeyScope::WriteUsage),
        Action::new("release", read_release).by_key(KeyScope::WriteUsage),
        Action::new("reserve", reserve::Reserve::read).by_key(KeyScope::WriteUsage),
        Action::new("confirm", reserve::Settle::read_confirm).by_key(KeyScope::WriteUsage),
        Action::new("reservations", reservations::Reservations::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("batch", batch::Batch::read).by_key(KeyScope::WriteUsage).with_body_of(batch::MOST_BYTES),
        Action::new("start-call", calls::Start::read).by_key(KeyScope::WriteUsage),
        Action::new("end-call", calls::End::read).by_key(KeyScope::WriteUsage),
        Action::new("log-call", calls::Log::read).by_key(KeyScope::WriteUsage),
        Action::new("list-calls", list_calls::ListCalls::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("entitlements", entitlements::Entitlements::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("summary", summary::Summary::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("people", people::People::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("events", events::Events::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("alerts", alerts::List::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("acknowledge", alerts::Acknowledge::read),
    ],
    routes: Routes::Paths,
};

/// Of a gauge by its name, or of a reservation by its id.
fn read_release(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
    match call.fields.get("reservation") {
        Some(_) => reserve::Settle::read_release(call),
        None => track::Track::read_release(call),
    }
}

tallygate::worker_entry!(FUNCTION);
