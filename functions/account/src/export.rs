//! `export`: everything that is kept of the caller. What is small comes at once, as one document; each of the large tables by
//! page, as lines of JSON (`?list=`), where the header `x-next-cursor` has what the next request sends as `cursor`. Nothing of
//! other people is in it, and no secret. `personal_data` says what is left out and why, and a test holds the two together.

mod column;
#[cfg(test)]
mod described;
mod list;
mod lists;
mod whole;

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope, Staleness},
    store::Statement,
};

#[cfg(test)]
pub use described::{list_names, Exported};
use list::ListPage;
use lists::LISTS;
use whole::SECTIONS;

pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
    match call.fields.text("list")? {
        Some(name) => ListPage::read(name, call.fields),
        None if call.fields.names("cursor") => Err(Refusal::invalid("cursor", "is of a list, and none is named")),
        None => Ok(Box::new(Whole)),
    }
}

struct Whole;

impl Operation for Whole {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ActedUpon)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        SECTIONS.iter().map(|section| Statement::new(section.name, section.sql)).collect()
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let lists: Vec<_> = LISTS.iter().map(|list| list.name).collect();
        let mut body = serde_json::Map::new();
        body.insert("exportedAt".to_string(), json!(context.now));
        body.insert("lists".to_string(), json!(lists));
        for section in &SECTIONS {
            body.insert(section.name.to_string(), found.stored(section.shown(found.rows(section.name)?))?);
        }
        Ok(Reply::ok("This is kept of you, and the lists that are named.", &body))
    }
}
