//! `GET profile`: all of its fields, those of others among them.

use serde_json::{json, Map, Value as Json};
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope, Staleness},
    is_recent_request,
    rules::time::Timestamp,
    store::{Row, Statement, StoreError},
};

use super::field::FIELDS;

pub struct Look;

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
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![profile()]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let profile = found.stored(shown(found.only("profile")?))?;
        Ok(Reply::ok("Your profile.", &json!({ "profile": profile })))
    }
}

/// The caller's profile as it is at this point of the batch, and whether this request has set something of theirs; somebody
/// without one has a row all the same.
pub fn profile() -> Statement {
    Statement::new(
        "profile",
        concat!(
            "SELECT person.id, person.name, person.email, person.email_verified, person.username, person.account_type,
  person.onboarding_completed_at, person.created_at AS signed_up_at, CASE WHEN ",
            is_recent_request!("person"),
            " THEN 1 ELSE 0 END AS has_set, profile.*
FROM users person LEFT JOIN user_profiles profile ON profile.user_id = person.id
WHERE person.id = :caller"
        ),
    )
}

/// When it last changed; `None` while its person has said nothing.
pub fn updated_at(row: &Row) -> Result<Option<Timestamp>, StoreError> {
    row.optional_timestamp("updated_at")
}

/// The profile of a row of [`profile`].
pub fn shown(row: &Row) -> Result<Map<String, Json>, StoreError> {
    let mut all = Map::new();
    let mut put = |name: &str, value: Json| all.insert(name.to_string(), value);
    let onboarded_at = row.optional_timestamp("onboarding_completed_at")?;
    put("id", row.text("id")?.into());
    put("email", row.optional_text("email")?.into());
    put("emailVerified", row.flag("email_verified")?.into());
    put("username", row.optional_text("username")?.into());
    put("accountType", row.text("account_type")?.into());
    for field in &FIELDS {
        let text = row.optional_text(field.column)?;
        let value = match text {
            Some(text) if field.is_document() => serde_json::from_str(text).unwrap_or_default(),
            text => text.into(),
        };
        put(field.name, value);
    }
    // As the provider says it, until its person does.
    if row.optional_text("full_name")?.is_none() {
        put("fullName", row.text("name")?.into());
    }
    // What is paid with is Stripe's to know.
    put("paymentMethod", Json::Null);
    put("profileCompleted", is_complete(row)?.into());
    put("onboardingCompleted", onboarded_at.is_some().into());
    put("onboardingCompletedAt", onboarded_at.map(Timestamp::iso).into());
    put("createdAt", row.timestamp("signed_up_at")?.iso().into());
    put("updatedAt", updated_at(row)?.map(Timestamp::iso).into());
    Ok(all)
}

fn is_complete(row: &Row) -> Result<bool, StoreError> {
    let is_there = |column| Ok::<_, StoreError>(row.optional_text(column)?.is_some());
    Ok(is_there("first_name")? && is_there("last_name")? && is_there("personal_country")?)
}
