//! The forms in which the functions keep what people are called and reached by.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};
use tallygate::rules::{
    email::Email,
    name::{DisplayName, OrganizationName},
    slug::Slug,
    username::Username,
};

/// What is asked about.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
enum Asked {
    /// A person, and the id that their personal organization is to have.
    Person { id: String, email: Option<String>, name: Option<String>, username: Option<String>, organization: String },
    /// A team; its slug is kept where it is one.
    Team { id: String, name: Option<String>, slug: Option<String> },
    /// An address by itself.
    Address { email: String },
}

/// The forms of it. What is `None` cannot be kept as it is.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", untagged)]
enum Forms {
    #[serde(rename_all = "camelCase")]
    Person {
        email: Option<String>,
        name: String,
        username: Option<String>,
        organization_name: String,
        slug: String,
        /// Where the slug is taken.
        unique_slug: String,
    },
    #[serde(rename_all = "camelCase")]
    Team {
        name: Option<String>,
        slug: String,
        unique_slug: String,
    },
    Address {
        email: Option<String>,
    },
}

/// Answers line by line.
///
/// # Errors
/// A line that is no question, and a reader who has gone.
pub fn answer(asked: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    for line in asked.lines() {
        let asked: Asked = serde_json::from_str(&line?)?;
        serde_json::to_writer(&mut answers, &asked.forms())?;
        answers.write_all(b"\n")?;
    }
    answers.flush()
}

impl Asked {
    fn forms(&self) -> Forms {
        match self {
            Self::Person { id, email, name, username, organization } => {
                let email = email.as_deref().and_then(Email::parse);
                let name = DisplayName::choose(name.as_deref(), email.as_ref());
                let slug = Slug::personal(id);
                Forms::Person {
                    organization_name: OrganizationName::personal(&name).as_str().to_string(),
                    name: name.as_str().to_string(),
                    username: username
                        .as_deref()
                        .and_then(|text| Username::parse(text).ok())
                        .map(|name| name.as_str().to_string()),
                    unique_slug: slug.with_suffix(organization).as_str().to_string(),
                    slug: slug.as_str().to_string(),
                    email: email.map(|email| email.as_str().to_string()),
                }
            }
            Self::Team { id, name, slug } => {
                let name = name.as_deref().and_then(OrganizationName::parse);
                let derived = || Slug::derive(name.as_ref().map_or("", OrganizationName::as_str));
                let slug = slug.as_deref().and_then(Slug::parse).unwrap_or_else(derived);
                Forms::Team {
                    unique_slug: Slug::derive(slug.as_str()).with_suffix(id).as_str().to_string(),
                    slug: slug.as_str().to_string(),
                    name: name.map(|name| name.as_str().to_string()),
                }
            }
            Self::Address { email } => {
                Forms::Address { email: Email::parse(email).map(|email| email.as_str().to_string()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(asked: &str) -> String {
        let mut answers = Vec::new();
        answer(asked.as_bytes(), &mut answers).unwrap();
        String::from_utf8(answers).unwrap()
    }

    #[test]
    fn people_and_teams_get_the_forms_that_the_functions_keep() {
        let asked = r#"{"kind":"person","id":"user_2AbCdEfGhIj","email":" Ada@BÜCHER.example","name":" ","username":"Ada_L","organization":"0190a1b2-c3d4"}
{"kind":"team","id":"org-0190a1b2c3d4e5","name":"Acme  Telecom, Inc.","slug":"Not A Slug"}
{"kind":"address","email":"ADA@example.com"}
"#;
        assert_eq!(
            answered(asked),
            r#"{"email":"ada@xn--bcher-kva.example","name":"ada","username":"Ada_L","organizationName":"ada's Workspace","slug":"personal-2abcdefg","uniqueSlug":"personal-2abcdefg-0190a1b2c3d4"}
{"name":"Acme  Telecom, Inc.","slug":"acme-telecom-inc","uniqueSlug":"acme-telecom-inc-90a1b2c3d4e5"}
{"email":"ada@example.com"}
"#
        );
    }

    #[test]
    fn what_cannot_be_kept_is_nothing() {
        assert_eq!(answered(r#"{"kind":"address","email":"ada at example"}"#), "{\"email\":null}\n");
        assert_eq!(
            answered(r#"{"kind":"team","id":"o","name":"x","slug":"fine-slug"}"#),
            "{\"name\":null,\"slug\":\"fine-slug\",\"uniqueSlug\":\"fine-slug-o\"}\n"
        );
        assert!(answer("nothing".as_bytes(), Vec::new()).is_err());
    }
}
