//! The one host in front of all functions: `/functions/v1/<name>` is passed on to the function's worker, as
//! Supabase's clients expect it, and `/api/v1/user/<action>` to that action of `account`. Everything else is a file of
//! the dashboard (`dashboard/`), served before this worker runs.
//!
//! Which functions there are stands in `wrangler.toml` alone: each is a service binding, named like the
//! function in capitals, and what is bound is what is served and listed.

mod refusal;
mod route;

use refusal::Refusal;
use route::Route;
use worker::js_sys::Object;
use worker::wasm_bindgen::JsCast;
use worker::{event, web_sys, Context, Env, Request, Response, Result};

/// The function for the operator's staff, which is there for nobody else: no list names it.
const CONSOLE: &str = "console";
/// What the console's worker is told of the function that a client has named.
const NAMED: &str = "x-function-named";

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    match Route::of(&request.path()) {
        Route::List => list(&env),
        Route::Function { name, rest } => pass_on(&request, &env, &name, &rest).await,
        Route::Elsewhere => Refusal::NotFound.reply(),
    }
}

/// The names of the functions that are bound, in alphabetical order.
fn list(env: &Env) -> Result<Response> {
    let mut names: Vec<String> = Object::entries(env.unchecked_ref())
        .iter()
        .filter_map(|entry| {
            let entry = worker::js_sys::Array::from(&entry);
            // A variable or a secret is a string; what can be called is an object.
            let name = entry.get(0).as_string()?;
            entry.get(1).is_object().then(|| route::function_of(&name))
        })
        .filter(|name| name != CONSOLE)
        .collect();
    names.sort();
    let reply = Response::from_json(&serde_json::json!({ "success": true, "functions": names }))?;
    own(reply)
}

/// What every reply of the gateway's own has. What it says is the same for everybody and no secret, so any page may read it;
/// the functions' own replies are for the pages that they know.
fn own(reply: Response) -> Result<Response> {
    for (name, value) in [
        ("vary", "Origin"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("access-control-allow-origin", "*"),
    ] {
        reply.headers().set(name, value)?;
    }
    Ok(reply)
}

/// The function's own answer to the same request under the path that is left. Of a name that no function has the console's
/// worker is asked, which answers as this one would: so nobody can tell by the time whether there is a console.
async fn pass_on(request: &Request, env: &Env, name: &str, rest: &str) -> Result<Response> {
    let bound = env.service(&route::binding_of(name));
    let is_known = bound.is_ok() && name != CONSOLE;
    let Ok(function) = bound.or_else(|_| env.service(&route::binding_of(CONSOLE))) else {
        return Refusal::UnknownFunction(name).reply();
    };
    let url = route::with_path(&request.inner().url(), rest);
    // As JavaScript's `new Request(url, request)`: method, headers and the unread body go along.
    let like: &web_sys::RequestInit = request.inner().unchecked_ref();
    let inner = web_sys::Request::new_with_str_and_init(&url, like)?;
    if !is_known && inner.headers().set(NAMED, name).is_err() {
        return Refusal::UnknownFunction(name).reply();
    }
    match function.fetch_request(Request::from(inner)).await {
        Ok(reply) => Ok(reply),
        Err(error) => {
            worker::console_error!("{name} did not answer: {error}");
            if is_known { Refusal::Unavailable(name) } else { Refusal::UnknownFunction(name) }.reply()
        }
    }
}
