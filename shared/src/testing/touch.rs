//! The smallest function there is.

use serde_json::json;

use crate::{
    http::{Action, BatchRows, Call, Function, Operation, Refusal, Reply, RequestContext, Routes, Scope, Staleness},
    store::Statement,
};

/// A function that only asks who calls, and about which organization.
pub static TOUCH: Function = Function {
    name: "touch",
    actions: &[Action::new("touch", read_touch)],
    routes: Routes::Body { default: "touch", get: Some("touch") },
};

struct Touch;

fn read_touch(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
    Ok(Box::new(Touch))
}

impl Operation for Touch {
    fn scope(&self) -> Scope {
        Scope::Organization
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![Statement::new("me", "SELECT id, name FROM users WHERE id = :caller")]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let me = found.only("me")?;
        let reply = json!({
            "userId": found.stored(me.text("id"))?,
            "name": found.stored(me.text("name"))?,
            "organizationId": membership.organization_id,
            "role": membership.role,
        });
        Ok(Reply::ok("Touched.", &reply))
    }
}
