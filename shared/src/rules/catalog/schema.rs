//! The format as a JSON schema (draft 7, what TOML editors read), from the types that read it. What they read by hand, a
//! feature, has its form here; a test holds both together.

#![allow(dead_code, reason = "these forms are only described")]

use std::borrow::Cow;

use schemars::{generate::SchemaSettings, JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{meter::MOST_LIMIT, Catalog, Document, Reset};
use crate::rules::preferences::{preferences_form, Preference};

impl Catalog {
    /// The JSON schema of a catalog's file. It says what can be said of each field by itself; what fields say of each other
    /// only [`Catalog::parse`] checks.
    pub fn json_schema() -> Json {
        let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Document>();
        schema.to_value()
    }
}

/// What a plan says of a feature: on or off, something of the product's own, or a meter.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum FeatureForm {
    /// On or off.
    Flag(bool),
    /// Something of the product's own.
    Config(ConfigForm),
    /// Something that is counted.
    Meter(MeterForm),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigForm {
    /// Any value: only the product knows what it means. `features.sso` asks for a member of a config called `features`.
    config: Json,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MeterForm {
    /// How much a period allows, in units; -1 is unlimited.
    #[schemars(range(min = -1, max = MOST_LIMIT))]
    limit: i64,
    /// When it begins anew. A `gauge` is a current amount, which also goes down.
    #[schemars(with = "Reset")]
    reset: String,
    /// Counted in seconds; limited and charged by the unit that was begun.
    unit: Option<UnitForm>,
    /// Counts people, each once a period.
    #[serde(default)]
    distinct: bool,
    /// What goes on beyond the limit, for money.
    overage: Option<OverageForm>,
    /// Told once a period when so many percent are used; [80, 100] unless said otherwise.
    #[schemars(length(max = 10))]
    alerts: Option<Vec<AlertForm>>,
    /// Whether the product goes on when the database cannot be asked.
    on_outage: Option<OnOutageForm>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum UnitForm {
    Minute,
    Hour,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum OnOutageForm {
    Deny,
    Allow,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OverageForm {
    /// The price of a unit, as a text with at most six decimals: "0.10".
    #[schemars(regex(pattern = r"^\d{1,7}(\.\d{1,6})?$"))]
    unit_price: String,
    /// The most that a period's overage costs.
    #[schemars(range(min = 1))]
    cap_cents: Option<i64>,
    /// At the cap: no more, or more at no cost.
    at_cap: Option<AtCapForm>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum AtCapForm {
    Stop,
    GoOn,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum AlertForm {
    /// Told as `90_percent`.
    Percent(#[schemars(range(min = 1, max = 1000))] i64),
    Named(NamedAlertForm),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NamedAlertForm {
    #[schemars(regex(pattern = "^[a-z0-9_]{1,40}$"))]
    name: String,
    #[schemars(range(min = 1, max = 1000))]
    percent: i64,
}

/// What people prefer who have not said so, by the names that the API has; what is in a group is in a table of its name.
pub(super) struct PreferencesForm;

impl JsonSchema for PreferencesForm {
    fn schema_name() -> Cow<'static, str> {
        "Preferences".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Schema::try_from(preferences_form(Preference::json_schema)).unwrap_or_default()
    }
}
