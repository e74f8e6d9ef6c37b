//! D1: `batch()` is one round trip and one transaction.

use std::{pin::pin, time::Duration};

use futures_util::future::{select, Either};
use js_sys::{Array, JsString, Promise, Reflect};
use serde_json::Value as Json;
use wasm_bindgen::{prelude::wasm_bindgen, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::Delay;

use super::{
    render::Rendered, rows::RowCost, Answer, Batch, Bookmark, Copy, Cost, Dialect, Row, Store, StoreError, Value,
};
use crate::edge::{json, message, now_ms};

/// The answer is waited for this long at most, over all tries.
const DEFAULT_PATIENCE_MS: u32 = 10_000;

/// The D1 database bound to the worker.
pub struct D1 {
    binding: Way,
    patience_ms: u32,
    has_replicas: bool,
}

impl D1 {
    /// With `D1_TIMEOUT_MS` where it is set; with read replicas where `D1_REPLICAS` is `on`. `None` where the binding is no database.
    pub fn configured(binding: JsValue, variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        Reflect::get(&binding, &"prepare".into()).ok().filter(JsValue::is_function)?;
        let patience_ms = variable("D1_TIMEOUT_MS").and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_PATIENCE_MS);
        let has_replicas = variable("D1_REPLICAS").as_deref() == Some("on");
        Some(Self { binding: binding.unchecked_into(), patience_ms, has_replicas })
    }

    /// What takes a batch: the binding, which is the primary; or, where there are replicas, a session with the copy that is meant.
    /// (A session alone says which state its batch has met.)
    fn way_to(&self, copy: &Copy) -> Result<Way, StoreError> {
        if !self.has_replicas {
            return Ok(self.binding.clone());
        }
        let begins = match copy {
            Copy::Primary => "first-primary",
            Copy::Nearest(None) => "first-unconstrained",
            Copy::Nearest(Some(bookmark)) => bookmark.as_str(),
        };
        self.binding.with_session(begins).map_err(thrown)
    }
}

impl Store for D1 {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let way = self.way_to(batch.copy())?;
        let prepared = prepared(&way, &batch.render(Dialect::Sqlite)?)?;
        let statements = prepared.length();
        let sent = now_ms();
        // One try may take half of the patience: D1 stalls for seconds now and then, and the next try finds it well.
        let stalled = Delay::from(Duration::from_millis(u64::from(batch.time_ms(self.patience_ms / 2))));
        let answer = JsFuture::from(way.batch(prepared).map_err(thrown)?);
        let answered = match select(answer, pin!(stalled)).await {
            Either::Left((answered, _)) => answered.map_err(thrown)?,
            Either::Right(_) => return Err(StoreError::Unavailable("D1 gave no answer in time".to_string())),
        };
        let milliseconds = now_ms().saturating_sub(sent) as f64;

        let mut rows = RowCost::default();
        let mut results = Vec::new();
        for (statement, result) in batch.sent(Dialect::Sqlite).zip(read(&answered)?) {
            rows.read += result.cost.read;
            rows.written += result.cost.written;
            results.push((statement.name, result.rows));
        }
        let mut answer = Answer::new(
            results,
            Cost { engine: None, batches: 1, tries: 1, statements, rows: Some(rows), milliseconds },
        );
        answer.bookmark = self.has_replicas.then(|| bookmark_of(&way)).flatten();
        Ok(answer)
    }

    fn patience_ms(&self) -> u32 {
        self.patience_ms
    }

    fn has_replicas(&self) -> bool {
        self.has_replicas
    }
}

#[wasm_bindgen]
extern "C" {
    /// The binding or a session as JavaScript has it: `worker` hands statements and results over by itself, a value at a time.
    #[derive(Clone)]
    type Way;

    #[wasm_bindgen(structural, method, catch)]
    fn prepare(this: &Way, sql: &JsString) -> Result<Prepared, JsValue>;

    #[wasm_bindgen(structural, method, catch)]
    fn batch(this: &Way, statements: Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(structural, method, catch, js_name = withSession)]
    fn with_session(this: &Way, begins: &str) -> Result<Way, JsValue>;

    #[wasm_bindgen(structural, method, catch, js_name = getBookmark)]
    fn get_bookmark(this: &Way) -> Result<Option<String>, JsValue>;

    /// A prepared statement.
    type Prepared;

    #[wasm_bindgen(structural, method, catch, variadic)]
    fn bind(this: &Prepared, values: &Array) -> Result<JsValue, JsValue>;
}

/// The statements with their values, which are handed over as one text: each value by itself costs a call between JavaScript and
/// the worker.
fn prepared(way: &Way, rendered: &[Rendered<'_>]) -> Result<Array, StoreError> {
    let values: Vec<Vec<Option<Bound<'_>>>> = rendered.iter().map(bound).collect();
    let text = serde_json::to_string(&values).map_err(|_| StoreError::Broken("the values have no JSON".to_string()))?;
    let values: Array = js_sys::JSON::parse(&text).map_err(thrown)?.unchecked_into();
    let prepared = Array::new();
    for (rendered, values) in rendered.iter().zip(values.iter()) {
        let statement = way.prepare(rendered.in_javascript()).map_err(thrown)?;
        prepared.push(&statement.bind(values.unchecked_ref()).map_err(thrown)?);
    }
    Ok(prepared)
}

/// A value in JSON. JavaScript's numbers hold every integer of ours: times and amounts stay below 2^53.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum Bound<'a> {
    Integer(i64),
    Text(&'a str),
}

fn bound<'a>(rendered: &Rendered<'a>) -> Vec<Option<Bound<'a>>> {
    let values = rendered.values.iter().map(|value| match value {
        Value::Integer(integer) => integer.map(Bound::Integer),
        Value::Text(text) => text.as_deref().map(Bound::Text),
    });
    values.collect()
}

/// The state that a session has met.
fn bookmark_of(session: &Way) -> Option<Bookmark> {
    session.get_bookmark().ok().flatten().and_then(|text| Bookmark::parse(&text))
}

/// What D1 says of a statement.
struct D1Result {
    rows: Vec<Row>,
    cost: RowCost,
}

/// All results of a batch.
fn read(answered: &JsValue) -> Result<Vec<D1Result>, StoreError> {
    let results = match json(answered) {
        Some(Json::Array(results)) => results.into_iter().map(result).collect(),
        _ => None,
    };
    results.ok_or_else(|| StoreError::Broken("D1 answered what is no result".to_string()))
}

fn result(mut result: Json) -> Option<D1Result> {
    let count = |name: &str| result.get("meta").and_then(|meta| meta.get(name)).and_then(Json::as_f64);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows")]
    let of = |name: &str| count(name).unwrap_or_default() as u64;
    let cost = RowCost { read: of("rows_read"), written: of("rows_written") };
    let rows = match result.get_mut("results").map(Json::take) {
        Some(Json::Array(rows)) => rows.into_iter().map(row).collect::<Option<_>>()?,
        Some(Json::Null) | None => Vec::new(),
        Some(_) => return None,
    };
    Some(D1Result { rows, cost })
}

fn row(row: Json) -> Option<Row> {
    match row {
        Json::Object(columns) => Some(Row::new(columns)),
        _ => None,
    }
}

/// D1 tells its errors apart by their text alone.
fn thrown(error: JsValue) -> StoreError {
    let message = message(&error);
    if message.contains("constraint") || message.contains("SQLITE_CONSTRAINT") || message.contains("_has_one_member") {
        return StoreError::refused_row(message);
    }
    let ours = ["syntax error", "no such table", "no such column", "SQLITE_ERROR", "SQLITE_MISMATCH", "too many SQL"];
    if ours.iter().any(|mark| message.contains(mark)) {
        StoreError::Broken(message)
    } else {
        StoreError::Unavailable(message)
    }
}
