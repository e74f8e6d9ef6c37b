//! `PATCH profile`: some of its fields, perhaps on the condition that nobody else was quicker.

use serde_json::json;
use tallygate::{
    http::{limit_details, remembering, BatchRows, Call, Fields, Operation, Refusal, Reply, RequestContext, Scope},
    is_recent_request, remember_request,
    rules::time::Timestamp,
    session_is_live,
    store::{Lock, Statement},
};

use super::{
    field::{Said, FIELDS, OF_OTHERS},
    shown::{profile, shown, updated_at},
};

pub struct Change {
    /// In the order of [`FIELDS`].
    said: Vec<Said>,
    precondition: Precondition,
}

/// What the profile must still be for the change to be made.
#[derive(Clone, Copy)]
enum Precondition {
    Whatever,
    /// `updatedAt: null`: nobody has said anything yet.
    New,
    /// `updatedAt`: as it was read.
    AsOf(Timestamp),
}

impl Change {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        for (name, why) in OF_OTHERS {
            if fields.names(name) {
                return Err(Refusal::invalid(name, why));
            }
        }
        let said = FIELDS.iter().map(|field| field.read(fields)).collect::<Result<Vec<_>, _>>()?;
        if said.iter().all(|said| *said == Said::Nothing) {
            return Err(Refusal::invalid("firstName", "or another field of the profile is required"));
        }
        must_be_whole_number(&said)?;
        Ok(Box::new(Self { said, precondition: precondition(fields)? }))
    }
}

fn precondition(fields: &Fields) -> Result<Precondition, Refusal> {
    const FIELD: &str = "updatedAt";
    match fields.parsed(FIELD, Timestamp::parse, "a time, as the profile shows it, or null")? {
        Some(moment) => Ok(Precondition::AsOf(moment)),
        None if fields.names(FIELD) => Ok(Precondition::New),
        None => Ok(Precondition::Whatever),
    }
}

/// A telephone number is one thing in two fields: both are set, or both are cleared, and together they have 15 digits at most
/// (ITU-T E.164, 6.2.1).
fn must_be_whole_number(said: &[Said]) -> Result<(), Refusal> {
    let of = |name: &str| FIELDS.iter().zip(said).find(|(field, _)| field.name == name).map(|(_, said)| said);
    match (of("phoneCountryCode"), of("phoneNumber")) {
        (Some(Said::Set(code)), Some(Said::Set(number))) if code.len() - 1 + number.len() > 15 => {
            Err(Refusal::invalid("phoneNumber", "and `phoneCountryCode` may have at most 15 digits together"))
        }
        (Some(Said::Set(_)), Some(Said::Set(_)))
        | (Some(Said::Cleared), Some(Said::Cleared))
        | (Some(Said::Nothing), Some(Said::Nothing)) => Ok(()),
        (_, Some(Said::Nothing)) => Err(Refusal::invalid("phoneNumber", "is required with `phoneCountryCode`")),
        _ => Err(Refusal::invalid("phoneCountryCode", "is required with `phoneNumber`")),
    }
}

/// Each parameter keeps its column where it is NULL, and clears it where it is an empty text.
const CHANGED: &str = concat!(
    "INSERT INTO user_profiles AS own (user_id, full_name, display_name, avatar_url, personal_title, first_name, middle_name, last_name,
  phone_country_code, phone_number, personal_apt_suite, personal_street_address_1, personal_street_address_2, personal_city,
  personal_state, personal_postal_code, personal_country, bio, education, work_experience, business_position, business_company,
  company_website, business_apt_suite, business_street_address_1, business_street_address_2, business_city, business_state,
  business_postal_code, business_country, billing_address, time_zone, language, created_at, updated_at, request_id)
SELECT id, NULLIF(:full_name, ''), NULLIF(:display_name, ''), NULLIF(:avatar_url, ''), NULLIF(:personal_title, ''),
  NULLIF(:first_name, ''), NULLIF(:middle_name, ''), NULLIF(:last_name, ''), NULLIF(:phone_country_code, ''),
  NULLIF(:phone_number, ''), NULLIF(:personal_apt_suite, ''), NULLIF(:personal_street_one, ''), NULLIF(:personal_street_two, ''),
  NULLIF(:personal_city, ''), NULLIF(:personal_state, ''), NULLIF(:personal_postal_code, ''), NULLIF(:personal_country, ''),
  NULLIF(:bio, ''), NULLIF(:education, ''), NULLIF(:work_experience, ''), NULLIF(:business_position, ''),
  NULLIF(:business_company, ''), NULLIF(:company_website, ''), NULLIF(:business_apt_suite, ''), NULLIF(:business_street_one, ''),
  NULLIF(:business_street_two, ''), NULLIF(:business_city, ''), NULLIF(:business_state, ''), NULLIF(:business_postal_code, ''),
  NULLIF(:business_country, ''), NULLIF(:billing_address, ''), NULLIF(:time_zone, ''), NULLIF(:language, ''), :now, :now, :request
FROM users
WHERE ",
    crate::person::caller_is_active!(),
    " AND NOT ",
    is_recent_request!("users"),
    "
  AND (:is_conditional = 0
    OR EXISTS (SELECT 1 FROM user_profiles before WHERE before.user_id = :caller AND before.updated_at = :as_of)
    OR :as_of IS NULL AND NOT EXISTS (SELECT 1 FROM user_profiles before WHERE before.user_id = :caller))
  AND ",
    session_is_live!(),
    "
ON CONFLICT (user_id) DO UPDATE SET
  full_name = NULLIF(COALESCE(:full_name, own.full_name), ''),
  display_name = NULLIF(COALESCE(:display_name, own.display_name), ''),
  avatar_url = NULLIF(COALESCE(:avatar_url, own.avatar_url), ''),
  personal_title = NULLIF(COALESCE(:personal_title, own.personal_title), ''),
  first_name = NULLIF(COALESCE(:first_name, own.first_name), ''),
  middle_name = NULLIF(COALESCE(:middle_name, own.middle_name), ''),
  last_name = NULLIF(COALESCE(:last_name, own.last_name), ''),
  phone_country_code = NULLIF(COALESCE(:phone_country_code, own.phone_country_code), ''),
  phone_number = NULLIF(COALESCE(:phone_number, own.phone_number), ''),
  personal_apt_suite = NULLIF(COALESCE(:personal_apt_suite, own.personal_apt_suite), ''),
  personal_street_address_1 = NULLIF(COALESCE(:personal_street_one, own.personal_street_address_1), ''),
  personal_street_address_2 = NULLIF(COALESCE(:personal_street_two, own.personal_street_address_2), ''),
  personal_city = NULLIF(COALESCE(:personal_city, own.personal_city), ''),
  personal_state = NULLIF(COALESCE(:personal_state, own.personal_state), ''),
  personal_postal_code = NULLIF(COALESCE(:personal_postal_code, own.personal_postal_code), ''),
  personal_country = NULLIF(COALESCE(:personal_country, own.personal_country), ''),
  bio = NULLIF(COALESCE(:bio, own.bio), ''),
  education = NULLIF(COALESCE(:education, own.education), ''),
  work_experience = NULLIF(COALESCE(:work_experience, own.work_experience), ''),
  business_position = NULLIF(COALESCE(:business_position, own.business_position), ''),
  business_company = NULLIF(COALESCE(:business_company, own.business_company), ''),
  company_website = NULLIF(COALESCE(:company_website, own.company_website), ''),
  business_apt_suite = NULLIF(COALESCE(:business_apt_suite, own.business_apt_suite), ''),
  business_street_address_1 = NULLIF(COALESCE(:business_street_one, own.business_street_address_1), ''),
  business_street_address_2 = NULLIF(COALESCE(:business_street_two, own.business_street_address_2), ''),
  business_city = NULLIF(COALESCE(:business_city, own.business_city), ''),
  business_state = NULLIF(COALESCE(:business_state, own.business_state), ''),
  business_postal_code = NULLIF(COALESCE(:business_postal_code, own.business_postal_code), ''),
  business_country = NULLIF(COALESCE(:business_country, own.business_country), ''),
  billing_address = NULLIF(COALESCE(:billing_address, own.billing_address), ''),
  time_zone = NULLIF(COALESCE(:time_zone, own.time_zone), ''),
  language = NULLIF(COALESCE(:language, own.language), ''),
  updated_at = CASE WHEN own.updated_at < :now THEN :now ELSE own.updated_at + 1 END,
  request_id = :request"
);

/// The caller's row remembers that this request has changed the profile.
const REMEMBERED: &str = remember_request!(
    ":caller",
    "EXISTS (SELECT 1 FROM user_profiles own WHERE own.user_id = users.id AND own.request_id = :request)"
);

impl Operation for Change {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let (is_conditional, as_of) = match self.precondition {
            Precondition::Whatever => (false, None),
            Precondition::New => (true, None),
            Precondition::AsOf(moment) => (true, Some(moment)),
        };
        // Decides: that the profile is still what the change was made on; once.
        let changed = Statement::new("changed", CHANGED).with("is_conditional", is_conditional).with("as_of", as_of);
        let changed = FIELDS
            .iter()
            .zip(&self.said)
            .fold(changed, |statement, (field, said)| statement.with(field.parameter, said.parameter()));
        vec![changed, remembering(context, Statement::new("remembered", REMEMBERED)), profile()]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let row = found.only("profile")?;
        if !found.stored(row.flag("has_set"))? {
            return Err(Refusal::PreconditionFailed {
                code: "profile_changed",
                message: "The profile has changed since you read it; look again.".to_string(),
                details: limit_details(&json!({ "updatedAt": found.stored(updated_at(row))? })),
            });
        }
        let profile = found.stored(shown(row))?;
        Ok(Reply::ok("The profile is changed.", &json!({ "profile": profile })))
    }
}
