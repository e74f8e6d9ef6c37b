//! `create-organization`: a team with its first owner.

mod create;
#[cfg(test)]
mod tests;

use tallygate::http::{Action, Function, Routes};

pub static FUNCTION: Function = Function {
    name: "create-organization",
    actions: &[Action::new("create", create::Create::read)],
    routes: Routes::Body { default: "create", get: None },
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
