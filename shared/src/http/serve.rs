//! The way of a request through a function, the same for all of them.

use serde_json::json;

use super::{
    asking::preface,
    cors::Origins,
    delivery::{Delivered, Delivery, MOST_DELIVERY_BYTES},
    fields::{is_id, LONGEST_TEXT},
    function::{Action, Call, Function, Read, Takes},
    operation::{Operation, Scope},
    provision::{sign_up, Source},
    request::{Body, Request, Response},
    Asking, Fields, Found, Outside, Refusal, Reply,
};
use crate::{
    auth::{authenticate, bearer_token, AuthSettings, Identity},
    rules::{fresh::Fresh, ids::OrganizationId, time::Timestamp},
    store::{Cost, Store},
    transport::Transport,
};

/// The most that a client's body may hold, in bytes.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// What a function works with beside the request.
pub struct Service<'a, S> {
    pub function: &'a Function,
    pub store: &'a S,
    /// The way to other companies' systems.
    pub transport: &'a dyn Transport,
    /// A variable or secret of the worker.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    pub auth: &'a AuthSettings,
    pub origins: &'a Origins,
    /// Where the product's pages are (`APP_URL`), for links in invitations; without a trailing slash.
    pub app_url: &'a str,
    /// The moment of the request, by which everything is decided.
    pub now: Timestamp,
    /// The time as it goes on: for the log alone.
    pub clock: &'a dyn Fn() -> Timestamp,
    pub fresh: Fresh,
}

/// What is said of a request in its log line.
#[derive(Default)]
struct Trace {
    action: &'static str,
    user: Option<String>,
    organization: Option<String>,
    cost: Option<Cost>,
    /// Something that went well, but not as the operator would want it.
    note: Option<String>,
}

/// Answers a request and gives the line for the log: one JSON object, never with a token or an e-mail address.
pub async fn handle<S: Store>(service: Service<'_, S>, request: &Request) -> (Response, String) {
    let mut trace = Trace::default();
    let (started, clock) = (service.now, service.clock);
    let (function, origins, request_id) = (service.function, service.origins, service.fresh.request_id());
    let outside = Outside::new(service.store, service.transport, service.variable);
    let outcome = match request.method.as_str() {
        "OPTIONS" => Ok(origins.preflight(request)),
        _ => answer(&service, request, &outside, &mut trace).await.map(|reply| {
            trace.note = reply.note().map(str::to_string);
            origins.mark(request, reply.response())
        }),
    };
    trace.cost = outside.cost();
    let (code, cause) = match &outcome {
        Ok(_) => ("ok", None),
        Err(refusal) => (refusal.code(), refusal.cause().map(str::to_string)),
    };
    let mut response = outcome.unwrap_or_else(|refusal| origins.mark(request, refusal.response()));
    response.headers.push(("cache-control", "no-store".to_string()));
    if let Some(cost) = &trace.cost {
        response.headers.push(("server-timing", cost.server_timing()));
    }
    let cost = trace.cost.unwrap_or_default();
    let line = json!({
        "requestId": request_id,
        "function": function.name,
        "action": trace.action,
        "user": trace.user,
        "organization": trace.organization,
        "status": response.status,
        "code": code,
        "cause": cause.or(trace.note),
        "milliseconds": clock().0.saturating_sub(started.0),
        "dbMilliseconds": cost.milliseconds,
        "batches": cost.batches,
    });
    (response, line.to_string())
}

async fn answer<S: Store>(
    service: &Service<'_, S>,
    request: &Request,
    outside: &Outside<'_>,
    trace: &mut Trace,
) -> Result<Reply, Refusal> {
    let routed = service.function.routed(request)?;
    if let Some(Action { name, takes: Takes::Delivery(read), .. }) = routed {
        trace.action = name;
        let delivery = Delivery::new(request, bytes(request, MOST_DELIVERY_BYTES)?, service.now, outside);
        let Delivered { operation, about } = read(&delivery).await?;
        trace.user = about.as_ref().map(|identity| identity.user_id.to_string());
        return decide(outside, &asking(service, request, about, None), operation.as_ref(), trace).await;
    }
    let fields = match request.method.as_str() {
        "GET" if routed.is_some() => Fields::of_query(&request.query),
        _ => Fields::parse(body(request)?),
    };
    let action = |fields: &Fields| routed.map_or_else(|| service.function.action(request, fields), Ok);
    // A body that cannot be read names no public action: its sender must sign in to be told more.
    let meant = match (&fields, routed) {
        (Ok(fields), _) => Some(action(fields)),
        (Err(_), routed) => routed.map(Ok),
    };
    let public = matches!(&meant, Some(Ok(Action { takes: Takes::Anybody(_), .. })));
    let identity = if public { None } else { Some(identify(service, request, trace).await?) };
    let fields = fields?;
    let action = action(&fields)?;
    trace.action = action.name;

    let (Takes::SignedIn(read) | Takes::Anybody(read)) = action.takes else { return Err(Refusal::NotFound) };
    let (asking, operation) = read_call(service, request, &fields, read, identity)?;
    decide(outside, &asking, operation.as_ref(), trace).await
}

/// The bytes of a body that is not too long.
fn bytes(request: &Request, most: usize) -> Result<&[u8], Refusal> {
    match &request.body {
        Body::Bytes(bytes) if bytes.len() <= most => Ok(bytes),
        Body::Bytes(_) | Body::TooLarge => Err(Refusal::BodyTooLarge { most_bytes: most }),
    }
}

/// The body of a client's request.
fn body(request: &Request) -> Result<&[u8], Refusal> {
    let body = bytes(request, MOST_BODY_BYTES)?;
    let media_type = request.header("content-type").and_then(|value| value.split(';').next()).map(str::trim);
    let json = media_type.is_none_or(|media_type| media_type.eq_ignore_ascii_case("application/json"));
    if json || body.is_empty() {
        Ok(body)
    } else {
        Err(Refusal::UnsupportedMediaType)
    }
}

async fn identify<S>(service: &Service<'_, S>, request: &Request, trace: &mut Trace) -> Result<Identity, Refusal> {
    let token = bearer_token(request.header("authorization")).map_err(Refusal::Unauthenticated)?;
    let identity = authenticate(token, service.auth, service.now).await.map_err(Refusal::Unauthenticated)?;
    trace.user = Some(identity.user_id.to_string());
    Ok(identity)
}

fn read_call<S>(
    service: &Service<'_, S>,
    request: &Request,
    fields: &Fields,
    read: Read,
    identity: Option<Identity>,
) -> Result<(Asking, Box<dyn Operation>), Refusal> {
    let operation = read(&Call::new(fields, request))?;
    let organization = match request.header("x-organization-id") {
        Some(id) if is_id(id) => Some(id),
        Some(_) => return Err(Refusal::OrganizationNotFound),
        None => fields.id("organizationId")?,
    };
    Ok((asking(service, request, identity, organization.map(OrganizationId::new)), operation))
}

fn asking<S>(
    service: &Service<'_, S>,
    request: &Request,
    identity: Option<Identity>,
    organization: Option<OrganizationId>,
) -> Asking {
    let Service { now, fresh, .. } = service;
    Asking {
        identity,
        now: *now,
        request_id: fresh.request_id(),
        fresh: fresh.clone(),
        organization,
        ip_address: request.header("cf-connecting-ip").map(|ip| ip.chars().take(45).collect()),
        // What a header says has no refusal of its own: it is cut where a field would be refused.
        user_agent: request.header("user-agent").map(|header| header.chars().take(LONGEST_TEXT).collect()),
        app_url: service.app_url.to_string(),
    }
}

/// One batch for a known caller. A caller whose row is missing is signed up by a second batch, and the operation runs
/// again: the one case of more than one trip that is not an operation's own.
async fn decide(
    outside: &Outside<'_>,
    asking: &Asking,
    operation: &dyn Operation,
    trace: &mut Trace,
) -> Result<Reply, Refusal> {
    let mut statements = match operation.scope() {
        Scope::Public => Vec::new(),
        Scope::User | Scope::Organization => preface().to_vec(),
    };
    statements.extend(operation.statements(asking));
    let stored = |error| Refusal::from_store(error, &asking.request_id);

    let mut signed_up = false;
    loop {
        let answer = outside.batch(asking, &statements).await?;
        if operation.scope() == Scope::Public {
            let found = Found::public(&answer, &asking.request_id);
            return operation.follow(asking, &found, outside).await;
        }
        let found = Found::read(&answer, &asking.request_id).map_err(stored)?;
        trace.organization = found.organization_id().map(ToString::to_string);
        if let Some(identity) = asking.identity.as_ref().filter(|_| !found.known() && !signed_up) {
            outside.batch(asking, &sign_up(asking, identity, Source::Token)).await?;
            signed_up = true;
            continue;
        }
        found.must_be_active()?;
        if operation.scope() == Scope::Organization {
            found.standing()?;
        }
        return operation.follow(asking, &found, outside).await;
    }
}
