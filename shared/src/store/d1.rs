//! D1: `batch()` is one round trip and one transaction.

use std::{pin::pin, time::Duration};

use futures_util::future::{select, Either};
use serde_json::{Map, Value as Json};
use wasm_bindgen::JsValue;
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
        let mut prepared = Vec::new();
        for rendered in batch.render(Dialect::Sqlite)? {
            let values: Vec<JsValue> = rendered.values.into_iter().map(js_value).collect();
            prepared.push(self.database.prepare(rendered.sql).bind(&values).map_err(store_error)?);
        }
        let statements = u32::try_from(prepared.len()).unwrap_or(u32::MAX);
        let sent = Date::now().as_millis();
        // One try may take half of the patience: D1 stalls for seconds now and then, and the next try finds it well.
        let stalled = Delay::from(Duration::from_millis(u64::from(batch.time_ms(self.patience_ms / 2))));
        let answered = match select(pin!(self.database.batch(prepared)), stalled).await {
            Either::Left((answered, _)) => answered.map_err(store_error)?,
            Either::Right(_) => return Err(StoreError::Unavailable("D1 gave no answer in time".to_string())),
        };
        let milliseconds = Date::now().as_millis().saturating_sub(sent) as f64;

        let mut rows = RowCost::default();
        let mut results = Vec::new();
        for (statement, result) in batch.statements.iter().zip(&answered) {
            if let Some(meta) = result.meta().map_err(store_error)? {
                rows.read += meta.rows_read.unwrap_or_default() as u64;
                rows.written += meta.rows_written.unwrap_or_default() as u64;
            }
            let found: Vec<Map<String, Json>> = result.results().map_err(store_error)?;
            results.push((statement.name, found.into_iter().map(Row::new).collect()));
        }
        Ok(Answer::new(results, Cost { batches: 1, tries: 1, statements, rows: Some(rows), milliseconds }))
    }

    fn patience_ms(&self) -> u32 {
        self.patience_ms
    }
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

/// D1 tells its errors apart by their text alone.
fn store_error(error: worker::Error) -> StoreError {
    let message = match &error {
        worker::Error::D1(error) => String::from(AsRef::<js_sys::Error>::as_ref(error).message()),
        other => other.to_string(),
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
