//! The schemas of types that write themselves.

use std::borrow::Cow;

use schemars::{generate::SchemaSettings, json_schema, JsonSchema, Schema, SchemaGenerator};

use crate::{
    account_deletion::Outlook,
    personal_data,
    rules::{
        allowance::Allowance, limit::Limit, losses::Losses, period::Interval, plan_change::PlanChange, role::Role,
        subscription::Status, time::Timestamp,
    },
    sessions::Listed,
    usage::{OverageStanding, Reason, Upgrade},
};

/// Whether a type of that name is one that several functions show, so that its schema is of none of them.
pub fn is_shared(name: &str) -> bool {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    for shared in [
        SchemaGenerator::subschema_for::<Allowance>,
        SchemaGenerator::subschema_for::<Interval>,
        SchemaGenerator::subschema_for::<Listed>,
        SchemaGenerator::subschema_for::<Losses>,
        SchemaGenerator::subschema_for::<Outlook>,
        SchemaGenerator::subschema_for::<OverageStanding>,
        SchemaGenerator::subschema_for::<PlanChange>,
        SchemaGenerator::subschema_for::<Reason>,
        SchemaGenerator::subschema_for::<Role>,
        SchemaGenerator::subschema_for::<Status>,
        SchemaGenerator::subschema_for::<Upgrade>,
        SchemaGenerator::subschema_for::<personal_data::Entry>,
    ] {
        shared(&mut generator);
    }
    generator.definitions().contains_key(name)
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": -1, "description": "-1 is unlimited." })
    }
}
