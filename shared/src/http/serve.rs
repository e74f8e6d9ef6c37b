//! The way of a request through a function, the same for all of them.

use super::{
    away,
    browser::SessionRead,
    caller::{caller_statements, key_statements},
    cors::Origins,
    delivery::{Delivered, Delivery, MOST_DELIVERY_BYTES},
    fields::is_id,
    function::{Action, Call, Function, Read, Routes, Takes},
    kept_replies::{revalidated, versioned, KeptReplies},
    near::{near, BOOKMARK},
    operation::{Operation, Scope},
    provision::{sign_up, verify, Source},
    request::{Body, Request, Response},
    services::AnyStore,
    staff::{self, is_still_of_staff},
    BatchRows, Browser, Fields, Refusal, Reply, RequestContext, Services, Staleness,
};
use crate::{
    auth::{authenticate, bearer_token, AuthError, AuthSettings, Identity, KeyScope, ServiceKey},
    rate_limit::{self, Limited, RateLimits},
    rules::{
        ids::OrganizationId,
        invitation::INVITATION_SECRET,
        json::{object, text_of},
        request_ids::RequestIds,
        time::Timestamp,
    },
    store::{Cost, Lock, Statement},
    transport::Transport,
    webhooks::ALLOW_LOCAL,
};

/// The most that a client's body may hold, in bytes.
pub(super) const MOST_BODY_BYTES: usize = 64 * 1024;

/// The most characters of a user agent that are kept.
pub const LONGEST_USER_AGENT: usize = 512;

/// What a function works with beside the request.
pub struct WorkerEnvironment<'a> {
    pub function: &'a Function,
    pub store: &'a dyn AnyStore,
    /// The way to other companies' systems.
    pub transport: &'a dyn Transport,
    pub rate_limits: &'a dyn RateLimits,
    /// What this instance of the worker has answered to everybody.
    pub kept: &'a KeptReplies,
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
    pub ids: RequestIds,
}

/// What is said of a request in its log line.
#[derive(Default)]
pub struct Trace {
    pub(super) action: &'static str,
    user: Option<String>,
    /// Who of the operator's staff looks at what the user sees.
    viewer: Option<String>,
    pub(super) organization: Option<String>,
    /// Answered by a copy of the database near the caller.
    pub(super) is_near: bool,
    /// Why a copy that was asked gave no answer.
    pub(super) near_fault: Option<String>,
    /// It is the same for everybody.
    is_for_everybody: bool,
    cost: Option<Cost>,
    /// Something that went well, but not as the operator would want it.
    note: Option<String>,
}

/// Answers a request and gives the line for the log: one JSON object, never with a token or an e-mail address.
pub async fn handle(environment: WorkerEnvironment<'_>, request: &Request) -> (Response, String) {
    let mut trace = Trace::default();
    let (started, clock) = (environment.now, environment.clock);
    let (function, origins, request_id) = (environment.function, environment.origins, environment.ids.request_id());
    let services = Services::new(environment.store, environment.transport, environment.variable, environment.clock);
    let answered = match (function.routes, request.method.as_str()) {
        // A preflight carries no token, so nothing can be told from it. The console's pages are of the gateway's own host.
        (Routes::PathsOfStaff(answer), _) => Some(answer(&environment, request, &services, &mut trace).await),
        (_, "OPTIONS") => None,
        _ => Some(answer(&environment, request, &services, &mut trace).await),
    };
    let outcome = match answered {
        Some(answered) => answered.map(|reply| {
            trace.note = reply.note().map(str::to_string);
            origins.mark(request, reply.response())
        }),
        None => Ok(origins.preflight(request)),
    };
    trace.cost = services.cost();
    let (code, cause) = match &outcome {
        Ok(_) => ("ok", None),
        Err(refusal) => (refusal.code(), refusal.cause().map(str::to_string)),
    };
    let response = match outcome {
        Err(refusal @ Refusal::NoSuchFunction { .. }) => staff::as_the_gateway(&refusal),
        outcome => {
            let mut response = outcome.unwrap_or_else(|refusal| origins.mark(request, refusal.response()));
            if !response.headers.iter().any(|(name, _)| *name == "cache-control") {
                response.headers.push(("cache-control", "no-store".to_string()));
            }
            response.headers.push(("x-content-type-options", "nosniff".to_string()));
            let tells_rows = (environment.variable)("SERVER_TIMING").as_deref() == Some("rows");
            // What is the same for everybody names no state: a browser keeps it, and would bring the state of then back to its page.
            if let Some(bookmark) = services.bookmark().filter(|_| !trace.is_for_everybody) {
                response.headers.push((BOOKMARK, bookmark.as_str().to_string()));
            }
            if let Some(cost) = &trace.cost {
                response.headers.push(("server-timing", cost.server_timing(tells_rows)));
            }
            response
        }
    };
    let cost = trace.cost.unwrap_or_default();
    let mut line = vec![
        ("requestId", request_id.as_str().into()),
        ("function", function.name.into()),
        ("action", trace.action.into()),
        ("user", trace.user.into()),
        ("organization", trace.organization.into()),
        ("status", response.status.into()),
        ("code", code.into()),
        ("cause", cause.or(trace.note).into()),
        ("milliseconds", clock().0.saturating_sub(started.0).into()),
        ("dbMilliseconds", cost.milliseconds.into()),
        ("batches", cost.batches.into()),
        ("tries", cost.tries.into()),
        ("retried", services.retried().into()),
        ("rowsRead", cost.rows.map(|rows| rows.read).into()),
        ("rowsWritten", cost.rows.map(|rows| rows.written).into()),
    ];
    if let Some(viewer) = trace.viewer {
        line.push(("viewedBy", viewer.into()));
    }
    if trace.is_near {
        line.push(("near", true.into()));
    }
    if let Some(cause) = trace.near_fault {
        line.push(("nearFault", cause.into()));
    }
    (response, text_of(&object(line).into()))
}

async fn answer(
    environment: &WorkerEnvironment<'_>,
    request: &Request,
    services: &Services<'_>,
    trace: &mut Trace,
) -> Result<Reply, Refusal> {
    let routed = environment.function.routed(request)?;
    if let Some(Action { name, takes: Takes::Delivery(read), .. }) = routed {
        trace.action = name;
        let delivery = Delivery::new(request, bytes(request, MOST_DELIVERY_BYTES)?, environment.now, services);
        let Delivered { operation, about } = match read(&delivery).await {
            Err(refusal @ Refusal::InvalidSignature { .. }) => {
                return Err(stranger(environment, request, refusal).await)
            }
            delivered => delivered?,
        };
        trace.user = about.as_ref().map(|identity| identity.user_id.to_string());
        return decide(services, &request_context(environment, request, about, None), operation.as_ref(), trace).await;
    }
    let fields = match request.method.as_str() {
        "GET" if routed.is_some() => Fields::of_query(&request.query),
        _ => Fields::parse(body(request, routed.map_or(MOST_BODY_BYTES, |action| action.most_body_bytes))?),
    };
    let action = |fields: &Fields| routed.map_or_else(|| environment.function.action(request, fields), Ok);
    // A body that cannot be read names no public action: its sender must sign in to be told more.
    let meant = match (&fields, routed) {
        (Ok(fields), _) => Some(action(fields)),
        (Err(_), routed) => routed.map(Ok),
    };
    let public = matches!(&meant, Some(Ok(Action { takes: Takes::Anybody(_), .. })));
    let mut service_key = None;
    let identity = if public {
        must_be_allowed(environment, Limited::Address, address(request)).await?;
        None
    } else if let Some((token, scope)) = key_meant(request, routed) {
        match ServiceKey::parse(token, scope) {
            Ok(key) => service_key = Some(key),
            Err(error) => return Err(stranger(environment, request, Refusal::Unauthenticated(error)).await),
        }
        None
    } else {
        match identify(environment, request, trace).await {
            Err(refusal) if refusal.status() == 401 => return Err(stranger(environment, request, refusal).await),
            identified => Some(identified?),
        }
    };
    if let Some(identity) = &identity {
        // Whoever looks at what a customer sees uses nothing of theirs.
        must_be_allowed(environment, Limited::Person, identity.viewer.as_ref().unwrap_or(&identity.user_id).as_str())
            .await?;
    }
    // A server asks for many.
    if let Some(key) = &service_key {
        must_be_allowed(environment, Limited::Organization, &key.hash).await?;
    }
    let fields = fields?;
    let action = action(&fields)?;
    trace.action = action.name;

    let (Takes::SignedIn(read) | Takes::Anybody(read)) = action.takes else { return Err(Refusal::NotFound) };
    let (context, operation) = read_call(environment, request, &fields, read, identity)?;
    if service_key.is_some() && context.browser.as_ref().is_some_and(|browser| browser.user.is_none()) {
        return Err(Refusal::invalid("userId", "is required: a service key says whose session it names"));
    }
    let context = RequestContext { service_key, ..context };
    // A key has a limit of its own: whoever makes one up uses nothing of the organization that they name; nor does whoever looks.
    let themselves = context.identity.as_ref().filter(|identity| identity.viewer.is_none());
    let named = themselves.map(|identity| &identity.user_id).zip(context.organization.as_ref());
    if named.is_some_and(|(person, organization)| rate_limit::is_used_up(person, organization, context.now)) {
        return Err(Refusal::RateLimited);
    }
    trace.is_for_everybody = operation.staleness(&context) == Some(Staleness::OfEverybody);
    if let Some(reply) = environment.kept.given(action.name, context.now).filter(|_| trace.is_for_everybody) {
        return Ok(revalidated(reply, request));
    }
    let decided = match near(services, &context, operation.as_ref(), request, trace).await {
        Some(reply) => Ok(reply),
        None => decide(services, &context, operation.as_ref(), trace).await,
    };
    if let Some((person, organization)) =
        named.filter(|(_, named)| trace.organization.as_deref() == Some(named.as_str()))
    {
        // They are of it. What is done is done: only what comes next is refused.
        let is_used_up = !environment.rate_limits.allows(Limited::Organization, organization.as_str()).await;
        rate_limit::learn(person, organization, is_used_up, context.now);
    }
    match decided {
        Err(refusal) if context.service_key.is_some() && refusal.status() == 401 => {
            Err(stranger(environment, request, refusal).await)
        }
        Ok(reply) if trace.is_for_everybody => {
            let reply = versioned(reply);
            environment.kept.keep(action.name, context.now, &reply);
            Ok(revalidated(reply, request))
        }
        decided => decided,
    }
}

/// Counts a request before the database is asked.
///
/// # Errors
/// 429 `rate_limited`.
pub(super) async fn must_be_allowed(
    environment: &WorkerEnvironment<'_>,
    limited: Limited,
    key: &str,
) -> Result<(), Refusal> {
    match environment.rate_limits.allows(limited, key).await {
        true => Ok(()),
        false => Err(Refusal::RateLimited),
    }
}

/// What somebody is told whose token or signature does not hold: why, or that they try too often.
async fn stranger(environment: &WorkerEnvironment<'_>, request: &Request, refusal: Refusal) -> Refusal {
    must_be_allowed(environment, Limited::Address, address(request)).await.err().unwrap_or(refusal)
}

/// Where a request comes from, as the edge says.
fn address(request: &Request) -> &str {
    request.header("cf-connecting-ip").unwrap_or("unknown")
}

/// The token of a request that means to be a service key's, with what it must be good for: where the action is for keys.
fn key_meant<'a>(request: &'a Request, routed: Option<&Action>) -> Option<(&'a str, KeyScope)> {
    let token = bearer_token(request.header("authorization")).ok().filter(|token| ServiceKey::is_meant(token))?;
    Some((token, routed?.key_scope?))
}

/// The bytes of a body that came as a whole and is not too long.
fn bytes(request: &Request, most: usize) -> Result<&[u8], Refusal> {
    match &request.body {
        Body::Bytes(bytes) if bytes.len() <= most => Ok(bytes),
        Body::Bytes(_) | Body::TooLarge => Err(Refusal::BodyTooLarge { most_bytes: most }),
        Body::BrokenOff => Err(Refusal::InvalidJson("The body broke off before its end.")),
    }
}

/// The body of a client's request.
pub(super) fn body(request: &Request, most: usize) -> Result<&[u8], Refusal> {
    let body = bytes(request, most)?;
    let media_type = request.header("content-type").and_then(|value| value.split(';').next()).map(str::trim);
    let json = media_type.is_none_or(|media_type| media_type.eq_ignore_ascii_case("application/json"));
    if json || body.is_empty() {
        Ok(body)
    } else {
        Err(Refusal::UnsupportedMediaType)
    }
}

pub(super) async fn identify(
    environment: &WorkerEnvironment<'_>,
    request: &Request,
    trace: &mut Trace,
) -> Result<Identity, Refusal> {
    let token = bearer_token(request.header("authorization")).map_err(Refusal::Unauthenticated)?;
    let identity = authenticate(token, environment.auth, environment.now).await.map_err(Refusal::Unauthenticated)?;
    trace.user = Some(identity.user_id.to_string());
    trace.viewer = identity.viewer.as_ref().map(ToString::to_string);
    Ok(identity)
}

fn read_call(
    environment: &WorkerEnvironment<'_>,
    request: &Request,
    fields: &Fields,
    read: Read,
    identity: Option<Identity>,
) -> Result<(RequestContext, Box<dyn Operation>), Refusal> {
    let operation = read(&Call::new(fields, request))?;
    let browser = match operation.scope() {
        Scope::Public => None,
        Scope::User | Scope::Organization => Browser::read(request, fields, operation.session())?,
    };
    let organization = match request.header("x-organization-id") {
        Some(id) if is_id(id) => Some(id),
        Some(_) => return Err(Refusal::OrganizationNotFound),
        None => fields.id("organizationId")?,
    };
    let context = request_context(environment, request, identity, organization.map(OrganizationId::new));
    Ok((RequestContext { browser, ..context }, operation))
}

pub(super) fn request_context(
    environment: &WorkerEnvironment<'_>,
    request: &Request,
    identity: Option<Identity>,
    organization: Option<OrganizationId>,
) -> RequestContext {
    let WorkerEnvironment { now, ids, .. } = environment;
    RequestContext {
        identity,
        service_key: None,
        now: *now,
        request_id: ids.request_id(),
        ids: ids.clone(),
        organization,
        browser: None,
        ip_address: request.header("cf-connecting-ip").map(|ip| ip.chars().take(45).collect()),
        // What a header says has no refusal of its own: it is cut where a field would be refused.
        user_agent: request.header("user-agent").map(|header| header.chars().take(LONGEST_USER_AGENT).collect()),
        app_url: environment.app_url.to_string(),
        invitation_secret: (environment.variable)(INVITATION_SECRET).filter(|secret| !secret.trim().is_empty()),
        view_as_secret: environment.auth.view_as_secret.clone(),
        banned_email_domains: (environment.variable)("BANNED_EMAIL_DOMAINS").unwrap_or_default(),
        allows_local_endpoints: (environment.variable)(ALLOW_LOCAL).as_deref() == Some("1"),
    }
}

/// What is answered without the database: to a person, since only the database knows a service key.
fn unreachable(
    refusal: Refusal,
    services: &Services<'_>,
    context: &RequestContext,
    operation: &dyn Operation,
) -> Result<Reply, Refusal> {
    let is_outage = matches!(refusal, Refusal::DatabaseUnavailable { .. } | Refusal::DatabaseBusy { .. });
    if !is_outage || context.identity.is_none() {
        return Err(refusal);
    }
    let allowed = services.variable("ALLOW_ON_OUTAGE").unwrap_or_default();
    let allowed: Vec<&str> = allowed.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let reply = operation.on_outage(&allowed).map(|reply| reply.noted(refusal.cause().unwrap_or_default().to_string()));
    reply.ok_or(refusal)
}

/// One batch for a known caller. A caller whose row is missing is signed up by a second batch, and the operation runs
/// again; so is, once, somebody verified whose address was not when they signed up. These are the cases of more than one
/// trip that are not an operation's own. (What the operation has done already it finds, as in a batch that is sent twice.)
async fn decide(
    services: &Services<'_>,
    context: &RequestContext,
    operation: &dyn Operation,
    trace: &mut Trace,
) -> Result<Reply, Refusal> {
    let session = SessionRead::of(context, operation.session(), operation.scope());
    let mut statements = match (operation.scope(), &context.service_key) {
        (Scope::Public, _) => Vec::new(),
        (Scope::User | Scope::Organization, Some(_)) => key_statements(context.now, session).to_vec(),
        (Scope::User | Scope::Organization, None) => caller_statements(session).to_vec(),
    };
    let own = operation.statements(context);
    let locks = operation.locks(context);
    let viewer = context.identity.as_ref().and_then(|identity| identity.viewer.as_ref());
    if let Some(viewer) = viewer {
        if !locks.is_empty() || operation.asks_others() || own.iter().any(Statement::writes) {
            return Err(Refusal::ReadOnly);
        }
        statements.push(is_still_of_staff(viewer));
    }
    statements.extend(own);
    let stored = |error| Refusal::from_store(error, &context.request_id);

    let (mut signed_up, mut verified) = (false, false);
    loop {
        let answer = match services.batch(context, &locks, &statements).await {
            Ok(answer) => answer,
            Err(refusal) => return unreachable(refusal, services, context, operation),
        };
        if operation.scope() == Scope::Public {
            let found = BatchRows::public(&answer, &context.request_id);
            return operation.finish(context, &found, services).await;
        }
        let found = BatchRows::read(&answer, &context.request_id).map_err(stored)?;
        if viewer.is_some() && (!found.known() || found.first("viewer")?.is_none()) {
            return Err(Refusal::Unauthenticated(AuthError::Invalid("whoever looks with it may do so no more")));
        }
        trace.organization = found.organization_id().map(ToString::to_string);
        if let Some(key) = &context.service_key {
            trace.user = Some(format!("key:{}", found.must_be_good_for(key, context)?));
            found.must_be_signed_in(context, operation.session(), operation.scope())?;
            return operation.finish(context, &found, services).await;
        }
        if let Some(identity) = context.identity.as_ref().filter(|_| !found.known() && !signed_up) {
            if identity.email.may_be_of(&context.banned_email_domains) {
                return Err(Refusal::EmailDomainBanned);
            }
            services.batch(context, &[Lock::Caller], &sign_up(context, identity, Source::Token)).await?;
            signed_up = true;
            continue;
        }
        // Whoever has just deleted their account has none any more, and no session.
        if operation.scope() == Scope::User && operation.is_done(&found)? {
            return operation.finish(context, &found, services).await;
        }
        found.must_be_active()?;
        if !verified && found.is_newly_verified()? && context.may_be_verified() {
            services.batch(context, &[Lock::Caller], &verify(context)).await?;
            verified = true;
            continue;
        }
        if services.has_replicas() {
            away::learn(context, operation.scope(), &found);
        }
        found.must_be_signed_in(context, operation.session(), operation.scope())?;
        if operation.scope() == Scope::Organization && !operation.is_done(&found)? {
            found.membership()?;
        }
        return operation.finish(context, &found, services).await;
    }
}
