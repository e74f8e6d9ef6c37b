//! `track-usage`: may this be used, how much is left, and what does it cost beyond.

mod alerts;
mod check;
mod entitlements;
mod events;
mod feature;
mod summary;
#[cfg(test)]
mod tests;
mod track;

use tallygate::{
    auth::KeyScope,
    http::{Action, Function, Routes},
};

pub static FUNCTION: Function = Function {
    name: "track-usage",
    actions: &[
        Action::new("check", check::Check::read).by_key(KeyScope::ReadUsage),
        Action::new("track", track::Track::read).by_key(KeyScope::WriteUsage),
        Action::new("set", track::Track::read_set).by_key(KeyScope::WriteUsage),
        Action::new("release", track::Track::read_release).by_key(KeyScope::WriteUsage),
        Action::new("entitlements", entitlements::Entitlements::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("summary", summary::Summary::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("events", events::Events::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("alerts", alerts::List::read).by_key(KeyScope::ReadUsage).by_get(),
        Action::new("acknowledge", alerts::Acknowledge::read),
    ],
    routes: Routes::Paths,
};

#[cfg(target_arch = "wasm32")]
#[worker::event(fetch)]
async fn fetch(request: worker::Request, env: worker::Env, _: worker::Context) -> worker::Result<worker::Response> {
    tallygate::http::serve(request, env, &FUNCTION).await
}
