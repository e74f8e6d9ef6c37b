//! D1: `batch()` is one round trip and one transaction.

use std::{pin::pin, time::Duration};

use futures_util::future::{select, Either};
use js_sys::{Array, Promise};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use wasm_bindgen::{prelude::wasm_bindgen, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{D1Database, Date, Delay};

use super::{rows::RowCost, Answer, Batch, Cost, Dialect, Row, Store, StoreError, Value};

/// The answer is waited for this long at most, over all tries.
const DEFAULT_PATIENCE_MS: u32 = 10_000;

/// The D1 database bound to the worker.
pub struct D1 {
    database: D1Database,
    patience_ms: u32,
}

impl D1 {
    /// With `D1_TIMEOUT_MS` where it is set.
    pub fn configured(database: D1Database, variable: impl Fn(&str) -> Option<String>) -> Self {
        let patience_ms = variable("D1_TIMEOUT_MS").and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_PATIENCE_MS);
        Self { database, patience_ms }
    }
}

impl Store for D1 {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        let prepared = Array::new();
        for rendered in batch.render(Dialect::Sqlite)? {
            let values: Vec<JsValue> = rendered.values.iter().map(|value| js_value(value)).collect();
            let statement = self.database.prepare(rendered.sql()).bind(&values).map_err(store_error)?;
            prepared.push(statement.inner());
        }
        let statements = prepared.length();
        let sent = Date::now().as_millis();
        // One try may take half of the patience: D1 stalls for seconds now and then, and the next try finds it well.
        let stalled = Delay::from(Duration::from_millis(u64::from(batch.time_ms(self.patience_ms / 2))));
        let database: &Batching = self.database.as_ref().unchecked_ref();
        let answer = JsFuture::from(database.batch(prepared).map_err(thrown)?);
        let answered = match select(answer, pin!(stalled)).await {
            Either::Left((answered, _)) => answered.map_err(thrown)?,
            Either::Right(_) => return Err(StoreError::Unavailable("D1 gave no answer in time".to_string())),
        };
        let milliseconds = Date::now().as_millis().saturating_sub(sent) as f64;

        let mut rows = RowCost::default();
        let mut results = Vec::new();
        for (statement, result) in batch.sent(Dialect::Sqlite).zip(read(&answered)?) {
            rows.read += result.meta.rows_read.unwrap_or_default() as u64;
            rows.written += result.meta.rows_written.unwrap_or_default() as u64;
            results.push((statement.name, result.results.unwrap_or_default().into_iter().map(Row::new).collect()));
        }
        Ok(Answer::new(
            results,
            Cost { engine: None, batches: 1, tries: 1, statements, rows: Some(rows), milliseconds },
        ))
    }

    fn patience_ms(&self) -> u32 {
        self.patience_ms
    }
}

#[wasm_bindgen]
extern "C" {
    /// The binding as JavaScript has it: `worker` hands each result over by itself, a property at a time.
    type Batching;

    #[wasm_bindgen(structural, method, catch)]
    fn batch(this: &Batching, statements: Array) -> Result<Promise, JsValue>;
}

/// What D1 says of a statement.
#[derive(Deserialize)]
struct D1Result {
    results: Option<Vec<Map<String, Json>>>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    rows_read: Option<f64>,
    rows_written: Option<f64>,
}

/// All results of a batch, handed over as one text: each property by itself costs a call between JavaScript and the worker.
fn read(answered: &JsValue) -> Result<Vec<D1Result>, StoreError> {
    let text = js_sys::JSON::stringify(answered).ok().and_then(|text| text.as_string());
    let results = text.and_then(|text| serde_json::from_str(&text).ok());
    results.ok_or_else(|| StoreError::Broken("D1 answered what is no result".to_string()))
}

#[allow(clippy::cast_precision_loss)]
fn js_value(value: &Value) -> JsValue {
    match value {
        // A double holds every integer of ours: times and amounts stay below 2^53.
        Value::Integer(Some(integer)) => JsValue::from_f64(*integer as f64),
        Value::Text(Some(text)) => JsValue::from_str(text),
        Value::Integer(None) | Value::Text(None) => JsValue::NULL,
    }
}

fn store_error(error: worker::Error) -> StoreError {
    thrown(error.into())
}

/// D1 tells its errors apart by their text alone.
fn thrown(error: JsValue) -> StoreError {
    let message = match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => format!("{error:?}"),
    };
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
