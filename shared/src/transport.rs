//! The way to another company's system: a request out, its answer back. Pure but for the one place that sends.

use std::{future::Future, pin::Pin};

/// A future that may hold what belongs to one request; workers have one thread.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<String>,
    /// An answer is waited for this long at most, the reading of its body included.
    pub timeout_ms: u32,
}

/// What came back, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incoming {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Incoming {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Sends requests and waits between them. The platform's own in a worker, a script's in native tests.
pub trait Transport {
    /// # Errors
    /// What the log says where no answer came: no connection, or none in time.
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>>;

    /// The same, of which only so many bytes of the body are read: for an answer of somebody who is not known. A body that ends
    /// too late or not at all takes nothing from an answer whose head came in time.
    ///
    /// # Errors
    /// As [`Transport::send`].
    fn send_reading_at_most<'a>(
        &'a self,
        request: &'a Outgoing,
        most_bytes: usize,
    ) -> Pending<'a, Result<Incoming, String>> {
        Box::pin(async move {
            let mut answer = self.send(request).await?;
            answer.body.truncate(answer.body.floor_char_boundary(most_bytes));
            Ok(answer)
        })
    }

    /// Waits for a random time up to so many milliseconds.
    fn wait_up_to(&self, milliseconds: u32) -> Pending<'_, ()>;
}

#[cfg(target_arch = "wasm32")]
pub use platform::Platform;

#[cfg(target_arch = "wasm32")]
mod platform {
    use std::time::Duration;

    use futures_util::StreamExt;
    use worker::{
        AbortController, AbortSignal, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response,
    };

    use super::{Incoming, Outgoing, Pending, Transport};
    use crate::timeout::{abort_after, abort_with_either};

    /// The runtime's `fetch`.
    pub struct Platform;

    impl Transport for Platform {
        fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
            Box::pin(async move { send(request).await.map_err(|error| error.to_string()) })
        }

        fn send_reading_at_most<'a>(
            &'a self,
            request: &'a Outgoing,
            most_bytes: usize,
        ) -> Pending<'a, Result<Incoming, String>> {
            Box::pin(async move { send_cut(request, most_bytes).await.map_err(|error| error.to_string()) })
        }

        fn wait_up_to(&self, milliseconds: u32) -> Pending<'_, ()> {
            let wait = js_sys::Math::random() * f64::from(milliseconds);
            Box::pin(Delay::from(Duration::from_micros((wait * 1_000.0) as u64)))
        }
    }

    async fn send(request: &Outgoing) -> worker::Result<Incoming> {
        let signal = abort_after(request.timeout_ms).ok_or("no AbortSignal")?;
        let mut response = answered(request, &signal).await?;
        let headers = response.headers().entries().collect();
        Ok(Incoming { status: response.status_code(), headers, body: response.text().await? })
    }

    async fn send_cut(request: &Outgoing, most_bytes: usize) -> worker::Result<Incoming> {
        let enough = AbortController::default();
        let signal = abort_after(request.timeout_ms).and_then(|timeout| abort_with_either(&timeout, &enough.signal()));
        let mut response = answered(request, &signal.ok_or("no AbortSignal")?).await?;
        let (status, headers) = (response.status_code(), response.headers().entries().collect());
        let mut bytes = Vec::new();
        if let Ok(mut body) = response.stream() {
            while bytes.len() < most_bytes {
                let Some(Ok(chunk)) = body.next().await else { break };
                bytes.extend(chunk);
            }
        }
        // What is left of the body holds the connection no longer.
        enough.abort();
        bytes.truncate(most_bytes);
        Ok(Incoming { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() })
    }

    /// The head of the answer.
    async fn answered(request: &Outgoing, signal: &AbortSignal) -> worker::Result<Response> {
        let headers = Headers::new();
        for (name, value) in &request.headers {
            headers.set(name, value)?;
        }
        let mut init = RequestInit::new();
        init.with_method(Method::from(request.method.to_string()))
            .with_headers(headers)
            .with_body(request.body.as_deref().map(Into::into))
            // A redirect would carry the secret key to wherever it points.
            .with_redirect(RequestRedirect::Manual);
        let request_out = Request::new_with_init(&request.url, &init)?;
        Fetch::Request(request_out).send_with_signal(signal).await
    }
}
