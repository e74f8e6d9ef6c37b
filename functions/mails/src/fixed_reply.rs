//! What needs no row: its answer is known when it has been read.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Delivered, Operation, Refusal, Reply, RequestContext, Scope},
    store::Statement,
};

/// What is answered whatever the database holds.
pub struct FixedReply(pub Reply);

impl FixedReply {
    /// A message that changes nothing. The sender must not send it again, so it is a success.
    pub fn ignored() -> Delivered {
        Self(Reply::ok("This message is about nothing that is kept here.", &json!({ "ignored": true }))).delivered()
    }

    pub fn delivered(self) -> Delivered {
        Delivered { operation: Box::new(self), about: None }
    }
}

impl Operation for FixedReply {
    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        Vec::new()
    }

    fn outcome(&self, _context: &RequestContext, _found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        Ok(self.0.clone())
    }
}
