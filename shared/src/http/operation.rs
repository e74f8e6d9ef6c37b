//! An operation: a parsed request that knows its statements and reads its outcome off their rows.

use super::{BatchRows, Refusal, Reply, RequestContext, Services, Staleness};
use crate::{
    store::{Lock, Statement},
    transport::Pending,
};

/// What must be there for an operation to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The caller's membership in the organization asked for.
    Organization,
    /// The caller alone.
    User,
    /// Nothing: no sign-in needed.
    Public,
}

/// What the session that a request comes from means to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionRule {
    /// Nothing: it is how a session begins and goes on.
    Free,
    /// It must be live where the header names it. The body's `sessionId` is what the operation is about.
    LiveIfInHeader,
    /// It must be live where the header or the body names it.
    LiveIfSent,
    /// The operation costs money or adds people: where the catalog enforces sessions, it must be named and proven.
    Enforced,
}

/// One action of a function, with its fields parsed. Pure: it never sees the network, the clock or a random source.
pub trait Operation {
    fn scope(&self) -> Scope {
        Scope::Organization
    }

    /// A statement that decides holds to it by `session_is_live!` or `session_is_proven!`.
    fn session(&self) -> SessionRule {
        SessionRule::LiveIfSent
    }

    /// What two requests of this kind, or of this and another one, could race for. An operation that only reads names
    /// nothing; one that writes names at least one row (a native test fails for one that does not).
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        Vec::new()
    }

    /// Which state of the database it may be answered from. An operation that names no lock says it (a native test fails for one
    /// that does not); one that writes says nothing, and is decided at the primary.
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        None
    }

    /// Whether it has another company do something, beside what it does itself. (Whoever looks at what a customer sees may not.)
    fn asks_others(&self) -> bool {
        false
    }

    /// The statements that decide and do it, in one batch. What two requests could race for is decided here.
    fn statements(&self, context: &RequestContext) -> Vec<Statement>;

    /// Whether the rows show that this very request has done it, in an operation that takes the caller's own membership or
    /// account away: sent again after its answer was lost, it finds the caller outside and must answer as the first time.
    ///
    /// # Errors
    /// A fault in reading the rows.
    fn is_done(&self, _rows: &BatchRows<'_>) -> Result<bool, Refusal> {
        Ok(false)
    }

    /// What to answer where the database cannot be reached and the operator lets the product go on with what is named
    /// (`ALLOW_ON_OUTAGE`); `None`: the request is refused. Silence is never an allow.
    fn on_outage(&self, _allowed: &[&str]) -> Option<Reply> {
        None
    }

    /// Reads what happened off the rows. Only an operation that has [`Operation::finish`] instead may leave it out.
    ///
    /// # Errors
    /// The refusal that explains why nothing was changed.
    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        Err(found.broken("an operation has neither an outcome nor what follows"))
    }

    /// What follows the batch where another company has a say; by default the outcome and nothing else. Here alone an
    /// operation is not pure: it may ask Stripe, and keep what Stripe answered.
    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        _services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(std::future::ready(self.outcome(context, found)))
    }
}
