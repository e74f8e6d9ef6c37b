//! The shape of a body: a type's fields, or fields one by one.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{json, Map, Value as Json};

type OfType = fn(&mut SchemaGenerator) -> Schema;

/// The members of an object.
#[derive(Clone, Default)]
pub struct Shape {
    whole: Vec<OfType>,
    fields: Vec<Field>,
    /// What may be there instead.
    others: Vec<Shape>,
}

#[derive(Clone)]
struct Field {
    name: &'static str,
    schema: Of,
    is_optional: bool,
}

/// What a member is of.
#[derive(Clone)]
enum Of {
    Type(OfType),
    Schema(Json),
}

/// No members.
pub fn nothing() -> Shape {
    Shape::default()
}

/// All members of a type.
pub fn of<T: JsonSchema>() -> Shape {
    Shape { whole: vec![T::json_schema], ..Shape::default() }
}

/// One member.
pub fn field<T: JsonSchema>(name: &'static str) -> Shape {
    nothing().and::<T>(name)
}

impl Shape {
    /// A further member.
    #[must_use]
    pub fn and<T: JsonSchema>(mut self, name: &'static str) -> Self {
        self.fields.push(Field { name, schema: Of::Type(SchemaGenerator::subschema_for::<T>), is_optional: false });
        self
    }

    /// A further member, which may be missing.
    #[must_use]
    pub fn and_perhaps<T: JsonSchema>(mut self, name: &'static str) -> Self {
        self.fields.push(Field { name, schema: Of::Type(SchemaGenerator::subschema_for::<T>), is_optional: true });
        self
    }

    /// A further member with a schema of its own.
    #[must_use]
    pub fn and_as(mut self, name: &'static str, schema: Json) -> Self {
        self.fields.push(Field { name, schema: Of::Schema(schema), is_optional: false });
        self
    }

    /// This, or another shape.
    #[must_use]
    pub fn or(mut self, other: Shape) -> Self {
        self.others.push(other);
        self
    }

    /// As a schema, beside members that every such body has.
    pub fn schema(&self, generator: &mut SchemaGenerator, beside: &[(&str, Json)]) -> Json {
        if !self.others.is_empty() {
            let first = Self { others: Vec::new(), ..self.clone() };
            let all: Vec<Json> =
                [&first].into_iter().chain(&self.others).map(|one| one.schema(generator, beside)).collect();
            return json!({ "anyOf": all });
        }
        let mut properties: Map<String, Json> =
            beside.iter().map(|(name, schema)| ((*name).to_string(), schema.clone())).collect();
        let mut required: Vec<Json> = beside.iter().map(|(name, _)| json!(name)).collect();
        let mut schema = json!({ "type": "object" });
        for whole in &self.whole {
            let of_type = whole(generator).to_value();
            let Json::Object(members) = of_type else { panic!("a body is an object") };
            for (keyword, value) in members {
                match (keyword.as_str(), value) {
                    ("properties", Json::Object(own)) => properties.extend(own),
                    ("required", Json::Array(own)) => required.extend(own),
                    ("type" | "description", _) => {}
                    (_, value) => schema[keyword] = value,
                }
            }
        }
        for Field { name, schema, is_optional } in &self.fields {
            let schema = match schema {
                Of::Type(of_type) => of_type(generator).to_value(),
                Of::Schema(schema) => schema.clone(),
            };
            properties.insert((*name).to_string(), schema);
            if !is_optional {
                required.push(json!(name));
            }
        }
        schema["properties"] = Json::Object(properties);
        schema["required"] = Json::Array(required);
        schema
    }
}
