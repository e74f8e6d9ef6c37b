//! Functions for the operator's own staff: whoever is not of it gets the gateway's answer for a function that is not there,
//! for the same work.

use super::{
    browser::{session_columns, session_joined, Browser, SessionRead},
    function::{Action, Call, Function, Takes},
    operation::{Operation, Scope, SessionRule},
    request::{Request, Response},
    serve::{body, identify, must_be_allowed, request_context, Trace, WorkerEnvironment},
    BatchRows, Fields, Refusal, Reply, RequestContext, Services,
};
use crate::{
    auth::Identity,
    rate_limit::Limited,
    rules::ids::UserId,
    store::{Lock, Statement},
    transport::Pending,
    user_is_staff,
};

/// What the gateway calls the function that a client has named. It asks this worker about names that no function has, too, so
/// that neither takes another time than the other.
const NAMED: &str = "x-function-named";

/// Puts the row `staff` (`user_id`, `account_type`) before a statement. It is there where the caller is an `admin` or
/// `super_admin` at this moment, whatever the token says, and where the session that the request names is live.
#[macro_export]
macro_rules! staff_scoped {
    ($($sql:tt)+) => {
        concat!(
            "WITH staff AS MATERIALIZED (
  SELECT users.id AS user_id, users.account_type
  FROM users
  WHERE users.id = :caller AND ",
            $crate::user_is_staff!("users"),
            "
    AND ",
            $crate::session_is_live!(),
            "
)
",
            $($sql)+
        )
    };
}

/// Who asks, where they are of the staff; the arguments are further columns, and what is joined for them.
macro_rules! asking_staff {
    ($columns:expr, $joined:expr) => {
        concat!(
            "SELECT 1 AS active, users.account_type",
            $columns,
            "
FROM users
",
            $joined,
            "WHERE users.id = :caller AND ",
            user_is_staff!("users")
        )
    };
}

/// Gives a row where whoever looks at what a customer sees is of the staff at this moment, and the customer is not.
pub(super) fn is_still_of_staff(viewer: &UserId) -> Statement {
    let holds = concat!(
        "SELECT users.id FROM users
WHERE users.id = :viewer AND ",
        user_is_staff!("users"),
        "
  AND EXISTS (SELECT 1 FROM users seen WHERE seen.id = :caller AND seen.account_type = 'user')"
    );
    Statement::new("viewer", holds).with("viewer", viewer.as_str())
}

/// A request to a function of the staff's. Until the database says that the caller is of the staff nothing is told, and what is
/// wrong with the request only afterwards.
///
/// # Errors
/// [`Refusal::NoSuchFunction`], and to the staff what the action refuses.
pub(super) fn answer<'a>(
    environment: &'a WorkerEnvironment<'a>,
    request: &'a Request,
    services: &'a Services<'a>,
    trace: &'a mut Trace,
) -> Pending<'a, Result<Reply, Refusal>> {
    Box::pin(answered(environment, request, services, trace))
}

async fn answered(
    environment: &WorkerEnvironment<'_>,
    request: &Request,
    services: &Services<'_>,
    trace: &mut Trace,
) -> Result<Reply, Refusal> {
    let not_there = |cause: &str| not_there(environment.function, request, cause);
    let identity = match identify(environment, request, trace).await {
        Ok(identity) => identity,
        Err(refusal) => return Err(not_there(refusal.code())),
    };
    // Whoever sees what one of the staff sees is not of it by that.
    if identity.viewer.is_some() {
        return Err(not_there("a token to look with"));
    }
    if must_be_allowed(environment, Limited::Person, identity.user_id.as_str()).await.is_err() {
        return Err(not_there("rate_limited"));
    }
    let is_this = named(environment.function, request) == environment.function.name;
    let (context, read) = read(environment, request, identity, trace);
    let operation = read.and_then(|operation| is_this.then_some(operation).ok_or(Refusal::NotFound));
    let rule = operation.as_ref().map_or(SessionRule::Free, |operation| operation.session());
    let mut statements = vec![Statement::new(
        "caller",
        match SessionRead::of(&context, rule, Scope::User) {
            SessionRead::Nothing => asking_staff!("", ""),
            SessionRead::Session | SessionRead::Enforced => asking_staff!(session_columns!(), session_joined!()),
        },
    )];
    let mut locks = Vec::new();
    if let Ok(operation) = &operation {
        statements.extend(operation.statements(&context));
        locks = operation.locks(&context);
        if !locks.is_empty() {
            locks.push(Lock::IfStaff);
        }
    }
    let answer = match services.batch(&context, &locks, &statements).await {
        Ok(answer) => answer,
        Err(refusal) => return Err(not_there(refusal.cause().unwrap_or(refusal.code()))),
    };
    let found = BatchRows::of_staff(&answer, &context.request_id).map_err(|error| not_there(&format!("{error:?}")))?;
    if !found.known() || !is_this {
        return Err(not_there("not of the staff"));
    }
    let operation = operation?;
    found.must_be_signed_in(&context, rule, Scope::User)?;
    operation.finish(&context, &found, services).await
}

/// Everything that a request says. What is wrong with it waits until it is known who asks.
fn read(
    environment: &WorkerEnvironment<'_>,
    request: &Request,
    identity: Identity,
    trace: &mut Trace,
) -> (RequestContext, Result<Box<dyn Operation>, Refusal>) {
    let context = request_context(environment, request, Some(identity), None);
    let parsed = parsed(environment.function, request, trace);
    match parsed {
        Ok((operation, browser)) => (RequestContext { browser, ..context }, Ok(operation)),
        Err(refusal) => (context, Err(refusal)),
    }
}

fn parsed(
    function: &Function,
    request: &Request,
    trace: &mut Trace,
) -> Result<(Box<dyn Operation>, Option<Browser>), Refusal> {
    let Some(Action { name, takes: Takes::SignedIn(read), most_body_bytes, .. }) = function.routed(request)? else {
        return Err(Refusal::NotFound);
    };
    trace.action = name;
    let fields = match request.method.as_str() {
        "GET" => Fields::of_query(&request.query)?,
        _ => Fields::parse(body(request, *most_body_bytes)?)?,
    };
    let operation = read(&Call::new(&fields, request))?;
    let browser = Browser::read(request, &fields, operation.session())?;
    Ok((operation, browser))
}

/// The function that the client has named, as the gateway says.
fn named<'a>(function: &'a Function, request: &'a Request) -> &'a str {
    request.header(NAMED).unwrap_or(function.name)
}

/// What everybody else is told; why, for the log.
pub(super) fn not_there(function: &Function, request: &Request, cause: &str) -> Refusal {
    Refusal::NoSuchFunction { name: named(function, request).to_string(), cause: cause.to_string() }
}

/// As the gateway writes it (`gateway/src/refusal.rs`): a suite compares the two, byte by byte.
pub(super) fn as_the_gateway(refusal: &Refusal) -> Response {
    let headers = [
        ("content-type", "application/json"),
        ("vary", "Origin"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("access-control-allow-origin", "*"),
    ];
    let headers = headers.map(|(name, value)| (name, value.to_string())).to_vec();
    Response { headers, ..refusal.response() }
}

impl BatchRows<'_> {
    /// Whether the one of the staff who asks may do what only a `super_admin` may.
    ///
    /// # Errors
    /// A fault in reading the row.
    pub fn is_super_admin(&self) -> Result<bool, Refusal> {
        Ok(self.stored(self.only("caller")?.text("account_type"))? == "super_admin")
    }

    /// # Errors
    /// 403 for an `admin`.
    pub fn must_be_super_admin(&self) -> Result<(), Refusal> {
        match self.is_super_admin()? {
            true => Ok(()),
            false => Err(Refusal::Forbidden("Only a super_admin may do this")),
        }
    }
}
