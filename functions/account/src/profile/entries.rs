//! The parts of a profile that have parts of their own: addresses, schools and jobs. They are kept as JSON of the fields that
//! are known here and no others.

use serde::Serialize;
use serde_json::Value as Json;

use crate::forms;

/// The most entries of a list.
const MOST: usize = 20;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Address {
    line1: Option<String>,
    line2: Option<String>,
    city: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Education {
    institution: String,
    degree: Option<String>,
    field_of_study: Option<String>,
    start: Option<String>,
    end: Option<String>,
    description: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkExperience {
    company: String,
    position: Option<String>,
    location: Option<String>,
    start: Option<String>,
    /// `null`: it goes on.
    end: Option<String>,
    description: Option<String>,
}

impl Address {
    pub fn document(value: &Json) -> Result<String, String> {
        let part = Part::of(value, "must be an object")?;
        let country = match part.line("country", 2)? {
            Some(text) => Some(forms::country(&text).ok_or("has a `country` that is no two letters of ISO 3166-1")?),
            None => None,
        };
        Ok(kept(&Self {
            line1: part.line("line1", 200)?,
            line2: part.line("line2", 200)?,
            city: part.line("city", 100)?,
            state: part.line("state", 100)?,
            postal_code: part.line("postalCode", 20)?,
            country,
        }))
    }
}

impl Education {
    pub fn list(value: &Json) -> Result<String, String> {
        list(value, |part| {
            let (start, end) = part.span()?;
            Ok(Self {
                institution: part.required("institution")?,
                degree: part.line("degree", 200)?,
                field_of_study: part.line("fieldOfStudy", 200)?,
                start,
                end,
                description: part.lines("description", 1_000)?,
            })
        })
    }
}

impl WorkExperience {
    pub fn list(value: &Json) -> Result<String, String> {
        list(value, |part| {
            let (start, end) = part.span()?;
            Ok(Self {
                company: part.required("company")?,
                position: part.line("position", 200)?,
                location: part.line("location", 200)?,
                start,
                end,
                description: part.lines("description", 1_000)?,
            })
        })
    }
}

fn list<T: Serialize>(value: &Json, read: impl Fn(&Part<'_>) -> Result<T, String>) -> Result<String, String> {
    let problem = || format!("must be a list of at most {MOST} objects");
    let items = value.as_array().filter(|items| items.len() <= MOST).ok_or_else(problem)?;
    let entries = items.iter().map(|item| Part::of(item, &problem()).and_then(|part| read(&part)));
    Ok(kept(&entries.collect::<Result<Vec<_>, _>>()?))
}

/// Our own structs have string keys and no numbers: serializing them cannot fail.
fn kept(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// One object of a document. Problems complete the sentence that begins with the profile's field.
struct Part<'a>(&'a serde_json::Map<String, Json>);

impl<'a> Part<'a> {
    fn of(value: &'a Json, problem: &str) -> Result<Self, String> {
        value.as_object().map(Self).ok_or_else(|| problem.to_string())
    }

    /// A text that is there and not blank.
    fn text(&self, name: &str) -> Result<Option<&'a str>, String> {
        match self.0.get(name).filter(|value| !value.is_null()) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
            Some(_) => Err(format!("has a `{name}` that is no text")),
        }
    }

    fn line(&self, name: &str, most: usize) -> Result<Option<String>, String> {
        let read = |text| forms::line(text, most).map_err(|problem| format!("has a `{name}` that {problem}"));
        self.text(name)?.map(read).transpose()
    }

    fn lines(&self, name: &str, most: usize) -> Result<Option<String>, String> {
        let read = |text| forms::lines(text, most).map_err(|problem| format!("has a `{name}` that {problem}"));
        self.text(name)?.map(read).transpose()
    }

    fn required(&self, name: &str) -> Result<String, String> {
        self.line(name, 200)?.ok_or_else(|| format!("has an entry without `{name}`"))
    }

    /// `start` and `end`: a year, or a year and a month; neither before the other.
    fn span(&self) -> Result<(Option<String>, Option<String>), String> {
        let moment = |name: &str| -> Result<Option<String>, String> {
            let Some(text) = self.text(name)? else { return Ok(None) };
            let problem = || format!("has a `{name}` that is no year or month, as 2024 or 2024-09");
            is_year_or_month(text).then(|| Some(text.to_string())).ok_or_else(problem)
        };
        let (start, end) = (moment("start")?, moment("end")?);
        // Years and months compare as texts as far as both go.
        let is_reversed = start.iter().zip(&end).any(|(start, end)| {
            let shared = start.len().min(end.len());
            start.get(..shared) > end.get(..shared)
        });
        if is_reversed {
            return Err("has an entry that ends before it starts".to_string());
        }
        Ok((start, end))
    }
}

fn is_year_or_month(text: &str) -> bool {
    let (year, month) = match text.split_once('-') {
        Some((year, month)) => (year, Some(month)),
        None => (text, None),
    };
    let number = |text: &str, digits: usize| {
        Some(text)
            .filter(|text| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))?
            .parse::<u32>()
            .ok()
    };
    number(year, 4).is_some_and(|year| (1900..=2100).contains(&year))
        && month.is_none_or(|month| number(month, 2).is_some_and(|month| (1..=12).contains(&month)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_are_kept_with_their_known_fields_alone() {
        let value = json!([{"institution": " MIT ", "degree": "", "start": "2001", "end": "2004-06", "gpa": 4}]);
        assert_eq!(
            Education::list(&value).unwrap(),
            r#"[{"institution":"MIT","degree":null,"fieldOfStudy":null,"start":"2001","end":"2004-06","description":null}]"#
        );
        assert_eq!(WorkExperience::list(&json!([])).unwrap(), "[]");
    }

    #[test]
    fn a_problem_names_the_part() {
        for (value, problem) in [
            (json!({}), "must be a list of at most 20 objects"),
            (json!(["MIT"]), "must be a list of at most 20 objects"),
            (json!(vec![json!({"institution": "x"}); 21]), "must be a list of at most 20 objects"),
            (json!([{}]), "has an entry without `institution`"),
            (json!([{"institution": 1}]), "has a `institution` that is no text"),
            (json!([{"institution": "a\u{7}b"}]), "has a `institution` that must not contain control characters"),
            (
                json!([{"institution": "x", "start": "04"}]),
                "has a `start` that is no year or month, as 2024 or 2024-09",
            ),
            (
                json!([{"institution": "x", "start": "2024-13"}]),
                "has a `start` that is no year or month, as 2024 or 2024-09",
            ),
            (
                json!([{"institution": "x", "start": "2024-09", "end": "2024-08"}]),
                "has an entry that ends before it starts",
            ),
        ] {
            assert_eq!(Education::list(&value), Err(problem.to_string()), "{value}");
        }
        let address = |country: &str| Address::document(&json!({"line1": "Main Street 1", "country": country}));
        assert!(address("us").unwrap().contains("\"country\":\"US\""));
        assert!(address("XX").is_err());
    }
}
