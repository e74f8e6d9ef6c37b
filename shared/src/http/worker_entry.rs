//! The entry of every function in a worker: the one place where the platform is seen.

use std::rc::Rc;

use futures_util::StreamExt;
use worker::{Context, Env, Headers, Request as WorkerRequest, Response as WorkerResponse};

use super::{
    handle,
    request::{Body, Request, Response},
    staff, Function, KeptReplies, Origins, Refusal, WorkerEnvironment,
};
use crate::{
    auth::AuthSettings,
    edge,
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

/// Serves one request of a function.
///
/// # Errors
/// Only what the runtime says of building the response itself; everything else is a refusal.
pub async fn serve(
    mut request: WorkerRequest,
    env: Env,
    context: Context,
    function: &Function,
) -> worker::Result<WorkerResponse> {
    console_error_panic_hook::set_once();
    let now = edge::now();
    let variable = |name: &str| edge::variable(&env, name);
    let origins = Origins::parse(variable("ALLOWED_ORIGINS").as_deref());
    let read = match read(&mut request, function).await? {
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
    worker::console_log!("{line}");
    write(response)
}

async fn read(request: &mut WorkerRequest, function: &Function) -> worker::Result<Result<Request, Refusal>> {
    let method = request.method();
    let body = body(request, function.most_bytes()).await?;
    let url = request.inner().url();
    let path = function.path_behind_route(path_of(&url));
    Ok(path.map(|path| Request::new(method.as_ref(), &path, request.headers().entries(), body)))
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
async fn body(request: &mut WorkerRequest, most: usize) -> worker::Result<Body> {
    if request.inner().body().is_none() {
        return Ok(Body::default());
    }
    let length = request.headers().get("content-length")?.and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length <= most) {
        let bytes = request.bytes().await?;
        return Ok(if bytes.len() > most { Body::TooLarge } else { Body::Bytes(bytes) });
    }
    let mut bytes = Vec::new();
    let mut read = 0;
    let mut stream = request.stream()?;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        read += chunk.len();
        if read <= most {
            bytes.extend_from_slice(&chunk);
        } else if read > MOST_BYTES_READ {
            break;
        }
    }
    Ok(if read > most { Body::TooLarge } else { Body::Bytes(bytes) })
}

fn write(response: Response) -> worker::Result<WorkerResponse> {
    let headers = Headers::new();
    for (name, value) in &response.headers {
        headers.set(name, value)?;
    }
    let written = if response.body.is_empty() {
        WorkerResponse::empty()?
    } else {
        if !headers.has("content-type")? {
            headers.set("content-type", "application/json; charset=utf-8")?;
        }
        WorkerResponse::from_bytes(response.body.into_bytes())?
    };
    Ok(written.with_headers(headers).with_status(response.status))
}
