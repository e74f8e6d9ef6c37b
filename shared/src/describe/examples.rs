//! Requests of docs/API.md and docs/CONSOLE.md as the document's examples. Each was really made, and tests/documentation.test.ts
//! holds it to what is answered.

use std::fs;

use serde_json::{json, Value as Json};

use crate::{
    http::{Action, Function, Routes},
    testing::repository,
};

const PAGES: [&str; 2] = ["docs/API.md", "docs/CONSOLE.md"];
/// Stand for what is another with each run that writes the pages: the document is to stay the same.
const SOME_ID: &str = "019cd79e-4600-7b14-bd6d-e4e63bbe31ec";
const SOME_TOKEN: &str = "Zk3vB0xYq1mTn8sRw5uLc2pJd7hGf4eKa9iOo6tNb1U";

/// A request that was answered with success.
#[derive(Debug, PartialEq)]
pub struct Example {
    /// `None` of a request without a body.
    pub body: Option<Json>,
    pub query: Vec<(String, String)>,
}

/// The first request of an action that a page shows, or its name alone where the page shows it by `GET`.
pub fn example(function: &Function, action: &Action) -> Option<Example> {
    let root = repository();
    let pages = PAGES.map(|page| fs::read_to_string(root.join(page)).expect("the pages stand in the repository"));
    pages.iter().find_map(|page| shown(page, function, action)).or_else(|| match function.routes {
        Routes::Body { get: Some(name), .. } if name == action.name => {
            Some(Example { body: Some(json!({ "action": name })), query: Vec::new() })
        }
        _ => None,
    })
}

fn shown(page: &str, function: &Function, action: &Action) -> Option<Example> {
    let blocks = page.split("```http\n").skip(1);
    blocks.filter_map(|block| block.split_once("\n```\n```json\n// 2")).find_map(|(request, _)| {
        let (line, body) = request.split_once('\n').unwrap_or((request, ""));
        let (method, address) = line.split_once(" /functions/v1/")?;
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let body: Option<Json> = serde_json::from_str(body).ok();
        let is_it = match function.routes {
            Routes::Body { default, .. } => {
                let named = body.as_ref().and_then(|body| body["action"].as_str()).unwrap_or(default);
                path == function.name && named == action.name && body.is_some()
            }
            _ => path.strip_prefix(function.name).is_some_and(|rest| rest.strip_prefix('/') == Some(action.name)),
        };
        let query = form_urlencoded::parse(query.as_bytes()).map(|(name, text)| (name.into_owned(), lasting(&text)));
        (is_it && method == action.method).then(|| Example { body: body.map(lasting_json), query: query.collect() })
    })
}

fn lasting_json(json: Json) -> Json {
    match json {
        Json::String(text) => lasting(&text).into(),
        Json::Array(items) => items.into_iter().map(lasting_json).collect(),
        Json::Object(members) => members.into_iter().map(|(name, value)| (name, lasting_json(value))).collect(),
        other => other,
    }
}

/// The text, or what stands for it where it is made anew with each run.
fn lasting(text: &str) -> String {
    let is_id = text.len() == SOME_ID.len()
        && text
            .bytes()
            .zip(SOME_ID.bytes())
            .all(|(byte, form)| if form == b'-' { byte == form } else { byte.is_ascii_hexdigit() });
    let is_token = text.len() == SOME_TOKEN.len()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    match (is_id, is_token) {
        (true, _) => SOME_ID,
        (_, true) => SOME_TOKEN,
        _ => text,
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Call, Operation, Refusal};

    fn nothing(_: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Err(Refusal::invalid("field", "is not looked at here"))
    }

    const PAGE: &str = r#"
```http
POST /functions/v1/work/begin
{"of":"7c1e9d52-7f3b-4c55-9d0e-0a1b2c3d4e5f"}
```
```json
// 429   Server-Timing: db;dur=…
{}
```
```http
POST /functions/v1/work/begin
{"of":["7c1e9d52-7f3b-4c55-9d0e-0a1b2c3d4e5f"],"times":2}
```
```json
// 200
{}
```
```http
GET /functions/v1/work/list?word=two+words
```
```json
// 200
{}
```
"#;

    #[test]
    fn an_example_is_the_first_request_that_succeeded_and_stays_the_same() {
        let action = |method, name| Action { method, ..Action::new(name, nothing) };
        let work = Function { name: "work", actions: &[], routes: Routes::Paths };
        let begun = Example { body: Some(json!({ "of": [SOME_ID], "times": 2 })), query: Vec::new() };
        assert_eq!(shown(PAGE, &work, &action("POST", "begin")), Some(begun));
        let listed = Example { body: None, query: vec![("word".to_string(), "two words".to_string())] };
        assert_eq!(shown(PAGE, &work, &action("GET", "list")), Some(listed));
        assert_eq!(shown(PAGE, &work, &action("POST", "list")), None);
    }
}
