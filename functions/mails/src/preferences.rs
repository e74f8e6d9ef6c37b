//! `preferences`: which mails the caller gets, and in which language. What an account needs cannot be turned off: invitations,
//! a payment that failed, that one was removed.

use serde::Serialize;
use tallygate::{
    http::{remembering, BatchRows, Call, Fields, Operation, Refusal, Reply, RequestContext, Scope, Staleness},
    is_recent_request, remember_request,
    rules::language::Language,
    session_is_live,
    store::{Lock, Row, Statement, StoreError},
};

/// What a request changes; what it leaves out stays as it is.
#[derive(Default)]
struct Change {
    /// `Some(None)`: the product's again.
    language: Option<Option<Language>>,
    limit_warning: Option<bool>,
    limit_reached: Option<bool>,
    trial_ending: Option<bool>,
    endpoint_disabled: Option<bool>,
}

pub struct Preferences(Option<Change>);

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "MailPreferences"))]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// `null`: the product's.
    #[cfg_attr(test, schemars(with = "Option<tallygate::rules::language::Language>"))]
    language: Option<String>,
    limit_warning: bool,
    limit_reached: bool,
    trial_ending: bool,
    endpoint_disabled: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Answer {
    preferences: Shown,
}

impl Preferences {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self(None)))
    }

    pub fn read_change(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        Ok(Box::new(Self(Some(Change {
            language: match fields.names("language") {
                true => Some(fields.parsed("language", Language::parse, "one of: en, de")?),
                false => None,
            },
            limit_warning: choice(fields, "limitWarning")?,
            limit_reached: choice(fields, "limitReached")?,
            trial_ending: choice(fields, "trialEnding")?,
            endpoint_disabled: choice(fields, "endpointDisabled")?,
        }))))
    }
}

/// `true`, `false`, or left out.
fn choice(fields: &Fields, field: &'static str) -> Result<Option<bool>, Refusal> {
    match fields.get(field) {
        Some(_) => fields.flag(field).map(Some),
        None => Ok(None),
    }
}

/// The parameters' names are those of the columns.
const CHANGED: &str = concat!(
    "INSERT INTO mail_preferences
  (user_id, language, limit_warning, limit_reached, trial_ending, endpoint_disabled, updated_at, request_id)
SELECT person.id, :language, COALESCE(:limit_warning, 1), COALESCE(:limit_reached, 1), COALESCE(:trial_ending, 1),
  COALESCE(:endpoint_disabled, 1), :now, :request
FROM users person WHERE person.id = :caller AND person.banned_at IS NULL AND person.deleted_at IS NULL AND NOT ",
    is_recent_request!("person"),
    " AND ",
    session_is_live!(),
    "
ON CONFLICT (user_id) DO UPDATE SET
  language = CASE :names_language WHEN 1 THEN :language ELSE mail_preferences.language END,
  limit_warning = COALESCE(:limit_warning, mail_preferences.limit_warning),
  limit_reached = COALESCE(:limit_reached, mail_preferences.limit_reached),
  trial_ending = COALESCE(:trial_ending, mail_preferences.trial_ending),
  endpoint_disabled = COALESCE(:endpoint_disabled, mail_preferences.endpoint_disabled),
  updated_at = excluded.updated_at, request_id = excluded.request_id"
);

/// The caller's row remembers that this request has chosen.
const REMEMBERED: &str = remember_request!(
    ":caller",
    "EXISTS (SELECT 1 FROM mail_preferences own WHERE own.user_id = users.id AND own.request_id = :request)"
);

const PREFERENCES: &str = "SELECT preference.language, COALESCE(preference.limit_warning, 1) AS limit_warning,
  COALESCE(preference.limit_reached, 1) AS limit_reached, COALESCE(preference.trial_ending, 1) AS trial_ending,
  COALESCE(preference.endpoint_disabled, 1) AS endpoint_disabled
FROM users person LEFT JOIN mail_preferences preference ON preference.user_id = person.id
WHERE person.id = :caller";

impl Operation for Preferences {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        match self.0 {
            Some(_) => vec![Lock::Caller],
            None => Vec::new(),
        }
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        self.0.is_none().then_some(Staleness::OfOneself)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let number = |choice: Option<bool>| choice.map(i64::from);
        let changed = self.0.as_ref().map(|change| {
            // Decides: once, whatever was chosen since.
            let changed = Statement::new("changed", CHANGED)
                .with("language", change.language.flatten().map(Language::as_str))
                .with("names_language", change.language.is_some())
                .with("limit_warning", number(change.limit_warning))
                .with("limit_reached", number(change.limit_reached))
                .with("trial_ending", number(change.trial_ending))
                .with("endpoint_disabled", number(change.endpoint_disabled));
            [changed, remembering(context, Statement::new("remembered", REMEMBERED))]
        });
        changed.into_iter().flatten().chain([Statement::new("preferences", PREFERENCES)]).collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let preferences = found.stored(shown(found.only("preferences")?))?;
        let message = match self.0 {
            Some(_) => "The mails that you get are chosen.",
            None => "The mails that you get.",
        };
        Ok(Reply::ok(message, &Answer { preferences }))
    }
}

fn shown(row: &Row) -> Result<Shown, StoreError> {
    Ok(Shown {
        language: row.optional_text("language")?.map(str::to_string),
        limit_warning: row.flag("limit_warning")?,
        limit_reached: row.flag("limit_reached")?,
        trial_ending: row.flag("trial_ending")?,
        endpoint_disabled: row.flag("endpoint_disabled")?,
    })
}
