//! The preferences that there are, what each may be, and what it is for whoever has not set it, where the catalog says nothing
//! else (`[preferences]`).

use serde_json::{json, Value as Json};

/// One of them, by its whole name.
pub struct Preference {
    pub name: &'static str,
    may_be: MayBe,
}

enum MayBe {
    /// On or off; the usual one.
    Flag(bool),
    /// A whole number within bounds; the usual one last.
    Number(i64, i64, i64),
    /// One of some words; the usual one first.
    Word(&'static [&'static str]),
    /// A time of day as `07:30`.
    Clock(&'static str),
    /// `#` and six hexadecimal digits.
    Color(&'static str),
}

const fn preference(name: &'static str, may_be: MayBe) -> Preference {
    Preference { name, may_be }
}

pub const KNOWN: [Preference; 17] = [
    preference("sessionMinutes", MayBe::Number(1, 240, 20)),
    preference("timeOfDay", MayBe::Word(&["any", "morning", "afternoon", "evening", "night"])),
    preference("notification.email", MayBe::Flag(true)),
    preference("notification.push", MayBe::Flag(true)),
    preference("notification.reminders", MayBe::Flag(false)),
    preference("notification.reminderTime", MayBe::Clock("08:00")),
    preference("notification.weeklySummary", MayBe::Flag(true)),
    preference("theme.mode", MayBe::Word(&["system", "light", "dark"])),
    preference("theme.accent", MayBe::Color("#3b82f6")),
    preference("theme.reducedMotion", MayBe::Flag(false)),
    preference("audio.volume", MayBe::Number(0, 100, 70)),
    preference("audio.quality", MayBe::Word(&["standard", "low", "high"])),
    preference("audio.autoplay", MayBe::Flag(true)),
    preference("audio.background", MayBe::Flag(true)),
    preference("privacy.profile", MayBe::Word(&["private", "organization", "public"])),
    preference("privacy.analytics", MayBe::Flag(true)),
    preference("privacy.personalization", MayBe::Flag(true)),
];

impl Preference {
    /// The one of this whole name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KNOWN.iter().find(|known| known.name == name)
    }

    /// Whether there are some in this group.
    pub fn is_group(group: &str) -> bool {
        KNOWN.iter().any(|known| known.is_in(group))
    }

    pub fn is_in(&self, group: &str) -> bool {
        self.name.strip_prefix(group).is_some_and(|rest| rest.starts_with('.'))
    }

    pub fn takes(&self, value: &Json) -> bool {
        let text = value.as_str();
        match self.may_be {
            MayBe::Flag(_) => value.is_boolean(),
            MayBe::Number(least, most, _) => value.as_i64().is_some_and(|number| (least..=most).contains(&number)),
            MayBe::Word(words) => text.is_some_and(|text| words.contains(&text)),
            MayBe::Clock(_) => text.is_some_and(is_clock),
            MayBe::Color(_) => text.is_some_and(is_color),
        }
    }

    /// What everybody has who has not set it.
    pub fn usual(&self) -> Json {
        match self.may_be {
            MayBe::Flag(usual) => json!(usual),
            MayBe::Number(_, _, usual) => json!(usual),
            MayBe::Word(words) => words.first().map_or(Json::Null, |word| json!(word)),
            MayBe::Clock(usual) | MayBe::Color(usual) => json!(usual),
        }
    }

    /// The end of the sentence that it must be …
    pub fn expected(&self) -> String {
        match self.may_be {
            MayBe::Flag(_) => "true or false".to_string(),
            MayBe::Number(least, most, _) => format!("a whole number from {least} to {most}"),
            MayBe::Word(words) => format!("one of: {}", words.join(", ")),
            MayBe::Clock(_) => "a time of day, as 07:30".to_string(),
            MayBe::Color(_) => "a color, as #3b82f6".to_string(),
        }
    }
}

fn is_clock(text: &str) -> bool {
    let part = |text: &str, most: u32| {
        text.len() == 2
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse::<u32>().is_ok_and(|number| number <= most)
    };
    text.split_once(':').is_some_and(|(hours, minutes)| part(hours, 23) && part(minutes, 59))
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// All of them by their groups, as a JSON schema says it; each is what the function says of it.
#[cfg(any(feature = "schema", feature = "describe"))]
pub fn preferences_form(of_one: impl Fn(&Preference) -> Json) -> Json {
    let object = |properties: serde_json::Map<String, Json>| json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let mut properties = serde_json::Map::new();
    for known in &KNOWN {
        let Some((group, member)) = known.name.split_once('.') else {
            properties.insert(known.name.to_string(), of_one(known));
            continue;
        };
        let form = properties.entry(group).or_insert_with(|| object(serde_json::Map::new()));
        if let Some(members) = form.get_mut("properties").and_then(Json::as_object_mut) {
            members.insert(member.to_string(), of_one(known));
        }
    }
    object(properties)
}

#[cfg(any(feature = "schema", feature = "describe"))]
impl Preference {
    /// What it may be, as a JSON schema says it.
    pub fn json_schema(&self) -> Json {
        match self.may_be {
            MayBe::Flag(_) => json!({ "type": "boolean" }),
            MayBe::Number(least, most, _) => json!({ "type": "integer", "minimum": least, "maximum": most }),
            MayBe::Word(words) => json!({ "type": "string", "enum": words }),
            MayBe::Clock(_) => json!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" }),
            MayBe::Color(_) => json!({ "type": "string", "pattern": "^#[0-9a-fA-F]{6}$" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_has_is_what_a_preference_may_be() {
        for known in &KNOWN {
            assert!(known.takes(&known.usual()), "{}", known.name);
            assert!(
                !known.takes(&json!(["x"])) && !known.takes(&json!("?")) && !known.takes(&json!(1.5)),
                "{}",
                known.name
            );
        }
    }
}
