//! A function: a worker of its own, with its actions.

use super::{fields::is_id, request::Request, Fields, Operation, Refusal};

/// One of the workers, as data: its name and how each action is read.
pub struct Function {
    pub name: &'static str,
    pub actions: &'static [Action],
    /// The action meant by a body without `action`.
    pub default_action: &'static str,
    /// The action of a `GET`, where there is one.
    pub get_action: Option<&'static str>,
}

/// One action of a function.
pub struct Action {
    pub name: &'static str,
    /// Needs no sign-in.
    pub public: bool,
    /// Parses the request's fields.
    pub read: fn(&Call<'_>) -> Result<Box<dyn Operation>, Refusal>,
}

impl Action {
    pub const fn new(name: &'static str, read: fn(&Call<'_>) -> Result<Box<dyn Operation>, Refusal>) -> Self {
        Self { name, public: false, read }
    }

    pub const fn public(name: &'static str, read: fn(&Call<'_>) -> Result<Box<dyn Operation>, Refusal>) -> Self {
        Self { name, public: true, read }
    }
}

impl Function {
    pub(super) fn methods(&self) -> &'static str {
        if self.get_action.is_some() {
            "GET, POST, OPTIONS"
        } else {
            "POST, OPTIONS"
        }
    }

    /// The action that a request means.
    pub(super) fn action(&self, request: &Request, fields: &Fields) -> Result<&'static Action, Refusal> {
        let name = match self.get_action.filter(|_| request.method == "GET") {
            Some(name) => name,
            None => fields.text("action")?.unwrap_or(self.default_action),
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
        let key = match self.fields.text("idempotencyKey")? {
            Some(key) => Some(key),
            None => self.request.header("idempotency-key"),
        };
        let printable = |key: &str| is_id(&key.replace(' ', "_"));
        match key {
            Some(key) if !printable(key) => {
                Err(Refusal::invalid("idempotencyKey", "must have 1 to 255 printable characters"))
            }
            key => Ok(key),
        }
    }
}
