//! What the platform gives to every worker, whoever calls it: the time, its bindings and settings, and randomness.

use js_sys::Reflect;
use serde_json::Value as Json;
use wasm_bindgen::JsValue;
use worker::Env;

use crate::rules::time::Timestamp;

/// The time as it goes on.
pub fn now() -> Timestamp {
    Timestamp(i64::try_from(now_ms()).unwrap_or_default())
}

/// The same in milliseconds since the epoch.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn now_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// What is bound to the worker under a name; `None` where nothing is.
pub fn binding(env: &Env, name: &str) -> Option<JsValue> {
    Reflect::get(env, &name.into()).ok().filter(|bound| !bound.is_null_or_undefined())
}

/// A variable or a secret, which are one kind of binding to the runtime.
pub fn variable(env: &Env, name: &str) -> Option<String> {
    binding(env, name)?.as_string()
}

/// 32 random bytes.
///
/// # Errors
/// A sentence for the operator where there is no random source.
pub fn seed() -> Result<[u8; 32], String> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| "there is no random source".to_string())?;
    Ok(seed)
}

/// A value of JavaScript's as JSON, handed over as one text: each property by itself costs a call between JavaScript and the worker.
/// `None` for what has no JSON.
pub fn json(value: &JsValue) -> Option<Json> {
    let text = js_sys::JSON::stringify(value).ok()?.as_string()?;
    serde_json::from_str(&text).ok()
}

/// What was thrown, for the log: an error's name and message.
pub fn thrown(value: &JsValue) -> String {
    let name = property(value, "name").map_or_else(String::new, |name| name + ": ");
    name + &message(value)
}

/// The message of what was thrown. It may be anything: an error's message need not be a text, and to ask for it may throw again.
pub fn message(value: &JsValue) -> String {
    let message = property(value, "message").or_else(|| value.as_string());
    message.unwrap_or_else(|| "something without a message was thrown".to_string())
}

fn property(value: &JsValue, name: &str) -> Option<String> {
    Reflect::get(value, &name.into()).ok()?.as_string()
}
