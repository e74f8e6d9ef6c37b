//! `username`: whether one is to be had (`GET`), and taking it (`POST`).

use serde::Serialize;
use serde_json::json;
use tallygate::{
    http::{limit_details, remembering, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope, Staleness},
    is_recent_request, recent_requests_with_this,
    rules::username::{NoUsername, Username},
    session_is_live,
    store::{Lock, Statement},
};

use crate::person::{caller_is_active, person, row};

/// How many free ones are suggested.
const SUGGESTED: usize = 3;

pub struct Look {
    wanted: String,
}

#[derive(Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "UnavailableBecause"))]
#[serde(rename_all = "snake_case")]
pub enum Unavailable {
    /// Not 3 to 30 letters, digits and underscores.
    Invalid,
    Reserved,
    Taken,
}

impl Look {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { wanted: call.fields.required_text("wanted")?.trim().to_string() }))
    }
}

impl Operation for Look {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ActedUpon)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![taken(context, &self.wanted)]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let reason = match Username::parse(&self.wanted) {
            Err(NoUsername::Invalid) => Some(Unavailable::Invalid),
            Err(NoUsername::Reserved) => Some(Unavailable::Reserved),
            Ok(_) if is_taken(found, &self.wanted)? => Some(Unavailable::Taken),
            Ok(_) => None,
        };
        let suggestions = match reason {
            Some(_) => suggestions(context, found, &self.wanted)?,
            None => Vec::new(),
        };
        let message = if reason.is_none() { "This username is free." } else { "This username is not to be had." };
        let body = json!({
            "wanted": self.wanted, "available": reason.is_none(), "reason": reason, "suggestions": suggestions,
        });
        Ok(Reply::ok(message, &body))
    }
}

pub struct Take {
    username: Username,
}

impl Take {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let parse = |text: &str| Username::parse(text).ok();
        Ok(Box::new(Self { username: call.fields.required("username", parse, Username::EXPECTED)? }))
    }
}

impl Operation for Take {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        // Of two who want one, neither has a row that the other would wait for: the unique index lets one of them in.
        vec![Lock::Caller, Lock::Key("users_username")]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            // Decides: that nobody else has it, whatever the case; once.
            remembering(context, Statement::new(
                "set",
                concat!(
                    "UPDATE users SET username = :username, request_id = :request,
  ",
                    recent_requests_with_this!("users"),
                    "
WHERE ",
                    caller_is_active!(),
                    " AND NOT ",
                    is_recent_request!("users"),
                    " AND (username IS NULL OR username <> :username)
  AND NOT EXISTS (
    SELECT 1 FROM users other WHERE lower(other.username) = :folded AND other.username IS NOT NULL AND other.id <> :caller)
  AND ",
                    session_is_live!()
                ),
            ))
            .with("username", self.username.as_str())
            .with("folded", self.username.folded()),
            person(),
            taken(context, self.username.as_str()),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let username = self.username.as_str();
        let person = row(found)?;
        let has_set = found.stored(person.flag("has_set"))?;
        if !has_set && found.stored(person.optional_text("username"))? != Some(username) {
            return Err(Refusal::Conflict {
                code: "username_taken",
                message: "Somebody else has this username; choose another one.".to_string(),
                details: limit_details(&json!({ "suggestions": suggestions(context, found, username)? })),
            });
        }
        Ok(Reply::ok("The username is yours.", &json!({ "username": username })))
    }
}

/// Which of what is wanted and of what could be suggested instead others have, in lower case.
fn taken(context: &RequestContext, wanted: &str) -> Statement {
    const NAMES: [&str; Username::ALTERNATIVES] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
    let statement = Statement::new(
        "taken",
        "SELECT lower(username) AS folded FROM users
WHERE username IS NOT NULL AND id <> :caller
  AND lower(username) IN (:wanted, :first, :second, :third, :fourth, :fifth, :sixth, :seventh, :eighth)",
    )
    .with("wanted", wanted.to_ascii_lowercase());
    let alternatives = Username::alternatives(wanted, &context.ids.digits());
    NAMES.into_iter().zip(alternatives).fold(statement, |statement, (name, one)| statement.with(name, one.folded()))
}

fn is_taken(found: &BatchRows<'_>, username: &str) -> Result<bool, Refusal> {
    let folded = username.to_ascii_lowercase();
    let mut rows = found.rows("taken")?.iter();
    rows.try_fold(false, |is_taken, row| Ok(is_taken || found.stored(row.text("folded"))? == folded))
}

/// The first of the alternatives that are free.
fn suggestions(context: &RequestContext, found: &BatchRows<'_>, wanted: &str) -> Result<Vec<String>, Refusal> {
    let mut free = Vec::new();
    for one in Username::alternatives(wanted, &context.ids.digits()) {
        if free.len() < SUGGESTED && !is_taken(found, one.as_str())? {
            free.push(one.as_str().to_string());
        }
    }
    Ok(free)
}
