//! `portal`: Stripe's own page for cards, addresses and invoices.

use serde::Serialize;
use tallygate::{
    billing::{refused, stripe},
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services, SessionRule},
    store::Statement,
    stripe::{IdempotencyKey, StripeError},
    transport::Pending,
};

use crate::{
    account::{account, Account},
    checkout::page,
    gone_customer::let_go,
};

pub struct Portal {
    return_path: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Opened {
    url: String,
}

impl Portal {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { return_path: page(call, "returnPath")? }))
    }

    async fn open(
        &self,
        context: &RequestContext,
        found: &BatchRows<'_>,
        services: &Services<'_>,
    ) -> Result<Reply, Refusal> {
        let account = Account::of_biller(found)?;
        let customer = account
            .customer
            .as_deref()
            .ok_or_else(|| no_account("Nothing was ever paid here; start with a checkout."))?;
        let back = format!("{}{}", context.app_url, self.return_path.as_deref().unwrap_or("/billing"));
        // A page of its own each time: Stripe's are good for one visit.
        let key = IdempotencyKey::new(&format!("portal-{}", context.request_id));
        let opened = stripe(services)?.create_portal_session(customer, &back, &key).await;
        if opened.as_ref().is_err_and(StripeError::is_about_gone_customer) {
            let_go(context, found, services, customer).await?;
            return Err(no_account("The customer was deleted at Stripe; start with a checkout."));
        }
        let url = opened.map_err(|error| refused(&error, &context.request_id))?.url;
        Ok(Reply::ok("The billing portal is open: send the browser to its address.", &Opened { url }))
    }
}

fn no_account(message: &str) -> Refusal {
    Refusal::Conflict { code: "no_billing_account", message: message.to_string(), details: serde_json::Map::new() }
}

impl Operation for Portal {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![account()]
    }

    fn asks_others(&self) -> bool {
        true
    }

    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(self.open(context, found, services))
    }
}
