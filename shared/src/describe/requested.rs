//! What an action reads of a request, found out from the parser itself: it is given requests until one is taken, and what it
//! asks for meanwhile are the fields.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{json, Map, Value as Json};

use super::{
    asked::{listen, Asked, Form, ANYTHING},
    Described,
};
use crate::http::{Body, Call, Fields, Operation, Read, Refusal, Request, Scope, SessionRule};

/// What the parser of a field that it reads by hand takes.
pub struct Given {
    pub field: &'static str,
    /// `None`: as the parser's own asking says.
    pub schema: Option<Json>,
    pub sample: Json,
}

/// The fields of a request.
pub struct Requested {
    pub fields: BTreeMap<String, RequestedField>,
    pub scope: Scope,
    pub session: SessionRule,
    /// Of the least request that is taken.
    pub operation: Box<dyn Operation>,
}

pub struct RequestedField {
    pub schema: Json,
    pub is_required: bool,
}

impl Requested {
    pub fn names(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }
}

/// Finds out what a parser reads.
pub fn requested(action: &str, read: Read, is_query: bool, said: &Described) -> Requested {
    let mut parser = Parser { action, read, is_query, given: &said.given, fields: BTreeMap::new() };
    let taken = parser.taken();
    parser.explore(&taken);
    let required: BTreeSet<String> = taken.keys().filter(|field| parser.requires(&taken, field)).cloned().collect();
    let operation = parser.asked(&taken);
    let operation = operation.unwrap_or_else(|refusal| panic!("{action}: {refusal:?}"));
    let is_taken = |name: &&String| !said.refused_fields.contains(&name.as_str());
    let names: Vec<String> = parser.fields.keys().filter(is_taken).cloned().collect();
    let described = names.into_iter().map(|name| {
        let is_required = required.contains(&name);
        let schema = parser.schema(&name, &taken);
        (name, RequestedField { schema, is_required })
    });
    let fields = described.collect();
    Requested { fields, scope: operation.scope(), session: operation.session(), operation }
}

/// What is known of a field so far.
struct Known {
    form: Form,
    /// The fields of its items, where it is a list of objects.
    items: BTreeMap<String, Form>,
}

struct Parser<'a> {
    action: &'a str,
    read: Read,
    is_query: bool,
    given: &'a [Given],
    fields: BTreeMap<String, Known>,
}

type Sent = Map<String, Json>;

impl Parser<'_> {
    /// Sends a request and learns from what is asked.
    fn asked(&mut self, sent: &Sent) -> Result<Box<dyn Operation>, Refusal> {
        let fields = Fields::parse(Json::Object(sent.clone()).to_string().as_bytes())?;
        let request = Request::new("POST", "/", [], Body::default());
        let (read, noted) = listen(|| (self.read)(&Call::new(&fields, &request)));
        for Asked { within, field, form } in noted {
            let Some(list) = within else {
                let known = self.fields.entry(field).or_insert(Known { form: Form::Json, items: BTreeMap::new() });
                learn(&mut known.form, form);
                continue;
            };
            if let Some(known) = self.fields.get_mut(list) {
                learn(known.items.entry(field).or_insert(Form::Json), form);
            }
        }
        read
    }

    /// The least request that is taken.
    fn taken(&mut self) -> Sent {
        let mut sent = Sent::new();
        loop {
            let problem = match self.asked(&sent) {
                Ok(_) => return sent,
                Err(Refusal::Invalid { field, .. }) if !sent.contains_key(field) => field,
                Err(refusal) => panic!("{}: give a sample for what is refused: {refusal:?} of {sent:?}", self.action),
            };
            let helps = self.samples(problem).into_iter().find(|sample| {
                let sent = with(&sent, problem, sample);
                !matches!(self.asked(&sent), Err(Refusal::Invalid { field, .. }) if field == problem)
            });
            let Some(sample) = helps else { panic!("{}: give a sample of `{problem}`", self.action) };
            sent.insert(problem.to_string(), sample);
        }
    }

    /// Sends each field that may be left out, until no further one is asked for.
    fn explore(&mut self, taken: &Sent) {
        let mut seen: BTreeSet<String> = taken.keys().cloned().collect();
        while let Some(next) = self.fields.keys().find(|field| !seen.contains(*field)).cloned() {
            for sample in self.samples(&next) {
                let _ = self.asked(&with(taken, &next, &sample));
            }
            seen.insert(next);
        }
    }

    /// Whether nothing else may stand in a field's place.
    fn requires(&mut self, taken: &Sent, field: &str) -> bool {
        let mut without = taken.clone();
        without.remove(field);
        let others: Vec<String> = self.fields.keys().filter(|other| *other != field).cloned().collect();
        let is_taken = |parser: &mut Self, sent: &Sent| parser.asked(sent).is_ok();
        !is_taken(self, &without)
            && !others
                .into_iter()
                .any(|other| self.samples(&other).iter().any(|sample| is_taken(self, &with(&without, &other, sample))))
    }

    fn given(&self, field: &str) -> Option<&Given> {
        self.given.iter().find(|given| given.field == field)
    }

    /// What may be tried of a field.
    fn samples(&self, field: &str) -> Vec<Json> {
        if let Some(given) = self.given(field) {
            return vec![given.sample.clone()];
        }
        let samples = match self.fields.get(field).map(|known| &known.form) {
            None | Some(Form::Json) => {
                vec![
                    json!("some-text"),
                    json!("https://example.com/a.png"),
                    json!("+49"),
                    json!("3012345"),
                    json!("DE"),
                    json!("Europe/Berlin"),
                    json!(true),
                    json!(1),
                ]
            }
            Some(Form::Document { .. }) => vec![json!({ "a": 1 })],
            Some(Form::Text { .. } | Form::Id | Form::OutsideId | Form::Key) => vec![json!("some-text")],
            Some(Form::Flag) => vec![json!(true)],
            Some(Form::Whole { least, most }) => vec![json!(1.clamp(*least, *most))],
            Some(Form::Objects { .. }) => vec![json!([{}])],
            Some(Form::Parsed { taken, .. }) => taken.iter().map(|text| json!(text)).collect(),
        };
        match self.is_query {
            true => samples.into_iter().map(|sample| json!(text_of(&sample))).collect(),
            false => samples,
        }
    }

    /// The schema of a field.
    fn schema(&mut self, field: &str, taken: &Sent) -> Json {
        if let Some(schema) = self.given(field).and_then(|given| given.schema.clone()) {
            return schema;
        }
        let Some(known) = self.fields.get(field) else { return json!({}) };
        if let (Form::Objects { least, most }, false) = (&known.form, known.items.is_empty()) {
            let items: Map<_, _> =
                known.items.iter().map(|(name, form)| (name.clone(), or_null(schema_of(form)))).collect();
            return json!({
                "type": "array", "minItems": least, "maxItems": most, "items": { "type": "object", "properties": items },
            });
        }
        if known.form != Form::Json {
            return schema_of(&known.form);
        }
        let samples = self.samples(field);
        let are_taken = samples.into_iter().filter(|sample| self.asked(&with(taken, field, sample)).is_ok());
        let kinds: BTreeSet<&str> = are_taken.map(|sample| kind_of(&sample)).collect();
        match kinds.into_iter().collect::<Vec<_>>()[..] {
            [kind] => json!({ "type": kind }),
            [] => panic!("{}: nothing is known of `{field}`: say what it is", self.action),
            _ => json!({}),
        }
    }
}

/// Keeps what says more: nothing is said by whoever looks at the JSON alone.
fn learn(known: &mut Form, form: Form) {
    if *known == Form::Json {
        *known = form;
    }
}

fn with(sent: &Sent, field: &str, sample: &Json) -> Sent {
    let mut sent = sent.clone();
    sent.insert(field.to_string(), sample.clone());
    sent
}

fn text_of(sample: &Json) -> String {
    sample.as_str().map_or_else(|| sample.to_string(), str::to_string)
}

fn kind_of(sample: &Json) -> &'static str {
    match sample {
        Json::String(_) => "string",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "integer",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
        Json::Null => "null",
    }
}

/// The longest text of a field that says nothing else.
const LONGEST: usize = 1_000;

fn schema_of(form: &Form) -> Json {
    match form {
        Form::Json => json!({}),
        Form::Text { least: 0, most } => json!({ "type": "string", "maxLength": most }),
        Form::Text { least, most } => json!({ "type": "string", "minLength": least, "maxLength": most }),
        Form::Document { most } => json!({ "description": format!("Any JSON of at most {most} characters.") }),
        Form::Id => json!({ "type": "string", "pattern": "^[!-~]{1,255}$" }),
        Form::OutsideId => json!({ "type": "string", "minLength": 1, "maxLength": 255 }),
        Form::Key => json!({ "type": "string", "pattern": "^[ -~]{1,255}$" }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::Whole { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Objects { least, most } => {
            json!({ "type": "array", "minItems": least, "maxItems": most, "items": { "type": "object" } })
        }
        Form::Parsed { taken, expected } => parsed(taken, expected),
    }
}

/// By what a rule takes of the candidates.
fn parsed(taken: &[String], expected: &str) -> Json {
    let takes = |text: &str| taken.iter().any(|taken| taken == text);
    let description = sentence(expected);
    let text = |schema: Json| {
        let mut schema = schema;
        schema["type"] = "string".into();
        schema["maxLength"] = LONGEST.into();
        schema["description"] = description.clone().into();
        schema
    };
    if takes("some-text") || takes(ANYTHING) {
        return text(json!({ "minLength": 1 }));
    }
    let formats = [
        ("ada@example.com", json!({ "format": "email" })),
        ("2026-03-10T12:00:00Z", json!({ "format": "date-time" })),
        ("2026-03-10", json!({ "format": "date" })),
        ("https://example.com/a.png", json!({ "format": "uri" })),
        ("/somewhere", json!({ "pattern": "^/" })),
    ];
    if let Some((_, format)) = formats.into_iter().find(|(text, _)| takes(text)) {
        return text(format);
    }
    let mut words: Vec<&String> = Vec::new();
    for word in taken {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    json!({ "type": "string", "enum": words })
}

/// What completes "must be …", as a sentence.
fn sentence(expected: &str) -> String {
    let mut letters = expected.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// The same, and `null`, which counts as left out.
pub fn or_null(schema: Json) -> Json {
    let mut schema = schema;
    if let Some(values) = schema.get_mut("enum").and_then(Json::as_array_mut) {
        values.push(Json::Null);
    }
    match schema.get("type") {
        Some(Json::String(kind)) => {
            let kind = kind.clone();
            schema["type"] = json!([kind, "null"]);
            schema
        }
        Some(_) => schema,
        None if schema.get("$ref").is_some() || schema.get("anyOf").is_some() || schema.get("oneOf").is_some() => {
            json!({ "anyOf": [schema, { "type": "null" }] })
        }
        None => schema,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{describe::action, http::RequestContext, store::Statement};

    struct Nothing;

    impl Operation for Nothing {
        fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
            Vec::new()
        }
    }

    /// `id`, and `role` or `everybody`; with `role` also `until`.
    fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        fields.required_id("id")?;
        let role = |text: &str| ["owner", "viewer"].into_iter().find(|known| *known == text);
        match fields.parsed("role", role, "one of: owner, viewer")? {
            Some(_) => fields.number("until", 1, 9).map(|_| ())?,
            None if fields.flag("everybody")? => {}
            None => return Err(Refusal::invalid("role", "or `everybody` is required")),
        }
        Ok(Box::new(Nothing))
    }

    #[test]
    fn all_that_a_parser_asks_for_is_found_and_what_it_must_have() {
        let found = requested("a test", read, false, &action("a test", ""));
        let fields: Vec<_> = found.fields.iter().map(|(name, field)| (name.as_str(), field.is_required)).collect();
        assert_eq!(fields, [("everybody", false), ("id", true), ("role", false), ("until", false)]);
        assert_eq!(found.fields["role"].schema, json!({ "type": "string", "enum": ["owner", "viewer"] }));
        assert_eq!(found.fields["until"].schema, json!({ "type": "integer", "minimum": 1, "maximum": 9 }));
        assert_eq!(or_null(found.fields["everybody"].schema.clone()), json!({ "type": ["boolean", "null"] }));
    }

    #[test]
    #[should_panic(expected = "nothing is known of `list`")]
    fn what_is_read_by_hand_must_be_said() {
        let read = |call: &Call<'_>| match call.fields.get("list") {
            Some(list) if !list.is_array() => Err(Refusal::invalid("list", "must be a list")),
            _ => Ok(Box::new(Nothing) as Box<dyn Operation>),
        };
        requested("a test", read, false, &action("a test", ""));
    }
}
