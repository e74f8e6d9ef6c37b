//! `organizations`: the switcher's list, by page.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Scope},
    store::Statement,
};

use crate::switcher::{switcher, Entry, OF_ONE_PAGE};

pub struct Organizations {
    page: Page,
}

impl Organizations {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { page: Page::of_query(call.fields, OF_ONE_PAGE)? }))
    }
}

impl Operation for Organizations {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![self.page.bind(switcher())]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if context.organization.is_some() {
            found.membership()?;
        }
        let (organizations, next_cursor) = Entry::page(&self.page, found)?;
        let message = format!("{} organizations.", organizations.len());
        Ok(Reply::ok(&message, &json!({ "organizations": organizations, "nextCursor": next_cursor })))
    }
}
