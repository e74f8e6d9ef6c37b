//! The fields of a profile that its person writes: names, columns and forms. All else of it is another's to say.

use serde_json::Value as Json;
use tallygate::http::{Fields, Refusal};

use super::entries::{Address, Education, WorkExperience};
use crate::forms;

/// A field as the API names it, as the table does, and what it must look like.
pub struct ProfileField {
    pub name: &'static str,
    pub column: &'static str,
    /// The statement's parameter: a column's name without digits.
    pub parameter: &'static str,
    form: Form,
}

#[derive(Clone, Copy)]
enum Form {
    /// One line of at most so many characters.
    Line(usize),
    /// Several lines.
    Lines(usize),
    /// Parsed by a rule into what is kept; the text completes "`field` must be …".
    Parsed(fn(&str) -> Option<String>, &'static str),
    /// Parsed by a rule into the JSON that is kept.
    Document(fn(&Json) -> Result<String, String>),
}

const fn field(name: &'static str, column: &'static str, form: Form) -> ProfileField {
    ProfileField { name, column, parameter: column, form }
}

const fn street(name: &'static str, column: &'static str, parameter: &'static str) -> ProfileField {
    ProfileField { name, column, parameter, form: Form::Line(200) }
}

const COUNTRY: Form = Form::Parsed(forms::country, "a country's two letters (ISO 3166-1), as DE");

pub const FIELDS: [ProfileField; 32] = [
    field("fullName", "full_name", Form::Line(200)),
    field("displayName", "display_name", Form::Line(60)),
    field("avatarUrl", "avatar_url", Form::Parsed(forms::https, "an https:// address of at most 500 characters")),
    field("personalTitle", "personal_title", Form::Line(40)),
    field("firstName", "first_name", Form::Line(100)),
    field("middleName", "middle_name", Form::Line(100)),
    field("lastName", "last_name", Form::Line(100)),
    field(
        "phoneCountryCode",
        "phone_country_code",
        Form::Parsed(forms::phone_country_code, "+ and 1 to 3 digits, as +49"),
    ),
    field(
        "phoneNumber",
        "phone_number",
        Form::Parsed(forms::phone_number, "4 to 14 digits without the country's code"),
    ),
    field("personalAptSuite", "personal_apt_suite", Form::Line(60)),
    street("personalStreetAddress1", "personal_street_address_1", "personal_street_one"),
    street("personalStreetAddress2", "personal_street_address_2", "personal_street_two"),
    field("personalCity", "personal_city", Form::Line(100)),
    field("personalState", "personal_state", Form::Line(100)),
    field("personalPostalCode", "personal_postal_code", Form::Line(20)),
    field("personalCountry", "personal_country", COUNTRY),
    field("bio", "bio", Form::Lines(2_000)),
    field("education", "education", Form::Document(Education::list)),
    field("workExperience", "work_experience", Form::Document(WorkExperience::list)),
    field("businessPosition", "business_position", Form::Line(100)),
    field("businessCompany", "business_company", Form::Line(200)),
    field(
        "companyWebsite",
        "company_website",
        Form::Parsed(forms::web, "an http:// or https:// address of at most 500 characters"),
    ),
    field("businessAptSuite", "business_apt_suite", Form::Line(60)),
    street("businessStreetAddress1", "business_street_address_1", "business_street_one"),
    street("businessStreetAddress2", "business_street_address_2", "business_street_two"),
    field("businessCity", "business_city", Form::Line(100)),
    field("businessState", "business_state", Form::Line(100)),
    field("businessPostalCode", "business_postal_code", Form::Line(20)),
    field("businessCountry", "business_country", COUNTRY),
    field("billingAddress", "billing_address", Form::Document(Address::document)),
    field("timeZone", "time_zone", Form::Parsed(forms::time_zone, "a time zone's name (IANA), as Europe/Berlin")),
    field("language", "language", Form::Parsed(forms::language, "a language tag (BCP 47), as de-AT")),
];

/// What a profile shows and its person does not write, each with whose it is: the end of "`field` …".
pub const OF_OTHERS: [(&str, &str); 10] = [
    ("id", "is the sign-in provider's and never changes"),
    ("email", "is changed where you sign in"),
    ("emailVerified", "is said by the sign-in provider alone"),
    ("accountType", "is changed by the operator alone"),
    ("username", "is set by `username`"),
    ("paymentMethod", "is kept by Stripe alone: change it in the portal of `billing`"),
    ("profileCompleted", "follows from first name, last name and country"),
    ("onboardingCompleted", "is set by `complete-onboarding`"),
    ("onboardingCompletedAt", "is set by `complete-onboarding`"),
    ("createdAt", "never changes"),
];

/// What a change does to one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is not named.
    Nothing,
    Cleared,
    /// What is kept of it.
    Set(String),
}

impl Said {
    /// As the statement takes it: NULL keeps a column, an empty text clears it.
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Cleared => Some(""),
            Self::Set(text) => Some(text),
        }
    }
}

impl ProfileField {
    /// What a request says of it. `null` clears it, and so does a text of nothing but spaces.
    pub fn read(&self, fields: &Fields) -> Result<Said, Refusal> {
        let Some(value) = fields.get(self.name) else {
            return Ok(if fields.names(self.name) { Said::Cleared } else { Said::Nothing });
        };
        let invalid = |problem: String| Refusal::invalid(self.name, problem);
        if let Form::Document(read) = self.form {
            return read(value).map(Said::Set).map_err(invalid);
        }
        let text = value.as_str().ok_or_else(|| invalid("must be a text".to_string()))?.trim();
        if text.is_empty() {
            return Ok(Said::Cleared);
        }
        match self.form {
            Form::Line(most) => forms::line(text, most).map(Said::Set).map_err(invalid),
            Form::Lines(most) => forms::lines(text, most).map(Said::Set).map_err(invalid),
            Form::Parsed(parse, expected) => {
                parse(text).map(Said::Set).ok_or_else(|| invalid(format!("must be {expected}")))
            }
            Form::Document(_) => Ok(Said::Nothing),
        }
    }

    /// Whether it is kept as JSON.
    pub fn is_document(&self) -> bool {
        matches!(self.form, Form::Document(_))
    }
}
