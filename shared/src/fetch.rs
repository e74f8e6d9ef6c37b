//! The runtime's `fetch`, by the bindings of `web_sys`: the same of `worker` brings every setting of a request and every use of a
//! stream with it, which was a twelfth of a small worker.

use js_sys::{Array, Reflect, Uint8Array};
use serde_json::Value as Json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::web_sys::{
    AbortController, AbortSignal, Headers, ReadableStream, ReadableStreamDefaultReader, RequestInit, RequestRedirect,
    Response, WorkerGlobalScope,
};

use crate::{
    edge::{json, thrown},
    transport::{Incoming, Outgoing},
};

/// Sends a request and reads its answer.
///
/// # Errors
/// For the log: no connection, or no answer in time.
pub(crate) async fn send(request: &Outgoing) -> Result<Incoming, String> {
    let signal = AbortSignal::timeout_with_u32(request.timeout_ms);
    let answered = async {
        let response = answered(request, &signal).await?;
        let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
        Ok(Incoming { status: response.status(), headers: entries(&response.headers()), body })
    };
    answered.await.map_err(|error: JsValue| thrown(&error))
}

/// The same, of which only so many bytes of the body are read (`Transport::send_reading_at_most`).
///
/// # Errors
/// As [`send`].
pub(crate) async fn send_reading_at_most(request: &Outgoing, most_bytes: usize) -> Result<Incoming, String> {
    let answered = async {
        let enough = AbortController::new()?;
        let timeout = AbortSignal::timeout_with_u32(request.timeout_ms);
        let signal = AbortSignal::any(&Array::of2(&timeout, &enough.signal()));
        let response = answered(request, &signal).await?;
        let mut bytes = Vec::new();
        if let Some(mut pieces) = response.body().map(Pieces::of) {
            while bytes.len() < most_bytes {
                let Ok(Some(piece)) = pieces.next().await else { break };
                bytes.extend(piece);
            }
        }
        // What is left of the body holds the connection no longer.
        enough.abort();
        bytes.truncate(most_bytes);
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Incoming { status: response.status(), headers: entries(&response.headers()), body })
    };
    answered.await.map_err(|error: JsValue| thrown(&error))
}

/// The head of the answer.
async fn answered(request: &Outgoing, signal: &AbortSignal) -> Result<Response, JsValue> {
    let headers = headers_of(&request.headers)?;
    let init = RequestInit::new();
    init.set_method(request.method);
    init.set_headers(&headers);
    if let Some(body) = &request.body {
        init.set_body(&body.into());
    }
    // A redirect would carry the secrets of the headers to wherever it points.
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(signal));
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    JsFuture::from(scope.fetch_with_str_and_init(&request.url, &init)).await?.dyn_into()
}

/// Headers as the runtime has them.
///
/// # Errors
/// What the runtime says of a name or a value that it does not take.
pub(crate) fn headers_of(entries: &[(&str, String)]) -> Result<Headers, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in entries {
        headers.set(name, value)?;
    }
    Ok(headers)
}

/// All headers, names in lower case, handed over as one text: each by itself costs calls between JavaScript and the worker.
pub(crate) fn entries(headers: &Headers) -> Vec<(String, String)> {
    // A list of texts always has JSON.
    let Some(Json::Array(entries)) = json(&Array::from(headers)) else { return Vec::new() };
    let entry = |entry| match entry {
        Json::Array(entry) => match <[Json; 2]>::try_from(entry) {
            Ok([Json::String(name), Json::String(value)]) => Some((name, value)),
            _ => None,
        },
        _ => None,
    };
    entries.into_iter().filter_map(entry).collect()
}

/// A body that is read piece by piece.
pub(crate) struct Pieces(ReadableStreamDefaultReader);

impl Pieces {
    pub fn of(body: ReadableStream) -> Self {
        Self(body.get_reader().unchecked_into())
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// What the runtime says where the sender is gone.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, JsValue> {
        let read = JsFuture::from(self.0.read()).await?;
        if Reflect::get(&read, &"done".into())?.is_truthy() {
            return Ok(None);
        }
        Ok(Some(Uint8Array::new(&Reflect::get(&read, &"value".into())?).to_vec()))
    }
}
