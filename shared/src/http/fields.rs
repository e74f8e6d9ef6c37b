//! The fields of a request's body, read one by one into types.

use serde_json::{Map, Value as Json};

use super::Refusal;
use crate::rules::{json::text_of, text::without_byte_order_mark};

/// Notes what is asked for, for the description of the API.
macro_rules! asked {
    ($fields:expr, $field:expr, $form:ident $($details:tt)?) => {
        #[cfg(feature = "describe")]
        crate::describe::asked($fields.within, $field, || crate::describe::Form::$form $($details)?);
    };
}

/// The most characters of a text that is shown to nobody and looked up nowhere.
const LONGEST_TEXT: usize = 1_000;

/// A JSON object's members. Unknown ones are ignored: older clients send some.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    members: Map<String, Json>,
    /// The list that it is an item of.
    #[cfg(feature = "describe")]
    within: Option<&'static str>,
}

impl From<Map<String, Json>> for Fields {
    fn from(members: Map<String, Json>) -> Self {
        Self {
            members,
            #[cfg(feature = "describe")]
            within: None,
        }
    }
}

impl Fields {
    /// Reads a body: UTF-8, JSON, an object. An empty body is an empty object.
    ///
    /// # Errors
    /// [`Refusal::InvalidJson`].
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let body = without_byte_order_mark(body);
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        let text = std::str::from_utf8(body).map_err(|_| Refusal::InvalidJson("The body is not valid UTF-8."))?;
        match serde_json::from_str(text) {
            Ok(Json::Object(members)) => Ok(members.into()),
            Ok(_) => Err(Refusal::InvalidJson("The body must be a JSON object.")),
            Err(_) => Err(Refusal::InvalidJson("The body is not valid JSON.")),
        }
    }

    /// Of a value that is an object.
    pub fn of(value: &Json) -> Option<Self> {
        value.as_object().map(|members| members.clone().into())
    }

    /// Of an item of a list.
    fn item(value: &Json, _list: &'static str) -> Option<Self> {
        let item = Self::of(value)?;
        #[cfg(feature = "describe")]
        let item = Self { within: Some(_list), ..item };
        Some(item)
    }

    /// Reads a query: each name once, and each value a text.
    ///
    /// # Errors
    /// [`Refusal::InvalidQuery`] where a name is there twice.
    pub fn of_query(query: &str) -> Result<Self, Refusal> {
        let mut members = Map::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if members.insert(name.into_owned(), Json::String(value.into_owned())).is_some() {
                return Err(Refusal::InvalidQuery);
            }
        }
        Ok(members.into())
    }

    /// A whole number in a query, within bounds.
    pub fn number(&self, field: &'static str, least: i64, most: i64) -> Result<Option<i64>, Refusal> {
        asked!(self, field, Whole { least, most });
        let Some(text) = self.text(field)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        let refusal = || Refusal::invalid(field, format!("must be a whole number from {least} to {most}"));
        number.map(Some).ok_or_else(refusal)
    }

    /// A member that is there and not null.
    pub fn get(&self, field: &'static str) -> Option<&Json> {
        asked!(self, field, Json);
        self.members.get(field).filter(|value| !value.is_null())
    }

    /// Whether a member is there, `null` included: in a change of some fields it clears one.
    pub fn names(&self, field: &str) -> bool {
        asked!(self, field, Json);
        self.members.contains_key(field)
    }

    /// A text without control characters of at most 1000 characters.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field, here and below.
    pub fn text(&self, field: &'static str) -> Result<Option<&str>, Refusal> {
        self.text_of_at_most(field, LONGEST_TEXT)
    }

    /// A text of at most so many characters.
    pub fn text_of_at_most(&self, field: &'static str, most: usize) -> Result<Option<&str>, Refusal> {
        asked!(self, field, Text { least: 0, most });
        let Some(value) = self.get(field) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| Refusal::invalid(field, "must be a text"))?;
        if text.chars().any(char::is_control) {
            return Err(Refusal::invalid(field, "must not contain control characters"));
        }
        if text.chars().count() > most {
            return Err(Refusal::invalid(field, "is too long"));
        }
        Ok(Some(text))
    }

    /// Any JSON of the client's own, as text of at most so many characters; no text in it has control characters.
    pub fn document(&self, field: &'static str, most: usize) -> Result<Option<String>, Refusal> {
        asked!(self, field, Document { most });
        let Some(value) = self.get(field) else { return Ok(None) };
        if has_control_characters(value) {
            return Err(Refusal::invalid(field, "must not contain control characters"));
        }
        let text = text_of(value);
        if text.chars().count() > most {
            return Err(Refusal::invalid(field, "is too long"));
        }
        Ok(Some(text))
    }

    /// A text that must be there and not be blank.
    pub fn required_text(&self, field: &'static str) -> Result<&str, Refusal> {
        asked!(self, field, Text { least: 1, most: LONGEST_TEXT });
        let text = self.text(field)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| Refusal::invalid(field, "is required"))
    }

    /// An id of ours or of a client: a short text of visible characters.
    pub fn id(&self, field: &'static str) -> Result<Option<&str>, Refusal> {
        asked!(self, field, Id);
        let Some(id) = self.text(field)? else { return Ok(None) };
        if !is_id(id) {
            return Err(Refusal::invalid(field, "must be an id of 1 to 255 visible characters"));
        }
        Ok(Some(id))
    }

    pub fn required_id(&self, field: &'static str) -> Result<&str, Refusal> {
        self.id(field)?.ok_or_else(|| Refusal::invalid(field, "is required"))
    }

    /// An id of the auth provider's, which may be an address or a name: 1 to 255 characters that are not blank.
    pub fn required_outside_id(&self, field: &'static str) -> Result<&str, Refusal> {
        asked!(self, field, OutsideId);
        let id = self.text_of_at_most(field, 255)?.ok_or_else(|| Refusal::invalid(field, "is required"))?;
        if id.trim().is_empty() {
            return Err(Refusal::invalid(field, "must be an id of 1 to 255 characters"));
        }
        Ok(id)
    }

    /// `true` or `false`; left out it is `false`.
    pub fn flag(&self, field: &'static str) -> Result<bool, Refusal> {
        asked!(self, field, Flag);
        let Some(value) = self.get(field) else { return Ok(false) };
        value.as_bool().ok_or_else(|| Refusal::invalid(field, "must be true or false"))
    }

    /// A whole number within bounds. `3.0` is a whole number, `"3"` is not.
    pub fn integer(&self, field: &'static str, least: i64, most: i64) -> Result<Option<i64>, Refusal> {
        asked!(self, field, Whole { least, most });
        let Some(value) = self.get(field) else { return Ok(None) };
        #[allow(clippy::cast_possible_truncation)]
        let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64);
        let number = value.as_i64().or_else(|| value.as_f64().and_then(whole));
        match number {
            Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(Refusal::invalid(field, format!("must be a whole number from {least} to {most}"))),
        }
    }

    /// A list of objects, `least` to `most` of them; what is no object in it is `None`.
    pub fn objects(&self, field: &'static str, least: usize, most: usize) -> Result<Vec<Option<Fields>>, Refusal> {
        asked!(self, field, Objects { least, most });
        let Some(value) = self.get(field) else { return Err(Refusal::invalid(field, "is required")) };
        match value.as_array() {
            Some(items) if (least..=most).contains(&items.len()) => {
                Ok(items.iter().map(|item| Self::item(item, field)).collect())
            }
            _ => Err(Refusal::invalid(field, format!("must be a list of {least} to {most} objects"))),
        }
    }

    /// A key that makes a repeated request count once.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] unless it has 1–255 printable characters.
    pub fn key(&self, field: &'static str) -> Result<Option<&str>, Refusal> {
        asked!(self, field, Key);
        self.text(field)?.map(|key| printable_key(field, key)).transpose()
    }

    /// A number of what is counted: written as a whole number and nothing else, since `1e3` and `3.0` are what a
    /// calculation leaves, and whoever counts should not calculate with fractions.
    pub fn count(&self, field: &'static str, least: i64, most: i64) -> Result<Option<i64>, Refusal> {
        asked!(self, field, Whole { least, most });
        let Some(value) = self.get(field) else { return Ok(None) };
        match value.as_i64() {
            Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(Refusal::invalid(field, format!("must be a whole number from {least} to {most}"))),
        }
    }

    /// A member parsed by a rule; `expected` completes the sentence "`field` must be …".
    pub fn parsed<T>(
        &self,
        field: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Result<Option<T>, Refusal> {
        #[cfg(feature = "describe")]
        crate::describe::asked(self.within, field, || crate::describe::taken(expected, |text| parse(text).is_some()));
        let Some(text) = self.text(field)? else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| Refusal::invalid(field, format!("must be {expected}")))
    }

    /// As [`Fields::parsed`], for a member that must be there.
    pub fn required<T>(
        &self,
        field: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Result<T, Refusal> {
        self.parsed(field, parse, expected)?.ok_or_else(|| Refusal::invalid(field, "is required"))
    }
}

fn has_control_characters(value: &Json) -> bool {
    match value {
        Json::String(text) => text.chars().any(char::is_control),
        Json::Array(values) => values.iter().any(has_control_characters),
        Json::Object(members) => {
            members.iter().any(|(name, value)| name.chars().any(char::is_control) || has_control_characters(value))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// Refuses a key with other characters than visible ones and spaces.
pub(super) fn printable_key<'a>(field: &'static str, key: &'a str) -> Result<&'a str, Refusal> {
    let is_printable = is_id(&key.replace(' ', "_"));
    is_printable.then_some(key).ok_or_else(|| Refusal::invalid(field, "must have 1 to 255 printable characters"))
}

/// 1 to 255 visible ASCII characters.
pub fn is_id(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn only_objects_of_valid_utf_8_are_bodies() {
        for body in ["[]", "null", "1", "{", "{\"a\":}", "\"a\""] {
            assert!(matches!(Fields::parse(body.as_bytes()), Err(Refusal::InvalidJson(_))), "{body}");
        }
        assert!(matches!(Fields::parse(b"{\"a\":\"\xff\"}"), Err(Refusal::InvalidJson(_))));
        assert!(Fields::parse(b" \n").unwrap().get("a").is_none());
        assert!(Fields::parse(b"\xef\xbb\xbf{\"a\":1}").unwrap().get("a").is_some());
        assert!(Fields::parse(b"\xef\xbb\xbf").unwrap().get("a").is_none());
    }

    #[test]
    fn wrong_types_are_refused_with_the_field() {
        let fields = fields(r#"{"a": 1, "b": "x\u0007", "c": null, "d": "3", "e": 3.0, "f": 3.5, "g": 1e300}"#);
        let field_of = |refusal: Refusal| match refusal {
            Refusal::Invalid { field, .. } => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field_of(fields.text("a").unwrap_err()), "a");
        assert_eq!(field_of(fields.text("b").unwrap_err()), "b");
        assert_eq!(fields.text("c").unwrap(), None);
        assert_eq!(field_of(fields.integer("d", 1, 5).unwrap_err()), "d");
        assert_eq!(fields.integer("e", 1, 5).unwrap(), Some(3));
        assert_eq!(field_of(fields.integer("f", 1, 5).unwrap_err()), "f");
        assert_eq!(field_of(fields.integer("g", 1, 5).unwrap_err()), "g");
    }
}
