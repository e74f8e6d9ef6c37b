//! `me`: all that a page needs to begin with.

use serde::Serialize;
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Scope, Staleness},
    rules::time::Timestamp,
    store::{Row, Statement, StoreError},
};

use crate::{
    current::{current, Current},
    person::{person, row, Onboarding},
    switcher::{switcher, Entry, OF_ONE_PAGE},
};

pub struct Me {
    organizations: Page,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    user: Person,
    /// The first of them; `organizations` has the others.
    organizations: Vec<Entry>,
    /// `cursor` of the next page of `organizations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// What the request is about; `null` where that is none of the caller's.
    current: Option<Current>,
    onboarding: Onboarding,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Person {
    id: String,
    email: Option<String>,
    email_verified: bool,
    name: String,
    username: Option<String>,
    display_name: Option<String>,
    avatar_url: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
    #[cfg_attr(test, schemars(extend("enum" = ["user", "admin", "super_admin"])))]
    account_type: String,
    created_at: Timestamp,
}

impl Me {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { organizations: Page::of_size(call.fields, OF_ONE_PAGE)? }))
    }
}

impl Operation for Me {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![person(), self.organizations.bind(switcher()), current()]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        // Somebody without any organization has an account all the same; an organization that is named is theirs.
        if context.organization.is_some() {
            found.membership()?;
        }
        let person = row(found)?;
        let (organizations, next_cursor) = Entry::page(&self.organizations, found)?;
        let shown = Shown {
            user: found.stored(Person::read(person))?,
            organizations,
            next_cursor,
            current: Current::read(context, found)?,
            onboarding: found.stored(Onboarding::read(person))?,
        };
        Ok(Reply::ok("You are signed in.", &shown))
    }
}

impl Person {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_string));
        Ok(Self {
            id: row.text("id")?.to_string(),
            email: text("email")?,
            email_verified: row.flag("email_verified")?,
            name: row.text("name")?.to_string(),
            username: text("username")?,
            display_name: text("display_name")?,
            avatar_url: text("avatar_url")?,
            time_zone: text("time_zone")?,
            language: text("language")?,
            account_type: row.text("account_type")?.to_string(),
            created_at: row.timestamp("created_at")?,
        })
    }
}
