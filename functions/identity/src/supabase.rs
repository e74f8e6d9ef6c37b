//! A user as Supabase describes one: a row of `auth.users` in a database webhook, an object in an auth hook.

use serde::Deserialize;
use serde_json::Value as Json;
use tallygate::{
    auth::subject,
    http::{Delivered, Delivery, Refusal},
    rules::{said_email::SaidEmail, time::Timestamp},
};

use crate::{account::Account, deletion::Deletion};

/// What is kept of it. What its user can write (`raw_user_meta_data`, in a hook `user_metadata`) gives the name and
/// nothing else.
#[derive(Deserialize)]
pub struct SupabaseUser {
    id: String,
    /// NULL or empty for who signed up by telephone, and for anonymous users.
    email: Option<String>,
    email_confirmed_at: Option<String>,
    banned_until: Option<String>,
    deleted_at: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    #[serde(alias = "user_metadata")]
    raw_user_meta_data: Option<Json>,
}

impl SupabaseUser {
    pub fn email(&self) -> SaidEmail {
        SaidEmail::read(self.email.as_deref())
    }

    /// What the row says at this moment: an account, or that it was deleted.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for an id or a time that is none.
    pub fn delivered(self, field: &'static str, delivery: &Delivery<'_>) -> Result<Delivered, Refusal> {
        let now = delivery.now;
        let none = || not_a_user(field);
        let user_id = subject(&self.id).ok_or_else(none)?;
        if self.deleted_at.is_some() {
            return Ok(Deletion::of(user_id).delivered());
        }
        let moment = |text: &Option<String>| match text.as_deref() {
            // As Postgres writes a time that never comes.
            Some("infinity") => Ok(Some(Timestamp(i64::MAX))),
            Some(text) => Timestamp::parse(text).map(Some).ok_or_else(none),
            None => Ok(None),
        };
        let said_at = moment(&self.updated_at)?.or(moment(&self.created_at)?).unwrap_or(Timestamp(1));
        let banned_until = moment(&self.banned_until)?;
        let is_confirmed = moment(&self.email_confirmed_at)?.is_some();
        let account = Account {
            user_id,
            email: self.email(),
            email_verified: is_confirmed,
            email_is_said: is_confirmed,
            name: self.raw_user_meta_data.as_ref().and_then(name),
            banned: banned_until.is_some_and(|until| until > now),
            said_at: said_at.max(Timestamp(1)),
        };
        Ok(account.held_to(delivery).delivered())
    }
}

pub fn not_a_user(field: &'static str) -> Refusal {
    Refusal::invalid(field, "must be a user as Supabase describes one")
}

/// As sign-up forms and the providers behind Supabase write it.
fn name(metadata: &Json) -> Option<String> {
    let text = |key| metadata.get(key).and_then(Json::as_str).map(str::trim).filter(|text| !text.is_empty());
    let whole = ["full_name", "name"].into_iter().find_map(text);
    let parts = || {
        let parts: Vec<_> = ["first_name", "last_name"].into_iter().filter_map(text).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    whole.map(str::to_string).or_else(parts)
}
