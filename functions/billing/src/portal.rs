//! `portal`: Stripe's own page for cards, addresses and invoices.

use serde::Serialize;
use tallygate::{
    billing::{refused, stripe},
    http::{Asking, Call, Found, Operation, Outside, Refusal, Reply},
    store::Statement,
    stripe::IdempotencyKey,
    transport::Pending,
};

use crate::{
    account::{account, Account},
    checkout::page,
};

pub struct Portal {
    return_path: Option<String>,
}

#[derive(Serialize)]
struct Opened {
    url: String,
}

impl Portal {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { return_path: page(call, "returnPath")? }))
    }

    async fn open(&self, asking: &Asking, found: &Found<'_>, outside: &Outside<'_>) -> Result<Reply, Refusal> {
        let account = Account::of_biller(found)?;
        let customer = account.customer.as_deref().ok_or_else(|| Refusal::Conflict {
            code: "no_billing_account",
            message: "Nothing was ever paid here; start with a checkout.".to_string(),
            details: serde_json::Map::new(),
        })?;
        let back = format!("{}{}", asking.app_url, self.return_path.as_deref().unwrap_or("/billing"));
        // A page of its own each time: Stripe's are good for one visit.
        let key = IdempotencyKey::new(&format!("portal-{}", asking.request_id));
        let opened = stripe(outside)?.create_portal_session(customer, &back, &key).await;
        let url = opened.map_err(|error| refused(&error, &asking.request_id))?.url;
        Ok(Reply::ok("The billing portal is open: send the browser to its address.", &Opened { url }))
    }
}

impl Operation for Portal {
    fn statements(&self, _asking: &Asking) -> Vec<Statement> {
        vec![account()]
    }

    fn follow<'a>(
        &'a self,
        asking: &'a Asking,
        found: &'a Found<'a>,
        outside: &'a Outside<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(self.open(asking, found, outside))
    }
}
