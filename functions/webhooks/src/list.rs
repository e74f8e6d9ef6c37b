//! `list`: the endpoints, the oldest first. Also for an organization whose plan has webhooks no more.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    store::Statement,
};

use crate::{
    account::{account_scoped, endpoint_is_the_account_s, must_manage},
    endpoint::{endpoint_columns, Endpoint},
};

pub struct List;

impl List {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for List {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![Statement::new(
            "endpoints",
            account_scoped!(
                "SELECT ",
                endpoint_columns!(),
                "
FROM account JOIN webhook_endpoints endpoint ON ",
                endpoint_is_the_account_s!(),
                "
ORDER BY endpoint.created_at, endpoint.id"
            ),
        )]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        must_manage(context, found, false)?;
        let endpoints = found.rows("endpoints")?.iter().map(Endpoint::read);
        let endpoints = found.stored(endpoints.collect::<Result<Vec<_>, _>>())?;
        Ok(Reply::ok(&format!("{} endpoints.", endpoints.len()), &json!({ "endpoints": endpoints })))
    }
}
