//! Reading Stripe's objects leniently: what is not there, or is of another type, is not there.

use serde_json::Value as Json;

use super::StripeError;
use crate::rules::time::Timestamp;

/// An object, or what stands where one was expected.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    /// What it is called where something is missing.
    kind: &'static str,
    json: &'a Json,
}

impl<'a> Object<'a> {
    pub(super) fn new(kind: &'static str, json: &'a Json) -> Self {
        Self { kind, json }
    }

    pub(super) fn is_there(self) -> bool {
        self.json.is_object()
    }

    /// An object inside; where there is none, one without anything in it.
    pub(super) fn inner(self, name: &str) -> Self {
        static NOTHING: Json = Json::Null;
        Self { kind: self.kind, json: self.json.get(name).unwrap_or(&NOTHING) }
    }

    /// The objects of a list inside: of `{"data": […]}`, or of a plain array.
    pub(super) fn list(self, name: &str) -> impl Iterator<Item = Self> {
        let list = self.inner(name).json;
        let items = list.get("data").unwrap_or(list).as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().map(move |json| Self { kind: self.kind, json })
    }

    /// The ids of a list inside, whether it is of objects or of ids ("Expanding Responses").
    pub(super) fn ids(self, name: &str) -> Vec<String> {
        let id = |one: Self| one.text("id").or_else(|| one.json.as_str().map(str::to_string));
        self.list(name).filter_map(id).collect()
    }

    pub(super) fn text(self, name: &str) -> Option<String> {
        self.json.get(name).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_string)
    }

    /// An id, also where the object itself stands in its place ("Expanding Responses").
    pub(super) fn id(self, name: &str) -> Option<String> {
        self.text(name).or_else(|| self.inner(name).text("id"))
    }

    pub(super) fn integer(self, name: &str) -> Option<i64> {
        self.json.get(name).and_then(Json::as_i64)
    }

    pub(super) fn flag(self, name: &str) -> bool {
        self.json.get(name).and_then(Json::as_bool).unwrap_or_default()
    }

    /// Stripe counts in seconds.
    pub(super) fn time(self, name: &str) -> Option<Timestamp> {
        self.integer(name)?.checked_mul(1_000).map(Timestamp)
    }

    /// # Errors
    /// `Broken` where it is not there.
    pub(super) fn required<T>(self, name: &str, value: Option<T>) -> Result<T, StripeError> {
        value.ok_or_else(|| StripeError::Broken(format!("{} without {name}", self.kind)))
    }

    pub(super) fn required_text(self, name: &str) -> Result<String, StripeError> {
        self.required(name, self.text(name))
    }

    pub(super) fn required_id(self, name: &str) -> Result<String, StripeError> {
        self.required(name, self.id(name))
    }

    pub(super) fn required_integer(self, name: &str) -> Result<i64, StripeError> {
        self.required(name, self.integer(name))
    }

    pub(super) fn required_time(self, name: &str) -> Result<Timestamp, StripeError> {
        self.required(name, self.time(name))
    }
}
