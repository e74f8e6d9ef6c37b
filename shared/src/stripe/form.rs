//! How Stripe takes parameters: `application/x-www-form-urlencoded`, with brackets for what lies inside.

use std::fmt::Display;

use form_urlencoded::Serializer;

use crate::rules::time::Timestamp;

/// Parameters in the order in which they were added.
pub(super) struct Form(Serializer<'static, String>);

impl Form {
    pub(super) fn new() -> Self {
        Self(Serializer::new(String::new()))
    }

    pub(super) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.0.append_pair(name, &value.to_string());
        self
    }

    /// Leaves out what is not there: an empty value would unset it.
    pub(super) fn with_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Stripe counts in whole seconds.
    pub(super) fn with_time(self, name: &str, moment: Option<Timestamp>) -> Self {
        self.with_some(name, moment.map(|moment| moment.0.div_euclid(1_000)))
    }

    pub(super) fn encoded(mut self) -> String {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_encoded() {
        let form = Form::new()
            .with("items[0][price]", "price_1")
            .with("name", "Ada & Söhne = 100% +1\n")
            .with("flag", true)
            .with_some("nothing", None::<&str>)
            .with_time("moment", Some(Timestamp(1_700_000_000_999)))
            .with_time("never", None);
        assert_eq!(
            form.encoded(),
            "items%5B0%5D%5Bprice%5D=price_1&name=Ada+%26+S%C3%B6hne+%3D+100%25+%2B1%0A&flag=true&moment=1700000000"
        );
    }
}
