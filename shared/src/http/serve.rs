//! The way of a request through a function, the same for all of them.

use serde_json::json;

use super::{
    asking::preface,
    cors::Origins,
    fields::{is_id, LONGEST_TEXT},
    function::{Action, Call, Function},
    operation::{Operation, Scope},
    provision::sign_up,
    request::{Body, Request, Response},
    Asking, Fields, Found, Refusal, Reply,
};
use crate::{
    auth::{authenticate, bearer_token, AuthSettings, Identity},
    rules::{fresh::Fresh, ids::OrganizationId, time::Timestamp},
    store::{Batch, Cost, Store},
};

/// What a function works with beside the request.
pub struct Service<'a, S> {
    pub function: &'a Function,
    pub store: &'a S,
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
}

/// Answers a request and gives the line for the log: one JSON object, never with a token or an e-mail address.
pub async fn handle<S: Store>(service: Service<'_, S>, request: &Request) -> (Response, String) {
    let mut trace = Trace::default();
    let (started, clock) = (service.now, service.clock);
    let (function, origins, request_id) = (service.function, service.origins, service.fresh.request_id());
    let outcome = match request.method.as_str() {
        "OPTIONS" => Ok(origins.preflight(request)),
        _ => answer(service, request, &mut trace).await.map(|reply| origins.mark(request, reply.response())),
    };
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
        "cause": cause,
        "milliseconds": clock().0.saturating_sub(started.0),
        "dbMilliseconds": cost.milliseconds,
        "batches": cost.batches,
    });
    (response, line.to_string())
}

async fn answer<S: Store>(service: Service<'_, S>, request: &Request, trace: &mut Trace) -> Result<Reply, Refusal> {
    let body = body(service.function, request)?;
    let fields = Fields::parse(body);
    // A body that cannot be read names no public action: its sender must sign in to be told more.
    let action = fields.as_ref().ok().map(|fields| service.function.action(request, fields));
    let public = matches!(&action, Some(Ok(action)) if action.public);
    let identity = if public { None } else { Some(identify(&service, request, trace).await?) };
    let fields = fields?;
    let action = service.function.action(request, &fields)?;
    trace.action = action.name;

    let (asking, operation) = read(&service, request, &fields, action, identity)?;
    decide(service.store, &asking, operation.as_ref(), trace).await
}

/// The body of a request that this function takes.
fn body<'a>(function: &Function, request: &'a Request) -> Result<&'a [u8], Refusal> {
    let taken = request.method == "POST" || (request.method == "GET" && function.get_action.is_some());
    if !taken {
        return Err(Refusal::MethodNotAllowed { allowed: function.methods() });
    }
    if request.path != "/" && !request.path.is_empty() {
        return Err(Refusal::NotFound);
    }
    let body = match &request.body {
        Body::Bytes(bytes) => bytes.as_slice(),
        Body::TooLarge => return Err(Refusal::BodyTooLarge),
    };
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

fn read<S>(
    service: &Service<'_, S>,
    request: &Request,
    fields: &Fields,
    action: &Action,
    identity: Option<Identity>,
) -> Result<(Asking, Box<dyn Operation>), Refusal> {
    let operation = (action.read)(&Call::new(fields, request))?;
    let organization = match request.header("x-organization-id") {
        Some(id) if is_id(id) => Some(id),
        Some(_) => return Err(Refusal::OrganizationNotFound),
        None => fields.id("organizationId")?,
    };
    let Service { now, fresh, .. } = service;
    let asking = Asking {
        identity,
        now: *now,
        request_id: fresh.request_id(),
        fresh: fresh.clone(),
        organization: organization.map(OrganizationId::new),
        ip_address: request.header("cf-connecting-ip").map(|ip| ip.chars().take(45).collect()),
        // What a header says has no refusal of its own: it is cut where a field would be refused.
        user_agent: request.header("user-agent").map(|header| header.chars().take(LONGEST_TEXT).collect()),
        app_url: service.app_url.to_string(),
    };
    Ok((asking, operation))
}

/// One batch for a known caller. A caller whose row is missing is signed up by a second batch, and the operation runs
/// again: the one case of more than one trip.
async fn decide<S: Store>(
    store: &S,
    asking: &Asking,
    operation: &dyn Operation,
    trace: &mut Trace,
) -> Result<Reply, Refusal> {
    let shared = asking.parameters();
    let mut statements = match operation.scope() {
        Scope::Public => Vec::new(),
        Scope::User | Scope::Organization => preface().to_vec(),
    };
    statements.extend(operation.statements(asking));
    let stored = |error| Refusal::from_store(error, &asking.request_id);

    let mut signed_up = false;
    loop {
        let answer = store.batch(&Batch::new(&statements, &shared)).await;
        let answer = answer.inspect_err(|_| add(trace, Cost { batches: 1, ..Cost::default() })).map_err(stored)?;
        add(trace, answer.cost);
        if operation.scope() == Scope::Public {
            return operation.outcome(asking, &Found::public(&answer, &asking.request_id));
        }
        let found = Found::read(&answer, &asking.request_id).map_err(stored)?;
        trace.organization = found.organization_id().map(ToString::to_string);
        if let Some(identity) = asking.identity.as_ref().filter(|_| !found.known() && !signed_up) {
            let sign_up = sign_up(asking, identity);
            let answer = store.batch(&Batch::new(&sign_up, &shared)).await;
            add(trace, answer.map_err(stored)?.cost);
            signed_up = true;
            continue;
        }
        found.must_be_active()?;
        if operation.scope() == Scope::Organization {
            found.standing()?;
        }
        return operation.outcome(asking, &found);
    }
}

fn add(trace: &mut Trace, cost: Cost) {
    trace.cost.get_or_insert_default().add(cost);
}
