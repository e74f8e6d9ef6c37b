//! A function: a worker of its own, with its actions.

use super::{
    delivery::ReadDelivery, fields::printable_key, request::Request, serve::Trace, staff, Fields, Operation, Refusal,
    Reply, Services, WorkerEnvironment, MOST_BODY_BYTES,
};
use crate::{auth::KeyScope, transport::Pending};

/// The entry of a function's worker.
#[macro_export]
macro_rules! worker_entry {
    ($function:ident) => {
        #[cfg(target_arch = "wasm32")]
        #[worker::event(fetch)]
        async fn fetch(
            request: worker::web_sys::Request,
            env: worker::Env,
            context: worker::Context,
        ) -> Result<worker::web_sys::Response, std::convert::Infallible> {
            Ok($crate::http::serve(request, env, context, &$function).await)
        }
    };
}

/// One of the workers, as data: its name and how each action is found and read.
pub struct Function {
    pub name: &'static str,
    pub actions: &'static [Action],
    pub routes: Routes,
}

/// How a request names its action.
#[derive(Clone, Copy)]
pub enum Routes {
    /// At the function's root, by the body's `action`: left out, the default; for a `GET`, the one named here.
    Body { default: &'static str, get: Option<&'static str> },
    /// By the path: `/checkout`.
    Paths,
    /// By the path, for the operator's staff. To everybody else the function is not there (`staff`). The way of such a request stands
    /// here, so that it is part of no other worker.
    PathsOfStaff(AnswerStaff),
}

/// Answers a request to a function of the staff's.
pub type AnswerStaff = for<'a> fn(
    &'a WorkerEnvironment<'a>,
    &'a Request,
    &'a Services<'a>,
    &'a mut Trace,
) -> Pending<'a, Result<Reply, Refusal>>;

impl Routes {
    /// By the path, for the operator's staff.
    pub const fn of_staff() -> Self {
        Self::PathsOfStaff(staff::answer)
    }
}

/// One action of a function.
pub struct Action {
    pub name: &'static str,
    /// `GET`, `POST` or `PATCH`; where the path names the action it takes this method alone.
    pub method: &'static str,
    pub takes: Takes,
    /// What a service key must be good for to ask it in a person's place; `None`: persons alone ask.
    pub key_scope: Option<KeyScope>,
    /// The most that a body may hold, where the path names the action.
    pub most_body_bytes: usize,
}

/// Parses a request's fields.
pub type Read = fn(&Call<'_>) -> Result<Box<dyn Operation>, Refusal>;

/// Whom an action answers, and what it reads.
pub enum Takes {
    /// A caller who has signed in.
    SignedIn(Read),
    /// Anybody.
    Anybody(Read),
    /// Another company's signed message.
    Delivery(ReadDelivery),
}

impl Action {
    pub const fn new(name: &'static str, read: Read) -> Self {
        Self { name, method: "POST", takes: Takes::SignedIn(read), key_scope: None, most_body_bytes: MOST_BODY_BYTES }
    }

    pub const fn public(name: &'static str, read: Read) -> Self {
        Self { name, method: "POST", takes: Takes::Anybody(read), key_scope: None, most_body_bytes: MOST_BODY_BYTES }
    }

    pub const fn webhook(name: &'static str, read: ReadDelivery) -> Self {
        Self { name, method: "POST", takes: Takes::Delivery(read), key_scope: None, most_body_bytes: MOST_BODY_BYTES }
    }

    /// The same, also for a service key of that scope; only where the path names the action.
    pub const fn by_key(self, scope: KeyScope) -> Self {
        Self { key_scope: Some(scope), ..self }
    }

    /// The same with a body of up to so many bytes.
    pub const fn with_body_of(self, most_body_bytes: usize) -> Self {
        Self { most_body_bytes, ..self }
    }

    /// The same by `GET`, where the path names it.
    pub const fn by_get(self) -> Self {
        Self { method: "GET", ..self }
    }

    /// The same by `PATCH`, where the path names it: a change of some of its fields, in which `null` clears one
    /// (RFC 7396).
    pub const fn by_patch(self) -> Self {
        Self { method: "PATCH", ..self }
    }
}

impl Function {
    /// The most that any of its actions reads of a body.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn most_bytes(&self) -> usize {
        self.actions.iter().map(|action| action.most_body_bytes).fold(super::delivery::MOST_DELIVERY_BYTES, usize::max)
    }

    /// Whether nobody but the operator's staff may learn that there is such a function.
    pub(crate) fn is_of_staff(&self) -> bool {
        matches!(self.routes, Routes::PathsOfStaff(_))
    }

    /// The action that the path names; `None` where the body will name it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] and [`Refusal::MethodNotAllowed`].
    pub(super) fn routed(&self, request: &Request) -> Result<Option<&'static Action>, Refusal> {
        let path = request.path.strip_prefix('/').unwrap_or(&request.path);
        match self.routes {
            Routes::Body { get, .. } => {
                if request.method != "POST" && (request.method != "GET" || get.is_none()) {
                    let allowed = if get.is_some() { "GET, POST, OPTIONS" } else { "POST, OPTIONS" };
                    return Err(Refusal::MethodNotAllowed { allowed });
                }
                if path.is_empty() {
                    Ok(None)
                } else {
                    Err(Refusal::NotFound)
                }
            }
            Routes::Paths | Routes::PathsOfStaff(_) => {
                let named =
                    |method: &str| self.actions.iter().find(|action| action.name == path && action.method == method);
                let allowed = match ["GET", "POST", "PATCH"].map(|method| named(method).is_some()) {
                    [false, false, false] => return Err(Refusal::NotFound),
                    [true, false, false] => "GET, OPTIONS",
                    [false, true, false] => "POST, OPTIONS",
                    [true, true, false] => "GET, POST, OPTIONS",
                    [false, false, true] => "PATCH, OPTIONS",
                    [true, false, true] => "GET, PATCH, OPTIONS",
                    [false, true, true] => "POST, PATCH, OPTIONS",
                    [true, true, true] => "GET, POST, PATCH, OPTIONS",
                };
                named(&request.method).map(Some).ok_or(Refusal::MethodNotAllowed { allowed })
            }
        }
    }

    /// The action that a body means.
    pub(super) fn action(&self, request: &Request, fields: &Fields) -> Result<&'static Action, Refusal> {
        let Routes::Body { default, get } = self.routes else { return Err(Refusal::NotFound) };
        let name = match get.filter(|_| request.method == "GET") {
            Some(name) => name,
            None => fields.text("action")?.unwrap_or(default),
        };
        let found = self.actions.iter().find(|action| action.name == name);
        found.ok_or_else(|| Refusal::UnknownAction { actions: self.actions.iter().map(|action| action.name).collect() })
    }
}

/// What an action is read from.
pub struct Call<'a> {
    pub fields: &'a Fields,
    request: &'a Request,
}

impl<'a> Call<'a> {
    pub fn new(fields: &'a Fields, request: &'a Request) -> Self {
        Self { fields, request }
    }

    /// The key that makes a repeated request count once: the header `Idempotency-Key`, or the body's `idempotencyKey`.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] unless it has 1–255 printable characters.
    pub fn idempotency_key(&self) -> Result<Option<&str>, Refusal> {
        const FIELD: &str = "idempotencyKey";
        match (self.fields.key(FIELD)?, self.request.header("idempotency-key")) {
            (None, Some(key)) => printable_key(FIELD, key).map(Some),
            (key, _) => Ok(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Err(Refusal::NotFound)
    }

    static BY_PATH: Function = Function {
        name: "by-path",
        actions: &[
            Action::new("profile", nothing).by_get(),
            Action::new("profile", nothing).by_patch(),
            Action::new("change", nothing).by_patch(),
        ],
        routes: Routes::Paths,
    };

    #[test]
    fn a_path_takes_the_methods_of_its_actions_and_names_them() {
        let routed = |method: &str, path: &str| {
            let request = Request::new(method, path, [], super::super::Body::default());
            BY_PATH.routed(&request).map(|action| action.map(|action| action.method))
        };
        for method in ["GET", "PATCH"] {
            assert_eq!(routed(method, "/profile"), Ok(Some(method)));
        }
        assert_eq!(routed("POST", "/profile"), Err(Refusal::MethodNotAllowed { allowed: "GET, PATCH, OPTIONS" }));
        assert_eq!(routed("GET", "/change"), Err(Refusal::MethodNotAllowed { allowed: "PATCH, OPTIONS" }));
        assert_eq!(routed("patch", "/change"), Err(Refusal::MethodNotAllowed { allowed: "PATCH, OPTIONS" }));
    }
}
