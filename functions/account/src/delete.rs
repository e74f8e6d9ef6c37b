//! `delete`: what the deletion of the caller's account would do (`GET`), and doing it (`POST`). It is the deletion that a
//! provider's `user.deleted` makes, and so nothing of a team stands in its way: it goes to its oldest admin or is archived, and
//! what nobody can use any more is not paid for any more. Only the operator's staff has to be taken out of it first (by another
//! super_admin), so that there is always one left.

use serde::Serialize;
use serde_json::{json, Map};
use tallygate::{
    account_deletion::{erasure, is_left_at_stripe, left_at_stripe, locks, outlook, settle, Outlook, DECIDED},
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope, Services, SessionRule, Staleness},
    personal_data::{erased, kept, Entry},
    session_is_proven,
    store::{Lock, Statement, StoreError},
    transport::Pending,
};

use crate::person::{caller_is_active, person, row};

pub struct Look;

/// What is repeated to confirm a deletion: any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ConfirmedBy"))]
#[serde(rename_all = "snake_case")]
pub enum Name {
    Email,
    Username,
    /// Only of whoever has neither.
    Id,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Previewed {
    confirm_by: Vec<Name>,
    /// Why it would be refused now.
    refused_because: Option<&'static str>,
    organizations: Vec<Outlook>,
    /// Of the organizations named here; they end at once, and nothing is given back.
    subscriptions_cancelled: usize,
    erased: Vec<Entry>,
    kept: Vec<Entry>,
}

impl Look {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Look {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ActedUpon)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![person(), outlook()]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let organizations = Outlook::all(found)?;
        let preview = Previewed {
            confirm_by: found.stored(names(found))?,
            refused_because: found.stored(is_staff(found))?.then_some(STAFF),
            subscriptions_cancelled: organizations.iter().filter(|one| one.ends_payment()).count(),
            organizations,
            erased: erased(),
            kept: kept(),
        };
        Ok(Reply::ok("This is what deleting your account would do.", &preview))
    }
}

pub struct Delete {
    /// What the caller repeats, in lower case, and as they wrote it.
    confirm: String,
    said: String,
}

impl Delete {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let said = call.fields.required_text("confirm")?.trim().to_string();
        Ok(Box::new(Self { confirm: said.to_lowercase(), said }))
    }
}

impl Operation for Delete {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        locks()
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: an account that may be used, the name that it is known by, and a session where they are enforced.
        let decided = Statement::new(
            DECIDED,
            concat!(
                "UPDATE users SET deleted_at = :now, request_id = :request
WHERE ",
                caller_is_active!(),
                "
  AND account_type = 'user'
  AND (email = :confirm OR lower(username) = :confirm OR email IS NULL AND username IS NULL AND id = :said)
  AND ",
                session_is_proven!(
                    "COALESCE((SELECT settings.sessions_enforced FROM catalog_settings settings WHERE settings.id = 1), 0)"
                )
            ),
        )
        .with("confirm", self.confirm.as_str())
        .with("said", self.said.as_str());
        let before = [decided];
        let after = [
            person(),
            Statement::new(
                "before",
                "SELECT id FROM users WHERE id = :caller AND deleted_at IS NOT NULL AND request_id <> :request",
            ),
        ];
        before.into_iter().chain(erasure(context)).chain(left_at_stripe(context)).chain(after).collect()
    }

    /// Also where the account was deleted before and Stripe has to be told yet: whoever was told to come again comes again.
    fn is_done(&self, rows: &BatchRows<'_>) -> Result<bool, Refusal> {
        Ok(rows.first("deleted")?.is_some() || rows.first("before")?.is_some() && is_left_at_stripe(rows)?)
    }

    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(async move {
            if !self.is_done(found)? {
                if found.stored(is_staff(found))? {
                    let message =
                        "You are of the operator's staff: a super_admin takes you out of it first".to_string();
                    return Err(Refusal::Conflict { code: STAFF, message, details: Map::default() });
                }
                let names = found.stored(names(found))?;
                return Err(Refusal::invalid("confirm", problem(&names)));
            }
            let cancelled = settle(context, found, services).await?;
            Ok(Reply::ok("Your account is deleted.", &json!({ "deleted": true, "cancelledSubscriptions": cancelled })))
        })
    }
}

/// The code of the refusal.
const STAFF: &str = "staff_account";

fn is_staff(found: &BatchRows<'_>) -> Result<bool, StoreError> {
    let Ok(row) = row(found) else { return Ok(false) };
    Ok(row.text("account_type")? != "user")
}

/// By what the caller may confirm it.
fn names(found: &BatchRows<'_>) -> Result<Vec<Name>, StoreError> {
    let Ok(row) = row(found) else { return Ok(Vec::new()) };
    let email = row.optional_text("email")?.map(|_| Name::Email);
    let username = row.optional_text("username")?.map(|_| Name::Username);
    let names: Vec<_> = email.into_iter().chain(username).collect();
    Ok(if names.is_empty() { vec![Name::Id] } else { names })
}

fn problem(names: &[Name]) -> &'static str {
    match names {
        [Name::Email] => "must be your own e-mail address",
        [Name::Username] => "must be your own username",
        [Name::Id] => "must be your own id, since you have neither an address nor a username",
        _ => "must be your own e-mail address or username",
    }
}
