//! `accept-invitation`: an invitee answers.

mod accept;
mod decline;
mod invitation;
mod preview;
#[cfg(test)]
mod tests;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "accept-invitation",
    actions: &[
        Action::new("accept", accept::Accept::read),
        Action::new("decline", decline::Decline::read),
        // The invitee may have no account yet.
        Action::public("preview", preview::Preview::read),
    ],
    routes: Routes::Body { default: "accept", get: None },
};

#[cfg(target_arch = "wasm32")]
#[worker::event(fetch)]
async fn fetch(
    request: worker::Request,
    env: worker::Env,
    context: worker::Context,
) -> worker::Result<worker::Response> {
    tallygate::http::serve(request, env, context, &FUNCTION).await
}
