//! JSON made and written without `json!` and `to_string`, each of which brings a serializer of its own into a worker that writes its
//! replies by another one anyway.

use serde_json::{Map, Value as Json};

/// An object with these members.
pub fn object(members: Vec<(&str, Json)>) -> Map<String, Json> {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert(name.to_string(), value);
    }
    object
}

/// JSON as text.
pub fn text_of(json: &Json) -> String {
    serde_json::to_string(json).unwrap_or_default()
}
