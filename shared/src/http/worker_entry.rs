//! The entry of every function in a worker: the one place where the platform is seen.

use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use worker::{
    web_sys::{console, Request as WorkerRequest, Response as WorkerResponse, ResponseInit},
    Context, Env,
};

use super::{
    handle,
    request::{Body, Request, Response},
    staff, Function, KeptReplies, Origins, Refusal, WorkerEnvironment,
};
use crate::{
    auth::AuthSettings,
    edge,
    fetch::{entries, headers_of, Pieces},
    rate_limit::Bound,
    rules::{ids::RequestId, request_ids::RequestIds},
    store::engine::Engine,
    transport::Platform,
};

thread_local! {
    static KEPT: Rc<KeptReplies> = Rc::default();
}

/// The most that is read of a body that holds more.
const MOST_BYTES_READ: usize = 4 * 1024 * 1024;

/// Serves one request of a function. What the runtime says of the response itself is told to the log alone.
pub async fn serve(request: WorkerRequest, env: Env, context: Context, function: &Function) -> WorkerResponse {
    match answer(&request, env, context, function).await {
        Ok(response) => response,
        Err(error) => {
            console::error_1(&edge::thrown(&error).into());
            failure().unwrap_or_else(|_| WorkerResponse::error())
        }
    }
}

/// # Errors
/// Only what the runtime says of building the response itself; everything else is a refusal.
async fn answer(
    request: &WorkerRequest,
    env: Env,
    context: Context,
    function: &Function,
) -> Result<WorkerResponse, JsValue> {
    console_error_panic_hook::set_once();
    let now = edge::now();
    let variable = |name: &str| edge::variable(&env, name);
    let origins = Origins::parse(variable("ALLOWED_ORIGINS").as_deref());
    let read = match read(request, function).await {
        Ok(read) => read,
        Err(refusal) => return write(staff::as_the_gateway(&refusal)),
    };
    let app_url = variable("APP_URL").unwrap_or_default();
    let prepared = (
        edge::seed().and_then(|seed| Ok(RequestIds::new(now, seed, edge::seed()?))),
        Engine::configured(
            &env,
            |name: &str| match name {
                "POSTGRES_URL" if function.is_of_staff() => variable("CONSOLE_POSTGRES_URL"),
                name => variable(name),
            },
            Some(context),
        ),
    );
    let (response, line) = match prepared {
        (Ok(ids), Ok(store)) => {
            let environment = WorkerEnvironment {
                function,
                store: &store,
                transport: &Platform,
                rate_limits: &Bound(&env),
                kept: &KEPT.with(Rc::clone),
                variable: &variable,
                auth: &AuthSettings::read(variable),
                origins: &origins,
                app_url: app_url.trim_end_matches('/'),
                now,
                clock: &edge::now,
                ids,
            };
            handle(environment, &read).await
        }
        (Err(cause), _) | (_, Err(cause)) => {
            let response = match function.is_of_staff() {
                true => staff::as_the_gateway(&staff::not_there(function, &read, &cause)),
                false => {
                    let request_id = RequestId::new("unconfigured");
                    let refusal = Refusal::Internal { request_id, cause: cause.clone() };
                    origins.mark(&read, refusal.response())
                }
            };
            (response, cause)
        }
    };
    console::log_1(&line.into());
    write(response)
}

async fn read(request: &WorkerRequest, function: &Function) -> Result<Request, Refusal> {
    let body = body(request, function.most_bytes()).await.unwrap_or(Body::BrokenOff);
    let url = request.url();
    let path = function.path_behind_route(path_of(&url))?;
    Ok(Request::new(&request.method(), &path, entries(&request.headers()), body))
}

/// The path of a URL with its query. The runtime has normalised the URL, so no parser is needed (one would be a third of
/// the worker).
fn path_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    let path = url.get(host..).and_then(|rest| rest.find('/')).and_then(|slash| url.get(host + slash..));
    path.map_or("/", |path| path.split('#').next().unwrap_or(path))
}

/// Reads the body up to the limit, whatever `Content-Length` says. One that says a length within the limit comes at once: a piece by
/// itself costs several calls between JavaScript and the worker, and the runtime takes no more of a body than its length says. What is
/// over the limit is read on for a while and thrown away, and so is a body that no method of ours takes: a runtime may hang up on a
/// sender whose body nobody reads, who then never sees the refusal.
///
/// # Errors
/// What the runtime says where the body does not come to its end.
async fn body(request: &WorkerRequest, most: usize) -> Result<Body, JsValue> {
    let Some(stream) = request.body() else { return Ok(Body::default()) };
    let length = request.headers().get("content-length")?.and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length <= most) {
        let bytes = Uint8Array::new(&JsFuture::from(request.array_buffer()?).await?).to_vec();
        return Ok(if bytes.len() > most { Body::TooLarge } else { Body::Bytes(bytes) });
    }
    let mut bytes = Vec::new();
    let mut read = 0;
    let mut pieces = Pieces::of(stream);
    while let Some(piece) = pieces.next().await? {
        read += piece.len();
        if read <= most {
            bytes.extend_from_slice(&piece);
        } else if read > MOST_BYTES_READ {
            break;
        }
    }
    Ok(if read > most { Body::TooLarge } else { Body::Bytes(bytes) })
}

fn write(response: Response) -> Result<WorkerResponse, JsValue> {
    let headers = headers_of(&response.headers)?;
    let init = ResponseInit::new();
    init.set_status(response.status);
    init.set_headers(&headers);
    if response.body.is_empty() {
        return WorkerResponse::new_with_opt_str_and_init(None, &init);
    }
    if !headers.has("content-type")? {
        headers.set("content-type", "application/json; charset=utf-8")?;
    }
    let body = Uint8Array::from(response.body.as_bytes());
    WorkerResponse::new_with_opt_js_u8_array_and_init(Some(&body), &init)
}

/// What is answered where the runtime lets nothing else be.
fn failure() -> Result<WorkerResponse, JsValue> {
    let init = ResponseInit::new();
    init.set_status(500);
    WorkerResponse::new_with_opt_str_and_init(Some("INTERNAL SERVER ERROR"), &init)
}
