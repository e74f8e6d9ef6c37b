//! The JSON of a token's header and of its claims.

use std::fmt;

use serde::{
    de::{Error, MapAccess, Visitor},
    Deserialize, Deserializer,
};
use serde_json::{Map, Value as Json};

/// The members of a JSON object; `None` for what is none, and where a name is there twice. Of two claims with one name each reader
/// may believe another, so they are refused as RFC 7515 (4) and RFC 7519 (4) allow.
pub(super) fn members_of(text: &str) -> Option<Map<String, Json>> {
    serde_json::from_str(text).ok().map(|Members(members)| members)
}

struct Members(Map<String, Json>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
        text.deserialize_map(EachOnce)
    }
}

struct EachOnce;

impl<'de> Visitor<'de> for EachOnce {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = object.next_entry()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a name is there twice"));
            }
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_whose_names_are_there_once_is_read() {
        let members = members_of(r#" {"alg": "HS256", "o": {"id": "a"}, "Alg": null} "#).unwrap();
        assert_eq!(Json::Object(members), serde_json::json!({ "alg": "HS256", "o": { "id": "a" }, "Alg": null }));
        assert!(members_of("{}").is_some_and(|members| members.is_empty()));
    }

    #[test]
    fn a_name_that_is_there_twice_however_it_is_spelt_makes_it_none() {
        for twice in [r#"{"sub": "ada", "sub": "eve"}"#, r#"{"a": 1, "a": 1}"#, r#"{"a": null, "b": 1, "\u0061": 1}"#] {
            assert!(members_of(twice).is_none(), "{twice}");
        }
    }

    #[test]
    fn what_is_no_object_is_none() {
        let deep = format!(r#"{{"a": {}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
        for text in [
            "",
            "null",
            "1",
            "[]",
            r#"[["alg", "HS256"]]"#,
            "{",
            "{} {}",
            "{}x",
            "\u{feff}{}",
            r#"{"a": "\ud800"}"#,
            r#"{"a": 1e999}"#,
            &deep,
        ] {
            assert!(members_of(text).is_none(), "{text}");
        }
    }
}
