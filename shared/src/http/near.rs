//! Reads that the nearest copy of the database answers, where it may (`Staleness`) and where its answer is a yes.
//!
//! A copy may be behind by a time that nobody knows. So it is only ever believed where it says yes: whoever it does not know,
//! whatever it would refuse, and whatever the primary would have to write first (a trial or an override that is over, an
//! address that is newly verified) goes on to the primary, which answers as if no copy had been asked.

use super::{
    away::{is_away, was_away, Asks},
    caller::{near_statements, AUTHORITY, UNSETTLED},
    operation::{Operation, Scope},
    request::Request,
    serve::Trace,
    BatchRows, Refusal, Reply, RequestContext, Services, Staleness,
};
use crate::store::{Bookmark, Copy, Statement};

/// The header by which a reply names the state that it was read from or left behind, and by which a request asks for that state
/// at least. It is D1's own name for it.
pub(super) const BOOKMARK: &str = "x-d1-bookmark";

/// The reply of the nearest copy; `None`: the primary is to be asked.
pub(super) async fn near(
    services: &Services<'_>,
    context: &RequestContext,
    operation: &dyn Operation,
    request: &Request,
    trace: &mut Trace,
) -> Option<Reply> {
    if !services.has_replicas() || operation.staleness(context) != Some(Staleness::OfOneself) {
        return None;
    }
    let copy = asked_of(request)?;
    let asks = Asks::of(context, operation.scope()).filter(|asks| !is_away(asks, context.now))?;
    let mut statements = near_statements(context, operation).to_vec();
    statements.extend(operation.statements(context));
    if statements.iter().any(Statement::writes) {
        return None;
    }
    let answer = services.near(context, copy, &statements).await;
    let answer = answer.map_err(|error| trace.near_fault = Some(error.cause())).ok()?;
    let found = BatchRows::read(&answer, &context.request_id).ok()?;
    if !stands(context, operation, &found).unwrap_or(false) {
        return None;
    }
    if !is_at_home(operation, &found).unwrap_or(false) {
        if found.membership.is_some() {
            was_away(&asks, context.now);
        }
        return None;
    }
    let reply = operation.outcome(context, &found).ok()?;
    trace.organization = found.organization_id().map(ToString::to_string);
    trace.is_near = true;
    Some(reply)
}

/// The copy that a request may be answered by. What can be no bookmark is one that somebody has damaged on its way: its sender
/// has seen a state that nobody can tell any more, and only the primary has all of them.
fn asked_of(request: &Request) -> Option<Copy> {
    match request.header(BOOKMARK) {
        None => Some(Copy::Nearest(None)),
        Some(text) => Bookmark::parse(text).map(|bookmark| Copy::Nearest(Some(bookmark))),
    }
}

/// Whether a copy's answer stands: the caller is known, may be here, and nothing waits to be written.
fn stands(context: &RequestContext, operation: &dyn Operation, found: &BatchRows<'_>) -> Result<bool, Refusal> {
    if !found.known() || found.must_be_active().is_err() || found.first(UNSETTLED)?.is_some() {
        return Ok(false);
    }
    if found.is_newly_verified()? && context.may_be_verified() {
        return Ok(false);
    }
    Ok(found.must_be_signed_in(context, operation.session(), operation.scope()).is_ok())
}

/// Whether the caller asks where nobody can put them out.
fn is_at_home(operation: &dyn Operation, found: &BatchRows<'_>) -> Result<bool, Refusal> {
    let is_at_home = found.membership.as_ref().is_some_and(|membership| membership.is_personal);
    let has_authority = operation.scope() == Scope::User && found.first(AUTHORITY)?.is_some();
    Ok(is_at_home && !has_authority)
}
